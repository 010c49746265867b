"""The map: a two-dimensional picture of the training sounds in which neighbours sound alike.

What makes two sounds neighbours is where they are in latent space and how the decoder makes them sound, in equal parts.
Their picture is t-SNE's (van der Maaten and Hinton, J. Machine Learning Research 9, 2008), begun from the principal
plane, so that the same sounds give the same picture. It is then turned, so that bright sounds lie to the right and long
ones above, and spread over the square that a finger moves on. `python -m benchmarks.latent_map` compares the ways.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from scipy.stats import qmc, rankdata
from sklearn.manifold import TSNE

from runtime.contract import MapPoint
from trainer.coverage import summary
from trainer.figures import FIGURE_RATE_HZ, at_figure_rate, at_peak_1, log_mel

Array = npt.NDArray[np.floating[Any]]

PERPLEXITY = 15.0
"""About how many neighbours a sound has in t-SNE."""
LEAST_FOR_TSNE = 8
"""Fewer sounds are shown in their principal plane: there is no neighbourhood to keep."""
LEAST_GAP = 0.3
"""Least distance of two sounds on the map, of what they would have on a grid."""
_STIR = 1e-4
_SAMPLES_PER_SOUND = 60
_DECIMALS = 4


def map_points(latents: Array, labels: npt.NDArray[np.int64], decoded: Array, sample_rate: int) -> tuple[MapPoint, ...]:
    """Place sounds on the map.

    Args:
        latents: of the sounds [sounds, latent_size].
        labels: class of each, −1 for none.
        decoded: what the decoder makes of them, all on one key [sounds, channels, frames].
        sample_rate: of ``decoded``, in Hz.
    """
    summaries = sound_summaries(decoded, sample_rate)
    places = spread_over_square(turned(picture(features(latents, summaries)), summaries))
    return tuple(
        MapPoint(x=x, y=y, latent=tuple(round(float(number), 5) for number in latent), label=int(label))
        for (x, y), latent, label in zip(places.tolist(), latents, labels, strict=True)
    )


def sound_summaries(decoded: Array, sample_rate: int) -> Array:
    """Return 14 stretches × 32 mel bands in dB of each sound [sounds, channels, frames], as [sounds, 448]."""
    sounds = (at_peak_1(at_figure_rate(audio, sample_rate)) for audio in decoded)
    return np.stack([summary(log_mel(audio, FIGURE_RATE_HZ)) for audio in sounds])


def features(latents: Array, summaries: Array) -> Array:
    """Return what neighbours share [sounds, features]: latents and summaries, each with unit spread over the sounds.

    A little noise is added, always the same, so that equal sounds are not quite equal.
    """
    both = np.hstack([_unit_spread(latents), _unit_spread(summaries)])
    return both + np.random.default_rng(0).normal(0, _STIR, both.shape)


def _unit_spread(values: Array) -> Array:
    centred = np.asarray(values - values.mean(0), np.float64)
    return centred / max(float(np.sqrt((centred**2).sum(1).mean())), 1e-6)


def picture(values: Array) -> Array:
    """Return a plane [sounds, 2] that keeps neighbours of ``values`` [sounds, features] together."""
    if len(values) < LEAST_FOR_TSNE:
        return plane(values)
    perplexity = min(PERPLEXITY, (len(values) - 1) / 3)
    return np.asarray(TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(values), np.float64)


def plane(values: Array) -> Array:
    """Return the principal components of ``values`` [sounds, features] as [sounds, 2]; zeros where there is none."""
    centred = values - values.mean(0)
    left, widths, _ = np.linalg.svd(centred, full_matrices=False)
    found = left[:, :2] * np.where(widths[:2] > 1e-9 * max(float(widths[0]), 1e-9), widths[:2], 0)
    return np.pad(found, ((0, 0), (0, 2 - found.shape[1])))


def turned(places: Array, summaries: Array) -> Array:
    """Turn a plane [sounds, 2] so that sounds become brighter to the right, and mirror it so that long ones are above.

    ``summaries`` are those of the sounds, [sounds, 448].
    """
    brightness, length = brightness_and_length(summaries)
    centred = places - places.mean(0)
    if len(places) > 2:
        slope = np.linalg.lstsq(centred, brightness - brightness.mean(), rcond=None)[0]
        right = slope / max(float(np.linalg.norm(slope)), 1e-12)
        if right.any():
            centred = np.stack([centred @ right, centred @ [-right[1], right[0]]], axis=1)
    signs = [np.sign((centred[:, k] * (values - values.mean())).sum()) for k, values in ((0, brightness), (1, length))]
    return centred * np.where(np.array(signs) < 0, -1.0, 1.0)


def brightness_and_length(summaries: Array) -> tuple[Array, Array]:
    """Return where the middle of each sound's amplitude lies in mel bands and in time, each [sounds], in steps."""
    amplitude = 10 ** (summaries.reshape(len(summaries), 14, 32) / 20)
    total = amplitude.sum((1, 2))
    brightness = (amplitude.sum(1) @ np.arange(32)) / total
    length = (amplitude.sum(2) @ np.arange(14)) / total
    return brightness, length


def spread_over_square(places: Array) -> Array:
    """Spread a picture [sounds, 2] over 0…1 × 0…1, rounded to four decimals, no two at one point.

    t-SNE leaves wide gaps around tight heaps. Ranks along either side use the square to its edges; half a step of
    Lloyd's (IEEE Trans. Information Theory 28, 1982) moves each sound towards the middle of what is nearest to it;
    sounds closer than ``LEAST_GAP`` push each other apart. Each costs the neighbourhoods little, further steps much.
    """
    count = len(places)
    if count == 1:
        return np.full((1, 2), 0.5)
    # A few sounds may lie on a line: they stay there. Of many, no two have the same rank, so that none hide each other.
    ties = "ordinal" if count >= LEAST_FOR_TSNE else "average"
    ranks = np.stack([(rankdata(column, ties) - 1) / (count - 1) for column in np.asarray(places).T], axis=1)
    even = _to_edges(_evened(ranks)) if count >= LEAST_FOR_TSNE else ranks
    return _told_apart(_pushed_apart(even, LEAST_GAP / np.sqrt(count)))


def _evened(places: Array) -> Array:
    """Half a step of Lloyd's, on points that fill the square evenly."""
    points = qmc.Halton(2, scramble=False).random(_SAMPLES_PER_SOUND * len(places))
    owners = cKDTree(places).query(points)[1]
    counts = np.bincount(owners, minlength=len(places))[:, None]
    sums = np.stack([np.bincount(owners, points[:, k], len(places)) for k in (0, 1)], axis=1)
    return np.where(counts > 0, (places + sums / np.maximum(counts, 1)) / 2, places)


def _to_edges(places: Array) -> Array:
    """Stretch either side to 0…1; a side without any extent lies in the middle."""
    low, extent = places.min(0), np.ptp(places, axis=0)
    return np.where(extent > 1e-6, (places - low) / np.maximum(extent, 1e-6), 0.5)


def _pushed_apart(places: Array, gap: float, steps: int = 60) -> Array:
    """Move pairs that are closer than ``gap`` away from each other, within the square."""
    places = places.copy()
    for _ in range(steps):
        pairs = cKDTree(places).query_pairs(gap, output_type="ndarray")
        if not len(pairs):
            break
        apart = places[pairs[:, 0]] - places[pairs[:, 1]]
        distances = np.linalg.norm(apart, axis=1, keepdims=True)
        push = 0.25 * (gap - distances) * apart / np.maximum(distances, 1e-9)
        np.add.at(places, pairs[:, 0], push)
        np.add.at(places, pairs[:, 1], -push)
        places = places.clip(0, 1)
    return places


def _told_apart(places: Array) -> Array:
    """Round, and move a sound whose point is taken to the next free one."""
    taken: set[tuple[int, int]] = set()
    steps = 10**_DECIMALS
    found = []
    for x, y in np.round(places * steps).astype(int).tolist():
        width = 0
        while (x, y) in taken:
            width += 1
            free = [(a, b) for a in range(x - width, x + width + 1) for b in range(y - width, y + width + 1)]
            free = [place for place in free if place not in taken and min(place) >= 0 and max(place) <= steps]
            x, y = free[0] if free else (x, y)
        taken.add((x, y))
        found.append((x / steps, y / steps))
    return np.array(found)
