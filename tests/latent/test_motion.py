"""Motions add up, stay inside the axis, glide, and leave alone what is not theirs."""

import numpy as np
import pytest

from runtime.contract import Axis
from runtime.latent.motion import Hands, Motion
from runtime.latent.state import LatentState
from tests.tiny_decoder import TinySettings, tiny_metadata

AXES = (
    Axis(name="up", direction=(1.0, 0.0, 0.0, 0.0), minimum=-1.0, maximum=3.0),
    Axis(name="across", direction=(0.0, 1.0, 0.0, 0.0), minimum=-2.0, maximum=2.0),
)
SECOND = 48_000


def state(glide_seconds: float = 0.0) -> LatentState:
    return LatentState(tiny_metadata(TinySettings(), axes=AXES), glide_seconds)


def hands(velocity: float = 0.5, pitch: float = 60.0, pressure: float = 0.0, slide: float = 0.0) -> Hands:
    return Hands(*(np.array([value]) for value in (velocity, pitch, pressure, slide)))


def place(latent: LatentState, frame: int = 0, part: int = 0, by: Hands | None = None) -> list[float]:
    moving = latent.is_moving(frame)
    rows, parts = np.array([latent.row_of(part, 60)]), np.array([part])
    return latent.coordinates(rows, parts, np.array([frame]), (by or hands()) if moving else None)[0].tolist()


@pytest.mark.parametrize(
    ("motion", "by", "expected"),
    [
        (Motion.STRIKE, hands(velocity=1.0), 0.8),
        (Motion.STRIKE, hands(velocity=0.5), 0.0),
        (Motion.STRIKE, hands(velocity=0.25), -0.4),
        (Motion.KEY, hands(pitch=72.0), 0.8),
        (Motion.KEY, hands(pitch=54.0), -0.4),
        (Motion.PRESSURE, hands(pressure=0.5), 0.4),
        (Motion.SLIDE, hands(slide=-1.0), -0.8),
    ],
)
def test_the_hands_move_an_axis_by_widths(motion: Motion, by: Hands, expected: float) -> None:
    latent = state()
    latent.set_motion(0, 0, motion, 0.2, (), 0)
    assert place(latent, by=by)[:2] == pytest.approx([expected, 0.0])
    assert place(latent, part=1, by=by)[0] == 0.0


def test_motions_of_an_axis_add_up_and_stop_at_its_ends() -> None:
    latent = state()
    latent.set_motion(0, 0, Motion.STRIKE, 0.25, (), 0)
    latent.set_motion(0, 0, Motion.KEY, 0.25, (), 0)
    assert place(latent, by=hands(1.0, 72.0))[0] == 2.0
    assert place(latent, by=hands(1.0, 96.0))[0] == 3.0
    assert place(latent, by=hands(0.0, 24.0))[0] == -1.0


def test_a_motion_ends_with_its_amount_and_glides_there() -> None:
    latent = state(glide_seconds=0.1)
    latent.set_motion(0, 0, Motion.STRIKE, 0.25, (), 0)
    assert [place(latent, frame, by=hands(1.0))[0] for frame in (0, 2_400, 4_800, 9_600)] == [0.0, 0.5, 1.0, 1.0]
    latent.set_motion(0, 0, Motion.STRIKE, 0.0, (), 9_600)
    assert [place(latent, frame, by=hands(1.0))[0] for frame in (9_600, 12_000, 14_400)] == [1.0, 0.5, 0.0]
    assert not latent.is_moving(14_400)


def test_the_follower_rises_with_a_note_and_falls_by_its_time_constant() -> None:
    latent = state()
    latent.set_motion(0, 0, Motion.VELOCITY, 0.5, (0.2,), 0)
    latent.strike(0, 0.8, 1_000)
    latent.strike(1, 1.0, 1_000)
    levels = [place(latent, 1_000 + frames)[0] / 2 for frames in (0, 9_600, 19_200)]
    assert levels == pytest.approx([0.8, 0.8 / np.e, 0.8 / np.e**2], abs=0.015)
    latent.strike(0, 0.05, 1_100)
    assert place(latent, 1_100)[0] / 2 > 0.7
    latent.strike(0, 0.9, 1_100)
    assert place(latent, 1_100)[0] / 2 == 0.9
    assert place(latent, 11 * SECOND)[0] == 0.0


def test_a_follower_that_was_off_has_heard_nothing() -> None:
    latent = state()
    latent.set_motion(0, 0, Motion.VELOCITY, 0.5, (5.0,), 0)
    latent.strike(0, 1.0, 0)
    latent.set_motion(0, 0, Motion.VELOCITY, 0.0, (), 10)
    latent.set_motion(0, 0, Motion.VELOCITY, 0.5, (), 20)
    assert place(latent, 20)[0] == 0.0


def test_an_amount_alone_keeps_the_motions_own_numbers() -> None:
    latent = state()
    latent.set_motion(0, 0, Motion.LFO, 0.1, (4.0,), 0)
    latent.set_motion(0, 0, Motion.LFO, 0.2, (), 0)
    assert place(latent, SECOND // 16)[0] == pytest.approx(0.8, rel=1e-5)
    latent.set_motion(0, 0, Motion.LFO, 0.2, (2.0,), 0)
    assert place(latent, SECOND // 8)[0] == pytest.approx(0.8, rel=1e-5)


@pytest.mark.parametrize("motion", list(Motion))
def test_drift_and_all_others_never_leave_the_axis(motion: Motion) -> None:
    latent = state()
    latent.set_axis(0, 0, 0.9, 0)
    latent.set_motion(0, 0, motion, 1.0, (0.5,), 0)
    latent.strike(0, 1.0, 0)
    frames = np.arange(0, 60 * SECOND, 3_001)
    n = len(frames)
    wild = Hands(np.ones(n), np.linspace(0, 127, n), np.ones(n), np.linspace(-1, 1, n))
    zeros = np.zeros(n, np.intp)
    assert latent.is_moving(0)
    places = latent.coordinates(zeros, zeros, frames, wild)[:, 0]
    assert places.max() == 3.0
    assert places.min() >= -1.0
    assert motion in (Motion.STRIKE, Motion.PRESSURE) or len(np.unique(places)) > 2


def test_what_no_motion_moves_keeps_its_bits_among_others_that_move() -> None:
    latent = state()
    for part, value in enumerate(np.linspace(0, 1, 16)):
        latent.set_axis(part, 0, float(value), 0)
        latent.set_axis(part, 1, float(value) ** 2, 0)
    parts = np.arange(16)
    still = latent.coordinates(parts, parts, np.zeros(16, np.int64))
    latent.set_motion(3, 1, Motion.STRIKE, 0.5, (), 0)
    n = np.ones(16)
    moved = latent.coordinates(parts, parts, np.zeros(16, np.int64), Hands(n, n, n, n))
    others = parts != 3
    np.testing.assert_array_equal(moved[others], still[others])
    assert (moved[3] != still[3]).any()


@pytest.mark.parametrize(
    ("axis", "motion", "numbers", "error"),
    [(2, 0, (), IndexError), (0, 7, (), ValueError), (0, 0, (1.0, 6.0), ValueError)],
)
def test_what_there_is_not_is_refused_and_changes_nothing(
    axis: int, motion: int, numbers: tuple[float, ...], error: type[Exception]
) -> None:
    latent = state()
    with pytest.raises(error):
        latent.set_motion(0, axis, motion, 0.5, numbers, 0)
    assert not latent.is_moving(0)
