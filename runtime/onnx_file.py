"""An ONNX file as its top-level fields: enough to read, hash and replace metadata without the onnx package.

An ONNX file is one protobuf ``ModelProto``. Its top level is a flat list of fields, of which only number 14
(``metadata_props``, a repeated key–value message) is of interest here; all others are passed through as bytes, so that
metadata can be replaced without touching a single bit of graph or weights.
Source: https://protobuf.dev/programming-guides/encoding/ and onnx.proto (ModelProto).
"""

import hashlib
from collections.abc import Iterator

METADATA_FIELD = 14
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


def _fields(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield (field number, start of field, start of payload, end) of each top-level field."""
    at = 0
    while at < len(data):
        start = at
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise ValueError("not a protobuf: field number 0")
        if wire == _LENGTH:
            size, at = _varint(data, at)
        elif wire == _VARINT:
            payload = at
            _, at = _varint(data, at)
            yield number, start, payload, at
            continue
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"not a protobuf: wire type {wire}")
        if at + size > len(data):
            raise ValueError("not a protobuf: a field runs past the end")
        yield number, start, at, at + size
        at += size


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
    for number, _, begin, end in _fields(data):
        if number == METADATA_FIELD:
            entry = data[begin:end]
            pair = {n: entry[a:b].decode("utf-8") for n, _, a, b in _fields(entry)}
            props[pair.get(1, "")] = pair.get(2, "")
    return props


def without_metadata_props(data: bytes) -> bytes:
    """Return the file's bytes with every metadata entry left out; graph and weights are untouched."""
    return b"".join(data[start:end] for number, start, _, end in _fields(data) if number != METADATA_FIELD)


def with_metadata_props(data: bytes, props: dict[str, str]) -> bytes:
    """Return the file's bytes with its metadata replaced by ``props``."""
    entries = (_encode_bytes(1, k.encode()) + _encode_bytes(2, v.encode()) for k, v in props.items())
    return without_metadata_props(data) + b"".join(_encode_bytes(METADATA_FIELD, e) for e in entries)


def graph_hash(data: bytes) -> str:
    """Return the SHA-256 (hex) of graph and weights, so that calibration can be redone without a new identity."""
    return hashlib.sha256(without_metadata_props(data)).hexdigest()
