"""Raw MIDI messages become events of the instrument.

The engine translates every message at the moment it happens, so this is quick, never raises, and has no opinion about
time: the events carry frame 0 and the engine places them. Meanings that no table changes follow the MIDI 1.0 standard:
a note-on with velocity 0 is a note-off; CC 120…127 are channel mode messages; RPN 0 is the reach of the bend wheel and
RPN 6 sets up MPE's lower zone (:mod:`runtime.mpe_zone`); key pressure is that of its note; CC 121 resets as RP-015
says. CC 126 and 127 play one note at a time and many, CC 68 slides from one to the next in the time that CC 5 says, and
CC 65 switches that. Volume (CC 7) and expression (CC 11) follow its 40·log10 curve and turn the whole mix; volume 100,
where MIDI instruments stand when switched on, is 0 dB. A program change sends its part to a preset, the model's or one
of those that the table holds, if there are so many; banks mean nothing.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, PARTS, Event, Kind
from runtime.mapping_moves import ChannelMoves, channel_moves, member_moves, unknown_targets
from runtime.mapping_table import BEND_RANGE_LIMIT_SEMITONES, TARGETS, MappingTable, ProgramPlace
from runtime.midi_learning import Learning
from runtime.midi_parameters import (
    BEND_RANGE,
    DATA,
    DATA_COARSE,
    DATA_FINE,
    MASTER_CHANNEL,
    MPE_CONFIGURATION,
    Selection,
    is_zone,
)
from runtime.mpe_zone import PART, USUAL_BEND_RANGE_SEMITONES, LowerZone, at_rest

__all__ = ["Mapper", "MappingTable", "unknown_targets"]

_NOTE_OFF, _NOTE_ON, _KEY_PRESSURE, _CONTROL, _PROGRAM, _PRESSURE, _BEND = range(8, 15)
_VOLUME, _EXPRESSION = 7, 11
_SLIDE = 74
_ALL_SOUND_OFF, _RESET, _LOCAL, _ALL_NOTES_OFF = 120, 121, 122, 123
_VOLUME_AT_START, _EXPRESSION_AT_START = 100, 127
_PORTAMENTO_TIME, _PORTAMENTO_SWITCH, _LEGATO, _MONO, _POLY = 5, 65, 68, 126, 127
_PORTAMENTO_TIME_AT_START: Final = 48
_SHORTEST_SLIDE_SECONDS, _SLIDE_RANGE = 0.01, 300.0
"""Portamento times 1…127 are 10 ms to 3 s, in equal ratios; the standard leaves that to the instrument."""
_MEMBERS: Final = 0
"""In the place of a channel: all member channels of MPE's zone, whose wheels have one reach."""


class Mapper:
    """Translates the messages of all channels for one model. Use it from one thread."""

    def __init__(self, table: MappingTable, metadata: DecoderMetadata, previous: "Mapper | None" = None) -> None:
        """Prepare a table for a model; ``previous`` hands on what channels have told."""
        self.table: Final = table
        self._programs = _programs(table, metadata)
        self._moves = channel_moves(table, metadata)
        self._member_moves = member_moves(table, metadata, PART)
        self._zone = LowerZone(table.mpe_members)
        self._told_members: int | None = None
        self._learning: Learning | None = None
        self._volume, self._expression = _VOLUME_AT_START, _EXPRESSION_AT_START
        self._selections = [Selection() for _ in range(PARTS + 1)]
        self._told_ranges: dict[int, tuple[int, int]] = {}
        """Reach of each channel's wheel in semitones and cents, and under ``_MEMBERS`` that of all of MPE's."""
        self._expressed = [0] * (PARTS + 1)
        """Keys of each part, one bit for each, that have been told of bend, pressure or slide of their own."""
        self._is_mono, self._is_legato = [False] * (PARTS + 1), [False] * (PARTS + 1)
        # Until the switch is heard of, turning the time is enough: few keyboards have both.
        self._is_sliding = [True] * (PARTS + 1)
        self._portamento_times = [_PORTAMENTO_TIME_AT_START] * (PARTS + 1)
        if previous is not None:
            self.succeed(previous)

    def succeed(self, previous: "Mapper") -> None:
        """Take over what channels have told another mapper: bend ranges, volume, MPE, where pressed buttons stand."""
        for own, old in zip((self._moves, self._member_moves), (previous._moves, previous._member_moves), strict=True):
            for moves, old_moves in zip(own, old, strict=True):
                moves.succeed(old_moves)
        self._zone.succeed(previous._zone)
        self._told_members = previous._told_members
        if self._told_members is not None:
            self._zone.members = self._told_members
        self._learning = previous._learning
        self._volume, self._expression = previous._volume, previous._expression
        self._selections = [Selection(selection.parameter) for selection in previous._selections]
        self._told_ranges = dict(previous._told_ranges)
        self._expressed = list(previous._expressed)
        self._is_mono, self._is_legato = list(previous._is_mono), list(previous._is_legato)
        self._is_sliding, self._portamento_times = list(previous._is_sliding), list(previous._portamento_times)

    def learn(self, is_learning: bool) -> None:
        """Say from now on with HEARD events which controls are moved, from none on; or say it no more."""
        self._learning = Learning() if is_learning else None

    def translate(self, data: bytes) -> list[Event]:
        """Return the events that a raw message of 1 to 3 bytes means, at frame 0; none for what means nothing here."""
        if not data:
            return []
        size, handler = _HANDLERS.get(data[0] >> 4, (0, None))
        if handler is None or len(data) != size or max(data[1:]) > 127:
            return []
        channel = (data[0] & 15) + 1
        events = handler(self, channel, data[1], data[2] if size == 3 else 0)
        if self._learning is not None:
            is_member = self._zone.is_member(channel)
            events = [*events, *self._learning.heard(data, self._selections[channel], is_member)]
        return events

    # Keys -------------------------------------------------------------------------------------------------------

    def _note_on(self, channel: int, note: int, velocity: int) -> list[Event]:
        if velocity == 0:
            return self._note_off(channel, note, 0)
        is_of_zone = self._zone.covers(channel)
        moved = self._moves[PART if is_of_zone else channel].struck(note, velocity / 127)
        if moved is not None:
            return moved
        loudness = self.table.velocity.value(velocity / 127)
        if is_of_zone:
            self._expressed[PART] |= 1 << note
            return self._zone.strike(channel, note, loudness, self._bend_range(_MEMBERS))
        return [*self._rested(channel, note), Event(Kind.NOTE_ON, part=channel, note=note, value=loudness)]

    def _rested(self, part: int, note: int) -> list[Event]:
        """Return what lets a key forget the expression of its last note: a new one owes nothing to it."""
        if not self._expressed[part] >> note & 1:
            return []
        self._expressed[part] &= ~(1 << note)
        return at_rest(part, note)

    def _note_off(self, channel: int, note: int, velocity: int) -> list[Event]:
        # Also for a key that moves something, and one that the zone does not hold: it may have begun a note under the
        # table before.
        ended = self._zone.release(channel, note)
        return [Event(Kind.NOTE_OFF, part=channel, note=note)] if ended is None else ended

    def _key_pressure(self, channel: int, note: int, value: int) -> list[Event]:
        part = PART if self._zone.covers(channel) else channel
        self._expressed[part] |= 1 << note
        return [Event(Kind.NOTE_PRESSURE, part=part, note=note, value=value / 127)]

    def _program(self, channel: int, number: int, _: int) -> list[Event]:
        if number >= len(self._programs) or self._zone.is_member(channel):
            return []
        return [replace(event, part=channel) for event in self._programs[number]]

    # Controllers ------------------------------------------------------------------------------------------------

    def _pressure(self, channel: int, value: int, _: int) -> list[Event]:
        if self._zone.is_member(channel):
            return self._zone.press(channel, value / 127)
        return self._moves[channel].moved("pressure", 0, value / 127) or []

    def _bend(self, channel: int, low: int, high: int) -> list[Event]:
        steps = (low | high << 7) - 8192
        bend = steps / (8191 if steps > 0 else 8192)
        if self._zone.is_member(channel):
            return self._zone.bend(channel, bend, self._bend_range(_MEMBERS))
        moved = self._moves[channel].moved("bend", 0, (bend + 1) / 2)
        if moved is not None:
            return moved
        return [Event(Kind.BEND, part=channel, value=bend * self._bend_range(channel))]

    def _control(self, channel: int, number: int, value: int) -> list[Event]:
        if self._zone.is_member(channel):
            return self._member_control(channel, number, value)
        moved = self._moves[channel].controlled(number, value)
        if moved is not None:
            return moved
        if number in (_VOLUME, _EXPRESSION):
            return self._turn_volume(number, value)
        if number in (_PORTAMENTO_TIME, _PORTAMENTO_SWITCH):
            return self._slide_time(channel, number, value)
        if number == _LEGATO:
            self._is_legato[channel] = value >= 64
            return [self._mode(channel)]
        if number >= _ALL_SOUND_OFF:
            return self._channel_mode(channel, number)
        return self._parameter(channel, number, value, self._moves[channel])

    def _member_control(self, channel: int, number: int, value: int) -> list[Event]:
        """Take a controller of one of the zone's notes. What concerns the whole part comes on the master channel."""
        if number == _SLIDE:
            return self._zone.slide(channel, value)
        moved = self._member_moves[channel].controlled(number, value)
        if moved is not None:
            return moved
        if number == _RESET:
            self._selections[channel] = Selection()
            return self._zone.reset(channel)
        if number == _ALL_SOUND_OFF or number >= _ALL_NOTES_OFF:
            return self._zone.release_all(channel)
        return self._parameter(channel, number, value, self._member_moves[channel])

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
        if channel == MASTER_CHANNEL and number not in (_RESET, _LOCAL):
            self._zone.forget_keys()
        if number == _ALL_SOUND_OFF:
            return [Event(Kind.ALL_SOUND_OFF, part=channel)]
        if number == _RESET:
            self._selections[channel] = Selection()
            events = [Event(kind, part=channel) for kind in (Kind.SUSTAIN, Kind.BEND, Kind.PRESSURE)]
            if not self._zone.covers(channel):
                events += [event for note in range(128) for event in self._rested(channel, note)]
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

    def _parameter(self, channel: int, number: int, value: int, moves: ChannelMoves) -> list[Event]:
        """Follow which parameter is selected; its data mean a bend range, MPE's zone, or what a route says."""
        selection = self._selections[channel]
        selection.hear(number, value)
        if number not in DATA:
            return []
        if selection.nrpn is not None:
            return moves.entered(selection.nrpn, number, value)
        if selection.parameter == BEND_RANGE and number in (DATA_COARSE, DATA_FINE):
            return self._tell_range(channel, number, value)
        is_configuration = selection.parameter == MPE_CONFIGURATION and number == DATA_COARSE
        return self._tell_zone(value) if is_configuration and is_zone(channel, value) else []

    def _tell_range(self, channel: int, number: int, value: int) -> list[Event]:
        is_member = self._zone.is_member(channel)
        wheel = _MEMBERS if is_member else channel
        semitones, _ = self._told_ranges.get(wheel, (int(self._bend_range(wheel)), 0))
        self._told_ranges[wheel] = (value, 0) if number == DATA_COARSE else (semitones, min(value, 99))
        return self._zone.bend_again(self._bend_range(_MEMBERS)) if is_member else []

    def _tell_zone(self, members: int) -> list[Event]:
        """Set up MPE's zone anew: as its message says, wheels have their usual reach again."""
        self._told_members = members
        for wheel in (_MEMBERS, *range(MASTER_CHANNEL, MASTER_CHANNEL + max(members, self._zone.members) + 1)):
            self._told_ranges.pop(wheel, None)
        return self._zone.resize(members)

    def _bend_range(self, wheel: int) -> float:
        told = self._told_ranges.get(wheel)
        if told is None:
            return USUAL_BEND_RANGE_SEMITONES if wheel == _MEMBERS else self.table.bend_range_semitones
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


def _programs(table: MappingTable, metadata: DecoderMetadata) -> list[list[Event]]:
    """Return what each program change does, for a part that is not known yet; nothing where the model is another."""
    if not table.program_changes:
        return []
    places = table.programs
    if places is None:
        places = tuple(ProgramPlace(latent) for latent in metadata.presets.values())
    return [_program_events(place, metadata) for place in places]


def _program_events(place: ProgramPlace, metadata: DecoderMetadata) -> list[Event]:
    if len(place.latent) != metadata.latent_size:
        return []
    axes = [(index, position) for index, position in place.axes if index < len(metadata.axes)]
    return [
        Event(Kind.LATENT, values=place.latent),
        *(Event(Kind.AXIS, index=index, value=position) for index, position in axes),
    ]
