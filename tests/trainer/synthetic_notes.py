"""Notes of exactly known pitch, as the tests of pitched folders need them: bowed, plucked, bells, bass, and none."""

from pathlib import Path

import numpy as np

from runtime.pitch_detection import Array, note_to_hz
from trainer.samples import Clip

RATE = 48_000
SAW = 1.0 / np.arange(1, 40)


def tone(
    note: float,
    seconds: float = 1.2,
    partials: Array = SAW,
    *,
    inharmonicity: float = 0.0,
    decay: float = 0.0,
    vibrato_cents: float = 0.0,
    breath: float = 0.0,
) -> Array:
    """A note [1, frames] whose first partial is the pitch of ``note``, peak 1; ``decay`` in nepers per second."""
    random = np.random.default_rng(round(100 * note))
    time = np.arange(round(seconds * RATE)) / RATE
    hz = note_to_hz(note) / np.sqrt(1 + inharmonicity) * 2 ** (vibrato_cents * np.sin(33.0 * time + 1) / 1200)
    phase = np.cumsum(2 * np.pi * hz / RATE)
    sound = breath * random.standard_normal(len(time))
    for number, amplitude in enumerate(partials, start=1):
        ratio = number * np.sqrt(1 + inharmonicity * number**2)
        if ratio * hz.max() < 0.48 * RATE:
            fall = np.exp(-decay * (1 + 0.3 * number) * time)
            sound += amplitude * fall * np.sin(ratio * phase + random.uniform(0, 2 * np.pi))
    return np.asarray(sound / np.abs(sound).max(), np.float32)[None]


def bell(note: float) -> Array:
    """A bell whose hum note is ``note``: prime, third, fifth, nominal and more above it (Rossing 2000, chapter 11)."""
    time = np.arange(round(1.5 * RATE)) / RATE
    ratios = [(1.0, 1.0), (0.9, 2.0), (0.6, 2.4), (0.3, 3.0), (0.9, 4.0), (0.3, 5.34), (0.2, 6.02), (0.1, 8.3)]
    sound = sum(a * np.exp(-(1 + r) * time) * np.sin(2 * np.pi * note_to_hz(note) * r * time) for a, r in ratios)
    return np.asarray(sound / np.abs(sound).max(), np.float32)[None]


def kick() -> Array:
    """A drum whose pitch falls from 220 to 45 Hz and is gone within a fifth of a second."""
    time = np.arange(round(0.4 * RATE)) / RATE
    sound = np.sin(2 * np.pi * (45 * time + 175 / 18 * (1 - np.exp(-18 * time)))) * np.exp(-18 * time)
    return np.asarray(sound, np.float32)[None]


def noise(seconds: float = 0.5) -> Array:
    """White noise that dies away."""
    frames = round(seconds * RATE)
    sound = np.random.default_rng(0).standard_normal(frames) * np.exp(-6 * np.arange(frames) / RATE)
    return np.asarray(sound / np.abs(sound).max(), np.float32)[None]


def clip(name: str, audio: Array, label: int = -1, peak: float = 1.0) -> Clip:
    """A sound as ``load_folder`` would give it."""
    return Clip(Path(name), label, np.asarray(audio, np.float32), peak, name, audio.shape[1] / RATE)
