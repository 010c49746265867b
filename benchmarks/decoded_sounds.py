"""What a model makes of places in latent space, and how odd that is beside the sounds it was trained on.

A distance of two sounds is the mean |dB| between their log-mel spectrograms over a second, as trainer/figures.py takes
them. A place is odd by the distance of its sound from the nearest decoded training sound, over the median of that
distance among the training sounds themselves: 1 is as far as any other sound is from its neighbour.
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from runtime.contract import read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of, find_model
from trainer.exported import ExportedModel, Floats
from trainer.figures import FIGURE_RATE_HZ, at_figure_rate, at_peak_1, log_mel

Array = npt.NDArray[np.floating[Any]]
SECONDS = 1.0
_TOGETHER = 256


def open_model(model: str) -> ExportedModel:
    """Open a model by name or path. Raises LatentbridgeError."""
    path = find_model(model)
    return ExportedModel(path, encoder_of(path, read_decoder_metadata(path)))


def _flat_log_mels(decoded: Floats, sample_rate: int) -> Array:
    """Return the log-mel spectrograms of sounds [sounds, channels, frames], each as one row of numbers."""
    sounds = (at_peak_1(at_figure_rate(audio, sample_rate)) for audio in decoded)
    return np.stack([log_mel(audio, FIGURE_RATE_HZ).astype(np.float32).ravel() for audio in sounds])


def log_mels(model: ExportedModel, latents: Array, seconds: float = SECONDS) -> Array:
    """Return the flat log-mel spectrograms of what a model makes of ``latents`` [sounds, latent_size], on one key."""
    parts = [latents[k : k + _TOGETHER].astype(np.float32) for k in range(0, len(latents), _TOGETHER)]
    return np.concatenate([_flat_log_mels(model.decode(part, seconds), model.metadata.sample_rate) for part in parts])


def distances_db(own: Array, others: Array) -> Array:
    """Return the mean |dB| between flat log-mel spectrograms [n, …] and [m, …], as [n, m]."""
    return np.asarray(cdist(own, others, "cityblock") / own.shape[1])


class KnownPlaces:
    """The training sounds that are on a model's map, decoded: what other places are odd beside."""

    def __init__(self, model: ExportedModel) -> None:
        points = model.metadata.map_points
        self.model = model
        self.latents = np.array([point.latent for point in points])
        self.labels = np.array([point.label for point in points])
        self.log_mels = log_mels(model, self.latents)
        among = distances_db(self.log_mels, self.log_mels)
        np.fill_diagonal(among, np.inf)
        self.nearest_db = float(np.median(among.min(1)))
        """Median distance of a training sound to the nearest other one."""

    @classmethod
    def of(cls, model: str, least: int = 20) -> Self:
        """Open a model that has a map. Raises LatentbridgeError if fewer than ``least`` sounds are on it."""
        opened = open_model(model)
        if len(opened.metadata.map_points) < least:
            raise LatentbridgeError(
                f"{opened.metadata.name} has {len(opened.metadata.map_points)} sounds on its map.",
                f"At least {least} were expected.",
                "Calibrate the model on a folder of sounds.",
            )
        return cls(opened)

    def oddness(self, latents: Array) -> Array:
        """Return how odd what the model makes of ``latents`` [n, latent_size] is, as [n]."""
        return np.asarray(distances_db(log_mels(self.model, latents), self.log_mels).min(1) / self.nearest_db)


def print_table(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print a table in Markdown; numbers keep three digits."""
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(f"{value:.3g}" if isinstance(value, float) else str(value) for value in row) + " |")
