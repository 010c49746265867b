"""The voices of the sampler: one plays the captured sound at any pitch, a pad plays one sound of a kit as it is."""

from typing import Final

from runtime.patches.patch import Box, Patch

VOICES: Final = 8
PADS: Final = 16
SOUND: Final = "---sound"
KIT: Final = "---kit"
_STOP_MS: Final = 5
"""How long a voice fades that begins anew."""


def voices_patch(channels: int) -> Patch:
    """Return ``p voices``: the captured sound, at the pitch of each key, eight at a time."""
    patch = Patch("voices", (1040, 460))
    words = ("key, velocity", "root key", "attack in ms", "release in ms", "one shot: 1")
    inlets = [patch.inlet(20 + 120 * number, 20, word) for number, word in enumerate(words)]
    spread, allot = patch.chain(20, 70, inlets[0], "unpack 0 0", f"poly {VOICES} 1")[1:]
    patch.connect(spread, allot, 1, 1)
    packed, route = patch.chain(20, 150, "pack 0 0 0", "route " + " ".join(str(n) for n in range(1, VOICES + 1)))
    for number in range(3):
        patch.connect(allot, packed, number, number)
    outs = [patch.outlet(20 + 120 * side, 400, ("left", "right")[side]) for side in (0, 1)]
    for number in range(VOICES):
        voice = patch.subpatch(voice_patch(number + 1, channels), 20 + 120 * number, 260)
        patch.connect(route, voice, number)
        for inlet, setting in enumerate(inlets[1:], 1):
            patch.connect(setting, voice, 0, inlet)
        for side, out in enumerate(outs):
            patch.connect(voice, out, side)
    return patch


def pads_patch(channels: int) -> Patch:
    """Return ``p pads``: the kit, one key for each sound; struck again, a pad begins anew."""
    patch = Patch("pads", (1480, 420))
    played, first = patch.inlet(20, 20, "key, velocity"), patch.inlet(160, 20, "key of the first sound")
    order, number_of = patch.chain(20, 70, played, "unpack 0 0", "- 36")[1:]
    packed, route = patch.chain(20, 150, "pack 0 0", "route " + " ".join(str(n) for n in range(PADS)))
    patch.connect(first, number_of, 0, 1)
    patch.connect(order, packed, 1, 1)
    patch.connect(number_of, packed)
    outs = [patch.outlet(20 + 120 * side, 360, ("left", "right")[side]) for side in (0, 1)]
    for number in range(PADS):
        pad = patch.subpatch(pad_patch(number + 1, channels), 20 + 90 * number, 240)
        patch.connect(route, pad, number)
        for side, out in enumerate(outs):
            patch.connect(pad, out, side)
    return patch


def voice_patch(number: int, channels: int) -> Patch:
    """Return ``p voiceN``. In: key and velocity; root key, attack, release (ms), one shot. Out: left, right."""
    patch = Patch(f"voice{number}", (760, 480))
    words = ("key, velocity", "root key", "attack in ms", "release in ms", "one shot: 1")
    note, root, attack, release, whole = (patch.inlet(20 + 110 * n, 20, w) for n, w in enumerate(words))
    # The velocity comes first and waits; then the key sets the pitch, and lets the velocity begin or end the note.
    key, order = patch.chain(20, 60, note, "unpack 0 0", "t b f")[1:]
    ratio = patch.chain(20, 150, "- 60.", "/ 12.", "expr pow(2.\\,$f1)", "sig~ 1.")
    velocity, struck = patch.chain(170, 94, "int", "select 0")
    begins, start = patch.add("t b f", 200, 170), patch.message("0", 170, 330)
    patch.connect(key, velocity, 1, 1)
    patch.connect(order, ratio[0], 1)
    patch.connect(order, velocity)
    patch.connect(root, ratio[0], 0, 1)
    patch.connect(struck, begins, 1)
    patch.connect(begins, start)
    louder, rise = patch.chain(260, 204, "/ 127.", "pack 0. 0.")
    patch.connect(begins, louder, 1)
    patch.connect(attack, rise, 0, 1)
    level = patch.add("line~ 0.", 260, 330)
    patch.connect(rise, level)
    # Where it is let go: silence within the release, unless the sound plays to its end.
    gate, falls = patch.add("gate 1 1", 420, 140), patch.add("pack 0. 60.", 420, 240)
    opens = patch.chain(480, 60, "== 0")[-1]
    silent = patch.message("0.", 420, 190)
    patch.connect(whole, opens)
    patch.connect(opens, gate)
    patch.connect(struck, gate, 0, 1)
    patch.connect(gate, silent)
    patch.connect(silent, falls)
    patch.connect(release, falls, 0, 1)
    patch.connect(falls, level)
    groove = patch.add(f"groove~ {SOUND} {channels}", 20, 370)
    patch.connect(ratio[-1], groove)
    patch.connect(start, groove)
    _send_out(patch, groove, level, channels, 420)
    return patch


def pad_patch(number: int, channels: int) -> Patch:
    """Return ``p padN``. In: a velocity. Out: left, right. The sound plays to its end, or until it is struck again."""
    patch = Patch(f"pad{number}", (420, 380))
    struck = patch.chain(20, 60, patch.inlet(20, 20, "velocity"), "select 0")[-1]
    begins = patch.add("t b f", 60, 100)
    patch.connect(struck, begins, 1)
    level = patch.chain(140, 140, "/ 127.", f"pack 0. {_STOP_MS}", "line~ 0.")
    patch.connect(begins, level[0], 1)
    start = patch.message("0", 60, 140)
    patch.connect(begins, start)
    groove = patch.add(f"groove~ {KIT}.{number} {channels}", 20, 250)
    patch.connect(patch.add("sig~ 1.", 20, 200), groove)
    patch.connect(start, groove)
    _send_out(patch, groove, level[-1], channels, 300)
    return patch


def _send_out(patch: Patch, groove: Box, level: Box, channels: int, y: int) -> None:
    """To both sides: a mono sound is in the middle."""
    for side in (0, 1):
        gain = patch.add("*~", 20 + 120 * side, y)
        patch.connect(groove, gain, min(side, channels - 1))
        patch.connect(level, gain, 0, 1)
        patch.connect(gain, patch.outlet(20 + 120 * side, y + 34, ("left", "right")[side]))
