"""The latent state of sixteen parts: places, keys and axes."""

import numpy as np
import pytest

from runtime.contract import Axis
from runtime.latent.state import LatentState
from tests.tiny_decoder import TinySettings, tiny_metadata

AXES = (
    Axis(name="up", direction=(1.0, 0.0, 0.0, 0.0), minimum=-1.0, maximum=3.0),
    Axis(name="across", direction=(0.5, 0.5, 0.0, 0.0), minimum=-2.0, maximum=2.0, default=1.0),
)


def state(**metadata: object) -> LatentState:
    return LatentState(tiny_metadata(TinySettings(), **({"axes": ()} | metadata)), glide_seconds=0.0)


def place(latent: LatentState, part: int = 0, note: int = 60, frame: int = 0) -> list[float]:
    rows = np.array([latent.row_of(part, note)])
    return latent.coordinates(rows, np.array([part]), np.array([frame]))[0].tolist()


def test_every_part_begins_at_the_models_default() -> None:
    latent = state(default_latent=(0.5, -1.0, 2.0, 0.0))
    assert [place(latent, part) for part in range(16)] == [[0.5, -1.0, 2.0, 0.0]] * 16


def test_an_axis_moves_along_its_direction_between_its_ends() -> None:
    latent = state(axes=AXES)
    assert place(latent) == [0.5, 0.5, 0.0, 0.0]
    latent.set_axis(0, 0, 1.0, 0)
    latent.set_axis(0, 1, 0.0, 0)
    assert place(latent) == [3.0 - 1.0, -1.0, 0.0, 0.0]
    latent.set_axis(0, 0, -7.0, 0)
    assert place(latent) == [-1.0 - 1.0, -1.0, 0.0, 0.0]
    assert place(latent, 1) == [0.5, 0.5, 0.0, 0.0]


def test_gliding_axes_add_up_to_what_they_are_at_rest() -> None:
    latent = state(axes=AXES)
    latent.set_glide(0, 0.1)
    latent.set_axis(0, 0, 0.9, 0)
    latent.set_axis(0, 1, 0.3, 1_000)
    moving = place(latent, frame=5_799)
    at_rest = place(latent, frame=5_800)
    assert moving != at_rest
    assert moving == pytest.approx(at_rest, abs=1e-3)
    assert at_rest == pytest.approx([2.6 - 0.4, -0.4, 0.0, 0.0])


def test_a_key_with_a_place_of_its_own_follows_the_axes_but_not_the_part() -> None:
    latent = state(axes=AXES, key_map={60: (0.0, 0.0, 1.0, 0.0)})
    latent.set_latent(0, (9.0, 9.0, 9.0, 9.0), 0)
    latent.set_axis(0, 0, 1.0, 0)
    assert place(latent) == [3.5, 0.5, 1.0, 0.0]
    assert place(latent, note=61) == [12.5, 9.5, 9.0, 9.0]


def test_a_sounding_key_glides_to_a_new_place_of_its_own() -> None:
    latent = state(key_map={60: (0.0, 0.0, 0.0, 0.0)})
    latent.set_glide(0, 0.1)
    latent.set_key(0, 60, (1.0, 0.0, 0.0, 0.0), 0)
    assert place(latent, frame=2_400) == [0.5, 0.0, 0.0, 0.0]
    assert place(latent, 1, frame=2_400) == [0.0, 0.0, 0.0, 0.0]


def test_places_are_rounded_as_records_round_them() -> None:
    latent = state()
    latent.set_latent(0, (0.1, 0.2, 0.3, 0.4), 0)
    latent.set_dimension(0, 3, 0.7, 0)
    assert place(latent) == [float(np.float32(v)) for v in (0.1, 0.2, 0.3, 0.7)]


@pytest.mark.parametrize("wrong", [(), (1.0,), (1.0,) * 5])
def test_a_place_of_another_size_is_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="has 4 numbers"):
        state().set_latent(0, wrong, 0)


@pytest.mark.parametrize("index", [-1, 4])
def test_a_dimension_that_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match="the model has 4"):
        state().set_dimension(0, index, 1.0, 0)


@pytest.mark.parametrize("index", [-1, 2])
def test_an_axis_that_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match="the model has 2"):
        state(axes=AXES).set_axis(0, index, 1.0, 0)
