"""The limiter: never above full scale, nothing below it touched, the same in any blocks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from runtime.engine.limiter import Limiter

RATE = 48_000
mixes = st.integers(1, 300).flatmap(
    lambda n: arrays.arrays(np.float32, (2, n), elements=st.floats(-1e6, 1e6, width=32))
)


def limited(mix: np.ndarray, *sizes: int) -> np.ndarray:
    limiter, out, at = Limiter(RATE, 100_000), mix.copy(), 0
    for size in (*sizes, mix.shape[1]):
        if at < mix.shape[1]:
            limiter.apply(out[:, at : at + size])
            at += size
    return out


@given(mixes)
def test_nothing_passes_full_scale(mix: np.ndarray) -> None:
    assert np.abs(limited(mix)).max() <= 1.0


@given(mixes, st.lists(st.integers(1, 100), max_size=8))
def test_blocks_give_the_same_samples(mix: np.ndarray, sizes: list[int]) -> None:
    np.testing.assert_array_equal(limited(mix), limited(mix, *sizes))


@given(arrays.arrays(np.float32, (2, 200), elements=st.floats(-1, 1, width=32)))
def test_what_is_within_full_scale_passes_untouched(mix: np.ndarray) -> None:
    np.testing.assert_array_equal(limited(mix), mix)


def test_both_channels_get_the_same_gain() -> None:
    mix = np.array([[0.1, 4.0, 0.1], [0.2, 0.5, 0.2]], np.float32)
    out = limited(mix)
    np.testing.assert_allclose(out[0] / mix[0], out[1] / mix[1], rtol=1e-6)


def test_the_gain_comes_back_at_sixty_db_a_second_and_to_exactly_one() -> None:
    limiter = Limiter(RATE, RATE)
    limiter.apply(np.full((2, 1), 16.0, np.float32))
    assert abs(limiter.reduction_db + 24.08) < 0.01
    tail = np.full((2, RATE), 0.01, np.float32)
    limiter.apply(tail)
    gain_db = 20 * np.log10(tail[0] / np.float32(0.01))
    for seconds in (0.1, 0.2, 0.3):
        assert abs(gain_db[int(seconds * RATE)] - (60 * seconds - 24.08)) < 0.6
    assert (tail[:, RATE // 2 :] == np.float32(0.01)).all()
