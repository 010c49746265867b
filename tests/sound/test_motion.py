"""Motion is heard: a wave as often as it says, for the voices it is meant for, and the same again from a log."""

import numpy as np
import pytest

from runtime.engine.replay import render_note
from runtime.events import Clock, Event, Kind, decode, encode, midi_event, original
from runtime.latent.motion import Motion
from tests.performance import SAMPLE_RATE, STEADY, largest_step, level, note_off, note_on, perform, tiny

TONE, NOISE, LEVEL = range(3)


def motion(kind: Motion, amount: float, *numbers: float, axis: int = LEVEL, frame: int = 0, part: int = 1) -> Event:
    return Event(Kind.MOTION, frame, part=part, note=kind, index=axis, value=amount, values=numbers)


def levels(audio: np.ndarray, window: int = 1_200) -> np.ndarray:
    return np.sqrt(np.mean(np.square(audio[: len(audio) // window * window].reshape(-1, window)), axis=1))


def brightness(audio: np.ndarray, window: int = 1_200) -> np.ndarray:
    """Spectral centroid in Hz of each window."""
    spectra = np.abs(np.fft.rfft(audio[: len(audio) // window * window].reshape(-1, window) * np.hanning(window)))
    return (spectra * np.fft.rfftfreq(window, 1 / SAMPLE_RATE)).sum(axis=1) / spectra.sum(axis=1)


def test_an_lfo_of_two_hertz_moves_brightness_twice_a_second() -> None:
    events = [motion(Motion.LFO, 0.25, 2.0, axis=TONE), note_on(0, 69)]
    audio = perform(tiny(default_latent=(0.0, *STEADY[1:])), events, 4 * SAMPLE_RATE).audio[0]
    moved = brightness(audio)
    spectrum = np.abs(np.fft.rfft((moved - moved.mean()) * np.hanning(len(moved))))
    assert np.fft.rfftfreq(len(moved), 1_200 / SAMPLE_RATE)[spectrum.argmax()] == 2.0
    assert moved.max() > 1.3 * moved.min()


@pytest.mark.parametrize("shape", range(6))
def test_no_wave_clicks(shape: int) -> None:
    """Moved over the range of the axis eight times a second, the sine has no step that the loudest would not have."""
    decoder = tiny(default_latent=STEADY)
    loud = perform(decoder, [Event(Kind.AXIS, 0, index=LEVEL, value=0.75), note_on(0)], 60_000, glide_seconds=0.0)
    moved = perform(decoder, [motion(Motion.LFO, 0.25, 8.0, shape), note_on(0)], 60_000)
    assert levels(moved.audio[0]).max() > 1.5 * levels(moved.audio[0]).min()
    assert largest_step(moved.audio) <= 1.2 * largest_step(loud.audio)


def test_a_wave_in_time_follows_a_tempo_that_changes() -> None:
    decoder = tiny(default_latent=STEADY)
    tempo = Event(Kind.TEMPO, 48_000, part=0, value=60.0, values=(2.0,))
    audio = perform(
        decoder, [motion(Motion.LFO, 0.25, 1.0, 0, 1), note_on(0), tempo], 144_000, glide_seconds=0.0
    ).audio[0]
    moved = levels(audio)
    # Two beats in the first second, then one a second: the maxima lie a quarter of a beat after each.
    maxima = np.flatnonzero((moved[1:-1] > moved[:-2]) & (moved[1:-1] >= moved[2:])) + 1
    assert (maxima + 0.5) * 1_200 == pytest.approx([6_000, 30_000, 60_000, 108_000], abs=1_300)


def test_the_velocity_of_a_strike_moves_its_own_voice_alone() -> None:
    decoder = tiny(default_latent=STEADY, velocity="model")
    soft, loud = note_on(0, 60, 0.25), note_on(0, 60, 1.0)
    still = level(perform(decoder, [loud], 4_800, glide_seconds=0).audio)
    moves = [motion(Motion.STRIKE, 0.25)]
    # The axis is four steps of 6 dB wide: a quarter of it is one step.
    assert level(perform(decoder, [*moves, loud], 4_800, glide_seconds=0).audio) / still == pytest.approx(2, rel=0.01)
    assert level(perform(decoder, [*moves, soft], 4_800, glide_seconds=0).audio) / still == pytest.approx(
        2**-0.5, rel=0.01
    )


def test_the_follower_reaches_the_first_samples_of_the_note_that_lifts_it() -> None:
    decoder = tiny(default_latent=STEADY, velocity="model")
    audio = perform(decoder, [motion(Motion.VELOCITY, 0.25, 0.3), note_on(0)], 60_000, glide_seconds=0).audio[0]
    still = perform(decoder, [note_on(0)], 60_000).audio[0]
    assert level(audio[:256]) / level(still[:256]) == pytest.approx(2, rel=0.02)
    assert level(audio[-2_000:]) / level(still[-2_000:]) == pytest.approx(1, abs=0.03)


def test_key_tracking_moves_each_note_by_its_own_key() -> None:
    decoder = tiny(default_latent=STEADY)
    events = [motion(Motion.KEY, 0.25)]
    sounds = [level(perform(decoder, [*events, note_on(0, key)], 9_600, glide_seconds=0).audio) for key in (48, 60, 72)]
    assert [sound / sounds[1] for sound in sounds] == pytest.approx([0.5, 1, 2], rel=0.02)


def moving_score() -> list[Event]:
    """Every kind of motion on three parts, with notes that come and go, and tempo, wheels and chokes."""
    events = [
        *(motion(m, 0.3, *((3.0,) if m < Motion.STRIKE else ()), axis=m % 4, part=1 + m % 3) for m in Motion),
        motion(Motion.LFO, 0.4, 0.5, 5, 1, axis=3, part=2),
        motion(Motion.LFO, 0.0, axis=0, part=1, frame=5_000),
        Event(Kind.VARIATION, 0, part=2, value=0.5),
        Event(Kind.TEMPO, 2_500, part=0, value=97.0, values=(3.25,)),
        Event(Kind.CHOKE, 0, part=3, note=50, index=2),
        Event(Kind.CHOKE, 0, part=3, note=53, index=2),
    ]
    for n in range(24):
        key, part = 48 + n % 9, 1 + n % 3
        events += [
            Event(Kind.NOTE_BEND, n * 190 + 5, part=part, note=key, value=np.sin(n)),
            note_on(n * 190, key, 0.3 + n / 40, part=part),
            note_off(n * 190 + 1_500, key, part=part),
            Event(Kind.NOTE_PRESSURE, n * 190 + 400, part=part, note=key, value=n / 24),
            Event(Kind.NOTE_SLIDE, n * 190 + 500, part=part, note=key, value=n / 24),
        ]
    return events


@pytest.mark.parametrize("block", [1, 32, 64, 441, 1024])
@pytest.mark.parametrize("pitched", [True, False])
def test_the_same_log_gives_the_same_samples_at_every_block_size(block: int, pitched: bool) -> None:
    decoder = tiny(voices=8, pitched=pitched)
    usual = perform(decoder, moving_score(), 9_000)
    again = perform(decoder, moving_score(), 9_000, [block] * 9_000)
    assert usual.engine.statistics.bad_events == 0
    np.testing.assert_array_equal(usual.audio, again.audio)
    assert not np.array_equal(usual.audio, perform(decoder, moving_score()[8:], 9_000).audio)


def test_a_note_that_was_moved_is_captured_as_it_was_heard() -> None:
    decoder = tiny(default_latent=STEADY, release_seconds=0.02)
    events = [
        motion(Motion.LFO, 0.3, 5.0, axis=TONE),
        motion(Motion.DRIFT, 0.5, 0.1),
        Event(Kind.NOTE_BEND, 900, note=60, value=0.7),
        note_on(1_003),
        Event(Kind.NOTE_BEND, 5_000, note=60, value=-1.3),
        note_off(20_000),
    ]
    performance = perform(decoder, events, 60_000)
    replayed = render_note(decoder, performance.history.last())
    np.testing.assert_array_equal(replayed, performance.audio[:1, 1_003 : 1_003 + replayed.shape[1]])


def test_waves_follow_a_midi_clock_and_a_log_of_it_needs_no_clock() -> None:
    decoder = tiny(default_latent=STEADY)
    score = [motion(Motion.LFO, 0.25, 1.0, 0, 1), note_on(0, seed=3)]
    clock = [midi_event(b"\xfa", 0, Clock.FRAME)]
    clock += [midi_event(b"\xf8", 100 + round(n * SAMPLE_RATE * 60 / 90 / 24), Clock.FRAME) for n in range(24 * 6)]
    live = perform(decoder, [*score, *clock], 4 * SAMPLE_RATE, [480] * 999)
    echoes = [original(echo) for echo in live.engine.played]
    assert {echo.kind for echo in echoes} == {Kind.MOTION, Kind.NOTE_ON, Kind.TEMPO}
    np.testing.assert_array_equal(perform(decoder, echoes, 4 * SAMPLE_RATE).audio, live.audio)
    travelled = [decode(encode(echo)) for echo in echoes]
    np.testing.assert_array_equal(perform(decoder, travelled, 4 * SAMPLE_RATE).audio, live.audio)
    moved = levels(live.audio[0], 800)[60:]
    maxima = (
        np.flatnonzero((moved[1:-1] > moved[:-2]) & (moved[1:-1] >= moved[2:]) & (moved[1:-1] > moved.mean())) + 61.5
    )
    # A quarter of a beat after each beat.
    off_beats = maxima * 800 / SAMPLE_RATE * 90 / 60 - 0.25
    assert np.abs(off_beats - off_beats.round()).max() < 0.05
