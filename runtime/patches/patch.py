"""A patch: boxes on a canvas, and lines between them. What Max, Max for Live and Pure Data have in common."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from runtime.patches.ports import Ports, ports_of

ROW: Final = 34
"""Pixels from one box of a column to the next."""
BOX_HEIGHT: Final = 22
_LETTER_WIDTH, _MARGIN_WIDTH, _LEAST_WIDTH = 7, 14, 34

Rectangle = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""


@dataclass(eq=False, slots=True)
class Box:
    """One box. ``kind`` is ``object``, ``message``, ``comment`` or what a user-interface object is called."""

    kind: str
    text: str
    place: Rectangle
    ports: Ports
    attributes: dict[str, Any] = field(default_factory=dict)
    shown: Rectangle | None = None
    """Where it stands in presentation mode; None is hidden there."""
    inside: "Patch | None" = None
    """Of a subpatch: what it holds."""

    @property
    def below(self) -> int:
        """The height at which the next box of a column begins."""
        return self.place[1] + max(self.place[3] + ROW - BOX_HEIGHT, ROW)


@dataclass(frozen=True, slots=True)
class Line:
    """A patch cord; outlets and inlets count from 0."""

    source: Box
    outlet: int
    target: Box
    inlet: int


class Patch:
    """What is being drawn. ``title`` names a subpatch; size is that of its window in pixels."""

    def __init__(self, title: str = "", size: tuple[int, int] = (800, 600)) -> None:
        self.title: Final = title
        self.size: Final = size
        self.boxes: list[Box] = []
        self.lines: list[Line] = []

    # Boxes ------------------------------------------------------------------------------------------------------

    def put(self, box: Box) -> Box:
        """Add a box."""
        self.boxes.append(box)
        return box

    def add(self, text: str, x: int, y: int, **attributes: Any) -> Box:
        """Add an object box; its ports follow from its name and arguments."""
        ports = self.ports_of(text)
        width = max(_width(text), 22 * max(ports.inlets, len(ports.outlets)) // 2)
        return self.put(Box("object", text, (x, y, width, BOX_HEIGHT), ports, attributes))

    def message(self, text: str, x: int, y: int, width: int = 0, shown: Rectangle | None = None) -> Box:
        """Add a message box."""
        return self.put(Box("message", text, (x, y, width or _width(text), BOX_HEIGHT), Ports(2, ("",)), {}, shown))

    def comment(self, text: str, x: int, y: int, width: int = 0, height: int = 20, **attributes: Any) -> Box:
        """Add a comment; long ones are broken to ``width`` pixels."""
        return self.put(Box("comment", text, (x, y, width or _width(text), height), Ports(1, ()), attributes))

    def control(
        self, kind: str, place: Rectangle, ports: Ports, shown: Rectangle | None = None, **attributes: Any
    ) -> Box:
        """Add a user-interface object, such as ``live.dial``."""
        return self.put(Box(kind, "", place, ports, attributes, shown))

    def inlet(self, x: int, y: int, comment: str) -> Box:
        """Add a port on the upper edge of a subpatch or abstraction. They count from left to right."""
        return self.control("inlet", (x, y, 30, 30), Ports(0, ("",)), comment=comment)

    def outlet(self, x: int, y: int, comment: str) -> Box:
        """Add a port on the lower edge of a subpatch or abstraction."""
        return self.control("outlet", (x, y, 30, 30), Ports(1, ()), comment=comment)

    def subpatch(self, inside: "Patch", x: int, y: int) -> Box:
        """Add a box ``p TITLE`` that holds another patch."""
        text = f"p {inside.title}"
        width = max(_width(text), 22 * max(inside.ports.inlets, len(inside.ports.outlets)) // 2)
        return self.put(Box("object", text, (x, y, width, BOX_HEIGHT), inside.ports, {}, None, inside))

    def abstraction(self, text: str, inside: "Patch", x: int, y: int) -> Box:
        """Add a box for a patch that lies beside this one as a file of its own."""
        return self.put(Box("object", text, (x, y, _width(text), BOX_HEIGHT), inside.ports))

    @property
    def ports(self) -> Ports:
        """Inlets and outlets that this patch has as a box of another one."""
        kinds = [box.kind for box in self.boxes]
        return Ports(kinds.count("inlet"), ("",) * kinds.count("outlet"))

    def ports_of(self, text: str) -> Ports:
        """Inlets and outlets of an object box by its text."""
        return ports_of(text)

    # Lines ------------------------------------------------------------------------------------------------------

    def connect(self, source: Box, target: Box, outlet: int = 0, inlet: int = 0) -> None:
        """Draw a line. Raises ValueError for a port that is not there."""
        if not 0 <= outlet < len(source.ports.outlets):
            raise ValueError(f"[{source.text or source.kind}] has no outlet {outlet}")
        if not 0 <= inlet < target.ports.inlets:
            raise ValueError(f"[{target.text or target.kind}] has no inlet {inlet}")
        self.lines.append(Line(source, outlet, target, inlet))

    def connect_all(self, sources: Iterable[Box], target: Box, inlet: int = 0) -> None:
        """Draw a line from the first outlet of each of several boxes."""
        for source in sources:
            self.connect(source, target, inlet=inlet)

    def chain(self, x: int, y: int, *links: str | Box) -> list[Box]:
        """Add a column, each box's first outlet leading to the next one's first inlet; return its boxes.

        Texts become objects, or messages where they begin with ``:``. Boxes that are there already keep their place.
        """
        column: list[Box] = []
        for link in links:
            box = link if isinstance(link, Box) else self._from_text(link, x, y)
            if not isinstance(link, Box):
                y = box.below
            if column:
                self.connect(column[-1], box)
            column.append(box)
        return column

    def _from_text(self, text: str, x: int, y: int) -> Box:
        return self.message(text[1:], x, y) if text.startswith(":") else self.add(text, x, y)


def _width(text: str) -> int:
    return max(_LEAST_WIDTH, _LETTER_WIDTH * len(text) + _MARGIN_WIDTH)
