"""A learned route is the one thing its control does, and takes away nothing that somebody has written."""

from dataclasses import replace

from hypothesis import given

from runtime.events import Event, Kind, Steering
from runtime.learned_mapping import learned_table
from runtime.mapping import MappingTable
from runtime.mapping_table import DEFAULT_CAPTURE, Route, Source, Target
from tests.mapping_cases import PLAIN, SOURCES, TABLES, TARGET, Mapper, knob

BRIGHTNESS, ATTACK = Target("axis", ("brightness",)), Target("axis", ("attack",))


def test_a_control_that_learns_does_so_over_the_usual_range() -> None:
    table = learned_table(MappingTable(), Source("cc", 20), Target("latent", number=2))
    assert table == MappingTable((Route(Source("cc", 20), Target("latent", number=2), -3.0, 3.0),))
    moved = Mapper(learned_table(table, Source("cc", 74, 1), Target("map x")), PLAIN)
    assert knob(moved, 74, 127) == [Event(Kind.STEER, part=1, index=Steering.MAP_X, value=1.0)]


def test_a_control_does_no_more_what_it_did() -> None:
    table = MappingTable((Route(Source("cc", 20), ATTACK, 1.0, 0.0), Route(Source("cc", 21), ATTACK, 0.5, 0.0)))
    learned = learned_table(table, Source("cc", 20), BRIGHTNESS)
    assert learned.routes == (table.routes[1], Route(Source("cc", 20), BRIGHTNESS))


def test_the_control_that_had_learned_it_before_lets_go_but_a_written_route_stays() -> None:
    written = Route(Source("cc", 30), BRIGHTNESS, 0.2, 0.8)
    first = learned_table(MappingTable((written,)), Source("cc", 20), BRIGHTNESS)
    assert learned_table(first, Source("cc", 21), BRIGHTNESS).routes == (written, Route(Source("cc", 21), BRIGHTNESS))


def test_the_same_number_on_another_channel_is_another_control() -> None:
    first = learned_table(MappingTable(), Source("cc", 20, 1), BRIGHTNESS)
    assert len(learned_table(first, Source("cc", 20, 2), ATTACK).routes) == 2
    assert len(learned_table(first, Source("cc", 20), ATTACK).routes) == 1


def test_a_fine_controller_takes_the_place_of_its_halves_and_gives_it_back() -> None:
    coarse = learned_table(MappingTable(), Source("cc", 20), BRIGHTNESS)
    fine = learned_table(coarse, Source("cc14", 20), ATTACK)
    assert fine.routes == (Route(Source("cc14", 20), ATTACK),)
    assert learned_table(fine, Source("cc", 52), BRIGHTNESS).routes == (Route(Source("cc", 52), BRIGHTNESS),)


def test_a_capture_key_that_learns_something_else_captures_no_more() -> None:
    table = learned_table(MappingTable(), Source("note", 24, 1), Target("undo"))
    assert table.capture == (Source("cc", 119),)
    assert learned_table(table, Source("cc", 20), Target("capture")).capture == ()
    assert MappingTable().capture == DEFAULT_CAPTURE


@given(table=TABLES, source=SOURCES, target=TARGET)
def test_learning_twice_is_learning_once_and_the_rest_of_the_table_stays(
    table: MappingTable, source: Source, target: Target
) -> None:
    once = learned_table(table, source, target)
    assert learned_table(once, source, target) == once
    assert once.routes[-1].source == source
    assert replace(once, routes=(), capture=()) == replace(table, routes=(), capture=())
