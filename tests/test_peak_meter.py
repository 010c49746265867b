"""A meter shows the peak of each channel and lets it fall as a peak programme meter does."""

import numpy as np
import pytest

from runtime.peak_meter import FLOOR_DB, PeakMeter

RATE = 48_000


def test_a_peak_is_shown_at_once_in_its_own_channel() -> None:
    meter = PeakMeter(RATE)
    block = np.zeros((2, 128), np.float32)
    block[0, 77], block[1, 3] = -0.5, 0.125
    meter.hear(block, 0.0)
    assert meter.left_db == pytest.approx(-6.02, abs=0.01)
    assert meter.right_db == pytest.approx(-18.06, abs=0.01)


@pytest.mark.parametrize("block_frames", [16, 128, 4096])
def test_it_falls_by_20_db_in_1_7_seconds_whatever_the_block(block_frames: int) -> None:
    meter = PeakMeter(RATE)
    meter.hear(np.ones((2, 16), np.float32), 3.0)
    silence = np.zeros((2, block_frames), np.float32)
    for _ in range(round(1.7 * RATE / block_frames)):
        meter.hear(silence, 0.0)
    assert meter.left_db == pytest.approx(-20, abs=0.6)
    assert meter.reduction_db == 0.0


def test_silence_is_shown_as_the_floor() -> None:
    meter = PeakMeter(RATE)
    meter.hear(np.zeros((2, 128), np.float32), 0.0)
    assert meter.left_db == meter.right_db == FLOOR_DB
