"""Noise: the same everywhere and for ever, white, and different for different seeds."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.noise import (
    LARGEST_SEED,
    TABLE_FRAMES,
    key_seed,
    noise_start,
    noise_table,
    read_noise,
    strike_seed,
)


def noise(seed: int, first: int, frames: int, channels: int = 1) -> np.ndarray:
    out = np.zeros((channels, frames), np.float32)
    read_noise(noise_start(seed), first, out)
    return out


def test_the_table_is_the_same_on_every_machine_and_version() -> None:
    digest = hashlib.sha256(noise_table().astype("<f4").tobytes()).hexdigest()
    assert digest == "0ffb30ac2529975fd4906066372bb9175ba6d1612e3ba722a7e8eee8e332d45b"


def test_the_table_is_uniform_and_white() -> None:
    table = noise_table()[:TABLE_FRAMES].astype(np.float64)
    assert -1 <= table.min() < -0.99999
    assert 0.99999 < table.max() <= 1
    assert abs(table.mean()) < 0.002
    assert abs(np.sqrt((table**2).mean()) - 3**-0.5) < 0.001
    for lag in (1, 2, 255, 256):
        assert abs((table[lag:] * table[:-lag]).mean()) < 0.002


@given(st.integers(1, LARGEST_SEED), st.integers(0, 10_000_000), st.integers(1, 600))
def test_noise_does_not_depend_on_how_it_is_read(seed: int, first: int, split: int) -> None:
    whole = noise(seed, first, 700, 2)
    parts = [noise(seed, first, split, 2), noise(seed, first + split, 700 - split, 2)]
    np.testing.assert_array_equal(whole, np.concatenate(parts, axis=1))


def test_seeds_and_channels_give_noise_of_their_own() -> None:
    heard = np.concatenate([noise(seed, 0, 4_800, 2) for seed in range(1, 30)])
    likeness = np.corrcoef(heard) - np.eye(len(heard))
    assert np.abs(likeness).max() < 0.1


def test_the_channels_of_a_note_do_not_echo_one_another() -> None:
    left, right = noise(5, 0, 9_600, 2)
    for lag in range(1, 600):
        assert abs(np.corrcoef(left[lag:], right[:-lag])[0, 1]) < 0.08
        assert abs(np.corrcoef(right[lag:], left[:-lag])[0, 1]) < 0.08


def test_keys_and_strikes_have_seeds_a_person_can_type() -> None:
    seeds = {key_seed(note) for note in range(128)} | {strike_seed(strike) for strike in range(10_000)}
    assert len(seeds) == 10_128
    assert all(1 <= seed <= LARGEST_SEED for seed in seeds)
