"""How close one sound is to another, for the person who encodes and for the trainer's figures.

Both sounds are resampled to 44.1 kHz (soxr) and have their peak at 1; they begin together, an original at its onset, a
decoded sound at its key press. Stereo sounds are compared channel by channel.

* log-mel: mean |dB| over 128 mel bands from 20 to 20,000 Hz, FFT 2048, hop 512, floor 80 dB below each sound's maximum;
* envelope: mean |dB| of the RMS of 10 ms stretches, floor 60 dB below each sound's maximum.
"""

from dataclasses import dataclass
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
ENVELOPE_RANGE_DB: Final = 60.0
ENVELOPE_SHARE: Final = 0.3
"""What a dB of the envelope counts beside one of log-mel in a search. Log-mel alone counts a tail as much as a beat:
what it gains there it may lose at the attack."""
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


def envelope(waveform: Array, sample_rate: int) -> Array:
    """Return the RMS of 10 ms stretches of [..., frames] in dB [..., stretches], floored 60 dB under its maximum."""
    stretch = sample_rate // 100
    padded = np.pad(waveform, [(0, 0)] * (waveform.ndim - 1) + [(0, -waveform.shape[-1] % stretch)])
    power = (padded**2).reshape(*waveform.shape[:-1], -1, stretch).mean(-1)
    level = 10 * np.log10(power + 1e-10)
    floored: Array = np.maximum(level, level.max() - ENVELOPE_RANGE_DB)
    return floored


@dataclass(frozen=True, slots=True)
class Closeness:
    """How far a decoded sound is from an original; lower is better."""

    log_mel_db: float
    envelope_db: float

    @property
    def cost_db(self) -> float:
        """What a search is to make small."""
        return self.log_mel_db + ENVELOPE_SHARE * self.envelope_db


class Likeness:
    """One original, to which decoded sounds are held.

    Unlike in the trainer's figures, what a decoded sound goes on with after the original has ended counts: means are
    taken over the longer of the two. A sound ends where nothing of it stands above the floor.

    Args:
        original: [channels, frames], onset at frame 0.
        sample_rate: of the original and of what it is compared with, in Hz.
    """

    def __init__(self, original: Array, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._original = self._views(original)

    def closeness(self, decoded: Array) -> Closeness:
        """Return how far a decoded sound [channels, frames] is from the original."""
        pairs = zip(self._original, self._views(decoded), strict=True)
        return Closeness(*(_mean_difference_db(*own, *made) for own, made in pairs))

    def _views(self, audio: Array) -> tuple[tuple[Array, float], tuple[Array, float]]:
        """Log-mel levels and envelope, each [channels, times, …] without the silent end, and their level of silence."""
        sound = at_peak_1(at_figure_rate(audio, self._sample_rate))
        levels, loudness = log_mel(sound, FIGURE_RATE_HZ), envelope(sound, FIGURE_RATE_HZ)
        return _heard(levels, MEL_RANGE_DB), _heard(loudness, ENVELOPE_RANGE_DB)


def _heard(levels: Array, range_db: float) -> tuple[Array, float]:
    floor_db = float(levels.max()) - range_db
    above = levels.reshape(*levels.shape[:2], -1) > floor_db + _HEARD_DB
    times = np.flatnonzero(above.any(axis=(0, 2)))
    return levels[:, : int(times[-1]) + 1 if len(times) else 1], floor_db


def _mean_difference_db(own: Array, own_floor_db: float, made: Array, made_floor_db: float) -> float:
    times = max(own.shape[1], made.shape[1])
    return float(np.abs(_lengthened(own, times, own_floor_db) - _lengthened(made, times, made_floor_db)).mean())


def _lengthened(levels: Array, times: int, floor_db: float) -> Array:
    missing = [(0, 0), (0, times - levels.shape[1])] + [(0, 0)] * (levels.ndim - 2)
    return np.pad(levels, missing, constant_values=floor_db)
