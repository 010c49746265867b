"""What knobs do: sounds decoded along axes from many starting points, and what is heard of them.

Along one sweep the noise is the same, as it is in the engine for every strike of a key, so that what changes comes from
the knob alone.
"""

import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from runtime.contract import DecoderMetadata
from runtime.latent.prior import draw
from trainer.descriptors import Descriptor, describe
from trainer.exported import VOICES_TOGETHER, ExportedModel
from trainer.pitched_clips import Playing

Array = npt.NDArray[np.floating[Any]]
Listen = Callable[[Array, Array, Sequence[int]], Array]
"""Latents [n, variants, latent_size], pitches [n], indices of descriptors → [n, variants, indices]; as :func:`hear`."""
Progress = Callable[[int], None]
"""Is told how many sounds have been heard."""

MOST_LISTENERS = 4
LEAST_HEARD = 0.6
"""Share of the positions at which a descriptor must exist for a starting point to count."""


def say(line: str) -> None:
    """Tell the person who waits, on stderr."""
    print(line, file=sys.stderr, flush=True)


def counted(say: Callable[[str], None], every_seconds: float = 10.0) -> Progress:
    """Return a Progress that says now and then how many sounds have been heard."""
    heard, said = 0, time.monotonic()

    def progress(sounds: int) -> None:
        nonlocal heard, said
        heard += sounds
        if time.monotonic() - said >= every_seconds:
            said = time.monotonic()
            say(f"  {heard:,} sounds heard")

    return progress


@dataclass(frozen=True)
class Places:
    """Starting points: ``latents`` [places, latent_size] and the MIDI notes they are played with, ``pitches``."""

    latents: Array
    pitches: Array

    def __len__(self) -> int:
        return len(self.latents)


@dataclass(frozen=True)
class AxisFigures:
    """What one axis does, over many starting points.

    ``own`` is the index of its descriptor; ``correlations`` are Spearman's ρ of position and own descriptor of each
    start, NaN where the descriptor does not apply; ``travels`` [starts, descriptors] is by how much each descriptor
    moves from end to end.
    """

    own: int
    correlations: Array
    travels: Array

    @property
    def correlation(self) -> float:
        """Median ρ of the starts to which the descriptor applies; 0 if there are none."""
        heard = self.correlations[np.isfinite(self.correlations)]
        return float(np.median(heard)) if len(heard) else 0.0

    @property
    def applicable(self) -> float:
        """Share of the starts to which the descriptor applies."""
        return float(np.isfinite(self.correlations).mean())

    def travel(self, descriptor: int) -> float:
        """Median movement of a descriptor from end to end, in its unit; 0 if it applies nowhere."""
        heard = self.travels[:, descriptor][np.isfinite(self.travels[:, descriptor])]
        return float(np.median(heard)) if len(heard) else 0.0


def hear(
    model: ExportedModel,
    latents: Array,
    pitches: Array,
    descriptors: Sequence[Descriptor],
    seconds: float,
    progress: Progress = lambda sounds: None,
) -> Array:
    """Decode places and describe what is heard, [n, variants, descriptors].

    Args:
        model: what decodes.
        latents: [n, variants, latent_size]; the variants of a row are played with the same noise.
        pitches: MIDI note of each row [n].
        descriptors: what to measure.
        seconds: length of each sound.
        progress: see Progress.
    """
    rate = model.metadata.sample_rate

    def heard(first: int) -> Array:
        rows = slice(first, first + VOICES_TOGETHER)
        pitch = np.asarray(pitches[rows], np.float32)
        full = np.ones_like(pitch)
        playing = Playing(pitch, full, full * np.float32(np.inf))
        found = []
        for variant in range(latents.shape[1]):
            audio = model.decode(latents[rows, variant].astype(np.float32), seconds, playing, seed=first)
            mono = audio.mean(1)
            found.append([describe(x, rate, float(p), descriptors) for x, p in zip(mono, pitch, strict=True)])
            progress(len(pitch))
        return np.asarray(found).swapaxes(0, 1)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_LISTENERS), thread_name_prefix="listener") as pool:
        return np.concatenate(list(pool.map(heard, range(0, len(latents), VOICES_TOGETHER))))


def drawn(metadata: DecoderMetadata, pitches: Array, count: int, seed: int) -> Places:
    """Return places from the prior, as `random` draws them, each with one of some MIDI notes ``pitches``."""
    latents = np.array([draw(metadata, seed + number) for number in range(count)])
    return Places(latents, pitches[np.random.default_rng(seed).integers(len(pitches), size=count)])


def along(places: Places, direction: Array, positions: Array) -> Array:
    """Return the latents of a sweep from each place, [places, positions, latent_size]."""
    return np.asarray(places.latents[:, None] + positions[:, None] * direction)


def figures_of(sweeps: Array, own: int) -> AxisFigures:
    """Return what one axis does: ``sweeps`` [starts, positions, descriptors], ``own`` the index of its descriptor."""
    correlations = np.array([rank_correlation(values) for values in sweeps[:, :, own]])
    return AxisFigures(own, correlations, sweeps[:, -1] - sweeps[:, 0])


def rank_correlation(values: Array) -> float:
    """Return Spearman's ρ of values at ascending positions, [positions].

    NaN if fewer than six in ten of them exist, 0 if they are all the same.
    """
    known = np.isfinite(values)
    if known.sum() < max(LEAST_HEARD * len(values), 3):
        return math.nan
    ranks = rankdata(values[known])
    if np.ptp(ranks) == 0:
        return 0.0
    return float(np.corrcoef(np.arange(len(ranks)), ranks)[0, 1])


def cross_talk(figures: Sequence[AxisFigures]) -> Array:
    """Return how far axis i moves what axis j is named after, in widths of axis j, [axes, axes]; 1 on the diagonal.

    By the median start: +0.3 means that from end to end it moves the other's descriptor by three tenths of what the
    other's own knob does, in the same sense.
    """
    widths = np.array([one.travel(one.own) for one in figures])
    moved = np.array([[one.travel(other.own) for other in figures] for one in figures])
    return np.asarray(moved / np.where(np.abs(widths) > 1e-9, widths, np.inf))
