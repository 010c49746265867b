"""What the instrument and the modulator share: axes, map, morph, leaps, and the place that is kept in the set."""

from typing import Final

from runtime.patches.device import Builder, address_of, hear
from runtime.patches.device_link import DUMP, SEND
from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_places import MAP_STEPS, map_pad
from runtime.patches.parameters import Parameter, of_address, of_knob
from runtime.patches.patch import Box, Patch
from runtime.patches.table import address, heard

DIAL_WIDTH: Final = 50
ROWS: Final = (24, 88)
"""Where the two rows of dials begin."""
_MAP_WORDS: Final = "the place on the map of the sounds; right is brighter, up is longer."


def add_axes(device: Builder, facts: InstrumentFacts, left: int) -> int:
    """Add a dial for each axis in two rows of four; return where the next column begins."""
    device.label("Axes", (left, 4))
    for number, knob in enumerate(facts.knobs):
        row, column = divmod(number, 4)
        at = (left + DIAL_WIDTH * column, ROWS[row])
        device.dial(of_knob(knob), address("axis/NAME", knob.name), at, (knob.low, knob.high))
    return left + DIAL_WIDTH * 4 + 8


def add_map(device: Builder, left: int) -> int:
    """Add the map as a square and as two dials that can be automated; return where the next column begins."""
    patch = device.patch
    device.label("Map", (left, 4))
    pad = map_pad(patch, (1400, 240, 112, 112), (left, 24, 112, 112))
    for number, side in enumerate("xy"):
        title = f"Map {side.upper()}"
        parameter = Parameter("live.dial", title, title, f"{title}: {_MAP_WORDS}", initial=0.5)
        # Not asked when the state is sent again: the place itself is, and it may lie beside the map.
        dial = device.control(parameter, (left + 120, ROWS[number]), is_asked=False)
        (scaled,) = patch.chain(1400 + 80 * number, 370, f"/ {MAP_STEPS}.")
        patch.connect(pad, scaled, number)
        patch.connect(scaled, dial)
        if number == 0:
            inside = patch.subpatch(_map_patch(), dial.place[0], dial.place[1] + 56)
        patch.connect(dial, inside, 0, number)
        patch.connect(inside, dial, number)
        patch.connect(inside, pad, number + 2, number)
    return left + 120 + DIAL_WIDTH


def _map_patch() -> Patch:
    """Return ``p map``. In: x, y from the dials. Out: x, y for the dials; x, y for the square."""
    patch = Patch("map", (860, 360))
    both = patch.add("pack 0.5 0.5", 20, 150)
    moved, kept = patch.add("t f f", 20, 64), patch.add("float 0.5", 60, 108)
    other = patch.add("t b f", 130, 64)
    patch.connect(patch.inlet(20, 20, "x, 0. to 1."), moved)
    patch.connect(patch.inlet(130, 20, "y, 0. to 1."), other)
    patch.connect(moved, both)
    patch.connect(moved, kept, 1, 1)
    patch.connect(other, both, 1, 1)
    patch.connect(other, kept)
    patch.connect(kept, both)
    says = patch.chain(20, 184, both, f"prepend {address('map').whole}", f"s {SEND}")[1]
    address_of(patch, address("map").tail, 20, 280, says)
    told = patch.chain(320, 122, hear(patch, heard("map"), 320, 20), "unpack 0. 0.")[1]
    outs = [patch.outlet(320 + 130 * n, 300, w) for n, w in enumerate(("x", "y", "x of the square", "y of the square"))]
    # The next move starts from what is shown.
    patch.connect(told, kept, 0, 1)
    patch.connect(told, both, 1, 1)
    for number in (0, 1):
        shows = patch.add("prepend set", 320 + 130 * number, 220)
        steps = patch.chain(580 + 130 * number, 186, f"* {MAP_STEPS}.", "prepend set")
        for first, last, out in ((shows, shows, outs[number]), (steps[0], steps[1], outs[number + 2])):
            patch.connect(told, first, number)
            patch.connect(last, out)
    return patch


def add_morph(device: Builder, left: int) -> int:
    """Add a dial from A to B, and what keeps them; return where the next column begins."""
    patch = device.patch
    about = "Morph: from the sound kept as A (0) to the one kept as B (1)."
    dial = device.control(Parameter("live.dial", "Morph", "Morph", about), (left, ROWS[0]), is_asked=False)
    device.label("Morph", (left, 4))
    inside = patch.subpatch(_morph_patch(), dial.place[0], dial.place[1] + 56)
    patch.connect(dial, inside)
    patch.connect(inside, dial)
    for number, letter in enumerate("AB"):
        about = f"Store {letter}: keeps the present sound as the {('first', 'second')[number]} end of the morph."
        device.button(f"Store {letter}", about, (left, 92 + 22 * number), address("morph/store"), letter)
    return left + 78


def _morph_patch() -> Patch:
    patch = Patch("morph", (560, 300))
    says = patch.chain(
        20, 60, patch.inlet(20, 20, "0. to 1."), "pack 0. 0.", f"prepend {address('morph').whole}", f"s {SEND}"
    )[2]
    address_of(patch, address("morph").tail, 20, 200, says)
    hears = hear(patch, heard("morph"), 280, 20)
    patch.chain(280, 122, hears, "unpack 0. 0.", "prepend set", patch.outlet(280, 240, "for the dial"))
    return patch


def add_leaps(device: Builder, left: int) -> int:
    """Add random places and the way back; return where the next column begins."""
    patch = device.patch
    device.label("Leaps", (left, 4))
    words = "Amount: how far Random goes, 1 all the way, 0 not at all."
    amount = device.control(Parameter("live.dial", "Amount", "Amount", words, initial=1.0), (left, ROWS[0]))
    about = "Random: goes towards a random sound that the model knows."
    leap = device.control(Parameter("live.button", "Random", "Random", about), (left, 92), is_asked=False)
    device.label("Random", (left + 17, 90))
    inside = Patch("random", (420, 240))
    kept, says, _ = inside.chain(20, 70, "float 1.", f"prepend {address('random').whole}", f"s {SEND}")
    inside.connect(inside.inlet(20, 20, "bang"), kept)
    inside.connect(inside.inlet(100, 20, "amount"), kept, 0, 1)
    address_of(inside, address("random").tail, 200, 20, says)
    box = patch.subpatch(inside, amount.place[0], amount.place[1] + 56)
    patch.connect(leap, box)
    patch.connect(amount, box, 0, 1)
    for number, name in enumerate(("Undo", "Redo")):
        about = f"{name}: {('back to before the last gesture.', 'undoes the last undoing.')[number]}"
        device.button(name, about, (left, 114 + 22 * number), address(name.lower()))
    return left + 74


def add_whole_sound(device: Builder, left: int) -> int:
    """Add variation and glide; return where the next column begins."""
    device.label("Sound", (left, 4))
    for number, (pattern, title, initial) in enumerate((("variation", "Variation", 0.0), ("glide", "Glide", 40.0))):
        parameter = of_address(address(pattern), title, {"Variation": "Vary"}.get(title, title), initial)
        device.dial(parameter, address(pattern), (left, ROWS[number]))
    return left + DIAL_WIDTH


def keep_place(device: Builder, facts: InstrumentFacts) -> None:
    """Keep the place itself with the set, and send it with the rest of the state."""
    device.patch.subpatch(_place_patch(facts.latent_size), 640, 150)
    value = {
        "parameter_longname": "Place",
        "parameter_shortname": "Place",
        "parameter_type": 3,
        "parameter_invisible": 1,
    }
    kept = device.patch.add("pattr place", 640, 190)
    kept.attributes |= {
        "varname": "place",
        "saved_object_attributes": {"parameter_enable": 1},
        "saved_attribute_attributes": {"valueof": value},
    }
    inside = next(box for box in device.patch.boxes if box.text == "p place")
    device.patch.connect(inside, kept)
    device.patch.connect(kept, inside)


def _place_patch(size: int) -> Patch:
    """Return ``p place``. Out: the place as it is heard, to be kept. In: the place that was kept, to be said."""
    patch = Patch("place", (720, 420))
    patch.comment(f"a kept place is said when the state of the set is sent again; it has {size} numbers", 20, 12, 560)
    hears = hear(patch, heard("z"), 20, 50)
    patch.connect(hears, patch.outlet(20, 340, "the place, to be kept"))
    asked = patch.add(f"r {DUMP}", 420, 50)
    kept = patch.add("zl.reg", 320, 110)
    patch.connect(asked, kept)
    taken: Box = patch.inlet(320, 50, "the place that was kept")
    patch.connect(taken, kept, 0, 1)
    both, length, fits = patch.chain(320, 150, "t l l", "zl.len", f"== {size}")
    patch.lines.pop()
    patch.lines.pop()
    patch.connect(kept, both)
    gate = patch.add("gate", 320, 260)
    patch.connect(both, length, 1)
    patch.connect(length, fits)
    patch.connect(fits, gate)
    patch.connect(both, gate, 0, 1)
    says = patch.chain(320, 294, gate, f"prepend {address('z').whole}", f"s {SEND}")[1]
    address_of(patch, address("z").tail, 480, 200, says)
    return patch
