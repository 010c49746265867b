"""MPE's lower zone: each finger bends, presses and slides its own note, and to the engine all are keys of part 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.events import Event, Kind
from runtime.mapping import Mapper, MappingTable
from runtime.mapping_table import Route, Source, Target
from tests.mapping_cases import PLAIN, knob, mapper, parameter, send

EXPRESSION = (Kind.NOTE_BEND, Kind.NOTE_PRESSURE, Kind.NOTE_SLIDE)


def zone(*routes: Route, **table: object) -> Mapper:
    return mapper(*routes, mpe_members=15, **table)


def strike(table: Mapper, channel: int, note: int, velocity: int = 127) -> list[Event]:
    return send(table, 0x90 | channel - 1, note, velocity)


def release(table: Mapper, channel: int, note: int) -> list[Event]:
    return send(table, 0x80 | channel - 1, note, 0)


def wheel(table: Mapper, channel: int, steps: int) -> list[Event]:
    return send(table, 0xE0 | channel - 1, steps & 127, steps >> 7)


def configure(table: Mapper, members: int, channel: int = 1) -> list[Event]:
    return parameter(table, True, 6, (6, members), channel=channel)


def ended(*parts: int) -> list[Event]:
    return [Event(Kind.ALL_NOTES_OFF, part=part) for part in parts]


# The zone ------------------------------------------------------------------------------------------------------------


def test_rpn_6_on_channel_1_turns_the_zone_on_and_off_and_ends_the_notes_of_its_channels() -> None:
    table = mapper()
    assert strike(table, 3, 60) == [Event(Kind.NOTE_ON, part=3, note=60, value=1.0)]
    assert configure(table, 2) == ended(1, 2, 3)
    assert strike(table, 3, 60)[-1] == Event(Kind.NOTE_ON, part=1, note=60, value=1.0)
    assert strike(table, 4, 60) == [Event(Kind.NOTE_ON, part=4, note=60, value=1.0)], "outside the zone"
    assert configure(table, 2) == [], "nothing has changed"
    assert configure(table, 3) == ended(1, 2, 3, 4)
    assert wheel(table, 3, 0) == [], "its note has ended"
    assert configure(table, 0) == ended(1, 2, 3, 4)
    assert strike(table, 3, 60) == [Event(Kind.NOTE_ON, part=3, note=60, value=1.0)]


@pytest.mark.parametrize(("members", "channel"), [(16, 1), (127, 1), (5, 2), (5, 16)])
def test_what_is_no_lower_zone_changes_nothing(members: int, channel: int) -> None:
    table = mapper()
    assert configure(table, members, channel) == []
    assert strike(table, 2, 60)[0].part == 2


def test_a_mapping_can_turn_it_on_from_the_start_and_a_controller_off_again_for_any_later_mapping() -> None:
    table = zone()
    assert strike(table, 16, 60)[-1].part == 1
    configure(table, 0)
    assert strike(Mapper(MappingTable(mpe_members=15), PLAIN, table), 16, 60)[0].part == 16
    assert strike(Mapper(MappingTable(mpe_members=4), PLAIN, mapper()), 5, 60)[-1].part == 1


# Notes ---------------------------------------------------------------------------------------------------------------


def test_a_note_begins_with_its_expression_at_rest() -> None:
    assert strike(zone(), 2, 60) == [
        Event(Kind.NOTE_BEND, part=1, note=60, value=0.0),
        Event(Kind.NOTE_PRESSURE, part=1, note=60, value=0.0),
        Event(Kind.NOTE_SLIDE, part=1, note=60, value=0.5),
        Event(Kind.NOTE_ON, part=1, note=60, value=1.0),
    ]


def test_bend_pressure_and_slide_reach_the_notes_of_their_channel_alone() -> None:
    table = zone()
    strike(table, 2, 60)
    strike(table, 3, 64)
    assert wheel(table, 2, 16383) == [Event(Kind.NOTE_BEND, part=1, note=60, value=48.0)]
    assert wheel(table, 3, 0) == [Event(Kind.NOTE_BEND, part=1, note=64, value=-48.0)]
    assert send(table, 0xD1, 127) == [Event(Kind.NOTE_PRESSURE, part=1, note=60, value=1.0)]
    assert [knob(table, 74, value, 3) for value in (0, 64, 127)] == [
        [Event(Kind.NOTE_SLIDE, part=1, note=64, value=value)] for value in (0.0, 0.5, 1.0)
    ]


def test_what_comes_before_the_note_is_where_it_begins() -> None:
    table = zone()
    assert wheel(table, 2, 16383) == send(table, 0xD1, 127) == knob(table, 74, 127, 2) == []
    assert [event.value for event in strike(table, 2, 60)] == [48.0, 1.0, 1.0, 1.0]
    assert [event.value for event in strike(table, 3, 62)] == [0.0, 0.0, 0.5, 1.0]


def test_two_notes_of_one_channel_both_follow() -> None:
    table = zone()
    strike(table, 2, 60)
    strike(table, 2, 67)
    assert [event.note for event in wheel(table, 2, 0)] == [60, 67]


def test_a_note_that_was_let_go_keeps_its_expression() -> None:
    table = zone()
    strike(table, 2, 60)
    assert release(table, 2, 60) == [Event(Kind.NOTE_OFF, part=1, note=60)]
    assert wheel(table, 2, 0) == []


def test_of_two_channels_on_one_key_the_later_one_plays_it() -> None:
    table = zone()
    strike(table, 2, 60)
    strike(table, 3, 60)
    assert wheel(table, 2, 0) == []
    assert release(table, 2, 60) == []
    assert [event.note for event in wheel(table, 3, 0)] == [60]
    assert release(table, 3, 60) == [Event(Kind.NOTE_OFF, part=1, note=60)]


def test_the_master_channel_plays_and_moves_the_part() -> None:
    table = zone()
    assert [event.kind for event in strike(table, 1, 60)] == [*EXPRESSION, Kind.NOTE_ON]
    assert wheel(table, 1, 16383) == [Event(Kind.BEND, part=1, value=2.0)]
    assert send(table, 0xD0, 127) == [Event(Kind.PRESSURE, part=1, value=1.0)]
    assert knob(table, 74, 127) == [Event(Kind.AXIS, part=1, index=0, value=1.0)]
    assert knob(table, 64, 127) == [Event(Kind.SUSTAIN, part=1, value=1.0)]
    assert send(table, 0xA0, 60, 127) == [Event(Kind.NOTE_PRESSURE, part=1, note=60, value=1.0)]


def test_what_concerns_the_whole_part_means_nothing_on_a_member_channel() -> None:
    table = zone(metadata=PLAIN.model_copy(update={"presets": {"one": PLAIN.default_latent}}))
    assert not any(knob(table, number, 127, 2) for number in (1, 7, 64, 71, 121, 126))
    assert send(table, 0xC1, 0) == []
    assert send(table, 0xC0, 0) != []


def test_a_route_that_somebody_has_made_moves_the_part_from_a_member_channel_too() -> None:
    table = zone(Route(Source("cc", 20), Target("axis", ("axis_2",))), Route(Source("note", 36), Target("random")))
    assert knob(table, 20, 127, 9) == [Event(Kind.AXIS, part=1, index=1, value=1.0)]
    assert strike(table, 9, 36) == [Event(Kind.RANDOM, part=1, value=1.0)]
    assert strike(table, 9, 24) == [Event(Kind.CAPTURE, part=0)]


def test_without_the_zone_a_key_owes_nothing_to_the_note_that_it_played_in_it() -> None:
    table = zone()
    wheel(table, 2, 0)
    strike(table, 2, 60)
    configure(table, 0)
    assert [(event.kind, event.value) for event in strike(table, 1, 60)] == [
        (Kind.NOTE_BEND, 0.0),
        (Kind.NOTE_PRESSURE, 0.0),
        (Kind.NOTE_SLIDE, 0.5),
        (Kind.NOTE_ON, 1.0),
    ]
    assert [event.kind for event in strike(table, 1, 60)] == [Kind.NOTE_ON]


# Reach ---------------------------------------------------------------------------------------------------------------


def test_a_range_told_to_one_member_is_that_of_all_and_moves_notes_that_are_bent() -> None:
    table = zone()
    strike(table, 2, 60)
    wheel(table, 2, 16383)
    told = parameter(table, True, 0, (6, 24), channel=5)
    assert told == [Event(Kind.NOTE_BEND, part=1, note=60, value=24.0)]
    strike(table, 3, 62)
    assert wheel(table, 3, 0)[0].value == -24.0
    assert wheel(table, 1, 16383)[0].value == 2.0
    parameter(table, True, 0, (6, 7))
    assert wheel(table, 1, 16383)[0].value == 7.0
    assert wheel(table, 3, 0)[0].value == -24.0


def test_setting_the_zone_up_again_gives_the_wheels_their_usual_reach() -> None:
    table = zone()
    parameter(table, True, 0, (6, 24), channel=5)
    parameter(table, True, 0, (6, 7))
    configure(table, 15)
    strike(table, 2, 60)
    assert (wheel(table, 2, 16383)[0].value, wheel(table, 1, 16383)[0].value) == (48.0, 2.0)


# Endings -------------------------------------------------------------------------------------------------------------


def test_all_notes_off_ends_those_of_a_member_channel_or_from_the_master_all() -> None:
    table = zone()
    for channel, note in ((2, 60), (2, 64), (3, 67)):
        strike(table, channel, note)
    assert knob(table, 123, 0, 2) == [Event(Kind.NOTE_OFF, part=1, note=note) for note in (60, 64)]
    assert knob(table, 123, 0, 1) == ended(1)
    assert wheel(table, 3, 0) == []


def test_a_reset_member_channel_lets_its_notes_go_back_to_rest() -> None:
    table = zone()
    wheel(table, 2, 16383)
    strike(table, 2, 60)
    assert [(event.kind, event.value) for event in knob(table, 121, 0, 2)] == list(
        zip(EXPRESSION, (0.0, 0.0, 0.5), strict=True)
    )


def test_a_key_that_is_down_while_the_mapping_changes_is_let_go_where_it_was_struck() -> None:
    plain, on = MappingTable(), MappingTable(mpe_members=15)
    before = mapper()
    strike(before, 3, 60)
    during = Mapper(on, PLAIN, before)
    assert release(during, 3, 60) == [Event(Kind.NOTE_OFF, part=3, note=60)]
    strike(during, 3, 62)
    assert release(Mapper(plain, PLAIN, during), 3, 62) == [Event(Kind.NOTE_OFF, part=1, note=62)]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 6), st.integers(60, 63)), max_size=40))
def test_no_key_hangs_once_all_channels_have_let_go(moves: list[tuple[bool, int, int]]) -> None:
    table, sounding = zone(), set[int]()
    told = [(strike if is_down else release)(table, channel, note) for is_down, channel, note in moves]
    told += [release(table, channel, note) for channel in range(1, 7) for note in range(60, 64)]
    for event in [event for events in told for event in events]:
        if event.kind is Kind.NOTE_ON:
            sounding.add(event.note)
        elif event.kind is Kind.NOTE_OFF and event.part == 1:
            sounding.discard(event.note)
    assert not sounding
