"""The stereo image: what a stereo decoder has beyond a mono one.

All branches of a stereo decoder write the middle and the side, which become left and right by sum and difference at the
very end. A drum in the middle is then a silent side and nothing else, whatever noise the middle is made of; and a mono
model is a stereo one with nothing on the side.

Two noises that know nothing of each other are equally loud left and right, so that noise could never stand on one side.
Therefore the middle also leans, by bands: a share of it, positive for the left and negative for the right, is added to
the side. The same share places the partials.
"""

import torch
from torch import Tensor, nn

LEAN_REACH = 10.0
"""How much further a step of training moves the lean than other outputs; without it panned sounds are learnt last."""


def left_and_right(middle_and_side: Tensor) -> Tensor:
    """Sum and difference of middle and side, [rows, 2, …]; mono, [rows, 1, …], stays as it is."""
    if middle_and_side.shape[1] == 1:
        return middle_and_side
    middle, side = middle_and_side[:, :1], middle_and_side[:, 1:]
    return torch.cat([middle + side, middle - side], dim=1)


def leaning(middle_and_side: Tensor, lean: Tensor) -> Tensor:
    """Add ``lean`` times the middle to the side, [rows, 2, …]."""
    middle, side = middle_and_side[:, :1], middle_and_side[:, 1:]
    return torch.cat([middle, side + lean * middle], dim=1)


class Lean(nn.Module):
    """Latent and hidden vectors → how far the middle leans to the left, −1…1, at noise coefficients and oscillators.

    Where a sound stands is mostly a matter of the whole sound, so it is read from the latent itself; the hidden vectors
    add what moves.

    Args:
        latent_size: numbers of a latent.
        trunk_channels: size of the hidden vectors.
        over_noise: [bands, coefficients], spreads bands over the coefficients of the noise.
        over_oscillators: [bands, oscillators], spreads them over the oscillators.
    """

    def __init__(self, latent_size: int, trunk_channels: int, over_noise: Tensor, over_oscillators: Tensor) -> None:
        super().__init__()
        self.place = nn.Linear(latent_size, len(over_noise))
        self.move = nn.Linear(trunk_channels, len(over_noise), bias=False)
        self.register_buffer("over_noise", over_noise, persistent=False)
        self.register_buffer("over_oscillators", over_oscillators, persistent=False)
        for weights in self.parameters():
            nn.init.zeros_(weights)

    def forward(self, latent: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return [rows, 1, 1, coefficients] and [rows, 1, oscillators].

        ``latent`` is [rows, latent_size], ``hidden`` [rows, trunk_channels].
        """
        lean = torch.tanh(LEAN_REACH * (self.place(latent) + self.move(hidden))).unsqueeze(1)
        return (lean @ self.over_noise).unsqueeze(1), lean @ self.over_oscillators
