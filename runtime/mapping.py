"""Raw MIDI messages become events of the instrument.

The engine translates every message at the moment it happens, so this is quick, never raises, and has no opinion about
time: the events carry frame 0 and the engine places them. Meanings that no table changes follow the MIDI 1.0 standard:
a note-on with velocity 0 is a note-off; CC 120…127 are channel mode messages; RPN 0 is the reach of the bend wheel;
CC 121 resets as RP-015 says. CC 126 and 127 play one note at a time and many, CC 68 slides from one to the next in the
time that CC 5 says, and CC 65 switches that. Volume (CC 7) and expression (CC 11) follow its 40·log10 curve and turn
the whole mix; volume 100, where MIDI instruments stand when switched on, is 0 dB. A program change sends its part to a
preset of the model, if it has so many.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, PARTS, Event, Kind
from runtime.mapping_table import (
    BEND_RANGE_LIMIT_SEMITONES,
    DEFAULT_ROUTES,
    PRESSED,
    TARGETS,
    MappingTable,
    Route,
    Target,
)

__all__ = ["Mapper", "MappingTable", "unknown_targets"]

_NOTE_OFF, _NOTE_ON, _KEY_PRESSURE, _CONTROL, _PROGRAM, _PRESSURE, _BEND = range(8, 15)
_VOLUME, _EXPRESSION = 7, 11
_DATA_MSB, _DATA_LSB, _NRPN_LSB, _NRPN_MSB, _RPN_LSB, _RPN_MSB = 6, 38, 98, 99, 100, 101
_ALL_SOUND_OFF, _RESET, _LOCAL, _ALL_NOTES_OFF = 120, 121, 122, 123
_VOLUME_AT_START, _EXPRESSION_AT_START = 100, 127
_NO_PARAMETER = (127, 127)
_PORTAMENTO_TIME, _PORTAMENTO_SWITCH, _LEGATO, _MONO, _POLY = 5, 65, 68, 126, 127
_PORTAMENTO_TIME_AT_START: Final = 48
_SHORTEST_SLIDE_SECONDS, _SLIDE_RANGE = 0.01, 300.0
"""Portamento times 1…127 are 10 ms to 3 s, in equal ratios; the standard leaves that to the instrument."""

_KINDS: Final = {
    "axis": Kind.AXIS,
    "latent": Kind.LATENT_DIMENSION,
    "gain": Kind.GAIN,
    "glide": Kind.GLIDE,
    "variation": Kind.VARIATION,
    "bend": Kind.BEND,
    "pressure": Kind.PRESSURE,
    "slide": Kind.SLIDE,
    "mode": Kind.PLAY_MODE,
    "portamento": Kind.PORTAMENTO,
    "unison": Kind.UNISON,
    "spread": Kind.UNISON_SPREAD,
    "width": Kind.UNISON_WIDTH,
    "sustain": Kind.SUSTAIN,
    "random": Kind.RANDOM,
    "capture": Kind.CAPTURE,
    "all notes off": Kind.ALL_NOTES_OFF,
    "all sound off": Kind.ALL_SOUND_OFF,
}
_OF_ALL_PARTS: Final = frozenset({"gain", "capture"})
"""There is one mix, and the capture key writes the note played last wherever it was played."""
_IN_MILLISECONDS: Final = frozenset({Kind.GLIDE, Kind.PORTAMENTO})
"""Routes count these in ms, events in seconds."""
_WITHOUT_VALUE: Final = frozenset({Kind.CAPTURE, Kind.ALL_NOTES_OFF, Kind.ALL_SOUND_OFF})


class _Move:
    """A route on one channel of one model, ready to make events. It remembers where its source stood."""

    __slots__ = ("_index", "_is_press", "_kind", "_part", "_route", "_smoothing", "_x")

    def __init__(self, route: Route, index: int, channel: int) -> None:
        kind = route.target.kind
        self._route = route
        self._kind = _KINDS.get(kind)
        self._index = index
        usual_part = ALL_PARTS if kind in _OF_ALL_PARTS else channel
        self._part = usual_part if route.part is None else route.part
        self._is_press = kind in PRESSED
        self._smoothing = () if route.smoothing_seconds is None else (route.smoothing_seconds,)
        self._x = 0.0

    def stand(self, old: "_Move") -> None:
        """Let the source stand where it stood in the table before, so that a button held down presses but once."""
        self._x = old._x

    def moved(self, x: float) -> Event | None:
        """Return what happens when the source has come to ``x`` (0…1)."""
        before, self._x = self._x, x
        # A knob on its way up presses once. A button that sends only its press sends the same value again.
        if self._is_press and not (x >= 0.5 and (before < 0.5 or before == x)):
            return None
        return self.struck(x)

    def struck(self, x: float) -> Event | None:
        """Return what happens when the source is pressed, however softly."""
        kind = self._kind
        if kind is None or self._index < 0:
            return None
        if kind in _WITHOUT_VALUE:
            return Event(kind, part=self._part)
        value = self._route.value(x)
        if kind in _IN_MILLISECONDS:
            value /= 1000
        return Event(kind, part=self._part, index=self._index, value=value, values=self._smoothing)


Moves = dict[tuple[str, int], list[_Move]]
"""What each source of one channel moves, by kind and number."""


class Mapper:
    """Translates the messages of all channels for one model. Use it from one thread."""

    def __init__(self, table: MappingTable, metadata: DecoderMetadata, previous: "Mapper | None" = None) -> None:
        """Prepare a table for a model; ``previous`` hands on what channels have told."""
        self.table: Final = table
        self._presets = tuple(metadata.presets.values())
        self._moves = _compile(table, metadata)
        self._volume, self._expression = _VOLUME_AT_START, _EXPRESSION_AT_START
        self._parameters = [_NO_PARAMETER] * (PARTS + 1)
        self._told_ranges: dict[int, tuple[int, int]] = {}
        self._is_mono, self._is_legato = [False] * (PARTS + 1), [False] * (PARTS + 1)
        # Until the switch is heard of, turning the time is enough: few keyboards have both.
        self._is_sliding = [True] * (PARTS + 1)
        self._portamento_times = [_PORTAMENTO_TIME_AT_START] * (PARTS + 1)
        if previous is not None:
            self.succeed(previous)

    def succeed(self, previous: "Mapper") -> None:
        """Take over what channels have told another mapper: bend ranges, volume, where pressed buttons stand."""
        for moves, old_moves in zip(self._moves, previous._moves, strict=True):
            for source, routes in moves.items():
                for move, old in zip(routes, old_moves.get(source, ()), strict=False):
                    move.stand(old)
        self._volume, self._expression = previous._volume, previous._expression
        self._parameters = list(previous._parameters)
        self._told_ranges = dict(previous._told_ranges)
        self._is_mono, self._is_legato = list(previous._is_mono), list(previous._is_legato)
        self._is_sliding, self._portamento_times = list(previous._is_sliding), list(previous._portamento_times)

    def translate(self, data: bytes) -> list[Event]:
        """Return the events that a raw message of 1 to 3 bytes means, at frame 0; none for what means nothing here."""
        if not data:
            return []
        size, handler = _HANDLERS.get(data[0] >> 4, (0, None))
        if handler is None or len(data) != size or max(data[1:]) > 127:
            return []
        return handler(self, (data[0] & 15) + 1, data[1], data[2] if size == 3 else 0)

    # Keys -------------------------------------------------------------------------------------------------------

    def _note_on(self, channel: int, note: int, velocity: int) -> list[Event]:
        if velocity == 0:
            return self._note_off(channel, note, 0)
        moves = self._moves[channel].get(("note", note))
        if moves is not None:
            return [event for move in moves if (event := move.struck(velocity / 127))]
        return [Event(Kind.NOTE_ON, part=channel, note=note, value=self.table.velocity.value(velocity / 127))]

    def _note_off(self, channel: int, note: int, velocity: int) -> list[Event]:
        # Also for a key that moves something: it may have begun a note under the table before.
        return [Event(Kind.NOTE_OFF, part=channel, note=note)]

    def _key_pressure(self, channel: int, note: int, value: int) -> list[Event]:
        """Pressure of one key counts as that of its channel: most keyboards send only one of the two."""
        return self._pressure(channel, value, 0)

    def _program(self, channel: int, number: int, _: int) -> list[Event]:
        if number >= len(self._presets):
            return []
        return [Event(Kind.LATENT, part=channel, values=self._presets[number])]

    # Controllers ------------------------------------------------------------------------------------------------

    def _pressure(self, channel: int, value: int, _: int) -> list[Event]:
        moves = self._moves[channel].get(("pressure", 0), ())
        return [event for move in moves if (event := move.moved(value / 127))]

    def _bend(self, channel: int, low: int, high: int) -> list[Event]:
        steps = (low | high << 7) - 8192
        bend = steps / (8191 if steps > 0 else 8192)
        moves = self._moves[channel].get(("bend", 0))
        if moves is not None:
            return [event for move in moves if (event := move.moved((bend + 1) / 2))]
        return [Event(Kind.BEND, part=channel, value=bend * self._bend_range(channel))]

    def _control(self, channel: int, number: int, value: int) -> list[Event]:
        moves = self._moves[channel].get(("cc", number))
        if moves is not None:
            return [event for move in moves if (event := move.moved(value / 127))]
        if number in (_VOLUME, _EXPRESSION):
            return self._turn_volume(number, value)
        if number in (_PORTAMENTO_TIME, _PORTAMENTO_SWITCH):
            return self._slide_time(channel, number, value)
        if number == _LEGATO:
            self._is_legato[channel] = value >= 64
            return [self._mode(channel)]
        if number >= _ALL_SOUND_OFF:
            return self._channel_mode(channel, number)
        self._parameter(channel, number, value)
        return []

    def _turn_volume(self, number: int, value: int) -> list[Event]:
        if number == _VOLUME:
            self._volume = value
        else:
            self._expression = value
        level = self._volume / _VOLUME_AT_START * self._expression / _EXPRESSION_AT_START
        span = TARGETS["gain"]
        gain_db = 40 * math.log10(level) if level > 0 else span.lowest
        return [Event(Kind.GAIN, part=ALL_PARTS, value=min(max(gain_db, span.lowest), span.highest))]

    def _channel_mode(self, channel: int, number: int) -> list[Event]:
        if number == _ALL_SOUND_OFF:
            return [Event(Kind.ALL_SOUND_OFF, part=channel)]
        if number == _RESET:
            self._parameters[channel] = _NO_PARAMETER
            events = [Event(kind, part=channel) for kind in (Kind.SUSTAIN, Kind.BEND, Kind.PRESSURE)]
            if self._expression != _EXPRESSION_AT_START:
                events += self._turn_volume(_EXPRESSION, _EXPRESSION_AT_START)
            return events
        if number == _LOCAL:
            return []
        # The four that follow (omni and mono, on and off) imply it.
        ended = Event(Kind.ALL_NOTES_OFF, part=channel)
        if number not in (_MONO, _POLY):
            return [ended]
        self._is_mono[channel] = number == _MONO
        self._is_legato[channel] = self._is_legato[channel] and number == _MONO
        return [ended, self._mode(channel)]

    def _mode(self, channel: int) -> Event:
        """Return how many notes a channel plays at a time, as its switches stand."""
        mode = 2.0 if self._is_legato[channel] else float(self._is_mono[channel])
        return Event(Kind.PLAY_MODE, part=channel, value=mode)

    def _slide_time(self, channel: int, number: int, value: int) -> list[Event]:
        if number == _PORTAMENTO_TIME:
            self._portamento_times[channel] = value
        else:
            self._is_sliding[channel] = value >= 64
        time = self._portamento_times[channel] if self._is_sliding[channel] else 0
        seconds = _SHORTEST_SLIDE_SECONDS * _SLIDE_RANGE ** ((time - 1) / 126) if time else 0.0
        return [Event(Kind.PORTAMENTO, part=channel, value=seconds)]

    def _parameter(self, channel: int, number: int, value: int) -> None:
        """Follow registered parameters, of which only 0 (bend range) means something here."""
        coarse, fine = self._parameters[channel]
        if number == _RPN_MSB:
            self._parameters[channel] = (value, fine)
        elif number == _RPN_LSB:
            self._parameters[channel] = (coarse, value)
        elif number in (_NRPN_MSB, _NRPN_LSB):
            self._parameters[channel] = _NO_PARAMETER
        elif number in (_DATA_MSB, _DATA_LSB) and (coarse, fine) == (0, 0):
            semitones, _ = self._told_ranges.get(channel, (int(self.table.bend_range_semitones), 0))
            self._told_ranges[channel] = (value, 0) if number == _DATA_MSB else (semitones, min(value, 99))

    def _bend_range(self, channel: int) -> float:
        told = self._told_ranges.get(channel)
        if told is None:
            return self.table.bend_range_semitones
        return min(told[0] + told[1] / 100, BEND_RANGE_LIMIT_SEMITONES)


# Plain functions, so that a mapper does not hold itself: nothing may need the garbage collector while it sounds.
_HANDLERS: Final[dict[int, tuple[int, Callable[[Mapper, int, int, int], list[Event]]]]] = {
    _NOTE_OFF: (3, Mapper._note_off),
    _NOTE_ON: (3, Mapper._note_on),
    _KEY_PRESSURE: (3, Mapper._key_pressure),
    _CONTROL: (3, Mapper._control),
    _PROGRAM: (2, Mapper._program),
    _PRESSURE: (2, Mapper._pressure),
    _BEND: (3, Mapper._bend),
}


def unknown_targets(table: MappingTable, metadata: DecoderMetadata) -> list[Target]:
    """Return targets of the table's routes that this model does not have; their routes do nothing."""
    indices = _resolve(table.routes, metadata)
    return [route.target for route, index in zip(table.routes, indices, strict=True) if index < 0]


def _compile(table: MappingTable, metadata: DecoderMetadata) -> list[Moves]:
    """Return the moves of each channel 1…16 (entry 0 stays empty)."""
    claimed = {route.source for route in table.routes}
    routes = list(table.routes)
    if table.defaults:
        # A knob that some channel uses otherwise takes no axis from those that follow.
        routes += [route for route in DEFAULT_ROUTES if route.source not in claimed]
    routes += [Route(source, Target("capture")) for source in table.capture]
    indices = _resolve(routes, metadata)
    channels: list[Moves] = [{} for _ in range(PARTS + 1)]
    for channel in range(1, PARTS + 1):
        own = {(s.kind, s.number) for s in claimed if s.channel == channel}
        for route, index in zip(routes, indices, strict=True):
            source = route.source
            key = (source.kind, source.number)
            if source.channel == channel or (not source.channel and not (route in DEFAULT_ROUTES and key in own)):
                channels[channel].setdefault(key, []).append(_Move(route, index, channel))
    return channels


def _resolve(routes: Sequence[Route], metadata: DecoderMetadata) -> list[int]:
    """Return the index of each route's axis or latent dimension, 0 for other targets, −1 for one that is not there."""
    names = [axis.name for axis in metadata.axes]
    indices = []
    for target in (route.target for route in routes):
        found = 0
        if target.kind == "latent":
            found = target.number - 1 if 1 <= target.number <= metadata.latent_size else -1
        elif target.kind == "axis":
            found = next((names.index(name) for name in target.names if name in names), -1)
        indices.append(found)
    taken = {index for route, index in zip(routes, indices, strict=True) if route.target.kind == "axis"}
    free = iter([index for index in range(len(names)) if index not in taken])
    for position, route in enumerate(routes):
        if route.target.or_free and indices[position] < 0:
            indices[position] = next(free, -1)
    return indices
