"""Every event survives the record it travels in, and no bytes make a reader fail in a way it does not expect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.contract import MAX_LATENT_SIZE
from runtime.events import (
    ALL_PARTS,
    PAYLOAD_BYTES,
    RECORD_BYTES,
    Clock,
    Event,
    Kind,
    chunk_of,
    decode,
    encode,
    encode_chunks,
    kind_of,
    midi_bytes,
    midi_event,
    original,
    played,
)

FLOAT32 = st.floats(width=32, allow_nan=False)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(sorted(set(Kind) - {Kind.MAPPING, Kind.PLAYED})),
    time=st.integers(-(2**63), 2**63 - 1),
    clock=st.sampled_from(Clock),
    part=st.integers(ALL_PARTS, 16),
    note=st.integers(0, 127),
    index=st.integers(0, 255),
    value=st.floats(allow_nan=False),
    seed=st.integers(0, 2**64 - 1),
    values=st.lists(FLOAT32, max_size=MAX_LATENT_SIZE).map(tuple),
)


@given(event=EVENTS)
def test_an_event_comes_out_of_its_record_as_it_went_in(event: Event) -> None:
    record = encode(event)
    assert len(record) == RECORD_BYTES
    assert kind_of(record) == event.kind
    assert decode(record) == event


@given(event=EVENTS)
def test_an_echo_gives_back_the_event_it_echoes(event: Event) -> None:
    echo = decode(encode(played(event)))
    assert echo.kind is Kind.PLAYED
    assert original(echo) == event


def test_every_kind_has_its_own_number_in_one_byte() -> None:
    assert len({int(kind) for kind in Kind}) == len(Kind.__members__)
    assert all(0 < kind < 256 for kind in Kind)


@given(data=st.binary(min_size=1, max_size=3), time=st.integers(0, 2**62))
def test_a_midi_message_travels_unchanged(data: bytes, time: int) -> None:
    event = decode(encode(midi_event(data, time, Clock.ARRIVAL_NS)))
    assert midi_bytes(event) == data
    assert (event.kind, event.time, event.clock) == (Kind.MIDI, time, Clock.ARRIVAL_NS)


@pytest.mark.parametrize("data", [b"", b"\xf0\x01\x02\xf7"])
def test_what_is_no_channel_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="1 to 3 bytes"):
        midi_event(data, 0, Clock.FRAME)


@given(document=st.binary(max_size=5 * PAYLOAD_BYTES))
def test_a_long_document_arrives_whole_and_says_when_it_ends(document: bytes) -> None:
    records = list(encode_chunks(Kind.MAPPING, document))
    chunks = [chunk_of(record) for record in records]
    assert all(len(record) == RECORD_BYTES and kind_of(record) == Kind.MAPPING for record in records)
    assert b"".join(chunk for chunk, _ in chunks) == document
    assert [to_come for _, to_come in chunks][-1] == 0
    assert all(to_come > 0 for _, to_come in chunks[:-1])


@given(record=st.binary(min_size=RECORD_BYTES, max_size=RECORD_BYTES))
def test_any_record_is_an_event_or_refused(record: bytes) -> None:
    try:
        event = decode(record)
    except ValueError:
        return
    assert len(event.values) <= MAX_LATENT_SIZE
    assert event.kind == record[0]


@pytest.mark.parametrize("size", [0, RECORD_BYTES - 1, RECORD_BYTES + 1])
def test_a_record_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"{RECORD_BYTES} bytes"):
        decode(bytes(size))


def test_more_values_than_a_record_holds_are_refused() -> None:
    with pytest.raises(ValueError, match=f"at most {MAX_LATENT_SIZE} values"):
        encode(Event(Kind.LATENT, values=(0.0,) * (MAX_LATENT_SIZE + 1)))


def test_an_event_can_be_placed_at_a_frame() -> None:
    arrived = Event(Kind.NOTE_ON, time=123, clock=Clock.ARRIVAL_NS, note=60, value=0.5)
    placed = arrived.at(4800)
    assert (placed.time, placed.clock, placed.note, placed.value) == (4800, Clock.FRAME, 60, 0.5)
