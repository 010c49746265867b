"""Which way between two sounds stays nearer the data: straight, or along a sphere? And which way across the map?

    python -m benchmarks.interpolation MODEL

Two hundred random pairs of training sounds, half of them of one class each: how far outside the data the way leads
(runtime/latent/outside.py: its farthest place of nine), and how odd the sound in its middle is
(benchmarks/decoded_sounds.py). The spherical way turns around the middle of the data, in deviations of the data, and
changes its distance from there evenly (Shoemake 1985, as White 2016, arXiv:1609.04468, uses it in latent spaces).

Then places drawn evenly over the map, with other numbers of neighbours than runtime/latent/sound_map.py has, and how
far from a place its own latent is shown again.
"""

import sys
from collections.abc import Callable
from unittest import mock

import cyclopts
import numpy as np

from benchmarks.decoded_sounds import Array, KnownPlaces, print_table
from runtime.errors import LatentbridgeError
from runtime.latent import sound_map
from runtime.latent.interpolation import morph
from runtime.latent.outside import DataRange
from runtime.latent.sound_map import SoundMap

PAIRS = 100
STEPS = np.linspace(0.1, 0.9, 9)
PLACES = 300
REACHES = ((2, 1.5), (3, 1.25), (3, 1.5), (3, 2.0), (5, 1.5), (8, 1.5))
Way = Callable[[Array, Array, float], Array]


def straight(a: Array, b: Array, t: float) -> Array:
    """Return the place ``t`` of the way from a to b in a straight line, as the product morphs."""
    return np.array(morph((a.tolist(), b.tolist()), t))


def spherical_around(latents: Array) -> Way:
    """Return the way along a sphere around the middle of ``latents`` [n, latent_size], in their deviations."""
    middle = latents.mean(0)
    values, vectors = np.linalg.eigh(np.cov(latents.T))
    whiten = vectors / np.sqrt(values)
    back = np.linalg.inv(whiten)

    def spherical(a: Array, b: Array, t: float) -> Array:
        white_a, white_b = (a - middle) @ whiten, (b - middle) @ whiten
        length_a, length_b = (max(float(np.linalg.norm(one)), 1e-9) for one in (white_a, white_b))
        angle = np.arccos(np.clip(white_a @ white_b / (length_a * length_b), -1, 1))
        if np.sin(angle) < 1e-6:
            return a + t * (b - a)
        parts = np.sin((1 - t) * angle) * white_a / length_a + np.sin(t * angle) * white_b / length_b
        return np.asarray(middle + ((1 - t) * length_a + t * length_b) * parts / np.sin(angle) @ back)

    return spherical


def pairs_of(labels: Array, is_within: bool, seed: int = 0) -> list[tuple[int, int]]:
    """Return random pairs of sounds, of one class or of two."""
    generator = np.random.default_rng(seed)
    found: list[tuple[int, int]] = []
    for _ in range(100 * PAIRS):
        one, other = generator.integers(len(labels), size=2).tolist()
        if one != other and (labels[one] == labels[other]) == is_within and len(found) < PAIRS:
            found.append((one, other))
    return found


def between_pairs(known: KnownPlaces, data: DataRange) -> None:
    """Print straight and spherical ways side by side."""
    ways: dict[str, Way] = {"straight": straight, "spherical": spherical_around(known.latents)}
    rows: list[tuple[object, ...]] = []
    for kind, is_within in (("within a class", True), ("across classes", False)):
        pairs = [(known.latents[a], known.latents[b]) for a, b in pairs_of(known.labels, is_within)]
        if not pairs:
            continue
        middles: dict[str, Array] = {}
        for name, way in ways.items():
            farthest = [max(data.outside(way(a, b, t).tolist()) for t in STEPS) for a, b in pairs]
            middles[name] = known.oddness(np.array([way(a, b, 0.5) for a, b in pairs]))
            far, odd = ([float(v) for v in np.percentile(values, [50, 90])] for values in (farthest, middles[name]))
            rows.append((kind, name, len(pairs), *far, *odd))
        share = float((middles["straight"] < middles["spherical"]).mean())
        print(f"{kind}: the straight middle is the less odd one in {100 * share:.0f} % of the pairs")
    heads = ("pairs", "way", "", "outside, median", "90 %", "oddness of the middle, median", "90 %")
    print_table(heads, rows)


def across_map(known: KnownPlaces, data: DataRange) -> None:
    """Print what other reaches of the map would do."""
    rows: list[tuple[object, ...]] = []
    points = known.model.metadata.map_points
    places = np.random.default_rng(0).uniform(0, 1, (PLACES, 2))
    for neighbours, reach in REACHES:
        with (
            mock.patch.object(sound_map, "NEIGHBOURS", neighbours),
            mock.patch.object(sound_map, "REACH", reach),
        ):
            sounds = SoundMap(points)
            latents = np.array([sounds.latent(x, y) for x, y in places])
            shown = np.array([sounds.place_of(latent) for latent in latents.tolist()])
            walk = np.array([sounds.latent(x, 0.5) for x in np.linspace(0, 1, 4001)])
        outside = [data.outside(latent) for latent in latents.tolist()]
        odd = known.oddness(latents)
        steps = np.linalg.norm(np.diff(walk, axis=0), axis=1)
        back = np.linalg.norm(shown - places, axis=1)
        figures = [*np.percentile(outside, [50, 90]), *np.percentile(odd, [50, 90]), steps.max() / steps.mean()]
        rows.append((neighbours, reach, *map(float, figures), *map(float, np.percentile(back, [50, 90]))))
    print_table(
        (
            *("neighbours", "reach", "outside, median", "90 %", "oddness, median", "90 %"),
            *("largest step, of the mean", "shown off by, median", "90 %"),
        ),
        rows,
    )


def main(model: str) -> None:
    """Print the ways between sounds of MODEL."""
    known = KnownPlaces.of(model)
    data = DataRange(known.model.metadata)
    print(f"{known.model.metadata.name}\n")
    between_pairs(known, data)
    print()
    across_map(known, data)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
