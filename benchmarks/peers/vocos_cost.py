"""What Vocos costs, offline: two seconds of sound in one go, torch, at its own 24 kHz, one thread.

    .venv-peers/bin/python -m benchmarks.peers.vocos_cost [--seconds 8]

Vocos (Siuzdak 2023, arXiv:2306.00814) as its package (MIT) builds it, in the size published for mel spectrograms at
24 kHz, with random weights. It sees all frames at once, before and after: it renders, and cannot be played.
"""

import torch
from vocos.heads import ISTFTHead
from vocos.models import VocosBackbone

from benchmarks.peers.costing import asked_seconds, cost_of, tell

SAMPLE_RATE = 24_000
HOP_FRAMES = 256
STRETCH_SECONDS = 2.0
BATCHES = (1, 8)


@torch.inference_mode()
def main() -> None:
    seconds = asked_seconds("Time Vocos.")
    torch.set_num_threads(1)
    backbone = VocosBackbone(input_channels=100, dim=512, intermediate_dim=1536, num_layers=8).eval()
    head = ISTFTHead(dim=512, n_fft=1024, hop_length=HOP_FRAMES, padding="center").eval()
    frames = round(STRETCH_SECONDS * SAMPLE_RATE / HOP_FRAMES)
    for voices in BATCHES:
        mel = torch.randn(voices, 100, frames)
        sound = head(backbone(mel)).shape[-1] / SAMPLE_RATE
        tell(cost_of("Vocos 24 kHz, offline", lambda m=mel: head(backbone(m)), voices, sound, seconds, 1))


if __name__ == "__main__":
    main()
