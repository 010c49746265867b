"""The distance between two sounds is what the trainer's figures say it is, and a sound that goes on too long is far."""

import numpy as np
import pytest

from runtime.audio_files import fade_out
from runtime.likeness import Likeness
from trainer.figures import at_figure_rate, compare

RATE = 48_000


def burst(
    seconds: float = 0.4, decay: float = 12.0, hz: float = 300.0, noise: float = 0.3, seed: int = 0
) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    sound = np.sin(2 * np.pi * hz * time) + noise * np.random.default_rng(seed).standard_normal(len(time))
    sound = sound * np.exp(-decay * time)
    return (sound / np.abs(sound).max()).astype(np.float32)[None]


def test_a_sound_is_no_distance_from_itself_however_loud() -> None:
    found = Likeness(burst(), RATE).closeness(0.1 * burst())
    assert found.log_mel_db < 1e-3
    assert found.envelope_db < 1e-3


@pytest.mark.parametrize("other", [burst(hz=500), burst(decay=6), burst(noise=0.05), burst(seed=1)])
def test_sounds_of_one_length_are_as_far_apart_as_the_trainer_says(other: np.ndarray) -> None:
    found = Likeness(burst(), RATE).closeness(other)
    figures = compare(at_figure_rate(burst(), RATE), at_figure_rate(other, RATE), 187.5)
    assert found.log_mel_db == pytest.approx(figures.log_mel_db, rel=0.01)
    assert found.envelope_db == pytest.approx(figures.envelope_db, rel=0.01)


def test_what_goes_on_after_the_original_counts_and_silence_does_not() -> None:
    original = burst(0.4, decay=30)
    likeness = Likeness(original, RATE)
    silent_after = np.pad(original, ((0, 0), (0, RATE)))
    assert likeness.closeness(silent_after).log_mel_db < 0.2
    # The first 0.2 s of a longer sound: over these alone the two are nearly the same.
    longer = burst(1.0, decay=8)
    shorter = fade_out(longer[:, : RATE // 5], 480)
    assert compare(at_figure_rate(shorter, RATE), at_figure_rate(longer, RATE), 187.5).log_mel_db < 3
    assert Likeness(shorter, RATE).closeness(longer).log_mel_db > 10


def test_a_sound_that_comes_late_is_farther() -> None:
    late = np.pad(burst(), ((0, 0), (RATE // 20, 0)))
    assert Likeness(burst(), RATE).closeness(late).log_mel_db > 3


def test_silence_and_the_shortest_of_sounds_have_a_distance() -> None:
    for other in (np.zeros((1, 4_800), np.float32), np.ones((1, 3), np.float32)):
        assert np.isfinite(Likeness(burst(), RATE).closeness(other).cost_db)


def test_each_side_of_a_stereo_sound_is_heard() -> None:
    both = np.concatenate([burst(), burst(hz=500)])
    likeness = Likeness(both, RATE)
    assert likeness.closeness(both).log_mel_db < 1e-3
    assert likeness.closeness(both[::-1]).log_mel_db > 2
