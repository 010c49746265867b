"""The stereo image: what a stereo decoder has beyond a mono one.

All branches of a stereo decoder write the middle and the side, which become left and right by sum and difference at the
very end. A drum in the middle is then a silent side and nothing else, whatever noise the middle is made of; and a mono
model is a stereo one with nothing on the side.

Two noises that know nothing of each other are equally loud left and right, so that noise could never stand on one side.
Therefore the middle also leans, by bands: a share of it, positive for the left and negative for the right, is added to
the side. The same share places the partials. How wide a sound is, is a gain of the side, by bands as well: so that it
can be silent without a change of what is in the middle.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

IMAGE_REACH = 10.0
"""How much further a step of training moves the image than other outputs; without it sides are learnt last."""
WIDEST = 2.0
"""Limit of the logarithm of the gain of the side."""


def left_and_right(middle_and_side: Tensor) -> Tensor:
    """Sum and difference of middle and side, [rows, 2, …]; mono, [rows, 1, …], stays as it is."""
    if middle_and_side.shape[1] == 1:
        return middle_and_side
    middle, side = middle_and_side[:, :1], middle_and_side[:, 1:]
    return torch.cat([middle + side, middle - side], dim=1)


@dataclass(frozen=True)
class Placing:
    """How a hop of middle and side is placed: ``width`` is a gain of the side, ``lean`` a share of the middle, −1…1."""

    width: Tensor
    lean: Tensor

    def __call__(self, middle_and_side: Tensor) -> Tensor:
        """Give the side its width and add what leans of the middle; [rows, 2, …]."""
        middle, side = middle_and_side[:, :1], middle_and_side[:, 1:]
        return torch.cat([middle, self.width * side + self.lean * middle], dim=1)


class Image(nn.Module):
    """Latent and hidden vectors → where a sound stands and how wide it is.

    That is mostly a matter of the whole sound, so it is read from the latent itself; the hidden vectors add what moves.

    Args:
        latent_size: numbers of a latent.
        trunk_channels: size of the hidden vectors.
        over_noise: [bands, coefficients], spreads bands over the coefficients of the noise.
        over_oscillators: [bands, oscillators], spreads them over the oscillators.
    """

    def __init__(self, latent_size: int, trunk_channels: int, over_noise: Tensor, over_oscillators: Tensor) -> None:
        super().__init__()
        self.bands = len(over_noise)
        self.place = nn.Linear(latent_size, 2 * self.bands)
        self.move = nn.Linear(trunk_channels, 2 * self.bands, bias=False)
        self.register_buffer("over_noise", over_noise, persistent=False)
        self.register_buffer("over_oscillators", over_oscillators, persistent=False)
        for weights in self.parameters():
            nn.init.zeros_(weights)

    def forward(self, latent: Tensor, hidden: Tensor) -> tuple[Placing, Placing]:
        """Return the placing of noise, [rows, 1, 1, coefficients], and of partials, [rows, 1, oscillators].

        ``latent`` is [rows, latent_size], ``hidden`` [rows, trunk_channels].
        """
        written = IMAGE_REACH * (self.place(latent) + self.move(hidden)).unsqueeze(1)
        width, lean = written.split(self.bands, dim=-1)
        width, lean = torch.clamp(width, max=WIDEST), torch.tanh(lean)

        def over(matrix: Tensor) -> tuple[Tensor, Tensor]:
            return torch.exp(width @ matrix), lean @ matrix

        noise = Placing(*(x.unsqueeze(1) for x in over(self.over_noise)))
        return noise, Placing(*over(self.over_oscillators))
