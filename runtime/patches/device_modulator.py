"""``LB Modulator.amxd``: in front of any instrument; MIDI passes untouched, automation moves the latent space."""

from typing import Final

from runtime.patches.amxd import MIDI_EFFECT, Device
from runtime.patches.device import Builder
from runtime.patches.device_places import add_axes, add_leaps, add_map, add_morph, add_whole_sound
from runtime.patches.instrument_facts import InstrumentFacts

FIRST_PORT: Final = 9200
_WIDTH: Final = 676


def modulator(facts: InstrumentFacts) -> Device:
    """Return the device for one model."""
    device = Builder(MIDI_EFFECT, _WIDTH)
    device.add_link("LB Mod", FIRST_PORT)
    left = add_axes(device, facts, 84)
    left = add_map(device, left)
    left = add_morph(device, left + 8)
    left = add_whole_sound(device, left)
    add_leaps(device, left + 4)
    device.add_texts((84, 147), 340)
    device.patch.comment("MIDI passes as it came", 860, 120, 200)
    device.patch.chain(860, 150, "midiin", "midiout")
    titles = [knob.title for knob in facts.knobs]
    return device.finish(
        [
            ("Axes", [*titles, "Variation", "Glide"][:8]),
            ("Place", ["Map X", "Map Y", "Morph", "Amount", "Random", "Variation", "Glide", "Undo"]),
        ]
    )
