"""Whatever bytes arrive, they are messages within the limits or refused; nothing else can come of them."""

import math
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.controls.osc_guard import (
    DEEPEST_BUNDLE,
    LARGEST_PACKET_BYTES,
    MOST_ARGUMENTS,
    MOST_MESSAGES,
    BadPacketError,
    OscRequest,
    read_packet,
)
from tests.controls.osc_rig import bundle, osc

FLOAT32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
ARGUMENT = st.one_of(
    st.tuples(st.just("i"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("h"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("f"), FLOAT32),
    st.tuples(st.just("d"), st.floats(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just("s"), TEXT),
)
ADDRESS = st.from_regex(r"/[a-z0-9_/]{0,30}", fullmatch=True)
MESSAGE = st.builds(
    lambda address, arguments: osc(address, *(v for _, v in arguments), kinds="".join(k for k, _ in arguments)),
    ADDRESS,
    st.lists(ARGUMENT, max_size=8),
)
PACKET = st.recursive(MESSAGE, lambda inner: st.lists(inner, max_size=3).map(bundle), max_leaves=6)


def broken_limits(packet: bytes) -> list[str]:
    """Read a packet as the service does, and name the limits that what is read goes beyond; a refused one breaks none.

    Anything that is raised but a refusal fails the test.
    """
    try:
        requests = read_packet(packet)
    except BadPacketError:
        return []
    arguments = [argument for request in requests for argument in request.arguments or ()]
    kept = {
        "size": len(packet) <= LARGEST_PACKET_BYTES,
        "messages": len(requests) <= MOST_MESSAGES,
        "addresses": all(r.address.startswith("/") and not set(r.address) & set(" #*,?[]{}") for r in requests),
        "arguments": all(len(request.arguments or ()) <= MOST_ARGUMENTS for request in requests),
        "numbers": all(isinstance(argument, str) or math.isfinite(argument) for argument in arguments),
    }
    return [name for name, is_kept in kept.items() if not is_kept]


@given(address=ADDRESS, arguments=st.lists(ARGUMENT, max_size=MOST_ARGUMENTS))
def test_a_message_is_read_as_it_was_written(address: str, arguments: list[tuple[str, object]]) -> None:
    values = [value for _, value in arguments]
    packet = osc(address, *values, kinds="".join(kind for kind, _ in arguments))
    assert read_packet(packet) == [OscRequest(address, tuple(values))]


@given(packet=st.binary(max_size=300))
@example(packet=b"")
@example(packet=b"#bundle\0")
@example(packet=b"/z\0\0,f\0\0\x7f\xc0\0\0")
@example(packet=b"/*\0\0,\0\0\0")
@example(packet=b"/z\0\0," + b"T" * 65 + b"\0\0")
@example(packet=b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xfc" + bytes(4))
def test_any_bytes_are_read_or_refused(packet: bytes) -> None:
    assert broken_limits(packet) == []


@given(packet=PACKET, data=st.data())
def test_a_packet_damaged_anywhere_is_read_or_refused(packet: bytes, data: st.DataObject) -> None:
    damaged = bytearray(packet)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert broken_limits(bytes(damaged)) == []
    assert broken_limits(bytes(damaged[: data.draw(st.integers(0, len(damaged)))])) == []


@given(packet=PACKET, size=st.integers(-(2**31), 2**31 - 1), at=st.integers(0, 60))
def test_any_size_in_a_bundle_is_read_or_refused(packet: bytes, size: int, at: int) -> None:
    damaged = bytearray(bundle([packet, packet]))
    at = min(at * 4, len(damaged) - 4)
    damaged[at : at + 4] = struct.pack(">i", size)
    assert broken_limits(bytes(damaged)) == []


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        *((size, f"element of {size} bytes") for size in (0, -1, -4, -(2**31), 2**31 - 1, 20)),
        *((size, f"a size of {size} bytes") for size in (2, 3, 5)),
    ],
)
def test_a_bundle_element_of_an_impossible_size_is_refused(size: int, reason: str) -> None:
    packet = b"#bundle\0" + bytes(8) + struct.pack(">i", size) + osc("/lb/z", 1.0)
    with pytest.raises(BadPacketError, match=reason):
        read_packet(packet)


def nested(depth: int) -> bytes:
    packet = osc("/lb/alloff")
    for _ in range(depth):
        packet = bundle([packet])
    return packet


def test_bundles_may_be_eight_deep() -> None:
    assert read_packet(nested(DEEPEST_BUNDLE)) == [OscRequest("/lb/alloff", ())]
    with pytest.raises(BadPacketError, match="deep"):
        read_packet(nested(DEEPEST_BUNDLE + 1))


def test_a_packet_may_hold_256_messages() -> None:
    one = osc("/a")
    assert len(read_packet(bundle([one] * MOST_MESSAGES))) == MOST_MESSAGES
    with pytest.raises(BadPacketError, match="256 messages"):
        read_packet(bundle([one] * (MOST_MESSAGES + 1)))
    with pytest.raises(BadPacketError, match="256 messages"):
        read_packet(bundle([bundle([one] * 200), bundle([one] * 57)]))


def test_a_message_may_hold_64_arguments() -> None:
    assert len(read_packet(osc("/a", *range(MOST_ARGUMENTS)))[0].arguments or ()) == MOST_ARGUMENTS
    with pytest.raises(BadPacketError, match="64 arguments"):
        read_packet(osc("/a", *range(MOST_ARGUMENTS + 1)))


def test_a_packet_may_hold_8192_bytes() -> None:
    rest = len(osc("/a", "x" * 3)) - 4
    packet = osc("/a", "x" * (LARGEST_PACKET_BYTES - rest - 1))
    assert len(packet) == LARGEST_PACKET_BYTES
    assert len(read_packet(packet)) == 1
    with pytest.raises(BadPacketError, match="8192 bytes"):
        read_packet(osc("/a", "x" * (LARGEST_PACKET_BYTES - rest)))


@pytest.mark.parametrize("address", ["/lb/*", "/lb/z/?", "/lb/{z,gain}", "/lb/[a-z]", "/lb/z 1", "/lb/#", "/lb/a,b"])
def test_a_pattern_is_refused(address: str) -> None:
    with pytest.raises(BadPacketError, match=r"pattern|address"):
        read_packet(osc(address, 1.0))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("kind", "fd")
def test_a_number_that_is_not_finite_is_refused(value: float, kind: str) -> None:
    with pytest.raises(BadPacketError, match="finite"):
        read_packet(osc("/lb/z", value, kinds=kind))
    with pytest.raises(BadPacketError, match="finite"):
        read_packet(bundle([osc("/lb/alloff"), osc("/lb/z", value, kinds=kind)]))


@pytest.mark.parametrize("time_tag", [b"\0" * 8, b"\0" * 7 + b"\1", b"\xff" * 8, b"\xf0" + b"\0" * 7])
def test_a_time_tag_changes_nothing(time_tag: bytes) -> None:
    assert read_packet(bundle([osc("/lb/alloff")], time_tag)) == [OscRequest("/lb/alloff", ())]


@pytest.mark.parametrize("kind", list("brmctTFNI[]Sq"))
def test_a_type_of_no_use_here_is_understood_as_such_or_refused(kind: str) -> None:
    body = {"b": b"\0\0\0\4abcd", "t": bytes(8), "S": b"abc\0"}.get(kind, bytes(4) if kind in "rmc" else b"")
    packet = b"/lb/z\0\0\0," + kind.encode() + b"\0\0" + body
    if kind == "q":
        with pytest.raises(BadPacketError, match="type tag"):
            read_packet(packet)
        return
    arguments = read_packet(packet)[0].arguments
    assert arguments == {"T": (True,), "F": (False,)}.get(kind)


@pytest.mark.parametrize(
    "packet",
    [
        b"/lb/z",
        b"/lb/z\0\0",
        b"lb/z\0\0\0\0",
        b"/lb/zzzz",
        b"/lb\xff\0\0\0\0",
        b"/lb/z\0\0\0f\0\0\0\0\0\0\0",
        b"/lb/z\0\0\0,f\0\0",
        b"/lb/z\0\0\0,ff\0\0\0\0\0",
        b"/lb/z\0\0\0,f\0\0\0\0\0\0\0\0\0\0",
        b"/lb/z\0\0\0,s\0\0abcd",
        b"/lb/z\0\0\0,s\0\0\xff\xfe\0\0",
        b"/lb/z\0\0\0,b\0\0\xff\xff\xff\xf0",
        b"/lb/z\0\0\0,b\0\0\0\0\0\x08abcd",
        b"#bundle\0\0\0\0\0",
        b"#bundle\0" + bytes(8) + b"\0\0\0\x14" + b"/lb/z\0\0\0,f\0\0\0\0\0\0",
    ],
)
def test_what_does_not_add_up_is_refused(packet: bytes) -> None:
    with pytest.raises(BadPacketError):
        read_packet(packet)


def test_a_message_without_type_tags_has_no_arguments() -> None:
    assert read_packet(b"/lb/alloff\0\0") == [OscRequest("/lb/alloff", ())]
