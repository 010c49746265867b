"""Glides: straight, on time, without a jump, the same in any order of asking."""

import numpy as np
import pytest

from runtime.latent.glide import Glides


def test_a_glide_is_a_straight_line_that_ends_exactly_on_its_target() -> None:
    glides = Glides(np.array([[-0.7, 5.0]]))
    glides.move(0, np.array([0.1, 5.0]), 100, 200)
    assert glides.at(0, 100).tolist() == [-0.7, 5.0]
    assert glides.at(0, 150) == pytest.approx([-0.5, 5.0])
    assert glides.at(0, 300).tolist() == [0.1, 5.0]
    assert glides.at(0, 10_000).tolist() == [0.1, 5.0]


def test_a_new_target_sets_out_from_where_the_number_is() -> None:
    glides = Glides(np.zeros((1, 1)))
    glides.move(0, np.array([1.0]), 0, 100)
    glides.move(0, np.array([0.0]), 60, 100)
    assert glides.at(0, 60) == pytest.approx([0.6])
    assert glides.at(0, 110) == pytest.approx([0.3])
    assert glides.at(0, 160).tolist() == [0.0]


def test_numbers_glide_apart_from_one_another() -> None:
    glides = Glides(np.zeros((1, 2)))
    glides.move(0, np.array([1.0, 0.0]), 0, 100)
    glides.move(0, np.array([1.0, 1.0]), 50, 100)
    assert glides.at(0, 100) == pytest.approx([1.0, 0.5])


def test_saying_the_same_place_again_delays_nothing() -> None:
    glides = Glides(np.zeros((1, 1)))
    for frame in range(0, 100, 10):
        glides.move(0, np.array([1.0]), frame, 100)
    assert glides.at(0, 100).tolist() == [1.0]


def test_without_a_length_the_number_is_there_at_once() -> None:
    glides = Glides(np.zeros((2, 1)))
    glides.move(0, np.array([1.0]), 50, 0)
    glides.move(1, np.array([1.0]), 50, 100)
    assert glides.at(0, 50).tolist() == [1.0]


def test_many_rows_at_many_frames_are_what_each_is_alone() -> None:
    random = np.random.default_rng(1)
    glides = Glides(random.normal(size=(5, 3)))
    for row in range(4):
        glides.move(row, random.normal(size=3), 10 * row, 50 + 70 * row)
    rows, frames = random.integers(0, 5, 40), random.integers(50, 400, 40)
    together = glides.values(rows, frames)
    for row, frame, value in zip(rows, frames, together, strict=True):
        np.testing.assert_array_equal(glides.at(row, frame), value)


def test_moving_one_number_is_moving_the_row_with_the_others_where_they_are() -> None:
    random = np.random.default_rng(3)
    one, row = Glides(np.zeros((2, 4))), Glides(np.zeros((2, 4)))
    frame = 0
    for _ in range(300):
        frame += int(random.integers(0, 400))
        column, length = int(random.integers(4)), int(random.choice([0, 1, 37, 1920]))
        target = float(np.float32(random.choice([-1.0, 0.25, random.normal()])))
        wanted = row.target[1].copy()
        wanted[column] = target
        row.move(1, wanted, frame, length)
        one.move_one(1, column, target, frame, length)
        assert one.settled_at == row.settled_at
        for later in (0, 5, 700):
            np.testing.assert_array_equal(one.at(1, frame + later), row.at(1, frame + later))
