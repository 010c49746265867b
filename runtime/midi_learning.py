"""Which controls somebody moves, so that one can be given a target by moving it.

A control counts once it has moved notably: three values, or a sixteenth of the way. One that rests, or that trembles
between two values, does not; it may move further to be heard of again. Of a key every stroke counts.
"""

from dataclasses import dataclass, field
from typing import Final

from runtime.events import PARTS, Event, Kind
from runtime.mapping_table import FINE_CONTROLLERS, HIGHEST_CC, SOURCE_KINDS, SourceKind
from runtime.midi_parameters import (
    DATA,
    DATA_DOWN,
    DATA_FINE,
    DATA_UP,
    MASTER_CHANNEL,
    NO_PARAMETER,
    SELECTION,
    Selection,
)

_NOTE_ON, _CONTROL, _PRESSURE, _BEND = 0x9, 0xB, 0xD, 0xE
_SLIDE: Final = 74
_VALUES: Final = 3
_TRAVEL: Final = 8
_PAIRS: Final = 2
"""So often the two halves of a fine controller have to come one after the other."""


@dataclass(slots=True)
class _Movement:
    """Values of one control since it was last reported: the first two that differ, and their span."""

    values: tuple[int, ...] = ()
    lowest: int = 127
    highest: int = 0

    def is_notable(self, value: int) -> bool:
        """Take a value 0…127, and begin anew once it is."""
        self.lowest, self.highest = min(self.lowest, value), max(self.highest, value)
        if value not in self.values:
            self.values = (*self.values, value)
        if len(self.values) < _VALUES and self.highest - self.lowest < _TRAVEL:
            return False
        self.values, self.lowest, self.highest = (value,), value, value
        return True


@dataclass(slots=True)
class _Channel:
    """What is known of the controls of one channel; no more than it has controls."""

    movements: dict[tuple[SourceKind, int], _Movement] = field(default_factory=dict)
    pairs: dict[int, int] = field(default_factory=dict)
    """How often the halves of each fine controller have come one after the other."""
    last_controller: int = 127
    parameter: int = -1
    """The non-registered parameter that data was entered for last, and where increments have brought it."""
    counter: int = 0


class Learning:
    """Hears raw messages and says which controls were moved, as HEARD events."""

    def __init__(self) -> None:
        self._channels: Final = [_Channel() for _ in range(PARTS + 1)]

    def heard(self, data: bytes, selection: Selection, is_member: bool) -> list[Event]:
        """Return the control that a whole channel message moved notably, if any.

        ``selection`` is the parameter that its channel has selected; a member of MPE's zone speaks for single notes,
        so that only its keys can be given a target, as those of the master channel.
        """
        kind, channel = data[0] >> 4, (data[0] & 15) + 1
        if kind == _NOTE_ON and data[2]:
            return [_heard(MASTER_CHANNEL if is_member else channel, "note", data[1])]
        if kind == _CONTROL and not (is_member and data[1] == _SLIDE):
            return self._controlled(channel, data[1], data[2], selection)
        if is_member:
            return []
        if kind == _PRESSURE:
            return self._moved(channel, "pressure", 0, data[1])
        return self._moved(channel, "bend", 0, data[2]) if kind == _BEND else []

    def _controlled(self, channel: int, number: int, value: int, selection: Selection) -> list[Event]:
        state = self._channels[channel]
        if number > HIGHEST_CC or number in SELECTION:
            return []
        if number in DATA and selection.parameter != NO_PARAMETER:
            return self._entered(channel, number, value, selection)
        before, state.last_controller = state.last_controller, number
        coarse = number % FINE_CONTROLLERS
        if number >= 2 * FINE_CONTROLLERS:
            return self._moved(channel, "cc", number, value)
        if abs(number - before) == FINE_CONTROLLERS and before < 2 * FINE_CONTROLLERS:
            state.pairs[coarse] = state.pairs.get(coarse, 0) + 1
        if state.pairs.get(coarse, 0) < _PAIRS:
            return self._moved(channel, "cc", number, value)
        return [_heard(channel, "cc14", coarse)] if self._is_notable(channel, "cc", number, value) else []

    def _entered(self, channel: int, number: int, value: int, selection: Selection) -> list[Event]:
        """Take data for a parameter. Only the last one is followed, so that there is an end to what is remembered."""
        state, parameter = self._channels[channel], selection.nrpn
        if parameter is None:
            return []
        if parameter != state.parameter:
            state.movements.pop(("nrpn", 0), None)
            state.movements.pop(("nrpn", 1), None)
            state.parameter, state.counter = parameter, 64
        if number in (DATA_UP, DATA_DOWN):
            state.counter = min(max(state.counter + (1 if number == DATA_UP else -1), 0), 127)
            value = state.counter
        half = int(number == DATA_FINE)
        return [_heard(channel, "nrpn", parameter)] if self._is_notable(channel, "nrpn", half, value) else []

    def _moved(self, channel: int, kind: SourceKind, number: int, value: int) -> list[Event]:
        return [_heard(channel, kind, number)] if self._is_notable(channel, kind, number, value) else []

    def _is_notable(self, channel: int, kind: SourceKind, number: int, value: int) -> bool:
        return self._channels[channel].movements.setdefault((kind, number), _Movement()).is_notable(value)


def _heard(channel: int, kind: SourceKind, number: int) -> Event:
    return Event(Kind.HEARD, part=channel, note=SOURCE_KINDS.index(kind), index=number)
