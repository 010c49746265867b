"""Rows about what moves by itself: axes by oscillators, drift and playing; variation of strikes; tempo."""

from typing import Final

from runtime.controls.osc_schema import PREFIX, Action, Argument, Feedback, Row
from runtime.latent.motion import Motion

_AMOUNT: Final = Argument("amount", "f", -1, 1)
WHOLE_NUMBERS: Final = {Motion.LFO: (1, 2)}
"""Which of them are whole."""
SHAPES: Final = ("sine", "triangle", "saw up", "saw down", "square", "random steps")


def _motion(name: str, meaning: str, *own: Argument) -> Row:
    """A motion of an axis; its feedback is what it was told."""
    told = ", ".join(f"{'i' if argument.kind == 'i' else 'f'} {argument.name}" for argument in (_AMOUNT, *own))
    address = f"{PREFIX}/axis/NAME/{name}"
    return Row(address, Action.MOTION, (_AMOUNT, *own), (Feedback(address, told),), meaning, motion=name)


ROWS: Final = (
    _motion(
        "lfo",
        f"Swings an axis; amount 1 is its whole width to either side, 0 ends it, and it never leaves the axis' range. "
        f"Shapes: {', '.join(f'{number} {name}' for number, name in enumerate(SHAPES))}. Synced, the rate counts "
        "cycles per beat. Numbers that are left out are the usual ones (1 Hz, sine), all of them those told before.",
        Argument("rate", "f", 0, 50, "Hz", is_optional=True),
        Argument("shape", "i", 0, len(SHAPES) - 1, is_optional=True),
        Argument("synced", "i", 0, 1, is_optional=True),
        Argument("phase", "f", 0, 1, is_optional=True),
    ),
    _motion(
        "drift",
        "Lets an axis wander about where it stands, as an Ornstein-Uhlenbeck process does; the time is that in which "
        "it forgets where it was.",
        Argument("time", "f", 0.05, 600, "s", is_optional=True),
    ),
    _motion(
        "velocity",
        "Every note of the part throws the axis as far as it was struck hard; it falls back in the time given.",
        Argument("fall", "f", 0.01, 60, "s", is_optional=True),
    ),
    _motion("strike", "Each note keeps the axis where its own velocity threw it: velocity 64 changes nothing."),
    _motion("key", "Key tracking: amount per octave above or below C3 (MIDI note 60), for each note."),
    _motion("pressure", "Aftertouch moves the axis: of the part, and of each note where the controller knows it."),
    _motion("slide", "A finger's place along the key (MPE) moves the axis for its note: the middle changes nothing."),
    Row(
        f"{PREFIX}/moved",
        Action.MOVED,
        (),
        (Feedback(f"{PREFIX}/moved", "f × axes, or nothing if no axis moves"),),
        "Where all that moves the axes of part 1 by itself has taken them by now, each from its minimum (0) to its "
        "maximum (1), in the order of /lb/axisinfo. Answers a client, as often as it asks.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/variation",
        Action.VARIATION,
        (Argument("variation", "f", 0, 1),),
        (Feedback(f"{PREFIX}/variation", "f variation"),),
        "How much each strike differs from the last: 0 not at all, 0.3 as strikes of one drum do, 1 as another drum of "
        "its kind. No two are the same above 0.",
    ),
    Row(
        f"{PREFIX}/tempo",
        Action.TEMPO,
        (Argument("tempo", "f", 20, 300, "beats per minute"),),
        (Feedback(f"{PREFIX}/tempo", "f beats per minute"),),
        "The tempo of what is synced; 120 at the start. MIDI clock sets it too, and where the beat is.",
        is_of_part=False,
    ),
)
