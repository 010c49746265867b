"""Max for Live devices as Live keeps them: a patch in a container that says what kind of device it is.

``ampf`` (type), ``meta`` (flags), ``ptch`` (the patch as JSON, a newline and a zero byte); lengths are 32-bit,
little-endian.
"""

import struct
from dataclasses import dataclass
from typing import Any, Final

from runtime.patches.maxpat import as_json, document, identities
from runtime.patches.patch import Patch

HEIGHT: Final = 169
"""Pixels of a device in Live; what is below cannot be seen."""
INSTRUMENT, MIDI_EFFECT = b"iiii", b"mmmm"
_DATE: Final = 3_800_000_000
"""When the project was made; always the same, so that equal devices are equal files."""
_IN_A_BANK: Final = 8
_FONT: Final = {"default_fontsize": 10.0, "default_fontname": "Arial Bold"}


@dataclass(frozen=True)
class Device:
    """A device: its patch, its kind, its width in pixels, and its parameters in banks of eight as a Push shows them."""

    patch: Patch
    kind: bytes
    width: int
    banks: tuple[tuple[str, tuple[str, ...]], ...]


def amxd(device: Device) -> bytes:
    """Return the file of a device."""
    content = document(
        device.patch,
        is_presented=True,
        **_FONT,
        devicewidth=float(device.width),
        openrect=[0.0, 0.0, float(device.width), float(HEIGHT)],
        parameters=_parameters(device),
        latency=0,
        is_mpe=1,
        project=_project(device.kind),
    )
    body = as_json(content) + b"\0"
    return _chunk(b"ampf", device.kind) + _chunk(b"meta", struct.pack("<I", 0)) + _chunk(b"ptch", body)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _parameters(device: Device) -> dict[str, Any]:
    """Name every parameter by its box, and put them into banks."""
    listed: dict[str, Any] = {}
    for box, name in identities(device.patch).items():
        value = box.attributes.get("saved_attribute_attributes", {}).get("valueof", {})
        if "parameter_longname" in value:
            listed[name] = [value["parameter_longname"], value["parameter_shortname"], 0]
    banks = {
        str(number): {"index": number, "name": name, "parameters": [*titles, *["-"] * (_IN_A_BANK - len(titles))]}
        for number, (name, titles) in enumerate(device.banks)
    }
    return {**listed, "parameterbanks": banks, "inherited_shortname": 1}


def _project(kind: bytes) -> dict[str, Any]:
    return {
        "version": 1,
        "creationdate": _DATE,
        "modificationdate": _DATE,
        "viewrect": [0.0, 0.0, 300.0, 500.0],
        "autoorganize": 1,
        "hideprojectwindow": 1,
        "showdependencies": 1,
        "autolocalize": 0,
        "contents": {"patchers": {}},
        "layout": {},
        "searchpath": {},
        "detailsvisible": 0,
        "amxdtype": int.from_bytes(kind, "big"),
        "readonly": 0,
        "devpathtype": 0,
        "devpath": ".",
        "sortmode": 0,
        "viewmode": 0,
        "includepackages": 0,
    }
