"""What MIDI means to the instrument, and what a mapping changes about it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.contract import Axis, DecoderMetadata
from runtime.events import Clock, Event, Kind, decode, encode
from runtime.mapping import Mapper, MappingTable, unknown_targets
from runtime.mapping_table import (
    ANY_CHANNEL,
    CURVES,
    DEFAULT_ROUTES,
    HIGHEST_CC,
    TARGETS,
    Route,
    Source,
    Target,
    VelocityCurve,
)
from tests.tiny_decoder import LATENT_SIZE, TinySettings, tiny_metadata


def model(*axes: str) -> DecoderMetadata:
    """A model with these axes."""
    direction = (1.0,) + (0.0,) * (LATENT_SIZE - 1)
    built = tuple(Axis(name=name, direction=direction, minimum=-2.0, maximum=2.0) for name in axes)
    return tiny_metadata(TinySettings(), axes=built)


PLAIN = model("axis_1", "axis_2", "axis_3", "axis_4", "axis_5", "axis_6")


def mapper(*routes: Route, metadata: DecoderMetadata = PLAIN, **table: object) -> Mapper:
    return Mapper(MappingTable(routes, **table), metadata)  # type: ignore[arg-type]


def send(mapper: Mapper, *data: int) -> list[Event]:
    return mapper.translate(bytes(data))


def knob(mapper: Mapper, number: int, value: int, channel: int = 1) -> list[Event]:
    return send(mapper, 0xB0 | channel - 1, number, value)


SOURCES = st.one_of(
    st.builds(Source, st.just("cc"), st.integers(0, HIGHEST_CC), st.integers(0, 16)),
    st.builds(Source, st.just("note"), st.integers(0, 127), st.integers(0, 16)),
    st.builds(Source, st.sampled_from(["pressure", "bend"]), channel=st.integers(0, 16)),
)
TARGET = st.one_of(
    st.builds(Target, st.just("axis"), st.just(("axis_2",)), or_free=st.booleans()),
    st.builds(Target, st.just("latent"), number=st.integers(1, 9)),
    st.builds(Target, st.sampled_from([kind for kind in TARGETS if kind not in ("axis", "latent")])),
)


@st.composite
def routes(draw: st.DrawFn) -> Route:
    target = draw(TARGET)
    ends = st.floats(TARGETS[target.kind].lowest, TARGETS[target.kind].highest)
    return Route(
        draw(SOURCES),
        target,
        draw(ends),
        draw(ends),
        draw(st.sampled_from(CURVES)),  # type: ignore[arg-type]
        draw(st.none() | st.floats(0, 10)),
        draw(st.none() | st.integers(0, 16)),
    )


TABLES = st.builds(
    MappingTable,
    routes=st.lists(routes(), max_size=6).map(tuple),
    defaults=st.booleans(),
    capture=st.lists(SOURCES, max_size=2).map(tuple),
    bend_range_semitones=st.floats(0, 48),
    velocity=st.builds(VelocityCurve, st.floats(0, 1), st.floats(0, 1), st.sampled_from(CURVES)),
)


# Notes ---------------------------------------------------------------------------------------------------------------


@given(channel=st.integers(1, 16), note=st.integers(25, 127), velocity=st.integers(1, 127))
def test_a_key_pressed_is_a_note_of_its_channel(channel: int, note: int, velocity: int) -> None:
    (event,) = send(mapper(), 0x90 | channel - 1, note, velocity)
    assert event == Event(Kind.NOTE_ON, part=channel, note=note, value=velocity / 127)


@pytest.mark.parametrize("data", [(0x80, 60, 64), (0x80, 60, 0), (0x90, 60, 0)])
def test_a_key_let_go_ends_its_note_also_as_a_note_on_without_velocity(data: tuple[int, ...]) -> None:
    assert send(mapper(), *data) == [Event(Kind.NOTE_OFF, part=1, note=60)]


@pytest.mark.parametrize("curve", CURVES)
def test_a_harder_stroke_is_never_softer(curve: str) -> None:
    velocities = VelocityCurve(0.0, 1.0, curve)  # type: ignore[arg-type]
    values = [send(mapper(velocity=velocities), 0x90, 60, velocity)[0].value for velocity in range(1, 128)]
    assert values == sorted(values)
    assert values[0] > 0, "a note-on became a note-off"
    assert values[-1] == 1.0


def test_a_fixed_velocity_makes_every_note_alike() -> None:
    fixed = mapper(velocity=VelocityCurve(0.8, 0.8))
    assert {send(fixed, 0x90, 60, velocity)[0].value for velocity in (1, 64, 127)} == {0.8}


# The default controllers ---------------------------------------------------------------------------------------------


def axes_of_knobs(metadata: DecoderMetadata) -> dict[int, str]:
    """Which axis each of the default controllers moves."""
    played = {cc: knob(mapper(metadata=metadata), cc, 127) for cc in (74, 73, 72, 71, 1)}
    return {cc: metadata.axes[events[0].index].name for cc, events in played.items() if events}


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ("brightness attack decay noisiness depth", "74 brightness, 73 attack, 72 decay, 71 noisiness, 1 depth"),
        ("depth noisiness decay attack brightness", "74 brightness, 73 attack, 72 decay, 71 noisiness, 1 depth"),
        ("release decay", "74 release, 72 decay"),
        ("release", "72 release"),
        ("axis_1 axis_2 axis_3 axis_4 axis_5 axis_6", "74 axis_1, 73 axis_2, 72 axis_3, 71 axis_4, 1 axis_5"),
        ("axis_1 attack axis_2", "74 axis_1, 73 attack, 72 axis_2"),
        ("axis_1 axis_2", "74 axis_1, 73 axis_2"),
    ],
)
def test_each_knob_moves_the_axis_of_its_name_or_the_first_that_is_free(axes: str, expected: str) -> None:
    found = axes_of_knobs(model(*axes.split()))
    assert ", ".join(f"{cc} {name}" for cc, name in found.items()) == expected


def test_a_model_without_axes_has_no_knobs() -> None:
    assert axes_of_knobs(model()) == {}


def test_a_knob_moves_its_axis_from_end_to_end_of_the_part_of_its_channel() -> None:
    assert knob(mapper(), 74, 0, 3) == [Event(Kind.AXIS, part=3, index=0, value=0.0)]
    assert knob(mapper(), 74, 127, 16) == [Event(Kind.AXIS, part=16, index=0, value=1.0)]


def test_the_pedal_pressure_and_the_wheel_reach_their_part() -> None:
    table = mapper()
    assert knob(table, 64, 127, 2) == [Event(Kind.SUSTAIN, part=2, value=1.0)]
    assert knob(table, 64, 0, 2) == [Event(Kind.SUSTAIN, part=2, value=0.0)]
    assert send(table, 0xD4, 127) == [Event(Kind.PRESSURE, part=5, value=1.0)]
    assert send(table, 0xA4, 60, 127) == [Event(Kind.PRESSURE, part=5, value=1.0)]


@pytest.mark.parametrize("number", [123, 124, 125, 126, 127])
def test_all_notes_off_and_the_modes_that_imply_it_end_all_notes(number: int) -> None:
    assert knob(mapper(), number, 0, 9)[0] == Event(Kind.ALL_NOTES_OFF, part=9)


def test_all_sound_off_silences() -> None:
    assert knob(mapper(), 120, 0, 9) == [Event(Kind.ALL_SOUND_OFF, part=9)]
    assert knob(mapper(), 122, 0) == []


def test_reset_all_controllers_lets_go_of_pedal_bend_and_pressure_but_not_of_the_volume() -> None:
    table = mapper()
    knob(table, 7, 50)
    expected = [Event(kind, part=2) for kind in (Kind.SUSTAIN, Kind.BEND, Kind.PRESSURE)]
    assert knob(table, 121, 0, 2) == expected
    (half,) = knob(table, 11, 64)
    *rest, gain = knob(table, 121, 0, 2)
    assert rest == expected
    assert gain == Event(Kind.GAIN, part=0, value=40 * math.log10(0.5))
    assert half.value < gain.value


# Bend ----------------------------------------------------------------------------------------------------------------


def bend(mapper: Mapper, steps: int, channel: int = 1) -> float:
    (event,) = send(mapper, 0xE0 | channel - 1, steps & 127, steps >> 7)
    assert (event.kind, event.part) == (Kind.BEND, channel)
    return event.value


def test_the_wheel_reaches_two_semitones_and_rests_at_exactly_none() -> None:
    assert [bend(mapper(), steps) for steps in (0, 8192, 16383)] == [-2.0, 0.0, 2.0]


def test_rpn_0_sets_the_reach_of_one_channel_in_semitones_and_cents() -> None:
    table = mapper(bend_range_semitones=7.0)
    for number, value in ((101, 0), (100, 0), (6, 12)):
        assert knob(table, number, value, 3) == []
    assert bend(table, 16383, 3) == 12.0
    knob(table, 38, 50, 3)
    assert bend(table, 16383, 3) == 12.5
    assert bend(table, 16383, 4) == 7.0


def test_data_entry_for_another_parameter_leaves_the_bend_range_alone() -> None:
    table = mapper()
    for number, value in ((101, 0), (100, 0), (99, 0), (98, 0), (6, 12)):
        knob(table, number, value)
    for number, value in ((101, 0), (100, 1), (6, 12), (101, 127), (100, 127), (6, 12)):
        knob(table, number, value)
    assert bend(table, 16383) == 2.0


def test_a_new_table_keeps_what_the_channels_have_told() -> None:
    first = mapper()
    for number, value in ((101, 0), (100, 0), (6, 12), (7, 50)):
        knob(first, number, value)
    second = Mapper(MappingTable(bend_range_semitones=5.0), PLAIN, first)
    assert bend(second, 16383) == 12.0
    assert bend(second, 16383, 2) == 5.0
    assert knob(second, 11, 127)[0].value == pytest.approx(40 * math.log10(0.5))


# Volume --------------------------------------------------------------------------------------------------------------


def test_volume_100_is_where_the_instrument_starts_and_zero_is_the_least() -> None:
    levels = [knob(mapper(), 7, value) for value in (100, 127, 50, 0)]
    assert all((e.kind, e.part) == (Kind.GAIN, 0) for (e,) in levels)
    assert [round(event.value, 1) for (event,) in levels] == [0.0, 4.2, -12.0, -60.0]


def test_expression_scales_the_volume() -> None:
    table = mapper()
    assert knob(table, 11, 127)[0].value == 0.0
    knob(table, 7, 50)
    assert knob(table, 11, 64)[0].value == pytest.approx(40 * math.log10(0.5 * 64 / 127))


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


@pytest.mark.parametrize("curve", CURVES)
def test_every_curve_goes_from_end_to_end_and_never_back(curve: str) -> None:
    route = Route(Source("cc", 20), Target("gain"), -60.0, 6.0, curve)  # type: ignore[arg-type]
    values = [route.value(step / 127) for step in range(128)]
    assert values == sorted(values)
    assert values[0] == -60.0
    assert values[-1] == pytest.approx(6.0)


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


@pytest.mark.parametrize(
    "build",
    [
        lambda: Source("cc", 120),
        lambda: Source("note", 128),
        lambda: Source("note", -1),
        lambda: Source("cc", 1, 17),
        lambda: Source("bend", 1),
        lambda: Route(Source("bend"), Target("axis"), 0.0, 1.1),
        lambda: Route(Source("bend"), Target("gain"), math.nan, 0.0),
        lambda: Route(Source("bend"), Target("axis"), smoothing_seconds=-1.0),
        lambda: Route(Source("bend"), Target("axis"), part=17),
        lambda: VelocityCurve(0.0, 1.5),
        lambda: MappingTable(bend_range_semitones=math.inf),
    ],
)
def test_a_table_that_makes_no_sense_cannot_be_built(build: object) -> None:
    with pytest.raises(ValueError, match=r"[0-9]…[0-9]|seconds"):
        build()  # type: ignore[operator]


# Presets -------------------------------------------------------------------------------------------------------------


def test_a_program_change_sends_its_part_to_the_models_preset_of_that_number() -> None:
    presets = {"horn": (1.0,) + (0.0,) * (LATENT_SIZE - 1), "pluck": (0.5,) * LATENT_SIZE}
    with_presets = mapper(metadata=PLAIN.model_copy(update={"presets": presets}))
    assert send(with_presets, 0xC4, 1) == [Event(Kind.LATENT, part=5, values=presets["pluck"])]
    assert send(with_presets, 0xC0, 2) == [], "there is no third"
    assert send(mapper(), 0xC0, 0) == []


# Robustness ----------------------------------------------------------------------------------------------------------


@given(data=st.binary(max_size=5), table=TABLES)
def test_no_bytes_make_the_mapper_fail(data: bytes, table: MappingTable) -> None:
    for event in Mapper(table, PLAIN).translate(data):
        assert (event.time, event.clock) == (0, Clock.FRAME)
        assert 0 <= event.part <= 16
        assert math.isfinite(event.value)
        assert decode(encode(event)).kind is event.kind


@pytest.mark.parametrize(
    "data",
    [b"", b"\x90", b"\x90\x3c", b"\x90\x3c\x40\x00", b"\x90\x80\x40", b"\x90\x3c\xff", b"\x3c\x40", b"\xc0\x05"]
    + [bytes([status]) for status in range(0xF0, 0x100)]
    + [b"\xf0\x01\x02", b"\xf2\x01\x02", b"\xd0\x01\x02"],
)
def test_what_is_no_whole_channel_message_means_nothing(data: bytes) -> None:
    assert mapper().translate(data) == []


@given(table=TABLES)
def test_a_table_comes_back_from_its_bytes_as_it_was(table: MappingTable) -> None:
    assert MappingTable.from_bytes(table.to_bytes()) == table


@given(document=st.binary(max_size=60))
def test_bytes_that_are_no_table_are_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        MappingTable.from_bytes(b"!" + document)


def test_the_defaults_are_sound_and_name_every_channel() -> None:
    assert all(route.source.channel == ANY_CHANNEL for route in DEFAULT_ROUTES)
    assert len({route.source for route in DEFAULT_ROUTES}) == len(DEFAULT_ROUTES)
