"""Claims about the mirror of the engine: a new engine set up from it plays what the old one would have played."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engine.render import Engine, EngineSettings
from runtime.events import ALL_PARTS, OF_ONE_NOTE, Clock, Event, Kind, midi_bytes, midi_event, original
from runtime.latent.motion import Motion
from runtime.mapping import Mapper, MappingTable
from runtime.mapping_table import Route, Source, Target
from runtime.recent_controls import RecentControls
from runtime.standing import Standing, is_remembered_by_mapping
from tests.performance import note_on, tiny
from tests.tiny_decoder import LATENT_SIZE

DECODER = tiny(pitched=False, key_map={40: (0.5, -1.0, 0.0, 0.0)})
QUIET_FRAMES = 60_000

parts = st.integers(ALL_PARTS, 3)
places = st.tuples(*[st.floats(-2, 2, width=32)] * LATENT_SIZE)
controls = st.one_of(
    st.builds(Event, st.just(Kind.LATENT), part=parts, values=places),
    st.builds(
        Event, st.just(Kind.LATENT_DIMENSION), part=parts, index=st.integers(0, LATENT_SIZE), value=st.floats(-2, 2)
    ),
    st.builds(Event, st.just(Kind.AXIS), part=parts, index=st.integers(0, 4), value=st.floats(0, 1)),
    st.builds(Event, st.just(Kind.KEY_LATENT), part=parts, note=st.sampled_from([40, 60]), values=places | st.just(())),
    st.builds(Event, st.just(Kind.GLIDE), part=parts, value=st.floats(0, 0.5)),
    st.builds(Event, st.just(Kind.BEND), part=parts, value=st.floats(-12, 12)),
    st.builds(Event, st.just(Kind.SUSTAIN), part=parts, value=st.floats(0, 1)),
    st.builds(Event, st.sampled_from([Kind.PRESSURE, Kind.SLIDE, Kind.VARIATION]), part=parts, value=st.floats(0, 1)),
    st.builds(
        Event,
        st.just(Kind.MOTION),
        part=parts,
        index=st.integers(0, 4),
        note=st.integers(Motion.STRIKE, Motion.SLIDE),
        value=st.floats(-1, 1),
    ),
    st.builds(
        Event, st.sampled_from(sorted(OF_ONE_NOTE)), part=parts, note=st.sampled_from([40, 60]), value=st.floats(0, 1)
    ),
    st.builds(Event, st.just(Kind.CHOKE), part=parts, note=st.sampled_from([40, 60]), index=st.integers(0, 2)),
    st.builds(Event, st.just(Kind.TEMPO), part=st.just(ALL_PARTS), value=st.floats(30, 300)),
    st.builds(Event, st.just(Kind.ALL_NOTES_OFF), part=parts),
    st.builds(Event, st.just(Kind.GAIN), part=st.just(ALL_PARTS), value=st.floats(-20, 6)),
    st.builds(
        lambda channel, number, value: midi_event(bytes((0xB0 | channel, number, value)), 0, Clock.FRAME),
        st.integers(0, 2),
        st.sampled_from([6, 7, 11, 38, 98, 99, 100, 101, 121]),
        st.sampled_from([0, 0, 3, 6, 64, 127]),
    ),
)


def test_modes_and_unison_of_a_pitched_model_are_set_again() -> None:
    decoder = tiny(pitched=True)
    old, mirror = Engine(decoder, EngineSettings(16)), Standing(decoder.metadata)
    moves = [
        Event(Kind.PLAY_MODE, part=2, value=2.0),
        Event(Kind.PORTAMENTO, part=2, value=0.3),
        Event(Kind.UNISON, part=ALL_PARTS, value=3.0),
        Event(Kind.UNISON_SPREAD, part=ALL_PARTS, value=25.0),
        Event(Kind.UNISON_WIDTH, part=3, value=0.5),
    ]
    new = Engine(decoder, EngineSettings(16))
    for move in moves:
        old.post(move)
    old.render(64)
    for echo in old.played:
        mirror.apply(original(echo))
    for event in mirror.events(MappingTable()):
        new.post(event)
    for part in (2, 3):
        new.post(note_on(100, 60, part=part, seed=5))
        new.post(note_on(5_000, 64, part=part, seed=6))
        old.post(note_on(64 + 100, 60, part=part, seed=5))
        old.post(note_on(64 + 5_000, 64, part=part, seed=6))
    sound = old.render(20_000)
    assert old.sounding == 3 + 6
    np.testing.assert_array_equal(new.render(20_000), sound)


def engine() -> Engine:
    return Engine(DECODER, EngineSettings(voices=DECODER.voices), MappingTable())


def after(moves: list[Event], mirror: Standing) -> Engine:
    """An engine that has been moved so, and is quiet again, with its mirror kept as the interface keeps it."""
    old = engine()
    for move in moves:
        old.post(move.at(old.frame))
        if move.kind is Kind.MIDI and is_remembered_by_mapping(move):
            mirror.apply(move)
        old.render(64)
    old.render(QUIET_FRAMES)
    for echo in old.played:
        mirror.apply(original(echo))
    return old


def performance(instrument: Engine) -> np.ndarray:
    """Keys and the bend wheel of three parts, then a new place while they sound."""
    start = instrument.frame
    for part in (1, 2, 3):
        for note in (40, 60):
            instrument.post(note_on(start + 100, note, 0.2, part=part, seed=7))
            instrument.post(Event(Kind.NOTE_OFF, start + 5000, part=part, note=note))
        instrument.post(midi_event(bytes((0xE0 | part - 1, 0, 80)), start + 2000, Clock.FRAME))
        instrument.post(Event(Kind.LATENT, start + 3000, part=part, values=(0.1, 0.2, 0.3, 0.4)))
    return instrument.render(20_000)


@settings(max_examples=25, deadline=None)
@given(st.lists(controls, max_size=20))
def test_a_new_engine_plays_on_as_the_old_one_would_have(moves: list[Event]) -> None:
    mirror = Standing(DECODER.metadata)
    old = after(moves, mirror)
    new = engine()
    for event in mirror.events(MappingTable()):
        new.post(event.at(0))
    new.render(QUIET_FRAMES)
    assert np.array_equal(performance(new), performance(old))


def test_a_told_bend_range_is_told_again() -> None:
    mirror = Standing(DECODER.metadata)
    moves = [midi_event(bytes((0xB0, *pair)), 0, Clock.FRAME) for pair in ((101, 0), (100, 0), (6, 12), (38, 50))]
    after(moves, mirror)
    new = engine()
    for event in [*mirror.events(MappingTable()), midi_event(bytes((0xE0, 127, 127)), 0, Clock.FRAME)]:
        new.post(event.at(0))
    new.render(1)
    (bend,) = [original(echo) for echo in new.played if original(echo).kind is Kind.BEND]
    assert bend.value == 12.5


def told(table: MappingTable, messages: list[tuple[int, int, int]]) -> tuple[Mapper, Mapper]:
    """A mapping that has been told this, and one that hears of it from the mirror."""
    mirror, old, new = Standing(DECODER.metadata), Mapper(table, DECODER.metadata), Mapper(table, DECODER.metadata)
    for channel, number, value in messages:
        data = bytes((0xB0 | channel, number, value))
        assert is_remembered_by_mapping(midi_event(data, 0, Clock.FRAME))
        mirror.apply(midi_event(data, 0, Clock.FRAME))
        old.translate(data)
    for event in mirror.events(table):
        if event.kind is Kind.MIDI:
            new.translate(midi_bytes(event))
    return old, new


ENTRIES = st.one_of(
    st.tuples(st.integers(0, 3), st.sampled_from([6, 38]), st.sampled_from([0, 2, 3, 12, 16, 50])),
    st.tuples(st.integers(0, 3), st.sampled_from([98, 99, 101, 121]), st.sampled_from([0, 127])),
    st.tuples(st.integers(0, 3), st.just(100), st.sampled_from([0, 6, 6, 127])),
)
TWO_HALVES = ENTRIES.flatmap(lambda entry: st.just([entry]) | st.just([(entry[0], 101, 0), (entry[0], 100, 6), entry]))


BEND_RANGE, ZONE = [(101, 0), (100, 0)], [(101, 0), (100, 6)]


def test_the_last_word_on_cents_and_on_the_zone_is_the_last_again() -> None:
    orders = (
        [*BEND_RANGE, (38, 50), (6, 12), (38, 25)],
        [*BEND_RANGE, (6, 12), *ZONE, (6, 3), *BEND_RANGE, (38, 50)],
        [*ZONE, (6, 3), *BEND_RANGE, (6, 12), *ZONE, (6, 3)],
    )
    for order in orders:
        old, new = told(MappingTable(), [(0, *pair) for pair in order])
        wheel = bytes((0xE0, 127, 127))
        assert new.translate(wheel) == old.translate(wheel)
    ranges, zones = [(3, *pair) for pair in (*BEND_RANGE, (6, 12))], [(0, *pair) for pair in (*ZONE, (6, 3), (6, 0))]
    old, new = told(MappingTable(), [*ranges, *zones])
    wheel = bytes((0xE3, 127, 127))
    assert new.translate(wheel) == old.translate(wheel) == [Event(Kind.BEND, part=4, value=2.0)]


@given(st.lists(TWO_HALVES, max_size=12), st.sampled_from([0, 2]))
def test_what_channels_have_told_of_bend_ranges_and_mpe_is_told_again(
    messages: list[list[tuple[int, int, int]]], members: int
) -> None:
    old, new = told(MappingTable(mpe_members=members), [one for some in messages for one in some])
    for channel in range(4):
        playing = [
            (0xE0 | channel, 127, 127),
            (0x90 | channel, 60, 100),
            (0xE0 | channel, 0, 0),
            (0x80 | channel, 60, 0),
        ]
        # The parameter that is open, too, is the same.
        playing += [(0xB0 | channel, 6, 5), (0xE0 | channel, 127, 127)]
        for data in map(bytes, playing):
            assert new.translate(data) == old.translate(data)


def test_a_non_registered_parameter_stays_selected_in_a_new_engine() -> None:
    table = MappingTable((Route(Source("nrpn", 1000), Target("gain"), -60.0, 6.0),))
    old, new = told(table, [(4, 99, 1000 >> 7), (4, 98, 1000 & 127)])
    entry = bytes((0xB4, 6, 127))
    assert new.translate(entry) == old.translate(entry) != []


def test_a_controller_that_moves_something_is_not_moved_again() -> None:
    mirror = Standing(DECODER.metadata)
    mirror.apply(midi_event(bytes((0xB0, 7, 1)), 0, Clock.FRAME))
    assert any(event.kind is Kind.MIDI for event in mirror.events(MappingTable()))
    table = MappingTable(routes=(Route(Source("cc", 7), Target("capture")),))
    assert not any(event.kind is Kind.MIDI for event in mirror.events(table))


def test_what_nobody_has_moved_is_left_alone() -> None:
    events = Standing(DECODER.metadata).events(MappingTable())
    assert {event.kind for event in events} == {Kind.GLIDE}


def lfo(value: float, *numbers: float) -> Event:
    return Event(Kind.MOTION, part=2, index=1, note=Motion.LFO, value=value, values=numbers)


def test_waves_and_tempo_are_set_again_and_waves_end_with_the_model() -> None:
    mirror = Standing(DECODER.metadata)
    tempo = Event(Kind.TEMPO, part=ALL_PARTS, value=97.0, values=(3.5,))
    choke = Event(Kind.CHOKE, part=2, note=46, index=0)
    for event in (lfo(0.5, 3.0, 1.0), lfo(0.25), tempo, choke):
        mirror.apply(event)
    assert [e for e in mirror.events(MappingTable()) if e.kind is not Kind.GLIDE] == [lfo(0.25, 3.0, 1.0), choke, tempo]
    later = Standing(DECODER.metadata, mirror)
    assert [e for e in later.events(MappingTable()) if e.kind is not Kind.GLIDE] == [choke, tempo]


def test_the_numbers_of_a_motion_are_kept_besides_its_amount() -> None:
    recent = RecentControls()
    for ns, event in enumerate((lfo(0.5, 3.0), lfo(0.1, 4.0), lfo(0.2), lfo(0.3))):
        recent.keep(event, ns)
    assert recent.since(0) == [lfo(0.1, 4.0), lfo(0.3)]
    recent.forget_places()
    assert recent.since(0) == []


def test_of_each_control_the_last_move_is_kept_in_the_order_of_the_moves() -> None:
    recent = RecentControls()
    bend, knob, key = bytes((0xE0, 0, 64)), bytes((0xB0, 74, 1)), bytes((0x90, 60, 100))
    for ns, data in enumerate((bend, knob, key, bend)):
        recent.keep(midi_event(data, ns, Clock.ARRIVAL_NS), ns)
    recent.keep(Event(Kind.AXIS, index=1), 4)
    recent.keep(Event(Kind.NOTE_ON, note=60, value=1.0), 5)
    assert [event.time for event in recent.since(0)] == [1, 3, 0]
    assert [event.time for event in recent.since(3)] == [3, 0]


def test_a_program_change_comes_back_with_an_engine_but_not_with_another_model() -> None:
    recent = RecentControls()
    for ns, program in enumerate((3, 5)):
        recent.keep(midi_event(bytes((0xC1, program)), ns, Clock.ARRIVAL_NS), ns)
    recent.keep(midi_event(bytes((0xB1, 74, 1)), 2, Clock.ARRIVAL_NS), 2)
    assert [midi_bytes(event) for event in recent.since(0)] == [bytes((0xC1, 5)), bytes((0xB1, 74, 1))]
    recent.forget_places()
    assert [midi_bytes(event) for event in recent.since(0)] == [bytes((0xB1, 74, 1))]
