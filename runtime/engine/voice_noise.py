"""The noise of each voice: which piece of the table its seed gives it, hop by hop."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Floats, Rows
from runtime.engine.noise import noise_start, read_noise


class VoiceNoise:
    """Noise of all voice slots."""

    def __init__(self, slots: int, hop_frames: int) -> None:
        self._start = [0] * slots
        self._hop_frames: Final = hop_frames

    def begin(self, slot: int, seed: int) -> None:
        """Begin a note with its seed."""
        self._start[slot] = noise_start(seed)

    def read(self, rows: Rows, hops: NDArray[np.int64], noise: Floats) -> None:
        """Write hop number ``hops`` [n] of the slots ``rows`` [n] into ``noise`` [slots, channels, hop]."""
        for slot, hop in zip(rows.tolist(), hops.tolist(), strict=True):
            read_noise(self._start[slot], hop * self._hop_frames, noise[slot])
