"""Loops: found where a note holds, whole cycles long, without a click, and nowhere else."""

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.model_files import find_model
from runtime.oneshots.kit_sound import Loop
from runtime.oneshots.loops import LARGEST_MISMATCH_DB, find_loop, measure_loop, repeat_loop
from runtime.oneshots.wav_file import Audio
from tests.oneshots.kits import HELD_SECONDS, SAMPLE_RATE, MadeKit, held_note, hz, loop_of

FRAMES = 3 * SAMPLE_RATE
TIME = np.arange(FRAMES) / SAMPLE_RATE
A3 = 220.0


def tone(*harmonics: float, phase: Audio | float = 0.0, pitch_hz: float = A3) -> Audio:
    """A note of some harmonics, [1, frames]; ``phase`` in cycles of the fundamental moves all of them."""
    cycles = pitch_hz * TIME + phase
    waves = [level * np.sin(2 * np.pi * (n + 1) * cycles) for n, level in enumerate(harmonics)]
    return np.asarray(sum(waves), np.float32)[None]


def found(audio: Audio, pitch_hz: float = A3) -> Loop | None:
    return find_loop(audio, SAMPLE_RATE, pitch_hz, SAMPLE_RATE // 4, FRAMES)


def length_seconds(loop: Loop) -> float:
    return (loop.end_frame - loop.first_frame) / SAMPLE_RATE


def distance_from_whole(cycles: float) -> float:
    return abs(cycles - round(cycles))


@pytest.fixture(scope="module")
def notes() -> Decoder:
    return Decoder.load(find_model("notes"), voices=16)


def test_the_loop_of_a_steady_note_holds_whole_periods() -> None:
    loop = found(tone(0.4, 0.2, 0.1))
    assert loop is not None
    assert distance_from_whole(length_seconds(loop) * A3) < 0.01
    assert length_seconds(loop) >= 0.25
    assert loop.crossfade_frames == 0


@pytest.mark.parametrize("vibrato_hz", [4.7, 6.3])
def test_the_loop_of_a_note_with_vibrato_holds_whole_vibrato_cycles(vibrato_hz: float) -> None:
    depth_cents = 25
    deviation_hz = A3 * (2 ** (depth_cents / 1200) - 1)
    phase = deviation_hz / (2 * np.pi * vibrato_hz) * np.sin(2 * np.pi * vibrato_hz * TIME)
    loop = found(tone(0.4, 0.2, 0.1, phase=phase))
    assert loop is not None
    assert distance_from_whole(length_seconds(loop) * vibrato_hz) < 0.05
    assert length_seconds(loop) * vibrato_hz > 0.9


def test_the_loop_of_a_note_that_beats_holds_whole_beats() -> None:
    beat_hz = 1.3
    loop = found(tone(0.3, 0.1) + tone(0.2, 0.1, pitch_hz=A3 + beat_hz))
    assert loop is not None
    assert distance_from_whole(length_seconds(loop) * beat_hz) < 0.06
    assert length_seconds(loop) * beat_hz > 0.9


def test_the_loop_of_a_stereo_note_fits_both_sides() -> None:
    left, right = tone(0.4, 0.1), tone(0.2, 0.1) + tone(0.15, pitch_hz=A3 * 1.5 + 2.1)
    loop = found(np.concatenate([left, right]))
    assert loop is not None
    assert distance_from_whole(length_seconds(loop) * 2.1) < 0.06


def test_the_end_of_a_loop_goes_on_without_a_step() -> None:
    sound = tone(0.4, 0.2, 0.1)
    loop = found(sound)
    assert loop is not None
    held = repeat_loop(sound, loop, 2 * FRAMES)
    assert np.abs(np.diff(held, 2)).max() < 1.1 * np.abs(np.diff(sound, 2)).max()
    wrong = Loop(loop.first_frame + 60, loop.end_frame)
    assert measure_loop(sound, SAMPLE_RATE, A3, wrong).step > 3
    assert measure_loop(sound, SAMPLE_RATE, A3, wrong).mismatch_db > LARGEST_MISMATCH_DB
    assert np.abs(np.diff(repeat_loop(sound, wrong, 2 * FRAMES), 2)).max() > 3 * np.abs(np.diff(sound, 2)).max()


def test_a_crossfade_joins_what_does_not_fit() -> None:
    sound = tone(0.4, 0.2, 0.1)
    hard = repeat_loop(sound, Loop(40_000, 60_060), 2 * FRAMES)
    soft = repeat_loop(sound, Loop(40_000, 60_060, crossfade_frames=1_440), 2 * FRAMES)
    assert np.abs(np.diff(soft, 2)).max() < 1.1 * np.abs(np.diff(sound, 2)).max() < np.abs(np.diff(hard, 2)).max() / 3


@pytest.mark.parametrize("sound", ["decaying", "noise", "gliding", "short", "silent"])
def test_nothing_is_repeated_where_no_place_comes_back(sound: str) -> None:
    sounds = {
        "decaying": tone(0.4, 0.2) * np.exp(-TIME / 1.5).astype(np.float32),
        "noise": np.random.default_rng(3).uniform(-0.3, 0.3, (1, FRAMES)).astype(np.float32),
        "gliding": tone(0.4, 0.2, phase=20 * TIME**2),
        "short": tone(0.4)[:, : SAMPLE_RATE // 2],
        "silent": np.zeros((1, FRAMES), np.float32),
    }
    assert found(sounds[sound]) is None


def test_a_loop_that_is_quieter_at_its_end_is_measured_as_such() -> None:
    sound = tone(0.4, 0.2) * (10 ** (-3 * TIME / 20)).astype(np.float32)
    quality = measure_loop(sound, SAMPLE_RATE, A3, Loop(SAMPLE_RATE // 2, SAMPLE_RATE // 2 + SAMPLE_RATE))
    assert quality.level_step_db == pytest.approx(3, abs=0.1)
    assert quality.spectrum_step_db < 0.1


@pytest.mark.parametrize("preset", ["clarinet", "violin", "church_organ", "drawbar_organ", "cello", "saw_lead"])
def test_shipped_notes_that_hold_get_a_loop(notes: Decoder, preset: str) -> None:
    held_seconds = 4.0
    sound = held_note(notes, preset, 60, held_seconds).audio
    loop = loop_of(sound, 60, held_seconds)
    assert loop is not None
    # Two loops on, a window of the loop still sounds as it did the first time.
    length = loop.end_frame - loop.first_frame
    held = repeat_loop(sound, loop, loop.end_frame + 2 * length)
    once, later = held[:, loop.first_frame : loop.end_frame], held[:, -length:]
    assert np.allclose(once[:, loop.crossfade_frames :], later[:, loop.crossfade_frames :])
    quality = measure_loop(sound, SAMPLE_RATE, hz(60), loop)
    assert quality.step <= 1
    assert quality.mismatch_db <= LARGEST_MISMATCH_DB


@pytest.mark.parametrize("preset", ["grand_piano", "pizzicato", "marimba", "nylon_guitar"])
def test_shipped_notes_that_decay_get_none(notes: Decoder, preset: str) -> None:
    for key in (48, 60):
        assert loop_of(held_note(notes, preset, key).audio, key) is None


def test_drums_get_none(drum_kit: MadeKit) -> None:
    for sound in drum_kit.kit.sounds:
        audio = drum_kit.audio[sound.file]
        assert find_loop(audio, SAMPLE_RATE, 100.0, 0, round(HELD_SECONDS * SAMPLE_RATE)) is None
