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
SURE_CORRELATION = 0.95
"""Asked of the trial, so that what passes it also passes on other starting points."""
LEAST_APPLICABLE = 0.1
"""Share of the places to which a descriptor must apply."""


@dataclass(frozen=True)
class Way:
    """A direction in latent space, Mahalanobis length 1, and how far it may be followed to either side."""

    direction: Array
    reach: float


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


def independent_directions(gradients: Array, ridge: float) -> Array:
    """Return directions of length 1 [axes, size], each of which moves its own of some gradients [axes, size].

    A larger ``ridge`` lets it move the others more and its own faster.
    """
    unit = gradients / np.maximum(np.linalg.norm(gradients, axis=1, keepdims=True), 1e-12)
    found = np.linalg.solve(unit @ unit.T + ridge * np.eye(len(unit)), unit)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12))


class Trial:
    """Follows directions from some starting points.

    Args:
        listen: decodes and describes.
        places: starting points.
        prior: of the model, to tell how far outside the data a place is.
        radius: the furthest, in deviations, that the ends of a knob may be from the nearest component, by the median.
        descriptors: what axes are named after.
        settings: see AxisSettings.
    """

    def __init__(
        self,
        listen: Listen,
        places: Places,
        prior: Sequence[PriorComponent],
        radius: float,
        descriptors: Sequence[Descriptor],
        settings: AxisSettings,
    ) -> None:
        self._listen, self._places, self._descriptors, self._settings = listen, places, descriptors, settings
        self._prior, self._radius = prior, radius
        self._positions = np.linspace(-settings.widest_deviations, settings.widest_deviations, settings.trial_positions)

    def ways(self, gradients: Array, spread: Array) -> dict[int, Way]:
        """Return the directions that work, by the index of their descriptor.

        Args:
            gradients: mean gradients [descriptors, latent_size] in units of ``spread``; NaN where unknown.
            spread: factor of the covariance within the regions of the prior.
        """
        # What would hardly be heard on the steepest way of all is not asked of the others to be left alone either.
        steepest = 2 * self._settings.widest_deviations * np.linalg.norm(gradients, axis=1)
        wanted = [k for k, rise in enumerate(steepest) if rise >= self._descriptors[k].least_travel]
        while wanted:
            apart = independent_directions(gradients[wanted], self._settings.ridge)
            ways = {k: self._tried(k, spread @ direction) for k, direction in zip(wanted, apart, strict=True)}
            for k in [k for k in wanted if ways[k] is None]:
                alone = gradients[k] / np.linalg.norm(gradients[k])
                ways[k] = self._tried(k, spread @ alone)
            working = {k: way for k, way in ways.items() if way is not None}
            if len(working) == len(wanted):
                return working
            wanted = list(working)
        return {}

    def _tried(self, own: int, direction: Array) -> Way | None:
        """The widest reach, inside the data, over which a direction moves its descriptor monotonically; else None."""
        sweeps = self._listen(along(self._places, direction, self._positions), self._places.pitches)
        for reach in sorted(set(np.abs(self._positions)), reverse=True):
            within = np.abs(self._positions) <= reach
            if reach < self._settings.narrowest_deviations or within.sum() < 3:
                break
            figures = figures_of(sweeps[:, within], own)
            if self._is_inside(direction, reach) and works(figures, self._descriptors[own], SURE_CORRELATION):
                return Way(direction, float(reach))
        return None

    def _is_inside(self, direction: Array, reach: float) -> bool:
        ends = along(self._places, direction, np.array([-reach, reach])).reshape(-1, len(direction))
        return float(np.median(distances(self._prior, ends))) <= self._radius
