"""Sounds drawn from a model's prior, beside real ones: are they of their class, as manifold, new, and equally loud?

The real sounds are those of the folder the model was trained on, one of each source sample where sounds are counted
against each other, since twenty velocities of one snare are no diversity.

* coverage and diversity: ``trainer.coverage``, random against real and real against real;
* named rightly: by a judge trained on the real sounds (``trainer.classifier``), beside how it names real sounds of
  source samples it never heard;
* nearest: log-mel distance to the nearest training sound, beside that of a real sound to the nearest of another source
  sample; copied: the share of random sounds that are nearer than all but 5 % of the real ones;
* level: standard deviation of peak and of loudness (RMS of the loudest 50 ms) over the random sounds, in dB.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from runtime.audio_files import trim
from runtime.latent.prior import draw
from trainer.calibration import evenly_spaced
from trainer.classifier import Labels, class_features, fit_classifier, named_across_groups
from trainer.coverage import coverage_beside_real, diversity_db, one_of_each, summary
from trainer.exported import ExportedModel, Floats
from trainer.figures import Array, audible_frames, loudness_db, peak_db
from trainer.nearest import KnownSounds, figure_log_mel
from trainer.pitched_clips import Playing
from trainer.samples import Clip

LONGEST_SECONDS = 2.0
"""Random sounds are played so long: what is judged of them lies within."""
LEAST_SOURCE_SAMPLES = 8
"""A class with fewer real source samples than this is not judged: there is nothing to compare with."""
_MOST_REAL = 3000
_SILENT_PEAK = 1e-4


@dataclass(frozen=True)
class RandomSound:
    """One draw from the prior: the class it was drawn from, the class it was taken for, and what was played.

    ``audio`` is [channels, frames] before ``gain_db``; ``taken_for`` is empty if it is silent.
    """

    name: str
    audio: Floats
    taken_for: str = ""


@dataclass(frozen=True)
class ClassReport:
    """What is known of the random sounds of one class; shares are 0…1, None where it cannot be told."""

    name: str
    random_sounds: int
    real_sounds: int
    source_samples: int
    coverage: float
    real_coverage: float
    diversity_db: float
    real_diversity_db: float
    named_rightly: float
    real_named_rightly: float | None
    nearest_db: float
    real_nearest_db: float
    copied: float
    peak_spread_db: float
    loudness_spread_db: float
    real_loudness_spread_db: float
    silent: int

    def document(self) -> dict[str, Any]:
        """Return the numbers for JSON, with the two ratios, rounded."""
        ratios = {
            "coverage_ratio": self.coverage / max(self.real_coverage, 1e-9),
            "diversity_ratio": self.diversity_db / max(self.real_diversity_db, 1e-9),
        }
        pairs = (asdict(self) | ratios).items()
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in pairs}


@dataclass(frozen=True)
class RandomReport:
    """All classes that could be judged, the spread of level over all their random sounds in dB, and the sounds."""

    classes: tuple[ClassReport, ...]
    peak_spread_db: float
    loudness_spread_db: float
    sounds: tuple[RandomSound, ...]

    def document(self) -> dict[str, Any]:
        """Return the numbers for JSON; means over classes where a number belongs to a class."""
        rows = [one.document() for one in self.classes]
        columns = {name: [row[name] for row in rows if isinstance(row[name], float)] for name in rows[0]}
        overall = {name: round(float(np.mean(values)), 3) for name, values in columns.items() if values}
        spreads = {"peak_spread_db": self.peak_spread_db, "loudness_spread_db": self.loudness_spread_db}
        return {"classes": rows, "all": overall | {name: round(value, 3) for name, value in spreads.items()}}


def draw_sounds(model: ExportedModel, name: str, count: int, like: Sequence[Clip], seed: int = 0) -> list[RandomSound]:
    """Draw and play sounds of the class ``name`` from its part of the prior, as RANDOM does in play.

    Notes are played as the real sounds ``like`` were, in turn: same pitches, velocities and lengths.
    """
    metadata = model.metadata
    label = metadata.classes.index(name)
    part = metadata.model_copy(update={"prior": tuple(part for part in metadata.prior if part.label == label)})
    # Each class its own draws: with the same ones a fault of one draw would be counted in every class.
    generator = np.random.default_rng([seed, label])
    latents = np.array([draw(part, generator) for _ in range(count)], np.float32)
    playing = Playing.of([like[i * len(like) // count] for i in range(count)])
    decoded = model.decode(latents, min(LONGEST_SECONDS, metadata.longest_note_seconds), playing, seed=seed)
    return [RandomSound(name, audio) for audio in decoded]


@dataclass(frozen=True)
class _Described:
    """Sounds as they are compared: log-mel spectrograms, summaries [sounds, …], class features [sounds, …]."""

    log_mels: list[Array]
    summaries: Array
    features: Array
    loudness_db: Array


def _describe(sounds: Sequence[Array], sample_rate: int) -> _Described:
    log_mels = [figure_log_mel(audio, sample_rate) for audio in sounds]
    summaries = np.stack([summary(one) for one in log_mels])
    seconds = np.array([audible_frames(audio) for audio in sounds]) / sample_rate
    loudness = np.array([loudness_db(audio, sample_rate) for audio in sounds])
    return _Described(log_mels, summaries, class_features(summaries, seconds), loudness)


class RealSounds:
    """The real sounds that random ones are held against, and a judge that has learnt their classes.

    Args:
        clips: sounds of the model's folder, held-out ones included; those without a class are passed over.
        classes: class names that the clips' labels index.
        known: the training sounds among them, to find the nearest.
        sample_rate: of the clips.
    """

    def __init__(self, clips: Sequence[Clip], classes: Sequence[str], known: KnownSounds, sample_rate: int) -> None:
        labelled = [clip for clip in clips if clip.label >= 0]
        chosen = [labelled[i] for i in evenly_spaced(len(labelled), _MOST_REAL)]
        self.classes, self.known, self.sample_rate = classes, known, sample_rate
        self.groups = [clip.group for clip in chosen]
        self.labels: Labels = np.array([clip.label for clip in chosen], np.int64)
        self.described = _describe([np.asarray(clip.audio) for clip in chosen], sample_rate)
        self.named_across_groups = named_across_groups(self.described.features, self.labels, self.groups)
        self.classifier = fit_classifier(self.described.features, self.labels)

    def report(self, name: str, drawn: Sequence[RandomSound]) -> tuple[ClassReport, list[RandomSound]] | None:
        """Compare the random sounds of a class with the real ones; None if fewer than two can be heard.

        Returns them with the class that each was taken for.
        """
        audible = [sound for sound in drawn if np.abs(sound.audio).max() > _SILENT_PEAK]
        if len(audible) < 2:
            return None
        label = self.classes.index(name)
        real, members = self.described, np.flatnonzero(self.labels == label)
        once = members[one_of_each([self.groups[i] for i in members])]
        made = _describe([trim(sound.audio, self.sample_rate).audio for sound in audible], self.sample_rate)
        named = self.classifier.predict(made.features)
        nearest = [self.known.nearest_db(one) for one in made.log_mels]
        real_nearest = [self.known.nearest_db(real.log_mels[i], other_than=self.groups[i]) for i in once]
        covered, covered_by_real = coverage_beside_real(real.summaries[once], made.summaries)
        across = self.named_across_groups
        report = ClassReport(
            name=name,
            random_sounds=len(drawn),
            real_sounds=len(members),
            source_samples=len(once),
            coverage=covered,
            real_coverage=covered_by_real,
            diversity_db=diversity_db(made.summaries),
            real_diversity_db=diversity_db(real.summaries[once]),
            named_rightly=int((named == label).sum()) / len(drawn),
            real_named_rightly=None if across is None else float((across[members] == label).mean()),
            nearest_db=float(np.median(nearest)),
            real_nearest_db=float(np.median(real_nearest)),
            copied=float(np.mean(np.array(nearest) < np.percentile(real_nearest, 5))),
            peak_spread_db=float(np.std([peak_db(sound.audio) for sound in audible])),
            loudness_spread_db=float(np.std(made.loudness_db)),
            real_loudness_spread_db=float(np.std(real.loudness_db[members])),
            silent=len(drawn) - len(audible),
        )
        taken = [replace(sound, taken_for=self.classes[k]) for sound, k in zip(audible, named, strict=True)]
        return report, taken


def judged_classes(model: ExportedModel, clips: Sequence[Clip], classes: Sequence[str]) -> list[str]:
    """Return the classes that can be judged: with a prior of their own and enough real source samples in the folder."""
    own = {model.metadata.classes[part.label] for part in model.metadata.prior if part.label >= 0}
    groups: dict[str, set[str]] = {name: set() for name in classes}
    for clip in clips:
        if clip.label >= 0:
            groups[classes[clip.label]].add(clip.group)
    return [name for name in classes if name in own and len(groups[name]) >= LEAST_SOURCE_SAMPLES]


def judge_random_sounds(
    model: ExportedModel, clips: Sequence[Clip], classes: Sequence[str], known: KnownSounds, sounds_per_class: int
) -> RandomReport | None:
    """Draw ``sounds_per_class`` sounds of each class that can be judged and compare them with real ones.

    Arguments as of RealSounds; classes are matched with the model's by their names. None if no class can be judged.
    """
    names = judged_classes(model, clips, classes)
    if not names:
        return None
    real = RealSounds(clips, classes, known, model.metadata.sample_rate)
    reports, sounds = [], []
    for name in names:
        like = [clip for clip in clips if clip.label == classes.index(name)]
        judged = real.report(name, draw_sounds(model, name, sounds_per_class, like))
        if judged is not None:
            reports.append(judged[0])
            sounds += judged[1]
    if not reports:
        return None
    loudness = [loudness_db(sound.audio, model.metadata.sample_rate) for sound in sounds]
    peaks = [peak_db(sound.audio) for sound in sounds]
    return RandomReport(tuple(reports), float(np.std(peaks)), float(np.std(loudness)), tuple(sounds))
