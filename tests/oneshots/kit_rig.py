"""Kits of the shipped models for tests, and what independent readers and measures say of them."""

import re
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile
from wavinfo import WavInfoReader

from runtime.engine.decoder import Decoder
from runtime.model_files import find_model

NAME = re.compile(r"drums_([A-Z][a-z]+)_(\d\d)_([A-G]#?\d)_v100\.wav")
VOICES = 16
K_WEIGHTING_48_KHZ = (
    ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585]),
    ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621]),
)
"""The table of ITU-R BS.1770-5, annex 1: what our filters are held to."""


def load(model: str) -> Decoder:
    """Load a shipped model as the command does."""
    return Decoder.load(find_model(model), VOICES)


def wavs(folder: Path) -> list[Path]:
    """Return the WAV files of a kit by name."""
    return sorted(folder.glob("*.wav"))


def audio_of(path: Path) -> np.ndarray:
    """Return the samples of a file, float64 [frames, channels], as libsndfile reads them."""
    return soundfile.read(path, always_2d=True)[0]


def loudest_tenth_db(audio: np.ndarray, sample_rate: int = 48_000) -> float:
    """Return the K-weighted level of the loudest 100 ms, by scipy's filters in the time domain."""
    heard = np.pad(audio[:, 0], (0, sample_rate // 10))
    for numerator, denominator in K_WEIGHTING_48_KHZ:
        heard = scipy.signal.lfilter(numerator, denominator, heard)
    window = sample_rate // 10
    powers = np.convolve(heard**2, np.ones(window) / window, "valid")
    return float(-0.691 + 10 * np.log10(powers.max()))


def sampler_facts(path: Path) -> dict[str, object]:
    """Return what wavinfo reads of a file's ``smpl`` chunk."""
    chunk = WavInfoReader(str(path)).smpl
    assert chunk is not None
    loops = [(loop.start, loop.end) for loop in chunk.sample_loops]
    return {"note": chunk.midi_note, "cents": chunk.midi_pitch_detune_cents, "loops": loops}
