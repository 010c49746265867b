"""Patches as Pure Data keeps them: text, one line for each box and cord. Nothing but vanilla objects is used."""

from typing import Any, Final

from runtime.patches.patch import Box, Patch, Rectangle
from runtime.patches.ports import Ports

_ANY: Final = Ports(64, ("",) * 64)
"""Pd counts ports itself."""
_GREY, _WHITE, _BLACK = "#dfdfdf", "#fcfcfc", "#000000"
FONT_SIZE: Final = 12


class PdPatch(Patch):
    """A patch for Pd: user-interface objects are object boxes whose text says how they look."""

    def ports_of(self, text: str) -> Ports:
        """Any: Pd finds out."""
        return _ANY

    def add(self, text: str, x: int, y: int, **attributes: Any) -> Box:
        """Add an object box."""
        return self.put(Box("object", text, (x, y, 7 * len(text) + 10, 22), _ANY))

    def message(self, text: str, x: int, y: int, width: int = 0, shown: Rectangle | None = None) -> Box:
        """Add a message box."""
        return self.put(Box("message", text, (x, y, width or 7 * len(text) + 16, 22), _ANY))

    def subpatch(self, inside: Patch, x: int, y: int) -> Box:
        """Add a box ``pd TITLE`` that holds another patch."""
        text = f"pd {inside.title}"
        return self.put(Box("object", text, (x, y, 7 * len(text) + 10, 22), _ANY, {}, None, inside))

    def inlet(self, x: int, y: int, comment: str) -> Box:
        """Add a port on the upper edge."""
        return self.add("inlet", x, y)

    def outlet(self, x: int, y: int, comment: str) -> Box:
        """Add a port on the lower edge."""
        return self.add("outlet", x, y)

    def panel(self, x: int, y: int, width: int, height: int, label: str) -> Box:
        """Add a coloured field with a heading; it lies behind what is added later."""
        text = f"cnv 15 {width} {height} empty empty {_unbroken(label)} 8 14 0 14 #e8eef3 #202020 0"
        return self.put(Box("panel", text, (x, y, width, height), _ANY))

    def slider(self, x: int, y: int, low: float, high: float, value: float, label: str, width: int = 150) -> Box:
        """Add a horizontal slider, its label to the right. It also takes numbers at the receive ``lb-LABEL``."""
        pixel = round((value - low) / (high - low) * (width - 1) * 100)
        name = _unbroken(label)
        text = (
            f"hsl {width} 18 {low:g} {high:g} 0 0 empty lb-{name} {name} {width + 8} 9 0 12 {_WHITE} {_BLACK} {_BLACK} "
            f"{pixel} 1"
        )
        return self.put(Box("slider", text, (x, y, width + 8 + 7 * len(label), 18), _ANY))

    def fader(self, x: int, y: int, limit: float, number: int, height: int = 120) -> Box:
        """Add an upright slider from −limit to limit, at rest in the middle."""
        text = (
            f"vsl 16 {height} {-limit:g} {limit:g} 0 0 empty lb-z{number} empty 0 -9 0 10 {_WHITE} {_BLACK} {_BLACK} "
        )
        return self.put(Box("fader", text + f"{round((height - 1) * 50)} 1", (x, y, 16, height), _ANY))

    def button(self, x: int, y: int, label: str) -> Box:
        """Add a button that bangs, its label to the right; it also takes bangs at ``lb-LABEL``."""
        name = _unbroken(label)
        text = f"bng 18 250 50 0 empty lb-{name} {name} 24 9 0 12 {_WHITE} {_BLACK} {_BLACK}"
        return self.put(Box("button", text, (x, y, 26 + 7 * len(label), 18), _ANY))

    def switch(self, x: int, y: int, label: str) -> Box:
        """Add a switch, 0 or 1, off at first."""
        name = _unbroken(label)
        text = f"tgl 18 0 empty lb-{name} {name} 24 9 0 12 {_WHITE} {_BLACK} {_BLACK} 0 1"
        return self.put(Box("switch", text, (x, y, 26 + 7 * len(label), 18), _ANY))

    def put_number(self, x: int, y: int, label: str) -> Box:
        """Add a number box that also takes numbers at ``lb-LABEL``."""
        return self.put(Box("floatatom", f"5 0 0 1 {label} lb-{label} -", (x, y, 50 + 7 * len(label), 22), _ANY))

    def display(self, x: int, y: int, kind: str, letters: int, receive: str, label: str = "-") -> Box:
        """Add a ``floatatom`` or ``symbolatom`` that shows what comes to a receive."""
        # Label to the right; nothing is sent from here.
        text = f"{letters} 0 0 1 {label} {receive} -"
        return self.put(Box(kind, text, (x, y, 7 * letters + 8 + (7 * len(label)), 22), _ANY))


def pd_file(patch: Patch) -> bytes:
    """Return the file of a patch."""
    width, height = patch.size
    return ("\n".join([f"#N canvas 60 60 {width} {height} {FONT_SIZE};", *_lines(patch)]) + "\n").encode()


def _lines(patch: Patch) -> list[str]:
    numbers = {box: number for number, box in enumerate(patch.boxes)}
    lines = [line for box in patch.boxes for line in _box(box)]
    lines += [
        f"#X connect {numbers[c.source]} {c.outlet} {numbers[c.target]} {c.inlet};"
        for c in sorted(patch.lines, key=lambda c: (numbers[c.source], c.outlet, numbers[c.target], c.inlet))
    ]
    return lines


def _box(box: Box) -> list[str]:
    x, y, width, _ = box.place
    if box.inside is not None:
        inner_width, inner_height = box.inside.size
        opening = f"#N canvas 100 100 {inner_width} {inner_height} {box.inside.title} 0;"
        return [opening, *_lines(box.inside), f"#X restore {x} {y} {box.text};"]
    if box.kind == "comment":
        return [f"#X text {x} {y} {_escaped(box.text)}, f {max(width // 7, 4)};"]
    kind = {"message": "msg", "floatatom": "floatatom", "symbolatom": "symbolatom"}.get(box.kind, "obj")
    return [f"#X {kind} {x} {y} {_escaped(box.text)};"]


def _escaped(text: str) -> str:
    return text.replace(",", " \\,").replace(";", " \\;").replace("$", "\\$")


def _unbroken(label: str) -> str:
    return label.replace(" ", "_")
