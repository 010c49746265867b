"""Patches as Max keeps them: JSON, the same bytes for the same patch."""

import json
from typing import Any, Final

from runtime.patches.patch import Box, Patch, Rectangle

_NO_BOX_TEXT: Final = frozenset({"inlet", "outlet"})
_VERSION: Final = {"major": 8, "minor": 6, "revision": 0, "architecture": "x64", "modernui": 1}
"""The oldest Max these patches are written for."""


def maxpat(patch: Patch, is_presented: bool = False) -> bytes:
    """Return the file of a patch; ``is_presented`` opens it in presentation mode."""
    return as_json(document(patch, is_presented))


def as_json(content: dict[str, Any]) -> bytes:
    """Return JSON as Max writes it: indented, not escaped, ending in a newline."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def document(patch: Patch, is_presented: bool = False, **more: Any) -> dict[str, Any]:
    """Return what the file of a patch says."""
    return {"patcher": {**_patcher(patch, is_presented), **more}}


def identities(patch: Patch) -> dict[Box, str]:
    """Return the name that the file gives each box."""
    return {box: f"obj-{number}" for number, box in enumerate(patch.boxes, 1)}


def _patcher(patch: Patch, is_presented: bool) -> dict[str, Any]:
    names = identities(patch)
    width, height = patch.size
    return {
        "fileversion": 1,
        "appversion": _VERSION,
        "classnamespace": "box",
        "rect": [80.0, 90.0, float(width), float(height)],
        "openinpresentation": int(is_presented),
        "default_fontsize": 12.0,
        "default_fontface": 0,
        "default_fontname": "Arial",
        "gridonopen": 1,
        "gridsize": [8.0, 8.0],
        "boxes": [{"box": _box(box, names[box])} for box in patch.boxes],
        "lines": [
            {
                "patchline": {
                    "source": [names[line.source], line.outlet],
                    "destination": [names[line.target], line.inlet],
                }
            }
            for line in patch.lines
        ],
    }


def _box(box: Box, name: str) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": name,
        "maxclass": "newobj" if box.kind == "object" else box.kind,
        "numinlets": box.ports.inlets,
        "numoutlets": len(box.ports.outlets),
        "patching_rect": _floats(box.place),
    }
    if box.ports.outlets:
        written["outlettype"] = list(box.ports.outlets)
    if box.text and box.kind not in _NO_BOX_TEXT:
        written["text"] = box.text
    if box.inside is not None:
        written["patcher"] = _patcher(box.inside, is_presented=False)
    if box.shown is not None:
        written |= {"presentation": 1, "presentation_rect": _floats(box.shown)}
    return written | box.attributes


def _floats(rectangle: Rectangle) -> list[float]:
    return [float(number) for number in rectangle]
