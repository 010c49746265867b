"""Pictures of the patches in max_patches/, drawn from their files: ``python docs/make_patch_pictures.py``.

They show what the files say: places, sizes, texts and lines. How Max, Live and Pd paint objects is another matter.
"""

import json
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Circle, Ellipse, FancyBboxPatch
from matplotlib.patches import Rectangle as Square

ROOT = Path(__file__).resolve().parent.parent
FOLDER, PICTURES = ROOT / "max_patches", ROOT / "docs" / "pictures"
INCH = 90
FACE, EDGE, INK, ACCENT, CORD = "#eeeeee", "#9a9a9a", "#222222", "#2f7fb5", "#777777"
ROUND = ("message",)
SURFACES = (
    "multislider",
    "pictslider",
    "kslider",
    "slider",
    "bpatcher",
    "panel",
    "hsl",
    "vsl",
    "tgl",
    "toggle",
    "live.toggle",
)


@dataclass(frozen=True)
class Drawn:
    """A box to be drawn: where, what it is, its text, and its ports."""

    left: float
    top: float
    width: float
    height: float
    kind: str
    text: str
    inlets: int = 0
    outlets: int = 0
    size: float = 12.0


def max_patcher(path: Path) -> dict[str, Any]:
    """Return the patcher of a .maxpat or .amxd file."""
    data = path.read_bytes()
    start = data.index(b"{") if path.suffix == ".amxd" else 0
    return dict(json.JSONDecoder().raw_decode(data[start:].decode())[0]["patcher"])


def pd_boxes(path: Path) -> tuple[list[Drawn], list[list[int]]]:
    """Return the boxes and cords of a .pd file's own canvas, subpatches as one box each."""
    lines = [line.replace("\\,", ",").replace("\\$", r"\$").split() for line in path.read_text().split(";\n") if line]
    boxes: list[Drawn] = []
    cords: list[list[int]] = []
    depth = 0
    for line in lines:
        depth += line[:2] == ["#N", "canvas"]
        is_end = line[1] == "restore"
        if (is_end and depth == 2) or (depth == 1 and line[0] == "#X" and line[1] != "connect"):
            boxes.append(_pd_box(line))
        elif depth == 1 and line[1] == "connect":
            cords.append([int(number) for number in line[2:6]])
        depth -= is_end
    return boxes, cords


def _pd_box(line: list[str]) -> Drawn:
    kind, left, top, words = line[1], int(line[2]), int(line[3]), line[4:]
    if kind == "text":
        text, _, width = " ".join(words).partition(", f ")
        return Drawn(left, top, 7 * int(width or 60), 22, "comment", text)
    if kind in ("floatatom", "symbolatom"):
        label = "" if words[4] == "-" else words[4]
        return Drawn(left, top, 7 * int(words[0]) + 8, 20, "atom", label)
    name = words[0]
    if name == "cnv":
        return Drawn(left, top, int(words[2]), int(words[3]), "panel", words[6].replace("_", " "))
    if name in ("hsl", "vsl"):
        return Drawn(left, top, int(words[1]), int(words[2]), name, words[9].replace("_", " ").replace("empty", ""))
    if name in ("bng", "tgl"):
        label = words[7] if name == "bng" else words[5]
        return Drawn(left, top, int(words[1]), int(words[1]), name, label.replace("_", " "))
    text = " ".join(words)
    return Drawn(left, top, 7 * len(text) + 12, 20, "message" if kind == "msg" else "object", text, 1, 1)


def draw_pd(path: Path, to: Path) -> None:
    """Draw the canvas of a .pd file."""
    boxes, _ = pd_boxes(path)
    size = [int(number) for number in path.read_text().split(";", 1)[0].split()[4:6]]
    figure, axes = canvas(*size)
    for box in boxes:
        paint(axes, box)
        if box.kind in ("hsl", "bng", "tgl", "atom"):
            axes.text(
                box.left + box.width + 6, box.top + box.height / 2, box.text, va="center", fontsize=7.5, color=INK
            )
        if box.kind == "panel":
            axes.text(box.left + 8, box.top + 14, box.text, va="center", fontsize=8.5, color=INK, zorder=4)
    figure.savefig(to, dpi=INCH * 1.5)
    plt.close(figure)


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty page of so many pixels."""
    figure = plt.figure(figsize=(width / INCH, height / INCH), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    return figure, axes


def drawn_boxes(patcher: dict[str, Any], is_presented: bool) -> dict[str, Drawn]:
    """Return the boxes of a view by their ids."""
    found = {}
    for box in (entry["box"] for entry in patcher["boxes"]):
        if is_presented and not box.get("presentation"):
            continue
        rectangle = box["presentation_rect" if is_presented else "patching_rect"]
        value = box.get("saved_attribute_attributes", {}).get("valueof", {})
        text = box.get("text", value.get("parameter_shortname", "")).replace("$", r"\$")
        found[box["id"]] = Drawn(
            *rectangle, box["maxclass"], text, box["numinlets"], box["numoutlets"], box.get("fontsize", 12.0)
        )
    return found


def draw(patcher: dict[str, Any], is_presented: bool, to: Path, size: tuple[float, float] | None = None) -> None:
    """Draw one view of a patcher."""
    boxes = drawn_boxes(patcher, is_presented)
    width, height = size or (
        max(b.left + b.width for b in boxes.values()) + 16,
        max(b.top + b.height for b in boxes.values()) + 16,
    )
    figure, axes = canvas(width, height)
    if not is_presented:
        for line in (entry["patchline"] for entry in patcher["lines"]):
            cord(
                axes, boxes[line["source"][0]], line["source"][1], boxes[line["destination"][0]], line["destination"][1]
            )
    for box in sorted(boxes.values(), key=lambda b: b.kind != "panel"):
        paint(axes, box)
    figure.savefig(to, dpi=INCH * 1.5)
    plt.close(figure)


def cord(axes: Axes, source: Drawn, outlet: int, target: Drawn, inlet: int) -> None:
    """Draw a patch cord from an outlet to an inlet."""
    start = (port(source, outlet, source.outlets), source.top + source.height)
    end = (port(target, inlet, target.inlets), target.top)
    axes.plot((start[0], end[0]), (start[1], end[1]), color=CORD, linewidth=0.7, zorder=1)


def port(box: Drawn, number: int, count: int) -> float:
    """Where a port is, from left to right."""
    inner = max(box.width - 12, 0)
    return box.left + 6 + (inner * number / (count - 1) if count > 1 else 0)


def paint(axes: Axes, box: Drawn) -> None:
    """Draw a box as its kind looks, roughly."""
    corner, size = (box.left, box.top), (box.width, box.height)
    if box.kind in ("comment", "live.comment", "text"):
        return write(axes, box, box.left + 2, "left", INK)
    if box.kind in ("live.dial", "dial"):
        return dial(axes, box)
    if box.kind in ("live.button", "button", "led", "bng"):
        axes.add_patch(Square(corner, *size, facecolor="white", edgecolor=EDGE, linewidth=0.8, zorder=2))
        middle = (box.left + box.width / 2, box.top + box.height / 2)
        fill = ACCENT if box.kind == "led" else "white"
        axes.add_patch(Circle(middle, min(size) * 0.4, facecolor=fill, edgecolor=EDGE, linewidth=0.8, zorder=3))
        return None
    if box.kind in SURFACES:
        return surface(axes, box)
    style = "round,pad=0,rounding_size=5" if box.kind in ROUND else "square,pad=0"
    face = "#dfe7ee" if box.kind in ROUND else FACE
    axes.add_patch(
        FancyBboxPatch(corner, *size, boxstyle=style, facecolor=face, edgecolor=EDGE, linewidth=0.8, zorder=2)
    )
    if box.kind != "atom":
        write(axes, box, box.left + 5, "left", INK)
    return None


def dial(axes: Axes, box: Drawn) -> None:
    """Draw name, arc and value of a dial."""
    radius = 13
    middle = (box.left + box.width / 2, box.top + 27)
    axes.add_patch(Arc(middle, 2 * radius, 2 * radius, theta1=135, theta2=405, color=EDGE, linewidth=2, zorder=3))
    axes.add_patch(Arc(middle, 2 * radius, 2 * radius, theta1=135, theta2=270, color=ACCENT, linewidth=2, zorder=4))
    axes.text(middle[0], box.top + 6, box.text, ha="center", va="center", fontsize=7, color=INK)


def surface(axes: Axes, box: Drawn) -> None:
    """Draw what is an area to play on."""
    corner, size = (box.left, box.top), (box.width, box.height)
    face = "#f4f6f8" if box.kind == "panel" else "white"
    axes.add_patch(
        Square(corner, *size, facecolor=face, edgecolor=EDGE, linewidth=0.8, zorder=1 if box.kind == "panel" else 2)
    )
    if box.kind in ("pictslider", "bpatcher"):
        axes.add_patch(Ellipse((box.left + box.width * 0.6, box.top + box.height * 0.4), 9, 9, color=ACCENT, zorder=3))
    elif box.kind == "multislider":
        for number in range(16):
            tall = box.height * (0.2 + 0.6 * ((number * 7) % 16) / 16)
            left = box.left + box.width * number / 16
            axes.add_patch(
                Square(
                    (left + 1, box.top + box.height - tall), box.width / 16 - 2, tall, color=ACCENT, alpha=0.6, zorder=3
                )
            )
    elif box.kind == "kslider":
        for number in range(1, 21):
            left = box.left + box.width * number / 21
            axes.plot((left, left), (box.top, box.top + box.height), color=EDGE, linewidth=0.6, zorder=3)
    elif box.kind == "vsl":
        middle = box.top + box.height / 2
        axes.plot((box.left, box.left + box.width), (middle, middle), color=ACCENT, linewidth=3, zorder=3)
    elif box.kind in ("slider", "hsl"):
        left = box.left + box.width * 0.3
        axes.plot((left, left), (box.top, box.top + box.height), color=ACCENT, linewidth=3, zorder=3)


def write(axes: Axes, box: Drawn, x: float, side: str, colour: str) -> None:
    """Write the text of a box, broken to its width."""
    points = box.size * 0.62
    letters = max(int(box.width / (points * 0.82)), 4)
    lines = textwrap.wrap(box.text, letters) if box.height > 26 else [box.text]
    is_short = len(lines) < 2
    top = box.top + min(box.height, 22) / 2 if is_short else box.top + 3
    upright = "center" if is_short else "top"
    axes.text(x, top, "\n".join(lines), ha=side, va=upright, fontsize=points, color=colour, zorder=5, clip_on=True)


WANTED = {
    "latentbridge.maxpat": (True,),
    "lb.axis.maxpat": (False,),
    "LB Instrument.amxd": (True,),
    "LB Modulator.amxd": (True,),
    "LB Sampler.amxd": (True,),
}
"""Which views of which Max files the guide shows."""


def main() -> None:
    """Draw what the guide shows, or with a file name both views of that file."""
    for name in sys.argv[1:] or (*WANTED, "latentbridge.pd"):
        path = FOLDER / name
        title = f"patch-{path.stem.replace(' ', '-').replace('.', '-').lower()}"
        if path.suffix == ".pd":
            draw_pd(path, PICTURES / f"{title}-pd.png")
            continue
        patcher = max_patcher(path)
        for is_presented in WANTED.get(name, (True, False)) if not sys.argv[1:] else (True, False):
            size = (float(patcher["devicewidth"]), 169.0) if path.suffix == ".amxd" and is_presented else None
            draw(patcher, is_presented, PICTURES / f"{title}{'' if is_presented else '-patching'}.png", size)


if __name__ == "__main__":
    main()
