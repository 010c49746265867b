"""The OSC table's messages as a web socket carries them: JSON instead of datagrams, and otherwise the same.

A frame of text is a list of messages, and a message a list of an address and its arguments::

    [["/lb/axis/brightness", 0.4], ["/lb/note", 36, 100]]

All messages of a frame happen at one moment, as those of an OSC bundle do. What they may say is the table's business
(:mod:`runtime.controls.osc_table`), in the interface.
"""

import json
import math
from typing import Any, Final

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from runtime.controls.osc_guard import LARGEST_PACKET_BYTES, MOST_ARGUMENTS, MOST_MESSAGES

LARGEST_TEXT_BYTES: Final = 4 * LARGEST_PACKET_BYTES
"""Of a frame: numbers take more room in decimals than in a packet."""
_BUNDLE_HEAD: Final = b"#bundle\0" + (1).to_bytes(8, "big")
_INT_LIMIT: Final = 2**31 - 1
_LARGEST_FLOAT: Final = 3.4e38

Message = list[Any]
"""An address and its arguments: numbers and texts."""


class BadFrameError(ValueError):
    """Text that is no list of messages; the message says what is wrong with it."""


def read_frame(text: str | None) -> list[Message]:
    """Return the messages of a frame; None stands for one that is not text. Raises BadFrameError."""
    if text is None:
        raise BadFrameError("not text")
    try:
        messages = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrameError("not JSON") from None
    if not isinstance(messages, list) or len(messages) > MOST_MESSAGES:
        raise BadFrameError(f"not a list of at most {MOST_MESSAGES} messages")
    for message in messages:
        _check(message)
    return messages


def packet_of(messages: list[Message]) -> bytes:
    """Return messages that have been read as one OSC packet. Raises BadFrameError if it would be too large."""
    elements = [_datagram(message) for message in messages]
    packet = elements[0] if len(elements) == 1 else _BUNDLE_HEAD + b"".join(_sized(one) for one in elements)
    if len(packet) > LARGEST_PACKET_BYTES:
        raise BadFrameError(f"more than {LARGEST_PACKET_BYTES} bytes as an OSC packet")
    return packet


def message_of(datagram: bytes) -> Message:
    """Return a message of the instrument's own."""
    said = OscMessage(datagram)
    return [said.address, *said.params]


def write_frame(messages: list[Message]) -> str:
    """Return a frame of messages."""
    return json.dumps(messages, separators=(",", ":"))


def _check(message: Any) -> None:
    if not isinstance(message, list) or not message or not isinstance(message[0], str):
        raise BadFrameError("a message that is no list that begins with an address")
    if not message[0].startswith("/") or not message[0].isascii() or len(message) - 1 > MOST_ARGUMENTS:
        raise BadFrameError("a message without a sound address, or with too many arguments")
    for argument in message[1:]:
        is_number = isinstance(argument, int | float) and math.isfinite(argument) and abs(argument) < _LARGEST_FLOAT
        if not is_number and not isinstance(argument, str):
            raise BadFrameError("an argument that is neither a finite number nor a text")


def _datagram(message: Message) -> bytes:
    builder = OscMessageBuilder(message[0].replace("\0", ""))
    for argument in message[1:]:
        if isinstance(argument, str):
            builder.add_arg(argument.encode("utf-8", "replace").decode().replace("\0", ""), "s")
        elif isinstance(argument, int) and abs(argument) <= _INT_LIMIT:
            builder.add_arg(int(argument), "i")
        else:
            builder.add_arg(float(argument), "f")
    return builder.build().dgram


def _sized(element: bytes) -> bytes:
    return len(element).to_bytes(4, "big") + element
