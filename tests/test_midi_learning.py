"""While learning, what is moved is named, and what only rests or trembles is not."""

import pytest

from runtime.events import Event, Kind
from runtime.mapping import Mapper, MappingTable
from runtime.mapping_table import SOURCE_KINDS, Source
from tests.mapping_cases import PLAIN, knob, mapper, parameter, send


def learning(**table: object) -> Mapper:
    built = mapper(**table)
    built.learn(True)
    return built


def heard(events: list[Event]) -> list[Source]:
    """The sources that events name."""
    return [Source(SOURCE_KINDS[e.note], e.index, e.part) for e in events if e.kind is Kind.HEARD]


def turned(table: Mapper, number: int, *values: int, channel: int = 1) -> list[Source]:
    return [source for value in values for source in heard(knob(table, number, value, channel))]


def test_nothing_is_named_before_learning_begins_or_after_it_ends() -> None:
    table = mapper()
    assert turned(table, 20, *range(40)) == []
    table.learn(True)
    assert turned(table, 20, 1, 2, 3) == [Source("cc", 20, 1)]
    table.learn(False)
    assert turned(table, 20, *range(40)) == []


def test_a_knob_is_named_after_three_values_or_at_a_larger_step() -> None:
    assert turned(learning(), 20, 5, 6) == []
    assert turned(learning(), 20, 5, 6, 7, channel=3) == [Source("cc", 20, 3)]
    assert turned(learning(), 20, 0, 127) == [Source("cc", 20, 1)]
    assert turned(learning(), 20, 0, 7) == []


def test_a_knob_that_rests_or_trembles_is_not_named() -> None:
    assert turned(learning(), 20, *[64] * 50) == []
    assert turned(learning(), 20, *[64, 65] * 50) == []


def test_a_knob_still_does_what_it_did() -> None:
    table = learning()
    knob(table, 74, 0)
    assert [event.kind for event in knob(table, 74, 127)] == [Kind.AXIS, Kind.HEARD]


def test_a_key_the_wheel_and_pressure_are_named() -> None:
    table = learning()
    assert heard(send(table, 0x92, 36, 1)) == [Source("note", 36, 3)]
    assert heard(send(table, 0x92, 36, 0)) == []
    assert [heard(send(table, 0xE0, 0, value)) for value in (64, 65, 66)] == [[], [], [Source("bend", 0, 1)]]
    assert [heard(send(table, 0xE1, value, 64)) for value in range(128)] == [[]] * 128, "the wheel trembles"
    assert [heard(send(table, 0xD0, value)) for value in (0, 40)] == [[], [Source("pressure", 0, 1)]]


@pytest.mark.parametrize("halves", [(20, 52), (52, 20)])
def test_both_halves_of_a_controller_together_are_named_as_a_fine_one(halves: tuple[int, int]) -> None:
    table = learning()
    places = {20: (50, 51, 52), 52: (9, 90, 3)}
    told = [source for turn in range(3) for number in halves for source in turned(table, number, places[number][turn])]
    assert told[-1] == Source("cc14", 20, 1)
    assert Source("cc", 20, 1) not in told


def test_a_controller_and_the_one_32_above_turned_one_after_the_other_are_two() -> None:
    table = learning()
    assert turned(table, 20, 1, 2, 3) == [Source("cc", 20, 1)]
    assert turned(table, 52, 1, 2, 3) == [Source("cc", 52, 1)]
    assert turned(learning(), 31, 1, 2, 3) == [Source("cc", 31, 1)]
    assert turned(learning(), 95, 1, 2, 3) == [Source("cc", 95, 1)]


def test_a_parameter_is_named_instead_of_the_controllers_that_carry_it() -> None:
    table = learning()
    told = [parameter(table, False, 1000, (6, value), (38, 0)) for value in (1, 2, 3)]
    assert [source for events in told for source in heard(events)] == [Source("nrpn", 1000, 1)]
    told = [parameter(table, False, 1001, (96, 0)) for _ in range(3)]
    assert heard(told[-1]) == [Source("nrpn", 1001, 1)]
    told = [parameter(table, True, 0, (6, value)) for value in (1, 12, 24)]
    assert [heard(events) for events in told] == [[]] * 3, "the reach of the wheel cannot be given away"
    parameter(table, True, 16_383)
    assert turned(table, 6, 1, 2, 3) == [Source("cc", 6, 1)]


def test_channel_mode_messages_are_never_named() -> None:
    assert not any(turned(learning(), number, *range(128)) for number in range(120, 128))


def test_what_a_member_channel_says_of_its_note_is_not_named_but_its_key_is() -> None:
    table = learning(mpe_members=15)
    assert turned(table, 74, *range(128), channel=2) == []
    assert not any(heard(send(table, status, value)) for status in (0xD1,) for value in range(128))
    assert not any(heard(send(table, 0xE1, 0, value)) for value in range(128))
    assert heard(send(table, 0x91, 36, 1)) == [Source("note", 36, 1)]
    assert turned(table, 74, 0, 127) == [Source("cc", 74, 1)]


def test_learning_goes_on_with_another_mapping() -> None:
    assert turned(Mapper(MappingTable(), PLAIN, learning()), 20, 0, 127) == [Source("cc", 20, 1)]
