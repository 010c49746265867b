"""How sounds of one kind differ from each other, anywhere in latent space: what the strikes of one drum vary by.

The fitted prior is a mixture of Gaussians; the shape of the one nearest to a place says in which directions, and how
far, sounds like that one differ. Numbers are float32, as they travel to an engine that loads another model: what it
plays is what it would play had it read the file.
"""

import base64
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.latent.glide import Numbers

_WITHOUT_PRIOR: Final = 0.5
"""Deviation where a model has no fitted prior: half that of the normal distribution which autoencoders are trained
towards, since its sounds of one kind lie closer together than all of them."""
_NARROWEST: Final = 1e-3


class Spread:
    """Middles and shapes of the Gaussians of one model's prior."""

    def __init__(self, numbers: NDArray[np.float32]) -> None:
        """Take middles and factors of covariance, [components, 1 + latent_size, latent_size]."""
        self._numbers = numbers
        self._middles = numbers[:, 0].astype(np.float64)
        self._shapes = numbers[:, 1:].astype(np.float64)
        self._narrowness = 1.0 / np.maximum(np.sqrt(np.square(self._shapes).sum(axis=2)), _NARROWEST)

    @classmethod
    def of(cls, metadata: DecoderMetadata) -> Self:
        """Return the spread of a model's sounds."""
        size = metadata.latent_size
        if not metadata.prior:
            return cls(np.concatenate([np.zeros((1, size)), _WITHOUT_PRIOR * np.eye(size)])[None].astype(np.float32))
        return cls(np.array([[part.mean, *part.scale] for part in metadata.prior], np.float32))

    def to_text(self) -> str:
        """Return what :meth:`from_text` reads: base64, which takes a hundredth of the time of as many numbers."""
        return base64.b64encode(self._numbers.astype("<f4").tobytes()).decode("ascii")

    @classmethod
    def from_text(cls, text: str, latent_size: int) -> Self:
        """Read what :meth:`to_text` wrote for a model. Raises ValueError for anything else."""
        numbers = np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)
        return cls(numbers.reshape(-1, 1 + latent_size, latent_size))

    def offset(self, place: Numbers, deviations: Numbers) -> Numbers:
        """Return a draw about ``place`` [latent_size], as an offset; ``deviations`` [latent_size] are normal numbers.

        Nearest is the Gaussian with the smallest distance in its own deviations, dimension by dimension.
        """
        far = (place - self._middles) * self._narrowness
        shape = self._shapes[int(np.square(far).sum(axis=1).argmin())]
        # Not as a matrix product, which may round differently from call to call.
        offset: Numbers = (shape * deviations).sum(axis=1)
        return offset
