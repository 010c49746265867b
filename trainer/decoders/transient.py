"""The attack branch: for its first hops a note may also be written sample by sample.

Clicks and beaters are shorter than a hop and reach above the oscillators' range. The network writes them directly;
a fixed fade over the first hops sees to it that the branch can say nothing about the rest of the sound.
"""

import math

import torch
from torch import Tensor, nn

from trainer.settings import ModelSettings


class Transient(nn.Module):
    """Hidden vectors → waveform of the first hops; of stereo, the middle and the side."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.channels, self.hop_frames, self.hops = channels, settings.hop_frames, settings.transient_hops
        self.write = nn.Linear(settings.trunk_channels, channels * self.hop_frames)
        frames = self.hops * self.hop_frames
        fade = torch.cos(0.5 * math.pi * (torch.arange(frames, dtype=torch.float64) + 0.5) / frames) ** 2
        self.register_buffer("fade", fade.view(self.hops, self.hop_frames).float(), persistent=False)
        self.register_buffer("hop_numbers", torch.arange(self.hops, dtype=torch.float32), persistent=False)
        with torch.no_grad():
            self.write.weight.mul_(0.05)
            self.write.bias.zero_()

    def forward(self, hidden: Tensor, hop_index: Tensor) -> Tensor:
        """Return [rows, channels, hop_frames] for ``hidden`` [rows, trunk_channels] and ``hop_index`` [rows, 1]."""
        which = torch.relu(1 - torch.abs(hop_index - self.hop_numbers))
        written = torch.tanh(self.write(hidden)).reshape(-1, self.channels, self.hop_frames)
        return written * (which @ self.fade).unsqueeze(1)
