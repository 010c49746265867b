"""The benchmark of latent knobs finds the first changed sample, and takes no missed block for one."""

import numpy as np
import pytest

from benchmarks.knob_to_sound import first_change

SENT = 10_000


@pytest.fixture
def still() -> np.ndarray:
    return np.random.default_rng(0).standard_normal(30_000).astype(np.float32)


@pytest.mark.parametrize("late_frames", [0, 128, 1003])
def test_the_first_changed_sample_is_found_however_late_the_key_was(still: np.ndarray, late_frames: int) -> None:
    take = np.concatenate([np.zeros(late_frames, np.float32), still])
    take[SENT + 500 :] *= 1.01
    assert first_change(take, still, SENT) == SENT + 500


def test_a_block_that_was_missed_on_the_way_is_not_taken_for_a_change(still: np.ndarray) -> None:
    for missing in (0.0, np.nan):
        take = still.copy()
        take[SENT + 256 : SENT + 384] = missing
        take[SENT + 500 :] *= 1.01
        assert first_change(take, still, SENT) is None


def test_a_strike_that_was_not_the_unmoved_one_before_says_nothing(still: np.ndarray) -> None:
    take = still.copy()
    take[SENT - 100 :] *= 1.01
    assert first_change(take, still, SENT) is None
    assert first_change(still, still, SENT) is None
