"""The shipped drums sound as the words say: for models whose axes have been calibrated under names.

Each pair of words asks for opposite ends of one axis; what is decoded there differs the way a musician would hear it.
"""

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.likeness import FFT_FRAMES, FIGURE_RATE_HZ, at_figure_rate, spectrogram
from runtime.model_files import shipped_models
from runtime.trial_sounds import Strike, play_places
from runtime.words.search import WordSearch

KINDS = ("kick", "snare", "hat", "tom", "cymbal")


@pytest.fixture(scope="module")
def drums() -> Decoder:
    return Decoder.load(shipped_models()["drums"], 16)


def power_of(drums: Decoder, text: str) -> np.ndarray:
    """Power spectrogram [windows, bins] of what a text finds."""
    latent = np.array(WordSearch(drums.metadata).find(text).latent, np.float32)
    sound = play_places(drums, latent[None], Strike(), 1.5)[0]
    return np.abs(spectrogram(at_figure_rate(sound, drums.metadata.sample_rate)[0])) ** 2


HZ = np.fft.rfftfreq(FFT_FRAMES, 1 / FIGURE_RATE_HZ)


def centroid_octaves(power: np.ndarray) -> float:
    spectrum = np.sqrt(power).sum(axis=0)
    return float(np.log2(spectrum @ HZ / spectrum.sum()))


def mean_time_octaves(power: np.ndarray) -> float:
    amplitude = np.sqrt(power.sum(axis=1))
    return float(np.log2(amplitude @ np.arange(1, len(amplitude) + 1) / amplitude.sum()))


def low_share_db(power: np.ndarray) -> float:
    spectrum = power.sum(axis=0)
    return float(10 * np.log10(spectrum[HZ < 200].sum() / spectrum[HZ >= 200].sum() + 1e-9))


PAIRS = {
    "brightness": ("bright", "dark", centroid_octaves, 0.2),
    "decay": ("long", "short", mean_time_octaves, 0.2),
    "low_end": ("fat", "thin", low_share_db, 1.0),
}


def test_the_drums_can_be_asked_for_what_a_musician_asks_for_first(drums: Decoder) -> None:
    assert {"brightness", "decay"} <= {axis.name for axis in drums.metadata.axes}


@pytest.mark.parametrize("axis", PAIRS)
def test_opposite_words_sound_opposite(drums: Decoder, axis: str) -> None:
    more, less, heard, least = PAIRS[axis]
    # A kick is nearly all low end, the thin one as well.
    kinds = [kind for kind in KINDS if (axis, kind) != ("low_end", "kick")]
    differences = [
        heard(power_of(drums, f"{more} {kind}")) - heard(power_of(drums, f"{less} {kind}")) for kind in kinds
    ]
    assert min(differences) > 0, dict(zip(kinds, np.round(differences, 2), strict=True))
    assert np.median(differences) > least
