"""Whether playing harder changes the timbre of a model's notes as it changes that of the real ones.

For every key of an instrument that was recorded at several velocities, the place of its middle velocity is played at
the softest and the loudest: one place, as a player has it. What is compared is by how many octaves the loud one is
brighter (centroid of the spectrum).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from trainer.exported import ExportedModel
from trainer.figures import Array, at_figure_rate, centroid_hz, spectrogram
from trainer.pitched_clips import PitchedClip, Playing
from trainer.samples import Clip

PLAYED_SECONDS = 1.0
LEAST_KEYS = 5
MOST_KEYS = 100
_LEAST_DIFFERENCE = 0.15
"""Softest and loudest velocity of a key that are nearer than this tell nothing."""


@dataclass(frozen=True)
class VelocityResponse:
    """Octaves by which the loudest of a key is brighter than the softest: medians of keys, and how alike they rank."""

    keys: int
    real_octaves: float
    made_octaves: float
    rank_correlation: float

    def line(self) -> str:
        """One sentence."""
        return (
            f"velocity: from the softest to the loudest of {self.keys} keys brightness rises by "
            f"{self.made_octaves:.2f} octaves (median; real notes {self.real_octaves:.2f}), rank correlation "
            f"{self.rank_correlation:.2f}."
        )


def velocity_response(model: ExportedModel, clips: Sequence[Clip]) -> VelocityResponse | None:
    """Compare the timbre of soft and loud notes; None if too few keys were recorded at several velocities."""
    rate = model.metadata.sample_rate
    keys = _keys(clips)
    if len(keys) < LEAST_KEYS:
        return None
    middles = [notes[len(notes) // 2] for notes in keys]
    latents, _ = model.encode([np.asarray(note.audio, np.float32) for note in middles])
    pitch = np.array([note.pitch for note in middles], np.float32)
    held = np.full(len(keys), np.inf, np.float32)
    rises: dict[str, list[float]] = {"real": [], "made": []}
    ends = [(notes[0], notes[-1]) for notes in keys]
    soft, loud = (
        model.decode(latents, PLAYED_SECONDS, Playing(pitch, np.array(velocities, np.float32), held))
        for velocities in zip(*[(softest.velocity, loudest.velocity) for softest, loudest in ends], strict=True)
    )
    for (softest, loudest), made_soft, made_loud in zip(ends, soft, loud, strict=True):
        rises["real"].append(_rise_octaves(np.asarray(softest.audio), np.asarray(loudest.audio), rate))
        rises["made"].append(_rise_octaves(made_soft, made_loud, rate))
    return VelocityResponse(
        len(keys),
        float(np.median(rises["real"])),
        float(np.median(rises["made"])),
        float(spearmanr(rises["real"], rises["made"]).statistic),
    )


def _keys(clips: Sequence[Clip]) -> list[list[PitchedClip]]:
    """The notes of each key of each instrument, from soft to loud, where velocities differ."""
    found: dict[tuple[int, int], list[PitchedClip]] = {}
    for clip in clips:
        if isinstance(clip, PitchedClip):
            found.setdefault((clip.label, round(clip.pitch)), []).append(clip)
    keys = [sorted(notes, key=lambda note: note.velocity) for _, notes in sorted(found.items())]
    telling = [notes for notes in keys if notes[-1].velocity - notes[0].velocity >= _LEAST_DIFFERENCE]
    chosen = np.linspace(0, len(telling) - 1, min(len(telling), MOST_KEYS)).round().astype(int)
    return [telling[i] for i in sorted(set(chosen.tolist()))]


def _rise_octaves(soft: Array, loud: Array, sample_rate: int) -> float:
    frames = min(soft.shape[1], loud.shape[1], round(PLAYED_SECONDS * sample_rate))
    centroids = [
        centroid_hz(np.abs(spectrogram(at_figure_rate(sound[:, :frames], sample_rate)))) for sound in (soft, loud)
    ]
    return float(np.log2(centroids[1] / centroids[0]))
