"""How different sounds are, for many at a time: their levels in bands as the ear has them, and how far these differ.

The figure is that of :mod:`runtime.likeness`, coarser and without matrix products, which round as the number of their
threads pleases: what chance has chosen for a kit must come again with the seed. Sounds are compared from their onset,
their loudest band at the same level.
"""

import math
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
Levels = NDArray[np.float32]

BANDS: Final = 32
RANGE_DB: Final = 80.0
"""Below the loudest band of the sound is its floor."""
_WINDOW_FRAMES, _STEP_FRAMES = 2048, 1024
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 20_000.0
_HEARD_DB: Final = 1.0


class Looks:
    """What some sounds look like, so that another can be held to all of them."""

    def __init__(self, most: int) -> None:
        """Make room for at most so many sounds."""
        self._most, self._count = most, 0
        self._levels = np.zeros((most, 1, BANDS), np.float32)
        self._lengths = np.zeros(most, np.int64)

    def __len__(self) -> int:
        return self._count

    def add(self, levels: Levels) -> None:
        """Add what :func:`levels_of` has made of a sound."""
        self._make_room(len(levels))
        self._levels[self._count, : len(levels)] = levels
        self._lengths[self._count] = len(levels)
        self._count += 1

    def distances_db(self, levels: Levels) -> NDArray[np.float64]:
        """Return the mean difference of a sound's levels from those of each other, [sounds], over the longer of two.

        Where one has ended it is at its floor, 80 dB below its loudest band.
        """
        self._make_room(len(levels))
        padded = np.zeros(self._levels.shape[1:], np.float32)
        padded[: len(levels)] = levels
        differences = np.abs(self._levels[: self._count] - padded).sum(axis=(1, 2), dtype=np.float64)
        return np.asarray(differences / (np.maximum(self._lengths[: self._count], len(levels)) * BANDS))

    def _make_room(self, times: int) -> None:
        missing = times - self._levels.shape[1]
        if missing > 0:
            self._levels = np.pad(self._levels, ((0, 0), (0, missing), (0, 0)))


def levels_of(audio: Audio, sample_rate: int) -> Levels:
    """Return the levels of a sound [channels, frames] in dB above its floor, [times, 32], without a silent end."""
    padded = np.pad(audio, ((0, 0), (_WINDOW_FRAMES // 2, _WINDOW_FRAMES)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_FRAMES, axis=-1)[:, ::_STEP_FRAMES]
    spectrum = np.fft.rfft(windows * np.hanning(_WINDOW_FRAMES).astype(np.float32))
    power = np.square(np.abs(spectrum)).sum(axis=0)
    bands = np.add.reduceat(power, _first_bins(sample_rate), axis=1)[:, :BANDS]
    levels = 10 * np.log10(bands + 1e-10)
    above = np.maximum(levels - (levels.max() - RANGE_DB), 0)
    heard = np.flatnonzero(above.max(axis=1) > _HEARD_DB)
    return np.asarray(above[: int(heard[-1]) + 1 if len(heard) else 1], np.float32)


@cache
def _first_bins(sample_rate: int) -> NDArray[np.intp]:
    """The bins at which bands begin, equally spaced on the mel scale (O'Shaughnessy 1987), and where the last ends."""
    low, high = (1127 * math.log1p(hz / 700) for hz in (_LOWEST_HZ, min(_HIGHEST_HZ, 0.45 * sample_rate)))
    hz = 700 * np.expm1(np.linspace(low, high, BANDS + 1) / 1127)
    bins: NDArray[np.intp] = np.maximum(np.round(hz * _WINDOW_FRAMES / sample_rate), 1).astype(np.intp)
    for band in range(1, len(bins)):
        # Low bands are narrower than a bin: each has one at least.
        bins[band] = max(bins[band], bins[band - 1] + 1)
    return bins
