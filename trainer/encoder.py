"""From a sound to its place in latent space.

The sound is heard three times: finely at its beginning, where a few milliseconds decide what it is, coarsely over its
whole length, and the first cycles of its low end with their phase. The first two are logarithmic mel spectrograms. All
are made inside the module, so that an exported encoder takes audio.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by

from trainer.log_mel import LogMel, middle_and_side
from trainer.settings import ModelSettings

HALVINGS = 3
FIRST_CYCLES_FRAMES = 2048
FIRST_CYCLES_BELOW_HZ = 800.0


class _Listener(nn.Module):
    """One log-mel view → [batch, features], through convolutions that halve time again and again."""

    def __init__(self, log_mel: LogMel, channels: int) -> None:
        super().__init__()
        self.log_mel = log_mel
        times = log_mel.times
        layers: list[nn.Module] = [nn.Conv1d(log_mel.levels, channels, 3, padding=1), nn.GELU()]
        for _ in range(HALVINGS):
            layers += [
                nn.Conv1d(channels, channels, 4, stride=2, padding=1),
                nn.GroupNorm(1, channels, affine=False),
                nn.GELU(),
            ]
            times //= 2
        self.layers = nn.Sequential(*layers)
        self.features = channels * times

    def forward(self, audio: Tensor) -> Tensor:
        return self.layers(self.log_mel(audio)).flatten(1)


class _FirstCycles(nn.Module):
    """Audio → [batch, features], from the complex spectrum of its first stretch, low frequencies only.

    Levels alone cannot tell a kick that begins upwards from one that begins downwards.
    """

    def __init__(self, sample_rate: int, channels: int, features: int) -> None:
        super().__init__()
        n = torch.arange(FIRST_CYCLES_FRAMES, dtype=torch.float64)
        bins = round(FIRST_CYCLES_BELOW_HZ * FIRST_CYCLES_FRAMES / sample_rate) + 1
        angle = 2 * math.pi / FIRST_CYCLES_FRAMES * n[:, None] * torch.arange(bins)
        fade = torch.hann_window(2 * FIRST_CYCLES_FRAMES, dtype=torch.float64)[FIRST_CYCLES_FRAMES:, None]
        transform = torch.cat([torch.cos(angle), torch.sin(angle)], dim=1) * fade * (8 / FIRST_CYCLES_FRAMES)
        self.register_buffer("transform", transform.float(), persistent=False)
        self.layer = nn.Linear(channels * 2 * bins, features)
        self.features = features

    def forward(self, audio: Tensor) -> Tensor:
        beginning = middle_and_side(audio[..., :FIRST_CYCLES_FRAMES])
        return self.layer((beginning @ self.transform).flatten(1))


class Encoder(nn.Module):
    """Audio that starts at the onset, peak 1 → mean and log variance of the latent coordinate."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.frames = settings.encoder_frames
        self.attack_frames = min(settings.encoder_attack_frames, self.frames)
        width, bands, rate = settings.encoder_channels, settings.encoder_bands, settings.sample_rate

        def listener(window: int, frames: int) -> _Listener:
            return _Listener(LogMel(window, frames // (window // 2) + 1, bands, rate, channels), width)

        self.attack = listener(512, self.attack_frames)
        self.whole = listener(2048, self.frames)
        self.first_cycles = _FirstCycles(rate, channels, width)
        features = self.attack.features + self.whole.features + self.first_cycles.features
        self.mix = nn.Linear(features, 2 * width)
        self.mean = nn.Linear(2 * width, settings.latent_size)
        self.log_variance = nn.Linear(2 * width, settings.latent_size)
        with torch.no_grad():
            self.log_variance.weight.mul_(0.1)
            self.log_variance.bias.fill_(-3.0)

    def forward(self, audio: Tensor, kept: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Audio → mean and log variance, each [batch, latent_size].

        ``audio`` is [batch, channels, frames], at least 2,048 and at most ``encoder_frames`` frames; silence follows.
        ``kept`` are factors for the last hidden values, [batch, 2 · encoder_channels], for dropout (Srivastava et al.
        2014): it comes from outside, so that a training step needs no random numbers of its own.
        """
        beginning = audio[..., : self.attack_frames]
        heard = torch.cat([self.attack(beginning), self.whole(audio), self.first_cycles(audio)], dim=-1)
        mixed = F.gelu(self.mix(heard))
        mixed = mixed if kept is None else mixed * kept
        return self.mean(mixed), torch.clamp(self.log_variance(mixed), min=-12.0, max=6.0)
