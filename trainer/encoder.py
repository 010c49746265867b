"""From a sound to its place in latent space.

The sound is heard three times: finely at its beginning, where a few milliseconds decide what it is, coarsely over its
whole length, and the first cycles of its low end with their phase. The first two are logarithmic mel spectrograms. All
are made inside the module, so that an exported encoder takes audio.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by

from trainer.settings import ModelSettings

LOG_FLOOR = 1e-5
"""Mel amplitude (full scale 1) below which everything counts as silence: −100 dB."""
HALVINGS = 3
FIRST_CYCLES_FRAMES = 2048
FIRST_CYCLES_BELOW_HZ = 800.0


def mel_filters(bands: int, window_frames: int, sample_rate: int, lowest_hz: float = 20.0) -> Tensor:
    """Triangular filters, [window_frames // 2 + 1, bands], each with weights that sum to 1 where it has any.

    Mel scale of O'Shaughnessy 1987: 2595 log10(1 + f / 700). Bands narrower than a bin take the bin nearest to them.
    """
    frequency = torch.linspace(0, sample_rate / 2, window_frames // 2 + 1, dtype=torch.float64)
    limits = [2595 * math.log10(1 + f / 700) for f in (lowest_hz, sample_rate / 2)]
    edges = 700 * (10 ** (torch.linspace(limits[0], limits[1], bands + 2, dtype=torch.float64) / 2595) - 1)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (frequency[:, None] - low) / (centre - low)
    falling = (high - frequency[:, None]) / (high - centre)
    filters = torch.relu(torch.minimum(rising, falling))
    nearest = torch.argmin(torch.abs(frequency[:, None] - centre), dim=0)
    empty = filters.sum(dim=0) == 0
    filters[nearest[empty], torch.nonzero(empty).flatten()] = 1.0
    return (filters / filters.sum(dim=0)).float()


def _unit_size(amplitude: Tensor) -> Tensor:
    return torch.log(amplitude + LOG_FLOOR) * 0.25 + 1.5


class LogMel(nn.Module):
    """Audio [batch, channels, frames] → log-mel levels of about unit size, [batch, channels × bands, times]."""

    def __init__(self, window_frames: int, hop_frames: int, times: int, bands: int, sample_rate: int) -> None:
        super().__init__()
        self.window_frames, self.hop_frames, self.times = window_frames, hop_frames, times
        n = torch.arange(window_frames, dtype=torch.float64)
        window = torch.hann_window(window_frames, dtype=torch.float64)
        angle = 2 * math.pi / window_frames * n[:, None] * torch.arange(window_frames // 2 + 1)
        scale = 2 / window.sum()
        transform = torch.cat([torch.cos(angle), torch.sin(angle)], dim=1) * window[:, None] * scale
        self.register_buffer("window", (window * scale).float(), persistent=False)
        self.register_buffer("transform", transform.T.unsqueeze(1).float().contiguous(), persistent=False)
        self.register_buffer("filters", mel_filters(bands, window_frames, sample_rate), persistent=False)

    def forward(self, audio: Tensor) -> Tensor:
        """Windows are centred on multiples of the hop; what lies outside the sound is silence.

        A sound may be shorter than ``times`` windows: the silence after it costs nothing.
        """
        half = self.window_frames // 2
        if torch.onnx.is_in_onnx_export():
            # The exported graph does without a transform operator: a convolution with the transform's rows.
            rows = F.conv1d(audio.flatten(0, 1).unsqueeze(1), self.transform, stride=self.hop_frames, padding=half)
            cosine, sine = rows.transpose(1, 2).unflatten(0, audio.shape[:2]).chunk(2, dim=-1)
            return self._levels(torch.sqrt(cosine * cosine + sine * sine))
        whole_hops = -audio.shape[-1] % self.hop_frames
        frames = F.pad(audio, (half, half + whole_hops)).unfold(-1, self.window_frames, self.hop_frames)
        heard = self._levels(torch.fft.rfft(frames[:, :, : self.times] * self.window).abs())
        silence = float(_unit_size(torch.zeros(())))
        return F.pad(heard, (0, self.times - heard.shape[-1]), value=silence)

    def _levels(self, amplitude: Tensor) -> Tensor:
        return _unit_size(amplitude @ self.filters).transpose(-1, -2).flatten(1, 2)


class _Listener(nn.Module):
    """One log-mel view → [batch, features], through convolutions that halve time again and again."""

    def __init__(self, log_mel: LogMel, inputs: int, channels: int) -> None:
        super().__init__()
        self.log_mel = log_mel
        times = log_mel.times
        layers: list[nn.Module] = [nn.Conv1d(inputs, channels, 3, padding=1), nn.GELU()]
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
        return self.layer((audio[..., :FIRST_CYCLES_FRAMES] @ self.transform).flatten(1))


class Encoder(nn.Module):
    """Audio that starts at the onset, peak 1 → mean and log variance of the latent coordinate."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.frames = settings.encoder_frames
        self.attack_frames = min(settings.encoder_attack_frames, self.frames)
        width, bands, rate = settings.encoder_channels, settings.encoder_bands, settings.sample_rate

        def listener(window: int, hop: int, frames: int) -> _Listener:
            return _Listener(LogMel(window, hop, frames // hop + 1, bands, rate), channels * bands, width)

        self.attack = listener(512, 256, self.attack_frames)
        self.whole = listener(2048, 1024, self.frames)
        self.first_cycles = _FirstCycles(rate, channels, width)
        features = self.attack.features + self.whole.features + self.first_cycles.features
        self.mix = nn.Linear(features, 2 * width)
        self.dropout = nn.Dropout(settings.encoder_dropout)
        self.mean = nn.Linear(2 * width, settings.latent_size)
        self.log_variance = nn.Linear(2 * width, settings.latent_size)
        with torch.no_grad():
            self.log_variance.weight.mul_(0.1)
            self.log_variance.bias.fill_(-3.0)

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Audio → mean and log variance, each [batch, latent_size].

        ``audio`` is [batch, channels, frames], at least 2,048 and at most ``encoder_frames`` frames; silence follows.
        """
        beginning = audio[..., : self.attack_frames]
        heard = torch.cat([self.attack(beginning), self.whole(audio), self.first_cycles(audio)], dim=-1)
        mixed = self.dropout(F.gelu(self.mix(heard)))
        return self.mean(mixed), torch.clamp(self.log_variance(mixed), min=-12.0, max=6.0)
