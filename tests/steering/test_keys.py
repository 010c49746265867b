"""The key map is the player's: what each key plays, and what it keeps."""

import numpy as np
import pytest

from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from tests.steering.rig import HATS, KICKS, SteeringRig


def is_hat(latent: tuple[float, ...]) -> bool:
    return latent[0] > 0.4


def test_a_key_stored_keeps_the_place_wherever_its_part_goes(rig: SteeringRig) -> None:
    rig.steering.places.go_to(3, KICKS[1])
    rig.steering.keys.store(3, 60)
    rig.steering.places.go_to(3, HATS[1])
    assert rig.engine.keys(3)[60] == pytest.approx(KICKS[1])
    assert 60 not in rig.engine.keys(1)
    rig.steering.keys.clear(3, 60)
    assert 60 not in rig.engine.keys(3)
    rig.steering.keys.clear(3, 36)
    rig.steering.keys.reset(3, 36)
    assert rig.engine.keys(3)[36] == pytest.approx(KICKS[0])


def test_keys_swap_sounds_and_choke_groups_also_with_one_that_has_none(rig: SteeringRig) -> None:
    rig.steering.keys.swap(1, 36, 42)
    assert is_hat(rig.engine.keys(1)[36])
    assert not is_hat(rig.engine.keys(1)[42])
    assert rig.engine.groups(1) == {36: 1, 44: 1, 46: 1}
    rig.steering.keys.swap(1, 36, 100)
    assert is_hat(rig.engine.keys(1)[100])
    assert 36 not in rig.engine.keys(1)


def test_a_key_drawn_anew_stays_in_its_class_and_is_another_sound_each_time(rig: SteeringRig) -> None:
    seen = set()
    for _ in range(12):
        rig.steering.keys.reroll(1, 42)
        seen.add(rig.engine.keys(1)[42])
        assert is_hat(rig.engine.keys(1)[42])
    assert len(seen) == 12
    before = np.array(rig.engine.keys(1)[36])
    rig.steering.keys.reroll(1, 36, 0.01)
    assert 0 < np.linalg.norm(np.array(rig.engine.keys(1)[36]) - before) < 0.05


def test_a_locked_key_keeps_its_sound_whatever_is_done(rig: SteeringRig) -> None:
    rig.steering.keys.lock(1, 36, True)
    kick = rig.engine.keys(1)[36]
    for forbidden in (
        lambda: rig.steering.keys.store(1, 36),
        lambda: rig.steering.keys.clear(1, 36),
        lambda: rig.steering.keys.reset(1, 36),
        lambda: rig.steering.keys.reroll(1, 36),
        lambda: rig.steering.keys.swap(1, 36, 42),
        lambda: rig.steering.keys.swap(1, 42, 36),
    ):
        with pytest.raises(LatentbridgeError, match="locked"):
            forbidden()
    others = {note: latent for note, latent in rig.engine.keys(1).items() if note != 36}
    rig.steering.keys.reroll_all(1)
    assert rig.engine.keys(1)[36] == kick
    assert all(rig.engine.keys(1)[note] != latent for note, latent in others.items())
    rig.steering.keys.lock(1, 36, False)
    rig.steering.keys.reroll(1, 36)
    assert rig.engine.keys(1)[36] != kick


def test_hats_choke_each_other_from_the_start_and_groups_can_be_changed(rig: SteeringRig) -> None:
    assert rig.steering.desk.state.groups(1) == {42: 1, 44: 1, 46: 1}
    rig.steering.keys.choke(1, 46, 0)
    rig.steering.keys.choke(1, 36, 2)
    assert rig.sent[-2:] == [Event(Kind.CHOKE, note=46), Event(Kind.CHOKE, note=36, index=2)]
    assert rig.engine.groups(1) == {42: 1, 44: 1, 36: 2}


def test_a_kit_drawn_anew_comes_back_by_undo_and_locked_keys_stay(rig: SteeringRig) -> None:
    keys, places = rig.steering.keys, rig.steering.places
    first = rig.engine.keys(1)
    places.go_to(1, HATS[2])
    keys.reroll_all(1)
    drawn = rig.engine.keys(1)
    keys.swap(1, 36, 42)
    keys.lock(1, 44, True)
    places.undo(1)
    assert rig.engine.keys(1) == drawn
    assert rig.engine.groups(1) == {42: 1, 44: 1, 46: 1}
    places.undo(1)
    assert rig.engine.keys(1) == first | {44: drawn[44]}
    assert rig.engine.latent(1) == pytest.approx(HATS[2]), "the place is another gesture"
    places.undo(1)
    assert rig.engine.latent(1) != pytest.approx(HATS[2])
    places.redo(1)
    places.redo(1)
    assert rig.engine.keys(1) == drawn
