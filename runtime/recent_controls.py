"""The controls that were moved last, in order: what an engine that died may have taken with it unheard.

Notes are left out: one that comes a second late is worse than none. Of each control only the last move is kept, so
the memory is bounded however long it goes on.
"""

from typing import Final

from runtime.events import HOW_KEYS_PLAY, OF_ONE_NOTE, OF_ONE_SPACE, Event, Kind, midi_bytes

CONTROLS: Final = frozenset(
    {
        Kind.SUSTAIN,
        Kind.BEND,
        Kind.PRESSURE,
        Kind.SLIDE,
        Kind.LATENT,
        Kind.LATENT_DIMENSION,
        Kind.AXIS,
        Kind.KEY_LATENT,
        Kind.GLIDE,
        Kind.GAIN,
        Kind.VARIATION,
        Kind.MOTION,
        Kind.TEMPO,
        Kind.CHOKE,
        *OF_ONE_NOTE,
        *HOW_KEYS_PLAY,
        Kind.ALL_NOTES_OFF,
    }
)
"""Kinds of event that leave a control somewhere."""
_KEY_PRESSURE, _CONTROL, _PROGRAM, _PRESSURE, _BEND = 0xA, 0xB, 0xC, 0xD, 0xE
_Key = tuple[int, int, int, int, bool]


class RecentControls:
    """Last moves by control. Use it from one thread, or lock."""

    def __init__(self) -> None:
        self._moves: dict[_Key, tuple[int, Event]] = {}

    def keep(self, event: Event, ns: int) -> bool:
        """Remember an event that came at ``ns`` if it moves a control; all else is passed over. Return which it was."""
        key = _key(event)
        if key is None:
            return False
        # Taken out first, so that the order is that of the moves.
        self._moves.pop(key, None)
        self._moves[key] = (ns, event)
        return True

    def forget_places(self) -> None:
        """Forget where parts were sent in a latent space that is played no more."""
        self._moves = {key: move for key, move in self._moves.items() if not _is_place(move[1])}

    def since(self, ns: int) -> list[Event]:
        """Return the last move of every control that has been moved since ``ns``, in the order of the moves."""
        return [event for moved_ns, event in self._moves.values() if moved_ns >= ns]


def _key(event: Event) -> _Key | None:
    if event.kind in CONTROLS:
        # An amount alone leaves a motion the numbers that it was told before.
        return event.kind, event.part, event.note, event.index, event.kind is Kind.MOTION and bool(event.values)
    if event.kind is not Kind.MIDI:
        return None
    status, first, _ = midi_bytes(event).ljust(3, b"\0")[:3]
    if status >> 4 in (_KEY_PRESSURE, _CONTROL):
        return Kind.MIDI, status, first, 0, False
    return (Kind.MIDI, status, 0, 0, False) if status >> 4 in (_PROGRAM, _PRESSURE, _BEND) else None


def _is_place(event: Event) -> bool:
    """Whether an event means a place of one model: a program change is a preset."""
    return event.kind in OF_ONE_SPACE or (event.kind is Kind.MIDI and midi_bytes(event)[0] >> 4 == _PROGRAM)
