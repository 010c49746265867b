"""What can happen to the instrument, and the fixed-size record in which it travels between processes.

An event is a plain value. Inside a process it is an :class:`Event`; between processes it is one record of
``RECORD_BYTES`` bytes, so that a reader never has to look for boundaries and a writer never has to allocate.
Levels, velocities and controls are 0…1, bend is in semitones, times are in seconds unless a name says otherwise.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from runtime.contract import MAX_LATENT_SIZE

PARTS = 16
ALL_PARTS = 0
"""The part number that speaks to every part; otherwise parts are 1…16, as MIDI channels are written."""

_HEADER = struct.Struct("<BBBBHHqQd")
_VALUES = struct.Struct(f"<{MAX_LATENT_SIZE}f")
_NO_VALUES = bytes(_VALUES.size)
RECORD_BYTES = _HEADER.size + _VALUES.size
PAYLOAD_BYTES = _VALUES.size
"""Bytes of a chunk of a larger document (the mapping table) that fit in one record."""


class Clock(IntEnum):
    """What an event's ``time`` counts, and hence when it sounds."""

    FRAME = 0
    """The very frame at which it happens: a log being replayed, or an event already placed."""
    ARRIVAL_FRAME = 1
    """Frame of arrival (JACK): happens the constant delay later."""
    ARRIVAL_NS = 2
    """``time.perf_counter_ns()`` of arrival (ports and sockets): turned into a frame, then the constant delay later."""


class Kind(IntEnum):
    """Every kind of record. What the fields mean is said per kind; unnamed fields are zero."""

    # Into the engine, from ports and sockets.
    MIDI = 1
    """A raw message, see :func:`midi_event`; the mapping table turns it into the kinds below."""
    NOTE_ON = 2
    """part, note, value = velocity above 0, seed of the noise (0: the engine chooses by its rule); values: where it
    sounds instead of at the place of its key, and stays, axes and motion aside, or none."""
    NOTE_OFF = 3
    """part, note."""
    SUSTAIN = 4
    """part, value: pedal down from 0.5."""
    BEND = 5
    """part, value = semitones."""
    PRESSURE = 6
    """part, value."""
    SLIDE = 7
    """part, value."""
    LATENT = 8
    """part, values = the whole coordinate."""
    LATENT_DIMENSION = 9
    """part, index, value = one number of the coordinate; values: none, or the seconds that this move takes."""
    AXIS = 10
    """part, index, value = position 0…1 between the axis' minimum and maximum; values as above."""
    KEY_LATENT = 11
    """part, note, values = what this key plays instead of the part's latent; no values: back to the part's."""
    GLIDE = 12
    """part, value = seconds that latent and axes take to reach a new place."""
    GAIN = 13
    """value = dB of the whole mix."""
    VARIATION = 14
    """part, value: 0 plays every strike of a key from the same seed, above 0 each from a new one."""
    ALL_NOTES_OFF = 15
    """part: as if every key and pedal went up."""
    ALL_SOUND_OFF = 16
    """part: silence at once, without a click."""
    MAPPING = 17
    """A chunk of a new mapping table, see :func:`encode_chunks`; it takes over whole after the last chunk."""
    STOP = 18
    """Fade out and end."""
    MODEL = 19
    """A chunk of a :class:`runtime.model_order.ModelOrder`: the model that is to be loaded and then played."""
    PLAY_MODE = 20
    """part, value = a :class:`runtime.engine.parts.PlayMode`: many notes at a time, one, or one that slides."""
    PORTAMENTO = 21
    """part, value = seconds from the pitch of a note to that of the next; 0 steps."""
    UNISON = 22
    """part, value = voices of each key, 1…7."""
    UNISON_SPREAD = 23
    """part, value = cents from the lowest to the highest of them."""
    UNISON_WIDTH = 24
    """part, value = 0…1, from all in the middle to the outermost fully left and right."""
    MOTION = 25
    """part, index = axis, note = a :class:`runtime.latent.motion.Motion`, value = amount −1…1 in widths of the axis (0
    ends it); values: the motion's own numbers, the usual ones for those that are missing, or none: it keeps its own."""
    TEMPO = 26
    """value = beats per minute; values: added up, the beat, counted with fractions, that this frame is (one number, or
    a whole one and a fraction where one alone would be too coarse), or none: the beats run on."""
    NOTE_BEND = 27
    """part, note, value = semitones, besides the part's bend: MPE's per-note wheel."""
    NOTE_PRESSURE = 28
    """part, note, value."""
    NOTE_SLIDE = 29
    """part, note, value."""
    CHOKE = 30
    """part, note, index = the choke group of this key, 0 for none: a key ends what others of its group sound."""
    LEARN = 31
    """value 1: from now on HEARD says which controls are moved; 0: no more."""

    # From an output to the engine.
    CYCLE = 32
    """An output took a block: time = its first frame (clock FRAME), index = its length in frames, seed =
    ``time.perf_counter_ns()`` of that moment, value = 1 while the output runs faster than real time and waits (JACK's
    freewheel). With index 0: blocks will have ``values[0]`` frames from now on."""

    # From the engine to the interface.
    PLAYED = 64
    """Echo of an event at the frame it happened; ``index`` holds its kind, see :func:`played`."""
    CAPTURE = 65
    """The mapping asked for a capture of the note played last: part."""
    RANDOM = 66
    """The mapping asked for a new random place: part, value = amount."""
    VOICES = 67
    """index = voices sounding now."""
    READY = 68
    """The engine would now sound a note: index = block in frames, time = constant delay in frames."""
    PROBLEM = 69
    """Something the engine counted: index = a code, value = how many in all."""
    MODEL_CHANGED = 70
    """The model of order number ``index`` is played from frame ``time`` on; value = how many times as long as the first
    it takes to decode, or 0 if it cannot be played."""

    STEER = 71
    """The mapping asked for a move that the interface makes: part, index = a :class:`Steering`, value."""
    HEARD = 72
    """While learning: a control was moved. part = channel, note = place of its kind in ``SOURCE_KINDS`` of
    mapping_table.py, index = its number."""

    # In the log alone.
    ENGINE_REPLACED = 96
    """A new engine began at frame ``time``, as every engine begins; of the one before nothing was heard from frame
    ``seed`` on."""


class Steering(IntEnum):
    """Moves through latent space that need the map, the corners or the history, which the interface keeps."""

    MAP_X = 0
    """value = 0…1 across the map."""
    MAP_Y = 1
    MORPH_X = 2
    """value = 0…1 across the square of the four corners A, B, C and D."""
    MORPH_Y = 3
    UNDO = 4
    REDO = 5


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens to the instrument; see :class:`Kind` for the fields that each kind uses."""

    kind: Kind
    time: int = 0
    clock: Clock = Clock.FRAME
    part: int = 1
    note: int = 0
    index: int = 0
    value: float = 0.0
    seed: int = 0
    values: tuple[float, ...] = ()

    def at(self, frame: int) -> "Event":
        """Return the same event placed at a frame of the engine."""
        # Written out: thousands come in a second, and dataclasses.replace takes several times as long.
        return Event(
            self.kind, frame, Clock.FRAME, self.part, self.note, self.index, self.value, self.seed, self.values
        )


def encode(event: Event) -> bytes:
    """Return the event as one record; values are rounded to float32. Raises ValueError for more than fit."""
    count = len(event.values)
    if count > MAX_LATENT_SIZE:
        raise ValueError(f"a record holds at most {MAX_LATENT_SIZE} values, not {count}")
    return _HEADER.pack(
        event.kind, event.clock, event.part, event.note, event.index, count, event.time, event.seed, event.value
    ) + (struct.pack(f"<{count}f", *event.values) + _NO_VALUES[4 * count :] if count else _NO_VALUES)


def decode(record: bytes) -> Event:
    """Return the event that a record holds. Raises ValueError for an unknown kind or a wrong length."""
    if len(record) != RECORD_BYTES:
        raise ValueError(f"a record has {RECORD_BYTES} bytes, not {len(record)}")
    kind, clock, part, note, index, count, time, seed, value = _HEADER.unpack_from(record)
    if count > MAX_LATENT_SIZE:
        raise ValueError(f"a record holds at most {MAX_LATENT_SIZE} values, not {count}")
    values = struct.unpack_from(f"<{count}f", record, _HEADER.size)
    return Event(Kind(kind), time, Clock(clock), part, note, index, value, seed, values)


def midi_event(data: bytes, time: int, clock: Clock) -> Event:
    """Wrap a raw MIDI channel message of one to three bytes; longer ones (system exclusive) have no meaning here."""
    if not 1 <= len(data) <= 3:
        raise ValueError(f"a MIDI channel message has 1 to 3 bytes, not {len(data)}")
    return Event(Kind.MIDI, time, clock, index=len(data), seed=int.from_bytes(data, "little"))


def midi_bytes(event: Event) -> bytes:
    """Return the raw message inside a MIDI event."""
    return event.seed.to_bytes(8, "little")[: event.index]


HOW_KEYS_PLAY: Final = frozenset({Kind.PLAY_MODE, Kind.PORTAMENTO, Kind.UNISON, Kind.UNISON_SPREAD, Kind.UNISON_WIDTH})
"""Controls of a part that are one number and say what its keys do."""
OF_ONE_NOTE: Final = frozenset({Kind.NOTE_BEND, Kind.NOTE_PRESSURE, Kind.NOTE_SLIDE})
"""Controls that a key has of its own, as MPE gives each finger some."""
OF_ONE_SPACE: Final = frozenset({Kind.LATENT, Kind.LATENT_DIMENSION, Kind.AXIS, Kind.KEY_LATENT, Kind.MOTION})
"""Places in the latent space of one model and what moves its axes, which mean nothing in that of another."""
_ENDINGS: Final = frozenset(
    {
        Kind.NOTE_OFF,
        Kind.ALL_NOTES_OFF,
        Kind.ALL_SOUND_OFF,
        Kind.MAPPING,
        Kind.MODEL,
        Kind.STOP,
        Kind.READY,
        Kind.PLAYED,
        Kind.MODEL_CHANGED,
    }
)
_MIDI_NOTE_OFF, _MIDI_NOTE_ON, _MIDI_CONTROL = 0x80, 0x90, 0xB0
_MIDI_PEDALS, _MIDI_CHANNEL_MODE = range(64, 70), range(120, 128)


def must_arrive(event: Event) -> bool:
    """Tell whether losing this event could leave a sound hanging, a table half sent or a log with a hole."""
    if event.kind == Kind.SUSTAIN:
        return event.value < 0.5
    if event.kind != Kind.MIDI:
        return event.kind in _ENDINGS
    status, first, second = midi_bytes(event).ljust(3, b"\0")[:3]
    if status & 0xF0 == _MIDI_CONTROL:
        return first in _MIDI_CHANNEL_MODE or (first in _MIDI_PEDALS and second < 64)
    return status & 0xF0 == _MIDI_NOTE_OFF or (status & 0xF0 == _MIDI_NOTE_ON and second == 0)


def played(event: Event) -> Event:
    """Return the echo of an event that has happened, for the log and for feedback."""
    index = event.kind | event.index << 8
    return Event(
        Kind.PLAYED, event.time, event.clock, event.part, event.note, index, event.value, event.seed, event.values
    )


def original(echo: Event) -> Event:
    """Return the event inside a PLAYED echo."""
    return replace(echo, kind=Kind(echo.index & 0xFF), index=echo.index >> 8)


def encode_chunks(kind: Kind, document: bytes) -> Iterator[bytes]:
    """Yield the records of a document larger than one: index = bytes in this chunk, seed = bytes still to come."""
    for start in range(0, max(len(document), 1), PAYLOAD_BYTES):
        chunk = document[start : start + PAYLOAD_BYTES]
        header = _HEADER.pack(kind, Clock.FRAME, ALL_PARTS, 0, len(chunk), 0, 0, len(document) - start - len(chunk), 0)
        yield header + chunk.ljust(PAYLOAD_BYTES, b"\0")


def chunk_of(record: bytes) -> tuple[bytes, int]:
    """Return a chunk record's bytes and how many bytes of the document are still to come."""
    _, _, _, _, size, _, _, to_come, _ = _HEADER.unpack_from(record)
    return record[_HEADER.size : _HEADER.size + size], to_come


def kind_of(record: bytes) -> int:
    """Return a record's kind without decoding the rest."""
    return record[0]
