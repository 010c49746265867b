"""What can be had without a model: the yardsticks that a model's figures are read against.

* nearest: the training sound with the least log-mel distance, of another source sample: memory without learning;
* linear PCA: the log-mel spectrogram squeezed through as many numbers as the latent has, and back, then Griffin-Lim;
* Griffin-Lim: the true mel spectrogram with guessed phases: what a spectrogram alone is worth;
* noise: the true mel spectrogram as the colour of other noise. A model that makes its own noise comes no nearer to a
  noisy sound than this, unless it learns the noise of one recording by heart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.calibration import evenly_spaced
from trainer.figures import FIGURE_RATE_HZ, MEL_RANGE_DB, Array, Figures, at_figure_rate, compare
from trainer.nearest import KnownSounds, figure_log_mel
from trainer.reconstruction import EvaluatedClip
from trainer.sound_from_mel import coloured_noise, griffin_lim, sound_from_log_mel

NEAREST, LINEAR = "nearest training sound", "linear PCA"
PHASELESS, NOISE = "Griffin-Lim of the true mel", "noise of the true mel"
_MOST_FITTED = 2000


@dataclass(frozen=True)
class LinearModel:
    """Principal components of log-mel spectrograms of one length, what is shorter padded with silence.

    ``middle`` is [channels · windows · 128], ``directions`` [size, channels · windows · 128] with unit rows.
    """

    middle: Array
    directions: Array
    shape: tuple[int, int, int]

    def reconstruct(self, log_mel: Array) -> Array:
        """Return what is left of a spectrogram [channels, windows, 128] after ``size`` numbers, of the same shape."""
        offset = _of_shape(log_mel, self.shape).ravel() - self.middle
        there_and_back = self.middle + (self.directions @ offset) @ self.directions
        kept = _of_shape(there_and_back.reshape(self.shape), log_mel.shape)
        floored: Array = np.maximum(kept, kept.max() - MEL_RANGE_DB)
        return floored


def _of_shape(log_mel: Array, shape: tuple[int, ...]) -> Array:
    """Cut a spectrogram to ``shape`` or fill it up with its floor."""
    filled = np.full(shape, log_mel.max() - MEL_RANGE_DB, np.float32)
    windows = min(shape[1], log_mel.shape[1])
    filled[:, :windows] = log_mel[:, :windows]
    return filled


def fit_linear_model(log_mels: Sequence[Array], size: int) -> LinearModel:
    """Fit principal components to spectrograms [channels, windows, 128], as many as ``size`` or the sounds allow.

    At most 2,000 sounds, evenly spaced, are looked at.
    """
    chosen = [log_mels[i] for i in evenly_spaced(len(log_mels), _MOST_FITTED)]
    shape = (chosen[0].shape[0], max(one.shape[1] for one in chosen), chosen[0].shape[2])
    data = np.stack([_of_shape(one, shape).ravel() for one in chosen])
    middle = data.mean(0)
    data -= middle
    # There are fewer sounds than numbers in each: the small Gram matrix has the same components.
    values, vectors = np.linalg.eigh(data @ data.T)
    kept = [i for i in np.argsort(values)[::-1][:size] if values[i] > 1e-6 * max(values[-1], 1e-12)]
    directions = vectors[:, kept].T @ data
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-12)
    return LinearModel(middle, directions, shape)


class Baselines:
    """All that is known of the training sounds, to hold against a model.

    Args:
        training: the sounds to find the nearest among, and to fit the linear model to; none leaves both out.
        sample_rate: of the clips.
        latent_size: how many numbers the linear model may keep of a sound.
        hop_rate_hz: of the model it is held against.
    """

    def __init__(
        self, training: Sequence[EvaluatedClip], sample_rate: int, latent_size: int, hop_rate_hz: float
    ) -> None:
        self.known = KnownSounds(training, sample_rate)
        self._sample_rate, self._hop_rate_hz = sample_rate, hop_rate_hz
        self._linear = fit_linear_model(self.known.log_mels, latent_size) if self.known.log_mels else None

    def judge(self, clip: EvaluatedClip) -> dict[str, Figures]:
        """Return the figures of each baseline for one sound."""
        original = at_figure_rate(clip.audio, self._sample_rate)
        levels = figure_log_mel(clip.audio, self._sample_rate)
        made = {}
        if self._linear is not None:
            nearest = self.known.clips[int(self.known.distances_db(levels, other_than=clip.group).argmin())]
            made[NEAREST] = at_figure_rate(nearest.audio, self._sample_rate)
            made[LINEAR] = self._render(self._linear.reconstruct(levels), original)
        made[PHASELESS] = self._render(levels, original)
        made[NOISE] = self._render(levels, original, coloured_noise)
        return {name: compare(original, sound, self._hop_rate_hz) for name, sound in made.items()}

    def _render(self, levels: Array, original: Array, make: Callable[[Array, int], Array] = griffin_lim) -> Array:
        """A spectrogram as sound at the original's level: spectrograms are of sounds with peak 1."""
        sound = sound_from_log_mel(levels, original.shape[1], FIGURE_RATE_HZ, make)
        return np.asarray(sound * np.abs(original).max(), np.float32)
