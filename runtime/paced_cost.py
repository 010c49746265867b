"""What an engine costs when it is called as a sound card calls it: one block per block period, with pauses between.

In the pauses other programs empty the processor's caches, which makes a small model several times dearer than a tight
loop says. What counts is the time that the thread itself ran.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from runtime.engine.render import Engine
from runtime.events import Event, Kind

LOWEST_KEY: Final = 24
KEYS: Final = 72
WARM_UP_BLOCKS: Final = 50


@dataclass(frozen=True, slots=True)
class PacedCost:
    """Cost of one block after another with a number of voices sounding; all times in seconds of the thread."""

    voices: int
    block_seconds: float
    median_seconds: float
    worst_seconds: float
    """99.9th percentile of the blocks."""
    share: float
    """Of one processor core, on average."""

    @property
    def milliseconds_per_voice_second(self) -> float:
        """Processor time for a second of one voice, in ms."""
        return 1000 * self.share / self.voices


def keep_sounding(engine: Engine, voices: int, next_key: int) -> int:
    """Begin notes until ``voices`` sound, as soon as the next block; returns the key after the last of them."""
    for _ in range(voices - engine.sounding):
        engine.post(Event(Kind.NOTE_ON, engine.frame, note=LOWEST_KEY + next_key % KEYS, value=0.8))
        next_key += 1
    return next_key


def paced_cost(engine: Engine, voices: int, block_frames: int, seconds: float) -> PacedCost:
    """Play ``seconds`` of sound in real time with ``voices`` voices, each begun anew as soon as it has ended."""
    period = block_frames / engine.decoder.metadata.sample_rate
    costs = np.array(block_costs(engine, voices, block_frames, round(seconds / period), pause=True))
    return PacedCost(
        voices, period, float(np.median(costs)), float(np.quantile(costs, 0.999)), float(costs.mean()) / period
    )


def block_costs(engine: Engine, voices: int, block_frames: int, blocks: int, pause: bool) -> list[float]:
    """Render blocks in which ``voices`` voices sound, and return the seconds of the thread that each took.

    With ``pause`` a block is begun no sooner than a sound card would ask for it; else they follow at once.
    """
    period = block_frames / engine.decoder.metadata.sample_rate
    costs = []
    key = 0
    out = np.empty((2, block_frames), np.float32)
    due = time.perf_counter()
    for _ in range(WARM_UP_BLOCKS + blocks):
        key = keep_sounding(engine, voices, key)
        began = time.thread_time()
        engine.render_into(out)
        costs.append(time.thread_time() - began)
        engine.played.clear()
        if pause:
            due = max(due + period, time.perf_counter())
            time.sleep(max(0.0, due - time.perf_counter()))
    return costs[WARM_UP_BLOCKS:]
