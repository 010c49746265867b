"""The levels that a meter shows: peaks of the mix and what the limiter takes off, each falling back at a steady rate.

The fall is that of a peak programme meter, IEC 60268-10 type I: 20 dB in 1.7 seconds.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

FALL_DB_PER_SECOND: Final = 20 / 1.7
FLOOR_DB: Final = -120.0
"""What silence is shown as."""


class PeakMeter:
    """Follows a stereo mix, block by block."""

    def __init__(self, sample_rate: int) -> None:
        self._fall_db: Final = FALL_DB_PER_SECOND / sample_rate
        self.left_db = self.right_db = FLOOR_DB
        """Peak of each channel in dB below full scale."""
        self.reduction_db = 0.0
        """By how many dB the limiter turns down, 0 or more."""

    def hear(self, block: NDArray[np.float32], reduction_db: float) -> None:
        """Take a block of the mix [2, frames], and what the limiter takes off at its end, 0 or more dB."""
        fall = self._fall_db * block.shape[1]
        left, right = np.abs(block).max(axis=1)
        self.left_db = max(_decibels(float(left)), self.left_db - fall)
        self.right_db = max(_decibels(float(right)), self.right_db - fall)
        self.reduction_db = max(reduction_db, self.reduction_db - fall, 0.0)


def _decibels(peak: float) -> float:
    return max(20 * math.log10(peak), FLOOR_DB) if peak > 0 else FLOOR_DB
