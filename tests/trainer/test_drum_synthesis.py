"""Made drums behave as drums do: they begin at once, die away, and each class is where the ear expects it."""

from functools import cache

import numpy as np
import pytest

from runtime.audio_files import Audio
from trainer.drum_synthesis import CLASSES, SAMPLE_RATE_HZ, drum_set, synthesise

SOUNDS = 24


@cache
def sounds(drum_class: str) -> tuple[Audio, ...]:
    return tuple(synthesise(drum_class, (7, index)) for index in range(SOUNDS))


def share_between(audio: Audio, low_hz: float, high_hz: float) -> float:
    """Share of a sound's energy in a band."""
    energy = np.abs(np.fft.rfft(audio[0])) ** 2
    hz = np.fft.rfftfreq(audio.shape[1], 1 / SAMPLE_RATE_HZ)
    return float(energy[(hz >= low_hz) & (hz < high_hz)].sum() / energy.sum())


def seconds_to_fall(audio: Audio, decibels: float) -> float:
    """Time until the energy to come has fallen by so many dB."""
    to_come = np.cumsum(audio[0, ::-1].astype(float) ** 2)[::-1]
    return float(np.argmax(to_come < to_come[0] * 10 ** (-decibels / 10)) / SAMPLE_RATE_HZ)


@pytest.mark.parametrize("drum_class", CLASSES)
def test_every_sound_is_whole(drum_class: str) -> None:
    for audio in sounds(drum_class):
        assert audio.dtype == np.float32
        assert audio.shape[0] == 1
        assert np.isfinite(audio).all()
        assert np.abs(audio).max() == pytest.approx(0.9, abs=1e-3)
        assert 0.02 < audio.shape[1] / SAMPLE_RATE_HZ < 4.5
        assert abs(audio[0, -1]) < 1e-3
        assert abs(float(audio.mean())) < 0.02


@pytest.mark.parametrize("drum_class", CLASSES)
def test_every_sound_begins_at_once_and_is_loudest_early(drum_class: str) -> None:
    for audio in sounds(drum_class):
        level = np.abs(audio[0])
        assert level[: round(0.003 * SAMPLE_RATE_HZ)].max() > 10 ** (-36 / 20)
        assert np.argmax(level) < 0.15 * SAMPLE_RATE_HZ
        assert seconds_to_fall(audio, 20) < 3.0


def test_the_same_seed_gives_the_same_sound_and_another_another() -> None:
    for drum_class in CLASSES:
        np.testing.assert_array_equal(synthesise(drum_class, (7, 3)), sounds(drum_class)[3])
        assert len({audio.tobytes() for audio in sounds(drum_class)}) == SOUNDS


def test_kicks_are_low_and_hats_are_high() -> None:
    assert np.median([share_between(audio, 20, 200) for audio in sounds("kick")]) > 0.8
    assert np.median([share_between(audio, 2500, 20_000) for audio in sounds("hat")]) > 0.8
    assert np.median([share_between(audio, 60, 600) for audio in sounds("tom")]) > 0.8


def test_cymbals_ring_longer_than_hats_and_hats_come_open_and_closed() -> None:
    hats = [seconds_to_fall(audio, 20) for audio in sounds("hat")]
    assert np.median([seconds_to_fall(audio, 20) for audio in sounds("cymbal")]) > 3 * np.median(hats)
    assert min(hats) < 0.04
    assert max(hats) > 0.3


def test_the_pitch_of_kicks_falls() -> None:
    def crossings(part: np.ndarray) -> float:
        return float(np.mean(np.diff(np.signbit(part)))) * SAMPLE_RATE_HZ / 2

    falls = 0
    for index in range(SOUNDS):
        audio = sounds("kick")[index][0]
        lows = np.convolve(audio, np.ones(96) / 96, "same")
        falls += crossings(lows[:1440]) > crossings(lows[2400:7200])
    assert falls >= 0.8 * SOUNDS


def test_a_set_has_every_class_in_its_share_and_no_sound_twice() -> None:
    chosen = drum_set(1000, seed=1)
    assert len(chosen) == len(set(chosen)) == 1000
    for name, (_, share) in CLASSES.items():
        assert sum(drum_class == name for drum_class, _ in chosen) == pytest.approx(1000 * share, abs=1)
    assert sum(share for _, share in CLASSES.values()) == pytest.approx(1)
    assert not set(chosen) & set(drum_set(1000, seed=2))
