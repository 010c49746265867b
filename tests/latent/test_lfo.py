"""Waves of the low-frequency oscillators: their shape, their phase, and that nothing in them jumps."""

import numpy as np
import pytest

from runtime.latent.beats import Beats
from runtime.latent.lfo import Lfos, Shape

SAMPLE_RATE = 48_000
HOP = 256
SECOND = np.arange(0, SAMPLE_RATE, HOP)


def wave(lfos: Lfos, frames: np.ndarray, part: int = 0, axis: int = 0) -> np.ndarray:
    return lfos.values(np.full(len(frames), part), frames)[:, axis]


def lfo(rate: float, shape: Shape = Shape.SINE, follows_beat: bool = False, phase: float = 0.0) -> Lfos:
    lfos = Lfos(2, Beats(SAMPLE_RATE))
    lfos.set(0, 0, (rate, float(shape), float(follows_beat), phase), 0, is_new=True)
    return lfos


def test_a_sine_is_a_sine() -> None:
    expected = np.sin(2 * np.pi * (3 * SECOND / SAMPLE_RATE + 0.1))
    np.testing.assert_allclose(wave(lfo(3, phase=0.1), SECOND), expected, atol=1e-5)


@pytest.mark.parametrize("shape", list(Shape))
def test_every_wave_fills_its_range_and_never_jumps(shape: Shape) -> None:
    frames = np.arange(0, 20 * SAMPLE_RATE, HOP)
    values = wave(lfo(2, shape), frames)
    assert -1 <= values.min() < -0.9
    assert 0.9 < values.max() <= 1
    # The whole way in a ramp of 10 ms is the fastest: 1.07 in a hop of 5.3 ms.
    assert np.abs(np.diff(values)).max() < 1.1


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape.TRIANGLE, [0, 1, 0, -1]),
        (Shape.SAW_UP, [-1, -0.49, 0.02, 0.53]),
        (Shape.SAW_DOWN, [-1, 0.53, 0.02, -0.49]),
        (Shape.SQUARE, [0, 1, 0, -1]),
    ],
)
def test_waves_go_where_their_names_say(shape: Shape, expected: list[float]) -> None:
    quarters = np.arange(4) * (SAMPLE_RATE // 8)
    np.testing.assert_allclose(wave(lfo(2, shape), quarters), expected, atol=0.011)


def test_random_steps_are_held_and_differ_from_axis_to_axis() -> None:
    lfos = lfo(4, Shape.RANDOM)
    lfos.set(0, 1, (4, float(Shape.RANDOM), 0, 0), 0, is_new=True)
    frames = np.arange(0, 60 * SAMPLE_RATE, SAMPLE_RATE // 32)
    values = lfos.values(np.zeros(len(frames), np.intp), frames)
    steps = values.reshape(-1, 8, 2)
    assert (steps[:, 1:] == steps[:, 1:2]).all()
    assert len(np.unique(steps[:, 1, 0])) == len(steps)
    assert abs(np.corrcoef(steps[:, 1].T)[0, 1]) < 0.2
    assert steps[:, 1].std() == pytest.approx(1 / 3**0.5, rel=0.1)


def test_a_rate_that_changes_lets_the_phase_go_on() -> None:
    lfos = lfo(2)
    before = wave(lfos, np.array([100_000]))[0]
    lfos.set(0, 0, (7.3, 0.0, 0.0, 0.0), 100_000, is_new=False)
    assert wave(lfos, np.array([100_000]))[0] == pytest.approx(before, abs=1e-9)
    later = np.arange(100_000, 100_000 + SAMPLE_RATE, HOP)
    crossings = np.count_nonzero(np.diff(np.sign(wave(lfos, later))) > 0)
    assert crossings == 7


def test_two_axes_set_at_different_times_keep_their_phases_apart() -> None:
    lfos = lfo(2)
    lfos.set(0, 1, (2.0, 0.0, 0.0, 0.25), 77_777, is_new=True)
    frames = np.arange(80_000, 128_000, HOP)
    sine, cosine = lfos.values(np.zeros(len(frames), np.intp), frames).T
    np.testing.assert_allclose(sine**2 + cosine**2, 1, atol=1e-4)


def test_one_in_time_follows_the_beat() -> None:
    beats = Beats(SAMPLE_RATE)
    lfos = Lfos(1, beats)
    lfos.set(0, 0, (0.25, 0.0, 1.0, 0.0), 0, is_new=True)
    beats.set(90.0, 8.0, 48_000)
    lfos.follow_beats(48_000)
    bar_frames = round(4 * 60 / 90 * SAMPLE_RATE)
    frames = 48_000 + bar_frames * 3 + np.array([0, bar_frames // 4, bar_frames // 2])
    np.testing.assert_allclose(wave(lfos, frames), [0, 1, 0], atol=1e-3)


def test_a_beat_told_with_jitter_moves_a_wave_smoothly() -> None:
    """Tempo told four times a beat, each a millisecond off one way or the other: what a busy sender does."""
    beats = Beats(SAMPLE_RATE)
    lfos = Lfos(1, beats)
    lfos.set(0, 0, (1.0, 0.0, 1.0, 0.0), 0, is_new=True)
    rng = np.random.default_rng(1)
    values, frame = [], 0
    for quarter in range(1, 64):
        end = quarter * 6_000
        frames = np.arange(frame, end, HOP)
        values.append(wave(lfos, frames))
        frame = int(frames[-1]) + HOP
        beats.set(120.0, quarter / 4 + rng.uniform(-0.002, 0.002), end)
        lfos.follow_beats(end)
    moved = np.concatenate(values)
    at = np.arange(len(moved)) * HOP / SAMPLE_RATE * 2
    np.testing.assert_allclose(moved, np.sin(2 * np.pi * at), atol=0.03)
    steps = np.abs(np.diff(moved))
    assert steps.max() < 1.1 * 2 * np.pi * 2 * HOP / SAMPLE_RATE


def test_a_song_that_starts_elsewhere_brings_a_wave_there_within_a_tenth_of_a_second_without_a_jump() -> None:
    beats = Beats(SAMPLE_RATE)
    lfos = Lfos(1, beats)
    lfos.set(0, 0, (0.5, 0.0, 1.0, 0.0), 0, is_new=True)
    beats.set(120.0, 101.0, 48_000 + 3_000)
    before = wave(lfos, np.array([51_000]))[0]
    lfos.follow_beats(51_000)
    after = wave(lfos, np.arange(51_000, 80_000, HOP))
    assert after[0] == pytest.approx(before, abs=1e-9)
    assert np.abs(np.diff(after)).max() < 0.25
    settled = np.arange(51_000 + 4_800, 80_000, HOP)
    at = 101 + (settled - 51_000) / SAMPLE_RATE * 2
    np.testing.assert_allclose(wave(lfos, settled), np.sin(np.pi * at), atol=1e-4)


def test_waves_are_the_same_for_any_number_of_voices() -> None:
    lfos = Lfos(5, Beats(SAMPLE_RATE))
    for axis, shape in enumerate(Shape):
        lfos.set(3, axis % 5, (1.7 + axis, float(shape), axis % 2, 0.1), 0, is_new=True)
    frames = np.arange(0, 500_000, 997)
    together = lfos.values(np.full(len(frames), 3), frames)
    for at in range(0, len(frames), 7):
        np.testing.assert_array_equal(lfos.values(np.array([3]), frames[at : at + 1])[0], together[at])
