"""A click that can be found again in a recording, by its shape rather than its loudness.

A short rising chirp through a matched filter (Farina 2000, Simultaneous measurement of impulse response and distortion
with a swept-sine technique): it stands out of noise and hum that a single impulse would drown in, and a loudspeaker
can say it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SECONDS: Final = 0.01
LOWEST_HZ: Final = 500.0
HIGHEST_HZ: Final = 12_000.0
LEAST_LIKENESS: Final = 0.4
"""Correlation with the click below which nothing is taken for it; half a second of noise reaches 0.32 now and then."""
LEAST_AMPLITUDE: Final = 1e-6
OUTSIDE: Final = 0.02
"""Share of the click's strongest frequency below which a frequency does not belong to it."""


@dataclass(frozen=True, slots=True)
class HeardClick:
    """Where a click came back: ``frames`` after it was played, as loud as ``gain_db`` says, against what was played."""

    frames: int
    gain_db: float


def make_click(sample_rate: int, amplitude: float) -> Floats:
    """Return the click, [frames], rising evenly in octaves from 500 Hz to 12 kHz, faded at both ends."""
    frames = round(SECONDS * sample_rate)
    time = np.arange(frames) / frames
    octaves = np.log(HIGHEST_HZ / LOWEST_HZ)
    phase = 2 * np.pi * LOWEST_HZ * SECONDS * np.expm1(time * octaves) / octaves
    click: Floats = (amplitude * np.hanning(frames) * np.sin(phase)).astype(np.float32)
    return click


def find_click(recorded: Floats, click: Floats) -> HeardClick | None:
    """Return the first place in ``recorded`` [frames] that is a click, or None if there is none.

    The place with the greatest likeness would be an echo now and then; the first that comes near it is the way through
    the air or the cable.
    """
    if len(recorded) < len(click):
        return None
    spectrum_frames = 1 << int(len(recorded) + len(click) - 1).bit_length()
    shape = np.fft.rfft(click.astype(np.float64), spectrum_frames)
    # Hum and rumble would hide it; they lie outside its band.
    band = np.abs(shape) > OUTSIDE * np.abs(shape).max()
    spectrum = np.fft.rfft(recorded.astype(np.float64), spectrum_frames) * band
    product = np.fft.irfft(spectrum * np.conj(shape), spectrum_frames)[: len(recorded) - len(click) + 1]
    energy = np.concatenate([[0.0], np.cumsum(np.fft.irfft(spectrum, spectrum_frames)[: len(recorded)] ** 2)])
    here = np.sqrt(np.maximum(energy[len(click) :] - energy[: -len(click)], 0))
    size = float(np.sqrt((click.astype(np.float64) ** 2).sum()))
    audible = here > LEAST_AMPLITUDE * len(click) ** 0.5
    # A cable may turn the wave upside down.
    likeness = np.where(audible, np.abs(product) / np.maximum(here * size, 1e-12), 0)
    strength = np.abs(product) * (likeness >= LEAST_LIKENESS)
    if not strength.any():
        return None
    first = int(np.flatnonzero(strength >= 0.5 * strength.max())[0])
    # Within a cycle of its highest part the product has several tops.
    peak = first + int(strength[first : first + len(click) // 4].argmax())
    return HeardClick(peak, 20 * float(np.log10(abs(product[peak]) / size**2)))
