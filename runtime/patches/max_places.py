"""``lb.axis`` and ``lb.map``: one named axis, and the map of all sounds, for Max patches of one's own."""

from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_speaking import speak_of
from runtime.patches.patch import Box, Patch
from runtime.patches.ports import Ports
from runtime.patches.table import address

MAP_STEPS = 1000
"""A pictslider counts in whole numbers."""


def axis_patch(facts: InstrumentFacts) -> Patch:
    """Return ``lb.axis NAME [PART]``: a dial 0…1. In a bpatcher it shows dial and name."""
    name = facts.knobs[0].name if facts.knobs else "axis_1"
    patch = Patch(size=(760, 560))
    patch.comment("lb.axis NAME [PART]: an axis, 0 at its minimum, 1 at its maximum.", 20, 12, 560)
    patch.comment("In: 0. to 1. Out: where it stands, turned here or elsewhere.", 20, 34, 560)
    voice = speak_of(patch, address("axis/NAME", "%s").tail, f"{name} 1", 240, 70)
    turned = patch.inlet(20, 70, "position 0. to 1.")
    dial = patch.control(
        "dial",
        (20, 240, 40, 40),
        Ports(1, ("float",)),
        (4, 20, 40, 40),
        size=1.0,
        floatoutput=1,
        mode=5,
        parameter_enable=0,
    )
    label = patch.comment(name, 20, 284, 100)
    label.shown = (0, 0, 90, 20)
    out = patch.outlet(20, 480, "position 0. to 1.")
    patch.connect(turned, dial)
    patch.connect(dial, voice.says)
    patch.connect(dial, out)
    told, shown = patch.chain(460, 368, "t f f", "prepend set")
    patch.connect(voice.hears, told)
    patch.connect(shown, dial)
    patch.connect(told, out, 1)
    _name_label(patch, label)
    return patch


def _name_label(patch: Patch, label: Box) -> None:
    """Let the label show the axis' own name."""
    unpacked = next(box for box in patch.boxes if box.text == "unpack s i")
    (shown,) = patch.chain(110, 138, "prepend set")
    patch.connect(unpacked, shown)
    patch.connect(shown, label)


def map_patch() -> Patch:
    """Return ``lb.map [PART]``: the map of all sounds, x and y 0…1. In a bpatcher it shows the map."""
    patch = Patch(size=(760, 620))
    patch.comment("lb.map [PART]: the map of the sounds; right is brighter, up is longer.", 20, 12, 560)
    patch.comment("In: x y, 0. to 1. Out: where the sound is on the map, moved here or elsewhere.", 20, 34, 560)
    voice = speak_of(patch, address("map").tail, "1", 300, 130)
    place = patch.inlet(20, 70, "x y, 0. to 1.")
    pad = map_pad(patch, (20, 180, 140, 140), (0, 0, 140, 140))
    into = patch.add("unpack 0. 0.", 20, 110)
    patch.connect(place, into)
    for side in (0, 1):
        (steps,) = patch.chain(20 + 90 * side, 144, f"* {MAP_STEPS}.")
        patch.connect(into, steps, side)
        patch.connect(steps, pad, inlet=side)
    packed = pack_map(patch, pad, 20, 340)
    out = patch.outlet(20, 540, "x y, 0. to 1.")
    patch.connect(packed, voice.says)
    patch.connect(packed, out)
    told = show_map(patch, pad, 520, 440)
    patch.connect(voice.hears, told)
    patch.connect(voice.hears, out)
    return patch


def map_pad(patch: Patch, place: tuple[int, int, int, int], shown: tuple[int, int, int, int]) -> Box:
    """Add a square to move about in."""
    return patch.control(
        "pictslider",
        place,
        Ports(2, ("int", "int")),
        shown,
        bottomvalue=0,
        topvalue=MAP_STEPS,
        leftvalue=0,
        rightvalue=MAP_STEPS,
        parameter_enable=0,
    )


def pack_map(patch: Patch, pad: Box, x: int, y: int) -> Box:
    """Turn what a square says into a list x y, 0…1; a pictslider says y before x."""
    packed = patch.add("pack 0. 0.", x, y + 34)
    for side in (0, 1):
        (scaled,) = patch.chain(x + 80 * side, y, f"/ {MAP_STEPS}.")
        patch.connect(pad, scaled, side)
        patch.connect(scaled, packed, inlet=side)
    return packed


def show_map(patch: Patch, pad: Box, x: int, y: int) -> Box:
    """Return what lets a square show a list x y without saying it."""
    told = patch.add("unpack 0. 0.", x, y)
    for side in (0, 1):
        _, shown = patch.chain(x + 110 * side, y + 34, f"* {MAP_STEPS}.", "prepend set")
        patch.connect(told, patch.boxes[-2], side)
        patch.connect(shown, pad, inlet=side)
    return told
