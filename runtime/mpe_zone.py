"""MPE's lower zone: channel 1 speaks for all its notes, and each of the channels after it for the notes it plays.

As in MIDI Polyphonic Expression (MIDI Association, versions 1.0 and 1.1). To the engine every note is a key of
part 1. A member channel's bend, pressure and controller 74 become bend, pressure and slide of the keys that it holds,
or wait for the key that it plays next. What was a note's at its note-off stays with it while it dies away: by then
the channel's controls may be on their way to its next note.
"""

from collections.abc import Iterator
from typing import Final

from runtime.events import PARTS, Event, Kind
from runtime.midi_parameters import MASTER_CHANNEL

PART: Final = 1
"""The part that the zone's notes play."""
USUAL_BEND_RANGE_SEMITONES: Final = 48.0
"""Reach of a member channel's bend either way, until RPN 0 says otherwise."""
_KEYS: Final = 128
_SLIDE_AT_REST: Final = 64


def slide_position(value: int) -> float:
    """Return where controller 74 at 0…127 is within 0…1: its 64, where a finger lands, is exactly the middle."""
    return value / (2 * _SLIDE_AT_REST) if value <= _SLIDE_AT_REST else 0.5 + (value - _SLIDE_AT_REST) / 126


def at_rest(part: int, note: int) -> list[Event]:
    """Return what takes bend, pressure and slide of its own from a key."""
    return _expression(part, note, 0.0, 0.0, slide_position(_SLIDE_AT_REST))


def _expression(part: int, note: int, bend_semitones: float, pressure: float, slide: float) -> list[Event]:
    return [
        Event(Kind.NOTE_BEND, part=part, note=note, value=bend_semitones),
        Event(Kind.NOTE_PRESSURE, part=part, note=note, value=pressure),
        Event(Kind.NOTE_SLIDE, part=part, note=note, value=slide),
    ]


class LowerZone:
    """Which channel plays which key, and where the controls of the member channels stand."""

    def __init__(self, members: int) -> None:
        self.members = members
        """Channels 2 to this + 1 are members; 0 is no zone."""
        self._players = [0] * _KEYS
        """The channel that plays each key: the one that struck it last."""
        self._held = [0] * (PARTS + 1)
        """The keys that each channel of the zone holds, one bit for each."""
        self._bends = [0.0] * (PARTS + 1)
        """Of their reach, −1…1: the reach may change."""
        self._pressures, self._slides = [0.0] * (PARTS + 1), [0.5] * (PARTS + 1)

    def is_member(self, channel: int) -> bool:
        """Whether a channel's controls are those of its notes alone."""
        return MASTER_CHANNEL < channel <= MASTER_CHANNEL + self.members

    def covers(self, channel: int) -> bool:
        """Whether a channel's notes play the part of the zone."""
        return self.is_member(channel) or (channel == MASTER_CHANNEL and self.members > 0)

    def resize(self, members: int) -> list[Event]:
        """Have so many members from now on; their controls go to rest, and all notes of the channels concerned end."""
        concerned = range(MASTER_CHANNEL, MASTER_CHANNEL + max(members, self.members) + 1)
        if members == self.members:
            return []
        self.members = members
        self._bends = [0.0] * (PARTS + 1)
        self._pressures, self._slides = [0.0] * (PARTS + 1), [0.5] * (PARTS + 1)
        self.forget_keys()
        return [Event(Kind.ALL_NOTES_OFF, part=part) for part in concerned]

    def forget_keys(self) -> None:
        """Take every key of the zone for let go."""
        self._players = [0] * _KEYS
        self._held = [0] * (PARTS + 1)

    def succeed(self, previous: "LowerZone") -> None:
        """Take over which keys are held and where controls stand. How many members there are is not taken over."""
        self._players, self._held = list(previous._players), list(previous._held)
        self._bends = list(previous._bends)
        self._pressures, self._slides = list(previous._pressures), list(previous._slides)

    # Notes ------------------------------------------------------------------------------------------------------

    def strike(self, channel: int, note: int, velocity: float, bend_range: float) -> list[Event]:
        """Return a note and, before it, where its channel's controls stand (those of the master are at rest)."""
        self._players[note] = channel
        self._held[channel] |= 1 << note
        bend, pressure, slide = self._bends[channel] * bend_range, self._pressures[channel], self._slides[channel]
        struck = Event(Kind.NOTE_ON, part=PART, note=note, value=velocity)
        return [*_expression(PART, note, bend, pressure, slide), struck]

    def release(self, channel: int, note: int) -> list[Event] | None:
        """Return the end of a note, nothing if another channel has struck the key since; None if it is not held."""
        if not self._held[channel] >> note & 1:
            return None
        self._held[channel] &= ~(1 << note)
        if self._players[note] != channel:
            return []
        self._players[note] = 0
        return [Event(Kind.NOTE_OFF, part=PART, note=note)]

    def release_all(self, channel: int) -> list[Event]:
        """Return the end of every note that a channel holds."""
        return [event for note in _keys(self._held[channel]) for event in self.release(channel, note) or ()]

    # Controls of a member channel -------------------------------------------------------------------------------

    def bend(self, channel: int, bend: float, bend_range: float) -> list[Event]:
        """Take a wheel, −1…1 of its reach in semitones."""
        self._bends[channel] = bend
        return self._of_notes(channel, Kind.NOTE_BEND, bend * bend_range)

    def bend_again(self, bend_range: float) -> list[Event]:
        """Return where all notes are bent to with another reach of the wheels."""
        members = range(MASTER_CHANNEL + 1, MASTER_CHANNEL + self.members + 1)
        return [event for channel in members for event in self.bend(channel, self._bends[channel], bend_range)]

    def press(self, channel: int, pressure: float) -> list[Event]:
        """Take a pressure 0…1."""
        self._pressures[channel] = pressure
        return self._of_notes(channel, Kind.NOTE_PRESSURE, pressure)

    def slide(self, channel: int, value: int) -> list[Event]:
        """Take controller 74, 0…127."""
        self._slides[channel] = slide_position(value)
        return self._of_notes(channel, Kind.NOTE_SLIDE, self._slides[channel])

    def reset(self, channel: int) -> list[Event]:
        """Let a channel's controls go to rest."""
        return [*self.bend(channel, 0.0, 0.0), *self.press(channel, 0.0), *self.slide(channel, _SLIDE_AT_REST)]

    def _of_notes(self, channel: int, kind: Kind, value: float) -> list[Event]:
        players = self._players
        return [
            Event(kind, part=PART, note=note, value=value)
            for note in _keys(self._held[channel])
            if players[note] == channel
        ]


def _keys(bits: int) -> Iterator[int]:
    """Yield the keys whose bits are set. Fingers send a thousand messages a second: no look at all 128."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
