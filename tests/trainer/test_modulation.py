"""Claims about how notes move: what is measured of a recording, and that a decoder told so moves in the same way."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from runtime.pitch_detection import measure_pitch, note_to_hz
from tests.trainer.synthetic_notes import RATE, tone
from trainer.decoders.harmonic import HarmonicDecoder
from trainer.decoders.modulation import NUMBERS, targets
from trainer.modulation import Modulation, measure_movement
from trainer.settings import NOTES_MODEL

HOP = NOTES_MODEL.hop_frames
HOPS_PER_SECOND = RATE / HOP
VIBRATO_HZ = 33.0 / (2 * math.pi)
"""Of ``tone``."""
SMALL = dataclasses.replace(NOTES_MODEL, trunk_channels=24, trunk_blocks=2, condition_channels=16, noise_bands=12)


def _measured(audio: np.ndarray, note: float) -> Modulation:
    return measure_movement(audio, RATE, note, HOP, None).modulation


def _two_tones(note: float, apart_cents: float, second: float, seconds: float = 3.0) -> np.ndarray:
    return tone(note, seconds) + second * tone(note + apart_cents / 100, seconds)


@pytest.mark.parametrize("note", [43, 60, 79])
def test_the_course_of_a_pitch_is_its_vibrato_within_a_cent_and_a_half(note: int) -> None:
    movement = measure_movement(tone(note, 2.0, vibrato_cents=20), RATE, note, HOP, None)
    hops = np.arange(40, 330)
    ideal = 20 * np.sin(33.0 * hops * HOP / RATE + 1)
    error = 100 * movement.course_semitones[hops] - ideal
    assert np.sqrt((error**2).mean()) < (1.5 if note > 50 else 4.0), "long windows flatten a low note's vibrato"
    assert abs(100 * movement.course_semitones.mean()) < 0.5


@pytest.mark.parametrize("note", [43, 60, 79])
def test_vibrato_is_measured_and_a_steady_tone_has_none(note: int) -> None:
    known = _measured(tone(note, 2.0, vibrato_cents=20), note)
    assert known.vibrato_hz == pytest.approx(VIBRATO_HZ, abs=0.1)
    assert known.vibrato_cents == pytest.approx(20, rel=0.2)
    assert known.vibrato_rise_seconds < 0.2
    assert known.swing < 0.05, "a pitch that moves is no level that does"
    steady = _measured(tone(note, 2.0), note)
    assert (steady.vibrato_cents, steady.swing) == (0.0, 0.0)
    assert math.isnan(steady.vibrato_hz)


@pytest.mark.parametrize("note", [43, 60, 72])
def test_two_tones_that_are_a_little_apart_beat_in_each_partial_as_often_as_it_says(note: int) -> None:
    apart_hz = note_to_hz(note) * (2 ** (10 / 1200) - 1)
    known = _measured(_two_tones(note, 10, 0.5), note)
    assert known.beating_hz == pytest.approx(apart_hz, rel=0.15)
    assert known.tremolo_hz == 0
    assert known.swing == pytest.approx(0.5, rel=0.3)


def test_a_tremolo_is_told_from_beating() -> None:
    time = np.arange(3 * RATE) / RATE
    known = _measured(tone(57, 3.0) * (1 + 0.4 * np.sin(2 * np.pi * 4.2 * time)).astype(np.float32), 57)
    assert known.tremolo_hz == pytest.approx(4.2, abs=0.1)
    assert known.beating_hz == 0
    assert known.swing == pytest.approx(0.4, rel=0.2)


@pytest.mark.parametrize(("steady_seconds", "release_seconds"), [(1.6, 0.4), (2.5, 1.0), (1.5, 0.5)])
def test_a_release_of_which_nothing_is_known_is_neither_a_swing_nor_a_dying_away(
    steady_seconds: float, release_seconds: float
) -> None:
    time = np.arange(round((steady_seconds + release_seconds) * RATE)) / RATE
    level = np.clip((steady_seconds + release_seconds - time) / release_seconds, 0, 1) ** 2
    known = _measured(tone(60, len(time) / RATE) * level.astype(np.float32), 60)
    assert known.decay_db_per_second == 0
    assert known.swing < 0.08


@pytest.mark.parametrize("rise_seconds", [0.5, 0.8, 1.2])
def test_a_vibrato_that_rises_is_full_as_late_as_it_was(rise_seconds: float) -> None:
    time = np.arange(4 * RATE) / RATE
    cents = 25 * np.clip(time / rise_seconds, 0, 1) * np.sin(2 * np.pi * 5.5 * time)
    phase = np.cumsum(2 * np.pi * note_to_hz(64) * 2 ** (cents / 1200) / RATE)
    sound = sum(np.sin(k * phase) / k for k in range(1, 12)).astype(np.float32)[None]
    assert _measured(sound, 64).vibrato_rise_seconds == pytest.approx(rise_seconds, abs=0.25)


def test_what_is_too_short_to_tell_is_said_to_be_unknown() -> None:
    known = _measured(tone(60, 0.4, vibrato_cents=20), 60)
    assert math.isnan(known.vibrato_cents)
    assert math.isnan(known.swing)
    wanted, counts = targets(known)
    assert counts == [0.0] * NUMBERS
    assert all(math.isfinite(number) for number in wanted)
    silence = measure_movement(np.zeros((1, 3 * RATE), np.float32), RATE, 60, HOP, None)
    assert not silence.course_semitones.any()
    assert targets(silence.modulation)[1] == [0.0] * NUMBERS


@pytest.mark.parametrize(("nepers_per_second", "is_standing"), [(0.0, True), (0.2, True), (0.9, False), (2.0, False)])
def test_how_fast_a_held_note_dies_away_is_measured_and_a_slow_fall_is_none(
    nepers_per_second: float, is_standing: bool
) -> None:
    # All partials alike, so that the note falls at one rate.
    sound = tone(60, 3.0) * np.exp(-nepers_per_second * np.arange(3 * RATE) / RATE).astype(np.float32)
    known = _measured(sound, 60)
    assert known.decay_db_per_second == (0 if is_standing else pytest.approx(8.686 * nepers_per_second, rel=0.05))


def test_a_held_key_dies_away_at_the_rate_that_was_measured_from_where_its_time_stands_still() -> None:
    falling = Modulation(0.0, math.nan, math.nan, 0.0, math.nan, math.nan, 12.0)
    sound, standing = (_held(_told(dataclasses.replace(falling, decay_db_per_second=d)), 60, 4.0) for d in (12.0, 0.0))
    second = slice(RATE, RATE + RATE // 4), slice(3 * RATE, 3 * RATE + RATE // 4)
    levels = [20 * np.log10(np.sqrt((one[:, part] ** 2).mean())) for one in (sound, standing) for part in second]
    assert levels[0] - levels[1] == pytest.approx(24, abs=0.5)
    assert levels[2] - levels[3] == pytest.approx(0, abs=0.1)
    assert np.abs(np.diff(sound)).max() <= 1.01 * np.abs(np.diff(standing)).max()


def _told(known: Modulation) -> HarmonicDecoder:
    """A decoder with random weights that has been told how its notes move, and is otherwise a steady tone."""
    torch.manual_seed(1)
    decoder = HarmonicDecoder(SMALL, 1).eval()
    with torch.no_grad():
        decoder.modulation.write.bias.copy_(torch.tensor(targets(known)[0]))
        decoder.noise_bands.write.weight.zero_()
        decoder.noise_bands.write.bias.fill_(-30.0)
    return decoder


def _held(decoder: HarmonicDecoder, note: float, seconds: float, seed: int = 0) -> np.ndarray:
    """A key held at the note time of its tenth hop, [1, frames]."""
    noise = 2 * torch.rand(1, 1, HOP, generator=torch.Generator().manual_seed(seed)) - 1
    latent = torch.randn(1, 16, generator=torch.Generator().manual_seed(5))
    one, states, sound = torch.ones(1, 1), decoder.zero_states(1), []
    with torch.no_grad():
        for hop in range(round(seconds * HOPS_PER_SECOND)):
            audio, *states = decoder.step(latent, note * one, one, one, one * (hop < 10), noise, *states)
            sound.append(audio[0])
    return torch.cat(sound, dim=-1).numpy()


def test_a_held_key_has_the_vibrato_that_was_measured_about_the_right_pitch() -> None:
    known = Modulation(18.0, 5.5, 0.3, 0.0, math.nan, math.nan)
    sound = _held(_told(known), 64.0, 4.0)
    again = _measured(sound[:, RATE:], 64)
    assert again.vibrato_hz == pytest.approx(5.5, abs=0.1)
    assert again.vibrato_cents == pytest.approx(18.0, rel=0.1)
    assert 100 * abs(measure_pitch(sound, RATE, near_note=64).note - 64) < 1
    first = _measured(sound[:, : RATE // 2], 64)
    assert math.isnan(first.vibrato_cents)
    course = measure_movement(sound, RATE, 64, HOP, None).course_semitones
    assert np.abs(course[15:30]).max() < 0.5 * np.abs(course[200:]).max(), "a vibrato rises"


def test_two_strikes_of_a_key_do_not_swing_in_step() -> None:
    decoder = _told(Modulation(18.0, 5.5, 0.0, 0.0, math.nan, math.nan))
    one, other = (
        measure_movement(_held(decoder, 64.0, 1.5, seed), RATE, 64, HOP, None).course_semitones[60:] for seed in (0, 1)
    )
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.95


@pytest.mark.parametrize(("tremolo_hz", "beating_hz"), [(4.2, 0.0), (0.0, 0.8)])
def test_a_held_key_beats_as_was_measured_and_begins_at_the_level_that_was_learnt(
    tremolo_hz: float, beating_hz: float
) -> None:
    known = Modulation(0.0, math.nan, math.nan, 0.6, tremolo_hz, beating_hz)
    decoder, still = _told(known), _told(dataclasses.replace(known, swing=0.0))
    sound, steady = _held(decoder, 57.0, 4.0), _held(still, 57.0, 4.0)
    again = _measured(sound[:, RATE // 2 :], 57)
    assert again.tremolo_hz == pytest.approx(tremolo_hz, abs=0.1)
    assert again.beating_hz == pytest.approx(beating_hz, abs=0.1)
    assert again.swing == pytest.approx(0.6, rel=0.25)
    first = slice(0, 2 * HOP)
    assert np.abs(sound[:, first] - steady[:, first]).max() < 0.2 * np.abs(steady[:, first]).max()


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_between_beating_and_tremolo_too_a_note_begins_at_its_level(share: float) -> None:
    decoder = _told(Modulation(0.0, math.nan, math.nan, 0.8, 4.0, 0.0))
    modulation, one = decoder.modulation, torch.ones(1, 1)
    with torch.no_grad():
        written = modulation.write.bias[None].clone()
        written[:, 6] = share
        moves = modulation.moves(written, 0 * one, one, torch.zeros(1, 3), 0 * one)
        levels = modulation.levels(moves)
    assert 20 * float(torch.log10(levels).abs().max()) < 0.3


def test_a_decoder_that_was_told_nothing_is_steady() -> None:
    torch.manual_seed(1)
    decoder = HarmonicDecoder(SMALL, 1).eval()
    with torch.no_grad():
        decoder.noise_bands.write.bias.fill_(-30.0)
    known = _measured(_held(decoder, 60.0, 3.0)[:, RATE // 2 :], 60)
    assert (known.vibrato_cents, known.swing) == (0.0, 0.0)
