"""The part of ``latentbridge.maxpat`` that moves through latent space: z, map, morph, random, presets, words."""

from typing import Final

from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_connect import SEND
from runtime.patches.max_places import map_patch
from runtime.patches.patch import Box, Patch
from runtime.patches.ports import Ports
from runtime.patches.table import address, heard

SOUND: Final = "lb.sound"
"""The buffer~ that holds what was captured."""
_LEFT: Final = 1820
"""Where these columns begin in the patching view."""
_Z_LIMIT: Final = 4.0
"""Training sounds lie at about −3…3."""


def add_places(patch: Patch, facts: InstrumentFacts) -> None:
    """Add all of it."""
    title = patch.comment("3  Place: where in the space of sounds you are", _LEFT, 50, 340, 20, fontface=1)
    title.shown = (20, 200, 340, 20)
    sends = patch.add(f"s {SEND}", _LEFT + 420, 700)
    _add_z(patch, facts)
    _add_map(patch)
    _add_morph(patch, sends)
    _add_leaps(patch, facts, sends)
    _add_words(patch, sends)


def _add_z(patch: Patch, facts: InstrumentFacts) -> None:
    """All numbers of the place at once."""
    sliders = patch.control(
        "multislider",
        (_LEFT, 110, 320, 120),
        Ports(1, ("", "")),
        (20, 248, 320, 140),
        size=facts.latent_size,
        setminmax=[-_Z_LIMIT, _Z_LIMIT],
        setstyle=1,
        contdata=1,
        parameter_enable=0,
    )
    note = patch.comment(f"z: the {facts.latent_size} numbers of the place; sounds lie at −3 to 3", _LEFT, 80, 320)
    note.shown = (20, 226, 320, 20)
    patch.chain(_LEFT, 240, sliders, f"prepend {address('z').whole}", f"s {SEND}")
    patch.chain(_LEFT, 330, f"r {heard('z')}", "prepend setlist", sliders)
    patch.chain(_LEFT + 160, 330, f"r {heard('zi')}", "prepend set", sliders)


def _add_map(patch: Patch) -> None:
    """The map as a bpatcher of ``lb.map``, and how far outside the data the place is."""
    patch.control(
        "bpatcher",
        (_LEFT, 460, 142, 142),
        map_patch().ports,
        (360, 248, 142, 142),
        name="lb.map.maxpat",
        args=[1],
        parameter_enable=0,
    )
    for text, y, shown in (("map: right is brighter, up is longer", 436, (360, 226, 220, 20)),):
        note = patch.comment(text, _LEFT, y, 240)
        note.shown = shown
    far = patch.control(
        "flonum", (_LEFT + 160, 530, 60, 22), Ports(1, ("", "bang")), (520, 366, 50, 22), parameter_enable=0
    )
    patch.chain(_LEFT + 160, 460, f"r {heard('outside')}", "prepend set", far)
    note = patch.comment("outside the data (up to 1: within)", _LEFT + 160, 556, 220)
    note.shown = (572, 362, 120, 34)


def _add_morph(patch: Patch, sends: Box) -> None:
    """Between two sounds."""
    x = _LEFT + 420
    note = patch.comment("morph: keep A, go elsewhere, keep B, then slide", x, 80, 300)
    note.shown = (20, 402, 300, 20)
    for number, letter in enumerate("AB"):
        store = patch.message(
            f"{address('morph/store').whole} {letter}", x + 170 * number, 110, 150, (20 + 170 * number, 426, 150, 22)
        )
        patch.connect(store, sends)
    slider = patch.control(
        "slider",
        (x, 150, 200, 20),
        Ports(1, ("",)),
        (360, 426, 200, 22),
        size=1.0,
        floatoutput=1,
        orientation=1,
        parameter_enable=0,
    )
    said = patch.message(f"{address('morph').whole} $1 0.", x, 190)
    patch.connect(slider, said)
    patch.connect(said, sends)
    patch.chain(x + 230, 150, f"r {heard('morph')}", "unpack 0. 0.", "prepend set", slider)


def _add_leaps(patch: Patch, facts: InstrumentFacts, sends: Box) -> None:
    """Random places, of a class if the model has them, and the way back."""
    x = _LEFT + 420
    note = patch.comment("leaps: all the way, near by, and back", x, 310, 300)
    note.shown = (720, 226, 240, 20)
    leap = address("random").whole
    words = [f"{leap} 1.", f"{leap} 0.3", address("undo").whole, address("redo").whole]
    words += [f"{leap} 1. 1. {name}" for name in facts.classes[:8]]
    for number, word in enumerate(words):
        row, column = divmod(number, 2)
        said = patch.message(word, x + 190 * column, 340 + 34 * row, 180, (720 + 124 * column, 250 + 26 * row, 120, 22))
        said.attributes["fontsize"] = 10.0
        patch.connect(said, sends)


def _add_words(patch: Patch, sends: Box) -> None:
    """Presets by number, and sounds by words."""
    x = _LEFT + 820
    number = patch.control(
        "number", (x, 110, 60, 22), Ports(1, ("", "bang")), (520, 250, 50, 22), parameter_enable=0, minimum=1
    )
    note = patch.comment("preset", x + 64, 110, 60)
    note.shown = (572, 252, 60, 20)
    (said,) = patch.chain(x, 150, f"prepend {address('preset').whole}")
    patch.connect(number, said)
    patch.connect(said, sends)
    _, shows = patch.chain(x + 190, 110, f"r {heard('preset')}", "prepend set")
    name = patch.message("", x + 190, 184, 180, (520, 278, 180, 22))
    patch.connect(shows, name)
    note = patch.comment("words, then Enter", x, 230, 140)
    note.shown = (520, 306, 140, 20)
    phrase = patch.control(
        "textedit",
        (x, 254, 180, 24),
        Ports(1, ("", "int", "", "")),
        (520, 328, 180, 24),
        keymode=1,
        outputmode=1,
        text="short bright snare",
        parameter_enable=0,
    )
    find = patch.chain(x, 294, phrase, "route text", "tosymbol", f"prepend {address('find').whole}")
    patch.connect(find[-1], sends)
