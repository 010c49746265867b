"""A listener whose clock is not the instrument's: the page's own player, run in a browser for minutes in a moment."""

import math
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

RUN = (Path(__file__).parent / "mix_player_run.js").read_text(encoding="utf-8")
GOAL_SECONDS = 0.04
BEND = (2 * math.pi * 1000 / 48_000) ** 2
"""Of a sine of 1 kHz."""
FADE_BEND = 2 / 128
"""What a fade within 128 frames adds at most where it begins."""


def run(opened: tuple[Page, list[str]], **how: float) -> dict[str, Any]:
    found: dict[str, Any] = opened[0].evaluate(RUN, how)
    return found


@pytest.mark.parametrize("source", [1.001, 0.999])
def test_clocks_a_thousandth_apart_leave_no_gap_in_ten_minutes_and_the_delay_where_it_is(
    opened_once: tuple[Page, list[str]], source: float
) -> None:
    heard = run(opened_once, source=source, seconds=600, jitterSeconds=0.004)
    assert heard["gaps"] == 0
    assert heard["silent"] == 0
    assert heard["least"] > GOAL_SECONDS / 2
    assert heard["most"] < 1.5 * GOAL_SECONDS
    assert heard["bend"] < 1.02 * BEND, "what is played is one sine from end to end"


def test_a_source_that_is_far_too_fast_is_caught_up_with_without_a_click(opened_once: tuple[Page, list[str]]) -> None:
    heard = run(opened_once, source=1.004, seconds=240)
    assert heard["most"] < GOAL_SECONDS + 0.3
    assert heard["bend"] < BEND + FADE_BEND


def test_a_source_that_is_far_too_slow_is_waited_for_without_a_click(opened_once: tuple[Page, list[str]]) -> None:
    heard = run(opened_once, source=0.99, seconds=60)
    assert 1 <= heard["gaps"] < 10, "each gap makes the reserve larger"
    assert heard["bend"] < BEND + FADE_BEND


def test_what_was_left_out_on_the_way_is_faded_around(opened_once: tuple[Page, list[str]]) -> None:
    heard = run(opened_once, seconds=20, missingAt=10, missingSeconds=0.3)
    assert heard["gaps"] == 1
    assert heard["bend"] < BEND + FADE_BEND
    assert heard["most"] < 2 * GOAL_SECONDS


def test_a_browser_that_slept_goes_on_with_the_sound_of_now(opened_once: tuple[Page, list[str]]) -> None:
    heard = run(opened_once, seconds=10.02, asleepAt=7, asleepSeconds=3)
    assert heard["gaps"] == 0
    assert heard["end"] == pytest.approx(GOAL_SECONDS, abs=0.01), "at once: it will not be led back for minutes"
