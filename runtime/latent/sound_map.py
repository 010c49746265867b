"""The map of a model's sounds, read backwards: any place of it has a latent, and any latent has a place on it.

Both are weighted means over the nearest training sounds. The weights are those of Franke and Nielson (Int. J. Numerical
Methods in Engineering 15, 1980), ((R − d) / (R d))²: a sound at distance d = 0 alone counts, one at R no longer does.
Their R is the distance of the next neighbour, which leaves a jump where that many lie equally far; here R is half as
far again as the third nearest, which is continuous everywhere and always reaches past the nearest.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runtime.contract import MapPoint
from runtime.errors import LatentbridgeError

Numbers = NDArray[np.float64]

NEIGHBOURS: Final = 3
REACH: Final = 1.5
"""How far a place hears, in distances of its third nearest sound: some seven sounds on an even map."""
_SAME_PLACE: Final = 1e-12


class SoundMap:
    """The map points of one model. A model made elsewhere may have none: then ``len`` is 0 and all questions raise."""

    def __init__(self, points: Sequence[MapPoint]) -> None:
        self.labels: tuple[int, ...] = tuple(point.label for point in points)
        """Class of each point, −1 for none."""
        self._places: Numbers = np.array([(point.x, point.y) for point in points], np.float64).reshape(-1, 2)
        self._latents: Numbers = np.array([point.latent for point in points], np.float64)
        self._whitening = _whitening(self._latents) if len(points) else np.zeros((0, 0))
        self._white_latents = self._latents @ self._whitening if len(points) else self._latents

    def __len__(self) -> int:
        """How many sounds there are on the map."""
        return len(self.labels)

    def latent(self, x: float, y: float) -> tuple[float, ...]:
        """Return the latent of a place (0…1 each; outside is taken to the edge), rounded to float32.

        At the place of a sound it is that sound's; from there it moves without a jump. Raises LatentbridgeError if the
        model has no map.
        """
        near, weights = _weights(self._distances(x, y))
        return tuple((weights @ self._latents[near]).astype(np.float32).tolist())

    def nearest(self, x: float, y: float) -> int:
        """Return the index of the map point nearest to a place. Raises LatentbridgeError if the model has no map."""
        return int(self._distances(x, y).argmin())

    def place_of(self, latent: Sequence[float]) -> tuple[float, float]:
        """Return about where a latent lies on the map: among the places of the sounds nearest to it.

        Nearness counts deviations of the training sounds. Exact for a training sound, continuous, and approximate
        elsewhere: two dimensions do not hold all of them. Raises LatentbridgeError if the model has no map.
        """
        self._check()
        differences = self._white_latents - np.asarray(latent, np.float64) @ self._whitening
        near, weights = _weights(np.sqrt(np.einsum("ij,ij->i", differences, differences)))
        x, y = (weights @ self._places[near]).tolist()
        return x, y

    def _distances(self, x: float, y: float) -> Numbers:
        self._check()
        across = self._places[:, 0] - min(max(x, 0.0), 1.0)
        along = self._places[:, 1] - min(max(y, 0.0), 1.0)
        return np.asarray(np.sqrt(across * across + along * along))

    def _check(self) -> None:
        if not self.labels:
            raise LatentbridgeError(
                "This model has no map.", "A calibrated model has one.", "Calibrate it on the sounds it was trained on."
            )


def _whitening(latents: Numbers) -> Numbers:
    """Return the matrix [latent_size, latent_size] after which latents [n, latent_size] spread equally everywhere.

    Directions in which the sounds hardly differ (a thousandth of the widest, or all if there is one sound) stay small.
    """
    size = latents.shape[1]
    variances, directions = np.linalg.eigh(np.cov(latents.T, bias=True).reshape(size, size))
    least = max(float(variances.max()) * 1e-6, 1e-12)
    return np.asarray(directions / np.sqrt(np.maximum(variances, least)))


def _weights(distances: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """Return which sounds count and how much, adding up to 1, from the distances of all of them [n]."""
    count = min(NEIGHBOURS, len(distances))
    radius = REACH * float(np.partition(distances, count - 1)[count - 1])
    if float(distances.min()) <= _SAME_PLACE:
        near: NDArray[Any] = np.flatnonzero(distances <= _SAME_PLACE)
        return near, np.full(len(near), 1 / len(near))
    near = np.flatnonzero(distances < radius)
    weights = (radius / distances[near] - 1.0) ** 2
    return near, weights / weights.sum()
