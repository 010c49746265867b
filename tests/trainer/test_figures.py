"""The figures measure what they are named after."""

from dataclasses import replace

import numpy as np
import pytest

from trainer.figures import (
    FIGURE_RATE_HZ,
    Figures,
    at_figure_rate,
    compare,
    envelope,
    hop_lines_db,
    log_mel,
    loudness_db,
    means,
    medians,
    rise_seconds,
)

RATE = FIGURE_RATE_HZ
HOP_RATE_HZ = 187.5
TIME = np.arange(RATE // 2) / RATE


def drum(hz: float = 220.0, decay_seconds: float = 0.08, attack_seconds: float = 0.001) -> np.ndarray:
    rise = np.minimum(TIME / attack_seconds, 1)
    noise = np.random.default_rng(0).uniform(-1, 1, len(TIME))
    wave = rise * np.exp(-TIME / decay_seconds) * (np.sin(2 * np.pi * hz * TIME) + 0.3 * noise)
    return (wave / np.abs(wave).max()).astype(np.float32)[None]


def delayed(sound: np.ndarray, seconds: float) -> np.ndarray:
    return np.pad(sound, ((0, 0), (round(seconds * RATE), 0)))[:, : sound.shape[1]]


def judged(original: np.ndarray, made: np.ndarray) -> Figures:
    return compare(original, made, HOP_RATE_HZ)


def test_a_sound_is_no_distance_from_itself() -> None:
    figures = judged(drum(), drum())
    assert figures.log_mel_db == figures.envelope_db == figures.attack_ms == figures.onset_ms == 0
    assert figures.hop_lines_db == figures.centroid_octaves == figures.peak_db == figures.loudness_db == 0


def test_a_copy_6_db_louder_has_a_level_and_no_other_distance() -> None:
    figures = judged(drum(), 2 * drum())
    assert figures.peak_db == pytest.approx(6.02, abs=0.01)
    assert figures.loudness_db == pytest.approx(6.02, abs=0.01)
    assert figures.log_mel_db < 0.01
    assert figures.envelope_db < 0.01


def test_a_spike_changes_the_peak_but_not_the_loudness() -> None:
    spiked = drum().copy()
    spiked[0, RATE // 100] = 2.0
    figures = judged(drum(), spiked)
    assert figures.peak_db == pytest.approx(6.02, abs=0.01)
    assert figures.loudness_db < 0.2


def test_loudness_is_the_rms_of_the_loudest_50_ms_wherever_it_is() -> None:
    burst = np.zeros((1, RATE))
    burst[0, 7777 : 7777 + round(0.05 * RATE)] = 0.1
    assert loudness_db(burst, RATE) == pytest.approx(-20, abs=0.01)
    assert loudness_db(burst[:, 7777 : 7777 + round(0.025 * RATE)], RATE) == pytest.approx(-23.01, abs=0.02)


def test_sounds_at_two_rates_are_the_same_sound() -> None:
    seconds = np.arange(24_000) / 48_000
    at_48_khz = (np.sin(2 * np.pi * 440 * seconds) * np.exp(-seconds / 0.05))[None]
    expected = (np.sin(2 * np.pi * 440 * TIME) * np.exp(-TIME / 0.05))[None].astype(np.float32)
    figures = judged(expected, at_figure_rate(at_48_khz, 48_000))
    assert figures.log_mel_db < 0.5
    assert figures.envelope_db < 0.1
    assert figures.onset_ms < 0.1


def test_a_faster_decay_is_seen_in_the_envelope() -> None:
    short = judged(drum(), drum(decay_seconds=0.04))
    shorter = judged(drum(), drum(decay_seconds=0.02))
    assert 3 < short.envelope_db < shorter.envelope_db


def test_the_attack_of_a_ramp_is_8_tenths_of_its_length() -> None:
    ramp = np.minimum(np.arange(4410) / 882, 1.0)[None]
    low, high = rise_seconds(ramp, RATE)
    assert high - low == pytest.approx(0.8 * 0.02, abs=0.0005)
    sharp = np.ones((1, 4410))
    assert judged(sharp, ramp).attack_ms == pytest.approx(16 - 1.2, abs=0.2), "a step takes 80 % of 1.5 ms"


def test_a_sound_that_comes_late_is_seen_with_its_delay() -> None:
    figures = judged(drum(), delayed(drum(), 0.012))
    assert figures.onset_ms == pytest.approx(12, abs=0.1)
    assert figures.attack_ms < 0.5
    assert figures.log_mel_db > 1


def test_what_sounds_before_the_original_rises_is_pre_echo() -> None:
    step = (np.exp(-TIME / 0.05) * np.cos(2 * np.pi * 220 * TIME)).astype(np.float32)[None]
    original = delayed(step, 0.01)
    noise = 0.05 * np.random.default_rng(1).uniform(-1, 1, original.shape).astype(np.float32)
    early = np.where(np.arange(original.shape[1]) < 0.01 * RATE, noise, 0)
    figures = judged(original, original + early)
    assert figures.pre_echo_db == pytest.approx(60 + 20 * np.log10(0.05 / np.sqrt(3)), abs=1)
    assert judged(original, original).pre_echo_db == 0
    assert np.isnan(judged(step, step).pre_echo_db), "there is nothing before a click"


def test_a_spectrum_an_octave_higher_is_an_octave() -> None:
    tones = [np.sin(2 * np.pi * hz * TIME)[None] for hz in (1000, 2000)]
    assert judged(*tones).centroid_octaves == pytest.approx(1, abs=0.05)


def test_another_pitch_is_seen_in_the_log_mel_spectrum_only() -> None:
    figures = judged(drum(220.0), drum(440.0))
    assert figures.log_mel_db > 2
    assert figures.envelope_db < 1


def test_a_buzz_at_the_hop_rate_is_seen_as_lines() -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (1, len(TIME)))
    phase = TIME * HOP_RATE_HZ % 1
    gate = 1 + 0.9 * (phase < 0.125)
    # 187.5 Hz is no whole number of frames at 44.1 kHz, so the pulses are made at 48 kHz.
    pulses = at_figure_rate((np.arange(24_000) % 256 == 0).astype(np.float32)[None], 48_000)
    assert abs(hop_lines_db(noise, HOP_RATE_HZ, RATE)) < 1.5
    assert abs(hop_lines_db(gate * noise, HOP_RATE_HZ, RATE)) < 1.5, "noise that pulses has no lines"
    assert hop_lines_db(noise + 20 * pulses, HOP_RATE_HZ, RATE) > 15
    assert judged(drum(), drum() + 0.1 * pulses).hop_lines_db > 6
    assert abs(hop_lines_db(noise + 20 * pulses, 210.0, RATE)) < 1.5, "these are the lines of another hop"


def test_a_sound_too_short_to_tell_lines_has_no_such_figure() -> None:
    short = drum()[:, :1500]
    assert np.isnan(judged(short, short).hop_lines_db)


def test_sounds_are_compared_over_the_length_of_the_original() -> None:
    assert judged(drum()[:, :8820], drum()).log_mel_db < 0.05, "what goes on after the original is not judged"
    assert judged(drum(), drum()[:, :2205]).envelope_db > 15, "what ends too early is silence from there"


def test_one_wrong_side_of_a_stereo_sound_is_seen() -> None:
    left, right = drum(220.0), drum(800.0)
    stereo, panned = np.concatenate([left, right]), np.concatenate([left, 0.1 * right])
    assert judged(stereo, panned).log_mel_db > 3
    swapped = judged(stereo, stereo[::-1])
    assert swapped.log_mel_db > judged(stereo, stereo).log_mel_db + 2


def test_silence_is_far_from_everything_and_has_no_attack() -> None:
    figures = judged(drum(), np.zeros((1, 100), np.float32))
    assert figures.log_mel_db > 20
    assert figures.peak_db == pytest.approx(100)
    assert np.isnan(figures.attack_ms)


def test_floors_hold_what_cannot_be_heard_out_of_the_figures() -> None:
    fading = drum(decay_seconds=0.02)[0]  # 217 dB down at its end
    assert log_mel(fading, RATE).min() == pytest.approx(log_mel(fading, RATE).max() - 80)
    assert envelope(fading, RATE).min() == pytest.approx(envelope(fading, RATE).max() - 60)
    assert np.isfinite(log_mel(np.zeros(4800), RATE)).all()


def test_every_mel_band_hears_a_tone_in_its_middle_also_where_bands_are_narrower_than_a_bin() -> None:
    rate = 96_000
    time = np.arange(rate // 4) / rate
    reference = log_mel(np.sin(2 * np.pi * 10_000 * time), rate)[10].max()
    edges = 700 * np.expm1(np.linspace(np.log1p(20 / 700), np.log1p(20_000 / 700), 130))
    for band, hz in enumerate(edges[1:-1]):
        assert log_mel(np.sin(2 * np.pi * hz * time), rate)[10, band] > reference - 6, hz


def test_means_and_medians_leave_out_what_a_sound_does_not_have() -> None:
    one = judged(drum(), drum(440.0))
    rows = [replace(one, attack_ms=value, pre_echo_db=float("nan")) for value in (1.0, 2.0, 6.0, float("nan"))]
    assert medians(rows)["attack_ms"] == 2
    assert means(rows)["attack_ms"] == 3
    assert "pre_echo_db" not in medians(rows)
