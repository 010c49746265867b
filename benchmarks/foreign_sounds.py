"""Sounds that no drum machine makes, from arithmetic: what a model of drums should say that it does not know."""

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
RATE = 48_000
SECONDS = 2.0


def foreign_sounds() -> dict[str, Audio]:
    """Return sounds by name, each [1, frames] at 48 kHz with its peak at 1."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    random = np.random.default_rng(1)
    chord = sum(np.sin(2 * np.pi * hz * n * time) / n for hz in (220, 277, 330) for n in (1, 2, 3, 4, 6))
    sounds = {
        "sweep up": np.sin(2 * np.pi * np.cumsum(50 * 2 ** (4 * time)) / RATE),
        "sweep down": np.sin(2 * np.pi * np.cumsum(8000 * 2 ** (-3 * time)) / RATE),
        "organ chord": np.asarray(chord),
        "steady noise": random.standard_normal(len(time)),
        **{f"speech {seed}": _speech(seed) for seed in range(4)},
        **{f"melody {seed}": _melody(seed) for seed in range(3)},
    }
    return {name: np.asarray(sound / np.abs(sound).max(), np.float32)[None] for name, sound in sounds.items()}


def _speech(seed: int) -> NDArray[np.float64]:
    """Syllables: pulses or hiss through three formants, with pauses."""
    random = np.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < SECONDS * RATE:
        frames = round(RATE * random.uniform(0.1, 0.25))
        pulses = np.zeros(frames)
        pulses[:: round(RATE / random.uniform(90, 200))] = 1
        source = 0.3 * random.standard_normal(frames) if random.random() < 0.3 else pulses
        formants = [random.uniform(*limits) for limits in ((300, 800), (900, 2200), (2300, 3200))]
        hz = np.fft.rfftfreq(frames, 1 / RATE)
        response = sum(1 / (1 + ((hz - formant) / 80) ** 2) for formant in formants)
        sound = np.fft.irfft(np.fft.rfft(source) * response, frames) * np.sqrt(np.hanning(frames))
        parts += [sound / np.abs(sound).max(), np.zeros(round(RATE * random.uniform(0, 0.08)))]
    return np.concatenate(parts)[: round(SECONDS * RATE)]


def _melody(seed: int) -> NDArray[np.float64]:
    """Eight notes of a scale over a bass note, the first on the beginning."""
    random = np.random.default_rng(seed)
    time = np.arange(round(SECONDS * RATE)) / RATE
    sound = 0.3 * np.sin(2 * np.pi * 110 * time)
    for step in range(8):
        hz = 440 * 2 ** (random.choice([0, 2, 4, 7, 9, 12]) / 12)
        since = np.maximum(time - step * SECONDS / 8, 0)
        partials = sum(np.sin(2 * np.pi * n * hz * since) / n for n in range(1, 8))
        sound += partials * np.exp(-4 * since) * (time >= step * SECONDS / 8)
    return np.asarray(sound)
