"""What a musician hears of one note whose pitch is known: noise between its partials, their balance, their stretch."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from runtime.pitch_detection import measure_pitch, note_to_hz
from trainer.descriptors import ATTACK, BRIGHTNESS, DECAY, FINE_FRAMES, Descriptor, Heard

Array = npt.NDArray[np.floating[Any]]

TILT_PARTIALS = 12
TILT_RANGE_DB = 60.0
NOISE_HIGHEST_HZ = 12_000.0
NOISE_RANGE_DB = 60.0
STRETCHED_PARTIAL = 10


def noisiness_db(heard: Heard) -> float:
    """Energy between the partials against that of the partials, up to 12 kHz, in dB.

    Around each multiple of the pitch the median power of the bins is taken for the density of noise: a partial fills
    few of them, wherever it is.
    """
    power, places = _bands(heard)
    noise = whole = 0.0
    for low, high in places:
        part = power[:, low:high]
        density = np.median(part, axis=1, keepdims=True) / math.log(2)
        noise += float(np.minimum(part, density).sum())
        whole += float(part.sum())
    if whole <= 0:
        return math.nan
    floor = whole * 10 ** (-NOISE_RANGE_DB / 10)
    return 10 * math.log10((noise + floor) / (max(whole - noise, 0.0) + floor))


def harmonic_tilt_db(heard: Heard) -> float:
    """Slope of the levels of the first twelve partials over the octaves of their number, in dB per octave.

    0 is an impulse train, −6 a sawtooth, −12 a triangle. By least squares, each octave with the same weight; what lies
    60 dB below the strongest partial is taken for that.
    """
    power, places = _bands(heard)
    levels = np.array([power[:, low:high].max(axis=1).mean() for low, high in places[:TILT_PARTIALS]])
    if len(levels) < 4 or levels.max() <= 0:
        return math.nan
    level_db = 10 * np.log10(levels / levels.max() + 10 ** (-TILT_RANGE_DB / 10))
    number = np.arange(1, len(levels) + 1)
    return float(np.polyfit(np.log2(number), level_db, 1, w=1 / np.sqrt(number))[0])


def inharmonicity_cents(heard: Heard) -> float:
    """How sharp the tenth partial is against ten times the first, in cents: none in a pipe, some 30 in a piano.

    From B of f(k) = k·f₀·√(1 + B·k²), see runtime/pitch_detection.py; NaN where the partials do not tell.
    """
    pitch = measure_pitch(np.asarray(heard.waveform)[None], heard.sample_rate, near_note=heard.pitch)
    stretch = pitch.inharmonicity
    return 600 * math.log2((1 + stretch * STRETCHED_PARTIAL**2) / (1 + stretch)) if math.isfinite(stretch) else math.nan


def _bands(heard: Heard) -> tuple[Array, list[tuple[int, int]]]:
    """Power spectrogram [windows, bins], and the bins around each multiple of the pitch up to 12 kHz."""
    power = heard.fine_power
    spacing = note_to_hz(heard.pitch) * FINE_FRAMES / heard.sample_rate
    count = int(min(NOISE_HIGHEST_HZ, 0.45 * heard.sample_rate) / note_to_hz(heard.pitch))
    return power, [(round((k - 0.5) * spacing), round((k + 0.5) * spacing)) for k in range(1, count + 1)]


NOTE_DESCRIPTORS: tuple[Descriptor, ...] = (
    BRIGHTNESS,
    ATTACK,
    DECAY,
    Descriptor("noisiness", "energy between the partials", "dB", noisiness_db, 3.0),
    Descriptor("harmonic_tilt", "slope of the partials", "dB per octave", harmonic_tilt_db, 1.5),
    Descriptor("inharmonicity", "sharpness of the tenth partial", "cents", inharmonicity_cents, 5.0),
)
"""What is asked of notes, the most wanted first."""
