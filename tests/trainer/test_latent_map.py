"""The map of the sounds: neighbours sound alike, the whole square is used, and any number of sounds finds its place."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from trainer.latent_map import (
    features,
    map_points,
    picture,
    plane,
    sound_summaries,
    spread_over_square,
    turned,
)

SAMPLE_RATE = 44_100
RANDOM = np.random.default_rng(0)


def tones(hertz: np.ndarray, decay_seconds: np.ndarray) -> np.ndarray:
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    waves = np.sin(2 * np.pi * hertz[:, None] * time) * np.exp(-time / decay_seconds[:, None])
    return waves[:, None].astype(np.float32)


@pytest.fixture(scope="module")
def sounds() -> tuple[np.ndarray, np.ndarray]:
    """Ninety tones of three heights and many lengths, and latents that tell a little of each."""
    hertz = np.repeat([150.0, 900.0, 5000.0], 30) * RANDOM.uniform(0.9, 1.1, 90)
    decay = RANDOM.uniform(0.02, 0.4, 90)
    hints = np.stack([np.log(hertz), decay * 5], axis=1)
    return np.hstack([hints, RANDOM.normal(size=(90, 6))]), tones(hertz, decay)


def places_of(latents: np.ndarray, decoded: np.ndarray) -> np.ndarray:
    points = map_points(latents, np.full(len(latents), -1), decoded, SAMPLE_RATE)
    return np.array([(point.x, point.y) for point in points])


def neighbours_distance(places: np.ndarray, summaries: np.ndarray) -> float:
    apart = cdist(places, places)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :5]
    between = cdist(summaries, summaries, "cityblock")
    return float(np.take_along_axis(between, nearest, axis=1).mean() / between.mean())


def test_neighbours_on_the_map_sound_alike_and_more_so_than_in_the_principal_plane(sounds) -> None:
    latents, decoded = sounds
    summaries = sound_summaries(decoded, SAMPLE_RATE)
    on_map = neighbours_distance(places_of(latents, decoded), summaries)
    assert on_map < 0.3
    assert on_map < neighbours_distance(plane(features(latents, summaries)), summaries)


@pytest.mark.parametrize("angle", [0.0, 1.0, 2.5, 4.0])
@pytest.mark.parametrize("mirror", [-1.0, 1.0])
def test_bright_sounds_lie_to_the_right_and_long_ones_above(angle: float, mirror: float) -> None:
    hertz, decay = np.meshgrid(np.geomspace(100, 6000, 6), np.geomspace(0.02, 0.3, 6))
    summaries = sound_summaries(tones(hertz.ravel(), decay.ravel()), SAMPLE_RATE)
    upright = np.stack([np.log(hertz.ravel()), mirror * np.log(decay.ravel())], axis=1)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    places = turned(upright @ turn, summaries)
    assert np.corrcoef(places[:, 0], np.log(hertz.ravel()))[0, 1] > 0.9
    assert np.corrcoef(places[:, 1], np.log(decay.ravel()))[0, 1] > 0.9


def test_the_square_is_used_to_its_edges_and_evenly(sounds) -> None:
    places = places_of(*sounds)
    assert np.array_equal(places.min(0), [0, 0])
    assert np.array_equal(places.max(0), [1, 1])
    counts = np.histogram2d(*places.T, bins=4, range=[[0, 1], [0, 1]])[0]
    assert np.mean(counts == 0) <= 0.25
    apart = cdist(places, places) + np.eye(len(places))
    assert apart.min() > 0.2 / np.sqrt(len(places))


def test_the_same_sounds_give_the_same_map(sounds) -> None:
    assert np.array_equal(places_of(*sounds), places_of(*sounds))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 30])
@pytest.mark.parametrize("is_one_sound", [False, True])
def test_any_number_of_sounds_finds_places_of_their_own_even_if_all_are_the_same(
    count: int, is_one_sound: bool
) -> None:
    random = np.random.default_rng(count)
    spread = 0.0 if is_one_sound else 1.0
    latents, summaries = random.normal(size=(count, 4)) * spread, random.normal(-40, 5 * spread, (count, 448))
    places = spread_over_square(turned(picture(features(latents, summaries)), summaries))
    assert len(np.unique(places, axis=0)) == count
    assert places.min() >= 0
    assert places.max() <= 1
    if count > 2:
        assert np.ptp(places, axis=0).min() > 0.5


def test_thousands_of_equal_places_are_told_apart() -> None:
    places = spread_over_square(np.zeros((3000, 2)))
    assert len(np.unique(places, axis=0)) == 3000


def test_silence_has_a_place(sounds) -> None:
    latents, decoded = sounds
    places = places_of(latents[:12], np.zeros_like(decoded[:12]))
    assert np.isfinite(places).all()


def test_two_sounds_lie_side_by_side(sounds) -> None:
    latents, decoded = sounds
    assert places_of(latents[[0, 89]], decoded[[0, 89]]).tolist() == [[0, 0.5], [1, 0.5]]
