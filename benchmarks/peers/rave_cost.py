"""What RAVE's decoder costs, as it ships: streaming, in torch, at 48 kHz, one thread.

    .venv-peers/bin/python -m benchmarks.peers.rave_cost [--seconds 8]

What a decoder costs does not depend on what it has learnt. Alone, and as a batch of eight voices, which is something
that its plugins do not do.
"""

import torch

from benchmarks.peers.costing import asked_seconds, cost_of, tell
from benchmarks.peers.rave_model import SAMPLE_RATE, build

CONFIGURATIONS = ("v2", "v2_small", "raspberry")
BATCHES = (1, 8)


@torch.inference_mode()
def main() -> None:
    seconds = asked_seconds("Time RAVE's decoder.")
    torch.set_num_threads(1)
    for configuration in CONFIGURATIONS:
        for voices in BATCHES:
            # States are as large as the first batch: a model for each.
            model = build(configuration)
            latent = torch.randn(voices, model.latent_size, 1)
            frames = model.decode(latent).shape[-1]
            name = f"RAVE {configuration}"
            tell(cost_of(name, lambda m=model, z=latent: m.decode(z), voices, frames / SAMPLE_RATE, seconds))


if __name__ == "__main__":
    main()
