"""What happens inside a sound, hop by hop: latent and note time in, one hidden vector per hop out.

A causal ConvNeXt (Liu et al. 2022, arXiv:2201.03545) over hops, steered at every block by scales and shifts (FiLM,
Perez et al. 2018, arXiv:1709.07871) made from the latent coordinate and the time since the onset. Time is what an
unpitched sound develops along, so it is given in several scales at once; the convolutions keep neighbouring hops
consistent. Inputs from before the onset are zero, which is why an all-zero state means that a note begins.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by

from trainer.settings import ModelSettings

FIRST_HOPS = 8
"""Hops that have an indicator of their own: what an attack does in one of them says little about the next."""
TIME_PERIODS_HOPS = (4.0, 16.0, 64.0, 256.0, 1024.0)
TIME_FEATURES = 2 + 2 * len(TIME_PERIODS_HOPS) + FIRST_HOPS


class TimeFeatures(nn.Module):
    """Note time in hops [..., 1] → features [..., TIME_FEATURES], each of magnitude about 1."""

    def __init__(self) -> None:
        super().__init__()
        turns = torch.tensor([2 * math.pi / period for period in TIME_PERIODS_HOPS])
        # A cosine is a sine a quarter turn ahead: one operator does for both.
        self.register_buffer("radians_per_hop", turns.repeat(2), persistent=False)
        quarter = torch.tensor([0.0, math.pi / 2]).repeat_interleave(len(turns))
        self.register_buffer("lead", quarter, persistent=False)
        self.register_buffer("first_hops", torch.arange(FIRST_HOPS, dtype=torch.float32), persistent=False)

    def forward(self, time_hops: Tensor) -> Tensor:
        """Return logarithm, line, sines, cosines and the indicators of the first hops (triangles one hop wide)."""
        angle = time_hops * self.radians_per_hop + self.lead
        first = torch.relu(1 - torch.abs(time_hops - self.first_hops))
        line = [torch.log1p(time_hops) * 0.3, time_hops * 0.01]
        return torch.cat([*line, torch.sin(angle), first], dim=-1)


class Block(nn.Module):
    """Depthwise convolution over hops, norm with FiLM, two-layer perceptron, residual."""

    def __init__(self, channels: int, kernel_hops: int, expansion: int, layer_scale: float) -> None:
        super().__init__()
        self.channels, self.past_hops = channels, kernel_hops - 1
        self.taps = nn.Parameter(torch.randn(kernel_hops, channels) * kernel_hops**-0.5)
        self.expand = nn.Linear(channels, expansion * channels)
        self.contract = nn.Linear(expansion * channels, channels)
        with torch.no_grad():
            self.contract.weight.mul_(layer_scale)

    def _after_taps(self, x: Tensor, mixed: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        mixed = F.layer_norm(mixed, (self.channels,)) * scale + shift
        return x + self.contract(F.gelu(self.expand(mixed)))

    def forward(self, x: Tensor, audible: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """All hops at once: ``x`` [batch, hops, channels], ``audible`` [batch, hops, 1] is 0 before the onset."""
        hops = x.shape[1]
        padded = F.pad(x * audible, (0, 0, self.past_hops, 0))
        mixed = sum(padded[:, k : k + hops] * tap for k, tap in enumerate(self.taps))
        return self._after_taps(x, mixed, scale, shift)

    def step(self, x: Tensor, scale: Tensor, shift: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """One hop: ``x`` [voices, channels], ``past`` [voices, past_hops, channels] → output, next past."""
        window = torch.cat([past, x.unsqueeze(1)], dim=1)
        mixed = (window * self.taps).sum(dim=1)
        return self._after_taps(x, mixed, scale, shift), window[:, 1:]


class Trunk(nn.Module):
    """Latent and note time → hidden vectors, in parallel over hops or one hop at a time.

    ``more_inputs`` is how many numbers besides the latent come with it, as pitch and velocity do.
    """

    def __init__(self, settings: ModelSettings, more_inputs: int = 0) -> None:
        super().__init__()
        channels, condition = settings.trunk_channels, settings.condition_channels
        self.channels = channels
        self.time_features = TimeFeatures()
        self.condition_in = nn.Linear(settings.latent_size + more_inputs + TIME_FEATURES, condition)
        self.condition_hidden = nn.Linear(condition, condition)
        self.entry = nn.Linear(condition, channels)
        self.film = nn.Linear(condition, 2 * channels * settings.trunk_blocks)
        self.blocks = nn.ModuleList(
            Block(channels, settings.trunk_kernel_hops, settings.trunk_expansion, settings.trunk_layer_scale)
            for _ in range(settings.trunk_blocks)
        )
        with torch.no_grad():
            # Latent and time have to steer from the start: with the usual initial weights they hardly do.
            for layer in (self.condition_in, self.condition_hidden, self.entry):
                layer.weight.mul_(2.0)
            self.film.bias.view(settings.trunk_blocks, 2, channels)[:, 0].fill_(1.0)
            self.film.bias.view(settings.trunk_blocks, 2, channels)[:, 1].zero_()

    @property
    def past_hops(self) -> int:
        """How many hops back the output depends on."""
        return sum(block.past_hops for block in self.blocks)

    def _condition(self, latent: Tensor, time_hops: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        features = torch.cat([latent, self.time_features(time_hops)], dim=-1)
        condition = F.silu(self.condition_hidden(F.silu(self.condition_in(features))))
        return self.entry(condition), self.film(condition).split(self.channels, dim=-1)

    def forward(self, latent: Tensor, time_hops: Tensor) -> Tensor:
        """All hops at once.

        Args:
            latent: [batch, hops, latent_size + more_inputs].
            time_hops: note time, [batch, hops, 1]; negative before the onset.

        Returns:
            Hidden vectors [batch, hops, channels]; those from before the onset mean nothing.
        """
        audible = (time_hops >= 0).to(latent.dtype)
        x, film = self._condition(latent, time_hops.clamp(min=0))
        for index, block in enumerate(self.blocks):
            x = block(x, audible, film[2 * index], film[2 * index + 1])
        return F.layer_norm(x, (self.channels,))

    def step(self, latent: Tensor, time_hops: Tensor, past: tuple[Tensor, ...]) -> tuple[Tensor, list[Tensor]]:
        """One hop: ``latent`` [voices, latent_size + more_inputs], ``time_hops`` [voices, 1], one past per block."""
        x, film = self._condition(latent, time_hops)
        next_past = []
        for index, block in enumerate(self.blocks):
            x, after = block.step(x, film[2 * index], film[2 * index + 1], past[index])
            next_past.append(after)
        return F.layer_norm(x, (self.channels,)), next_past

    def state_shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the states of ``step``, without the voices axis."""
        return [(block.past_hops, block.channels) for block in self.blocks]
