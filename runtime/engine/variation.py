"""Variation: no two strikes of a key alike, as no two of a drummer are.

Each strike gets noise of its own, and a place of its own near that of its key, in the directions in which the model's
sounds of that kind differ (:mod:`runtime.latent.spread`). Both come from the strike's seed alone, so a log plays the
same strikes again.
"""

from typing import Final

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.noise import noise_start, other_seed, read_noise
from runtime.latent.glide import Numbers
from runtime.latent.spread import Spread

UNPITCHED_DEVIATIONS: Final = 0.2
PITCHED_DEVIATIONS: Final = 1.0
"""How far strikes stray at variation 1, in deviations of the sounds of their kind. The drums of a kind are many drums,
the notes of a kind are those of one instrument: `python -m benchmarks.variation` says what is left of either."""
_OWN_SEED: Final = 1 << 20
"""Which further seed of a note its place comes from: no voice of a unison has that number."""


class Variation:
    """Places of strikes for one model."""

    def __init__(self, spread: Spread, metadata: DecoderMetadata) -> None:
        self._spread = spread
        self._deviations: Final = PITCHED_DEVIATIONS if metadata.pitched else UNPITCHED_DEVIATIONS
        self._uniform = np.zeros((3, metadata.latent_size), np.float32)

    def offset(self, place: Numbers, amount: float, seed: int) -> Numbers:
        """Return how far a strike strays from ``place`` [latent_size], with ``amount`` 0…1, as [latent_size].

        The sum of three numbers uniform in −1…1 has deviation 1, is close to normal, and is never beyond 3: no strike
        is an odd one out.
        """
        read_noise(noise_start(other_seed(seed, _OWN_SEED)), 0, self._uniform)
        deviations = self._uniform.sum(axis=0, dtype=np.float64)
        return self._spread.offset(place, deviations) * (self._deviations * min(max(amount, 0.0), 1.0))
