"""How late RAVE's default decoder answers, beside the length of its frame.

    .venv-peers/bin/python -m benchmarks.peers.rave_delay

The same random weights decode the same latent frames twice: streaming, frame by frame, as the plugins do, and offline
in one go. The lag at which the two correlate best is the delay of the streaming decoder. Prints one line of JSON:
delay in ms, that correlation, the frame in ms.
"""

import json

import numpy as np
import torch
from scipy.signal import correlate

from benchmarks.peers.rave_model import SAMPLE_RATE, build

CONFIGURATIONS = ("v2", "v2_small", "raspberry")
FRAMES = 64


@torch.inference_mode()
def delay(configuration: str) -> dict[str, float | str]:
    """Compare streaming and offline decoding of the same frames."""
    streaming, offline = build(configuration), build(configuration, streaming=False)
    # Only the buffers of the caches are missing.
    offline.load_state_dict(streaming.state_dict(), strict=False)
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn(1, streaming.latent_size, FRAMES, generator=generator)
    torch.manual_seed(2)
    pieces = [streaming.decode(latents[..., k : k + 1]) for k in range(FRAMES)]
    heard = torch.cat(pieces, -1)[0, 0].double().numpy()
    torch.manual_seed(2)
    meant = offline.decode(latents)[0, 0].double().numpy()[: len(heard)]
    heard, meant = heard - heard.mean(), meant - meant.mean()
    likeness = correlate(heard, meant, mode="full", method="fft")
    lag = int(np.argmax(likeness)) - (len(meant) - 1)
    late, early = heard[lag:], meant[: len(heard) - lag]
    return {
        "configuration": configuration,
        "delay_ms": 1000 * lag / SAMPLE_RATE,
        "correlation": float(np.corrcoef(late, early)[0, 1]),
        "frame_ms": 1000 * pieces[0].shape[-1] / SAMPLE_RATE,
    }


def main() -> None:
    torch.set_num_threads(1)
    for configuration in CONFIGURATIONS:
        print(json.dumps(delay(configuration)), flush=True)


if __name__ == "__main__":
    main()
