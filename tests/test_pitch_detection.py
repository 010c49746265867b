"""Claims about the pitch that is measured of a sound: exact where there is one, none where there is none."""

import numpy as np
import pytest

from runtime.pitch_detection import CONFIDENT, hz_to_note, measure_pitch
from tests.trainer.synthetic_notes import RATE, bell, kick, noise, tone


def _cents(audio: np.ndarray, note: float, near: float | None = None) -> float:
    return 100 * (measure_pitch(audio, RATE, near).note - note)


@pytest.mark.parametrize("note", [28.3, 36, 47.5, 60, 72.21, 84, 96, 107])
def test_a_steady_tone_is_measured_within_a_fifth_of_a_cent(note: float) -> None:
    pitch = measure_pitch(tone(note), RATE)
    assert 100 * abs(pitch.note - note) < 0.2
    assert pitch.confidence > 0.9


@pytest.mark.parametrize("note", [28, 40.1, 52, 64, 88])
def test_stretched_partials_of_a_plucked_string_do_not_pull_its_pitch(note: float) -> None:
    pitch = measure_pitch(tone(note, inharmonicity=4e-4, decay=2.0), RATE)
    assert 100 * abs(pitch.note - note) < 0.5
    assert pitch.inharmonicity == pytest.approx(4e-4, rel=0.05)


@pytest.mark.parametrize("note", [36, 50, 62.1, 76, 88])
def test_of_a_bowed_note_the_middle_of_its_vibrato_is_measured(note: float) -> None:
    pitch = measure_pitch(tone(note, 1.5, vibrato_cents=35, breath=0.02), RATE)
    assert 100 * abs(pitch.note - note) < 2
    assert pitch.confidence > CONFIDENT
    assert 15 < pitch.spread_cents < 40


@pytest.mark.parametrize("partials", [[1.0], [1, 0, 0.4, 0, 0.2], [0.05, 1, 0.7, 0.5, 0.3], [0.3, 1, 0.2, 0.1]])
def test_the_octave_does_not_depend_on_which_partials_are_strong(partials: list[float]) -> None:
    assert abs(_cents(tone(45, partials=np.array(partials)), 45)) < 1


def test_a_bass_at_40_hz_is_measured_though_only_a_few_cycles_fit() -> None:
    note = hz_to_note(40.0)
    assert abs(_cents(tone(note, 0.35, np.array([1.0, 0.2]), decay=3), note)) < 4


def test_a_bell_is_tuned_by_the_partial_that_its_name_points_at() -> None:
    assert abs(_cents(bell(64.07), 64.07, near=64)) < 3
    # Without a name even listeners dispute the octave; the note within the octave is heard.
    heard = measure_pitch(bell(64.07), RATE).note - 64.07
    assert abs(heard - 12 * round(heard / 12)) < 0.1


@pytest.mark.parametrize("sound", [kick(), noise(), np.zeros((1, RATE)), tone(60, 0.02), np.zeros((1, 0))])
def test_what_falls_hisses_or_clicks_has_no_pitch(sound: np.ndarray) -> None:
    assert measure_pitch(sound, RATE).confidence < CONFIDENT


def test_channels_are_heard_together() -> None:
    assert abs(_cents(np.concatenate([tone(57), 0.2 * tone(57)]), 57)) < 0.2
