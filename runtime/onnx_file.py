"""An ONNX file as its top-level fields: enough to read, hash and replace metadata without the onnx package.

An ONNX file is one protobuf ``ModelProto``. Its top level is a flat list of fields, of which only number 14
(``metadata_props``, a repeated key–value message) is of interest here; all others are passed through as bytes, so that
metadata can be replaced without touching a single bit of graph or weights. :func:`fields` reads nested messages too.
Source: https://protobuf.dev/programming-guides/encoding/ and onnx.proto (ModelProto).
"""

import hashlib
from collections.abc import Iterator
from typing import Final

METADATA_FIELD = 14
LARGEST_BYTES: Final = 256 * 2**20
"""What a model file may hold: thirty times the shipped drums, and more than any processor decodes within a hop."""
_MOST_FIELDS: Final = 200_000
"""Fields of one message; a file made of nothing but tiny ones would otherwise be read for minutes."""
_LARGEST_TAG: Final = 2**32
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the base-128 number at ``at`` and the position after it."""
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("not a protobuf: a number runs past the end")
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def fields(data: bytes, begin: int = 0, end: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """Yield (field number, start of field, start of payload, end) of each field of the message ``data[begin:end]``.

    Only what onnx.proto uses is read: no groups. Raises ValueError if the bytes are not such a message.
    """
    at, stop = begin, len(data) if end is None else end
    count = 0
    while at < stop:
        start = at
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        count += 1
        if count > _MOST_FIELDS:
            raise ValueError(f"not a model: more than {_MOST_FIELDS} parts")
        # Other readers drop the bits beyond 32, and would see another field than we do.
        if number == 0 or tag >= _LARGEST_TAG:
            raise ValueError(f"not a protobuf: field number {number}")
        if wire == _LENGTH:
            size, at = _varint(data, at)
            payload = at
        elif wire == _VARINT:
            payload = at
            _, at = _varint(data, at)
            size = at - payload
        elif wire in (_FIXED64, _FIXED32):
            payload, size = at, 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"not a protobuf: wire type {wire}")
        at = payload + size
        if at > stop:
            raise ValueError("not a protobuf: a field runs past the end")
        yield number, start, payload, at


def _encode_varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _encode_bytes(field: int, payload: bytes) -> bytes:
    return _encode_varint(field << 3 | _LENGTH) + _encode_varint(len(payload)) + payload


def read_metadata_props(data: bytes) -> dict[str, str]:
    """Return the key–value metadata of an ONNX file's bytes. Raises ValueError if they are not a protobuf."""
    props: dict[str, str] = {}
    for number, _, begin, end in fields(data):
        if number == METADATA_FIELD:
            entry = data[begin:end]
            pair = {n: entry[a:b].decode("utf-8") for n, _, a, b in fields(entry)}
            props[pair.get(1, "")] = pair.get(2, "")
    return props


def without_metadata_props(data: bytes) -> bytes:
    """Return the file's bytes with every metadata entry left out; graph and weights are untouched."""
    return b"".join(data[start:end] for number, start, _, end in fields(data) if number != METADATA_FIELD)


def with_metadata_props(data: bytes, props: dict[str, str]) -> bytes:
    """Return the file's bytes with its metadata replaced by ``props``."""
    entries = (_encode_bytes(1, k.encode()) + _encode_bytes(2, v.encode()) for k, v in props.items())
    return without_metadata_props(data) + b"".join(_encode_bytes(METADATA_FIELD, e) for e in entries)


def graph_hash(data: bytes) -> str:
    """Return the SHA-256 (hex) of graph and weights, so that calibration can be redone without a new identity."""
    digest, view = hashlib.sha256(), memoryview(data)
    for number, start, _, end in fields(data):
        if number != METADATA_FIELD:
            # Not copied: that would hold Python's lock for as long as a block of sound lasts.
            digest.update(view[start:end])
    return digest.hexdigest()
