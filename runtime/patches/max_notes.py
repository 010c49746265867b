"""``lb.note``: keys, bend, pressure and slide as OSC, from MIDI or from the patch itself."""

from runtime.patches.max_connect import SEND
from runtime.patches.patch import Box, Patch
from runtime.patches.table import address, heard

BEND_RANGE_SEMITONES = 2.0


def note_patch() -> Patch:
    """Return ``lb.note [PART] [BEND RANGE]``. With part 0 every MIDI channel plays the part of its number (MPE)."""
    patch = Patch(size=(1260, 620))
    about = (
        "lb.note [PART] [BEND RANGE in semitones]. Part 0: each MIDI channel plays its own part (MPE).",
        "In: note velocity; or bend -1. to 1., pressure 0. to 1., slide 0. to 1. Right: 1 listens to MIDI.",
    )
    for number, line in enumerate(about):
        patch.comment(line, 20, 12 + 22 * number, 760)
    played = patch.inlet(20, 70, "note velocity; bend, pressure or slide with a number")
    listens = patch.inlet(1160, 70, "1: MIDI goes through, 0: not")
    arguments = patch.add(f"patcherargs 1 {BEND_RANGE_SEMITONES:g}.", 500, 70)
    given = patch.add("unpack i f", 500, 104)
    gate, sends = patch.add("gate", 520, 500), patch.add(f"s {SEND}", 520, 560)
    patch.connect(arguments, given)
    patch.connect(listens, gate)
    patch.connect(gate, sends)
    patch.connect(patch.add(f"r {heard('voices')}", 700, 520), patch.outlet(700, 560, "how many voices sound"))
    _play_from_patch(patch, played, given, sends)
    play_from_midi(patch, 520, 170, given, gate, 1)
    return patch


def _play_from_patch(patch: Patch, played: Box, given: Box, sends: Box) -> None:
    """Notes and gestures that the patch itself makes, always of the part in the argument."""
    route = patch.add("route bend pressure slide", 20, 120)
    scaled = patch.add(f"* {BEND_RANGE_SEMITONES:g}.", 20, 170)
    notes = patch.add("unpack 0 0.", 380, 170)
    packed, said = patch.add("pack 0 0. 1", 380, 380), patch.message(f"{address('note').whole} $1 $2 $3", 380, 414)
    patch.connect(played, route)
    patch.connect(route, scaled)
    patch.connect(given, scaled, 1, 1)
    patch.connect(route, notes, 3)
    patch.connect(notes, packed)
    patch.connect(notes, packed, 1, 1)
    patch.connect(given, packed, 0, 2)
    patch.connect(packed, said)
    patch.connect(said, sends)
    for number, word in enumerate(("bend", "pressure", "slide")):
        gesture = _gesture(patch, word, 20 + 120 * number, 260 + 80 * number, sends)
        patch.connect(given, gesture, 0, 1)
        patch.connect(*((scaled, gesture) if word == "bend" else (route, gesture, number)))


def _gesture(patch: Patch, word: str, x: int, y: int, target: Box, inlet: int = 0) -> Box:
    """Return what turns a value and, to its right, a part into a message."""
    packed, said = patch.chain(x, y, "pack 0. 1", f":{address(word).whole} $2 $1")
    patch.connect(said, target, inlet=inlet)
    return packed


def play_from_midi(patch: Patch, x: int, y: int, given: Box, target: Box, inlet: int = 0) -> None:
    """Add four columns: keys, bend, pressure and slide of a MIDI input become messages that ``target`` takes.

    ``given`` says the part (0: as the channel) from its first outlet and the bend range from its second.
    """
    notes = patch.add("notein", x, y)
    packed, said = patch.chain(x, y + 200, "pack 0 0 1", f":{address('note').whole} $1 $2 $3")
    patch.connect(notes, packed)
    patch.connect(notes, packed, 1, 1)
    patch.connect(_part_of(patch, notes, 2, x, y + 150, given), packed, inlet=2)
    patch.connect(said, target, inlet=inlet)
    gestures = (
        ("bend", "xbendin", ("- 8192", "/ 8192.", f"* {BEND_RANGE_SEMITONES:g}.")),
        ("pressure", "touchin", ("/ 127.",)),
        ("slide", "ctlin 74", ("/ 127.",)),
    )
    for number, (word, source, scaling) in enumerate(gestures, 1):
        column = patch.chain(x + 200 * number, y, source, *scaling)
        if word == "bend":
            patch.connect(given, column[-1], 1, 1)
        packed = _gesture(patch, word, x + 200 * number, y + 200, target, inlet)
        patch.connect(column[-1], packed)
        patch.connect(_part_of(patch, column[0], 1, x + 200 * number, y + 150, given), packed, inlet=1)


def _part_of(patch: Patch, source: Box, outlet: int, x: int, y: int, given: Box) -> Box:
    """Return the part that an event of a channel belongs to: the one given, or with 0 the channel's own."""
    chosen = patch.add("if $i2 then $i2 else $i1", x, y)
    patch.connect(source, chosen, outlet)
    patch.connect(given, chosen, 0, 1)
    return chosen
