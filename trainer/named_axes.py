"""Named axes: for what a musician calls brightness, attack, decay … a direction in latent space that moves just that.

1. Pairs of places a step apart are decoded. The *differences* of descriptors are regressed on the steps (ridge), which
   gives the mean gradient of each descriptor. Differences within a pair do not confuse what a knob does with what
   classes have in common: hats are bright and short, but brighter need not be shorter.
2. Where Σ is the covariance within the regions of the prior and W the gradients, Σ Wᵀ (W Σ Wᵀ + ridge)⁻¹ e_k moves
   descriptor k and no other, the short way along what the data do. It is scaled to Mahalanobis length 1, so that a
   position says how many deviations the offset is. Where moving within a region is not heard, no axis is named.
3. Sweeps from some starting points show which directions work and how far they may go; one that does not is tried with
   less and less regard to the others, and once more with regard to those alone that have found a way.
4. Other starting points, never used before, measure what is shipped: an axis whose control and descriptor have a median
   rank correlation below 0.9, or that moves too little to be heard, is not offered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import RidgeCV

from runtime.contract import Axis, DecoderMetadata, PriorComponent
from trainer.axis_measurement import AxisFigures, Listen, Places, Progress, along, cross_talk, drawn, figures_of, hear
from trainer.axis_trial import Ground, Trial, Way, distances, works
from trainer.descriptors import DRUM_DESCRIPTORS, Descriptor
from trainer.exported import VOICES_TOGETHER, ExportedModel
from trainer.note_descriptors import NOTE_DESCRIPTORS
from trainer.settings import AxisSettings

Array = npt.NDArray[np.floating[Any]]

LISTENED_TOGETHER = 2 * VOICES_TOGETHER
INSIDE_PERCENTILE = 95
"""Of the training sounds' distances from the prior: the ends of a knob are no further out than that."""
LEAST_PAIRS_PER_DIMENSION = 12
OFTEN, RARE_DEVIATIONS = 0.7, 0.25
"""A descriptor that fewer pairs than this have is asked again, this far around those that do."""
PROBED_PAIRS, AUDIBLE_SHARE = 64, 0.5
"""A straight way that leaves the others alone brings about half of what the mean step would if all went one way."""
TRIAL_CHOICE = 3
"""So many times as many starting points as a trial needs: of a rare descriptor too, most trials then have enough."""
LEAST_RISES_PER_DIMENSION = 4
LARGEST_RISE_PERCENTILE = 97
RIDGES = tuple(np.logspace(-1, 4, 11))
FINDING_SEED, TRIAL_SEED, MEASURING_SEED = 1, 1_000_000, 2_000_000
"""Of the prior's draws: what is measured at last has not been used before."""


@dataclass(frozen=True)
class Known:
    """What calibration knows of a model's latent space: means, variances [sounds, latent_size], pitches [sounds]."""

    means: Array
    variances: Array
    pitches: Array

    def sampled(self, count: int) -> tuple[Array, Array]:
        """Return draws from the posteriors of some sounds [count, latent_size], and the sounds' pitches [count]."""
        random = np.random.default_rng(FINDING_SEED)
        sounds = random.integers(len(self.means), size=count)
        noise = random.standard_normal((count, self.means.shape[1]))
        return self.means[sounds] + np.sqrt(self.variances[sounds]) * noise, self.pitches[sounds]


@dataclass(frozen=True)
class Found:
    """Axes with what was measured of them; ``descriptors`` are those of the axes, in the same order."""

    axes: tuple[Axis, ...]
    descriptors: tuple[Descriptor, ...]
    figures: tuple[AxisFigures, ...]


def named_axes(
    model: ExportedModel,
    prior: Sequence[PriorComponent],
    known: Known,
    settings: AxisSettings,
    progress: Progress = lambda sounds: None,
    reachable: Sequence[PriorComponent] = (),
) -> Found:
    """Find and measure the axes of a finished model; those that do not work are left out.

    Args:
        model: what decodes.
        prior: fitted to the training sounds; starting points are drawn from it.
        known: where the training sounds are.
        settings: how much is listened to; with too few pairs nothing is named.
        progress: is told how many sounds have been heard.
        reachable: regions in whose deviations positions are counted, as those of variations; of the prior if left out.
    """
    metadata = model.metadata.model_copy(update={"prior": tuple(prior)})
    descriptors, seconds = asked(metadata, settings)
    if not is_enough(settings, metadata.latent_size):
        return Found((), (), ())

    def listen(latents: Array, pitches: Array, which: Sequence[int]) -> Array:
        return hear(model, latents, pitches, [descriptors[k] for k in which], seconds, progress)

    ground = _ground(listen, prior, reachable or prior, known, descriptors, settings)
    if ground is None:
        return Found((), (), ())
    gradients, levels = _gradients(listen, metadata, known, descriptors, ground.spread, settings)
    places = drawn(metadata, known.pitches, TRIAL_CHOICE * settings.trial_starts, TRIAL_SEED)
    ways = Trial(listen, places, ground, descriptors, settings).ways((gradients, levels))
    places = drawn(metadata, known.pitches, settings.starts, MEASURING_SEED)
    per_latent = np.linalg.solve(ground.spread.T, levels.T).T
    return measured(listen, places, ways, per_latent, descriptors, settings.positions)


def measured(
    listen: Listen,
    places: Places,
    ways: Mapping[int, Way],
    levels: Array,
    descriptors: Sequence[Descriptor],
    positions: int,
) -> Found:
    """Measure ways on starting points, and return as axes those that keep their word.

    Args:
        listen: decodes and describes.
        places: starting points.
        ways: by the index of their descriptor.
        levels: gradients of the descriptors' levels [descriptors, latent_size].
        descriptors: what the indices mean.
        positions: how many along each sweep.
    """
    found: dict[int, AxisFigures] = {}
    for column, (k, way) in enumerate(ways.items()):
        steps = np.linspace(-way.reach, way.reach, positions)
        figures = figures_of(listen(along(places, way.direction, steps), places.pitches, list(ways)), column)
        if works(figures, descriptors[k]):
            found[k] = figures
    own = list(found)
    talk = cross_talk(list(found.values()))
    axes = tuple(
        Axis(
            name=descriptors[k].name,
            direction=_vector(ways[k].direction),
            minimum=-ways[k].reach,
            maximum=ways[k].reach,
            descriptor=_said(descriptors[k], found[k]),
            correlation=round(found[k].correlation, 3),
            gradient=_vector(levels[k]),
            cross_talk={
                descriptors[other].name: round(float(talk[row, column]), 3)
                for column, other in enumerate(own)
                if other != k
            },
        )
        for row, k in enumerate(own)
    )
    return Found(axes, tuple(descriptors[k] for k in own), tuple(found.values()))


def _said(descriptor: Descriptor, figures: AxisFigures) -> str:
    """What an axis does, for `latentbridge info`."""
    where = "" if figures.applicable > 0.95 else f", of the {figures.applicable:.0%} of places that have one"
    return f"{descriptor.says}, {figures.travel(figures.own):+.2g} {descriptor.unit} from end to end{where}"


def _vector(values: Array) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def is_enough(settings: AxisSettings, latent_size: int) -> bool:
    """Whether so much listening tells anything; with less nothing is named."""
    return settings.pairs >= LEAST_PAIRS_PER_DIMENSION * latent_size


def listening(model: ExportedModel, settings: AxisSettings) -> Array:
    """Listen to LISTENED_TOGETHER sounds as :func:`named_axes` does: to see how long it takes."""
    nowhere = np.zeros((LISTENED_TOGETHER, 1, model.metadata.latent_size))
    descriptors, seconds = asked(model.metadata, settings)
    return hear(model, nowhere, np.full(LISTENED_TOGETHER, 60.0), descriptors, seconds)


def asked(metadata: DecoderMetadata, settings: AxisSettings) -> tuple[tuple[Descriptor, ...], float]:
    """Return what is asked of a model's sounds, and how many seconds of each are heard."""
    descriptors = NOTE_DESCRIPTORS if metadata.pitched else DRUM_DESCRIPTORS
    seconds = settings.note_seconds if metadata.pitched else settings.drum_seconds
    return descriptors, min(seconds, metadata.longest_note_seconds)


def common_covariance(prior: Sequence[PriorComponent]) -> Array:
    """Return the mean covariance of the components of a prior, by weight, [latent_size, latent_size]."""
    scales = [np.asarray(component.scale) for component in prior]
    weights = np.array([component.weight for component in prior])
    return np.asarray(sum(w * s @ s.T for w, s in zip(weights / weights.sum(), scales, strict=True)))


# --- gradients -----------------------------------------------------------------------------------------------------


def _gradients(
    listen: Listen,
    metadata: DecoderMetadata,
    known: Known,
    descriptors: Sequence[Descriptor],
    spread: Array,
    settings: AxisSettings,
) -> tuple[Array, Array]:
    """Gradients of descriptors from differences, and from levels, per unit of ``spread``, each [descriptors, size].

    Half of the pairs lie around training sounds, half around draws from the prior. A descriptor that many places do
    not have is asked again, with as many pairs around the places that have it. Levels are compared between sounds as
    if all were played at one pitch. NaN where too few have the descriptor.
    """
    half = settings.pairs // 2
    near, fresh = known.sampled(half), drawn(metadata, known.pitches, half, FINDING_SEED)
    middles, pitches = np.concatenate([near[0], fresh.latents]), np.concatenate([near[1], fresh.pitches])
    random = np.random.default_rng(FINDING_SEED + 1)
    every = range(len(descriptors))
    steps, heard = _pairs(listen, Places(middles, pitches), every, spread, settings, random)
    rises = heard[:, 2] - heard[:, 1]
    gradients = np.array([slope(steps, values) for values in rises.T])
    for k in np.flatnonzero((np.isfinite(rises).mean(0) < OFTEN) & np.isfinite(gradients).all(1)):
        having = np.flatnonzero(np.isfinite(rises[:, k]))
        again = having[random.integers(len(having), size=settings.pairs)]
        around = middles[again] + RARE_DEVIATIONS * random.standard_normal(middles[again].shape) @ spread.T
        more, found = _pairs(listen, Places(around, pitches[again]), [int(k)], spread, settings, random)
        gradients[k] = slope(
            np.concatenate([steps, more]), np.concatenate([rises[:, k], found[:, 2, 0] - found[:, 1, 0]])
        )
    away = np.linalg.solve(spread, (middles - middles.mean(0)).T).T
    return gradients, np.array([slope(*at_one_pitch(away, values, pitches)) for values in heard[:, 0].T])


def at_one_pitch(places: Array, levels: Array, pitches: Array) -> tuple[Array, Array]:
    """Return places [n, size] and levels [n] without what a parabola over ``pitches`` [n] explains of either."""
    is_known = np.isfinite(levels)
    if is_known.sum() < 4:
        return places, np.full(len(levels), np.nan)
    octaves = (pitches - pitches.mean()) / 12
    trend = np.stack([np.ones_like(octaves), octaves, octaves**2], axis=1)[is_known]
    both = np.column_stack([places, levels])[is_known]
    left = both - trend @ np.linalg.lstsq(trend, both, rcond=None)[0]
    return left[:, :-1], left[:, -1]


def _pairs(
    listen: Listen,
    middles: Places,
    which: Sequence[int],
    spread: Array,
    settings: AxisSettings,
    random: np.random.Generator,
) -> tuple[Array, Array]:
    """Steps [pairs, size] in units of ``spread``, and what is heard in the middle and at both ends [pairs, 3, …]."""
    steps = settings.pair_deviations * random.standard_normal(middles.latents.shape)
    half = 0.5 * steps @ spread.T
    ends = np.stack([middles.latents, middles.latents - half, middles.latents + half], axis=1)
    return steps, listen(ends, middles.pitches, which)


def _ground(
    listen: Listen,
    prior: Sequence[PriorComponent],
    reachable: Sequence[PriorComponent],
    known: Known,
    descriptors: Sequence[Descriptor],
    settings: AxisSettings,
) -> Ground | None:
    """The regions of the prior, if moving within one is heard; else there is nowhere for a straight knob to go.

    Instruments of notes that were learnt as they are, without variations, are small islands: within one of them next to
    nothing changes, and a straight knob would lead away from it, through what lies between the training sounds.
    """
    random = np.random.default_rng(FINDING_SEED + 2)
    sounds = known.sampled(PROBED_PAIRS)
    spread = np.linalg.cholesky(common_covariance(reachable))
    _, heard = _pairs(listen, Places(*sounds), range(len(descriptors)), spread, settings, random)
    least = np.array([descriptor.least_travel for descriptor in descriptors])
    rise = np.sqrt(np.nanmean((heard[:, 2] - heard[:, 1]) ** 2, axis=0)) / settings.pair_deviations
    if np.mean(AUDIBLE_SHARE * 2 * settings.widest_deviations * rise >= least) < 0.5:
        return None
    radius = float(np.percentile(distances(prior, known.sampled(settings.pairs)[0]), INSIDE_PERCENTILE))
    return Ground(tuple(prior), spread, radius)


def slope(steps: Array, rises: Array) -> Array:
    """Return the mean gradient [size] from steps [n, size] and rises [n]: ridge, its strength by cross-validation.

    The largest three in a hundred rises count as the next smaller ones: where a sound turns into another, a descriptor
    may jump. NaN if fewer rises are known than four for each dimension.
    """
    is_known = np.isfinite(rises)
    if is_known.sum() < LEAST_RISES_PER_DIMENSION * steps.shape[1]:
        return np.full(steps.shape[1], np.nan)
    most = float(np.percentile(np.abs(rises[is_known]), LARGEST_RISE_PERCENTILE))
    model = RidgeCV(RIDGES, fit_intercept=False).fit(steps[is_known], np.clip(rises[is_known], -most, most))
    return np.asarray(model.coef_, float)
