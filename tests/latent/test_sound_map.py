"""Any place of the map has a latent: exact at a sound, without a jump on the way, and it is found again."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runtime.contract import MapPoint
from runtime.errors import LatentbridgeError
from runtime.latent.sound_map import SoundMap

GRID = st.integers(0, 12).map(lambda k: k / 12)
PLACES = st.floats(0, 1, width=32) | st.integers(0, 24).map(lambda k: k / 24)
SQUARE = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]


def sound(x: float, y: float, *latent: float) -> MapPoint:
    return MapPoint(x=x, y=y, latent=latent)


def kit() -> list[MapPoint]:
    """Four hundred sounds in sixteen dimensions, strewn over the map; like ones lie roughly together."""
    random = np.random.default_rng(3)
    places = np.stack(np.meshgrid(*2 * [np.arange(20)]), axis=-1).reshape(-1, 2) / 20 + random.uniform(
        0, 0.04, (400, 2)
    )
    waves = np.sin(places @ random.normal(0, 4, (2, 16))) * 2 + random.normal(0, 0.7, (400, 16))
    return [sound(*np.round(place, 4).tolist(), *latent) for place, latent in zip(places, waves.tolist(), strict=True)]


POINTS = kit()


def rounded(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(np.array(values, np.float32).tolist())


@pytest.fixture(scope="module")
def drums() -> SoundMap:
    return SoundMap(POINTS)


def test_at_a_sound_s_own_place_its_own_latent_plays(drums: SoundMap) -> None:
    for x, y, latent in ((point.x, point.y, point.latent) for point in POINTS):
        assert drums.latent(x, y) == rounded(latent)
        as_osc_rounds_it = drums.latent(float(np.float32(x)), float(np.float32(y)))
        assert as_osc_rounds_it == pytest.approx(latent, rel=1e-6, abs=1e-6)
        assert POINTS[drums.nearest(x, y)].latent == latent


def test_walking_over_the_map_never_jumps(drums: SoundMap) -> None:
    step, extent = 1e-4, float(np.ptp([point.latent for point in POINTS], axis=0).max())
    for y in (0.37, 0.5, 0.81):
        walk = np.array([drums.latent(float(x), y) for x in np.arange(0.3, 0.5, step)])
        assert np.abs(np.diff(walk, axis=0)).max() < 0.01 * extent


@example(SQUARE, 0.5, 0.5, 0.7)
@example([*SQUARE, (0.0, 0.0)], 0.5, 0.5, 2.0)
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(GRID, GRID), min_size=1, max_size=30, unique=True), PLACES, PLACES, st.floats(0, 6.3))
def test_a_small_move_is_a_small_change_wherever_sounds_lie(
    where: list[tuple[float, float]], x: float, y: float, angle: float
) -> None:
    """On a grid many sounds are equally far: there the published weights jump, or are all zero."""
    sounds = SoundMap([sound(*place, float(number), -float(number)) for number, place in enumerate(where)])
    move = 1e-6
    before = np.array(sounds.latent(x, y))
    after = np.array(sounds.latent(x + move * np.cos(angle), y + move * np.sin(angle)))
    assert np.abs(after - before).max() <= 100 * 12 * move * len(where) + 1e-5


@pytest.mark.parametrize("count", [1, 2, 3, 4, 10_000])
def test_every_place_is_within_what_its_neighbours_span(count: int) -> None:
    random = np.random.default_rng(0)
    latents = random.normal(size=(count, 3))
    sounds = SoundMap(
        [sound(*place, *latent) for place, latent in zip(random.random((count, 2)), latents, strict=True)]
    )
    for x, y in random.random((50, 2)):
        latent = np.array(sounds.latent(x, y))
        assert np.all(latent <= latents.max(0) + 1e-6)
        assert np.all(latent >= latents.min(0) - 1e-6)
        assert np.all(np.isfinite(sounds.place_of(latent.tolist())))


def test_with_one_sound_the_whole_map_is_that_sound() -> None:
    only = SoundMap([sound(0.3, 0.6, 1.0, 2.0)])
    assert {only.latent(x, y) for x in (0.0, 0.3, 1.0) for y in (0.0, 0.6, 1.0)} == {(1.0, 2.0)}
    assert only.place_of((7.0, -7.0)) == (0.3, 0.6)


def test_of_two_sounds_the_middle_is_half_of_each() -> None:
    two = SoundMap([sound(0.2, 0.5, 0.0, 4.0), sound(0.8, 0.5, 2.0, 0.0)])
    assert two.latent(0.5, 0.1) == pytest.approx((1.0, 2.0))
    assert two.latent(0.2, 0.5) == (0.0, 4.0)
    assert two.latent(0.8, 0.5) == (2.0, 0.0)


def test_sounds_at_one_place_are_heard_as_their_mean() -> None:
    three = SoundMap([sound(0.5, 0.5, 0.0), sound(0.5, 0.5, 2.0), sound(0.9, 0.9, 100.0)])
    assert three.latent(0.5, 0.5) == (1.0,)
    assert three.latent(0.5 + 1e-7, 0.5) == pytest.approx((1.0,), abs=1e-3)


def test_beyond_the_edge_is_the_edge(drums: SoundMap) -> None:
    assert drums.latent(-3.0, 0.4) == drums.latent(0.0, 0.4)
    assert drums.latent(0.4, float("inf")) == drums.latent(0.4, 1.0)


def test_a_sound_is_shown_where_it_lies_and_others_among_their_like(drums: SoundMap) -> None:
    for point in POINTS[::20]:
        assert drums.place_of(point.latent) == pytest.approx((point.x, point.y), abs=1e-9)
    random = np.random.default_rng(1)
    off = [np.subtract(drums.place_of(drums.latent(x, y)), (x, y)) for x, y in random.random((200, 2)).tolist()]
    assert np.median(np.linalg.norm(off, axis=1)) < 0.05
    steps = np.linspace(POINTS[3].latent, POINTS[44].latent, 20_001)
    shown = np.array([drums.place_of(latent) for latent in steps[:4000].tolist()])
    assert np.abs(np.diff(shown, axis=0)).max() < 0.01, "the dot does not jump while a latent glides"


def test_a_model_without_a_map_says_so() -> None:
    nothing = SoundMap(())
    assert len(nothing) == 0
    for question in (lambda: nothing.latent(0.5, 0.5), lambda: nothing.nearest(0, 0), lambda: nothing.place_of((0.0,))):
        with pytest.raises(LatentbridgeError, match="has no map"):
            question()
