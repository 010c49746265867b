"""Random places in latent space, drawn from where the training sounds are.

The metadata hold a mixture of Gaussians fitted to the latents of the training data; a draw from it lands where the
decoder has been trained, which a uniform draw from a cube in many dimensions almost never does.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.errors import LatentbridgeError

Numbers = NDArray[np.float64]

FARTHEST_DEVIATIONS: Final = 2.5
"""No draw strays farther from its Gaussian's middle in any direction: beyond, the decoder has heard next to nothing."""
WIDEST_TEMPERATURE: Final = 2.0


def draw(
    metadata: DecoderMetadata,
    generator: np.random.Generator | int,
    amount: float = 1.0,
    present: Sequence[float] | None = None,
    temperature: float = 1.0,
    label: int | None = None,
) -> tuple[float, ...]:
    """Return a random place (latent_size numbers, rounded to float32) from the model's prior.

    ``generator`` may be a seed: the same one gives the same place. ``amount`` 0…1 goes only so far from ``present``
    (the default latent if None) towards the place drawn. ``temperature`` 0…2 says how far places stray from the middle
    of a Gaussian: 0 not at all, 1 as the training sounds do. ``label`` draws from one class only; one too small to have
    Gaussians of its own is drawn from around its sounds on the map. A model without a fitted prior is taken to follow
    the unit normal distribution that autoencoders are trained towards.

    Raises LatentbridgeError if the model knows no place of that class.
    """
    generator = np.random.default_rng(generator)
    deviations = generator.standard_normal(metadata.latent_size)
    choice = generator.random()
    deviations = deviations.clip(-FARTHEST_DEVIATIONS, FARTHEST_DEVIATIONS)
    deviations *= min(max(temperature, 0.0), WIDEST_TEMPERATURE)
    place = _place(metadata, deviations, choice) if label is None else _of_class(metadata, deviations, choice, label)
    start = np.asarray(metadata.default_latent if present is None else present, np.float64)
    blend = min(max(amount, 0.0), 1.0)
    return tuple((start + blend * (place - start)).astype(np.float32).tolist())


def _place(metadata: DecoderMetadata, deviations: Numbers, choice: float, label: int | None = None) -> Numbers:
    """A place from the components of a class, or from all; without any, from the unit normal distribution."""
    parts = [part for part in metadata.prior if label is None or part.label == label]
    if not parts:
        return deviations
    ends = np.cumsum([part.weight for part in parts])
    part = parts[int(np.searchsorted(ends, choice * ends[-1], side="right").clip(0, len(ends) - 1))]
    return np.asarray(part.mean + np.asarray(part.scale) @ deviations)


def _of_class(metadata: DecoderMetadata, deviations: Numbers, choice: float, label: int) -> Numbers:
    if any(part.label == label for part in metadata.prior):
        return _place(metadata, deviations, choice, label)
    sounds = [point.latent for point in metadata.map_points if point.label == label]
    if not sounds:
        raise LatentbridgeError(
            f"{metadata.name} knows no place of the class {metadata.class_of(label) or label}.",
            "A class with sounds on the map or components of the prior was expected.",
            "Draw from another class, or calibrate the model again.",
        )
    middle = np.asarray(sounds[min(int(choice * len(sounds)), len(sounds) - 1)])
    return np.asarray(middle + _common_scale(metadata) @ deviations)


def _common_scale(metadata: DecoderMetadata) -> Numbers:
    """How the sounds of a kind spread that is known by its neighbours alone: the mean covariance of the classes.

    Components without a class are asked only if there are no others: they lump several classes together.
    """
    parts = [part for part in metadata.prior if part.label >= 0] or list(metadata.prior)
    if not parts:
        return np.zeros((metadata.latent_size, metadata.latent_size))
    scales = np.array([part.scale for part in parts])
    weights = np.array([part.weight for part in parts])
    covariance = np.einsum("k,kij,klj->il", weights / weights.sum(), scales, scales)
    return np.asarray(np.linalg.cholesky(covariance))


def class_label(metadata: DecoderMetadata, name: str) -> int:
    """Return the label of a class by its name, in small or capital letters.

    Raises LatentbridgeError naming the classes that there are.
    """
    wanted = name.strip().casefold().replace(" ", "_")
    for label, known in enumerate(metadata.classes):
        if known.casefold().replace(" ", "_") == wanted:
            return label
    if not metadata.classes:
        raise LatentbridgeError(
            f"{metadata.name} has no classes, so none is called {name[:40]!r}.",
            "A model trained on a folder with one folder for each class has them.",
            "Draw from all of its sounds.",
        )
    raise LatentbridgeError(
        f"{metadata.name} has no class {name[:40]!r}.", f"It has {', '.join(metadata.classes)}.", "Name one of these."
    )
