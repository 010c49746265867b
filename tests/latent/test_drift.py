"""Drift has the spread and the correlation time it is asked for, and is nowhere in a hurry."""

import numpy as np
import pytest

from runtime.latent.drift import DEVIATION, Drifts

SAMPLE_RATE = 48_000


def drift(seconds: float, step_frames: int, count: int, axis: int = 0) -> np.ndarray:
    drifts = Drifts(3, SAMPLE_RATE)
    drifts.set(0, axis, (seconds,), 0, is_new=True)
    return drifts.values(np.zeros(count, np.intp), np.arange(count) * step_frames)[:, axis]


@pytest.mark.parametrize("seconds", [0.2, 1.0, 10.0])
def test_it_is_correlated_over_its_time_constant(seconds: float) -> None:
    values = drift(seconds, round(seconds * SAMPLE_RATE / 10), 40_000)
    assert values.std() == pytest.approx(DEVIATION, rel=0.05)
    assert values.mean() == pytest.approx(0, abs=0.02)
    for constants in (0.5, 1.0, 2.0):
        lag = round(10 * constants)
        found = np.corrcoef(values[:-lag], values[lag:])[0, 1]
        assert found == pytest.approx(np.exp(-constants), abs=0.05)


def test_it_is_spread_as_a_normal_distribution() -> None:
    values = np.abs(drift(1.0, 24_000, 8_000)) / DEVIATION
    assert [np.mean(values < k) for k in (1, 2, 3)] == pytest.approx([0.683, 0.954, 0.997], abs=0.03)


def test_it_comes_round_without_a_seam() -> None:
    # 4096 time constants of 20 ms.
    values = drift(0.02, 60, 70_000)
    steps = np.abs(np.diff(values))
    assert steps[65_500:65_600].max() < np.percentile(steps, 99.9)
    np.testing.assert_allclose(values[:200], values[65_536 : 65_536 + 200], atol=1e-6)


def test_two_axes_drift_apart() -> None:
    assert abs(np.corrcoef(drift(1.0, 12_000, 16_000, 0), drift(1.0, 12_000, 16_000, 1))[0, 1]) < 0.1


def test_it_goes_on_from_where_it_is_when_its_time_constant_changes() -> None:
    drifts = Drifts(1, SAMPLE_RATE)
    drifts.set(0, 0, (1.0,), 0, is_new=True)
    part, frame = np.array([0]), np.array([123_456])
    before = drifts.values(part, frame)[0, 0]
    drifts.set(0, 0, (7.0,), 123_456, is_new=False)
    assert drifts.values(part, frame)[0, 0] == pytest.approx(before, abs=1e-9)
