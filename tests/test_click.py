"""The click of `latentbridge latency`: found to the frame in what a room makes of it, and nowhere else."""

import numpy as np
import pytest

from runtime.click import find_click, make_click

RATE = 48_000
CLICK = make_click(RATE, 0.25)


def recording(delay_frames: int, gain: float = 1.0, noise: float = 0.0) -> np.ndarray:
    take = np.random.default_rng(delay_frames).normal(0, 1, RATE // 2) * noise
    take[delay_frames : delay_frames + len(CLICK)] += gain * CLICK
    return take.astype(np.float32)


@pytest.mark.parametrize("delay_frames", [0, 1, 777, 20_000])
def test_a_click_is_found_to_the_frame_at_its_loudness(delay_frames: int) -> None:
    heard = find_click(recording(delay_frames, 0.1), CLICK)
    assert heard is not None
    assert heard.frames == delay_frames
    assert heard.gain_db == pytest.approx(-20, abs=0.1)


def test_a_click_is_found_under_noise_and_mains_hum() -> None:
    take = recording(5000, 0.2, noise=0.005)
    take += (0.3 * np.sin(2 * np.pi * 50 * np.arange(len(take)) / RATE)).astype(np.float32)
    heard = find_click(take, CLICK)
    assert heard is not None
    assert heard.frames == 5000
    assert heard.gain_db == pytest.approx(-14, abs=0.5)


def test_an_inverted_click_is_a_click() -> None:
    assert find_click(recording(1234, -0.5), CLICK).frames == 1234


def test_the_first_sound_counts_not_a_louder_echo() -> None:
    take = recording(1000, 0.5) + recording(1900, 0.8)
    assert find_click(take, CLICK).frames == 1000


@pytest.mark.parametrize("seed", range(20))
def test_noise_and_silence_hold_no_click(seed: int) -> None:
    generator = np.random.default_rng(seed)
    assert find_click(generator.normal(0, 0.1, RATE // 2).astype(np.float32), CLICK) is None
    assert find_click(np.zeros(RATE // 2, np.float32), CLICK) is None
    assert find_click(np.zeros(10, np.float32), CLICK) is None


def test_a_loudspeaker_that_has_no_bass_and_no_treble_still_says_it() -> None:
    take = recording(3000, 0.3, noise=0.0005)
    spectrum = np.fft.rfft(take)
    hertz = np.fft.rfftfreq(len(take), 1 / RATE)
    band = 1 / (1 + (700 / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / 7000) ** 4)
    heard = find_click(np.fft.irfft(spectrum * band, len(take)).astype(np.float32), CLICK)
    assert abs(heard.frames - 3000) <= 3
