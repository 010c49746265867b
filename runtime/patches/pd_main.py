"""``latentbridge.pd``: what ``latentbridge.maxpat`` does, in Pure Data, with nothing but vanilla objects."""

from typing import Final

from runtime.patches.instrument_facts import InstrumentFacts, Knob
from runtime.patches.patch import Box
from runtime.patches.pd import PdPatch
from runtime.patches.pd_link import BYTES, heard_patch, link_patch, osc_format, receive_name
from runtime.patches.pd_notes import midi_patch
from runtime.patches.table import Address, address, heard

SOUND: Final = "lb-sound"
"""The array that holds what was captured."""
_Z_LIMIT: Final = 4
_KEYS: Final = {
    True: ((48, "C2"), (60, "C3"), (64, "E3"), (67, "G3")),
    False: ((36, "kick"), (38, "snare"), (42, "closed hat"), (46, "open hat")),
}
_CLASSES: Final = 8


def main_pd(facts: InstrumentFacts) -> PdPatch:
    """Return the patch for one model."""
    patch = PdPatch(size=(1000, 740))
    _add_link(patch, facts)
    _add_axes(patch, facts)
    _add_whole_sound(patch, facts)
    _add_place(patch, facts)
    _add_leaps(patch, facts)
    _add_notes(patch, facts)
    _add_captured(patch, facts)
    return patch


def says(patch: PdPatch, spoken: Address, x: int, y: int) -> Box:
    """Add what turns numbers into a packet for an address and sends it."""
    packet = patch.add(osc_format(spoken), x, y)
    patch.connect(packet, patch.add(f"s {BYTES}", x, y + 30))
    return packet


def _add_link(patch: PdPatch, facts: InstrumentFacts) -> None:
    """Where latentbridge is, whether it answers, and what it says about itself."""
    patch.panel(10, 10, 980, 86, f"latentbridge {facts.name}   1  start latentbridge play and wait for link 1")
    for x, words, name in ((20, "127.0.0.1 9000", "lb.server"), (180, "9002", "lb.reply")):
        patch.chain(x, 34, f":{words}", f"s {name}")
    patch.display(280, 36, "floatatom", 3, "lb.link", "link")
    patch.subpatch(link_patch(), 280, 68)
    patch.subpatch(heard_patch(facts), 380, 68)
    patch.subpatch(_shown_patch(), 480, 68)
    for x, words, letters in ((370, "model", 10), (510, "sound", 20), (720, "error", 30)):
        patch.display(x, 36, "symbolatom", letters, f"lb.show.{words}", words)


def _shown_patch() -> PdPatch:
    """Return ``pd shown``: the words in what is told."""
    patch = PdPatch("shown", (640, 200))
    for x, name, kinds, number in (
        (20, "info", "s f f f f f s", 0),
        (240, "sound", "f s", 1),
        (440, "error", "f s", 1),
    ):
        words = patch.chain(x, 20, f"r {receive_name(heard(name))}", f"unpack {kinds}")[-1]
        patch.connect(words, patch.add(f"s lb.show.{'model' if name == 'info' else name}", x, 120), number)
    return patch


def _add_axes(patch: PdPatch, facts: InstrumentFacts) -> None:
    patch.panel(10, 106, 480, 44 + 30 * max(len(facts.knobs), 6), "2  axes: 0 changes nothing")
    for number, knob in enumerate(facts.knobs):
        y = 136 + 30 * number
        slider = patch.slider(20, y, knob.low, knob.high, knob.rest, knob.name)
        inside = patch.subpatch(_axis_patch(knob), 320, y)
        patch.connect(slider, inside)
        patch.connect(inside, slider)


def _axis_patch(knob: Knob) -> PdPatch:
    """Return ``pd NAME``: latent units in and out, 0…1 on the way."""
    patch = PdPatch(knob.name, (420, 320))
    width = knob.high - knob.low
    packet = says(patch, address("axis/NAME", knob.name), 20, 150)
    patch.chain(20, 20, patch.inlet(20, 20, ""), f"- {knob.low:g}", f"/ {width:g}", packet)
    told = f"r {receive_name(heard('axis/NAME', knob.name))}"
    patch.chain(240, 20, told, f"* {width:g}", f"+ {knob.low:g}", ":set $1", "outlet")
    return patch


def _add_whole_sound(patch: PdPatch, facts: InstrumentFacts) -> None:
    patch.panel(500, 106, 490, 224 if not facts.pitched else 344, "whole sound")
    plain = [("gain", 0.0), ("variation", 0.0), ("glide", 40.0), ("tempo", 120.0)]
    plain += [("portamento", 0.0), ("unison", 1.0), ("spread", 0.0), ("width", 0.0)] if facts.pitched else []
    for number, (name, initial) in enumerate(plain):
        spoken, y = address(name), 136 + 30 * number
        argument = spoken.argument()
        high = min(argument.high, 1000.0)
        slider = patch.slider(510, y, argument.low, high, initial, name)
        inside = PdPatch(name, (420, 240))
        inside.chain(20, 20, inside.inlet(20, 20, ""), says(inside, spoken, 20, 80))
        inside.chain(240, 20, f"r {receive_name(heard(name))}", ":set $1", "outlet")
        box = patch.subpatch(inside, 780, y)
        patch.connect(slider, box)
        patch.connect(box, slider)


def _add_place(patch: PdPatch, facts: InstrumentFacts) -> None:
    """All numbers of the place, the map, and the way between two sounds."""
    patch.panel(10, 340, 480, 214, "3  place: z and below it the map and a morph from A to B")
    faders = [patch.fader(20 + 20 * number, 366, _Z_LIMIT, number + 1) for number in range(min(facts.latent_size, 16))]
    z = patch.subpatch(_z_patch(len(faders)), 420, 366)
    for number, fader in enumerate(faders):
        _tie(patch, fader, z, number)
    place, morph = patch.subpatch(_map_patch(), 420, 500), patch.subpatch(_morph_patch(), 420, 528)
    for number, side in enumerate("xy"):
        _tie(patch, patch.slider(20 + 190 * number, 500, 0, 1, 0.5, f"map {side}", 120), place, number)
    _tie(patch, patch.slider(20, 528, 0, 1, 0, "morph", 120), morph, 0)
    for number, letter in enumerate("AB"):
        patch.connect(patch.message(f"symbol {letter}", 210 + 80 * number, 526), morph, 0, 1)
    patch.display(350, 396, "floatatom", 6, "lb.outside", "outside")


def _tie(patch: PdPatch, control: Box, inside: Box, port: int) -> None:
    """Let a control say and show what a subpatch takes and gives at one of its ports."""
    patch.connect(control, inside, 0, port)
    patch.connect(inside, control, port, 0)


def _z_patch(size: int) -> PdPatch:
    """Return ``pd z``: each number of the place, said and heard."""
    patch = PdPatch("z", (140 * size + 40, 440))
    whole = patch.chain(20, 220, "r lb.z", "unpack " + " ".join("f" * size))[-1]
    single = patch.chain(20, 300, "r lb.zi", "route " + " ".join(str(n) for n in range(1, size + 1)))[-1]
    for number in range(size):
        x = 20 + 140 * number
        # N stands for the dimension, counted from 1.
        packet = patch.add(osc_format(address("z/N")).replace(" N", f" {number + 1}"), x, 60)
        patch.connect(patch.inlet(x, 20, ""), packet)
        patch.connect(packet, patch.add(f"s {BYTES}", x, 90))
        shows = patch.message("set $1", x, 370)
        patch.connect(whole, shows, number)
        patch.connect(single, shows, number)
        patch.connect(shows, patch.outlet(x, 404, ""))
    return patch


def _map_patch() -> PdPatch:
    """Return ``pd map``: x and y, said together."""
    patch = PdPatch("map", (420, 260))
    packed, second = patch.add("pack f f", 20, 120), patch.add("t b f", 120, 60)
    patch.connect(patch.inlet(20, 20, ""), packed)
    patch.connect(patch.inlet(120, 20, ""), second)
    patch.connect(second, packed)
    patch.connect(second, packed, 1, 1)
    patch.connect(packed, says(patch, address("map"), 20, 160))
    told = patch.chain(260, 20, f"r {receive_name(heard('map'))}", "unpack f f")[-1]
    for number in (0, 1):
        shows = patch.message("set $1", 260 + 80 * number, 120)
        patch.connect(told, shows, number)
        # What is shown is also what the next move starts from.
        patch.connect(told, packed, 1, 1) if number else None
        patch.connect(shows, patch.outlet(260 + 80 * number, 160, ""))
    return patch


def _morph_patch() -> PdPatch:
    """Return ``pd morph``: the way from A to B, and what they are."""
    patch = PdPatch("morph", (460, 220))
    patch.chain(20, 60, patch.inlet(20, 20, ""), ":$1 0", says(patch, address("morph"), 20, 100))
    store = says(patch, address("morph/store"), 200, 60)
    patch.connect(patch.inlet(200, 20, ""), store)
    patch.connect(patch.add("r lb-store", 260, 20), store)
    patch.chain(400, 20, f"r {receive_name(heard('morph'))}", "route float list", ":set $1", "outlet")
    return patch


def _add_leaps(patch: PdPatch, facts: InstrumentFacts) -> None:
    """Random places, of a class if the model has them, the way back, presets, and words."""
    top = 340 if not facts.pitched else 460
    patch.panel(500, top, 490, 214, "leaps: all the way or near by or of a kind and back")
    leap = _speaker(patch, "random", 880, top + 30, is_named=True)
    words = ["1", "0.3", *(f"1 1 {name}" for name in facts.classes[:_CLASSES])]
    for number, word in enumerate(words):
        at = (510 + 124 * (number % 3), top + 30 + 28 * (number // 3))
        patch.connect(patch.message(word, *at), leap)
    for number, name in enumerate(("undo", "redo")):
        back = patch.button(880, top + 64 + 56 * number, name)
        patch.connect(back, _speaker(patch, name, 880, top + 88 + 56 * number))
    found = patch.message("symbol short\\ bright\\ snare", 510, top + 150)
    patch.connect(found, _speaker(patch, "find", 730, top + 150, is_named=True))
    chosen = patch.put_number(510, top + 180, "preset")
    patch.connect(chosen, _speaker(patch, "preset", 640, top + 180))
    patch.display(740, top + 180, "symbolatom", 14, "lb.preset")


def _speaker(patch: PdPatch, name: str, x: int, y: int, is_named: bool = False) -> Box:
    """Add a subpatch that says an address with whatever comes, if ``is_named`` also to the receive ``lb-NAME``.

    A control of the same name has that receive already.
    """
    inside = PdPatch(name, (300, 160))
    packet = says(inside, address(name), 20, 60)
    inside.connect(inside.inlet(20, 20, ""), packet)
    if is_named:
        inside.connect(inside.add(f"r lb-{name}", 120, 20), packet)
    return patch.subpatch(inside, x, y)


def _add_notes(patch: PdPatch, facts: InstrumentFacts) -> None:
    """Some keys to click, and MIDI of Pd if wanted."""
    top = 564 if not facts.pitched else 684
    patch.panel(10, top, 480, 130, "4  play")
    makes, packed = patch.add("makenote 100 400", 20, top + 60), patch.add("pack f f", 20, top + 92)
    for number in (0, 1):
        patch.connect(makes, packed, number, number)
    patch.connect(packed, _speaker(patch, "note", 110, top + 92, is_named=True))
    for number, (key, label) in enumerate(_KEYS[facts.pitched]):
        button = patch.button(20 + 110 * number, top + 30, label)
        pressed = patch.message(f"{key} 100", 500, top + 180 + 26 * number)
        patch.connect(button, pressed)
        patch.connect(pressed, makes)
    listens, mpe = patch.switch(200, top + 62, "midi"), patch.switch(270, top + 62, "mpe")
    midi = patch.subpatch(midi_patch(), 200, top + 92)
    patch.connect(listens, midi)
    patch.connect(mpe, midi, 0, 1)
    patch.display(290, top + 92, "floatatom", 4, "lb.voices", "voices")
    patch.connect(patch.button(400, top + 62, "alloff"), _speaker(patch, "alloff", 400, top + 92))


def _add_captured(patch: PdPatch, facts: InstrumentFacts) -> None:
    """Keep the sound played last, load it into an array, play it from there."""
    top = 564 if not facts.pitched else 684
    patch.panel(500, top, 490, 130, "5  keep: the last note becomes a file and an array")
    patch.connect(patch.button(510, top + 30, "capture"), _speaker(patch, "capture", 510, top + 60))
    patch.subpatch(_loading_patch(), 640, top + 60)
    patch.display(510, top + 94, "symbolatom", 33, "lb.show.path")
    plays = patch.button(640, top + 30, "play_it")
    sounds = patch.chain(760, top + 30, f"tabplay~ {SOUND}", "*~ 0.5", "dac~")
    patch.connect(plays, sounds[0])
    patch.connect(sounds[1], sounds[2], 0, 1)


def _loading_patch() -> PdPatch:
    """Return ``pd load``: what is captured goes into the array."""
    patch = PdPatch("load", (460, 300))
    patch.add(f"array define {SOUND} 100", 20, 240)
    told = patch.chain(20, 20, f"r {receive_name(heard('captured'))}", "unpack s f f", "t s s")[-1]
    patch.chain(20, 130, told, f":read -resize $1 {SOUND}", "soundfiler", "s lb.loaded")
    patch.connect(told, patch.add("s lb.show.path", 200, 130), 1)
    return patch
