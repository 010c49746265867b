from collections.abc import Sequence

import numpy as np
import pytest

from runtime.delay import (
    ConvertedEngine,
    fewest_blocks,
    likely_worst_seconds,
    needed_blocks,
    worst_blocks_seconds,
)
from runtime.engine.rate_conversion import RateConversion
from runtime.events import Event, Kind

BLOCK_SECONDS = 128 / 48_000


def blocks_for(costs: Sequence[float]) -> int:
    return fewest_blocks(likely_worst_seconds(costs), BLOCK_SECONDS)


def test_a_model_that_needs_half_a_block_gets_one_block_and_one_that_needs_a_whole_block_two() -> None:
    assert blocks_for([0.5 * BLOCK_SECONDS] * 20) == 1
    assert blocks_for([1.0 * BLOCK_SECONDS] * 20) == 2


def test_one_block_in_which_the_machine_did_something_else_does_not_lengthen_the_delay() -> None:
    costs = [0.4 * BLOCK_SECONDS] * 19
    assert blocks_for([*costs, 10 * BLOCK_SECONDS]) == blocks_for(costs) == 1


def test_a_model_whose_cost_really_varies_gets_more_than_its_median_needs() -> None:
    random = np.random.Generator(np.random.Philox(key=3))
    costs = BLOCK_SECONDS * (0.5 + 0.1 * random.standard_normal(20))
    assert blocks_for(list(costs)) == 2


@pytest.mark.parametrize("worst", [0.0, 1e-9, 1e3])
def test_the_delay_is_at_least_one_block_and_bounded(worst: float) -> None:
    assert 1 <= fewest_blocks(worst, BLOCK_SECONDS) <= 16


class Recorder:
    """Stands for an engine: notes what it was asked, costs nothing."""

    def __init__(self) -> None:
        self.frame = 0
        self.idle = True
        self.events: list[Event] = []

    def post(self, event: Event) -> None:
        self.events.append(event)

    def render(self, frames: int) -> None:
        self.frame += frames


def test_what_is_measured_is_every_voice_starting_at_the_same_frame() -> None:
    engine = Recorder()
    costs = worst_blocks_seconds(engine, voices=16, block_frames=128, sample_rate=48_000)
    first = [e for e in engine.events if e.kind == Kind.NOTE_ON and e.time == 0]
    assert len(costs) >= 3
    assert len({e.note for e in first}) == 16
    assert any(e.kind == Kind.ALL_SOUND_OFF for e in engine.events)


class SilentEngine(Recorder):
    """Stands for an engine that renders silence; remembers how much at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.rendered: set[int] = set()

    def render(self, frames: int) -> np.ndarray:  # type: ignore[override]
        self.rendered.add(frames)
        self.frame += frames
        return np.zeros((2, frames), np.float32)


@pytest.mark.parametrize(("output_rate", "engine_frames"), [(48_000, 128), (96_000, 64), (44_100, 140)])
def test_what_is_measured_is_a_block_of_the_output_at_its_own_rate(output_rate: int, engine_frames: int) -> None:
    engine = SilentEngine()
    assert needed_blocks(engine, 4, 128, output_rate, 48_000) >= 1
    assert engine.rendered == {engine_frames}


def test_the_conversion_is_part_of_what_is_measured() -> None:
    conversion = RateConversion(48_000, 44_100)
    measured = ConvertedEngine(SilentEngine(), conversion)
    worst_blocks_seconds(measured, voices=1, block_frames=128, sample_rate=48_000)
    assert conversion.taken == measured.frame > 0
