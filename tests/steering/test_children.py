"""Eight children of a sound: near it, among the data, the same for the same seed, and heard without going there."""

import numpy as np
import pytest

from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.steering.children import CHILDREN
from runtime.steering.desk import Fact
from tests.steering.rig import HATS, KICKS, SteeringRig


def children(rig: SteeringRig, part: int = 1) -> np.ndarray:
    numbers = [rig.steering.desk.numbers(Fact("child", part, number)) for number in range(1, CHILDREN + 1)]
    assert [one[0] for one in numbers] == list(range(1, CHILDREN + 1))
    return np.array([one[3:] for one in numbers])


def test_they_are_eight_and_differ_from_the_sound_and_from_each_other(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[2])
    rig.steering.children.make(1, 0.5, 7)
    found = children(rig)
    assert len({tuple(one) for one in found.tolist()} | {KICKS[2]}) == CHILDREN + 1
    distances = np.linalg.norm(found - KICKS[2], axis=1)
    assert 0 < distances.min() <= distances.max() < 0.5, "children are nearer than sounds of another class"


def test_opposite_children_are_opposite_mutations(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[2])
    rig.steering.children.make(1, 0.2, 7)
    strays = children(rig) - KICKS[2]
    np.testing.assert_allclose(strays, -strays[::-1], atol=1e-6)


def test_the_same_seed_gives_the_same_children_and_another_one_others(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[2])
    rig.steering.children.make(1, 0.5, 7)
    first = children(rig)
    rig.steering.children.make(1, 0.5, 8)
    assert not (children(rig) == first).all(axis=1).any()
    rig.steering.children.make(1, 0.5, 7)
    np.testing.assert_array_equal(children(rig), first)


def test_without_a_seed_one_is_drawn_and_told(rig: SteeringRig) -> None:
    rig.steering.children.make(1, 0.5)
    amount, seed = rig.steering.desk.numbers(Fact("children", 1))
    first = children(rig)
    rig.steering.children.make(1, amount, int(seed))
    np.testing.assert_array_equal(children(rig), first)


def test_they_stay_among_the_data_even_from_its_rim(rig: SteeringRig) -> None:
    for start in (KICKS[0], HATS[4], (2.0, 2.0, 2.0, 2.0)):
        rig.steering.places.go_to(1, start)
        farthest = max(1.0, 1.05 * rig.steering.places.outside(1))
        for seed in range(5):
            rig.steering.children.make(1, 1.0, seed)
            assert all(rig.steering.places.outside(1, tuple(one)) <= farthest + 1e-6 for one in children(rig))


def test_a_locked_axis_is_the_same_in_all_of_them(rig: SteeringRig) -> None:
    tone = 0
    rig.steering.places.go_to(1, KICKS[1])
    rig.steering.places.lock(1, tone, True)
    rig.steering.children.make(1, 1.0, 3)
    gradient = np.array(rig.metadata.axes[tone].gradient or rig.metadata.axes[tone].direction)
    found = children(rig)
    np.testing.assert_allclose(found @ gradient, np.dot(KICKS[1], gradient), atol=1e-5)
    assert np.ptp(found, axis=0).max() > 0.05


def test_one_that_is_taken_is_where_the_part_stands_and_can_be_undone_alone(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[2])
    rig.steering.children.make(1, 0.5, 7)
    wanted = children(rig)[2]
    rig.steering.children.take(1, 3)
    np.testing.assert_array_equal(rig.engine.latent(1), wanted.astype(np.float32))
    rig.steering.places.undo(1)
    assert rig.engine.latent(1) == KICKS[2]


def test_one_is_heard_without_going_there(rig: SteeringRig) -> None:
    rig.steering.children.make(1, 0.5, 7)
    before = len(rig.sent)
    rig.steering.children.strike(1, 8, 90, 0.5)
    rig.steering.children.strike(1, 8, 90, 0.0)
    begun, ended = rig.sent[before:]
    assert (begun.kind, begun.note, begun.values) == (Kind.NOTE_ON, 90, pytest.approx(children(rig)[7]))
    assert ended == Event(Kind.NOTE_OFF, note=90, clock=ended.clock)
    assert rig.engine.latent(1) == rig.metadata.default_latent


def test_a_place_of_the_map_is_heard_without_going_there(rig: SteeringRig) -> None:
    point = rig.metadata.map_points[6]
    rig.steering.places.strike(1, point.x, point.y, 90, 1.0)
    assert rig.sent[-1].values == pytest.approx(point.latent)
    assert rig.engine.latent(1) == rig.metadata.default_latent


def test_before_there_are_any_none_is_taken_and_told_how_to_get_some(rig: SteeringRig) -> None:
    with pytest.raises(LatentbridgeError, match="/lb/children"):
        rig.steering.children.take(1, 1)
    assert rig.steering.children.worth_telling() == []
    assert not rig.sent
