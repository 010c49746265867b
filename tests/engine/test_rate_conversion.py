"""The way from the model's rate to the output's: in tune, flat, clean, late by a constant, the same in any blocks."""

import gc
import tracemalloc
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engine.rate_conversion import RateConversion, rate_conversion
from runtime.errors import LatentbridgeError

PAIRS = [(48_000, 44_100), (48_000, 88_200), (48_000, 96_000), (44_100, 48_000)]
pairs = st.sampled_from(PAIRS)
SETTLED = 2_000
"""Frames at either end of a test sound that hold its beginning and end rather than itself."""


def converted(pair: tuple[int, int], sound: np.ndarray, *sizes: int) -> np.ndarray:
    """Convert stereo sound cut into blocks of some sizes."""
    conversion, at, parts = RateConversion(*pair), 0, []
    for size in (*sizes, sound.shape[1]):
        parts.append(conversion.convert(sound[:, at : at + size]))
        at = min(at + size, sound.shape[1])
    return np.concatenate(parts, axis=1)


def sine(hz: float, rate: int, frames: int = 24_000) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(frames) / rate)
    return np.stack([wave, wave]).astype(np.float32)


def found(sound: np.ndarray, hz: float, rate: int) -> tuple[complex, float]:
    """Return a sine's complex amplitude in a sound [frames], by least squares, and the level of all the rest."""
    at = np.arange(SETTLED, len(sound) - SETTLED)
    basis = np.exp(2j * np.pi * hz * at / rate)
    columns = np.stack([basis.real, basis.imag], axis=1)
    (real, imaginary), *_ = np.linalg.lstsq(columns, sound[at], rcond=None)
    rest = sound[at] - columns @ np.array([real, imaginary])
    return complex(real, -imaginary), float(np.sqrt(2 * np.mean(rest**2)))


def decibels(level: float) -> float:
    return 20 * float(np.log10(max(level, 1e-12)))


def below(sound: np.ndarray, hz: float, rate: int) -> float:
    """Largest line of a sound [frames] below a frequency; 1 is a full sine."""
    window = np.kaiser(len(sound) - 2 * SETTLED, 16)
    spectrum = np.abs(np.fft.rfft(sound[SETTLED:-SETTLED] * window)) * 2 / window.sum()
    return float(spectrum[: int(hz * len(window) / rate)].max())


@cache
def noise(rate: int, highest_hz: float) -> np.ndarray:
    """Stereo noise that holds nothing above a frequency, and is silent at both ends."""
    frames = 48_000
    spectrum = np.fft.rfft(np.random.Generator(np.random.Philox(key=5)).standard_normal((2, frames)))
    spectrum[:, int(highest_hz * frames / rate) :] = 0
    sound = np.fft.irfft(spectrum, frames) * np.hanning(frames)
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


@settings(deadline=None, max_examples=40)
@given(pair=pairs, sizes=st.lists(st.integers(0, 2_500), max_size=40))
def test_any_blocks_give_the_same_samples(pair: tuple[int, int], sizes: list[int]) -> None:
    sound = noise(48_000, 24_000)[:, :12_000]
    np.testing.assert_array_equal(converted(pair, sound), converted(pair, sound, *sizes))


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("size", [1, 29, 32, 128, 139])
def test_blocks_of_one_size_give_the_same_samples(pair: tuple[int, int], size: int) -> None:
    sound = noise(48_000, 24_000)[:, :4_000]
    np.testing.assert_array_equal(converted(pair, sound), converted(pair, sound, *[size] * 4_000))


@given(pair=pairs, frames=st.integers(1, 5_000))
def test_so_many_engine_frames_as_it_asks_for_are_enough_and_no_fewer(pair: tuple[int, int], frames: int) -> None:
    conversion = RateConversion(*pair)
    needed = conversion.engine_frames_for(frames)
    conversion.convert(np.zeros((2, needed), np.float32))
    assert conversion.made >= frames or needed == 0
    fewer = RateConversion(*pair)
    fewer.convert(np.zeros((2, max(needed - 1, 0)), np.float32))
    assert fewer.made < frames


@pytest.mark.parametrize("pair", PAIRS)
def test_it_is_flat_to_twenty_kilohertz_and_adds_nothing_there(pair: tuple[int, int]) -> None:
    engine_rate, output_rate = pair
    for hz in (20.0, 1_000.0, 9_999.0, 15_000.0, 18_000.0, 19_500.0, 20_000.0):
        amplitude, rest = found(converted(pair, sine(hz, engine_rate))[0], hz, output_rate)
        assert abs(decibels(abs(amplitude))) < 0.001, hz
        assert decibels(rest) < -95, hz


@pytest.mark.parametrize("pair", [(48_000, 44_100), (48_000, 32_000)])
def test_what_the_slower_rate_cannot_hold_leaves_no_trace_where_it_is_flat(pair: tuple[int, int]) -> None:
    engine_rate, output_rate = pair
    pass_hz = RateConversion(*pair).filter.pass_hz
    for hz in np.linspace(output_rate / 2, engine_rate / 2 - 50, 9):
        left = converted(pair, sine(float(hz), engine_rate))[0]
        assert decibels(below(left, pass_hz, output_rate)) < -95, hz


@pytest.mark.parametrize("pair", [*PAIRS, (48_000, 32_000), (48_000, 192_000)])
def test_the_delay_is_under_a_millisecond_and_the_same_at_all_frequencies(pair: tuple[int, int]) -> None:
    engine_rate, output_rate = pair
    conversion = RateConversion(*pair)
    assert conversion.delay_seconds < 0.001
    assert conversion.delay_output_frames / output_rate < 0.001
    for hz in (50.0, 440.0, 5_000.0, 0.99 * conversion.filter.pass_hz):
        amplitude, _ = found(converted(pair, sine(hz, engine_rate))[0], hz, output_rate)
        turned = amplitude * 1j * np.exp(2j * np.pi * hz * conversion.delay_seconds)
        assert abs(np.angle(turned) / (2 * np.pi * hz)) < 1e-7, hz


@pytest.mark.parametrize("pair", PAIRS)
def test_it_sounds_as_a_converter_for_files_does(pair: tuple[int, int]) -> None:
    engine_rate, output_rate = pair
    conversion = RateConversion(*pair)
    sound = noise(engine_rate, 18_000)
    # Silence before it, as long as the delay, would move the file's conversion off the grid; so the grid is moved.
    up, down, centre = conversion.filter.up, conversion.filter.down, conversion.filter.centre_frames
    period = down // np.gcd(centre, down)
    ahead = period * centre - centre
    ours = converted(pair, np.pad(sound, ((0, 0), (ahead, 0))))[:, period * centre * up // down :]
    theirs = soxr.resample(sound.T, engine_rate, output_rate, quality="VHQ").T
    frames = min(ours.shape[1], theirs.shape[1])
    difference = np.abs(ours[:, :frames] - theirs[:, :frames])[:, SETTLED:-SETTLED]
    assert decibels(float(difference.max())) < -90


@given(pair=pairs, frame=st.integers(0, 10**12))
def test_frames_of_the_output_are_placed_within_half_a_frame_even_after_months(
    pair: tuple[int, int], frame: int
) -> None:
    engine_rate, output_rate = pair
    conversion = RateConversion(*pair)
    exact = Fraction(frame * engine_rate, output_rate) - conversion.filter.centre_frames
    assert abs(conversion.engine_frame(frame) - exact) <= Fraction(1, 2)


@settings(max_examples=300)
@given(pair=pairs, taken=st.integers(0, 10**12), delay=st.integers(1, 10_000), later=st.integers(0, 400))
def test_no_event_granted_the_delay_comes_too_late(pair: tuple[int, int], taken: int, delay: int, later: int) -> None:
    conversion = RateConversion(*pair)
    rendered = conversion.engine_frames_for(taken + delay)
    assert conversion.engine_frame(taken + later + delay + conversion.delay_output_frames) >= rendered


@pytest.mark.parametrize("pair", PAIRS)
def test_a_steady_level_stays_what_it_was_and_silence_is_silent(pair: tuple[int, int]) -> None:
    level = np.full((2, 4_000), 0.7, np.float32)
    steady = converted(pair, level)[:, 200:-200]
    assert np.abs(steady - 0.7).max() < 1e-6
    assert not converted(pair, np.zeros((2, 4_000), np.float32)).any()


def test_left_and_right_stay_apart() -> None:
    sound = noise(48_000, 18_000).copy()
    sound[1] = 0
    left, right = converted((48_000, 44_100), sound)
    assert left.any()
    assert not right.any()


def test_hours_of_sound_take_no_more_memory() -> None:
    conversion = RateConversion(48_000, 44_100)
    block = noise(48_000, 18_000)[:, :128]
    # The engine process plays without garbage collection.
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(200):
            conversion.convert(block)
        settled = tracemalloc.get_traced_memory()[0]
        for _ in range(5_000):
            conversion.convert(block)
        assert tracemalloc.get_traced_memory()[0] - settled < 5_000
    finally:
        tracemalloc.stop()
        gc.enable()


def test_where_rates_agree_there_is_nothing_to_do() -> None:
    assert rate_conversion(48_000, 48_000) is None


def test_a_rate_that_makes_no_sense_is_refused_in_words() -> None:
    with pytest.raises(LatentbridgeError, match="48000 Hz"):
        rate_conversion(48_000, 47_999)
