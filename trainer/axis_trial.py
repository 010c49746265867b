"""Which directions work as knobs, and how far they go: tried on some starting points before anything is promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from runtime.contract import PriorComponent
from trainer.axis_measurement import AxisFigures, Listen, Places, along, figures_of
from trainer.descriptors import Descriptor
from trainer.settings import AxisSettings

Array = npt.NDArray[np.floating[Any]]

LEAST_CORRELATION = 0.9
"""Median rank correlation of position and descriptor below which an axis does not carry the name."""
SURE_CORRELATION = 0.92
"""Asked of the trial, so that what passes it also passes on other starting points."""
HOPELESS_CORRELATION = 0.7
"""A direction that does worse on a quarter of the starting points is not tried on the others."""
LEAST_APPLICABLE = 0.1
"""Share of the places to which a descriptor must apply."""
LOOSE_RIDGE = 0.6
"""A shorter way, which moves the others a little: tried where the one that leaves them alone does not work."""


@dataclass(frozen=True)
class Way:
    """A direction in latent space, Mahalanobis length 1, and how far it may be followed to either side."""

    direction: Array
    reach: float


@dataclass(frozen=True)
class Ground:
    """Where knobs may go: the regions of the data, the unit of their positions, and how far out is still inside.

    ``spread`` [latent_size, latent_size] is a factor of the covariance whose deviations positions are counted in;
    ``radius`` the furthest, in deviations, that the ends of a knob may be from the nearest region, by the median.
    """

    regions: Sequence[PriorComponent]
    spread: Array
    radius: float


def works(figures: AxisFigures, descriptor: Descriptor, least_correlation: float = LEAST_CORRELATION) -> bool:
    """Whether an axis does what its name says: monotonically, audibly, and not in a few places only."""
    return (
        figures.correlation >= least_correlation
        and figures.travel(figures.own) >= descriptor.least_travel
        and figures.applicable >= LEAST_APPLICABLE
    )


def distances(prior: Sequence[PriorComponent], latents: Array) -> Array:
    """Return how many deviations places [n, latent_size] are from the nearest component of a prior, [n]."""
    inverses = [np.linalg.inv(np.asarray(component.scale)) for component in prior]
    away = [
        np.linalg.norm((latents - np.asarray(component.mean)) @ inverse.T, axis=1)
        for component, inverse in zip(prior, inverses, strict=True)
    ]
    return np.asarray(np.min(away, axis=0))


def _unit(gradients: Any) -> Array:
    """Return gradients [descriptors, size] with length 1 each."""
    return np.asarray(gradients / np.maximum(np.linalg.norm(gradients, axis=1, keepdims=True), 1e-12))


def independent_directions(gradients: Array, ridge: float) -> Array:
    """Return directions of length 1 [axes, size], each of which moves its own of some gradients [axes, size].

    A larger ``ridge`` lets it move the others more and its own faster.
    """
    unit = _unit(gradients)
    return _unit(np.linalg.solve(unit @ unit.T + ridge * np.eye(len(unit)), unit))


class Trial:
    """Follows directions from some starting points.

    Args:
        listen: decodes and describes.
        places: starting points to choose from: of those that have a descriptor the first ``trial_starts`` are taken.
        ground: where knobs may go.
        descriptors: what axes are named after.
        settings: see AxisSettings.
    """

    def __init__(
        self,
        listen: Listen,
        places: Places,
        ground: Ground,
        descriptors: Sequence[Descriptor],
        settings: AxisSettings,
    ) -> None:
        self._listen, self._places, self._descriptors, self._settings = listen, places, descriptors, settings
        self._ground = ground
        self._heard: Array | None = None
        """What is heard at the starting points themselves."""
        widest, between = settings.widest_deviations, (settings.narrowest_deviations + settings.widest_deviations) / 2
        even = np.linspace(-widest, widest, settings.trial_positions)
        self._positions = np.union1d(even, [-between, between]) if between < widest else even

    def ways(self, gradients: Sequence[Array]) -> dict[int, Way]:
        """Return the directions that work, by the index of their descriptor.

        ``gradients`` are found in one way or another, the most trusted first, each [descriptors, latent_size] in units
        of the ground's spread; NaN where unknown.
        """
        least = np.array([descriptor.least_travel for descriptor in self._descriptors])
        # What would hardly be heard on the steepest way of all is not asked of the others to be left alone either.
        heard = [2 * self._settings.widest_deviations * np.linalg.norm(found, axis=1) >= least for found in gradients]
        wanted = [int(k) for k in np.flatnonzero(np.any(heard, axis=0))]
        ways: dict[int, Way] = {}
        alone = wanted
        while wanted:
            tried = {k: self._first_that_works(k, alone, gradients) for k in wanted}
            found = {k: way for k, way in tried.items() if way is not None}
            ways |= found
            # What has no way need not be left alone any more, so that the others may be asked again without it.
            if not found or len(found) == len(wanted):
                return ways
            wanted = [k for k in wanted if k not in found]
            alone = list(ways)
        return ways

    def _first_that_works(self, own: int, alone: Sequence[int], gradients: Sequence[Array]) -> Way | None:
        """Independent of the others that are to be left alone if that works, else less and less so."""
        known = [found for found in gradients if np.isfinite(found[own]).all()]
        both = [_unit(sum(_unit(found) for found in known))] if len(known) > 1 else []
        strict, loose = self._settings.ridge, LOOSE_RIDGE
        candidates = [self._apart(found, own, alone, strict) for found in known]
        candidates += [self._apart(found, own, alone, ridge) for found in both for ridge in (strict, loose)]
        candidates += [self._apart(found, own, alone, loose) for found in known]
        candidates += [_unit(found)[own] for found in (*known, *both)]
        for direction in candidates:
            if (way := self._tried(own, self._ground.spread @ direction)) is not None:
                return way
        return None

    def _apart(self, found: Array, own: int, alone: Sequence[int], ridge: float) -> Array:
        told = [k for k in {own, *alone} if np.isfinite(found[k]).all()]
        return np.asarray(independent_directions(found[told], ridge)[told.index(own)])

    def _tried(self, own: int, direction: Array) -> Way | None:
        """The widest reach, inside the data, over which a direction moves its descriptor monotonically; else None."""
        places = self._having(own)
        few = Places(places.latents[: len(places) // 4], places.pitches[: len(places) // 4])
        if not len(few) or self._swept(few, direction, own).correlation < HOPELESS_CORRELATION:
            return None
        sweeps = self._listen(along(places, direction, self._positions), places.pitches, [own])
        for reach in sorted(set(np.abs(self._positions)), reverse=True):
            within = np.abs(self._positions) <= reach
            if reach < self._settings.narrowest_deviations or within.sum() < 3:
                break
            figures = figures_of(sweeps[:, within], 0)
            if self._is_inside(places, direction, reach) and works(figures, self._descriptors[own], SURE_CORRELATION):
                return Way(direction, float(reach))
        return None

    def _swept(self, places: Places, direction: Array, own: int) -> AxisFigures:
        return figures_of(self._listen(along(places, direction, self._positions), places.pitches, [own]), 0)

    def _having(self, own: int) -> Places:
        """Starting points that have a descriptor, at most as many as a trial takes."""
        if self._heard is None:
            every = range(len(self._descriptors))
            self._heard = self._listen(self._places.latents[:, None], self._places.pitches, every)[:, 0]
        chosen = np.flatnonzero(np.isfinite(self._heard[:, own]))[: self._settings.trial_starts]
        return Places(self._places.latents[chosen], self._places.pitches[chosen])

    def _is_inside(self, places: Places, direction: Array, reach: float) -> bool:
        ends = along(places, direction, np.array([-reach, reach])).reshape(-1, len(direction))
        return float(np.median(distances(self._ground.regions, ends))) <= self._ground.radius
