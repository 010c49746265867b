"""How far outside the data a place in latent space is: what a knob has to do with what the decoder has learned.

The measure is the Mahalanobis distance to the nearest component of the fitted prior, over the distance within which
95 % of the training sounds lie: up to 1 is inside, 2 is twice as far out as all but the oddest training sounds.
"""

import math
from collections.abc import Sequence

import numpy as np

from runtime.contract import DecoderMetadata


class DataRange:
    """The prior of one model, prepared once, so that a question takes microseconds.

    A model without a fitted prior is taken to follow the unit normal distribution, one without a measured radius to
    have that of a normal distribution.
    """

    def __init__(self, metadata: DecoderMetadata) -> None:
        size = metadata.latent_size
        self.labels: tuple[int, ...] = tuple(part.label for part in metadata.prior) or (-1,)
        """Class of each component, −1 for none."""
        scales = np.array([part.scale for part in metadata.prior], np.float64).reshape(-1, size, size)
        means = np.array([part.mean for part in metadata.prior], np.float64).reshape(-1, size)
        if not metadata.prior:
            scales, means = np.eye(size)[None], np.zeros((1, size))
        inverses = np.linalg.inv(scales)
        self._inverses = inverses.reshape(-1, size)
        self._middles = np.einsum("kij,kj->ki", inverses, means).reshape(-1)
        self._radius = metadata.outside_radius or normal_radius(size)

    def deviations(self, latent: Sequence[float]) -> np.ndarray:
        """Return the Mahalanobis distance of a latent to each component, [components]."""
        white = (self._inverses @ np.asarray(latent, np.float64) - self._middles).reshape(len(self.labels), -1)
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", white, white)))

    def outside(self, latent: Sequence[float]) -> float:
        """Return how far outside the data a latent is: up to 1 inside, beyond it the decoder guesses."""
        return float(self.deviations(latent).min()) / self._radius

    def label(self, latent: Sequence[float]) -> int:
        """Return the class of the nearest component, −1 for none."""
        return self.labels[int(self.deviations(latent).argmin())]


def outside(metadata: DecoderMetadata, latent: Sequence[float]) -> float:
    """Return how far outside the data of a model one latent is; for many, keep a :class:`DataRange`."""
    return DataRange(metadata).outside(latent)


def normal_radius(size: int) -> float:
    """Return the radius that holds 95 % of the unit normal distribution in ``size`` dimensions.

    The chi-squared quantile by Wilson and Hilferty (PNAS 17, 1931), at most 1.3 % short.
    """
    return math.sqrt(size * (1 - 2 / (9 * size) + 1.644854 * math.sqrt(2 / (9 * size))) ** 3)
