"""Moves through latent space: where a part ends up, what stays, and the way back."""

import numpy as np
import pytest

from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind, Steering
from runtime.latent.outside import DataRange
from runtime.steering.control_state import Control
from runtime.steering.desk import Fact
from tests.steering.rig import HATS, KICKS, SteeringRig, drums


def place(rig: SteeringRig, part: int = 1) -> tuple[float, ...]:
    assert rig.engine.latent(part) == rig.steering.desk.state.latent(part), "the desk shows what the engine has"
    return rig.engine.latent(part)


def near(latent: tuple[float, ...], sounds: list[tuple[float, ...]]) -> bool:
    return min(float(np.linalg.norm(np.subtract(latent, sound))) for sound in sounds) < 0.8


def test_a_random_hat_is_a_hat_and_only_that_part_moves(rig: SteeringRig) -> None:
    for _ in range(20):
        rig.steering.places.random(2, 1.0, class_name="hat")
        assert near(place(rig, 2), HATS)
        assert not near(place(rig, 2), KICKS)
    assert place(rig) == rig.metadata.default_latent


def test_a_class_that_is_not_there_moves_nothing_and_those_that_are_there_are_named(rig: SteeringRig) -> None:
    with pytest.raises(LatentbridgeError, match="kick, hat"):
        rig.steering.places.random(1, 1.0, class_name="cowbell")
    assert not rig.sent


def test_a_locked_axis_keeps_what_it_is_named_after_at_every_random_place(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[2])
    tone, decay = 0, 3
    rig.steering.places.lock(1, tone, True)
    rig.steering.places.lock(1, decay, True)
    for _ in range(10):
        rig.steering.places.random(1, 1.0)
        assert place(rig)[tone] == pytest.approx(KICKS[2][tone], abs=1e-6)
        assert place(rig)[decay] == pytest.approx(KICKS[2][decay], abs=1e-6)
    assert len({place(rig)[1]} | {KICKS[2][1]}) == 2, "the others have moved"
    rig.steering.places.lock(1, tone, False)
    rig.steering.places.random(1, 1.0, class_name="hat")
    assert place(rig)[tone] > 0.5


def test_the_map_leads_to_its_sounds_and_one_side_may_be_moved_alone(rig: SteeringRig) -> None:
    point = rig.metadata.map_points[7]
    rig.steering.places.map(1, point.x, point.y)
    assert place(rig) == pytest.approx(point.latent)
    other = rig.metadata.map_points[3]
    rig.steering.places.steer(Event(Kind.STEER, index=Steering.MAP_X, value=other.x))
    rig.steering.places.steer(Event(Kind.STEER, index=Steering.MAP_Y, value=other.y))
    assert place(rig) == pytest.approx(other.latent)
    assert rig.steering.places.map_place(1) == (other.x, other.y)


def test_wherever_the_place_goes_everybody_hears_where_on_the_map_it_is_and_how_far_outside(rig: SteeringRig) -> None:
    sender = object()
    rig.steering.desk.do(Event(Kind.LATENT, values=HATS[2]), sender=sender)
    told = {what: (numbers, to_all_but) for what, numbers, to_all_but in rig.told}
    hat = rig.metadata.map_points[7]
    assert told[Fact("map")] == ((pytest.approx(hat.x), pytest.approx(hat.y)), None)
    inside, to_all_but = told[Fact("outside")]
    assert inside[0] < 1
    assert to_all_but is None
    assert told[Control(Kind.LATENT, 1)][1] is sender


def test_an_axis_that_leaves_the_data_is_told_to_be_outside(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[2])
    numbers = []
    for position in (0.5, 0.6, 0.8, 1.0):
        rig.steering.desk.do(Event(Kind.AXIS, index=2, value=position))
        numbers.append(rig.steering.places.outside(1))
    assert numbers[0] < 1 < numbers[-1]
    assert numbers == sorted(numbers)
    level = np.array([0.0, 0.0, 2.0, 0.0])
    assert numbers[-1] == pytest.approx(DataRange(rig.metadata).outside((np.array(KICKS[2]) + level).tolist()))


def test_a_morph_is_at_its_corners_what_was_stored_and_between_them_between(rig: SteeringRig) -> None:
    places = dict(zip("ABCD", (KICKS[0], HATS[0], KICKS[4], HATS[4]), strict=True))
    for letter, latent in places.items():
        rig.steering.places.go_to(1, latent)
        rig.steering.desk.do(Event(Kind.AXIS, index=1, value=0.75 if letter in "BD" else 0.25))
        rig.steering.places.store_corner(1, letter.lower())
    for letter, at in zip("ABCD", ((0, 0), (1, 0), (0, 1), (1, 1)), strict=True):
        rig.steering.places.morph(1, *at)
        assert place(rig) == pytest.approx(places[letter])
        assert rig.engine.axes(1)[1] == (0.75 if letter in "BD" else 0.25)
    rig.steering.places.morph(1, 0.5, 0.0)
    assert place(rig) == pytest.approx(np.mean([KICKS[0], HATS[0]], 0))
    assert rig.engine.axes(1)[1] == pytest.approx(0.5)


def test_two_corners_span_a_line_whichever_way_the_other_hand_goes(rig: SteeringRig) -> None:
    for letter, latent in (("A", KICKS[0]), ("B", HATS[0])):
        rig.steering.places.go_to(1, latent)
        rig.steering.places.store_corner(1, letter)
    for y in (0.0, 0.4, 1.0):
        rig.steering.places.morph(1, 0.25, y)
        assert place(rig) == pytest.approx(np.array(KICKS[0]) * 0.75 + np.array(HATS[0]) * 0.25)


def test_a_morph_without_corners_says_how_to_store_them(rig: SteeringRig) -> None:
    with pytest.raises(LatentbridgeError, match="/lb/morph/store"):
        rig.steering.places.morph(1, 0.5, 0.5)
    rig.steering.take(Event(Kind.STEER, index=Steering.MORPH_X, value=0.5))
    assert "/lb/morph/store" in rig.refused[0], "a knob on the controller gets an answer too"


def test_undo_goes_back_gesture_by_gesture_and_redo_forth_again(rig: SteeringRig) -> None:
    stands = [place(rig)]
    for latent in (KICKS[1], HATS[1]):
        rig.steering.places.go_to(1, latent)
        stands.append(place(rig))
    for number in range(50):
        rig.steering.desk.do(Event(Kind.LATENT_DIMENSION, index=2, value=number / 50))
        rig.wait(0.02)
    rig.wait(2.0)
    for number in range(50):
        rig.steering.desk.do(Event(Kind.AXIS, index=0, value=number / 50))
        rig.wait(0.02)
    end = place(rig), rig.engine.axes(1)
    rig.steering.places.undo(1)
    assert rig.engine.axes(1)[0] == 0.5, "the second fader's whole way"
    rig.steering.places.undo(1)
    assert place(rig) == stands[2], "the first one's"
    rig.steering.places.undo(1)
    assert place(rig) == stands[1]
    rig.steering.places.undo(1)
    assert place(rig) == stands[0]
    with pytest.raises(LatentbridgeError, match="nothing to undo"):
        rig.steering.places.undo(1)
    for _ in range(4):
        rig.steering.places.redo(1)
    assert (place(rig), rig.engine.axes(1)) == end
    with pytest.raises(LatentbridgeError, match="nothing to redo"):
        rig.steering.places.redo(1)


def test_what_midi_moves_can_be_undone_too_and_a_new_move_ends_redoing(rig: SteeringRig) -> None:
    rig.echo([Event(Kind.AXIS, index=3, value=0.9)])
    assert rig.steering.desk.state.axes(1)[3] == 0.9
    rig.steering.take(Event(Kind.STEER, index=Steering.UNDO))
    assert rig.engine.axes(1)[3] == 0.5
    rig.steering.places.go_to(1, KICKS[0])
    with pytest.raises(LatentbridgeError, match="nothing to redo"):
        rig.steering.places.redo(1)


def test_another_model_begins_anew(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[0])
    rig.steering.places.store_corner(1, "A")
    rig.steering.places.lock(1, 0, True)
    other = {"map_points": (), "name": "other", "default_latent": (0.5, 0.0, 0.0, 0.0)}
    rig.steering.set_model(rig.metadata.model_copy(update=other), "2" * 64)
    assert rig.steering.places.map_place(1) == ()
    assert rig.steering.desk.numbers(Fact("lock", 1, 0)) == (0,)
    for impossible in (
        lambda: rig.steering.places.map(1, 0.5, 0.5),
        lambda: rig.steering.places.morph(1, 0.5, 0.5),
        lambda: rig.steering.places.undo(1),
    ):
        with pytest.raises(LatentbridgeError):
            impossible()


def test_a_patch_that_sends_back_what_it_hears_takes_no_redo_away(rig: SteeringRig) -> None:
    rig.steering.places.go_to(1, KICKS[0])
    rig.steering.places.undo(1)
    rig.steering.desk.do(Event(Kind.AXIS, index=0, value=rig.engine.axes(1)[0]))
    rig.steering.places.go_to(1, place(rig))
    rig.steering.places.redo(1)
    assert place(rig) == KICKS[0]


def test_moves_after_an_undo_are_a_gesture_of_their_own(rig: SteeringRig) -> None:
    for value in (1.0, 2.0):
        rig.steering.desk.do(Event(Kind.LATENT_DIMENSION, index=0, value=value))
        rig.wait(2.0)
    rig.steering.places.undo(1)
    rig.steering.desk.do(Event(Kind.LATENT_DIMENSION, index=0, value=5.0))
    rig.steering.places.undo(1)
    assert place(rig)[0] == 1.0


def test_a_fader_moved_right_after_a_random_place_is_undone_without_it(rig: SteeringRig) -> None:
    rig.steering.places.random(1, 1.0)
    drawn = place(rig)
    rig.steering.desk.do(Event(Kind.LATENT_DIMENSION, index=2, value=0.875))
    rig.steering.places.undo(1)
    assert place(rig) == drawn


def test_all_that_one_message_asks_for_happens_at_the_moment_it_came(rig: SteeringRig) -> None:
    sent: list[Event] = []
    rig.steering.desk._send = sent.append
    with rig.steering.desk.arriving(123):
        rig.steering.places.map(1, 0.3, 0.3)
        rig.steering.keys.store(1, 60)
        rig.steering.places.random(2, 1.0)
        rig.steering.desk.do(Event(Kind.LATENT_DIMENSION, value=1.0))
    rig.steering.desk.do(Event(Kind.LATENT_DIMENSION, value=2.0))
    assert [event.time == 123 for event in sent] == [True] * 4 + [False]


def test_every_part_moved_at_once_goes_back_together_and_locked_keys_stop_all_of_it(rig: SteeringRig) -> None:
    rig.steering.places.go_to(0, KICKS[0])
    assert {rig.engine.latent(part) for part in range(1, 17)} == {KICKS[0]}
    rig.steering.places.go_to(3, KICKS[1])
    rig.steering.places.undo(3)
    rig.steering.places.undo(0)
    assert {rig.engine.latent(part) for part in range(1, 17)} == {rig.metadata.default_latent}
    rig.steering.keys.lock(3, 36, True)
    with pytest.raises(LatentbridgeError, match=r"part 3 is locked.*part/3/key/lock"):
        rig.steering.keys.clear(0, 36)
    assert 36 in rig.engine.keys(1)


def test_who_comes_late_hears_where_parts_are_morphed_to_and_how_far_outside(rig: SteeringRig) -> None:
    rig.steering.places.go_to(5, HATS[0])
    rig.steering.places.store_corner(4, "A")
    rig.steering.places.morph(4, 0.25, 0.75)
    facts = rig.steering.worth_telling()
    assert {Fact("outside", 5), Fact("map", 5), Fact("morph", 4), Fact("outside", 1)} <= set(facts)
    assert Fact("outside", 7) not in facts
    assert rig.steering.desk.numbers(Fact("morph", 4)) == (0.25, 0.75)


def test_choke_groups_stay_and_motions_go_with_another_model(rig: SteeringRig) -> None:
    rig.steering.keys.choke(1, 36, 4)
    rig.steering.desk.do(Event(Kind.MOTION, index=0, note=0, value=0.5))
    rig.steering.set_model(drums("other"), "2" * 64)
    assert rig.steering.desk.state.groups(1)[36] == 4
    assert rig.steering.desk.state.motions(1) == {}


def test_a_fault_while_the_engine_is_listened_to_is_said_and_listening_goes_on(rig: SteeringRig) -> None:
    rig.steering.take(Event(Kind.STEER, index=99))
    assert "was not made" in rig.refused[0]
    rig.steering.take(Event(Kind.RANDOM, value=1.0))
    assert rig.sent
