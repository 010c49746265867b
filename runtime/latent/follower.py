"""Followers of velocity: up to the velocity of a note as it begins, then back down, for a whole part."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from runtime.events import PARTS
from runtime.latent.glide import Frames, Numbers, Rows

SHORTEST_SECONDS: Final = 0.005
LONGEST_SECONDS: Final = 60.0
_BEGIN, _PEAK, _PER_FRAME = range(3)
_HALVINGS: Final = 5
"""(1 − t/32)^32 is an exponential within 0.01, ends after 32 time constants, and takes only − and ×."""


class Followers:
    """One follower for each axis of each part, 0…15, each with its own time of fall.

    It is up at once: notes that begin with it are to have it in their first hop, and the others glide there within a
    hop, as the decoder takes every control.
    """

    def __init__(self, axes: int, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._table = np.zeros((PARTS, 3, axes))

    def set(self, part: int, axis: int, numbers: Sequence[float], frame: int, is_new: bool) -> None:
        """Set the time constant of the fall in seconds, from where it is; a new one is down."""
        now = 0.0 if is_new else float(self._row(part, frame)[axis])
        seconds = min(max(numbers[0], SHORTEST_SECONDS), LONGEST_SECONDS)
        self._table[part, :, axis] = frame, now, 1.0 / (seconds * self._sample_rate)

    def strike(self, part: int, velocity: float, frame: int) -> None:
        """Lift the followers of a part that are below ``velocity``."""
        below = self._row(part, frame) < velocity
        self._table[part, _BEGIN, below], self._table[part, _PEAK, below] = frame, velocity

    def _row(self, part: int, frame: int) -> Numbers:
        row: Numbers = self.values(np.array([part]), np.array([frame]))[0]
        return row

    def values(self, parts: Rows, frames: Frames) -> Numbers:
        """Return the followers of ``parts`` [n] at ``frames`` [n], [n, axes] in 0…1."""
        rows = self._table[parts]
        passed = (frames[:, None] - rows[:, _BEGIN]) * rows[:, _PER_FRAME]
        left = np.maximum(1.0 - passed * 2.0**-_HALVINGS, 0.0)
        for _ in range(_HALVINGS):
            left *= left
        left *= rows[:, _PEAK]
        return left
