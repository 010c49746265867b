"""Keeps the mix within ±1, frame by frame, without delay and without touching what is quiet enough.

Attack is instant, so no sample ever passes 1. The memory is an integer on a logarithmic scale: the bit pattern of a
positive float32 is an integer that grows by 2^23 per octave, with straight lines between octaves, and it turns into the
divisor by being read as a float again. Integers neither round nor depend on grouping, so every block size gives the
same samples, which a recursion in floating point would not.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_OCTAVE: Final = 1 << 23
_ONE_BITS: Final = int(np.float32(1).view(np.int32))
RELEASE_OCTAVES_PER_SECOND: Final = 10.0
"""How fast it lets go: 60 dB a second."""


class Limiter:
    """The limiter of one stereo mix. Both channels get the same gain, so the image does not move."""

    def __init__(self, sample_rate: int, longest_block_frames: int) -> None:
        self._step: Final = round(RELEASE_OCTAVES_PER_SECOND * _OCTAVE / sample_rate)
        self._ramp: Final = np.arange(longest_block_frames, dtype=np.int64) * self._step
        self._excess = 0
        """How far the divisor stands above 1, in float32 steps."""

    @property
    def reduction_db(self) -> float:
        """How much the limiter turns down at this moment, in dB."""
        return -20.0 * float(np.log10(np.int32(_ONE_BITS + self._excess).view(np.float32)))

    def succeed(self, before: "Limiter") -> None:
        """Go on from where another limiter of the same sample rate stands."""
        self._excess = before._excess

    def apply(self, mix: Floats) -> Floats | None:
        """Limit ``mix`` [2, frames] in place; all values finite. Samples within ±1 pass untouched while it rests.

        Returns what it was divided by, [frames], or None while the limiter rests.
        """
        peaks = np.abs(mix).max(axis=0).view(np.int32)
        if self._excess == 0 and int(peaks.max(initial=0)) <= _ONE_BITS:
            return None
        ramp = self._ramp[: mix.shape[1]]
        # excess[n] = max(peak[n], excess[n − 1] − step), written as a running maximum of values that share one slope.
        running = np.maximum(peaks.astype(np.int64) - _ONE_BITS, 0) + ramp
        running[0] = max(int(running[0]), self._excess - self._step)
        np.maximum.accumulate(running, out=running)
        excess = running - ramp
        self._excess = int(excess[-1])
        divisor: Floats = (excess + _ONE_BITS).astype(np.int32).view(np.float32)
        mix /= divisor
        return divisor
