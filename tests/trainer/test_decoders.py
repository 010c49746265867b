"""Claims about the decoder: one sound in two forms, exact onsets, steady tones, and white noise that stays white."""

import dataclasses

import pytest
import torch

from trainer.decoders.noise_bands import NoiseBands
from trainer.decoders.oscillators import Oscillators
from trainer.decoders.spectral_noise import SpectralNoiseDecoder
from trainer.settings import ModelSettings

SMALL = dataclasses.replace(
    ModelSettings(), trunk_channels=24, trunk_blocks=2, condition_channels=16, oscillators=64, noise_bands=12
)
HOP = SMALL.hop_frames


def _decoder(channels: int = 1) -> SpectralNoiseDecoder:
    torch.manual_seed(1)
    return SpectralNoiseDecoder(SMALL, channels).eval()


def _streamed(decoder: SpectralNoiseDecoder, latent: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    one = torch.ones(len(latent), 1)
    states = decoder.zero_states(len(latent))
    hops = []
    with torch.no_grad():
        for begin in range(0, noise.shape[-1], HOP):
            stretch = noise[..., begin : begin + HOP]
            audio, *states = decoder.step(latent, 60 * one, one, one, one, stretch, *states)
            hops.append(audio)
    return torch.cat(hops, dim=-1)


def _noise(batch: int, channels: int, hops: int) -> torch.Tensor:
    return torch.rand(batch, channels, hops * HOP) * 2 - 1


@pytest.mark.parametrize("channels", [1, 2])
def test_training_and_streaming_form_give_the_same_samples_from_the_onset_on(channels: int) -> None:
    decoder = _decoder(channels)
    latent, noise = torch.randn(3, 16), _noise(3, channels, 40)
    with torch.no_grad():
        at_once = decoder(latent, noise, torch.zeros(3, dtype=torch.long), 40)
    streamed = _streamed(decoder, latent, noise)
    assert at_once.shape == (3, channels, 40 * HOP)
    assert streamed.abs().max() > 0.01
    torch.testing.assert_close(at_once, streamed, atol=1e-5, rtol=0)


def test_a_crop_of_a_note_gives_the_samples_of_the_whole_note() -> None:
    decoder = _decoder()
    # What detuning has added to the phases until a crop begins is not known in the crop.
    torch.nn.init.zeros_(decoder.oscillators.detune.weight)
    latent, noise = torch.randn(3, 16), _noise(3, 1, 60)
    first_hop = torch.tensor([1, 7, 35])
    whole = _streamed(decoder, latent, noise)
    crops = [slice(int(hop) * HOP, (int(hop) + 20) * HOP) for hop in first_hop]
    with torch.no_grad():
        cropped = decoder(latent, torch.stack([noise[i, :, crop] for i, crop in enumerate(crops)]), first_hop, 20)
    expected = torch.stack([whole[i, :, crop] for i, crop in enumerate(crops)])
    # Which noise sounded before a crop is not known: it reaches into the first half window and no further.
    begin = decoder.noise_bands.coefficients
    torch.testing.assert_close(cropped[..., begin:], expected[..., begin:], atol=1e-5, rtol=0)
    assert not torch.allclose(cropped[..., :begin], expected[..., :begin], atol=1e-5)


def test_zero_states_begin_a_note_whatever_sounded_before() -> None:
    decoder = _decoder()
    latent, noise = torch.randn(1, 16), _noise(1, 1, 10)
    one = torch.ones(1, 1)
    states = decoder.zero_states(1)
    with torch.no_grad():
        for _ in range(12):
            _, *states = decoder.step(-latent, one, one, one, one, noise[..., :HOP], *states)
    torch.testing.assert_close(_streamed(decoder, latent, noise), _streamed(decoder, latent, noise), atol=0, rtol=0)
    assert all(state.abs().sum() > 0 for state in states)
    begun_again = [torch.zeros_like(state) for state in states]
    with torch.no_grad():
        audio, *_ = decoder.step(latent, one, one, one, one, noise[..., :HOP], *begun_again)
    torch.testing.assert_close(audio, _streamed(decoder, latent, noise)[..., :HOP], atol=0, rtol=0)


def test_pitch_velocity_and_gate_do_not_change_an_unpitched_sound() -> None:
    decoder = _decoder()
    latent, noise, one = torch.randn(2, 16), _noise(2, 1, 1), torch.ones(2, 1)
    with torch.no_grad():
        first, *_ = decoder.step(latent, 60 * one, one, one, one, noise, *decoder.zero_states(2))
        second, *_ = decoder.step(latent, 30 * one, 0.1 * one, 0 * one, one, noise, *decoder.zero_states(2))
    torch.testing.assert_close(first, second, atol=0, rtol=0)


def test_note_time_stands_still_at_rate_zero_and_oscillators_keep_turning() -> None:
    decoder = _decoder()
    latent, noise, one = torch.randn(1, 16), torch.zeros(1, 1, HOP), torch.ones(1, 1)
    states, hops = decoder.zero_states(1), []
    with torch.no_grad():
        for _ in range(30):
            audio, *states = decoder.step(latent, one, one, one, 0 * one, noise, *states)
            hops.append(audio)
    hops_heard, note_time = float(states[0][0, 1]), float(states[0][0, 2])
    assert (hops_heard, note_time) == (29.0, 0.0)
    assert not torch.allclose(hops[-1], hops[-2], atol=1e-4)
    # Frozen, the level neither dies nor grows.
    assert 0.5 < float(hops[-1].std() / hops[-8].std()) < 2


def test_a_steady_amplitude_is_a_pure_tone_without_lines_at_the_hop_rate() -> None:
    bank = Oscillators(SMALL, channels=1)
    hops, tone = 64, 20
    with torch.no_grad():
        bank.write.weight.zero_()
        bank.write.bias.view(2, -1)[0] = -30.0
        bank.write.bias.view(2, -1)[0, tone] = 0.0
        index = torch.arange(hops + 1, dtype=torch.float32)[:, None]
        silence = torch.zeros(hops + 1, SMALL.trunk_channels)
        real, imaginary = bank.amplitudes(silence, index, torch.zeros(hops + 1, 1, bank.count))
        before = bank.turned(real[:-1], imaginary[:-1])
        audio = bank.synthesise(before, (real[1:], imaginary[1:])).flatten()
    spectrum = torch.fft.rfft(audio.double() * torch.hann_window(len(audio), dtype=torch.float64)).abs()
    peak = int(spectrum.argmax())
    beside = torch.cat([spectrum[: peak - 20], spectrum[peak + 21 :]])
    assert float(audio.abs().max()) == pytest.approx(1.0, abs=0.01)
    assert float(beside.max() / spectrum.max()) < 1e-4


def test_noise_with_equal_gains_stays_white_and_keeps_its_power() -> None:
    bands = NoiseBands(SMALL, channels=1)
    hops = 600
    with torch.no_grad():
        bands.write.weight.zero_()
        bands.write.bias.zero_()
        first, second = bands.unwindowed(torch.zeros(hops, SMALL.trunk_channels), _noise(hops, 1, 1))
        tails = torch.cat([torch.zeros(1, 1, 1, bands.coefficients), second[:-1, :, -1:]])
        audio = (
            first * bands.rise_at(torch.zeros(hops, 1, 1)) + torch.cat([tails, second[:, :, :-1]], dim=2)
        ).flatten()
    power = (torch.fft.rfft(audio[HOP:].double()).abs() ** 2 / len(audio[HOP:])).unfold(0, 2000, 2000).mean(dim=1)
    assert float(audio[HOP:].var()) == pytest.approx(1.0, rel=0.03)
    assert float(power.min()) > 0.85
    assert float(power.max()) < 1.15


def test_a_note_is_full_from_its_first_sample_on() -> None:
    bands = NoiseBands(SMALL, channels=1)
    with torch.no_grad():
        bands.write.weight.zero_()
        bands.write.bias.zero_()
        first, _ = bands.unwindowed(torch.zeros(2000, SMALL.trunk_channels), _noise(2000, 1, 1))
        onset = (first * bands.rise_at(torch.ones(2000, 1, 1)))[:, 0, 0]
    # Power at each of the first samples, over many notes.
    assert float(onset[:, :16].var()) == pytest.approx(1.0, rel=0.1)
