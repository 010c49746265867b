"""What a datagram has to be before anything else looks at it.

python-osc trusts its input: a bundle element of negative size makes it loop for ever, a time tag in the future makes it
sleep, an unknown type tag shifts every argument after it. Here a packet is first walked through by its sizes alone;
only single messages that are sound, with types that python-osc reads rightly, are given to it.

Format: The Open Sound Control 1.0 Specification, Matthew Wright, 2002. Time tags are ignored: all happens at once.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

from pythonosc.osc_message import OscMessage

LARGEST_PACKET_BYTES: Final = 8192
DEEPEST_BUNDLE: Final = 8
MOST_MESSAGES: Final = 256
MOST_ARGUMENTS: Final = 64

_BUNDLE: Final = b"#bundle\0"
_TIME_TAG_BYTES: Final = 8
_SIZES: Final = {**dict.fromkeys("ifrmc", 4), **dict.fromkeys("hdt", 8), **dict.fromkeys("TFNI[]", 0)}
_TEXTS: Final = "sS"
_UNDERSTOOD: Final = frozenset("ifhdsTF")
_ADDRESS: Final = re.compile(rb"/[!-~]*")
_PATTERN_SIGNS: Final = frozenset(b"#*,?[]{}")

OscArgument = int | float | str


class BadPacketError(ValueError):
    """A datagram that is not OSC as spoken here; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class OscRequest:
    """One message of a packet. ``arguments`` is None if it holds a type that means nothing here, such as a blob."""

    address: str
    arguments: tuple[OscArgument, ...] | None


def read_packet(packet: bytes) -> list[OscRequest]:
    """Return the messages of a packet, those in bundles included, in order. Raises BadPacketError, and nothing else."""
    if len(packet) > LARGEST_PACKET_BYTES:
        raise BadPacketError(f"more than {LARGEST_PACKET_BYTES} bytes")
    messages: list[OscRequest] = []
    _read_element(packet, 0, messages)
    return messages


def _read_element(data: bytes, depth: int, messages: list[OscRequest]) -> None:
    if not data or len(data) % 4:
        raise BadPacketError(f"a size of {len(data)} bytes")
    if not data.startswith(_BUNDLE):
        if len(messages) >= MOST_MESSAGES:
            raise BadPacketError(f"more than {MOST_MESSAGES} messages")
        messages.append(_read_message(data))
        return
    if depth >= DEEPEST_BUNDLE:
        raise BadPacketError(f"bundles more than {DEEPEST_BUNDLE} deep")
    at = len(_BUNDLE) + _TIME_TAG_BYTES
    if len(data) < at:
        raise BadPacketError("a bundle without a time tag")
    while at < len(data):
        # Four bytes are there, since both ends are multiples of four; only the sign and the reach are in doubt.
        size = int.from_bytes(data[at : at + 4], "big", signed=True)
        at += 4
        if size <= 0 or size > len(data) - at:
            raise BadPacketError(f"a bundle element of {size} bytes where {len(data) - at} are left")
        _read_element(data[at : at + size], depth + 1, messages)
        at += size


def _read_message(data: bytes) -> OscRequest:
    address, at = _text(data, 0)
    if not _ADDRESS.fullmatch(address):
        raise BadPacketError("no address at its start")
    if not _PATTERN_SIGNS.isdisjoint(address):
        raise BadPacketError("an address with a pattern; addresses here are literal")
    if at == len(data):
        # Some old senders leave the type tags out where there are no arguments.
        return OscRequest(address.decode("ascii"), ())
    tags, at = _text(data, at)
    if tags[:1] != b",":
        raise BadPacketError("no type tags after the address")
    kinds = tags[1:].decode("latin-1")
    if len(kinds) > MOST_ARGUMENTS:
        raise BadPacketError(f"more than {MOST_ARGUMENTS} arguments")
    for kind in kinds:
        at = _skip(data, at, kind)
    if at != len(data):
        raise BadPacketError("bytes after the last argument")
    if not _UNDERSTOOD.issuperset(kinds):
        return OscRequest(address.decode("ascii"), None)
    arguments = tuple(OscMessage(data).params)
    if any(isinstance(a, float) and not math.isfinite(a) for a in arguments):
        raise BadPacketError("a number that is not finite")
    return OscRequest(address.decode("ascii"), arguments)


def _skip(data: bytes, at: int, kind: str) -> int:
    """Return the position after an argument of this type, which must lie inside the message."""
    if kind in _SIZES:
        end = at + _SIZES[kind]
    elif kind in _TEXTS:
        text, end = _text(data, at)
        if not _is_utf8(text):
            raise BadPacketError("text that is not UTF-8")
    elif kind == "b":
        size = int.from_bytes(data[at : at + 4], "big", signed=True)
        end = at + 4 + size + -size % 4
        if size < 0:
            raise BadPacketError(f"a blob of {size} bytes")
    else:
        raise BadPacketError("an unknown type tag")
    if end > len(data):
        raise BadPacketError("an argument that reaches past the end")
    return end


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the text at ``at`` and the position after its padding."""
    end = data.find(b"\0", at)
    if end < 0:
        raise BadPacketError("text without an end")
    return data[at:end], end + 4 - end % 4


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
