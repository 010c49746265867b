"""The figures measure what they are named after."""

import numpy as np
import pytest

from trainer.evaluation import attack_ms, compare, envelope, hop_lines, log_mel

RATE, HOP = 48_000, 256
TIME = np.arange(RATE // 2) / RATE


def drum(hz: float = 220.0, decay_seconds: float = 0.08, attack_seconds: float = 0.001) -> np.ndarray:
    rise = np.minimum(TIME / attack_seconds, 1)
    noise = np.random.default_rng(0).uniform(-1, 1, len(TIME))
    wave = rise * np.exp(-TIME / decay_seconds) * (np.sin(2 * np.pi * hz * TIME) + 0.3 * noise)
    return (wave / np.abs(wave).max()).astype(np.float32)[None]


def test_a_sound_is_no_distance_from_itself() -> None:
    figures = compare(drum(), drum(), RATE, HOP)
    assert figures.log_mel_db == figures.envelope_db == figures.attack_ms == figures.level_db == 0
    assert figures.hop_lines_db == 0


def test_level_is_told_apart_from_everything_else() -> None:
    figures = compare(drum(), 0.5 * drum(), RATE, HOP)
    assert figures.level_db == pytest.approx(6.02, abs=0.01)
    assert figures.log_mel_db < 0.01
    assert figures.envelope_db < 0.01


def test_a_faster_decay_is_seen_in_the_envelope() -> None:
    short = compare(drum(), drum(decay_seconds=0.04), RATE, HOP)
    shorter = compare(drum(), drum(decay_seconds=0.02), RATE, HOP)
    assert 3 < short.envelope_db < shorter.envelope_db


def test_a_blunt_attack_is_seen_in_milliseconds() -> None:
    ramp = np.minimum(np.arange(4800) / 960, 1.0)
    assert attack_ms(ramp, RATE) == pytest.approx(0.8 * 20, abs=0.5)
    assert compare(drum(), drum(attack_seconds=0.02), RATE, HOP).attack_ms > 3


def test_another_pitch_is_seen_in_the_log_mel_spectrum_only() -> None:
    figures = compare(drum(220.0), drum(440.0), RATE, HOP)
    assert figures.log_mel_db > 2
    assert figures.envelope_db < 1


def test_a_buzz_at_the_hop_rate_is_seen_as_lines() -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, len(TIME))
    gate = 1 + 0.9 * (np.arange(len(TIME)) % HOP < HOP // 8)
    pulses = (np.arange(len(TIME)) % HOP == 0).astype(float)
    assert abs(hop_lines(noise, RATE, HOP)) < 1.5
    assert abs(hop_lines(gate * noise, RATE, HOP)) < 1.5, "noise that pulses has no lines"
    assert hop_lines(noise + 20 * pulses, RATE, HOP) > 15


def test_floors_hold_what_cannot_be_heard_out_of_the_figures() -> None:
    fading = drum(decay_seconds=0.02)[0]  # 217 dB down at its end
    assert log_mel(fading, RATE).min() == pytest.approx(log_mel(fading, RATE).max() - 80)
    assert envelope(fading, RATE).min() == pytest.approx(envelope(fading, RATE).max() - 60)
    assert np.isfinite(log_mel(np.zeros(4800), RATE)).all()
