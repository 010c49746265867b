"""Who updates which weights: Muon the matrices inside the networks, AdamW everything else.

Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon; scaled as in Liu et al. 2025, arXiv:2502.16982) makes the
update of a matrix orthogonal, so that directions that are seldom asked for learn as well as the frequent ones. Where
the time for steps is short that is worth more than anything else: docs/sounds.md has the curves. Layers that write
amplitudes and levels need steps of very different sizes for their outputs and stay with AdamW.
"""

import torch

from trainer.settings import OptimiserSettings
from trainer.vae import VariationalAutoencoder


def make_optimisers(
    vae: VariationalAutoencoder, settings: OptimiserSettings, rate: float
) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    """Return the optimiser of the inner matrices and that of all other parameters; together they have every one."""
    inner = vae.inner_matrices()
    known = {id(matrix) for matrix in inner}
    others = [parameter for parameter in vae.parameters() if id(parameter) not in known]
    return (
        torch.optim.Muon(
            inner,
            lr=rate,
            momentum=settings.muon_momentum,
            weight_decay=settings.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(
            others, lr=rate, betas=(settings.beta_1, settings.beta_2), weight_decay=settings.weight_decay, fused=True
        ),
    )
