"""Controls that learn: by whom, for what, and what is left of it the next time."""

from pathlib import Path

import pytest

from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.mapping_file import load_mapping
from runtime.mapping_table import SOURCE_KINDS, MappingTable, Route, Source, Target
from runtime.steering.learning import learned_path
from tests.steering.rig import HATS, SteeringRig


def moved(kind: str, number: int = 0) -> Event:
    """What the engine says when a control has been moved."""
    return Event(Kind.HEARD, note=SOURCE_KINDS.index(kind), index=number)  # type: ignore[arg-type]


def test_the_next_control_that_is_moved_moves_the_target_from_then_on_and_the_next_time_too(
    rig: SteeringRig, tmp_path: Path
) -> None:
    rig.steering.learning.learn("axis noise")
    assert rig.sent[-1] == Event(Kind.LEARN, value=1.0)
    rig.steering.take(moved("cc", 22))
    assert rig.sent[-1] == Event(Kind.LEARN, value=0.0)
    route = Route(Source("cc", 22), Target("axis", ("noise",)))
    assert rig.tables[-1].routes == (route,)
    assert rig.announcements[-1] == ("learned", ("cc 22", "axis noise"))
    assert rig.steering.flush()
    assert load_mapping(learned_path(tmp_path)).routes == (route,)
    rig.steering.take(moved("cc", 23))
    assert rig.tables[-1].routes == (route,), "one control learns, the others stay what they were"


def test_a_melody_teaches_nothing_but_a_key_may_press(rig: SteeringRig) -> None:
    rig.steering.learning.learn("axis noise")
    rig.steering.take(moved("note", 60))
    assert not rig.tables
    rig.steering.learning.learn("random")
    rig.steering.take(moved("note", 60))
    assert rig.tables[-1].routes[0].source == Source("note", 60)


def test_giving_up_and_forgetting(rig: SteeringRig) -> None:
    rig.steering.learning.learn("map x")
    rig.steering.learning.learn("")
    rig.steering.take(moved("cc", 22))
    assert not rig.tables
    with pytest.raises(LatentbridgeError, match="No control has learned"):
        rig.steering.learning.unlearn("map x")
    rig.steering.learning.learn("map x")
    rig.steering.take(moved("cc", 22))
    rig.steering.learning.unlearn("map x")
    assert rig.tables[-1].routes == ()
    assert rig.announcements[-1] == ("learned", ("", "map x"))


@pytest.mark.parametrize("words", ["axis nonsense", "latent 99", "nonsense", "axis"])
def test_what_is_no_target_of_the_model_is_refused_and_nothing_waits(rig: SteeringRig, words: str) -> None:
    with pytest.raises(LatentbridgeError):
        rig.steering.learning.learn(words)
    assert not rig.sent


def test_program_changes_go_to_the_players_presets_by_their_numbers(rig: SteeringRig) -> None:
    assert rig.steering.learning.table == MappingTable(), "of the model's own every engine knows"
    rig.steering.places.go_to(1, HATS[2])
    rig.steering.desk.do(Event(Kind.AXIS, index=1, value=0.75))
    rig.steering.save_preset(1, "mine")
    programs = rig.tables[-1].programs
    assert programs is not None
    assert len(programs) == 3
    assert programs[2].latent == HATS[2]
    assert dict(programs[2].axes)[1] == 0.75
    assert programs[0].axes == (), "the model's own leave axes where they are"
    rig.steering.delete_preset("mine")
    assert rig.tables[-1].programs is None


def test_what_somebody_has_written_meanwhile_stays(rig: SteeringRig, tmp_path: Path) -> None:
    path = learned_path(tmp_path)
    path.write_text('[[route]]\nsource = "cc 44"\ntarget = "map y"\n')
    rig.steering.learning.learn("axis noise")
    rig.steering.take(moved("cc", 22))
    assert rig.steering.flush()
    assert [str(route.source) for route in load_mapping(path).routes] == ["cc 44", "cc 22"]


def test_a_new_engine_goes_on_learning_and_another_model_does_not(rig: SteeringRig) -> None:
    rig.steering.learning.learn("axis noise")
    rig.steering.engine_replaced()
    assert rig.sent[-1] == Event(Kind.LEARN, value=1.0)
    rig.steering.set_model(rig.metadata.model_copy(update={"axes": ()}), "2" * 64)
    rig.steering.take(moved("cc", 22))
    assert not rig.tables
    rig.steering.engine_replaced()
    assert rig.sent[-1] == Event(Kind.LEARN, value=0.0)
