"""Held keys go on sounding, and what dies away under a held finger dies away under a held key."""

from pathlib import Path

import numpy as np
import pytest

from trainer.pitched_clips import PitchedClip
from trainer.sustain import sustain_seconds

RATE = 48_000


def note(seconds: float, decay_db_per_second: float = 0.0, held_seconds: float | None = None) -> PitchedClip:
    """A tone that lasts, dying away evenly."""
    time = np.arange(round(seconds * RATE)) / RATE
    audio = np.sin(2 * np.pi * 220 * time) * 10 ** (-decay_db_per_second * time / 20)
    wave = audio.astype(np.float32)[None]
    return PitchedClip(Path("a.wav"), 0, wave, 1.0, "a", seconds, held_seconds=held_seconds)


def test_a_held_key_is_held_just_before_the_latest_key_went_up() -> None:
    clips = [note(1.0, held_seconds=0.25) for _ in range(6)] + [note(3.0, held_seconds=2.5) for _ in range(4)]
    assert sustain_seconds(clips, RATE) == pytest.approx(2.4, abs=0.01)


def test_what_was_cut_off_while_it_sounded_is_held_before_it_ends() -> None:
    clips = [note(1.0), note(1.1), note(2.0), note(3.0)]
    assert 0.5 < sustain_seconds(clips, RATE) < 1.0


def test_a_plucked_string_dies_away_under_a_held_key() -> None:
    clips = [note(4.0, decay_db_per_second=20.0) for _ in range(5)]
    hold = sustain_seconds(clips, RATE)
    assert 20.0 * hold > 30.0, "30 dB below its beginning"


def test_a_few_organs_among_plucked_strings_do_not_decide() -> None:
    clips = [note(4.0, decay_db_per_second=20.0) for _ in range(9)] + [note(0.5)]
    assert sustain_seconds(clips, RATE) > 1.0
