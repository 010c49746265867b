"""A morph begins and ends exactly at its corners and moves evenly between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.latent.interpolation import corner_weights, morph

CORNERS = ((0.1, -2.0, 3.0), (5.0, 0.3, 0.0), (-1.0, 7.0, 0.7), (2.0, 2.0, -9.0))
SQUARE = ((0, 0), (1, 0), (0, 1), (1, 1))
UNIT = st.floats(0, 1)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_at_a_corner_only_that_corner_sounds(count: int) -> None:
    for number, (x, y) in enumerate(SQUARE[:count]):
        assert morph(CORNERS[:count], x, y) == tuple(np.array(CORNERS[number], np.float32).tolist())


@given(st.integers(1, 4), UNIT, UNIT, UNIT, UNIT)
def test_shares_add_up_and_move_no_faster_than_the_finger(
    count: int, x: float, y: float, to_x: float, to_y: float
) -> None:
    before, after = corner_weights(count, x, y), corner_weights(count, to_x, to_y)
    assert before.sum() == pytest.approx(1.0)
    assert before.min() >= 0
    assert np.abs(after - before).max() <= abs(to_x - x) + abs(to_y - y) + 1e-12


def test_of_two_the_second_control_does_nothing_and_of_three_the_third_is_above() -> None:
    assert morph(CORNERS[:2], 0.3, 0.0) == morph(CORNERS[:2], 0.3, 0.9)
    assert morph(CORNERS[:3], 0.0, 1.0) == morph(CORNERS[:3], 0.8, 1.0)


def test_beyond_the_square_is_its_edge() -> None:
    assert morph(CORNERS, -1.0, 2.0) == morph(CORNERS, 0.0, 1.0)


@pytest.mark.parametrize("count", [0, 5])
def test_a_morph_of_nothing_or_of_five_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 4 corners"):
        morph([(0.0,)] * count, 0.5, 0.5)
