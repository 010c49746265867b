import numpy as np
import pytest

from runtime.clock import FilteredClock

RATE = 48_000


def follow(clock: FilteredClock, true_rate: float, block: int, seconds: float, jitter_ns: float, frame: int = 0) -> int:
    """Feed a clock the jittery times of blocks of a device at ``true_rate``; return the last frame."""
    random = np.random.Generator(np.random.Philox(key=7))
    end = frame + int(seconds * true_rate)
    while frame < end:
        frame += block
        # A wake-up can be late, never early.
        clock.update(frame, round(frame / true_rate * 1e9 + random.exponential(jitter_ns)))
    return frame


def error_frames(clock: FilteredClock, true_rate: float, frame: int) -> float:
    """Largest error of placing times within the block after ``frame``."""
    offsets = np.arange(0, 128, 8)
    return max(abs(clock.frame_at(round((frame + o) / true_rate * 1e9)) - frame - o) for o in offsets)


def test_times_between_jittery_blocks_are_placed_within_a_quarter_of_a_millisecond() -> None:
    clock = FilteredClock(RATE)
    frame = follow(clock, RATE, 128, 5.0, jitter_ns=100_000)
    assert error_frames(clock, RATE, frame) <= 12


@pytest.mark.parametrize("parts_per_million", [-200, 0, 200])
def test_the_true_rate_of_a_device_is_found(parts_per_million: int) -> None:
    clock = FilteredClock(RATE)
    rate = RATE * (1 + parts_per_million * 1e-6)
    frame = follow(clock, rate, 128, 20.0, jitter_ns=20_000)
    assert clock.sample_rate == pytest.approx(rate, rel=5e-5)
    assert error_frames(clock, rate, frame) <= 4


def test_after_a_pause_of_the_device_the_clock_is_right_at_once() -> None:
    clock = FilteredClock(RATE)
    frame = follow(clock, RATE, 128, 1.0, jitter_ns=0)
    resumed = frame + 128
    pause = 2_000_000_000
    clock.update(resumed, round(resumed / RATE * 1e9) + pause)
    assert clock.frame_at(round(resumed / RATE * 1e9) + pause) == resumed
    assert clock.frame_at(round((resumed + 480) / RATE * 1e9) + pause) == pytest.approx(resumed + 480, abs=1)


def test_blocks_may_change_their_size() -> None:
    clock = FilteredClock(RATE)
    frame = follow(clock, RATE, 64, 3.0, jitter_ns=0)
    frame = follow(clock, RATE, 1024, 3.0, jitter_ns=0, frame=frame)
    assert error_frames(clock, RATE, frame) <= 1
