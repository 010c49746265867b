"""Samples as a WAV file stores them: 16 or 24 bits, or 32-bit floating point.

What is stored depends on nothing but the sound, its format and a seed, so that a sound made again is the same file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from runtime.engine.noise import LARGEST_HOP_FRAMES, noise_start, other_seed, read_noise

Audio = NDArray[np.float32]
Bits = Literal["16", "24", "32f"]

ALL_BITS: Final[tuple[Bits, ...]] = get_args(Bits)
_DITHER: Final = 1 << 21
"""Which further seed of a note its dither comes from: neither a voice nor a strike's place has that number."""


@dataclass(frozen=True, slots=True)
class SampleFormat:
    """How samples are stored.

    16 bits are dithered with triangular noise of ±1 step (Lipshitz, Wannamaker and Vanderkooy 1992), from
    ``dither_seed``: without it a tail would end in distortion at −96 dBFS. 24 bits are not: it would hide nothing that
    can be heard at −144 dBFS. Floating point keeps every sample as it is, also above 1.
    """

    bits: Bits = "24"
    dither_seed: int = 1

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample of one channel."""
        return {"16": 2, "24": 3, "32f": 4}[self.bits]

    @property
    def is_float(self) -> bool:
        """Whether samples are IEEE floating point."""
        return self.bits == "32f"

    def encode(self, audio: Audio) -> Iterator[bytes]:
        """Yield [channels, frames] float32 as interleaved little-endian samples, some thousand frames at a time.

        Whole numbers come from exact arithmetic (a product with a power of two, to the nearest even number), so they
        are the same on every machine; what is louder than 1 is clipped.
        """
        for first in range(0, audio.shape[1], LARGEST_HOP_FRAMES):
            block = audio[:, first : first + LARGEST_HOP_FRAMES]
            yield np.ascontiguousarray(block.T, "<f4").tobytes() if self.is_float else self._whole(block, first)

    def decode(self, data: bytes) -> NDArray[np.float64]:
        """Return the samples in a file's bytes as numbers, 1 = full scale, in the order in which they stand there."""
        if self.is_float:
            return np.frombuffer(data, "<f4", len(data) // 4).astype(np.float64)
        size = self.sample_bytes
        count = len(data) // size
        wide = np.zeros((count, 4), np.uint8)
        wide[:, 4 - size :] = np.frombuffer(data, np.uint8, count * size).reshape(count, size)
        return wide.view("<i4")[:, 0].astype(np.float64) / 2**31

    def _whole(self, block: Audio, first: int) -> bytes:
        size = self.sample_bytes
        full_scale = 2 ** (8 * size - 1)
        steps = block.astype(np.float64) * full_scale
        if self.bits == "16":
            steps += self._dither(block, first)
        whole: NDArray[np.int32] = np.clip(np.rint(steps), -full_scale, full_scale - 1).astype("<i4")
        return whole.T.reshape(-1, 1).view(np.uint8)[:, :size].tobytes()

    def _dither(self, block: Audio, first: int) -> NDArray[np.float64]:
        """Noise in steps, [channels, frames]: the sum of two that are uniform in ±½ step."""
        channels, frames = block.shape
        uniform = np.zeros((2 * channels, frames), np.float32)
        read_noise(noise_start(other_seed(self.dither_seed, _DITHER)), first, uniform)
        return 0.5 * (uniform[:channels].astype(np.float64) + uniform[channels:])


IN_24_BITS: Final = SampleFormat()
