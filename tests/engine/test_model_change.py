"""One engine takes over from another: what rings out, what is taken along, and that nobody hears the seam."""

import gc
import weakref
from collections.abc import Iterable

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.events import ALL_PARTS, Clock, Event, Kind, midi_event, original
from runtime.latent.motion import Motion
from runtime.mapping import MappingTable
from tests.performance import PURE, STEADY, Audio, frequency, largest_step, note_off, note_on, perform, tiny
from tests.tiny_decoder import TinySettings

CHANGE = 5_000
END = 45_000
OLD = tiny(TinySettings(decay_seconds=0.06), default_latent=PURE)
NEW = tiny(TinySettings(hop_frames=192, channels=2), default_latent=STEADY)
SHORT_HOP, LONG_HOP = (tiny(TinySettings(hop_frames=hop), default_latent=PURE) for hop in (64, 1024))
HELD = tiny(
    TinySettings(behaviour="gated", decay_seconds=100.0), pitched=True, release="envelope", release_seconds=0.02
)


def change(
    old: Decoder, new: Decoder, events: Iterable[Event], blocks: tuple[int, ...] = (), voices: int = 16
) -> tuple[Audio, Engine]:
    """Play events, with another model from CHANGE on; what was heard, [2, END], and the engine that took over."""
    engine = Engine(old, EngineSettings(voices), MappingTable())
    waiting = sorted(events, key=lambda event: event.time)
    sizes, parts = iter(blocks), []
    for end in (CHANGE, END):
        for event in [event for event in waiting if event.time < end]:
            engine.post(event)
            waiting.remove(event)
        while engine.frame < end:
            parts.append(engine.render(min(next(sizes, 128), end - engine.frame)))
        if end == CHANGE:
            following = Engine(new, EngineSettings(voices), MappingTable(), statistics=engine.statistics)
            following.succeed(engine)
            engine = following
    return np.concatenate(parts, axis=1), engine


def test_what_is_heard_is_the_old_notes_as_they_would_have_been_and_the_new_ones_beside_them() -> None:
    before, after = note_on(300, 50, seed=7), note_on(CHANGE + 777, 57, seed=8)
    heard, engine = change(OLD, NEW, [before, after])
    alone = perform(OLD, [before], END).audio + perform(NEW, [after], END).audio
    np.testing.assert_allclose(heard, alone, atol=1e-6)
    assert np.abs(perform(OLD, [before], END).audio[:, CHANGE:]).max() > 0.02, "something had to ring out"
    assert engine.sounding == 1, "the old note has died away, the new one is steady"


def test_old_and_new_notes_are_limited_as_one_mix() -> None:
    old = [note_on(CHANGE - 300 + n, 40 + n, seed=n + 1) for n in range(12)]
    new = note_on(CHANGE + 100, 57, seed=20)
    same = perform(OLD, [*old, new], END).audio
    assert np.abs(same[:, CHANGE - 300 : CHANGE]).max() > 0.99, "the limiter works"
    np.testing.assert_allclose(change(OLD, OLD, [*old, new])[0], same, atol=1e-6)


def test_the_seam_makes_no_larger_step_than_the_notes_themselves() -> None:
    events = [note_on(300 + 10 * n, 40 + n, seed=n + 1) for n in range(16)]
    heard, _ = change(OLD, NEW, events)
    assert np.abs(heard).max() > 0.9, "loud enough for the limiter to work"
    assert largest_step(heard[:, CHANGE - 200 : CHANGE + 200]) <= largest_step(heard[:, :CHANGE])


@pytest.mark.parametrize("blocks", [(1, 7, 33) * 900, (2048,) * 20])
def test_the_sound_does_not_depend_on_blocks(blocks: tuple[int, ...]) -> None:
    events = [note_on(300, 50, seed=7), note_on(CHANGE + 777, 57, seed=8), note_off(CHANGE + 900, 50)]
    events += [Event(Kind.BEND, CHANGE + 1234, value=2.0), Event(Kind.GAIN, CHANGE + 3000, part=ALL_PARTS, value=-6)]
    for old, new in ((OLD, NEW), (HELD, NEW), (SHORT_HOP, LONG_HOP)):
        np.testing.assert_array_equal(change(old, new, events, blocks)[0], change(old, new, events)[0])


def test_a_key_let_go_after_the_change_ends_its_old_note() -> None:
    heard, _ = change(HELD, NEW, [note_on(100, 50), note_off(CHANGE + 4_000, 50)])
    assert np.abs(heard[:, CHANGE + 3_900 : CHANGE + 4_000]).max() > 0.05, "held, it sounds on"
    assert np.abs(heard[:, CHANGE + 6_000 :]).max() == 0


def test_a_pedal_that_was_down_holds_old_and_new_notes_until_it_goes_up() -> None:
    up = CHANGE + 12_000
    events = [Event(Kind.SUSTAIN, 50, value=1.0), note_on(100, 50), note_off(200, 50)]
    events += [note_on(CHANGE + 100, 60), note_off(CHANGE + 200, 60), Event(Kind.SUSTAIN, up, value=0.0)]
    heard, engine = change(HELD, HELD, events)
    assert engine.sounding == 0
    alone = perform(HELD, events[3:5], END).audio
    assert np.abs(alone[:, up - 500 : up]).max() == 0, "without a pedal it would have ended"
    assert np.abs(heard[:, up + 2_000 :]).max() == 0
    np.testing.assert_allclose(heard, perform(HELD, events, END).audio, atol=1e-6)


@pytest.mark.parametrize("mode", [1.0, 2.0], ids=["mono", "legato"])
def test_an_engine_that_was_left_begins_no_note_when_a_key_goes_up(mode: float) -> None:
    events = [Event(Kind.PLAY_MODE, 10, value=mode), note_on(100, 50), note_on(200, 57), note_off(CHANGE + 400, 57)]
    heard, engine = change(HELD, HELD, events)
    assert engine.statistics.notes == (2 if mode == 1 else 1)
    assert np.abs(heard[:, CHANGE + 3_000 :]).max() == 0
    events += [note_on(CHANGE + 8_000, 60), note_on(CHANGE + 9_000, 64)]
    assert change(HELD, HELD, events)[1].sounding == 1, "the mode is that of the model before"


def test_a_key_struck_again_lets_its_old_note_go() -> None:
    events = [Event(Kind.SUSTAIN, 50, value=1.0), note_on(100, 50), note_off(200, 50), note_on(CHANGE + 4_000, 50)]
    _, engine = change(HELD, HELD, events)
    assert engine.sounding == 1


def test_bend_and_gain_stand_where_they_stood_and_reach_old_notes_too() -> None:
    set_before = [Event(Kind.BEND, 10, value=1.0), Event(Kind.GAIN, 20, part=ALL_PARTS, value=-12)]
    after = note_on(CHANGE + 100, 60, seed=3)
    heard, _ = change(OLD, NEW, [*set_before, after])
    np.testing.assert_array_equal(heard, perform(NEW, [*set_before, after], END).audio)
    bent = Event(Kind.BEND, CHANGE + 50, value=7.0)
    before = note_on(100, 50, seed=3)
    np.testing.assert_array_equal(
        change(OLD, NEW, [before, bent])[0], perform(OLD, [before, bent], END).audio, "the old note bends as ever"
    )


def test_all_sound_off_silences_what_rings_out() -> None:
    heard, engine = change(HELD, NEW, [note_on(100, 50), Event(Kind.ALL_SOUND_OFF, CHANGE + 500, part=ALL_PARTS)])
    assert np.abs(heard[:, CHANGE + 2_000 :]).max() == 0
    assert engine.idle


def test_what_waits_happens_to_the_new_model_but_no_place_in_the_old_ones_space() -> None:
    engine = Engine(OLD, EngineSettings(16), MappingTable())
    engine.render(CHANGE)
    engine.post(note_on(CHANGE + 1_000, 64, seed=5))
    engine.post(midi_event(b"\xe0\x00\x60", CHANGE + 900, Clock.FRAME))
    engine.post(Event(Kind.LATENT, CHANGE + 950, values=(3.0, 3.0, 3.0, 3.0)))
    following = Engine(NEW, EngineSettings(16), MappingTable())
    following.succeed(engine)
    following.render(END - CHANGE)
    assert [(original(echo).kind, echo.time) for echo in following.played] == [
        (Kind.BEND, CHANGE + 900),
        (Kind.NOTE_ON, CHANGE + 1_000),
    ]


def test_old_and_new_notes_together_are_never_more_than_the_voices() -> None:
    events = [note_on(100 + n, 40 + n) for n in range(4)] + [note_on(CHANGE + 50 * n, 60 + n) for n in range(4)]
    engine = Engine(HELD, EngineSettings(4))
    for event in events:
        engine.post(event)
    engine.render(CHANGE)
    following = Engine(NEW, EngineSettings(4), statistics=engine.statistics)
    following.succeed(engine)
    counts = []
    for _ in range(10):
        following.render(40)
        counts.append(following.sounding)
    assert counts[-1] == 4
    assert max(counts) == 4
    assert following.statistics.stolen_voices == 4
    assert following.statistics.notes == 8, "seeds go on where they were"


def test_a_key_struck_again_takes_its_own_old_voice_and_a_note_that_is_none_takes_none() -> None:
    engine = Engine(HELD, EngineSettings(2))
    for event in (note_on(0, 40), note_on(100, 64)):
        engine.post(event)
    engine.render(CHANGE)
    following = Engine(HELD, EngineSettings(2), statistics=engine.statistics)
    following.succeed(engine)
    for event in (note_on(CHANGE + 100, 64), Event(Kind.NOTE_ON, CHANGE + 200, note=128, value=1.0)):
        following.post(event)
    following.render(2_000)
    following.post(note_off(following.frame, 64))
    following.render(2_000)
    assert abs(frequency(following.render(8_192)[0]) - 440 * 2 ** ((40 - 69) / 12)) < 1
    assert following.statistics.bad_events == 1


@pytest.mark.parametrize("hop_frames", [16, 64, 256])
def test_a_third_model_fades_what_still_rings_of_the_first(hop_frames: int) -> None:
    held = tiny(
        TinySettings(behaviour="gated", decay_seconds=100.0, hop_frames=hop_frames), pitched=True, default_latent=STEADY
    )
    engine = Engine(held, EngineSettings(16))
    engine.post(note_on(0, 50))
    engine.render(CHANGE)
    sound = []
    for _ in range(2):
        following = Engine(held, EngineSettings(16), statistics=engine.statistics)
        following.succeed(engine)
        engine = following
        sound.append(engine.render(CHANGE))
    assert np.abs(sound[0][:, -100:]).max() > 0.05
    assert np.abs(sound[1][:, -100:]).max() == 0
    assert largest_step(sound[1]) <= 1.01 * largest_step(sound[0])
    assert engine.idle


def test_old_notes_are_remembered_until_their_history_is_taken_away() -> None:
    history = NoteHistory(HELD.metadata)
    engine = Engine(HELD, EngineSettings(16), None, history)
    engine.post(note_on(0, 50))
    engine.render(CHANGE)
    following = Engine(NEW, EngineSettings(16))
    following.succeed(engine)
    hops = [note.hops for _ in range(2) if following.render(CHANGE) is not None and (note := history.last())]
    assert hops[1] > hops[0]
    following.keep_no_older_notes()
    following.render(CHANGE)
    note = history.last()
    assert note is not None
    assert note.hops == hops[1]


def test_models_of_different_rates_cannot_follow_each_other() -> None:
    other = Engine(tiny(TinySettings(sample_rate=44_100)), EngineSettings(16))
    with pytest.raises(ValueError, match="sample rate"):
        other.succeed(Engine(OLD, EngineSettings(16)))


def test_an_engine_that_has_rung_out_is_freed_without_the_garbage_collector() -> None:
    # It is off while playing: what only it could free would stay.
    engine = Engine(OLD, EngineSettings(16), MappingTable())
    engine.post(note_on(0))
    engine.render(CHANGE)
    following = Engine(NEW, EngineSettings(16), MappingTable(), statistics=engine.statistics)
    following.succeed(engine)
    gone = [weakref.ref(part) for part in (engine, engine._instrument, engine._instrument.voices, engine._mapper)]
    del engine
    gc.disable()
    try:
        while following.sounding:
            following.render(2048)
        following.render(2048)
        assert [part() for part in gone] == [None] * len(gone)
    finally:
        gc.enable()


def lfo(amount: float) -> Event:
    return Event(Kind.MOTION, 0, note=Motion.LFO, index=2, value=amount, values=(6.0,))


def test_motion_ends_with_the_model_whose_axes_it_moved() -> None:
    new = note_on(CHANGE + 777, 57, seed=8)
    np.testing.assert_array_equal(change(OLD, NEW, [lfo(0.3), new])[0], change(OLD, NEW, [new])[0])
    old = note_on(300, 50, seed=7)
    moved = perform(OLD, [lfo(0.3), old], END).audio
    np.testing.assert_allclose(change(OLD, NEW, [lfo(0.3), old])[0], moved, atol=1e-6)
    assert not np.array_equal(moved, perform(OLD, [old], END).audio)


def test_tempo_and_choke_groups_go_on_with_another_model() -> None:
    in_time = Event(Kind.MOTION, CHANGE + 10, note=Motion.LFO, index=2, value=0.3, values=(1.0, 0.0, 1.0))
    tempo = Event(Kind.TEMPO, 100, part=ALL_PARTS, value=83.0, values=(7.3,))
    groups = [Event(Kind.CHOKE, 0, note=note, index=2) for note in (57, 60)]
    notes = [note_on(CHANGE + 777, 57, seed=8), note_on(CHANGE + 9_000, 60, seed=9)]
    heard, engine = change(OLD, NEW, [tempo, *groups, in_time, *notes])
    np.testing.assert_array_equal(heard, perform(NEW, [tempo, *groups, in_time, *notes], END).audio)
    assert engine.sounding == 1


def test_a_hat_that_rings_out_is_choked_by_one_of_the_new_model() -> None:
    drums = tiny(TinySettings(decay_seconds=1.0), pitched=False, gain_db=-12.0)
    struck = note_on(CHANGE + 777, 42, seed=8)
    heard, _ = change(drums, drums, [note_on(300, 46, seed=7), struck])
    np.testing.assert_allclose(
        heard[:, CHANGE + 1_100 :], perform(drums, [struck], END).audio[:, CHANGE + 1_100 :], atol=1e-6
    )
    assert np.abs(heard[:, CHANGE : CHANGE + 777]).max() > 0.01
