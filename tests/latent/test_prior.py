"""Random places come from where the training sounds are, and from nothing else."""

import numpy as np
import pytest

from runtime.contract import PriorComponent
from runtime.latent.prior import FARTHEST_DEVIATIONS, draw
from tests.tiny_decoder import LATENT_SIZE, TinySettings, tiny_metadata

MEANS = ((5.0, 0.0, 0.0, 0.0), (-5.0, 1.0, 0.0, 0.0))
SCALE = ((0.1, 0.0, 0.0, 0.0), (0.0, 0.5, 0.0, 0.0), (0.0, 0.5, 0.1, 0.0), (0.0, 0.0, 0.0, 0.2))
MIXTURE = tiny_metadata(
    TinySettings(),
    prior=tuple(PriorComponent(weight=w, mean=m, scale=SCALE) for w, m in zip((0.8, 0.2), MEANS, strict=True)),
)
WITHOUT = tiny_metadata(TinySettings(), default_latent=(1.0, 2.0, 3.0, 4.0))


def draws(metadata: object, count: int = 4000) -> np.ndarray:
    generator = np.random.default_rng(7)
    return np.array([draw(metadata, generator) for _ in range(count)])  # type: ignore[arg-type]


def test_draws_follow_weights_means_and_covariance_of_the_mixture() -> None:
    places = draws(MIXTURE)
    first = places[places[:, 0] > 0]
    assert abs(len(first) / len(places) - 0.8) < 0.03
    assert np.allclose(first.mean(axis=0), MEANS[0], atol=0.05)
    expected = np.array(SCALE) @ np.array(SCALE).T
    assert np.allclose(np.cov(first.T), expected, atol=0.03)


def test_weights_need_not_add_up_to_one() -> None:
    components = tuple(PriorComponent(weight=0.1, mean=mean, scale=SCALE) for mean in MEANS)
    places = draws(tiny_metadata(TinySettings(), prior=components), 1000)
    assert 0.4 < np.mean(places[:, 0] > 0) < 0.6


def test_no_draw_is_farther_out_than_the_decoder_has_heard() -> None:
    places = draws(WITHOUT)
    assert np.abs(places).max() == pytest.approx(FARTHEST_DEVIATIONS)
    assert np.allclose(places.std(axis=0), 1.0, atol=0.06)


def test_the_amount_goes_so_far_towards_the_same_place() -> None:
    present = (1.0, -1.0, 0.5, 2.0)
    far = np.array(draw(MIXTURE, 5, 1.0, present))
    for amount in (0.0, 0.25, 0.5):
        place = np.array(draw(MIXTURE, 5, amount, present))
        assert np.allclose(place, present + amount * (far - present), atol=1e-6)
    assert draw(MIXTURE, 5, 7.0, present) == tuple(far)
    assert draw(MIXTURE, 5, -1.0, present) == present


def test_without_a_present_place_it_starts_from_the_default() -> None:
    assert draw(WITHOUT, 5, 0.0) == WITHOUT.default_latent


def test_a_seed_always_gives_the_same_place_in_the_precision_of_a_record() -> None:
    place = draw(MIXTURE, 11)
    assert place == draw(MIXTURE, 11) == draw(MIXTURE, np.random.default_rng(11))
    assert place != draw(MIXTURE, 12)
    assert len(place) == LATENT_SIZE
    assert all(float(np.float32(number)) == number for number in place)
