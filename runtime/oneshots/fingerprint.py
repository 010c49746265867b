"""What is kept of a training sound so that a copy of it can be told: 72 levels, a byte each.

A level is the mean power in one band during one stretch of time, in dB below the loudest of them, 60 dB at most. No
sound can be rebuilt from that: of a second of drum, which has 48,000 samples, it keeps twelve bands at six times and no
phase. It depends neither on how loud a sound is nor on the silence before it.

Unpitched sounds are kept by bands of equal width on the mel scale, pitched ones by their harmonics, so that a note
moved to another key keeps its fingerprint. Trainer and runtime both take fingerprints from here.
"""

import base64
import binascii
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint8]
"""Fingerprints [..., 72], in quarters of a dB above the floor."""

METHOD: Final = "levels-1"
"""Name of what this module does; fingerprints taken by another method cannot be compared with these."""
RANGE_DB: Final = 60.0
NO_LABEL: Final = -1
ROW: Final = np.dtype([("label", "<i2"), ("half_semitones", "u1"), ("levels", "u1", (72,))])
"""One training sound in a model's metadata: its class, twice its pitch (0 without one), its fingerprint."""
_STEPS_PER_DB: Final = 4
_ONSET: Final = 0.02
"""Share of the peak at which a sound begins: −34 dB."""
_SOUNDING_DB: Final = 40.0
"""What of a note is farther than this below its loudest is taken for the silence after it."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which stretches and bands: times in seconds from the onset, edges in Hz or in multiples of the pitch."""

    window_seconds: float
    times: tuple[float, ...]
    edges: tuple[float, ...]
    is_held: bool = False
    """Sounds last as long as somebody holds a key: the silence after them says nothing of them."""


def _mel_edges(bands: int, lowest_hz: float, highest_hz: float) -> tuple[float, ...]:
    """Edges of bands equally wide on the mel scale (O'Shaughnessy 1987), in Hz."""
    mels = np.linspace(np.log1p(lowest_hz / 700), np.log1p(highest_hz / 700), bands + 1)
    return tuple((700 * np.expm1(mels)).tolist())


_UNPITCHED: Final = _Layout(1 / 47, (0, 0.01, 0.03, 0.08, 0.2, 0.5, 1.2), _mel_edges(12, 30, 18_000))
_HARMONICS: Final = (0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 11.5, 13.5, 16.5, 20.5, 25.5, 32.5, 42.5, 60.5)
_PITCHED: Final = _Layout(1 / 12, (0, 0.05, 0.2, 0.5, 1.2), (*_HARMONICS, 100.5), is_held=True)


def fingerprint(audio: NDArray[np.float32], sample_rate: int, pitch: float | None) -> Levels:
    """Return the fingerprint [72] of a sound [channels, frames].

    ``pitch`` is the MIDI note of a pitched model's sound, with fractions; None for an unpitched model.
    """
    layout, scale = (_UNPITCHED, 1.0) if pitch is None else (_PITCHED, 440.0 * 2 ** ((pitch - 69) / 12))
    power, bin_hz = _power(audio, sample_rate, layout)
    edges = np.round(np.array(layout.edges) * scale / bin_hz).astype(int)
    # A band narrower than a bin still takes the bin in which it begins; one above half the sample rate has nothing.
    bands = [power[:, low : max(high, low + 1)].sum(axis=1) for low, high in pairwise(edges.tolist())]
    levels = np.stack(bands, axis=1).ravel()
    loudest = float(levels.max())
    if not loudest > 0:
        return np.zeros(ROW["levels"].shape, np.uint8)
    decibels = 10 * np.log10(np.maximum(levels / loudest, 10 ** (-RANGE_DB / 10)))
    return np.round((decibels + RANGE_DB) * _STEPS_PER_DB).astype(np.uint8)


def _power(audio: NDArray[np.float32], sample_rate: int, layout: _Layout) -> tuple[NDArray[np.float64], float]:
    """Return the mean power spectrum of each stretch, [stretches, bins], and the width of a bin in Hz."""
    window = 2 ** round(np.log2(layout.window_seconds * sample_rate))
    hop = window // 2
    heard = np.abs(audio).max(axis=0, initial=0.0)
    onset = int(np.argmax(heard > _ONSET * heard.max(initial=0.0))) if len(heard) else 0
    frames = round(layout.times[-1] * sample_rate)
    sound = audio[:, onset : onset + frames]
    # Windows are centred on multiples of half of themselves; around the sound there is silence.
    padded = np.pad(sound, ((0, 0), (hop, frames - sound.shape[1] + hop)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, window, axis=1)[:, ::hop]
    spectra = np.fft.rfft(windows * np.hanning(window + 1)[:-1].astype(np.float32))
    power = np.square(np.abs(spectra)).sum(axis=0)
    owner = np.searchsorted(layout.times, np.arange(len(power)) * (hop / sample_rate), side="right") - 1
    if layout.is_held:
        totals = power.sum(axis=1)
        owner[totals <= totals.max() * 10 ** (-_SOUNDING_DB / 10)] = -1
    stretches = np.zeros((len(layout.times) - 1, power.shape[1]))
    for stretch in range(len(stretches)):
        if (owner == stretch).any():
            stretches[stretch] = power[owner == stretch].mean(axis=0)
    return stretches, sample_rate / window


def distances_db(own: Levels, others: Levels, is_pitched: bool) -> NDArray[np.float64]:
    """Return how far a fingerprint [72] is from others [sounds, 72]: the mean |dB| of the levels that either has.

    How a drum dies away is a part of it. A note is as long as somebody held its key, so notes are compared only over
    the stretches in which both sound.
    """
    mine, theirs = own.astype(np.int16), others.astype(np.int16)
    matters = (mine > 0) | (theirs > 0)
    if is_pitched:
        stretches = len(_PITCHED.times) - 1
        floor = (RANGE_DB - _SOUNDING_DB) * _STEPS_PER_DB
        loudest = [
            levels.reshape(-1, stretches, ROW["levels"].shape[0] // stretches).max(2) for levels in (mine, theirs)
        ]
        matters &= np.repeat((loudest[0] > floor) & (loudest[1] > floor), mine.size // stretches, axis=1)
    counts = matters.sum(axis=1)
    total = (np.abs(theirs - mine) * matters).sum(axis=1) / _STEPS_PER_DB
    return np.where(counts > 0, total / np.maximum(counts, 1), RANGE_DB)


def pack(rows: NDArray[Any]) -> str:
    """Return training sounds [sounds] of dtype ROW as base64 text: a hundred letters each."""
    return base64.b64encode(rows.astype(ROW).tobytes()).decode("ascii")


def unpack(text: str) -> NDArray[Any]:
    """Return what :func:`pack` packed. Raises ValueError if it is something else."""
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), ROW)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
