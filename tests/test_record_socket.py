import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.events import ALL_PARTS, Clock, Event, Kind, decode, midi_event, must_arrive
from runtime.record_socket import RecordSocket


def pair(backlog_records: int = 16) -> tuple[RecordSocket, RecordSocket]:
    a, b = socket.socketpair()
    return RecordSocket(a, backlog_records), RecordSocket(b, backlog_records)


def drain(writer: RecordSocket, reader: RecordSocket) -> list[Event]:
    """Read until the writer has nothing left to send."""
    events = []
    while True:
        done = writer.flush()
        got = [decode(record) for record in reader.receive()]
        events += got
        if done and not got:
            return events


def flood(writer: RecordSocket) -> None:
    """Send note-ons that nobody reads until one is dropped."""
    while not writer.dropped:
        writer.send_event(Event(Kind.NOTE_ON, note=60, value=1.0))


@given(st.lists(st.integers(0, 127), min_size=1, max_size=50))
def test_events_arrive_whole_and_in_order(notes: list[int]) -> None:
    writer, reader = pair(64)
    for note in notes:
        writer.send_event(Event(Kind.NOTE_ON, time=note, clock=Clock.ARRIVAL_NS, note=note, value=0.5))
    assert [event.note for event in drain(writer, reader)] == notes
    writer.close()
    reader.close()


def test_a_writer_whose_reader_sleeps_drops_and_counts_and_never_waits() -> None:
    writer, reader = pair()
    flood(writer)
    for _ in range(10):
        writer.send_event(Event(Kind.NOTE_ON, note=60, value=1.0))
    assert writer.dropped == 11
    assert all(event.kind == Kind.NOTE_ON for event in drain(writer, reader))


def test_a_note_off_gets_through_a_full_line() -> None:
    writer, reader = pair()
    flood(writer)
    writer.send_event(Event(Kind.NOTE_OFF, note=60))
    assert drain(writer, reader)[-1] == Event(Kind.NOTE_OFF, note=60)


def test_a_flood_of_note_offs_that_cannot_be_kept_ends_in_all_notes_off() -> None:
    writer, reader = pair()
    flood(writer)
    for _ in range(100):
        writer.send_event(Event(Kind.NOTE_OFF, note=60))
    assert drain(writer, reader)[-1] == Event(Kind.ALL_NOTES_OFF, part=ALL_PARTS)


def test_after_a_flood_the_line_carries_every_event_again() -> None:
    writer, reader = pair()
    flood(writer)
    drain(writer, reader)
    dropped = writer.dropped
    writer.send_event(Event(Kind.NOTE_ON, note=61, value=1.0))
    assert [event.note for event in drain(writer, reader)] == [61]
    assert writer.dropped == dropped


def test_either_end_learns_that_the_other_has_gone() -> None:
    writer, reader = pair()
    reader.close()
    for _ in range(3):
        writer.send_event(Event(Kind.NOTE_ON, note=60, value=1.0))
    writer.receive()
    assert writer.closed


def test_what_was_sent_before_closing_is_still_read() -> None:
    writer, reader = pair()
    writer.send_event(Event(Kind.NOTE_OFF, note=60))
    writer.close()
    assert [decode(record).note for record in reader.receive()] == [60]
    reader.receive()
    assert reader.closed


@pytest.mark.parametrize(
    ("message", "ends_something"),
    [
        ("80 3c 40", True),
        ("90 3c 00", True),
        ("90 3c 01", False),
        ("b0 40 00", True),
        ("b0 40 7f", False),
        ("b0 7b 00", True),
        ("b0 78 00", True),
        ("b0 01 00", False),
        ("e0 00 40", False),
        ("d0 00", False),
    ],
)
def test_midi_that_ends_a_sound_is_known_as_such(message: str, ends_something: bool) -> None:
    event = midi_event(bytes.fromhex(message), 0, Clock.ARRIVAL_FRAME)
    assert must_arrive(event) is ends_something
