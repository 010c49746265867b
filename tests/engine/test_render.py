"""The engine's queue, its echoes and requests, and that it can run for ever."""

import gc
import tracemalloc

import numpy as np
import pytest

from runtime.engine.render import Engine, EngineSettings
from runtime.events import ALL_PARTS, Clock, Event, Kind, midi_event, original
from runtime.mapping import MappingTable
from tests.performance import STEADY, note_off, note_on, perform, tiny


def midi(frame: int, *data: int) -> Event:
    return midi_event(bytes(data), frame, Clock.FRAME)


def test_an_event_that_arrived_happens_the_constant_delay_later() -> None:
    engine = Engine(tiny(), EngineSettings(16, delay_frames=384))
    engine.post(Event(Kind.NOTE_ON, 100, Clock.ARRIVAL_FRAME, note=60, value=1.0))
    audio = engine.render(1_000)
    assert np.flatnonzero(audio[0])[0] == 484
    assert engine.played[0].time == 484


def test_a_time_in_nanoseconds_is_left_to_the_owner_of_the_clock() -> None:
    with pytest.raises(ValueError, match="nanoseconds"):
        Engine(tiny(), EngineSettings(16)).post(Event(Kind.NOTE_ON, 5, Clock.ARRIVAL_NS))


def test_more_voices_than_the_decoder_was_loaded_for_are_refused() -> None:
    with pytest.raises(ValueError, match="1…16 voices"):
        Engine(tiny(), EngineSettings(17))


def test_a_full_queue_drops_and_counts_but_never_what_ends_notes() -> None:
    engine = Engine(tiny(default_latent=STEADY), EngineSettings(16, queue_events=10))
    engine.post(note_on(0))
    for n in range(20):
        engine.post(Event(Kind.BEND, 100 + n, value=0.1))
    engine.post(note_off(5_000))
    engine.post(Event(Kind.ALL_NOTES_OFF, 5_001, part=ALL_PARTS))
    engine.post(Event(Kind.ALL_SOUND_OFF, 5_002, part=ALL_PARTS))
    engine.post(Event(Kind.STOP, 9_000))
    engine.render(12_000)
    assert engine.statistics.dropped_events == 11
    assert [original(e).kind for e in engine.played][-4:] == [
        Kind.NOTE_OFF,
        Kind.ALL_NOTES_OFF,
        Kind.ALL_SOUND_OFF,
        Kind.STOP,
    ]
    assert engine.idle


def test_midi_is_translated_when_it_happens_and_echoed_as_what_it_meant() -> None:
    engine = perform(tiny(), [midi(700, 0x92, 60, 127), midi(900, 0x92, 60, 0)], 1_000, mapping=MappingTable()).engine
    echoes = [original(echo) for echo in engine.played]
    assert [(e.kind, e.time, e.part, e.note) for e in echoes] == [
        (Kind.NOTE_ON, 700, 3, 60),
        (Kind.NOTE_OFF, 900, 3, 60),
    ]


def test_without_a_mapping_midi_means_nothing() -> None:
    performance = perform(tiny(), [midi(0, 0x90, 60, 127)], 1_000)
    assert not performance.audio.any()
    assert not performance.engine.played


def test_a_new_mapping_takes_over_with_the_next_message() -> None:
    engine = perform(tiny(default_latent=STEADY), [midi(0, 0x90, 60, 127)], 1_000, mapping=MappingTable()).engine
    engine.mapping = None
    engine.post(midi(1_000, 0x90, 64, 127))
    engine.render(256)
    assert engine.sounding == 1
    engine.mapping = MappingTable(bend_range_semitones=7)
    assert engine.mapping.bend_range_semitones == 7
    engine.post(midi(1_300, 0xE0, 127, 127))
    engine.render(256)
    assert original(engine.played[-1]).value == pytest.approx(7)


def test_what_the_mapping_asks_of_others_is_handed_on_with_its_frame() -> None:
    engine = perform(tiny(), [midi(700, 0x94, 24, 100)], 1_000, mapping=MappingTable()).engine
    assert [(e.kind, e.time) for e in engine.requests] == [(Kind.CAPTURE, 700)]
    assert not engine.played


def test_an_event_for_part_zero_is_for_every_part() -> None:
    chord = [note_on(0, 60, part=part) for part in (1, 7, 16)]
    engine = perform(tiny(), [*chord, Event(Kind.ALL_SOUND_OFF, 500, part=ALL_PARTS)], 2_000).engine
    assert engine.sounding == 0
    assert len(engine.played) == 4


def test_an_hour_of_playing_takes_no_more_memory_than_a_minute() -> None:
    engine = Engine(tiny(default_latent=STEADY, release_seconds=0.01), EngineSettings(8), MappingTable())

    def play(bars: int) -> None:
        for bar in range(bars):
            at = engine.frame
            for n in range(12):
                engine.post(midi(at + 20 * n, 0x90, 40 + n, 100))
                engine.post(midi(at + 20 * n + 700, 0x80, 40 + n, 0))
                engine.post(midi(at + 20 * n, 0xB0, 74, (bar + n) % 128))
            for _ in range(8):
                engine.render(128)
            engine.played.clear()

    play(20)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        play(5)
        before, _ = tracemalloc.get_traced_memory()
        play(60)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert after - before < 20_000
