"""Descriptors say what is heard, in the unit they promise: known sounds have known numbers."""

import math

import numpy as np
import pytest

from trainer.descriptors import (
    DRUM_DESCRIPTORS,
    Heard,
    attack_octaves,
    brightness_octaves,
    decay_octaves,
    describe,
    low_end_db,
    noisiness_db,
    pitch_drop_semitones,
)
from trainer.note_descriptors import (
    NOTE_DESCRIPTORS,
    harmonic_tilt_db,
    inharmonicity_cents,
)
from trainer.note_descriptors import noisiness_db as note_noisiness_db

RATE = 48_000
TIME = np.arange(RATE) / RATE
FADE = np.exp(-TIME / 0.15)
NOISE = np.random.default_rng(0).normal(size=RATE)
A2 = 45.0


def tone(hz: float, decay_seconds: float = 0.15) -> np.ndarray:
    return np.sin(2 * np.pi * hz * TIME) * np.exp(-TIME / decay_seconds)


def partials(levels: np.ndarray, inharmonicity: float = 0.0) -> np.ndarray:
    """A held A2 (110 Hz) with partials of these amplitudes, [frames]."""
    number = np.arange(1, len(levels) + 1)[:, None]
    hz = 110 * number * np.sqrt(1 + inharmonicity * number**2)
    return (np.asarray(levels)[:, None] * np.sin(2 * np.pi * hz * TIME + number**2)).sum(0)


def heard(sound: np.ndarray, pitch: float = math.nan) -> Heard:
    return Heard(0.5 * sound / np.abs(sound).max(), RATE, pitch)


@pytest.mark.parametrize("hz", [500, 2000, 6000])
def test_a_sound_an_octave_higher_is_an_octave_brighter(hz: float) -> None:
    low, high = (brightness_octaves(heard(tone(f))) for f in (hz, 2 * hz))
    assert high - low == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("rise_seconds", [0.005, 0.02, 0.06])
def test_an_attack_twice_as_long_is_an_octave_slower(rise_seconds: float) -> None:
    quick, slow = (attack_octaves(heard(NOISE * np.minimum(TIME / s, 1.0))) for s in (rise_seconds, 2 * rise_seconds))
    assert slow - quick == pytest.approx(1.0, abs=0.35)


@pytest.mark.parametrize("sound", [NOISE, np.sin(2 * np.pi * 80 * TIME)])
def test_a_sound_that_rings_twice_as_long_is_an_octave_longer(sound: np.ndarray) -> None:
    short, long = (decay_octaves(heard(sound * np.exp(-TIME / s))) for s in (0.05, 0.1))
    assert long - short == pytest.approx(1.0, abs=0.1)


def test_noise_in_a_tone_is_heard_before_it_covers_the_tone() -> None:
    shares = [noisiness_db(heard((np.sin(2 * np.pi * 700 * TIME) + g * NOISE) * FADE)) for g in (0, 0.03, 0.1, 0.3, 3)]
    assert (np.diff(shares) > 0).all()
    assert shares[-1] - shares[0] > 6


def test_the_colour_of_noise_is_not_its_noisiness() -> None:
    spectrum = np.fft.rfft(NOISE)
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)))
    assert noisiness_db(heard(pink * FADE)) == pytest.approx(noisiness_db(heard(NOISE * FADE)), abs=0.5)


def test_a_low_end_as_strong_as_the_rest_is_0_db_and_twice_its_amplitude_6_db_more() -> None:
    even, more = (low_end_db(heard(gain * tone(70) + tone(2000))) for gain in (1, 2))
    assert even == pytest.approx(0.0, abs=0.3)
    assert more - even == pytest.approx(6.0, abs=0.3)


@pytest.mark.parametrize("semitones", [0.0, 4.0, 12.0])
def test_a_drum_whose_pitch_falls_an_octave_drops_by_twelve_semitones(semitones: float) -> None:
    hz = 90 * 2 ** (semitones / 12 * (TIME < 0.06))
    drum = np.sin(2 * np.pi * np.cumsum(hz) / RATE) * FADE
    assert pitch_drop_semitones(heard(drum)) == pytest.approx(semitones, abs=0.5)


def test_noise_has_no_pitch_that_could_drop() -> None:
    assert math.isnan(pitch_drop_semitones(heard(NOISE * FADE)))


@pytest.mark.parametrize("slope_db", [-3.0, -6.0, -12.0])
def test_the_slope_of_partials_is_measured_in_db_per_octave(slope_db: float) -> None:
    levels = np.arange(1.0, 25.0) ** (slope_db / (20 * math.log10(2)))
    assert harmonic_tilt_db(heard(partials(levels), A2)) == pytest.approx(slope_db, abs=0.3)


@pytest.mark.parametrize("inharmonicity", [1e-4, 4e-4])
def test_the_tenth_partial_of_a_stiff_string_is_as_sharp_as_its_formula_says(inharmonicity: float) -> None:
    string = heard(partials(1 / np.arange(1, 17), inharmonicity), A2)
    expected = 600 * math.log2((1 + 100 * inharmonicity) / (1 + inharmonicity))
    assert inharmonicity_cents(string) == pytest.approx(expected, rel=0.1)


def test_breath_in_a_note_is_its_share_of_the_energy() -> None:
    saw = partials(1 / np.arange(1, 25))
    for wanted_db in (-30.0, -20.0, -10.0):
        breath = NOISE * np.sqrt(10 ** (wanted_db / 10) * (saw**2).mean() / (NOISE**2).mean())
        # Half of white noise lies above what is listened to.
        assert note_noisiness_db(heard(saw + breath, A2)) == pytest.approx(wanted_db - 3, abs=1.5)


def test_stretched_partials_are_not_noise() -> None:
    straight, stretched = (note_noisiness_db(heard(partials(1 / np.arange(1, 17), b), A2)) for b in (0, 3e-4))
    assert abs(stretched - straight) < 3
    assert stretched < -30


@pytest.mark.parametrize("descriptors", [DRUM_DESCRIPTORS, NOTE_DESCRIPTORS])
def test_level_changes_no_descriptor_and_silence_has_none(descriptors) -> None:
    sound = (partials(1 / np.arange(1, 17), 2e-4) + 0.01 * NOISE) * FADE
    loud, soft = (describe(gain * sound, RATE, A2, descriptors) for gain in (0.3, 0.003))
    assert np.allclose(loud, soft, atol=0.05)
    assert np.isnan(describe(np.zeros(RATE), RATE, A2, descriptors)).all()
