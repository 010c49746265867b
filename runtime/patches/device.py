"""The parts that Max for Live devices are made of: a link, dials that say and hear an address, buttons, labels."""

from dataclasses import dataclass, field
from typing import Final

from runtime.controls.osc_schema import DEFAULT_PORT, PREFIX
from runtime.patches.amxd import HEIGHT, Device
from runtime.patches.device_link import ADDRESS, DUMP, PORT, SEND, link_patch
from runtime.patches.parameters import Parameter, put
from runtime.patches.patch import Box, Patch
from runtime.patches.ports import Ports
from runtime.patches.table import Address, heard

_LABELS: Final = 1600
"""Where labels begin in the patching view."""
COLUMN: Final = 150
"""Pixels from one control's column to the next in the patching view."""
_PART: Final = (
    "Part: the part of latentbridge this device speaks for, 1 to 16, as MIDI channels. "
    "Two devices of one kind need two parts."
)
_PORT_WORDS: Final = "Port: where latentbridge play listens for OSC; 9000 unless it was started with --osc."
_TEXT: Final = {"textcolor": {"expression": "themecolor.live_control_fg"}}
"""Live's own colour for texts, whatever the theme."""


@dataclass
class Builder:
    """A device that is being built. In the patching view its controls stand in rows."""

    kind: bytes
    width: int
    patch: Patch = field(default_factory=lambda: Patch(size=(1400, 700)))
    _columns: int = 0
    _ask_all: Box | None = None

    # Texts ------------------------------------------------------------------------------------------------------

    def label(self, text: str, at: tuple[int, int], width: int = 0) -> None:
        """Add a label in Live's own type. In the patching view labels stand to the right, as they do in Live."""
        wide = width or 6 * len(text) + 8
        self.patch.control(
            "live.comment",
            (_LABELS + at[0], 20 + at[1], wide, 18),
            Ports(1, ()),
            (*at, wide, 18),
            textjustification=0,
        ).text = text

    def display(self, at: tuple[int, int], width: int, place: tuple[int, int]) -> Box:
        """Add a text that ``set`` changes."""
        box = self.patch.comment("", *place, width)
        box.shown = (*at, width, 18)
        box.attributes |= {"fontsize": 10.0, "saved_attribute_attributes": dict(_TEXT)}
        return box

    # Link -------------------------------------------------------------------------------------------------------

    def add_link(self, name: str, first_port: int) -> Box:
        """Add title, light, part and port at the left edge; return ``live.thisdevice``'s first step for more to do."""
        patch = self.patch
        title = patch.comment("the link: part and port of latentbridge; the light is on while it answers", 20, 12, 480)
        title.attributes["fontsize"] = 11.0
        self.label(name, (4, 4), 74)
        _, order = patch.chain(20, 50, "live.thisdevice", "t b b b b")
        part = put(
            patch,
            Parameter("live.numbox", "Part", "Part", _PART, 1, 16, 1, is_whole=True, is_automated=False),
            160,
            50,
            (6, 58),
        )
        port = put(
            patch,
            Parameter(
                "live.numbox", "Port", "Port", _PORT_WORDS, 1024, 65535, DEFAULT_PORT, "port", is_automated=False
            ),
            230,
            50,
            (6, 96),
        )
        port.attributes["saved_attribute_attributes"]["valueof"]["parameter_unitstyle"] = 0
        link = patch.subpatch(link_patch(first_port), 20, 140)
        light = patch.control("led", (20, 180, 14, 14), Ports(1, ("int",)), (6, 24, 14, 14), parameter_enable=0)
        for text, at in (("link", (22, 22)), ("Part", (4, 40)), ("Port", (4, 78))):
            self.label(text, at, 44)
        patch.connect(link, light)
        patch.connect(order, part, 3)
        patch.connect(order, port, 2)
        patch.connect(order, link, 1)
        patch.connect(part, link, 0, 1)
        patch.connect(port, link, 0, 2)
        self._ask_all = patch.add(f"r {DUMP}", 320, 50)
        return order

    def add_texts(self, at: tuple[int, int], width: int) -> None:
        """Add a line that says what is wrong: no sound, or why something could not be done."""
        shows = self.display(at, width, (480, 190))
        inside = Patch("told", (420, 260))
        out = inside.outlet(20, 200, "texts")
        for number, name in enumerate(("sound", "error")):
            receive = hear(inside, heard(name), 20 + 200 * number, 20, is_of_part=False)
            unpacked, says = inside.chain(20 + 200 * number, 120, "unpack i s", "prepend set")
            inside.lines.pop()
            inside.connect(receive, unpacked)
            inside.connect(unpacked, says, 1)
            inside.connect(says, out)
        self.patch.connect(self.patch.subpatch(inside, 480, 150), shows)

    # Controls ---------------------------------------------------------------------------------------------------

    def place(self) -> tuple[int, int]:
        """Return the next free column of the patching view."""
        row, column = divmod(self._columns, 9)
        self._columns += 1
        return 20 + COLUMN * column, 240 + 120 * row

    def control(self, parameter: Parameter, at: tuple[int, int], is_asked: bool = True) -> Box:
        """Add a parameter; if ``is_asked`` it says what it is whenever the state of the set is sent again."""
        box = put(self.patch, parameter, *self.place(), at)
        if is_asked and self._ask_all is not None:
            self.patch.connect(self._ask_all, box)
        return box

    def dial(
        self,
        parameter: Parameter,
        spoken: Address,
        at: tuple[int, int],
        latent_range: tuple[float, float] | None = None,
    ) -> Box:
        """Add a dial that says an address and shows what is heard of it."""
        box = self.control(parameter, at)
        x, y = box.place[0], box.place[1]
        inside = self.patch.subpatch(_dial_patch(parameter.title, spoken, latent_range), x, y + 56)
        self.patch.connect(box, inside)
        self.patch.connect(inside, box)
        return box

    def button(self, title: str, about: str, at: tuple[int, int], spoken: Address, words: str = "") -> Box:
        """Add a button that says an address, with ``words`` behind it; its label stands to the right."""
        box = self.control(Parameter("live.button", title, title, about), at, is_asked=False)
        self.label(title, (at[0] + 17, at[1] - 2))
        inside = Patch(title.replace(" ", "-").lower(), (420, 220))
        words = f" {words}" if words else ""
        says = inside.message("-", 20, 120, 180)
        address_of(inside, f"{spoken.tail}{words}", 220, 20, says)
        inside.connect(inside.inlet(20, 20, "bang"), says)
        inside.connect(says, inside.add(f"s {SEND}", 20, 160))
        self.patch.connect(box, self.patch.subpatch(inside, box.place[0], box.place[1] + 56))
        return box

    def finish(self, banks: list[tuple[str, list[str]]]) -> Device:
        """Return the device; parameters that a bank names have to be there."""
        there = {box.attributes.get("varname") for box in self.patch.boxes}
        missing = [title for _, titles in banks for title in titles if title not in there]
        if missing:
            raise ValueError(f"no such parameters: {missing}")
        lowest = max(box.shown[1] + box.shown[3] for box in self.patch.boxes if box.shown)
        if lowest > HEIGHT:
            raise ValueError(f"the device is {lowest} pixels high")
        return Device(self.patch, self.kind, self.width, tuple((name, tuple(titles)) for name, titles in banks))


def address_of(patch: Patch, tail: str, x: int, y: int, *targets: Box) -> None:
    """Let ``targets`` be set to the address of the device's part, whenever that is told."""
    _, whole = patch.chain(x, y, f"r {ADDRESS}", f"sprintf set %s{tail}")
    for target in targets:
        patch.connect(whole, target)


def hear(patch: Patch, whole: str, x: int, y: int, is_of_part: bool = True) -> Box:
    """Return the receive of an address at the device's own port; ``whole`` is as part 1 is spoken of."""
    hears = patch.add("r", x, y + 68)
    port = patch.add(f"r {PORT}", x + 100, y)
    tail = whole.removeprefix(PREFIX)
    if is_of_part:
        named = patch.chain(x, y, f"r {ADDRESS}", f"sprintf set %s{tail}-%ld")[-1]
        patch.connect(port, named, 0, 1)
    else:
        named = patch.add(f"sprintf set {whole}-%ld", x, y + 34)
        patch.connect(port, named)
    patch.connect(named, hears)
    return hears


def _dial_patch(title: str, spoken: Address, latent_range: tuple[float, float] | None) -> Patch:
    """Return the subpatch below a dial: what it says, and what is told of it, in the dial's own numbers."""
    patch = Patch(title.replace(" ", "-").replace(".", "").lower(), (620, 300))
    out_of: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    if latent_range is not None:
        low, high = (f"{number:.3f}".rstrip("0") for number in latent_range)
        out_of, into = ((f"scale {low} {high} 0. 1.",), (f"scale 0. 1. {low} {high}",))
    says, _ = patch.chain(
        20, 60, patch.inlet(20, 20, "what the dial says"), *out_of, f"prepend {spoken.whole}", f"s {SEND}"
    )[-2:]
    is_of_part = spoken.row.is_of_part
    if is_of_part:
        address_of(patch, spoken.tail, 20, 200, says)
    hears = hear(patch, spoken.whole, 320, 20, is_of_part)
    patch.chain(320, 122, hears, *into, "prepend set", patch.outlet(320, 240, "what the dial shows"))
    return patch
