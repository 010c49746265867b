"""The figures of notes say what was done to a sound: out of tune, vibrato lost, beating lost, released too slowly."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from trainer.evaluation_report import JudgedHalf
from trainer.figures import compare
from trainer.note_figures import NoteFigures, note_figures
from trainer.pitched_clips import PitchedClip

RATE = 48_000
HELD_SECONDS = 1.6


def note(
    *,
    cents: float = 0.0,
    vibrato_cents: float = 0.0,
    tremolo: float = 0.0,
    release_db_per_second: float = 100.0,
    seconds: float = 2.0,
) -> np.ndarray:
    """A tone at middle C with five harmonics, [1, frames]; vibrato and tremolo at 5.5 Hz."""
    time = np.arange(round(seconds * RATE)) / RATE
    swing = np.sin(2 * np.pi * 5.5 * time)
    hz = 261.6256 * 2 ** ((cents + vibrato_cents * swing) / 1200)
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    wave = sum(np.sin(k * phase) / k for k in range(1, 6)) * (1 + tremolo * swing)
    fall = np.maximum(time - HELD_SECONDS, 0) * release_db_per_second
    sound = wave * 10 ** (-fall / 20)
    return (sound / np.abs(sound).max()).astype(np.float32)[None]


def clip(audio: np.ndarray) -> PitchedClip:
    return PitchedClip(
        Path("horn_p60.wav"), 0, audio, 1.0, "horn", audio.shape[1] / RATE, pitch=60.0, held_seconds=HELD_SECONDS
    )


def measured(real: np.ndarray, made: np.ndarray) -> NoteFigures:
    return note_figures(clip(real), made, RATE)


def test_a_note_is_no_distance_from_itself() -> None:
    found = measured(note(), note())
    assert found.pitch_cents < 0.5
    assert (found.vibrato_cents, found.beating_db, found.release_db) == (0, 0, 0)


def test_a_note_played_sharp_is_off_by_as_many_cents() -> None:
    assert measured(note(), note(cents=20)).pitch_cents == pytest.approx(20, abs=0.5)


def test_a_vibrato_that_is_lost_counts_below_zero() -> None:
    # The median deviation of a sine is its height divided by √2.
    assert measured(note(vibrato_cents=30), note()).vibrato_cents == pytest.approx(-30 / np.sqrt(2), rel=0.3)


def test_beating_that_is_lost_counts_below_zero() -> None:
    found = measured(note(tremolo=0.3), note())
    # 20 log10(1 + 0.3 sin) has a standard deviation of about 1.9 dB.
    assert found.beating_db == pytest.approx(-1.9, abs=0.3)


def test_a_release_that_takes_twice_as_long_is_heard() -> None:
    found = measured(note(release_db_per_second=100), note(release_db_per_second=50))
    # Over the 0.4 s until the original is 40 dB down the two drift apart evenly, by 20 dB at the end.
    assert found.release_db == pytest.approx(10, abs=1.5)


def test_a_note_that_ends_while_it_is_held_has_no_release() -> None:
    assert np.isnan(measured(note(seconds=1.2), note(seconds=1.2)).release_db)


def test_the_table_of_drums_has_no_columns_for_notes_and_that_of_notes_has_them() -> None:
    sound = note()[:, :44_100]
    plain = compare(sound, sound, 187.5)
    of_note = type(plain)(**(asdict(plain) | asdict(measured(note(), note()))))
    assert "pitch" not in JudgedHalf("training", ("a",), {"model": [plain]}).lines()[2]
    assert "pitch cents" in JudgedHalf("training", ("a",), {"model": [of_note]}).lines()[2]
