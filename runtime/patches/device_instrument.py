"""``LB Instrument.amxd``: the MIDI of a Live track plays latentbridge, its parameters move it."""

from typing import Final

from runtime.patches.amxd import INSTRUMENT, Device
from runtime.patches.device import Builder, address_of, hear
from runtime.patches.device_link import SEND
from runtime.patches.device_places import ROWS, add_axes, add_leaps, add_map, add_morph, add_whole_sound, keep_place
from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_notes import BEND_RANGE_SEMITONES, play_from_midi
from runtime.patches.parameters import Parameter, of_address
from runtime.patches.patch import Patch
from runtime.patches.table import address, heard

FIRST_PORT: Final = 9100
_WIDTH: Final = 840


def instrument(facts: InstrumentFacts) -> Device:
    """Return the device for one model."""
    device = Builder(INSTRUMENT, _WIDTH)
    device.add_link(f"LB {facts.name}"[:12], FIRST_PORT)
    left = add_axes(device, facts, 84)
    left = add_map(device, left)
    left = add_morph(device, left + 8)
    left = add_whole_sound(device, left)
    left = add_leaps(device, left + 4)
    _add_level_and_keys(device, left)
    _add_keeping(device, left + 60)
    keep_place(device, facts)
    device.add_texts((84, 147), 340)
    _add_notes(device)
    _pass_audio(device)
    titles = [knob.title for knob in facts.knobs]
    return device.finish(
        [
            ("Axes", [*titles, "Variation", "Glide"][:8]),
            ("Place", ["Map X", "Map Y", "Morph", "Amount", "Random", "Variation", "Glide", "Gain"]),
            ("Keys", ["Bend Range", "MPE", "Preset", "Capture", "Panic"]),
        ]
    )


def _add_level_and_keys(device: Builder, left: int) -> None:
    """Level, and how keys bend."""
    device.label("Keys", (left, 4))
    device.dial(of_address(address("gain"), "Gain", "Gain", 0.0), address("gain"), (left, ROWS[0]))
    about = "Bend Range: how far the pitch wheel bends, in semitones; MPE keyboards usually want 48."
    device.label("Bend", (left, 86))
    device.control(
        Parameter("live.numbox", "Bend Range", "Bend", about, 0, 96, BEND_RANGE_SEMITONES, "semitones"), (left, 104)
    )
    about = "MPE: every MIDI channel plays the part of its number, so that each finger bends alone."
    device.control(Parameter("live.toggle", "MPE", "MPE", about), (left, 124))
    device.label("MPE", (left + 17, 122))


def _add_keeping(device: Builder, left: int) -> None:
    """Presets, captures, and silence."""
    patch = device.patch
    device.label("Keep", (left, 4))
    about = "Preset: goes to a preset by number, first the model's own, then yours; 0 goes nowhere."
    preset = device.control(
        Parameter("live.numbox", "Preset", "Preset", about, 0, 127, 0, is_whole=True), (left, 26), is_asked=False
    )
    device.label("Preset", (left + 46, 24))
    patch.connect(preset, patch.subpatch(_preset_patch(), preset.place[0], preset.place[1] + 56))
    name = device.display((left, 44), 100, (640, 60))
    patch.connect(patch.subpatch(_told_patch("preset-name", "preset", "prepend set"), 640, 30), name)
    device.button("Capture", "Capture: writes the note played last as a WAV file.", (left, 92), address("capture"))
    device.button("Panic", "Panic: silence at once.", (left, 114), address("alloff"))


def _preset_patch() -> Patch:
    """Return what goes to a preset by its number."""
    patch = Patch("preset", (360, 260))
    patch.comment("0 goes nowhere", 110, 60, 100)
    above, says, _ = patch.chain(20, 100, "route 0", f"prepend {address('preset').whole}", f"s {SEND}")
    patch.lines.pop(0)
    patch.connect(patch.inlet(20, 20, "number"), above)
    patch.connect(above, says, 1)
    address_of(patch, address("preset").tail, 160, 140, says)
    return patch


def _told_patch(title: str, name: str, *links: str) -> Patch:
    """Return what hands on a feedback message."""
    patch = Patch(title, (360, 260))
    patch.chain(20, 122, hear(patch, heard(name), 20, 20), *links, patch.outlet(20, 200, "told"))
    return patch


def _add_notes(device: Builder) -> None:
    """Every key, bend, pressure and slide of the track."""
    patch = device.patch
    inside = Patch("notes", (1000, 620))
    inside.comment("the track's MIDI; with MPE each channel plays the part of its number", 20, 12, 560)
    both = inside.add("pak 1 0", 20, 90)
    part, mpe, bend = (inside.inlet(20 + 80 * n, 50, words) for n, words in enumerate(("part", "MPE", "bend range")))
    chosen = inside.add("if $i2 then 0 else $i1", 20, 124)
    packed = inside.add(f"pak 1 {BEND_RANGE_SEMITONES:g}.", 20, 170)
    given = inside.add("unpack i f", 20, 204)
    inside.connect(part, both)
    inside.connect(mpe, both, 0, 1)
    inside.connect(both, chosen)
    inside.connect(chosen, packed)
    inside.connect(bend, packed, 0, 1)
    inside.connect(packed, given)
    play_from_midi(inside, 20, 270, given, inside.add(f"s {SEND}", 20, 560))
    box = patch.subpatch(inside, 860, 150)
    for number, title in enumerate(("Part", "MPE", "Bend Range")):
        patch.connect(next(b for b in patch.boxes if b.attributes.get("varname") == title), box, 0, number)


def _pass_audio(device: Builder) -> None:
    """The sound comes from latentbridge by the way docs/max-live-pd.md shows; the device itself is silent."""
    device.patch.comment("silent: the sound comes from latentbridge itself (docs/max-live-pd.md)", 1000, 150, 300, 34)
    device.patch.add("plugout~", 1000, 190)
