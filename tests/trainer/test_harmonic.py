"""Claims about the decoder of notes that hold for any weights: tuning, glides, release, held notes, velocity."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from runtime.pitch_detection import note_to_hz
from trainer.decoders.harmonic import SLOWEST_RELEASE_DB_PER_SECOND, HarmonicDecoder
from trainer.decoders.harmonics import Harmonics, partial_numbers
from trainer.figures import hop_lines_db
from trainer.settings import NOTES_MODEL

SMALL = dataclasses.replace(NOTES_MODEL, trunk_channels=24, trunk_blocks=2, condition_channels=16, noise_bands=12)
HOP, RATE = SMALL.hop_frames, SMALL.sample_rate
HOPS_PER_SECOND = RATE / HOP


def _decoder(channels: int = 1) -> HarmonicDecoder:
    torch.manual_seed(1)
    return HarmonicDecoder(SMALL, channels).eval()


def _noise(batch: int, channels: int, hops: int) -> Tensor:
    return torch.rand(batch, channels, hops * HOP) * 2 - 1


def _latent(batch: int) -> Tensor:
    return torch.randn(batch, 16, generator=torch.Generator().manual_seed(5))


def _played(
    decoder: HarmonicDecoder,
    pitch: Tensor,
    noise: Tensor,
    *,
    held_hops: float = math.inf,
    velocity: float = 1.0,
    sustain_hops: float = math.inf,
) -> Tensor:
    """What the streaming decoder plays, [voices, channels, frames]; ``pitch`` is [voices, 1] or [voices, hops]."""
    voices, hops = len(pitch), noise.shape[-1] // HOP
    one, latent, states, sound = torch.ones(voices, 1), _latent(voices), decoder.zero_states(voices), []
    with torch.no_grad():
        for hop, at in enumerate(pitch.expand(-1, hops).unbind(1)):
            gate, rate = float(hop < held_hops), float(hop < sustain_hops or hop >= held_hops)
            stretch = noise[..., hop * HOP : (hop + 1) * HOP]
            audio, *states = decoder.step(latent, at[:, None], velocity * one, gate * one, rate * one, stretch, *states)
            sound.append(audio)
    return torch.cat(sound, dim=-1)


def _level_db(sound: Tensor) -> float:
    return float(10 * torch.log10((sound.double() ** 2).mean() + 1e-30))


def _spectrum(sound: Tensor) -> np.ndarray:
    return np.abs(np.fft.rfft(sound.double().numpy() * np.blackman(sound.shape[-1])))


def _peak_hz(sound: Tensor, near_hz: float) -> float:
    """Frequency of the strongest line within a semitone of ``near_hz``, by a parabola through the levels."""
    level = np.log(_spectrum(sound) + 1e-12)
    bin_hz = RATE / sound.shape[-1]
    low, high = (round(near_hz * 2 ** (semitones / 12) / bin_hz) for semitones in (-1, 1))
    at = low + int(level[low : high + 1].argmax())
    before, here, after = level[at - 1 : at + 2]
    return float((at + 0.5 * (before - after) / (before - 2 * here + after)) * bin_hz)


@pytest.mark.parametrize("channels", [1, 2])
def test_training_and_streaming_form_give_the_same_samples(channels: int) -> None:
    decoder, noise = _decoder(channels), _noise(3, channels, 40)
    pitch = torch.tensor([[31.0], [60.3], [90.0]]) + 0.1 * torch.arange(40).sin()
    held = torch.full((3,), 25.0)
    with torch.no_grad():
        pitch_before = torch.cat([pitch[:, :1], pitch], dim=1)
        begin = torch.zeros(3, dtype=torch.long)
        at_once, _ = decoder(_latent(3), pitch_before, torch.full((3, 1), 0.7), held, noise, begin, 40)
    streamed = _played(decoder, pitch, noise, held_hops=25, velocity=0.7) / 0.7**2
    assert at_once.shape == (3, channels, 40 * HOP)
    assert streamed.abs().max() > 0.01
    torch.testing.assert_close(at_once, streamed, atol=1e-5, rtol=0)


def test_a_crop_has_the_level_of_the_whole_note() -> None:
    decoder, noise = _decoder(), _noise(2, 1, 60)
    pitch = torch.tensor([[40.0], [72.0]])
    whole = _played(decoder, pitch, noise, held_hops=45)[..., 30 * HOP : 50 * HOP]
    with torch.no_grad():
        held, begin, loud = torch.full((2,), 45.0), torch.full((2,), 30), torch.ones(2, 1)
        crop, _ = decoder(_latent(2), pitch, loud, held, noise[..., 30 * HOP : 50 * HOP], begin, 20)
    for part in (slice(0, 10 * HOP), slice(15 * HOP, 20 * HOP)):
        assert _level_db(crop[..., part]) == pytest.approx(_level_db(whole[..., part]), abs=1.0)


def test_every_key_is_in_tune_within_a_tenth_of_a_cent() -> None:
    keys = torch.arange(12, 128, 5)
    noise = torch.zeros(len(keys), 1, 290 * HOP)
    sound = _played(_decoder(), keys[:, None].float(), noise, sustain_hops=10)[:, 0, 30 * HOP :]
    for key, one in zip(keys.tolist(), sound, strict=True):
        if note_to_hz(key) < 20_000:
            cents = 1200 * math.log2(_peak_hz(one, note_to_hz(key)) / note_to_hz(key))
            assert abs(cents) < (0.1 if key > 35 else 1.5), f"key {key} is {cents:.2f} cents off"


@pytest.mark.parametrize("key", [100, 108, 115, 120])
def test_high_keys_have_their_partials_and_nothing_else(key: int) -> None:
    # Held, since with random weights amplitudes jump about while note time goes on.
    noise = torch.zeros(1, 1, 200 * HOP)
    sound = _played(_decoder(), torch.tensor([[float(key)]]), noise, sustain_hops=10)[0, 0, 40 * HOP :]
    spectrum = _spectrum(sound)
    hz, frequency = note_to_hz(key), np.fft.rfftfreq(sound.shape[-1], 1 / RATE)
    numbers = partial_numbers(SMALL.harmonics).numpy()
    distance = np.abs(frequency[:, None] - numbers * hz).min(axis=1)
    beside = spectrum[distance > 60]
    assert 20 * np.log10(beside.max() / spectrum.max()) < -80
    # Stretched harmonics too end before half of the sample rate.
    assert 20 * np.log10(spectrum[frequency > 0.475 * RATE].max() / spectrum.max()) < -80


def _one_harmonic(number: int) -> Harmonics:
    """A bank in which one harmonic sounds, at level 1, and nothing is stretched."""
    bank = Harmonics(SMALL, 1)
    with torch.no_grad():
        for layer in (bank.write, bank.envelope, bank.stretch):
            layer.weight.zero_()
            layer.bias.zero_()
        bank.stretch.bias.fill_(-4.0)
        bank.write.bias.fill_(-30.0)[number - 1] = 0.0
    return bank


def _swept(bank: Harmonics, pitch: Tensor) -> tuple[Tensor, Tensor]:
    """Sound of a bank while the pitch moves from hop to hop, and its frequency at the end of each, turns per frame."""
    sound, before = [], None
    with torch.no_grad():
        for at in pitch:
            features = torch.zeros(1, 12)
            frequency = bank.frequencies(torch.zeros(1, 16), at.view(1, 1), features)
            amplitudes = bank.amplitudes(torch.zeros(1, SMALL.trunk_channels), frequency, torch.ones(1, 1))
            start = (frequency, bank.first_phases.unsqueeze(0)) if before is None else before
            sound.append(bank.synthesise(start, frequency, amplitudes.expand(-1, -1, 5, -1)).flatten())
            before = (frequency, bank.following(start, frequency))
    return torch.cat(sound), pitch


@pytest.mark.parametrize(("number", "limit_db"), [(1, -75), (8, -58), (30, -47)])
def test_a_glide_follows_the_played_pitch_to_the_phase(number: int, limit_db: float) -> None:
    # Up a whole tone within 110 ms, from 330 Hz: the thirtieth harmonic passes 10 kHz.
    pitch = torch.cat([torch.full((10,), 64.0), torch.linspace(64, 66, 20), torch.full((10,), 66.0)])
    bank = _one_harmonic(number)
    sound, _ = _swept(bank, pitch)
    turns = number * 440 / RATE * 2 ** ((pitch.double().numpy() - 69) / 12)
    lines = np.interp(np.arange(len(sound) + 1), HOP * np.arange(len(turns) + 1), np.concatenate([turns[:1], turns]))
    # The sample of a frame stands in its middle.
    phase = float(bank.first_phases[number - 1]) + np.cumsum((lines[1:] + lines[:-1]) / 2) - 0.5 * lines[:-1]
    error = sound.double().numpy() - np.cos(2 * np.pi * phase)
    assert 20 * np.log10(np.sqrt((error**2).mean()) / np.sqrt(0.5)) < limit_db


def test_a_steady_harmonic_is_a_pure_tone() -> None:
    sound, _ = _swept(_one_harmonic(7), torch.full((80,), 61.37))
    spectrum = _spectrum(sound)
    peak = int(spectrum.argmax())
    beside = np.concatenate([spectrum[: peak - 20], spectrum[peak + 21 :]])
    assert 20 * np.log10(beside.max() / spectrum.max()) < -95
    assert float(sound.abs().max()) == pytest.approx(1.0, abs=0.01)


def test_after_minutes_a_note_is_as_exact_as_at_its_beginning() -> None:
    bank, hops = _one_harmonic(1), 20_000
    frequency = bank.frequencies(torch.zeros(1, 16), torch.full((1, 1), 57.3), torch.zeros(1, 12))
    phase, exact = bank.first_phases.unsqueeze(0), bank.first_phases.double().unsqueeze(0)
    with torch.no_grad():
        for _ in range(hops):
            phase = bank.following((frequency, phase), frequency)
    ideal = bank.numbers.double() * 440 / RATE * 2 ** ((57.3 - 69) / 12)
    exact = exact + ideal * HOP * hops
    drift = (phase.double() - exact + 0.5).remainder(1.0) - 0.5
    # What it has run away by in these 107 seconds, as an error of pitch: the same after half an hour.
    run_away = (drift.abs() / (ideal * HOP * hops))[:, :8]
    assert float(run_away.max()) * 1200 / math.log(2) < 0.01
    assert 0 <= float(phase.min()) <= float(phase.max()) <= 1


def test_a_note_held_for_five_seconds_neither_buzzes_nor_loops_nor_dies() -> None:
    hops, held_at = round(5.5 * HOPS_PER_SECOND), 60
    random = torch.Generator().manual_seed(3)
    noise = torch.rand(2, 1, hops * HOP, generator=random) * 2 - 1
    sound = _played(_decoder(), torch.tensor([[45.0], [70.0]]), noise, sustain_hops=held_at)[..., 80 * HOP :]
    for one in sound.numpy():
        assert hop_lines_db(one, HOPS_PER_SECOND, RATE) < 1.0
        first, last = one[:, : RATE // 2], one[:, -RATE // 2 :]
        assert _level_db(torch.from_numpy(last)) == pytest.approx(_level_db(torch.from_numpy(first)), abs=0.5)
    # Without the tone what remains of two stretches has nothing in common.
    silence = _played(_decoder(), torch.tensor([[45.0]]), torch.zeros(1, 1, hops * HOP // 4), sustain_hops=held_at)
    hiss = sound[0, 0, : HOP * 100] - silence[0, 0, 80 * HOP : 180 * HOP]
    one, other = hiss[: 50 * HOP], hiss[50 * HOP :]
    assert _level_db(hiss) > -90
    assert abs(float((one * other).mean() / (one.std() * other.std()))) < 0.1


@pytest.mark.parametrize("held_hops", [3, 40, 150])
def test_a_released_note_dies_away_without_a_click_wherever_the_key_goes_up(held_hops: int) -> None:
    decoder = _decoder()
    with torch.no_grad():
        decoder.release.bias.fill_(-20.0)
    hops = held_hops + round(3.2 * HOPS_PER_SECOND)
    pitch = torch.tensor([[50.0]])
    noise = torch.zeros(1, 1, hops * HOP)
    sound = _played(decoder, pitch, noise, held_hops=held_hops)[0, 0]
    begin = held_hops * HOP
    lost = [_level_db(sound[begin + i * RATE : begin + i * RATE + 4 * HOP]) for i in range(4)]
    assert lost[0] - lost[3] > 2.7 * SLOWEST_RELEASE_DB_PER_SECOND
    held_on = _played(decoder, pitch, noise[..., : (held_hops + 4) * HOP])[0, 0]
    largest_step = held_on.diff().abs().max()
    assert sound[begin - 64 : begin + 4 * HOP].diff().abs().max() <= 1.5 * largest_step
    torch.testing.assert_close(sound[:begin], held_on[:begin], atol=0, rtol=0)


def test_loudness_goes_with_the_square_of_velocity_and_timbre_changes_too() -> None:
    decoder, noise = _decoder(), torch.zeros(1, 1, 60 * HOP)
    pitch = torch.tensor([[52.0]])
    soft, loud = (_played(decoder, pitch, noise, velocity=v)[0, 0, 30 * HOP :] for v in (0.25, 1.0))
    assert _level_db(loud) - _level_db(soft) == pytest.approx(24.1, abs=6)
    partials = [
        [np.log(_spectrum(one)[round(k * note_to_hz(52) * len(one) / RATE)]) for k in range(1, 20)]
        for one in (soft, loud)
    ]
    assert np.std(np.diff(np.array(partials), axis=0)) > 0.005


def test_pitches_beyond_all_measure_sound_like_nothing_worse() -> None:
    for pitch in (-1e6, 1e6, 140.0):
        sound = _played(_decoder(), torch.tensor([[pitch]]), _noise(1, 1, 10))
        assert bool(torch.isfinite(sound).all())
        assert float(sound.abs().max()) < 4
