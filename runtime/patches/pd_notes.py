"""Keys, bend, pressure and slide from Pd's MIDI input."""

from runtime.patches.max_notes import BEND_RANGE_SEMITONES
from runtime.patches.patch import Box
from runtime.patches.pd import PdPatch
from runtime.patches.pd_link import BYTES, osc_format
from runtime.patches.table import address


def midi_patch() -> PdPatch:
    """Return ``pd midi``: left, 1 lets MIDI through; right, 1 lets each channel play the part of its number (MPE)."""
    patch = PdPatch("midi", (860, 420))
    listens, mpe = patch.inlet(20, 20, ""), patch.inlet(760, 20, "")
    gate = patch.add("spigot", 20, 320)
    patch.connect(listens, gate, 0, 1)
    patch.connect(gate, patch.add(f"s {BYTES}", 20, 360))
    columns = (
        ("note", "notein", (), "$1 $2 $3", 2),
        ("bend", "bendin", ("- 8192", "/ 8192", f"* {BEND_RANGE_SEMITONES:g}"), "$2 $1", 1),
        ("pressure", "touchin", ("/ 127",), "$2 $1", 1),
        ("slide", "ctlin 74", ("/ 127",), "$2 $1", 1),
    )
    for number, (word, source, scaling, order, channel) in enumerate(columns):
        x = 20 + 190 * number
        column = patch.chain(x, 60, source, *scaling)
        packed = patch.add("pack" + " f" * (channel + 1), x, 220)
        patch.chain(x, 220, packed, f":{order}", osc_format(address(word)), gate)
        patch.connect(column[-1], packed)
        if word == "note":
            patch.connect(column[0], packed, 1, 1)
        patch.connect(_part_of(patch, column[0], channel, x + 90, mpe), packed, 0, channel)
    return patch


def _part_of(patch: PdPatch, source: Box, outlet: int, x: int, mpe: Box) -> Box:
    """Return the part of an event: 1, or with MPE its channel."""
    times, least = patch.chain(x, 140, "* 0", "max 1")
    patch.connect(source, times, outlet)
    patch.connect(mpe, times, 0, 1)
    return least
