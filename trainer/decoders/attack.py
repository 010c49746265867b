"""The attack of a note, written outright: what a hammer, a pick or a tongue does before the tone is there.

The network writes coefficients of the lapped transform that also carries the noise, so that they cost no transform of
their own and overlap smoothly from hop to hop, and how loud they are by bands, as a logarithm: what is written outright
is never quite nothing, and would hiss where the sound has no treble. A fixed fade over about the first 100 ms sees to
it that this branch can say nothing of the tone: ungated it sounds at multiples of the hop rate.
"""

import torch
from torch import Tensor, nn

from trainer.settings import ModelSettings

LARGEST = 6.0
"""Bound of a coefficient: about a sine of half of full scale in one window."""


class Attack(nn.Module):
    """Hidden vectors → coefficients of the first hops' windows; of stereo, those of the middle and the side."""

    def __init__(self, settings: ModelSettings, channels: int, interpolation: Tensor) -> None:
        """``interpolation`` [bands, coefficients] spreads bands over coefficients."""
        super().__init__()
        self.channels, self.windows, self.hops = channels, settings.noise_windows_per_hop, settings.attack_hops
        self.coefficients = settings.hop_frames // self.windows
        self.write = nn.Linear(settings.trunk_channels, channels * self.windows * self.coefficients)
        self.level = nn.Linear(settings.trunk_channels, channels * len(interpolation))
        self.register_buffer("interpolation", interpolation, persistent=False)
        with torch.no_grad():
            self.write.weight.mul_(0.01)
            self.write.bias.zero_()
            self.level.weight.mul_(0.1)
            # Below the limit, above which it would not learn.
            self.level.bias.fill_(-0.5)

    def freedom(self, hop_index: Tensor) -> Tensor:
        """How much of an attack is left, 1 at the onset and 0 once it is over; ``hop_index`` counts hops, [rows, 1]."""
        share = torch.relu(1 - hop_index * (1 / self.hops))
        return share * share

    def forward(self, hidden: Tensor, freedom: Tensor) -> Tensor:
        """Return [rows, channels, windows, coefficients].

        Args:
            hidden: [rows, trunk_channels].
            freedom: as :meth:`freedom` gives it, [rows, 1].
        """
        level = self.level(hidden).reshape(-1, self.channels, 1, len(self.interpolation)) @ self.interpolation
        written = torch.tanh(self.write(hidden)) * (freedom * LARGEST)
        written = written.reshape(-1, self.channels, self.windows, self.coefficients)
        return written * torch.exp(torch.clamp(level, max=0.0))
