"""No bytes that arrive at the socket stop the service, make it answer, or keep it from the next message."""

import random
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.controls.osc_guard import BadPacketError, read_packet
from tests.controls.osc_rig import Heard, OscClient, Rig, bundle
from tests.controls.test_osc_guard import MESSAGE, PACKET
from tests.tiny_decoder import TinySettings, tiny_metadata

BOUNDLESS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
HARMLESS = b"/lb/note\0\0\0\0,ii\0" + struct.pack(">ii", 61, 99)


@pytest.fixture(scope="module")
def shared() -> Iterator[Rig]:
    rig = Rig(tiny_metadata(TinySettings()))
    yield rig
    rig.close()
    assert rig.service.faults == 0


@pytest.fixture(scope="module")
def attacker(shared: Rig) -> OscClient:
    return shared.client()


@pytest.fixture(scope="module")
def visitor(shared: Rig) -> OscClient:
    """A client that may be told of errors, at any later time."""
    return shared.client()


def is_bad(packet: bytes) -> bool:
    try:
        read_packet(packet)
    except BadPacketError:
        return True
    return False


def answers_to(attacker: OscClient, packets: list[bytes]) -> list[Heard]:
    """What is said to a client that sends packets, before the answer to its next message.

    The client has said hello, so that anything that was answered would be heard.
    """
    for packet in packets:
        attacker.send_raw(packet)
    return attacker.ping()


@BOUNDLESS
@given(packets=st.lists(st.binary(max_size=400), min_size=1, max_size=20))
def test_random_bytes(shared: Rig, attacker: OscClient, packets: list[bytes]) -> None:
    counted, bad = shared.service.bad_packets, [packet for packet in packets if is_bad(packet)]
    assert answers_to(attacker, bad) == []
    assert shared.service.bad_packets == counted + len(bad)


@BOUNDLESS
@given(packet=PACKET, data=st.data())
def test_damaged_packets(shared: Rig, attacker: OscClient, packet: bytes, data: st.DataObject) -> None:
    damaged = bytearray(packet)
    places = data.draw(st.lists(st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255)), max_size=8))
    for place, value in places:
        damaged[place] = value
    cut, longer = bytes(damaged[:-3]), bytes(damaged) + b"\1"
    assert is_bad(cut), "OSC comes in fours"
    assert is_bad(longer)
    bad = [packet for packet in (bytes(damaged), cut, longer) if is_bad(packet)]
    counted = shared.service.bad_packets
    assert answers_to(attacker, bad) == []
    assert shared.service.bad_packets == counted + len(bad)


@BOUNDLESS
@given(messages=st.lists(MESSAGE, max_size=5), depth=st.integers(9, 100))
def test_bundles_nested_too_deep(shared: Rig, attacker: OscClient, messages: list[bytes], depth: int) -> None:
    packet = bundle(messages)
    for _ in range(depth):
        packet = bundle([packet])
    counted = shared.service.bad_packets
    assert is_bad(packet)
    assert answers_to(attacker, [packet]) == []
    assert shared.service.bad_packets == counted + 1


@BOUNDLESS
@given(size=st.integers(-(2**31), 0))
def test_elements_of_negative_size(shared: Rig, attacker: OscClient, size: int) -> None:
    packet = b"#bundle\0" + bytes(8) + struct.pack(">i", size) + HARMLESS
    packets = [packet, bundle([packet]), packet * 20]
    counted = shared.service.bad_packets
    assert all(map(is_bad, packets))
    assert answers_to(attacker, packets) == []
    assert shared.service.bad_packets == counted + len(packets)


@BOUNDLESS
@given(packet=st.one_of(PACKET, MESSAGE))
def test_sound_packets_about_things_that_do_not_exist_are_no_fault(
    shared: Rig, visitor: OscClient, packet: bytes
) -> None:
    visitor.send_raw(packet)
    assert [address for address, _ in visitor.ping() if address != "/lb/error"] == []
    assert shared.service.faults == 0


def test_datagrams_of_every_size_up_to_the_largest(shared: Rig, attacker: OscClient) -> None:
    packets = [bytes(size) for size in (0, 1, 3, 4, 8191, 8192, 8193, 20_000, 65_507)]
    packets += [HARMLESS[:16] + bytes(size) for size in (8192, 20_000)]
    counted = shared.service.bad_packets
    assert all(map(is_bad, packets))
    assert answers_to(attacker, packets) == []
    assert shared.service.bad_packets == counted + len(packets)


def test_a_flood_of_rubbish_leaves_every_note_heard(rig: Rig) -> None:
    player, vandal = rig.client(hello=False), rig.client(hello=False)
    generator = random.Random(1)
    rubbish = [generator.randbytes(generator.randrange(200)) for _ in range(40)]
    for note in range(100):
        for packet in rubbish:
            vandal.send_raw(packet)
        player.send("/lb/note", note, 100)
        # Not faster than it is read, or the system itself would throw packets away.
        assert rig.event().note == note


def test_two_thousand_messages_a_second_all_arrive(rig: Rig) -> None:
    player = rig.client(hello=False)
    for burst in range(20):
        for step in range(100):
            player.send("/lb/axis/tone", (burst * 100 + step) / 2000)
        rig.wait(lambda expected=(burst + 1) * 100: rig.events.qsize() >= expected)  # type: ignore[misc]
    values = [rig.event().value for _ in range(2000)]
    assert values == sorted(values)
    assert rig.service.bad_packets == 0
