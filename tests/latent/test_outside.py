"""How far outside the data: up to 1 where the training sounds are, rising on the way out, whatever the model lacks."""

import numpy as np
import pytest

from runtime.contract import DecoderMetadata, PriorComponent, read_decoder_metadata
from runtime.latent.outside import DataRange, normal_radius, outside
from runtime.latent.prior import draw
from runtime.model_files import find_model
from tests.tiny_decoder import LATENT_SIZE, TinySettings, tiny_metadata

SCALE = ((0.5, 0.0, 0.0, 0.0), (0.4, 0.3, 0.0, 0.0), (0.0, 0.2, 1.0, 0.0), (0.0, 0.0, 0.0, 2.0))
MEANS = ((5.0, 0.0, 0.0, 0.0), (-5.0, 1.0, 0.0, 0.0))


def mixture(radius: float | None) -> DecoderMetadata:
    parts = (PriorComponent(weight=0.5, mean=mean, scale=SCALE, label=k) for k, mean in enumerate(MEANS))
    return tiny_metadata(TinySettings(), prior=tuple(parts), outside_radius=radius, classes=("low", "high"))


def test_it_counts_deviations_of_the_nearest_component_in_radii() -> None:
    white = np.array([0.6, -0.8, 0.0, 0.0])
    data = DataRange(mixture(2.0))
    for label, mean in enumerate(MEANS):
        for far in (0.0, 1.0, 3.0):
            place = np.array(mean) + far * np.array(SCALE) @ white
            assert data.outside(place.tolist()) == pytest.approx(far / 2.0, abs=1e-9)
            assert data.label(place.tolist()) == label
    assert outside(mixture(2.0), MEANS[1]) == 0.0


def test_without_a_prior_it_is_measured_from_the_unit_normal_distribution() -> None:
    data = DataRange(tiny_metadata(TinySettings()))
    places = np.random.default_rng(0).standard_normal((4000, LATENT_SIZE))
    inside = np.mean([data.outside(place) <= 1 for place in places.tolist()])
    assert inside == pytest.approx(0.95, abs=0.015)
    assert data.label(places[0].tolist()) == -1


@pytest.mark.parametrize(("size", "quantile"), [(1, 3.841), (2, 5.991), (16, 26.296), (64, 83.675)])
def test_the_radius_of_a_normal_distribution_is_that_of_the_tables(size: int, quantile: float) -> None:
    assert normal_radius(size) == pytest.approx(quantile**0.5, rel=0.013)


@pytest.mark.parametrize("name", ["drums", "notes"])
def test_of_a_shipped_model_real_sounds_are_inside_and_a_knob_turned_too_far_is_not(name: str) -> None:
    metadata = read_decoder_metadata(find_model(name))
    data = DataRange(metadata)
    sounds = [point.latent for point in metadata.map_points]
    assert np.mean([data.outside(latent) <= 1.0 for latent in sounds]) >= 0.9
    # The radius is that of the sounds' own places; the prior knows their uncertainty too, and strays a little farther.
    assert np.mean([data.outside(draw(metadata, seed)) <= 1.4 for seed in range(100)]) >= 0.9
    for latent in sounds[::40]:
        on_the_way = [data.outside((np.array(latent) * factor).tolist()) for factor in (4, 6, 8, 12)]
        assert on_the_way == sorted(on_the_way)
        assert on_the_way[-1] > 2
