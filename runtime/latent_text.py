"""A place in latent space as a person types it, and as it is printed to be pasted."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.errors import LatentbridgeError

_LARGEST_LATENT: Final = 1000.0


def parse_latent(text: str, metadata: DecoderMetadata) -> tuple[float, ...]:
    """Return the numbers of a latent as a person types or pastes them: with commas, spaces or both between.

    Raises LatentbridgeError if they are not numbers, not finite, or not as many as the model has dimensions.
    """
    words = text.replace(",", " ").split()
    try:
        values = tuple(float(word) for word in words)
    except ValueError:
        values = (math.nan,)
    if not all(abs(value) <= _LARGEST_LATENT for value in values):
        raise LatentbridgeError(
            f"--latent {text!r} is not a list of numbers.",
            f'Numbers from −{_LARGEST_LATENT:g} to {_LARGEST_LATENT:g} with commas were expected: "-0.1,0.4,…".',
            "`latentbridge encode` prints one to paste.",
        )
    if len(values) != metadata.latent_size:
        raise LatentbridgeError(
            f"--latent has {len(values)} numbers.",
            f"{metadata.name} has {metadata.latent_size} dimensions.",
            "Give one number for each.",
        )
    return values


def as_text(latent: Sequence[float] | NDArray[np.float32]) -> str:
    """Return a latent as numbers with commas: the shortest that give the same float32 when read again."""
    return ",".join(str(value) for value in np.asarray(latent, np.float32))
