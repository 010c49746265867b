"""Where everything stands that can be set: a mirror of the engine, from which a new engine is set up alike.

The mirror is kept from the engine's own echoes, so it knows what MIDI moved too, after mapping. What the mapping keeps
to itself (bend ranges and MPE's zone, as a controller has told them, volume and expression) is kept as the raw messages
that told it. What is not kept is what a dead engine takes along: notes that sounded, glides half-way, which end at
once, and how far waves and drift had come.
"""

from dataclasses import dataclass, field
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, HOW_KEYS_PLAY, OF_ONE_NOTE, PARTS, Clock, Event, Kind, midi_bytes, midi_event
from runtime.latent.motion import NEUTRAL_SLIDE
from runtime.latent.state import GLIDE_SECONDS
from runtime.mapping_table import DEFAULT_ROUTES, MappingTable
from runtime.midi_parameters import (
    BEND_RANGE,
    DATA,
    DATA_COARSE,
    DATA_FINE,
    MPE_CONFIGURATION,
    NO_PARAMETER,
    SELECTION,
    Parameter,
    Selection,
    is_zone,
)

_CONTROL: Final = 0xB
_VOLUME, _EXPRESSION, _RESET = 7, 11, 121
_REMEMBERED: Final = frozenset({_VOLUME, _EXPRESSION, _RESET, *DATA, *SELECTION})
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
"""Controls of a part that are one number."""
_AT_REST: Final = {Kind.SLIDE: NEUTRAL_SLIDE, Kind.NOTE_SLIDE: NEUTRAL_SLIDE}
"""Where controls stand at the start that do not stand at 0."""


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
    motions: dict[tuple[int, int], tuple[float, tuple[float, ...]]] = field(default_factory=dict)
    """By axis and motion: amount, and the motion's own numbers as far as they have been told."""
    wheels: dict[tuple[Kind, int], float] = field(default_factory=dict)
    """What notes have of their own, by kind and key."""
    chokes: dict[int, int] = field(default_factory=dict)
    """Choke groups of keys."""


class Standing:
    """Places, motions, keys, glides, wheels, tempo and gain of one instrument. Not for several threads at once."""

    def __init__(self, metadata: DecoderMetadata, before: "Standing | None" = None) -> None:
        """Begin where an engine begins, or one that takes over from that of another model."""
        self._default: Final = list(metadata.default_latent)
        self._parts: Final = [_Part(list(self._default)) for _ in range(PARTS)]
        self._gain_db: float | None = None
        self._tempo: Event | None = None
        self._told = _Told()
        self._levels: dict[int, tuple[int, int]] = {}
        """Volume and expression, which speak for the whole mix: controller → channel 0…15 and value."""
        self.notes = 0
        """Notes that have begun: the next one's seed goes on from here."""
        if before is not None:
            self._gain_db, self._levels, self.notes = before._gain_db, before._levels, before.notes
            self._told, self._tempo = before._told, before._tempo
            for part, old in zip(self._parts, before._parts, strict=True):
                part.plain, part.glide_seconds = old.plain, old.glide_seconds
                part.wheels, part.chokes = old.wheels, old.chokes

    def apply(self, event: Event) -> None:
        """Take over what an event changes, as the engine has said, or as it will when it hears of it."""
        if event.kind is Kind.MIDI:
            self._hear(midi_bytes(event))
        elif event.kind is Kind.NOTE_ON:
            self.notes += 1
        elif event.kind is Kind.GAIN:
            self._gain_db = event.value
        elif event.kind is Kind.TEMPO:
            self._tempo = event
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
        if self._tempo is not None:
            events.append(Event(Kind.TEMPO, part=ALL_PARTS, value=self._tempo.value, values=self._tempo.values))
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
        elif kind is Kind.CHOKE:
            part.chokes[event.note] = event.index
        elif kind in OF_ONE_NOTE:
            part.wheels[kind, event.note] = event.value
        elif kind is Kind.MOTION:
            _, numbers = part.motions.get((event.index, event.note), (0.0, ()))
            part.motions[event.index, event.note] = (event.value, event.values or numbers)
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
        events += [
            Event(Kind.MOTION, part=number, index=index, note=motion, value=amount, values=numbers)
            for (index, motion), (amount, numbers) in part.motions.items()
        ]
        events += [Event(Kind.CHOKE, part=number, note=note, index=group) for note, group in part.chokes.items()]
        events += [
            Event(kind, part=number, note=note, value=value)
            for (kind, note), value in part.wheels.items()
            if value != _AT_REST.get(kind, 0.0)
        ]
        events += [
            Event(kind, part=number, value=value)
            for kind, value in part.plain.items()
            if value != _AT_REST.get(kind, 0.0)
        ]
        return events

    def _hear(self, data: bytes) -> None:
        if len(data) != 3 or data[0] >> 4 != _CONTROL:
            return
        channel, number, value = data[0] & 15, data[1], data[2]
        if number in (_VOLUME, _EXPRESSION):
            self._levels[number] = (channel, value)
        elif number == _RESET:
            self._told.selections[channel] = Selection()
            if _EXPRESSION in self._levels:
                self._levels[_EXPRESSION] = (channel, 127)
        else:
            self._told.hear(channel, number, value)

    def _messages(self, table: MappingTable) -> list[Event]:
        """Raw messages for the mapping. One whose controller moves something of the table's would move it again."""
        routes = (*table.routes, *(DEFAULT_ROUTES if table.defaults else ()))
        named = (*(route.source for route in routes), *table.capture)
        sources = [source for one in named for source in (one, *one.halves)]
        claimed = {source.number for source in sources if source.kind == "cc"}
        told = self._told.messages()
        told += [(channel, number, value) for number, (channel, value) in self._levels.items()]
        return [
            midi_event(bytes((_CONTROL << 4 | channel, number, value)), 0, Clock.FRAME)
            for channel, number, value in told
            if number not in claimed
        ]


class _Told:
    """What channels 0…15 have told by registered parameters, and which parameter is open on each."""

    def __init__(self) -> None:
        self.selections = [Selection() for _ in range(PARTS)]
        self._values: dict[tuple[int, Parameter, int], int] = {}
        """By channel, parameter and controller, in the order in which they were told: MPE's zone resets bend ranges."""

    def hear(self, channel: int, number: int, value: int) -> None:
        """Take a controller that selects a parameter or enters its data."""
        self.selections[channel].hear(number, value)
        parameter = self.selections[channel].parameter
        if parameter == BEND_RANGE and number in (DATA_COARSE, DATA_FINE):
            self._forget(channel, DATA_FINE)
            if number == DATA_COARSE:
                self._forget(channel, DATA_COARSE)
        elif parameter == MPE_CONFIGURATION and number == DATA_COARSE and is_zone(channel + 1, value):
            members = max(value, self._values.pop((channel, parameter, number), 0))
            for concerned in range(members + 1):
                self._forget(concerned, DATA_COARSE)
                self._forget(concerned, DATA_FINE)
        else:
            return
        self._values[channel, parameter, number] = value

    def _forget(self, channel: int, number: int) -> None:
        self._values.pop((channel, BEND_RANGE, number), None)

    def messages(self) -> list[tuple[int, int, int]]:
        """Return channels, controllers and values that tell the same again."""
        told = []
        for (channel, parameter, number), value in self._values.items():
            told += [(channel, *pair) for pair in (*Selection(parameter).messages(), (number, value))]
        channels = {channel for channel, _, _ in self._values}
        for channel, selection in enumerate(self.selections):
            if channel in channels or selection.parameter != NO_PARAMETER:
                told += [(channel, *pair) for pair in selection.messages()]
        return told
