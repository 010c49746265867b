"""Help patches of Max: one for the whole, and one for each abstraction, which can be played as they are."""

from collections.abc import Callable
from typing import Final

from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_capture import capture_patch
from runtime.patches.max_connect import SEND, connect_patch
from runtime.patches.max_notes import note_patch
from runtime.patches.max_places import axis_patch, map_patch
from runtime.patches.patch import Box, Patch
from runtime.patches.ports import Ports
from runtime.patches.table import address, heard

_TITLE: Final = {"fontsize": 18.0, "fontface": 1}
_FLOAT: Final = Ports(1, ("", "bang"))


def help_patches(facts: InstrumentFacts) -> dict[str, Patch]:
    """Return the help patches by the names of what they explain."""
    sections: dict[str, tuple[str, Callable[[Patch, InstrumentFacts, int, int], None]]] = {
        "lb.connect": ("the link, once in a patch: host, port, reply port", _connect),
        "lb.axis": ("one named axis: turn it, and see it turned", _axis),
        "lb.map": ("the map of all sounds", _map),
        "lb.note": ("keys, bend, pressure and slide", _note),
        "lb.capture": ("keep the sound played last, and load it", _capture),
    }
    pages = {}
    for name, (about, add) in sections.items():
        page = Patch(size=(720, 420))
        page.comment(name, 20, 12, 300, 28, **_TITLE)
        page.comment(about, 20, 44, 480)
        if name != "lb.connect":
            _connect(page, facts, 380, 90)
        add(page, facts, 20, 90)
        pages[name] = page
    whole = Patch(size=(1080, 800))
    whole.comment("latentbridge: boxes for your own patches", 20, 12, 600, 28, **_TITLE)
    for number, (name, (about, add)) in enumerate(sections.items()):
        x, y = 20 + 350 * (number % 3), 60 + 360 * (number // 3)
        whole.comment(f"{name}: {about}", x, y, 330)
        add(whole, facts, x, y + 30)
    _plain(whole, facts, 720, 420)
    return {"latentbridge": whole, **pages}


def _connect(page: Patch, facts: InstrumentFacts, x: int, y: int) -> None:
    box = page.abstraction("lb.connect 127.0.0.1 9000 9001", connect_patch(), x, y + 80)
    for number, words in enumerate(("host 127.0.0.1", f"{address('stat').whole}")):
        page.connect(page.message(words, x, y + 34 * number), box)
    (shows,) = page.chain(x, y + 124, "prepend set")
    told = page.message("", x, y + 158, 200)
    page.connect(box, shows)
    page.connect(shows, told)
    light = page.control("led", (x + 210, y + 158, 24, 24), Ports(1, ("int",)), parameter_enable=0)
    page.connect(box, light, 1)
    page.comment("left: all that is heard. right: 1 while linked", x, y + 190, 320)


def _axis(page: Patch, facts: InstrumentFacts, x: int, y: int) -> None:
    name = facts.knobs[0].name if facts.knobs else "axis_1"
    for number, words in enumerate((name, f"{name} 2")):
        left = x + 160 * number
        given = page.control("flonum", (left, y, 60, 22), _FLOAT, parameter_enable=0)
        box = page.abstraction(f"lb.axis {words}", axis_patch(facts), left, y + 40)
        shown = page.control("flonum", (left, y + 80, 60, 22), _FLOAT, parameter_enable=0)
        page.connect(given, box)
        page.connect(box, shown)
    page.comment("0. to 1.; a second argument is the part", x, y + 112, 280)


def _map(page: Patch, facts: InstrumentFacts, x: int, y: int) -> None:
    box = page.control(
        "bpatcher", (x, y + 40, 142, 142), map_patch().ports, name="lb.map.maxpat", args=[1], parameter_enable=0
    )
    page.connect(page.message("0.3 0.7", x, y), box)
    (shows,) = page.chain(x, y + 196, "prepend set")
    told = page.message("", x, y + 230, 140)
    page.connect(box, shows)
    page.connect(shows, told)


def _note(page: Patch, facts: InstrumentFacts, x: int, y: int) -> None:
    box = page.abstraction("lb.note 1 2.", note_patch(), x, y + 120)
    key = 60 if facts.pitched else 36
    for number, words in enumerate((f"{key} 100", f"{key} 0", "bend 0.5", "pressure 0.8", "slide 0.2")):
        page.connect(page.message(words, x + 100 * (number % 3), y + 34 * (number // 3)), box)
    listens = page.control("toggle", (x + 200, y + 80, 24, 24), Ports(1, ("int",)), parameter_enable=0)
    page.connect(listens, box, 0, 1)
    page.comment("MIDI too", x + 228, y + 82, 70)
    voices = page.control("number", (x, y + 160, 60, 22), _FLOAT, parameter_enable=0)
    page.connect(box, voices)
    page.comment("voices sounding", x + 66, y + 160, 120)


def _capture(page: Patch, facts: InstrumentFacts, x: int, y: int) -> None:
    ask = page.control("button", (x, y, 24, 24), Ports(1, ("bang",)), parameter_enable=0)
    box = page.abstraction("lb.capture", capture_patch(), x, y + 44)
    page.connect(ask, box)
    page.connect(page.message("mysnare", x + 60, y), box)
    page.connect(box, page.add("buffer~ lb.help", x, y + 88))
    (shows,) = page.chain(x + 140, y + 88, "prepend set")
    told = page.message("", x + 140, y + 122, 180)
    page.connect(box, shows, 1)
    page.connect(shows, told)


def _plain(page: Patch, facts: InstrumentFacts, x: int, y: int) -> None:
    """Whatever has no box of its own: say it to lb.send, and hear it at its address."""
    page.comment("and without a box: any address of docs/osc.md", x, y, 330)
    sends = page.add(f"s {SEND}", x, y + 170)
    for number, words in enumerate(
        (f"{address('variation').whole} 0.3", address("undo").whole, f"{address('find').whole} snare")
    ):
        page.connect(page.message(words, x, y + 30 + 34 * number), sends)
    value: Box = page.control("flonum", (x + 190, y + 110, 60, 22), _FLOAT, parameter_enable=0)
    page.connect(page.add(f"r {heard('variation')}", x + 190, y + 64), value)
