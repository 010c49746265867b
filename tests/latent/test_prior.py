"""Random places come from where the training sounds are, and from nothing else."""

import numpy as np
import pytest

from runtime.contract import MapPoint, PriorComponent
from runtime.errors import LatentbridgeError
from runtime.latent.prior import FARTHEST_DEVIATIONS, class_label, draw
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


# --- temperature and class -----------------------------------------------------------------------------------------

CLASSES = tiny_metadata(
    TinySettings(),
    classes=("kick", "Snare drum", "clap", "bell"),
    prior=(
        *(PriorComponent(weight=0.3, mean=mean, scale=SCALE, label=k) for k, mean in enumerate(MEANS)),
        PriorComponent(weight=0.2, mean=(5.0, 9.0, 0.0, 0.0), scale=SCALE, label=0),
        PriorComponent(weight=0.2, mean=(0.0, 0.0, 40.0, 0.0), scale=np.diag([9.0] * 4).tolist(), label=-1),
    ),
    map_points=tuple(MapPoint(x=0.1 * k, y=0.5, latent=(0.0, 0.0, 30.0, 20.0 * k), label=2) for k in range(2)),
)


def test_at_temperature_0_a_place_is_the_middle_of_a_component_and_at_2_it_strays_twice_as_far() -> None:
    middles = {draw(MIXTURE, seed, temperature=0.0) for seed in range(40)}
    assert middles == set(MEANS)
    for seed in range(20):
        middle, usual, far = (np.array(draw(MIXTURE, seed, temperature=t)) for t in (0.0, 1.0, 2.0))
        assert np.allclose(far - middle, 2 * (usual - middle), atol=1e-5)
        assert draw(MIXTURE, seed, temperature=9.0) == tuple(far.tolist())
    assert draw(MIXTURE, 3, temperature=1.0, label=None) == draw(MIXTURE, 3)


def test_a_class_is_drawn_from_its_own_components_alone() -> None:
    kicks = np.array([draw(CLASSES, seed, label=0) for seed in range(300)])
    assert kicks[:, 0].min() > 4
    assert abs(np.mean(kicks[:, 1] > 4.5) - 0.4) < 0.1, "both components, by weight"
    snares = np.array([draw(CLASSES, seed, label=1) for seed in range(50)])
    assert snares[:, 0].max() < -4


def test_a_class_too_small_for_components_is_drawn_from_around_its_sounds() -> None:
    claps = np.array([draw(CLASSES, seed, label=2) for seed in range(300)])
    near = [np.linalg.norm(claps - point.latent, axis=1) for point in CLASSES.map_points]
    assert np.minimum(*near).max() < 4, "as wide as the classes are, not as what is lumped together"
    assert 0.4 < np.mean(near[0] < near[1]) < 0.6
    assert {draw(CLASSES, seed, label=2, temperature=0.0) for seed in range(30)} == {
        p.latent for p in CLASSES.map_points
    }


def test_a_class_that_the_model_has_no_place_of_is_refused() -> None:
    with pytest.raises(LatentbridgeError, match="knows no place of the class bell"):
        draw(CLASSES, 0, label=3)


def test_a_class_is_found_by_its_name_and_a_wrong_name_is_told_the_right_ones() -> None:
    assert [class_label(CLASSES, name) for name in ("kick", " KICK", "snare_drum", "Snare Drum")] == [0, 0, 1, 1]
    with pytest.raises(LatentbridgeError, match=r"no class 'tuba'\. It has kick, Snare drum, clap, bell"):
        class_label(CLASSES, "tuba")
    with pytest.raises(LatentbridgeError, match="has no classes"):
        class_label(WITHOUT, "kick")
