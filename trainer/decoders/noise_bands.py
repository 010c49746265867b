"""The noise branch: white noise coloured in the lapped transform domain, twice and more per hop.

The voice's own noise is taken as the coefficients of an orthogonal lapped transform (MDCT with a sine window, Princen
and Bradley 1986, doi:10.1109/TASSP.1986.1164954): coefficients that are white stay white, so no analysis is needed,
only a gain per coefficient and the inverse. Gains are written as levels of bands and run smoothly between them.
The first window of a note is full from its first sample on.
"""

import math

import torch
from torch import Tensor, nn

from trainer.decoders.stereo import Placing
from trainer.settings import ModelSettings

LOUDEST = 2.0
"""Limit of the logarithm of a gain."""
ERB_PER_HZ = 0.00437
UNIFORM_TO_UNIT_POWER = math.sqrt(3.0)


def band_interpolation(bands: int, coefficients: int, sample_rate: int, at_hz: Tensor | None = None) -> Tensor:
    """Matrix [bands, coefficients] that draws straight lines between band centres on the ERB-rate scale.

    ERB-rate after Glasberg and Moore 1990, doi:10.1016/0378-5955(90)90170-T. Each column sums to 1. With ``at_hz`` the
    columns stand for these frequencies instead of the coefficients'; the outermost bands go on beyond their centres.
    """
    frequency = (torch.arange(coefficients, dtype=torch.float64) + 0.5) * sample_rate / 2 / coefficients
    rate = erb_rate(frequency)
    centres = torch.linspace(float(rate[0]), float(rate[-1]), bands, dtype=torch.float64)
    spacing = centres[1] - centres[0]
    if at_hz is not None:
        rate = erb_rate(at_hz).clamp(float(rate[0]), float(rate[-1]))
    return torch.relu(1 - torch.abs(rate[None, :] - centres[:, None]) / spacing).float()


def erb_rate(frequency_hz: Tensor) -> Tensor:
    """Number of equivalent rectangular bandwidths below a frequency."""
    return 21.4 * torch.log10(1 + ERB_PER_HZ * frequency_hz)


def lapped_synthesis(coefficients: int) -> tuple[Tensor, Tensor]:
    """Inverse MDCT without its window, [coefficients, 2 × coefficients], and the rising half of the sine window."""
    n = torch.arange(2 * coefficients, dtype=torch.float64)
    k = torch.arange(coefficients, dtype=torch.float64)
    angle = math.pi / coefficients * (n[None, :] + 0.5 + coefficients / 2) * (k[:, None] + 0.5)
    rise = torch.sin(math.pi * (n[:coefficients] + 0.5) / (2 * coefficients))
    return (math.sqrt(2 / coefficients) * torch.cos(angle)).float(), rise.float()


class NoiseBands(nn.Module):
    """Hidden vectors and white noise → coloured noise; of stereo, the middle and the side."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.channels, self.bands = channels, settings.noise_bands
        self.windows = settings.noise_windows_per_hop
        self.coefficients = settings.hop_frames // self.windows
        self.write = nn.Linear(settings.trunk_channels, channels * self.windows * self.bands)
        interpolation = band_interpolation(self.bands, self.coefficients, settings.sample_rate)
        synthesis, rise = lapped_synthesis(self.coefficients)
        self.register_buffer("interpolation", interpolation, persistent=False)
        self.register_buffer("synthesis", synthesis * UNIFORM_TO_UNIT_POWER, persistent=False)
        in_note = rise.repeat(self.windows, 1)
        at_onset = torch.zeros_like(in_note)
        at_onset[0] = 1 - rise
        self.register_buffer("rise_in_note", in_note, persistent=False)
        self.register_buffer("rise_at_onset", at_onset, persistent=False)
        self.register_buffer("fall", rise.flip(0), persistent=False)
        with torch.no_grad():
            self.write.weight.mul_(0.5)
            self.write.bias.fill_(-4.5)

    def unwindowed(
        self,
        hidden: Tensor,
        noise: Tensor,
        placing: Placing | None = None,
        written: Tensor | None = None,
        all_gain: Tensor | None = None,
        freedom: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Colour noise of whole hops.

        Args:
            hidden: [rows, trunk_channels]; one row is one hop of one sound.
            noise: [rows, channels, hop_frames], uniform in −1…1.
            placing: where the sound stands and how wide it is, for coefficients; stereo only.
            written: coefficients that are no noise and are added, [rows, channels, windows per hop, coefficients].
            all_gain: of all of it, [rows, 1, 1, 1].
            freedom: how far the windows of one hop may differ in level, 0…1, [rows, 1, 1, 1]; freely if left out.

        Returns:
            First and second half of every window, each [rows, channels, windows per hop, coefficients]; the first has
            no window yet, the second falls.
        """
        level = self.write(hidden).reshape(-1, self.channels, self.windows, self.bands)
        if freedom is not None:
            mean = level.mean(dim=2, keepdim=True)
            level = mean + (level - mean) * freedom
        gain = torch.exp(torch.clamp(level @ self.interpolation, max=LOUDEST))
        white = noise.reshape(-1, self.channels, self.windows, self.coefficients)
        coloured = white * gain if written is None else white * gain + written
        if placing is not None:
            coloured = placing(coloured)
        if all_gain is not None:
            coloured = coloured * all_gain
        first, second = (coloured @ self.synthesis).split(self.coefficients, dim=-1)
        return first, second * self.fall

    def rise_at(self, fresh: Tensor) -> Tensor:
        """Rising halves of a hop's windows, [rows, 1, windows, coefficients]; full where a note begins.

        ``fresh`` [rows, 1, 1] is 1 in a note's first hop, else 0.
        """
        return self.rise_in_note + fresh.unsqueeze(-1) * self.rise_at_onset
