"""What MIDI means to the instrument without a mapping of one's own."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.contract import DecoderMetadata
from runtime.events import Clock, Event, Kind, Steering, decode, encode
from runtime.mapping import Mapper, MappingTable
from runtime.mapping_table import CURVES, SOURCE_KINDS, ProgramPlace, VelocityCurve
from tests.mapping_cases import MESSAGES, PLAIN, TABLES, knob, mapper, model, send
from tests.tiny_decoder import LATENT_SIZE

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


def test_pressure_of_one_key_is_that_of_its_note() -> None:
    assert send(mapper(), 0xA4, 60, 127) == [Event(Kind.NOTE_PRESSURE, part=5, note=60, value=1.0)]


def test_a_key_that_never_told_of_the_end_of_its_pressure_is_struck_anew_without_it() -> None:
    table = mapper()
    send(table, 0xA0, 60, 127)
    *rested, note = send(table, 0x90, 60, 127)
    assert Event(Kind.NOTE_PRESSURE, part=1, note=60) in rested
    assert note.kind is Kind.NOTE_ON
    assert [event.kind for event in send(table, 0x90, 60, 127)] == [Kind.NOTE_ON]
    send(table, 0xA0, 60, 127)
    assert Event(Kind.NOTE_PRESSURE, part=1, note=60) in knob(table, 121, 0)


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


# Presets -------------------------------------------------------------------------------------------------------------

HORN, PLUCK = (1.0,) + (0.0,) * (LATENT_SIZE - 1), (0.5,) * LATENT_SIZE
WITH_PRESETS = PLAIN.model_copy(update={"presets": {"horn": HORN, "pluck": PLUCK}})


def test_a_program_change_sends_its_part_to_the_models_preset_of_that_number() -> None:
    with_presets = mapper(metadata=WITH_PRESETS)
    assert send(with_presets, 0xC4, 1) == [Event(Kind.LATENT, part=5, values=PLUCK)]
    assert send(with_presets, 0xC0, 2) == [], "there is no third"
    assert send(mapper(), 0xC0, 0) == []


def test_a_players_own_programs_take_the_place_of_the_models_with_axes_that_they_name() -> None:
    programs = (ProgramPlace(PLUCK), ProgramPlace(HORN, ((1, 0.25), (5, 1.0), (6, 0.5))))
    own = mapper(metadata=WITH_PRESETS, programs=programs)
    assert send(own, 0xC0, 0) == [Event(Kind.LATENT, part=1, values=PLUCK)]
    assert send(own, 0xC2, 1) == [
        Event(Kind.LATENT, part=3, values=HORN),
        Event(Kind.AXIS, part=3, index=1, value=0.25),
        Event(Kind.AXIS, part=3, index=5, value=1.0),
    ], "the model has no seventh axis"
    assert send(own, 0xC0, 2) == []
    assert send(mapper(metadata=WITH_PRESETS, programs=()), 0xC0, 0) == []


def test_a_program_of_another_models_size_is_left_out_and_keeps_its_number() -> None:
    own = mapper(programs=(ProgramPlace((0.0,) * (LATENT_SIZE + 1), ((0, 1.0),)), ProgramPlace(HORN)))
    assert send(own, 0xC0, 0) == []
    assert send(own, 0xC0, 1) == [Event(Kind.LATENT, part=1, values=HORN)]


def test_program_changes_can_be_switched_off_and_banks_mean_nothing() -> None:
    assert send(mapper(metadata=WITH_PRESETS, program_changes=False), 0xC0, 0) == []
    table = mapper(metadata=WITH_PRESETS)
    assert knob(table, 0, 3) == knob(table, 32, 1) == []
    assert send(table, 0xC0, 0) == [Event(Kind.LATENT, part=1, values=HORN)]


# Robustness ----------------------------------------------------------------------------------------------------------

UNIT = (0.0, 1.0)
RANGES = {
    Kind.NOTE_ON: (1 / 127, 1.0),
    Kind.BEND: (-96.0, 96.0),
    Kind.NOTE_BEND: (-96.0, 96.0),
    Kind.GAIN: (-60.0, 6.0),
    Kind.GLIDE: (0.0, 10.0),
    Kind.PORTAMENTO: (0.0, 10.0),
    Kind.LATENT_DIMENSION: (-10.0, 10.0),
    Kind.PLAY_MODE: (0.0, 2.0),
    Kind.UNISON: (1.0, 7.0),
    Kind.UNISON_SPREAD: (0.0, 100.0),
    Kind.TEMPO: (20.0, 300.0),
}
INDICES = {
    Kind.AXIS: len(PLAIN.axes),
    Kind.LATENT_DIMENSION: LATENT_SIZE,
    Kind.STEER: len(Steering),
    Kind.HEARD: 16_384,
}


def is_in_range(event: Event) -> bool:
    """Whether an event says nothing that its kind cannot say."""
    low, high = RANGES.get(event.kind, UNIT)
    right_note = 0 <= event.note < (len(SOURCE_KINDS) if event.kind is Kind.HEARD else 128)
    right_index = 0 <= event.index < INDICES.get(event.kind, 1)
    right_values = len(event.values) == LATENT_SIZE if event.kind is Kind.LATENT else len(event.values) <= 1
    # The ends of a range may be missed by what adding rounds.
    right_value = low - 1e-9 <= event.value <= high + 1e-9
    return 0 <= event.part <= 16 and right_note and right_index and right_values and right_value


@given(first=st.lists(MESSAGES, max_size=20), then=st.lists(MESSAGES, max_size=20), tables=st.tuples(TABLES, TABLES))
def test_no_bytes_make_the_mapper_fail_or_say_what_cannot_be(
    first: list[bytes], then: list[bytes], tables: tuple[MappingTable, MappingTable]
) -> None:
    before = Mapper(tables[0], WITH_PRESETS)
    events = [event for data in first for event in before.translate(data)]
    before.learn(True)
    after = Mapper(tables[1], WITH_PRESETS, before)
    events += [event for data in then for event in after.translate(data)]
    for event in events:
        assert (event.time, event.clock) == (0, Clock.FRAME)
        assert is_in_range(event), event
        assert decode(encode(event)).kind is event.kind


@pytest.mark.parametrize(
    "data",
    [b"", b"\x90", b"\x90\x3c", b"\x90\x3c\x40\x00", b"\x90\x80\x40", b"\x90\x3c\xff", b"\x3c\x40", b"\xc0\x05"]
    + [bytes([status]) for status in range(0xF0, 0x100)]
    + [b"\xf0\x01\x02", b"\xf2\x01\x02", b"\xd0\x01\x02"],
)
def test_what_is_no_whole_channel_message_means_nothing(data: bytes) -> None:
    assert mapper().translate(data) == []
