"""Where everything stands that can be set: a mirror of the engine, from which a new engine is set up alike.

The mirror is kept from the engine's own echoes, so it knows what MIDI moved too, after mapping. What the mapping keeps
to itself (bend ranges that a controller has told, volume and expression) is kept as the raw messages that told it.
What is not kept is what a dead engine takes along: notes that sounded, and glides half-way, which end at once.
"""

from dataclasses import dataclass, field
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, HOW_KEYS_PLAY, PARTS, Clock, Event, Kind, midi_bytes, midi_event
from runtime.latent.state import GLIDE_SECONDS
from runtime.mapping_table import DEFAULT_ROUTES, MappingTable

_CONTROL: Final = 0xB
_VOLUME, _EXPRESSION, _RESET = 7, 11, 121
_DATA_MSB, _DATA_LSB, _NRPN_LSB, _NRPN_MSB, _RPN_LSB, _RPN_MSB = 6, 38, 98, 99, 100, 101
_REMEMBERED: Final = frozenset(
    {_DATA_MSB, _VOLUME, _EXPRESSION, _DATA_LSB, _NRPN_LSB, _NRPN_MSB, _RPN_LSB, _RPN_MSB, _RESET}
)
_NO_PARAMETER: Final = (127, 127)
_PLAIN: Final = frozenset(
    {
        Kind.SUSTAIN,
        Kind.BEND,
        Kind.PRESSURE,
        Kind.SLIDE,
        Kind.VARIATION,
        *HOW_KEYS_PLAY,
    }
)
"""Controls of a part that are one number, 0 at the start."""


def is_remembered_by_mapping(event: Event) -> bool:
    """Tell whether a raw MIDI message changes what later ones mean, whatever the table says."""
    data = midi_bytes(event)
    return len(data) == 3 and data[0] >> 4 == _CONTROL and data[1] in _REMEMBERED


@dataclass(slots=True)
class _Part:
    """What one part holds; latent and axes as numbers, a missing axis is at its default."""

    latent: list[float]
    axes: dict[int, float] = field(default_factory=dict)
    keys: dict[int, tuple[float, ...]] = field(default_factory=dict)
    plain: dict[Kind, float] = field(default_factory=dict)
    glide_seconds: float = GLIDE_SECONDS


class Standing:
    """Places, axes, keys, glides, pedals, bends and gain of one instrument. Not for several threads at once."""

    def __init__(self, metadata: DecoderMetadata, before: "Standing | None" = None) -> None:
        """Begin where an engine begins, or one that takes over from that of another model."""
        self._default: Final = list(metadata.default_latent)
        self._parts: Final = [_Part(list(self._default)) for _ in range(PARTS)]
        self._gain_db: float | None = None
        self._told = [_Told() for _ in range(PARTS)]
        self._levels: dict[int, tuple[int, int]] = {}
        """Volume and expression, which speak for the whole mix: controller → channel 0…15 and value."""
        self.notes = 0
        """Notes that have begun: the next one's seed goes on from here."""
        if before is not None:
            self._gain_db, self._levels, self.notes = before._gain_db, before._levels, before.notes
            self._told = before._told
            for part, old in zip(self._parts, before._parts, strict=True):
                part.plain, part.glide_seconds = old.plain, old.glide_seconds

    def apply(self, event: Event) -> None:
        """Take over what an event changes, as the engine has said, or as it will when it hears of it."""
        if event.kind is Kind.MIDI:
            self._hear(midi_bytes(event))
        elif event.kind is Kind.NOTE_ON:
            self.notes += 1
        elif event.kind is Kind.GAIN:
            self._gain_db = event.value
        elif ALL_PARTS <= event.part <= PARTS:
            for part in self._parts if event.part == ALL_PARTS else (self._parts[event.part - 1],):
                self._apply(event, part)

    def events(self, table: MappingTable) -> list[Event]:
        """Return what brings an engine that has just begun, with this mapping, to where this one stands.

        They are to happen together, before any note: the first of them stop all gliding, the last set it again.
        """
        events = [event for event in self._messages(table)]
        events.append(Event(Kind.GLIDE, part=ALL_PARTS, value=0.0))
        for number, part in enumerate(self._parts, 1):
            events += self._events_of(part, number)
        if self._gain_db is not None:
            events.append(Event(Kind.GAIN, part=ALL_PARTS, value=self._gain_db))
        events += [
            Event(Kind.GLIDE, part=number, value=part.glide_seconds) for number, part in enumerate(self._parts, 1)
        ]
        return events

    def _apply(self, event: Event, part: _Part) -> None:
        kind = event.kind
        if kind in _PLAIN:
            part.plain[kind] = event.value
        elif kind is Kind.ALL_NOTES_OFF:
            part.plain[Kind.SUSTAIN] = 0.0
        elif kind is Kind.GLIDE:
            part.glide_seconds = event.value
        elif kind is Kind.AXIS:
            part.axes[event.index] = event.value
        elif kind is Kind.KEY_LATENT:
            part.keys[event.note] = event.values
        elif kind is Kind.LATENT and len(event.values) == len(self._default):
            part.latent = list(event.values)
        elif kind is Kind.LATENT_DIMENSION and event.index < len(self._default):
            part.latent[event.index] = event.value

    def _events_of(self, part: _Part, number: int) -> list[Event]:
        events = []
        if part.latent != self._default:
            events.append(Event(Kind.LATENT, part=number, values=tuple(part.latent)))
        events += [Event(Kind.AXIS, part=number, index=index, value=value) for index, value in part.axes.items()]
        events += [Event(Kind.KEY_LATENT, part=number, note=note, values=values) for note, values in part.keys.items()]
        events += [Event(kind, part=number, value=value) for kind, value in part.plain.items() if value]
        return events

    def _hear(self, data: bytes) -> None:
        if len(data) != 3 or data[0] >> 4 != _CONTROL:
            return
        channel, number, value = data[0] & 15, data[1], data[2]
        if number in (_VOLUME, _EXPRESSION):
            self._levels[number] = (channel, value)
        elif number == _RESET:
            self._told[channel].parameter = _NO_PARAMETER
            if _EXPRESSION in self._levels:
                self._levels[_EXPRESSION] = (channel, 127)
        else:
            self._told[channel].hear(number, value)

    def _messages(self, table: MappingTable) -> list[Event]:
        """Raw messages for the mapping. One whose controller moves something of the table's would move it again."""
        routes = (*table.routes, *(DEFAULT_ROUTES if table.defaults else ()))
        claimed = {source.number for source in (*(r.source for r in routes), *table.capture) if source.kind == "cc"}
        told = [(channel, *pair) for channel, told in enumerate(self._told) for pair in told.messages()]
        told += [(channel, number, value) for number, (channel, value) in self._levels.items()]
        return [
            midi_event(bytes((_CONTROL << 4 | channel, number, value)), 0, Clock.FRAME)
            for channel, number, value in told
            if number not in claimed
        ]


@dataclass(slots=True)
class _Told:
    """What one channel has told by registered parameters: which one is open, and the reach of its bend wheel."""

    parameter: tuple[int, int] = _NO_PARAMETER
    semitones: int | None = None
    cents: int | None = None

    def hear(self, number: int, value: int) -> None:
        coarse, fine = self.parameter
        if number == _RPN_MSB:
            self.parameter = (value, fine)
        elif number == _RPN_LSB:
            self.parameter = (coarse, value)
        elif number in (_NRPN_MSB, _NRPN_LSB):
            self.parameter = _NO_PARAMETER
        elif self.parameter == (0, 0) and number == _DATA_MSB:
            self.semitones, self.cents = value, None
        elif self.parameter == (0, 0) and number == _DATA_LSB:
            self.cents = value

    def messages(self) -> list[tuple[int, int]]:
        """Controllers and values that tell the same again."""
        told = []
        if self.semitones is not None or self.cents is not None:
            told += [(_RPN_MSB, 0), (_RPN_LSB, 0)]
            told += [(_DATA_MSB, self.semitones)] if self.semitones is not None else []
            told += [(_DATA_LSB, self.cents)] if self.cents is not None else []
        if told or self.parameter != _NO_PARAMETER:
            told += [(_RPN_MSB, self.parameter[0]), (_RPN_LSB, self.parameter[1])]
        return told
