"""The tonal branch: a bank of oscillators at fixed frequencies whose complex amplitudes the network writes every hop.

Amplitudes run on straight lines between hops, so a steady amplitude is a pure tone, whatever the hop: an inverse
transform with overlapping frames does not have that property, and sounds at multiples of sample rate / hop. The
frequencies lie closer together at the low end and share no common period. A partial between two of them is written by
detuning the nearest: what is written is the detuning, so that a steady partial is a steady output, and the phase it
leads to is added up from hop to hop. An onset is exact: the first hop holds its amplitudes from its first sample on.

Additive synthesis by straight lines between frames: McAulay and Quatieri 1986, doi:10.1109/TASSP.1986.1164910.
"""

import math

import torch
from torch import Tensor, nn

from trainer.decoders.stereo import Placing
from trainer.settings import ModelSettings

LOUDEST = 3.0
"""Limit of the logarithm of an amplitude, so that no sound the network has never seen can run away."""

MOST_DETUNE = 0.7
"""How far an oscillator can be detuned, as a share of the distance to its neighbour: no gap, and little overlap."""


def oscillator_frequencies_hz(count: int, lowest_hz: float, highest_hz: float, stretch: float) -> Tensor:
    """Return ``count`` rising frequencies whose spacing grows ``stretch``-fold from the lowest to the highest."""
    position = torch.linspace(0, 1, count, dtype=torch.float64)
    rise = torch.expm1(position * math.log(stretch)) / (stretch - 1) if stretch > 1 else position
    return lowest_hz + (highest_hz - lowest_hz) * rise


class Oscillators(nn.Module):
    """Hidden vectors → sum of oscillators; one row is one hop of one sound. Of stereo, the middle and the side."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.channels, self.count, self.hop_frames = channels, settings.oscillators, settings.hop_frames
        count, hop = self.count, self.hop_frames
        self.write = nn.Linear(settings.trunk_channels, channels * 2 * count)
        self.detune = nn.Linear(settings.trunk_channels, channels * count)
        frequency = oscillator_frequencies_hz(
            count, settings.oscillator_lowest_hz, settings.oscillator_highest_hz, settings.oscillator_stretch
        )
        self.frequency_hz = frequency
        cycles = frequency / settings.sample_rate
        spacing = torch.diff(cycles, append=2 * cycles[-1:] - cycles[-2:-1])
        self.register_buffer("most_detune", (spacing * hop * MOST_DETUNE).float(), persistent=False)
        # Half a hop from its centre outwards; the other half is its mirror image (cosine even, sine odd).
        n = torch.arange(hop // 2, dtype=torch.float64) + 0.5
        cosine, sine = torch.cos(2 * math.pi * cycles[:, None] * n), torch.sin(2 * math.pi * cycles[:, None] * n)
        line = n / hop
        self.register_buffer("even", torch.cat([cosine, -line * sine]).float(), persistent=False)
        self.register_buffer("odd", torch.cat([line * cosine, -sine]).float(), persistent=False)
        self.register_buffer("turns_per_hop", (cycles * hop).frac().float(), persistent=False)
        turn = 2 * math.pi * cycles * hop
        self.register_buffer("turn_real", torch.cos(turn).float(), persistent=False)
        self.register_buffer("turn_imaginary", torch.sin(turn).float(), persistent=False)
        with torch.no_grad():
            self.detune.weight.mul_(0.1)
            self.detune.bias.zero_()
            self.write.weight.mul_(0.5)
            bias = self.write.bias.view(channels, 2, count)
            bias[:, 0] = -5.5
            bias[:, 1] = torch.rand(channels, count) * 2 * math.pi

    def detuned_turns(self, hidden: Tensor) -> Tensor:
        """Turns that detuning adds in one hop, [rows, channels, oscillators]; ``hidden`` [rows, trunk_channels]."""
        return torch.tanh(self.detune(hidden)).reshape(-1, self.channels, self.count) * self.most_detune

    def amplitudes(
        self, hidden: Tensor, hop_index: Tensor, detuned: Tensor, placing: Placing | None = None
    ) -> tuple[Tensor, Tensor]:
        """Complex amplitudes at the end of a hop, turned to the phase of that hop's centre.

        Args:
            hidden: [rows, trunk_channels].
            hop_index: hops since the onset, [rows, 1]; it counts time as heard, so a frozen note keeps its pitch.
            detuned: turns that detuning has added since the onset, [rows, channels, oscillators].
            placing: where the sound stands and how wide it is, for oscillators; stereo only.

        Returns:
            Real and imaginary parts, each [rows, channels, oscillators].
        """
        written = self.write(hidden).reshape(-1, self.channels, 2 * self.count)
        level, phase = written.split(self.count, dim=-1)
        magnitude = torch.exp(torch.clamp(level, max=LOUDEST))
        turns = (hop_index * self.turns_per_hop).unsqueeze(1) + detuned
        angle = phase + (turns - torch.floor(turns)) * (2 * math.pi)
        real, imaginary = magnitude * torch.cos(angle), magnitude * torch.sin(angle)
        return (real, imaginary) if placing is None else (placing(real), placing(imaginary))

    def turned(self, real: Tensor, imaginary: Tensor) -> tuple[Tensor, Tensor]:
        """Carry amplitudes from the phase of one hop's centre to the next one's."""
        return (
            real * self.turn_real - imaginary * self.turn_imaginary,
            real * self.turn_imaginary + imaginary * self.turn_real,
        )

    def synthesise(self, start: tuple[Tensor, Tensor], end: tuple[Tensor, Tensor]) -> Tensor:
        """Sound of a hop whose complex amplitudes go from ``start`` to ``end``; [rows, channels, hop_frames]."""
        middle_real, middle_imaginary = (start[0] + end[0]) * 0.5, (start[1] + end[1]) * 0.5
        even = torch.cat([middle_real, end[1] - start[1]], dim=-1) @ self.even
        odd = torch.cat([end[0] - start[0], middle_imaginary], dim=-1) @ self.odd
        return torch.cat([torch.flip(even - odd, dims=(-1,)), even + odd], dim=-1)
