"""Does "how far outside the data" say when a model begins to sound odd?

    python -m benchmarks.outside_the_data MODEL

Places at growing distance from the data: from training sounds along random directions, up to eight deviations, and the
latents of training sounds times up to 4. For each, what runtime/latent/outside.py says, against how odd its sound is
(benchmarks/decoded_sounds.py). Prints their rank correlation and a table.
"""

import sys
from itertools import pairwise

import cyclopts
import numpy as np
from scipy.stats import spearmanr

from benchmarks.decoded_sounds import Array, KnownPlaces, print_table
from runtime.errors import LatentbridgeError
from runtime.latent.outside import DataRange

STARTS = 60
DEVIATIONS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
FACTORS = (1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
LEAST_PLACES = 5
EDGES = (0.0, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, np.inf)


def astray(latents: Array, seed: int = 0) -> Array:
    """Return places from training sounds along random directions, [STARTS × DEVIATIONS, latent_size].

    A deviation is that of the training sounds in that direction: directions are drawn from their covariance.
    """
    generator = np.random.default_rng(seed)
    starts = latents[generator.permutation(len(latents))[:STARTS]]
    white = generator.standard_normal(starts.shape)
    white /= np.linalg.norm(white, axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(np.cov(latents.T))
    directions = (white * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return (starts[:, None] + directions[:, None] * np.array(DEVIATIONS)[:, None]).reshape(-1, latents.shape[1])


def scaled(latents: Array, seed: int = 1) -> Array:
    """Return latents of training sounds times FACTORS, [STARTS × FACTORS, latent_size]."""
    starts = latents[np.random.default_rng(seed).permutation(len(latents))[:STARTS]]
    return (starts[:, None] * np.array(FACTORS)[:, None]).reshape(-1, latents.shape[1])


def measured(known: KnownPlaces) -> dict[str, tuple[Array, Array]]:
    """Return, for each way out of the data, how far outside its places are and how odd they sound, each [places]."""
    data = DataRange(known.model.metadata)
    ways = {"random directions": astray(known.latents), "latents times up to 4": scaled(known.latents)}
    return {
        name: (np.array([data.outside(place) for place in places.tolist()]), known.oddness(places))
        for name, places in ways.items()
    }


def by_distance(numbers: Array, odd: Array) -> list[tuple[float, float, Array]]:
    """Return stretches of "outside", lower and upper end, and the oddness of the places that lie in each."""
    parts = [(low, high, odd[(numbers >= low) & (numbers < high)]) for low, high in pairwise(EDGES)]
    return [part for part in parts if len(part[2]) >= LEAST_PLACES]


def main(model: str) -> None:
    """Print how well the number tells odd places of MODEL."""
    known = KnownPlaces.of(model)
    ways = measured(known)
    print(f"{known.model.metadata.name}: a training sound is {known.nearest_db:.2f} dB from the nearest other (median)")
    for name, (outside, oddness) in ways.items():
        print(f"rank correlation, {name}: {spearmanr(outside, oddness).statistic:.2f}")
    numbers, odd = (np.concatenate(parts) for parts in zip(*ways.values(), strict=True))
    print(f"rank correlation, all: {spearmanr(numbers, odd).statistic:.2f}\n")
    rows: list[tuple[object, ...]] = [
        (f"{low:g} to {high:g}", len(here), *map(float, np.percentile(here, [50, 25, 75])))
        for low, high, here in by_distance(numbers, odd)
    ]
    print_table(("outside", "places", "oddness, median", "lower quarter", "upper quarter"), rows)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
