"""What a network is told of a note besides its latent: pitch, velocity, and how long ago the key went up."""

import torch
from torch import Tensor, nn

PITCH_STEP = 12.0
PITCH_CENTRES = tuple(PITCH_STEP * number for number in range(11))
"""MIDI notes at which triangles of the pitch stand, an octave apart: what lies between two notes is made of both."""
PITCH_FEATURES = 1 + len(PITCH_CENTRES)
RELEASE_FEATURES = 3
NOTE_FEATURES = PITCH_FEATURES + 2 + RELEASE_FEATURES
LOWEST_PITCH, HIGHEST_PITCH = -24.0, 151.0
"""Pitches are clamped to this: an octave or two of bend beyond what MIDI can write."""


def clamped(pitch: Tensor) -> Tensor:
    """Pitch within what can be computed with."""
    return torch.clamp(pitch, min=LOWEST_PITCH, max=HIGHEST_PITCH)


class NoteFeatures(nn.Module):
    """Pitch, velocity and hops since the release, each [..., 1] → [..., NOTE_FEATURES], of magnitude about 1.

    The first ``PITCH_FEATURES`` are those of the pitch alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("centres", torch.tensor(PITCH_CENTRES), persistent=False)

    def forward(self, pitch: Tensor, velocity: Tensor, released_hops: Tensor) -> Tensor:
        """Return the features; ``released_hops`` is 0 as long as the key is held."""
        near = torch.relu(1 - torch.abs(pitch - self.centres) * (1 / PITCH_STEP))
        is_released = torch.clamp(released_hops, max=1.0)
        since = torch.log1p(released_hops) * 0.3
        just = is_released / (1 + 0.2 * released_hops)
        return torch.cat([(pitch - 60) * (1 / 24), near, velocity, velocity * velocity, is_released, since, just], -1)
