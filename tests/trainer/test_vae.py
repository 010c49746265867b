"""Claims about encoder and autoencoder: what they accept, and that they learn a sound."""

import dataclasses

import pytest
import torch

from trainer.losses import reconstruction_loss
from trainer.settings import LossSettings, ModelSettings
from trainer.vae import VariationalAutoencoder

SMALL = dataclasses.replace(
    ModelSettings(),
    longest_seconds=0.5,
    trunk_channels=32,
    trunk_blocks=2,
    condition_channels=32,
    oscillators=96,
    encoder_channels=24,
    encoder_dropout=0.0,
)
HOP = SMALL.hop_frames


def _one(batch: int) -> torch.Tensor:
    return torch.ones(batch, 1)


@pytest.mark.parametrize("channels", [1, 2])
def test_short_and_long_sounds_get_a_place_in_latent_space(channels: int) -> None:
    torch.manual_seed(0)
    vae = VariationalAutoencoder(SMALL, channels).eval()
    for frames in (300, SMALL.encoder_frames, 2 * SMALL.encoder_frames):
        mean, log_variance = vae.encode(torch.randn(3, channels, frames).clamp(-1, 1))
        assert mean.shape == log_variance.shape == (3, SMALL.latent_size)
        assert torch.isfinite(mean).all()
        assert torch.isfinite(log_variance).all()


def test_silence_after_a_sound_does_not_move_it() -> None:
    torch.manual_seed(0)
    vae = VariationalAutoencoder(SMALL, 1).eval()
    sound = torch.rand(1, 1, 6000) * 2 - 1
    padded = torch.nn.functional.pad(sound, (0, 3000))
    torch.testing.assert_close(vae.encode(sound), vae.encode(padded), atol=1e-5, rtol=0)


def test_the_encoder_tells_a_kick_that_begins_upwards_from_one_that_begins_downwards() -> None:
    torch.manual_seed(0)
    vae = VariationalAutoencoder(SMALL, 1).eval()
    n = torch.arange(8000)
    kick = (torch.sin(0.008 * n) * torch.exp(-n / 3000)).expand(1, 1, -1)
    with torch.no_grad():
        assert not torch.allclose(vae.encode(kick)[0], vae.encode(-kick)[0], atol=1e-3)


def test_more_than_two_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="1 or 2"):
        VariationalAutoencoder(SMALL, 3)


def test_every_parameter_takes_part_in_training() -> None:
    torch.manual_seed(0)
    vae = VariationalAutoencoder(SMALL, 1)
    sounds = torch.rand(4, 1, 20 * HOP) * 2 - 1
    noise = torch.rand(4, 1, 20 * HOP) * 2 - 1
    output, mean, log_variance = vae(sounds, _one(4), 60 * _one(4), noise, torch.zeros(4, dtype=torch.long), 20)
    (reconstruction_loss(output, sounds, LossSettings())["total"] + log_variance.sum() + mean.sum()).backward()
    idle = [name for name, weights in vae.named_parameters() if weights.grad is None or not weights.grad.any()]
    assert idle == []


def test_a_few_steps_bring_two_different_sounds_closer() -> None:
    """A low tone and a burst of noise: after few steps each is nearer to its own original than to the other's."""
    torch.manual_seed(0)
    hops = 24
    n = torch.arange(hops * HOP)
    tone = torch.sin(0.02 * n) * torch.exp(-n / 4000)
    burst = (torch.rand(hops * HOP) * 2 - 1) * torch.exp(-n / 700)
    sounds = torch.stack([tone, burst])[:, None]
    vae = VariationalAutoencoder(SMALL, 1)
    optimiser = torch.optim.AdamW(vae.parameters(), lr=3e-3)
    begin = torch.zeros(2, dtype=torch.long)
    settings = dataclasses.replace(LossSettings(), window_frames=(1024, 256))
    distances = []
    for _ in range(120):
        noise = torch.rand(2, 1, hops * HOP) * 2 - 1
        output, _, _ = vae(sounds, _one(2), 60 * _one(2), noise, begin, hops)
        loss = reconstruction_loss(output, sounds, settings)["total"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        distances.append(float(loss.detach()))
    assert distances[-1] < 0.5 * distances[0]
    vae.eval()
    with torch.no_grad():
        mean, _ = vae.encode(sounds)
        output = vae.decode(mean, _one(2), 60 * _one(2), noise, begin, hops)
        own = [float(reconstruction_loss(output[i : i + 1], sounds[i : i + 1], settings)["total"]) for i in (0, 1)]
        other = [float(reconstruction_loss(output[i : i + 1], sounds[1 - i][None], settings)["total"]) for i in (0, 1)]
    assert own[0] < 0.5 * other[0]
    assert own[1] < 0.5 * other[1]
