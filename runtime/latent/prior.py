"""Random places in latent space, drawn from where the training sounds are.

The metadata hold a mixture of Gaussians fitted to the latents of the training data; a draw from it lands where the
decoder has been trained, which a uniform draw from a cube in many dimensions almost never does.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from runtime.contract import DecoderMetadata

FARTHEST_DEVIATIONS: Final = 2.5
"""No draw strays farther from its Gaussian's middle in any direction: beyond, the decoder has heard next to nothing."""


def draw(
    metadata: DecoderMetadata,
    generator: np.random.Generator | int,
    amount: float = 1.0,
    present: Sequence[float] | None = None,
) -> tuple[float, ...]:
    """Return a random place (latent_size numbers, rounded to float32) from the model's prior.

    ``generator`` may be a seed: the same one gives the same place. ``amount`` 0…1 goes only so far from ``present``
    (the default latent if None) towards the place drawn. A model without a fitted prior is taken to follow the unit
    normal distribution that autoencoders are trained towards.
    """
    generator = np.random.default_rng(generator)
    deviations = generator.standard_normal(metadata.latent_size)
    choice = generator.random()
    deviations = deviations.clip(-FARTHEST_DEVIATIONS, FARTHEST_DEVIATIONS)
    if metadata.prior:
        ends = np.cumsum([component.weight for component in metadata.prior])
        component = metadata.prior[int(np.searchsorted(ends, choice * ends[-1], side="right").clip(0, len(ends) - 1))]
        place = np.asarray(component.mean) + np.asarray(component.scale) @ deviations
    else:
        place = deviations
    start = np.asarray(metadata.default_latent if present is None else present, np.float64)
    blend = min(max(amount, 0.0), 1.0)
    return tuple((start + blend * (place - start)).astype(np.float32).tolist())
