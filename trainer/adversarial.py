"""The adversarial part of a run: judges learn to tell decoded sounds from real ones, the decoder learns to please them.

Spectral distances ask for the mean of all sounds that could be meant, and a mean is dull: highs come out smooth, decays
too even. Judges ask only that a sound could be real. Scores by the hinge loss (Lim and Ye 2017, arXiv:1705.02894),
feature matching (Kumar et al. 2019, arXiv:1910.06711), the spectral loss beside them as before.

The judges' gradient is brought, at every crop, to a fixed share of what the loss of the run pulls at that crop (after
the balancer of Défossez et al. 2022, arXiv:2210.13438): so their weight needs no tuning for another loss or another
folder, and a quiet tail is pulled no harder than the loss allows.

Only the decoder learns from the judges. Where a sound lies in latent space is to be decided by how it sounds, not by
what fools a judge; and an encoder that is not frozen, but learns from the loss alone, comes to rest with the learning
rate as in any run.
"""

from dataclasses import dataclass
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by

from trainer.discriminators import Discriminators
from trainer.settings import AdversarialSettings

TINY = 1e-12
LARGEST_SHIFT_FRAMES = 256
"""Sounds are moved by up to this before they are judged, so that no grid of times is favoured."""


@dataclass(frozen=True)
class Decoded:
    """What a step has made, still attached to the graph it came from.

    ``output``, ``target``: [sounds, channels, frames]. ``latent``: of the clips, [clips, latent_size].
    """

    output: Tensor
    target: Tensor
    latent: Tensor


def judges_loss(real: list[list[Tensor]], made: list[list[Tensor]]) -> Tensor:
    """Return the hinge loss of the judges: real sounds are to score above 1, decoded ones below −1."""
    terms = [F.relu(1 - r[-1]).mean() + F.relu(1 + m[-1]).mean() for r, m in zip(real, made, strict=True)]
    return torch.stack(terms).mean()


def realness_loss(made: list[list[Tensor]]) -> Tensor:
    """Return how unreal the judges find decoded sounds: minus their mean score."""
    return -torch.stack([found[-1].mean() for found in made]).mean()


def feature_loss(real: list[list[Tensor]], made: list[list[Tensor]]) -> Tensor:
    """Return how different the judges' layers find decoded sounds, as a share of what they find in the real ones."""
    terms = [
        (m - r.detach()).abs().mean() / (r.detach().abs().mean() + TINY)
        for real_found, made_found in zip(real, made, strict=True)
        for r, m in zip(real_found[:-1], made_found[:-1], strict=True)
    ]
    return torch.stack(terms).mean()


def balanced(gradient: Tensor, reference: Tensor, share: float) -> Tensor:
    """Return ``gradient`` [sounds, channels, frames] with, for each sound, ``share`` of the norm of ``reference``."""
    norms = (x.flatten(1).norm(dim=1).view(-1, 1, 1) for x in (gradient, reference))
    own, aim = norms
    return gradient * (share * aim / (own + TINY))


class Adversary:
    """The judges in training beside the model they judge.

    Args:
        fabric: devices and processes, as for the model.
        channels: audio channels of the sounds.
        settings: of the adversarial part.
        seed: decides the judges' first weights; torch's own random state stays as it is.
    """

    def __init__(self, fabric: Fabric, channels: int, settings: AdversarialSettings, seed: int) -> None:
        self._fabric, self._settings = fabric, settings
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._judges = Discriminators(channels, settings)
        optimiser = torch.optim.Adam(
            self._judges.parameters(), lr=settings.learning_rate, betas=(settings.beta_1, settings.beta_2)
        )
        self._trained, self._optimiser = fabric.setup(self._judges, optimiser)

    def has_begun(self, fraction: float) -> bool:
        """Whether judges have their say at this fraction (0…1) of the run."""
        return fraction >= self._settings.begins

    def challenge(
        self, loss: Tensor, decoded: Decoded, fraction: float, rate_share: float, seed: int
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Let the judges learn from a step's sounds, and find which way they want the decoded ones to change.

        Args:
            loss: of the run at this step, without judges.
            decoded: what the loss was computed from.
            fraction: 0…1 of the run.
            rate_share: 0…1, the model's learning rate against its highest.
            seed: of what this step draws.

        Returns:
            A number to add to ``loss`` before its backward pass, which then brings the judges' gradient to the decoder
            and none of it to the encoder; and curves: the judges' loss and the norm of its gradient, the realness and
            feature losses.
        """
        real, made = self._staged(decoded, seed)
        judged, norm = self._learn(real, made.detach(), rate_share)
        # The plain module, not the wrapped one: processes exchange gradients of weights, and none is asked for here.
        with torch.no_grad():
            real_found = self._judges(real)
        made_found = self._judges(made)
        realness, features = realness_loss(made_found), feature_loss(real_found, made_found)
        opinion = realness + self._settings.feature_weight * features
        (wanted,) = torch.autograd.grad(opinion, decoded.output, retain_graph=True)
        own, to_latent = torch.autograd.grad(loss, (decoded.output, decoded.latent), retain_graph=True)
        decoded.latent.register_hook(lambda _: to_latent)
        pull = (decoded.output * balanced(wanted, own, self._pull(fraction))).sum()
        return pull, {
            "discriminator": judged,
            "discriminator_gradient": norm,
            "realness": realness.detach(),
            "features": features.detach(),
        }

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"judges": self._judges.state_dict(), "optimiser": self._optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what a checkpoint kept."""
        self._judges.load_state_dict(state["judges"])
        self._optimiser.load_state_dict(state["optimiser"])

    def _pull(self, fraction: float) -> float:
        """Weight of the judges at a fraction of the run: it rises from 0 when they begin."""
        settings = self._settings
        return settings.pull * min(1.0, (fraction - settings.begins) / max(settings.ramp, TINY))

    def _staged(self, decoded: Decoded, seed: int) -> tuple[Tensor, Tensor]:
        """Real and decoded sounds as the judges hear them: both changed alike, so that they do not learn few by heart.

        Level 1, either polarity, moved in time. Zhao et al. 2020, arXiv:2006.10738.
        """
        # Drawn on the CPU, so that it is the same on every device.
        generator = torch.Generator().manual_seed(seed)
        signs = 2 * torch.randint(2, (len(decoded.target), 1, 1), generator=generator).to(decoded.target) - 1
        shift = int(torch.randint(LARGEST_SHIFT_FRAMES, (1,), generator=generator))
        levels = decoded.target.square().mean(dim=(1, 2), keepdim=True).sqrt()
        gains = signs / levels.clamp(min=self._settings.quietest_level)
        real, made = (F.pad(sound * gains, (shift, 0)) for sound in (decoded.target, decoded.output))
        return real, made

    def _learn(self, real: Tensor, made: Tensor, rate_share: float) -> tuple[Tensor, Tensor]:
        """One step of the judges; returns their loss and the norm of its gradient. Not if that is not finite."""
        for group in self._optimiser.param_groups:
            group["lr"] = self._settings.learning_rate * rate_share
        # Real and decoded in one pass: processes expect one forward for each backward.
        found = self._trained(torch.cat([real, made]))
        loss = judges_loss(*([[x[half] for x in judge] for judge in found] for half in _halves(len(real))))
        self._optimiser.zero_grad()
        self._fabric.backward(loss)
        norm = torch.stack([p.grad.norm() for p in self._judges.parameters() if p.grad is not None]).norm()
        if bool(torch.isfinite(norm)):
            self._optimiser.step()
        return loss.detach(), norm


def _halves(sounds: int) -> tuple[slice, slice]:
    return slice(0, sounds), slice(sounds, None)
