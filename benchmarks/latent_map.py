"""Ways to draw a map of sounds, judged by sound: do neighbours on it sound alike?

    python -m benchmarks.latent_map MODEL FOLDER

The sounds that MODEL was trained on, encoded and decoded again, all on one key. For each way: the mean log-mel distance
(benchmarks/decoded_sounds.py) of a sound to its five nearest on the map, how many of those are of its class, and the
trustworthiness of the map for five neighbours (Venna and Kaski 2001; 1 if no sound is a neighbour on the map that is
none by sound). Above them what that distance is for five random sounds, for the five nearest in latent space, and for
the five that do sound most alike. The last row is the map that calibration writes. UMAP (McInnes et al. 2018,
arXiv:1802.03426) is compared if `umap-learn` is installed.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cyclopts
import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from benchmarks.decoded_sounds import Array, distances_db, log_mels, open_model, print_table
from runtime.errors import LatentbridgeError
from trainer import latent_map
from trainer.beginning import settings_of, training_split
from trainer.calibration import evenly_spaced
from trainer.exported import ExportedModel
from trainer.pitched_clips import as_the_model_plays
from trainer.samples import load_folder
from trainer.settings import CalibrationSettings, Settings

NEIGHBOURS = 5
Way = Callable[[Array], Array]


def training_sounds(model: ExportedModel, folder: Path) -> tuple[Array, Array, Any]:
    """Return posterior means and variances [sounds, latent_size] and labels of what would be shown on the map."""
    metadata = model.metadata
    settings = settings_of(metadata) or Settings()
    samples = load_folder(folder, settings.samples, channels=metadata.channels)
    clips = training_split(as_the_model_plays(samples, metadata.pitched, metadata.sample_rate), settings.run).training
    shown = [clips[i] for i in evenly_spaced(len(clips), CalibrationSettings().most_map_points)]
    means, variances = model.encode([np.asarray(clip.audio, np.float32) for clip in shown])
    return means.astype(float), variances.astype(float), np.array([clip.label for clip in shown])


def whitened(means: Array, variances: Array) -> Array:
    """Return latents after which the aggregate posterior has unit covariance."""
    values, vectors = np.linalg.eigh(np.cov(means.T, bias=True) + np.diag(variances.mean(0)))
    return np.asarray((means - means.mean(0)) @ vectors / np.sqrt(values))


def umap_way() -> Way | None:
    """Return UMAP, with as many neighbours as our t-SNE has, or None if it is not installed."""
    try:
        from umap import UMAP
    except ImportError:
        return None
    return lambda values: np.asarray(
        UMAP(n_neighbors=round(latent_map.PERPLEXITY), random_state=0, n_jobs=1).fit_transform(values)
    )


def nearest(distances: Array) -> Any:
    """Return the indices of the five nearest others of each, [sounds, 5]."""
    apart = np.array(distances)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1)[:, :NEIGHBOURS]


def row(name: str, neighbours: Any, by_sound: Array, labels: Any, *more: object) -> tuple[object, ...]:
    """Return one row of the table."""
    alike = float(np.take_along_axis(by_sound, neighbours, axis=1).mean())
    same_class = float((labels[neighbours] == labels[:, None]).mean())
    return (name, f"{alike:.2f}", f"{same_class:.3f}", *(more or ("", "", "", "")))


def map_row(name: str, places: Array, seconds: float, by_sound: Array, labels: Any) -> tuple[object, ...]:
    """Return the row of one map [sounds, 2]."""
    scaled = (places - places.min(0)) / np.maximum(np.ptp(places, axis=0), 1e-12)
    trust = trustworthiness(by_sound, places, n_neighbors=NEIGHBOURS, metric="precomputed")
    empty = np.histogram2d(*scaled.T, bins=10, range=[[0, 1], [0, 1]])[0] == 0
    gaps = cKDTree(scaled).query(scaled, 2)[0][:, 1] * np.sqrt(len(places))
    figures = (f"{trust:.3f}", f"{100 * empty.mean():.0f} %", f"{gaps.min():.2f}", f"{seconds:.1f}")
    return row(name, nearest(cdist(places, places)), by_sound, labels, *figures)


def main(model: str, folder: Path) -> None:
    """Compare maps of the sounds in FOLDER, as MODEL makes them."""
    opened = open_model(model)
    means, variances, labels = training_sounds(opened, folder)
    heard = log_mels(opened, means)
    by_sound = distances_db(heard, heard)
    short = opened.decode(means.astype(np.float32), CalibrationSettings().level_seconds)
    summaries = latent_map.sound_summaries(short, opened.metadata.sample_rate)
    white, both = whitened(means, variances), latent_map.features(means, summaries)
    inputs = {
        "latents": means,
        "whitened latents": white,
        "sound": summaries,
        "whitened latents and sound": latent_map.features(white, summaries),
        "latents and sound": both,
    }
    drawn_by_chance = np.random.default_rng(0).integers(len(means), size=(len(means), NEIGHBOURS))
    rows = [row("(random sounds)", drawn_by_chance, by_sound, labels)]
    rows += [row(f"(nearest in {name})", nearest(cdist(v, v)), by_sound, labels) for name, v in inputs.items()]
    rows.append(row("(nearest in sound, full spectrograms)", nearest(by_sound), by_sound, labels))
    ways: dict[str, Way] = {"PCA": latent_map.plane, "t-SNE": latent_map.picture}
    if umap := umap_way():
        ways["UMAP"] = umap
        umap(means[:50])  # compiles itself at the first call
    for name, values in inputs.items():
        for way, draw in ways.items():
            began = time.perf_counter()
            places = draw(values)
            rows.append(map_row(f"{way} of {name}", places, time.perf_counter() - began, by_sound, labels))
    began = time.perf_counter()
    places = latent_map.spread_over_square(latent_map.turned(latent_map.picture(both), summaries))
    rows.append(map_row("as calibration writes it", places, time.perf_counter() - began, by_sound, labels))
    print(f"{opened.metadata.name}: {len(means)} sounds\n")
    heads = ("map", "neighbours' distance, dB", "same class", "trustworthiness", "empty tenths", "least gap", "seconds")
    print_table(heads, rows)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
