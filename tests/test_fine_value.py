"""A value that comes in two halves never jumps by a step of the coarse one, whatever the order they come in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.fine_value import FineValue

HIGHEST = 16_383
SLOW = st.integers(0, HIGHEST).flatmap(
    lambda start: st.lists(st.integers(-40, 40), min_size=1, max_size=60).map(lambda steps: walk(start, steps))
)


def walk(start: int, steps: list[int]) -> list[int]:
    places = [start]
    for step in steps:
        places.append(min(max(places[-1] + step, 0), HIGHEST))
    return places


def coarse_first(places: list[int], leaves_out: bool) -> list[tuple[bool, int]]:
    """Messages (is coarse, half) of a sender in MIDI's order, which may leave out a coarse half that stays."""
    messages, sent = [], -1
    for place in places:
        if place >> 7 != sent or not leaves_out:
            messages.append((True, place >> 7))
            sent = place >> 7
        messages.append((False, place & 127))
    return messages


def fine_first(places: list[int]) -> list[tuple[bool, int]]:
    return [half for place in places for half in ((False, place & 127), (True, place >> 7))]


def heard(messages: list[tuple[bool, int]], value: FineValue | None = None) -> list[float]:
    """Where the value stands after each message that says so, in fine steps."""
    value = value or FineValue()
    told = [value.coarse(half) if is_coarse else value.fine(half) for is_coarse, half in messages]
    return [x * HIGHEST for x in told if x is not None]


@given(places=SLOW, leaves_out=st.booleans())
def test_a_knob_turned_slowly_never_jumps_whether_or_not_halves_that_stay_are_left_out(
    places: list[int], leaves_out: bool
) -> None:
    told = heard(coarse_first(places, leaves_out))
    # The first coarse half is all that is known so far, and counts as one of 128 places.
    assert all(abs(after - before) <= 41 for before, after in pairwise(told[1:]))
    assert told[-1] == pytest.approx(places[-1]) or len(set(places)) == 1


@given(places=SLOW)
def test_a_sender_whose_fine_half_comes_first_is_not_misread(places: list[int]) -> None:
    told = heard(fine_first(places))
    assert all(abs(after - before) <= 41 for before, after in pairwise(told))
    assert told[-1] == pytest.approx(places[-1])


@given(start=st.integers(0, HIGHEST), end=st.integers(0, HIGHEST))
def test_on_the_way_to_anywhere_it_never_leaves_the_way(start: int, end: int) -> None:
    value = FineValue()
    heard(coarse_first([start], False), value)
    told = heard(coarse_first([end], False), value)
    assert all(min(start, end) - 1e-6 <= place <= max(start, end) + 1e-6 for place in told)
    assert (told or [start])[-1] == pytest.approx(end)


def test_a_controller_without_a_fine_half_reaches_both_ends() -> None:
    value = FineValue()
    assert [value.coarse(half) for half in (0, 64, 127, 127)] == [0.0, 64 / 127, 1.0, 1.0]


def test_a_sender_heard_from_the_middle_of_a_pair_is_understood_after_two_coarse_steps() -> None:
    places = list(range(700, 1500, 10))
    told = heard(coarse_first(places, False)[1:])
    steps = [abs(after - before) for before, after in pairwise(told)]
    assert sum(step > 11 for step in steps[:60]) <= 5
    assert max(steps[60:]) <= 11
    assert told[-1] == pytest.approx(places[-1])


def test_another_table_goes_on_where_the_value_stood() -> None:
    old, new = FineValue(), FineValue()
    heard(fine_first([1000, 1100, 1270]), old)
    new.succeed(old)
    assert heard(fine_first([1290]), new) == [pytest.approx(1290)]
