"""What routes of a mapping move, and how far."""

import pytest

from runtime.events import Event, Kind, Steering
from runtime.mapping import Mapper, MappingTable, unknown_targets
from runtime.mapping_table import Route, Source, Target
from tests.mapping_cases import PLAIN, knob, mapper, parameter, send
from tests.tiny_decoder import LATENT_SIZE

# Capture and other presses -------------------------------------------------------------------------------------------

CAPTURE = [Event(Kind.CAPTURE, part=0)]


def test_the_lowest_key_captures_and_makes_no_note() -> None:
    table = mapper()
    assert send(table, 0x95, 24, 1) == CAPTURE
    assert [event.kind for event in send(table, 0x95, 24, 0)] == [Kind.NOTE_OFF]


def test_cc_119_captures_from_64_on() -> None:
    table = mapper()
    assert knob(table, 119, 63) == []
    assert knob(table, 119, 64) == CAPTURE


def test_a_knob_turned_up_captures_once_but_a_button_that_never_lets_go_each_time() -> None:
    table = mapper()
    assert sum(len(knob(table, 119, value)) for value in range(128)) == 1
    assert [knob(table, 119, 127) for _ in range(3)] == [CAPTURE] * 3


def test_the_capture_key_can_be_another_or_none() -> None:
    other = mapper(capture=(Source("cc", 20), Source("note", 36, channel=10)))
    assert knob(other, 20, 127) == CAPTURE
    assert send(other, 0x99, 36, 1) == CAPTURE
    assert send(other, 0x90, 36, 1)[0].kind is Kind.NOTE_ON
    assert send(other, 0x90, 24, 1)[0].kind is Kind.NOTE_ON
    assert send(mapper(capture=()), 0x90, 24, 1)[0].kind is Kind.NOTE_ON


def test_a_pad_can_ask_for_a_random_place_the_harder_the_farther() -> None:
    table = mapper(Route(Source("note", 36), Target("random"), 0.0, 1.0))
    assert send(table, 0x92, 36, 127) == [Event(Kind.RANDOM, part=3, value=1.0)]
    assert send(table, 0x92, 36, 32)[0].value == pytest.approx(32 / 127)


# Routes --------------------------------------------------------------------------------------------------------------


def test_a_route_takes_its_source_away_from_the_defaults() -> None:
    table = mapper(Route(Source("cc", 74), Target("latent", number=2), -3.0, 3.0))
    assert knob(table, 74, 127) == [Event(Kind.LATENT_DIMENSION, part=1, index=1, value=3.0)]
    assert knob(table, 73, 127)[0].index == 0, "the axis that is free now goes to the next knob"


def test_a_route_for_one_channel_leaves_the_others_as_they_were() -> None:
    table = mapper(Route(Source("cc", 64, channel=2), Target("nothing")))
    assert knob(table, 64, 127, 2) == []
    assert knob(table, 64, 127, 1) == [Event(Kind.SUSTAIN, part=1, value=1.0)]


def test_one_knob_can_move_two_things_and_another_part() -> None:
    table = mapper(
        Route(Source("cc", 20), Target("axis", ("axis_3",)), 1.0, 0.0),
        Route(Source("cc", 20), Target("glide"), 0.0, 500.0, part=4),
    )
    assert knob(table, 20, 127, 2) == [
        Event(Kind.AXIS, part=2, index=2, value=0.0),
        Event(Kind.GLIDE, part=4, value=0.5),
    ]


def test_smoothing_travels_with_the_event() -> None:
    table = mapper(Route(Source("cc", 20), Target("latent", number=1), smoothing_seconds=0.25))
    assert knob(table, 20, 127)[0].values == (0.25,)


def test_the_wheel_can_move_an_axis_finely_and_rests_in_its_middle() -> None:
    table = mapper(Route(Source("bend"), Target("axis", ("axis_1",))))
    places = [send(table, 0xE0, steps & 127, steps >> 7)[0].value for steps in (0, 8191, 8192, 8193, 16383)]
    assert places[0] == 0.0
    assert places[2] == 0.5
    assert places[4] == 1.0
    assert len(set(places)) == 5


def test_without_defaults_only_what_is_named_moves() -> None:
    table = mapper(Route(Source("cc", 20), Target("slide")), defaults=False, capture=())
    assert not any(knob(table, number, 127) for number in (1, 64, 71, 72, 73, 74, 119))
    assert knob(table, 20, 127) == [Event(Kind.SLIDE, part=1, value=1.0)]


def test_targets_that_a_model_does_not_have_are_named_and_do_nothing() -> None:
    routes = (
        Route(Source("cc", 20), Target("axis", ("brightness",))),
        Route(Source("cc", 21), Target("latent", number=LATENT_SIZE + 1)),
        Route(Source("cc", 22), Target("axis", ("axis_1",))),
    )
    table = MappingTable(routes)
    assert [str(target) for target in unknown_targets(table, PLAIN)] == ["axis brightness", f"latent {LATENT_SIZE + 1}"]
    assert knob(Mapper(table, PLAIN), 20, 127) == knob(Mapper(table, PLAIN), 21, 127) == []
    assert knob(Mapper(table, PLAIN), 22, 127)[0].index == 0


# Steering, tempo, fine controllers and parameters --------------------------------------------------------------------


def test_an_xy_pad_steers_across_the_map_with_two_routes() -> None:
    pad = mapper(Route(Source("cc", 16), Target("map x")), Route(Source("cc", 17), Target("map y"), 1.0, 0.0))
    assert knob(pad, 16, 127, 2) == [Event(Kind.STEER, part=2, index=Steering.MAP_X, value=1.0)]
    assert knob(pad, 17, 127, 2) == [Event(Kind.STEER, part=2, index=Steering.MAP_Y, value=0.0)]
    corners = mapper(Route(Source("cc", 16), Target("morph x")), Route(Source("cc14", 17), Target("morph y"), part=4))
    assert knob(corners, 16, 0) == [Event(Kind.STEER, part=1, index=Steering.MORPH_X, value=0.0)]
    assert knob(corners, 17, 127) == [Event(Kind.STEER, part=4, index=Steering.MORPH_Y, value=1.0)]


def test_undo_and_redo_are_pressed_once() -> None:
    buttons = mapper(Route(Source("note", 36), Target("undo")), Route(Source("cc", 21), Target("redo")))
    assert send(buttons, 0x90, 36, 1) == [Event(Kind.STEER, part=1, index=Steering.UNDO)]
    told = [event for value in range(128) for event in knob(buttons, 21, value)]
    assert told == [Event(Kind.STEER, part=1, index=Steering.REDO)]


def test_a_knob_can_turn_the_tempo_of_all_parts() -> None:
    table = mapper(Route(Source("cc", 20), Target("tempo"), 60.0, 180.0))
    assert knob(table, 20, 127, 3) == [Event(Kind.TEMPO, part=0, value=180.0)]


def test_a_fine_controller_takes_both_its_halves_from_the_defaults_on_its_channel_alone() -> None:
    table = mapper(Route(Source("cc14", 1, 2), Target("latent", number=1), -3.0, 3.0))
    assert knob(table, 1, 127, 2)[0].kind is Kind.LATENT_DIMENSION
    assert knob(table, 33, 64, 2)[0].kind is Kind.LATENT_DIMENSION
    assert knob(table, 1, 127, 3)[0].kind is Kind.AXIS
    assert knob(table, 33, 64, 3) == []


def test_a_button_that_sends_both_halves_presses_once() -> None:
    table = mapper(Route(Source("cc14", 20), Target("random")))
    presses = [(20, 127), (52, 127), (20, 0), (52, 0), (20, 127), (52, 127)]
    assert [len(knob(table, *pair)) for pair in presses] == [1, 0, 0, 0, 1, 0]


def test_a_non_registered_parameter_moves_what_its_route_says_and_only_while_it_is_selected() -> None:
    table = mapper(Route(Source("nrpn", 1000), Target("axis", ("axis_3",))))
    assert parameter(table, False, 1000, (6, 127)) == [Event(Kind.AXIS, part=1, index=2, value=1.0)]
    assert knob(table, 38, 0)[0].value == 127 * 128 / 16383
    assert parameter(table, False, 1001, (6, 5), (38, 5), (96, 0)) == []
    assert parameter(table, True, 1000, (6, 5)) == []
    assert parameter(table, False, 1000, (6, 0), channel=2)[0].part == 2
    knob(table, 101, 127)
    knob(table, 100, 127)
    assert knob(table, 6, 9) == []


def test_half_a_parameter_of_one_kind_is_not_made_whole_by_one_of_the_other() -> None:
    table = mapper(Route(Source("nrpn", 0), Target("axis", ("axis_1",))))
    parameter(table, True, 0)
    knob(table, 99, 0)
    assert knob(table, 6, 5) == []
    knob(table, 98, 0)
    assert knob(table, 6, 5) != []


def test_increments_count_from_where_the_parameter_stands_as_finely_as_it_has_been_sent() -> None:
    table = mapper(Route(Source("nrpn", 5), Target("axis", ("axis_1",))))
    (middle,) = parameter(table, False, 5, (96, 0))
    assert middle.value == 65 / 127
    assert parameter(table, False, 5, (6, 10), (97, 0))[-1].value == 9 / 127
    assert parameter(table, False, 5, (38, 7), (96, 0))[-1].value == (9 * 128 + 8) / 16383
    assert parameter(table, False, 5, (6, 127), (38, 127), (96, 0))[-1].value == 1.0


def test_the_reach_of_the_wheel_is_still_told_between_other_parameters() -> None:
    table = mapper(Route(Source("nrpn", 0), Target("axis", ("axis_1",))))
    assert parameter(table, False, 0, (6, 3)) != []
    assert parameter(table, True, 0, (6, 12)) == []
    assert send(table, 0xE0, 127, 127)[0].value == 12.0
