"""How close one sound is to another: the log-mel distance, for the person who encodes and for the trainer's figures.

Both sounds are resampled to 44.1 kHz (soxr) and have their peak at 1; they begin together, an original at its onset, a
decoded sound at its key press. Levels are taken in 128 mel bands from 20 to 20,000 Hz (FFT 2048, hop 512) and nothing
80 dB below a sound's maximum counts. Stereo sounds are compared channel by channel.
"""

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soxr

Array = npt.NDArray[np.floating[Any]]

FIGURE_RATE_HZ: Final = 44_100
FFT_FRAMES: Final = 2048
FFT_HOP_FRAMES: Final = 512
MEL_BANDS: Final = 128
MEL_RANGE_DB: Final = 80.0
_HEARD_DB: Final = 0.01
"""What stands less than this above the floor is rounding."""


def at_figure_rate(audio: Array, sample_rate: int) -> Array:
    """Resample [channels, frames] to 44.1 kHz, float32."""
    resampled = soxr.resample(np.asarray(audio, np.float32).T, sample_rate, FIGURE_RATE_HZ, quality="HQ")
    return np.ascontiguousarray(resampled.T, dtype=np.float32)


def at_peak_1(audio: Array) -> Array:
    """Scale a sound [channels, frames] to a peak of 1; silence stays silence."""
    return audio / np.float32(max(float(np.abs(audio).max(initial=0.0)), 1e-10))


@cache
def mel_filters(sample_rate: int) -> Array:
    """Triangles of height 1 [128, 1025], equally spaced on the mel scale (O'Shaughnessy 1987), 20 to 20,000 Hz.

    A triangle reaches at least one bin to both sides of its middle, so that no band is empty.
    """
    highest = min(20_000.0, sample_rate / 2)
    mels = np.linspace(1127 * np.log1p(20 / 700), 1127 * np.log1p(highest / 700), MEL_BANDS + 2)
    edges = 700 * np.expm1(mels / 1127)
    bin_hz = sample_rate / FFT_FRAMES
    bins = np.arange(FFT_FRAMES // 2 + 1) * bin_hz
    middle = edges[1:-1, None]
    low, high = np.minimum(edges[:-2, None], middle - bin_hz), np.maximum(edges[2:, None], middle + bin_hz)
    triangles = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    filters: Array = np.maximum(triangles, 0).astype(np.float32)
    return filters


def spectrogram(audio: Array) -> npt.NDArray[np.complexfloating[Any, Any]]:
    """Return the STFT of [..., frames] as [..., windows, 1025]: Hann 2048, window k centred on frame 512 k."""
    padded = np.pad(audio, [(0, 0)] * (audio.ndim - 1) + [(FFT_FRAMES // 2, FFT_FRAMES // 2)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, FFT_FRAMES, axis=-1)[..., ::FFT_HOP_FRAMES, :]
    return np.fft.rfft(windows * np.hanning(FFT_FRAMES + 1)[:-1].astype(np.float32))


def mel_levels_db(power: Array, sample_rate: int) -> Array:
    """Return mel levels in dB [..., windows, 128] of a power spectrogram [..., windows, 1025], floored 80 dB down."""
    levels = 10 * np.log10(power @ mel_filters(sample_rate).T + np.float32(1e-10))
    floored: Array = np.maximum(levels, levels.max() - MEL_RANGE_DB)
    return floored


def log_mel(waveform: Array, sample_rate: int) -> Array:
    """Return the log-mel spectrogram of [..., frames] in dB [..., windows, 128], floored 80 dB under its maximum."""
    return mel_levels_db(np.abs(spectrogram(waveform)) ** 2, sample_rate)


class Likeness:
    """One original, to which decoded sounds are held.

    Unlike the trainer's figure of the same name, what a decoded sound goes on with after the original has ended counts:
    the distance is the mean |dB| over the longer of the two. A sound ends where nothing of it stands above the floor.

    Args:
        original: [channels, frames], onset at frame 0.
        sample_rate: of the original and of what it is compared with, in Hz.
    """

    def __init__(self, original: Array, sample_rate: int) -> None:
        self.seconds: Final = original.shape[1] / sample_rate
        self._sample_rate = sample_rate
        self._levels, self._floor_db = self._heard(original)

    def distance_db(self, decoded: Array) -> float:
        """Return how far a decoded sound [channels, frames] is from the original."""
        own, (made, floor_db) = self._levels, self._heard(decoded)
        windows = max(own.shape[1], made.shape[1])
        difference = _lengthened(own, windows, self._floor_db) - _lengthened(made, windows, floor_db)
        return float(np.abs(difference).mean())

    def _heard(self, audio: Array) -> tuple[Array, float]:
        """Log-mel levels [channels, windows, bands] without the silent end, and the level of silence, in dB."""
        levels = log_mel(at_peak_1(at_figure_rate(audio, self._sample_rate)), FIGURE_RATE_HZ)
        floor_db = float(levels.max()) - MEL_RANGE_DB
        heard = np.flatnonzero((levels > floor_db + _HEARD_DB).any(axis=(0, 2)))
        return levels[:, : int(heard[-1]) + 1 if len(heard) else 1], floor_db


def _lengthened(levels: Array, windows: int, floor_db: float) -> Array:
    return np.pad(levels, ((0, 0), (0, windows - levels.shape[1]), (0, 0)), constant_values=floor_db)
