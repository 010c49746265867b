"""``latentbridge.maxpat``: everything latentbridge can be told from Max, on one page that can be played at once."""

from typing import Final

from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_capture import capture_patch
from runtime.patches.max_connect import SEND, connect_patch
from runtime.patches.max_main_places import SOUND, add_places
from runtime.patches.max_notes import note_patch
from runtime.patches.parameters import Parameter, of_address, of_knob, put
from runtime.patches.patch import Box, Patch
from runtime.patches.ports import Ports
from runtime.patches.table import address, heard

_COLUMN: Final = 220
_TITLE: Final = {"fontsize": 20.0, "fontface": 1}
_HEADING: Final = {"fontface": 1}
_TRY_KEY: Final = {True: 60, False: 36}
"""What the button plays: a middle C, or a kick."""


def main_patch(facts: InstrumentFacts) -> Patch:
    """Return the patch for one model."""
    patch = Patch(size=(1010, 660))
    title = patch.comment(f"latentbridge: {facts.name}", 20, 12, 400, 30, **_TITLE)
    title.shown = (20, 12, 400, 30)
    _add_link(patch)
    _add_knobs(patch, facts)
    add_places(patch, facts)
    _add_notes(patch, facts)
    _add_captured(patch)
    _add_help(patch)
    return patch


def heading(patch: Patch, text: str, x: int, y: int, shown: tuple[int, int], width: int = 300) -> Box:
    """Add a heading to both views."""
    box = patch.comment(text, x, y, width, 20, **_HEADING)
    box.shown = (*shown, width, 20)
    return box


def label(patch: Patch, text: str, x: int, y: int, shown: tuple[int, int], width: int = 0) -> Box:
    """Add a comment to both views."""
    box = patch.comment(text, x, y, width)
    box.shown = (*shown, box.place[2], 20)
    return box


def _add_link(patch: Patch) -> None:
    """Where latentbridge is, whether it answers, and what it says about itself."""
    heading(patch, "1  Link: start `latentbridge play`, wait for the light", 20, 50, (20, 50), 340)
    connect = patch.abstraction("lb.connect 127.0.0.1 9000 9001", connect_patch(), 20, 220)
    host = patch.message("host 127.0.0.1", 20, 80, 130, (20, 76, 120, 22))
    patch.connect(host, connect)
    for number, (word, port) in enumerate((("port", 9000), ("reply", 9001))):
        says = patch.message(f"{word} {port}", 160 + 100 * number, 80, 90, (150 + 90 * number, 76, 80, 22))
        patch.connect(says, connect)
    light = patch.control("led", (300, 260, 24, 24), Ports(1, ("int",)), (340, 74, 24, 24), parameter_enable=0)
    patch.connect(connect, light, 1)
    for number, (what, kinds, wide) in enumerate(
        (("info", "s i i i i i s", 120), ("sound", "i s", 220), ("error", "i s", 320))
    ):
        left = 20 + 230 * number
        _, unpacked = patch.chain(left, 320, f"r {heard(what)}", f"unpack {kinds}")
        shows = patch.add("prepend set", left, 388)
        patch.connect(unpacked, shows, 0 if what == "info" else 1)
        shown = patch.message("", left, 430, wide, ((380, 640, 640)[number], (76, 50, 76)[number], wide, 22))
        patch.connect(shows, shown)
        words = {"info": "model", "sound": "sound", "error": "error"}[what]
        label(patch, words, left, 456, ((380, 590, 590)[number], (50, 50, 76)[number]), 48)


def _add_knobs(patch: Patch, facts: InstrumentFacts) -> None:
    """A dial for each axis, then what concerns the whole sound."""
    heading(patch, "2  Axes: what each does is written in its hint", 20, 500, (20, 112), 340)
    for number, knob in enumerate(facts.knobs):
        add_dial(
            patch,
            of_knob(knob),
            "axis/NAME",
            knob.name,
            20 + _COLUMN * number,
            530,
            (20 + 60 * number, 136),
            (knob.low, knob.high),
        )
    plain = [
        ("gain", "Gain", 0.0),
        ("variation", "Variation", 0.0),
        ("glide", "Glide", 40.0),
        ("tempo", "Tempo", 120.0),
    ]
    if facts.pitched:
        plain += [
            ("portamento", "Porta", 0.0),
            ("unison", "Unison", 1.0),
            ("spread", "Spread", 0.0),
            ("width", "Width", 0.0),
        ]
    heading(patch, "Whole sound", 20, 820, (520, 112), 120)
    for number, (pattern, title, initial) in enumerate(plain):
        shown = (520 + 60 * number, 136)
        add_dial(
            patch, of_address(address(pattern), title, title, initial), pattern, "", 20 + _COLUMN * number, 850, shown
        )


def add_dial(
    patch: Patch,
    parameter: Parameter,
    pattern: str,
    name: str,
    x: int,
    y: int,
    shown: tuple[int, int],
    latent_range: tuple[float, float] | None = None,
) -> None:
    """Add a dial that says an address and shows what is heard of it.

    ``latent_range`` is what the dial counts where the address counts 0…1.
    """
    dial = put(patch, parameter, x, y, shown)
    out_of: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    if latent_range is not None:
        low, high = (f"{number:.3f}".rstrip("0") for number in latent_range)
        out_of, into = ((f"scale {low} {high} 0. 1.",), (f"scale 0. 1. {low} {high}",))
    patch.chain(x, y + 56, dial, *out_of, f"prepend {address(pattern, name).whole}", f"s {SEND}")
    patch.chain(x, y + 164, f"r {heard(pattern, name)}", *into, "prepend set", dial)


def _add_notes(patch: Patch, facts: InstrumentFacts) -> None:
    """Keys on the screen, and MIDI of Max if wanted."""
    heading(patch, "4  Play", 20, 1120, (20, 480), 80)
    note = patch.abstraction("lb.note 1 2.", note_patch(), 20, 1300)
    keys = patch.control(
        "kslider", (20, 1150, 336, 53), Ports(2, ("int", "int")), (20, 504, 336, 53), parameter_enable=0
    )
    makes, packed = patch.add("makenote 100 400", 20, 1220), patch.add("pack 0 0", 20, 1256)
    for number in (0, 1):
        patch.connect(keys, makes, number, number)
        patch.connect(makes, packed, number, number)
    patch.connect(packed, note)
    again = patch.message(f"{_TRY_KEY[facts.pitched]} 100", 380, 1220, 60, (370, 534, 60, 22))
    patch.connect(again, makes)
    listens = patch.control("toggle", (380, 1290, 24, 24), Ports(1, ("int",)), (370, 504, 24, 24), parameter_enable=0)
    label(patch, "MIDI of Max too (off: latentbridge listens itself)", 410, 1292, (398, 506), 290)
    patch.connect(listens, note, inlet=1)
    count = patch.control("number", (20, 1336, 50, 22), Ports(1, ("", "bang")), (440, 534, 50, 22), parameter_enable=0)
    label(patch, "voices", 74, 1338, (492, 536), 50)
    patch.connect(note, count)
    panic = patch.message(address("alloff").whole, 560, 1220, 90, (560, 534, 90, 22))
    patch.connect(panic, patch.add(f"s {SEND}", 560, 1256))


def _add_captured(patch: Patch) -> None:
    """Keep the sound played last, load it, play it from Max's own buffer."""
    heading(patch, "5  Keep: the last note becomes a file and a buffer~", 20, 1400, (20, 574), 340)
    ask = patch.control("button", (20, 1430, 24, 24), Ports(1, ("bang",)), (20, 600, 24, 24), parameter_enable=0)
    capture = patch.abstraction("lb.capture", capture_patch(), 20, 1470)
    patch.connect(ask, capture)
    buffer = patch.add(f"buffer~ {SOUND}", 20, 1510)
    patch.connect(capture, buffer)
    (shows,) = patch.chain(160, 1510, "prepend set")
    path = patch.message("", 160, 1544, 400, (120, 602, 400, 22))
    patch.connect(capture, shows, 1)
    patch.connect(shows, path)
    label(patch, "capture", 50, 1432, (48, 602), 60)
    start = patch.message("0", 600, 1470, 40, (540, 602, 40, 22))
    label(patch, "play the buffer", 644, 1470, (584, 602), 100)
    rate, groove = patch.add("sig~ 1.", 660, 1510), patch.add(f"groove~ {SOUND} 1", 600, 1544)
    level, speakers = (
        patch.add("*~ 0.5", 600, 1578),
        patch.control("ezdac~", (600, 1620, 45, 45), Ports(2, ()), (690, 590, 45, 45)),
    )
    patch.connect(start, groove)
    patch.connect(rate, groove)
    patch.connect(groove, level)
    patch.connect(level, speakers)
    patch.connect(level, speakers, 0, 1)
    label(patch, "speakers of Max", 650, 1632, (738, 602), 110)


def _add_help(patch: Patch) -> None:
    """What the page does not say by itself."""
    text = (
        "Every message box can be clicked, and copied into a patch of yours: send it to s lb.send. "
        "Whatever latentbridge tells arrives at the receive of its address, as r /lb/axis/brightness. "
        "lb.axis, lb.note, lb.map and lb.capture are boxes for your own patches; latentbridge.maxhelp shows them. "
        "All addresses: docs/osc.md. No sound, no light: docs/max-live-pd.md."
    )
    box = patch.comment(text, 800, 50, 330, 120, fontsize=11.0)
    box.shown = (720, 480, 250, 104)
