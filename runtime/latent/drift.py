"""Drift: a number that wanders about its middle and comes back, the Ornstein–Uhlenbeck process.

Control values are functions of the frame, so the process is not stepped: one long stretch of it, which ends where it
begins, is made once, and read as fast as the time constant asks, by every axis of every part at a place of its own.
Source: Uhlenbeck and Ornstein, On the theory of the Brownian motion, 1930.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from runtime.events import PARTS
from runtime.latent.cycles import Cycles
from runtime.latent.glide import Frames, Numbers, Rows

SHORTEST_SECONDS: Final = 0.02
LONGEST_SECONDS: Final = 1000.0
DEVIATION: Final = 0.5
"""Standard deviation where the amount is 1: 95 of 100 times it is within −1…1, about as far as an LFO goes."""
_POINTS_PER_CONSTANT: Final = 16
_POINTS: Final = 1 << 16
"""4096 time constants: over an hour of drift with one of a second."""
_DOUBLINGS: Final = 10
"""Of the filter's memory: beyond 1024 points, 64 time constants, nothing is left."""
_KEY: Final = 0x6C64
_GOLDEN: Final = 0.6180339887498949


@lru_cache(maxsize=1)
def drift_table() -> Numbers:
    """Return the process with deviation 1, _POINTS_PER_CONSTANT points per time constant, its first point again at the
    end, [_POINTS + 1].

    White noise (sums of four uniform numbers, close enough to normal ones once some forty of them are summed) through
    a filter of one pole, round and round: the product of (1 + (ρ/z)^(2^k)), which takes only + and × and so gives the
    same bits everywhere.
    """
    words = np.random.Philox(key=_KEY).random_raw(4 * _POINTS)
    process = ((words >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0).reshape(4, _POINTS).sum(axis=0)
    decay = math.exp(-1.0 / _POINTS_PER_CONSTANT)
    process *= math.sqrt(0.75 * (1.0 - decay * decay))
    for doubling in range(_DOUBLINGS):
        process = process + decay ** (1 << doubling) * np.roll(process, 1 << doubling)
    process -= process.mean()
    table: Numbers = np.append(process, process[0])
    table.setflags(write=False)
    return table


class Drifts:
    """The drift of all axes of all parts, 0…15."""

    def __init__(self, axes: int, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._cycles = Cycles(axes, sample_rate)
        first = np.arange(PARTS * axes) * _GOLDEN % 1.0 * _POINTS
        self._first_point = np.floor(first).reshape(PARTS, axes)
        drift_table()

    def set(self, part: int, axis: int, numbers: Sequence[float], frame: int, is_new: bool) -> None:
        """Set the time constant in seconds; a drift that moves goes on from where it is."""
        seconds = min(max(numbers[0], SHORTEST_SECONDS), LONGEST_SECONDS)
        per_frame = 1.0 / (seconds * self._sample_rate)
        constants = per_frame * frame if is_new else self._cycles.one(part, axis, frame)
        self._cycles.place(part, axis, frame, constants, per_frame)

    def values(self, parts: Rows, frames: Frames) -> Numbers:
        """Return the drift of ``parts`` [n] at ``frames`` [n], [n, axes], with deviation :data:`DEVIATION`."""
        points = self._cycles.at(parts, frames) * _POINTS_PER_CONSTANT + self._first_point[parts]
        whole = np.floor(points)
        at = whole.astype(np.int64) % _POINTS
        table = drift_table()
        before = table[at]
        drift: Numbers = (before + (table[at + 1] - before) * (points - whole)) * DEVIATION
        return drift
