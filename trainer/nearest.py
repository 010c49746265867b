"""The nearest known sound: what memory alone would reach, and whether a new sound is a copy of an old one."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from trainer.figures import FIGURE_RATE_HZ, MEL_RANGE_DB, Array, at_figure_rate, at_peak_1, log_mel
from trainer.reconstruction import EvaluatedClip


def figure_log_mel(audio: Array, sample_rate: int) -> Array:
    """Return the log-mel spectrogram [channels, windows, 128] that figures are taken from: 44.1 kHz, peak 1."""
    return log_mel(at_peak_1(at_figure_rate(audio, sample_rate)), FIGURE_RATE_HZ)


def log_mel_distance_db(own: Array, other: Array) -> float:
    """Return the mean |dB| between two log-mel spectrograms over the length of ``own``.

    What ``other`` lacks is silence, 80 dB below its maximum.
    """
    windows = min(own.shape[1], other.shape[1])
    difference = float(np.abs(own[:, :windows] - other[:, :windows]).sum())
    difference += float(np.abs(own[:, windows:] - (other.max() - MEL_RANGE_DB)).sum())
    return difference / own.size


class KnownSounds:
    """The log-mel spectrograms of sounds that are known, to find the nearest of them.

    Args:
        clips: the known sounds.
        sample_rate: of the clips.
        may_go_on: asked before each; once it says no, no more are looked at, and ``is_complete`` is False.
    """

    def __init__(
        self, clips: Sequence[EvaluatedClip], sample_rate: int, may_go_on: Callable[[], bool] = lambda: True
    ) -> None:
        self.clips = clips
        self.log_mels: list[Array] = []
        self._groups = np.array([clip.group for clip in clips])
        for clip in clips:
            if not may_go_on():
                break
            self.log_mels.append(figure_log_mel(clip.audio, sample_rate))

    @property
    def is_complete(self) -> bool:
        """Whether all clips have been looked at."""
        return len(self.log_mels) == len(self.clips)

    def distances_db(self, own: Array, other_than: str | None = None) -> npt.NDArray[np.float64]:
        """Return the log-mel distance of a spectrogram from each known sound.

        Sounds of the group ``other_than`` are infinitely far, unless all are of that group.
        """
        distances = np.array([log_mel_distance_db(own, known) for known in self.log_mels])
        excluded = self._groups[: len(distances)] == other_than
        if not excluded.all():
            distances[excluded] = np.inf
        return distances

    def nearest_db(self, own: Array, other_than: str | None = None) -> float:
        """Return the log-mel distance to the nearest known sound that is not of group ``other_than``."""
        return float(self.distances_db(own, other_than).min(initial=np.inf))
