"""How long the constant delay must be: the fewest whole blocks in which the worst block is sure to be ready.

The worst block is the one in which every voice begins a note and decodes a hop. It is measured at the start, paced as
a sound card calls (caches cool between two blocks, which makes a small model several times dearer than a tight loop).

A start should take less than two seconds, so there is time for some twenty worst blocks, not for the thousands that a
99.9th percentile needs. It is therefore estimated from the median and the median deviation, as if the costs were
normally distributed; both ignore the odd block in which the machine did something else. What counts is the time that
the thread itself ran: on a busy machine another program's time slice says nothing about this model. That the block
fits in 60 % of its time, rather than in all of it, is the allowance for what this leaves out.
"""

import statistics
import time
from collections.abc import Sequence
from typing import Any, Final, Protocol

from runtime.engine.rate_conversion import RateConversion, rate_conversion
from runtime.events import ALL_PARTS, Event, Kind

ALLOWED_SHARE: Final = 0.6
"""The worst block may take this share of the delay."""
MOST_BLOCKS: Final = 16
_ROUNDS: Final = 20
_MOST_SECONDS: Final = 0.4
_BLOCKS_PER_ROUND: Final = 3
_MOST_FADE_BLOCKS: Final = 1000
_DEVIATIONS: Final = 3.09
"""Quantile of the normal distribution at 99.9 %."""
_NORMAL_DEVIATION: Final = 1.4826
"""Standard deviation of a normal distribution in units of its median absolute deviation."""
_FIRST_NOTE: Final = 36


class Renders(Protocol):
    """What is measured: an engine."""

    @property
    def frame(self) -> int:
        """The first frame that has not been rendered."""
        ...

    @property
    def idle(self) -> bool:
        """Whether nothing sounds any more."""
        ...

    def post(self, event: Event) -> None:
        """Take an event at a frame."""
        ...

    def render(self, frames: int) -> Any:
        """Render the next frames."""
        ...


class ConvertedEngine:
    """An engine and the conversion to the output's rate behind it: both have to fit into a block."""

    def __init__(self, engine: Renders, conversion: RateConversion) -> None:
        self._engine, self._conversion = engine, conversion

    @property
    def frame(self) -> int:
        """See :class:`Renders`."""
        return self._engine.frame

    @property
    def idle(self) -> bool:
        """See :class:`Renders`."""
        return self._engine.idle

    def post(self, event: Event) -> None:
        """See :class:`Renders`."""
        self._engine.post(event)

    def render(self, frames: int) -> Any:
        """See :class:`Renders`."""
        return self._conversion.convert(self._engine.render(frames))


def needed_blocks(engine: Renders, voices: int, block_frames: int, output_rate: int, sample_rate: int) -> int:
    """Return how many blocks of ``block_frames`` at ``output_rate`` the delay of this model needs here.

    The engine renders at ``sample_rate``; where the rates differ, what is measured converts as well. The engine must
    not be heard, see :func:`worst_blocks_seconds`.
    """
    conversion = rate_conversion(sample_rate, output_rate)
    measured = engine if conversion is None else ConvertedEngine(engine, conversion)
    engine_frames = -(-block_frames * sample_rate // output_rate)
    costs = worst_blocks_seconds(measured, voices, engine_frames, sample_rate)
    return fewest_blocks(likely_worst_seconds(costs), block_frames / output_rate)


def worst_blocks_seconds(engine: Renders, voices: int, block_frames: int, sample_rate: int) -> list[float]:
    """Return the cost in seconds of some blocks in which all voices begin together.

    The engine must not be heard: it plays chords, ends them, and is left silent.
    """
    costs: list[float] = []
    period = block_frames / sample_rate
    end = time.perf_counter() + _MOST_SECONDS
    while len(costs) < _ROUNDS and (len(costs) < 3 or time.perf_counter() < end):
        for key in range(voices):
            engine.post(Event(Kind.NOTE_ON, engine.frame, note=_FIRST_NOTE + key, value=1.0))
        # A note that begins now decodes its hop now, or in the next block when it begins at its very end.
        costs.append(max(_paced(engine, block_frames, period) for _ in range(_BLOCKS_PER_ROUND)))
        engine.post(Event(Kind.ALL_SOUND_OFF, engine.frame, part=ALL_PARTS))
        for _ in range(_MOST_FADE_BLOCKS):
            # The next chord is to find its voices free.
            engine.render(block_frames)
            if engine.idle:
                break
        time.sleep(period)
    return costs


def likely_worst_seconds(costs: Sequence[float]) -> float:
    """Estimate the 99.9th percentile of few measurements, robust against single outliers."""
    middle = statistics.median(costs)
    deviation = _NORMAL_DEVIATION * statistics.median(abs(cost - middle) for cost in costs)
    return middle + _DEVIATIONS * deviation


def fewest_blocks(worst_seconds: float, block_seconds: float) -> int:
    """Return how many whole blocks the delay needs so that the worst block takes at most 60 % of it."""
    needed = -(-worst_seconds // (ALLOWED_SHARE * block_seconds))
    return int(min(max(needed, 1), MOST_BLOCKS))


def _paced(engine: Renders, block_frames: int, period: float) -> float:
    start = time.perf_counter()
    ran = time.thread_time()
    engine.render(block_frames)
    ran = time.thread_time() - ran
    time.sleep(max(0.0, period - (time.perf_counter() - start)))
    return ran
