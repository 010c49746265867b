"""MIDI clock: how soon and how well the tempo is known, and where the beat is."""

from collections.abc import Iterator

import numpy as np
import pytest

from runtime.events import Event, Kind
from runtime.latent.tempo import CONTINUE, SONG_POSITION, START, STOP, TICK, MidiClock

SAMPLE_RATE = 48_000
JITTER_SECONDS = 0.001


def ticks(bpm: float, count: int, begin_seconds: float = 1.0, seed: int = 0) -> Iterator[tuple[int, float]]:
    """Frames of ticks with jitter, and the seconds at which they were due."""
    random = np.random.default_rng(seed)
    for number in range(count):
        due = begin_seconds + number * 60 / bpm / 24
        yield round((due + random.uniform(-1, 1) * JITTER_SECONDS) * SAMPLE_RATE), due


def beat(told: Event, seconds: float) -> float:
    return sum(told.values) + (seconds * SAMPLE_RATE - told.time) * told.value / 60 / SAMPLE_RATE


def listen(clock: MidiClock, bpm: float, count: int, **begin: float) -> list[Event]:
    heard = (clock.hear(bytes((TICK,)), frame) for frame, _ in ticks(bpm, count, **begin))
    return [event for event in heard if event is not None]


@pytest.mark.parametrize("bpm", [60.0, 120.0, 174.0])
def test_after_two_beats_the_tempo_is_known_to_a_thousandth_and_the_beat_to_two_milliseconds(bpm: float) -> None:
    off_tempo, off_seconds = [], []
    for seed in range(40):
        told = listen(MidiClock(SAMPLE_RATE), bpm, 49, seed=seed)[-1]
        off_tempo.append(abs(told.value / bpm - 1))
        off_seconds.append(abs(beat(told, 1.0 + 2 * 60 / bpm) - 2) * 60 / bpm)
    assert np.percentile(off_tempo, 95) < 0.001
    assert max(off_seconds) < 0.002


def test_a_steady_clock_is_told_at_most_a_few_times_a_beat() -> None:
    events = listen(MidiClock(SAMPLE_RATE), 120.0, 24 * 64)
    assert 0 < len(events) < 2 * 64
    assert all(event.kind is Kind.TEMPO and event.part == 0 for event in events)
    assert listen(MidiClock(SAMPLE_RATE), 120.0, 7)[0].value == pytest.approx(120, rel=0.03)


def test_a_tempo_that_changes_is_known_a_beat_later() -> None:
    clock = MidiClock(SAMPLE_RATE)
    listen(clock, 120.0, 24 * 8)
    told = listen(clock, 140.0, 25, begin_seconds=1 + 4 + 60 / 140 / 24)[-1]
    assert told.value == pytest.approx(140, rel=0.01)
    assert abs(beat(told, 5 + 25 * 60 / 140 / 24) - 9) * 60 / 140 < 0.004


def test_one_tick_that_is_late_by_far_changes_nothing_much() -> None:
    clock = MidiClock(SAMPLE_RATE)
    for number, (frame, _) in enumerate(ticks(120.0, 24 * 6)):
        told = clock.hear(bytes((TICK,)), frame + (720 if number == 120 else 0))
        if number > 100 and told is not None:
            assert told.value == pytest.approx(120, rel=0.001)


def test_start_counts_from_the_next_tick_and_continue_from_where_it_stopped() -> None:
    clock = MidiClock(SAMPLE_RATE)

    def go_on(count: int, begin: int) -> Event | None:
        told = None
        for number in range(begin, begin + count):
            told = clock.hear(bytes((TICK,)), 48_000 + number * 1_000) or told
        return told

    go_on(40, 0)
    assert clock.hear(bytes((START,)), 88_000) is None
    told = go_on(1, 40)
    assert told is not None
    assert beat(told, 88_000 / SAMPLE_RATE) == pytest.approx(0, abs=1e-6)
    go_on(23, 41)
    clock.hear(bytes((STOP,)), 0)
    go_on(10, 64)
    clock.hear(bytes((CONTINUE,)), 0)
    assert beat(go_on(1, 74), 122_000 / SAMPLE_RATE) == pytest.approx(1, abs=1e-6)
    clock.hear(bytes((STOP,)), 0)
    clock.hear(bytes((SONG_POSITION, 2, 1)), 0)
    clock.hear(bytes((CONTINUE,)), 0)
    assert beat(go_on(1, 75), 123_000 / SAMPLE_RATE) == pytest.approx(130 / 4, abs=1e-6)


def test_after_a_pause_the_ticks_before_it_count_no_more() -> None:
    clock = MidiClock(SAMPLE_RATE)
    listen(clock, 120.0, 24 * 4)
    told = listen(clock, 90.0, 25, begin_seconds=20.0)
    assert told[0].value == pytest.approx(90, rel=0.03)


@pytest.mark.parametrize("spacing", [0, 1, 100_000])
def test_nonsense_gives_no_tempo(spacing: int) -> None:
    clock = MidiClock(SAMPLE_RATE)
    assert not any(clock.hear(bytes((TICK,)), number * spacing) for number in range(100))
