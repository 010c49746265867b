"""What the engine counts instead of printing or raising; the interface shows it."""

from dataclasses import dataclass
from enum import IntEnum


class Problem(IntEnum):
    """Codes of what went wrong, as PROBLEM records carry them."""

    LATE_EVENT = 1
    DROPPED_EVENT = 2
    BAD_EVENT = 3
    STOLEN_VOICE = 4
    BAD_VOICE = 5
    BAD_MIX = 6


@dataclass(slots=True)
class Statistics:
    """Counters since the engine began."""

    late_events: int = 0
    """Events whose frame had passed; they happened at once."""
    dropped_events: int = 0
    """Events that found the queue full."""
    bad_events: int = 0
    """Events that made no sense to this model: a wrong length, an unknown axis, a value that is not finite."""
    notes: int = 0
    stolen_voices: int = 0
    bad_voices: int = 0
    """Voices silenced because the decoder's output was not finite or beyond ±4."""
    bad_mixes: int = 0
    """Blocks in which the mix held a value that was not finite; those frames were silenced."""

    def problems(self) -> dict[Problem, int]:
        """Return how often each problem was counted."""
        return {
            Problem.LATE_EVENT: self.late_events,
            Problem.DROPPED_EVENT: self.dropped_events,
            Problem.BAD_EVENT: self.bad_events,
            Problem.STOLEN_VOICE: self.stolen_voices,
            Problem.BAD_VOICE: self.bad_voices,
            Problem.BAD_MIX: self.bad_mixes,
        }
