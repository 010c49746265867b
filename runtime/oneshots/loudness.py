"""How loud a one-shot is heard: its loudest tenth of a second, weighted as ITU-R BS.1770-5 weights.

The standard's momentary loudness takes 400 ms, in which a click of 20 ms counts 13 dB less than it would if it went on.
Hearing sums over 100 to 200 ms (Zwislocki, JASA 32, 1960), and so does this. Peaks say little: a rim shot and a bass
drum of equal peak are some 6 dB apart.
"""

import math
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]

WINDOW_SECONDS: Final = 0.1
_OFFSET_DB: Final = -0.691
"""So that a sine of 997 Hz at full scale has −3.01 dB."""
_SHELF_HZ, _SHELF_Q, _SHELF_DB = 1681.974450955533, 0.7071752369554196, 3.999843853973347
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
"""The standard's two filters as analogue ones, which give its table at 48 kHz and fit any other rate."""
_SHELF_BEND: Final = 0.4996667741545416


def loudness_db(audio: Audio, sample_rate: int) -> float:
    """Return the loudness of [channels, frames] float32 in dB (LUFS of a sound that goes on); −inf for silence."""
    window = round(WINDOW_SECONDS * sample_rate)
    # The filters ring on; what is shorter than the window is heard as that much softer.
    frames = audio.shape[1] + window
    size = 1 << (frames - 1).bit_length()
    heard = np.fft.irfft(np.fft.rfft(audio, size) * _weighting(sample_rate, size), size)[:, :frames]
    energy = np.concatenate([[0.0], np.cumsum(np.square(heard).sum(axis=0))])
    loudest = float((energy[window:] - energy[:-window]).max()) / window
    return _OFFSET_DB + 10 * math.log10(loudest) if loudest > 0 else -math.inf


@cache
def _weighting(sample_rate: int, size: int) -> NDArray[np.complex128]:
    """Frequency response of both filters at the bins of a transform of ``size`` frames."""
    delay = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response: NDArray[np.complex128] = np.ones(len(delay), np.complex128)
    for numerator, denominator in (_shelf(sample_rate), _high_pass(sample_rate)):
        response *= np.polyval(numerator[::-1], delay) / np.polyval(denominator[::-1], delay)
    return response


def _shelf(sample_rate: int) -> tuple[list[float], list[float]]:
    """Coefficients in z⁻¹ of the shelf that stands for the head, numerator and denominator."""
    k = math.tan(math.pi * _SHELF_HZ / sample_rate)
    high: Any = 10 ** (_SHELF_DB / 20)
    middle = high**_SHELF_BEND
    numerator = [high + middle * k / _SHELF_Q + k * k, 2 * (k * k - high), high - middle * k / _SHELF_Q + k * k]
    return numerator, _denominator(k, _SHELF_Q)


def _high_pass(sample_rate: int) -> tuple[list[float], list[float]]:
    """Coefficients of the high pass, whose numerator the standard leaves unscaled."""
    k = math.tan(math.pi * _HIGH_PASS_HZ / sample_rate)
    denominator = _denominator(k, _HIGH_PASS_Q)
    return [denominator[0], -2 * denominator[0], denominator[0]], denominator


def _denominator(k: float, q: float) -> list[float]:
    return [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k]
