"""OSC messages that move something, as events of the instrument."""

from typing import Final

from runtime.controls.osc_schema import Action
from runtime.controls.osc_table import Destination
from runtime.events import Event, Kind
from runtime.latent.motion import Motion
from runtime.steering.control_state import OF_THE_MIX
from runtime.steering.echoes import as_float32

_ONE_NUMBER: Final = {
    Action.DIMENSION: Kind.LATENT_DIMENSION,
    Action.AXIS: Kind.AXIS,
    Action.BEND: Kind.BEND,
    Action.PRESSURE: Kind.PRESSURE,
    Action.SLIDE: Kind.SLIDE,
    Action.GAIN: Kind.GAIN,
    Action.MODE: Kind.PLAY_MODE,
    Action.UNISON: Kind.UNISON,
    Action.SPREAD: Kind.UNISON_SPREAD,
    Action.WIDTH: Kind.UNISON_WIDTH,
    Action.VARIATION: Kind.VARIATION,
    Action.TEMPO: Kind.TEMPO,
}
"""Actions whose last argument is the event's value."""
_IN_MILLISECONDS: Final = {Action.GLIDE: Kind.GLIDE, Action.PORTAMENTO: Kind.PORTAMENTO}
"""Actions whose argument is in ms, while their event counts seconds."""
_HEARD: Final = frozenset({Action.MAP_NOTE, Action.CHILD_NOTE})
"""Actions that strike a key at a place that is not its own; key and velocity come last."""


def key_of(destination: Destination, arguments: list[float | str]) -> list[Event]:
    """Return the key that a message of another kind strikes or lets go, as an event; none if it strikes none."""
    if destination.row.action not in _HEARD:
        return []
    note, velocity = (float(argument) for argument in arguments[-2:])
    return [Event(Kind.NOTE_ON if velocity > 0 else Kind.NOTE_OFF, part=destination.part, note=int(note))]


def events_of(destination: Destination, arguments: list[float | str]) -> list[Event]:
    """Return the events of a message whose arguments have been read; none for what is no event.

    The numbers are rounded to float32, as records and feedback carry them, so that an echo can be recognised.
    """
    numbers = [as_float32(argument) for argument in arguments if not isinstance(argument, str)]
    action, part, index = destination.row.action, destination.part, destination.index
    names = [argument.name for argument in destination.arguments[: len(numbers)]]
    if "channel" in names:
        part = int(numbers.pop(names.index("channel")))
    if action is Action.NOTE:
        note, velocity = numbers
        kind = Kind.NOTE_ON if velocity > 0 else Kind.NOTE_OFF
        return [Event(kind, part=part, note=int(note), value=velocity / 127)]
    if action is Action.LATENT:
        return [Event(Kind.LATENT, part=part, values=tuple(numbers))]
    if action in _IN_MILLISECONDS:
        return [Event(_IN_MILLISECONDS[action], part=part, value=numbers[0] / 1000)]
    if action is Action.ALL_OFF:
        # Keys and pedals up first, or the next pedal would hold what was silenced.
        return [Event(Kind.ALL_NOTES_OFF, part=part), Event(Kind.ALL_SOUND_OFF, part=part)]
    if action in _ONE_NUMBER:
        kind = _ONE_NUMBER[action]
        # Gain and tempo are those of the whole instrument: part 0.
        return [Event(kind, part=0 if kind in OF_THE_MIX else part, index=index, value=numbers[0])]
    if action is Action.MOTION:
        motion = Motion[destination.row.motion.upper()]
        return [Event(Kind.MOTION, part=part, index=index, note=motion, value=numbers[0], values=tuple(numbers[1:]))]
    return []
