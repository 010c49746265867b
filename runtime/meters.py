"""What the sound side counts, in shared memory: it never prints, the interface shows the numbers.

Each number has one writer, named beside it.
"""

from enum import IntEnum
from typing import Final


class Meter(IntEnum):
    """Place of each number; all are counts since the start unless their name says otherwise."""

    LATE_BLOCKS = 0
    """Output: blocks that were silence because the engine was not done."""
    DROPPED_AT_OUTPUT = 1
    """Output: events from JACK that the engine did not take in time."""
    OUTPUT_TAKEN_NS = 2
    """Output: ``perf_counter_ns`` when it last took a block; its age tells a dead device."""
    LATE_EVENTS = 3
    """Engine: events that came after their time and happened at once."""
    DROPPED_ECHOES = 4
    """Engine: echoes that the interface did not take in time; the log has a hole."""
    BAD_VOICES = 5
    """Engine: voices silenced because their decoder gave something that is not sound."""
    STOLEN_VOICES = 6
    """Engine: voices cut short because a new note needed one."""
    LOAD_PERMILLE = 7
    """Engine: rendering time per block time, smoothed over a second."""
    WORST_PERMILLE = 8
    """Engine: the same for the worst block so far."""
    ENGINE_NS = 9
    """Engine: ``perf_counter_ns`` of its last round: what came later it has not heard."""
    DROPPED_IN_ENGINE = 10
    """Engine: events that found its queue full."""
    BAD_EVENTS = 11
    """Engine: events that mean nothing to this model."""
    ENGINE_ROUNDS = 12
    """Engine: rounds and blocks it has been through; one that stands still is stuck, however long a second is."""
    ENGINE_FRAME = 13
    """Engine: frames it has rendered, as the log counts them."""

    PEAK_LEFT = 14
    """Engine: level of the mix as a meter shows it, in hundredths of a dB below full scale; not a count."""
    PEAK_RIGHT = 15
    """Engine: the same of the other channel."""
    REDUCTION = 16
    """Engine: hundredths of a dB that the limiter takes off; not a count."""
    MIDI_MESSAGES = 17
    """Engine: MIDI messages that have come, those of a clock left out."""


MOST_MOVED_AXES: Final = 64
_COUNT_BYTES: Final = 8 * len(Meter)
METER_BYTES: Final = _COUNT_BYTES + 4 * MOST_MOVED_AXES
UNMOVED: Final = -1.0
"""Stands in the place of an axis that nothing moves."""


class Meters:
    """A view of ``METER_BYTES`` of shared memory."""

    def __init__(self, memory: memoryview) -> None:
        self._numbers = memory[:_COUNT_BYTES].cast("q")
        self.moved_axes = memory[_COUNT_BYTES:METER_BYTES].cast("f")
        """Engine: where motion has taken each axis of part 1, 0…1 of its way; UNMOVED from the first on if nothing
        moves any."""

    def __getitem__(self, meter: Meter) -> int:
        return self._numbers[meter]

    def __setitem__(self, meter: Meter, value: int) -> None:
        self._numbers[meter] = value
