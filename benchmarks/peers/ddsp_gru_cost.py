"""What a DDSP decoder costs in onnxruntime: a GRU of 512 at a hop of 256 frames, 48 kHz, one thread.

    .venv-peers/bin/python -m benchmarks.peers.ddsp_gru_cost [--seconds 8]

Written from the paper (Engel, Hantrakul, Gu and Roberts 2020, arXiv:2001.04643, appendix B): pitch, loudness and a
latent of 16 through an MLP each (three layers of 512, layer norm, ReLU), a GRU of 512, another MLP, and heads for the
level, 100 harmonics and 65 bands of filtered noise. The synthesisers are in the graph as well: a harmonic oscillator
with interpolated amplitudes, and noise through the impulse response of its bands. Streaming: states go in and come out.
"""

import math
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from benchmarks.peers.costing import asked_seconds, cost_of, tell

SAMPLE_RATE = 48_000
HOP_FRAMES = 256
HIDDEN = 512
LATENT_SIZE = 16
HARMONICS = 100
BANDS = 65
TAPS = 2 * (BANDS - 1)
BATCHES = (1, 8)


def mlp(inputs: int) -> nn.Sequential:
    """Three layers of 512 with layer norm and ReLU."""
    sizes = [inputs, HIDDEN, HIDDEN]
    return nn.Sequential(
        *(layer for size in sizes for layer in (nn.Linear(size, HIDDEN), nn.LayerNorm(HIDDEN), nn.ReLU()))
    )


class Decoder(nn.Module):
    """One hop: controls and states in, audio and states out; all tensors begin with the axis of voices."""

    def __init__(self) -> None:
        super().__init__()
        self.into = nn.ModuleList(mlp(size) for size in (1, 1, LATENT_SIZE))
        self.gru = nn.GRU(3 * HIDDEN, HIDDEN, batch_first=True)
        self.out = mlp(4 * HIDDEN)
        self.head = nn.Linear(HIDDEN, 1 + HARMONICS + BANDS)
        ramp = torch.arange(1, HOP_FRAMES + 1) / HOP_FRAMES
        self.register_buffer("ramp", ramp)
        self.register_buffer("harmonic", torch.arange(1, HARMONICS + 1).float())
        # Zero-phase response of the bands, shifted to be causal, with a Hann window, as one matrix.
        response = torch.fft.irfft(torch.eye(BANDS), n=TAPS).roll(TAPS // 2, -1) * torch.hann_window(TAPS)
        self.register_buffer("response", response)
        places = torch.arange(HOP_FRAMES)[:, None] + torch.arange(TAPS)[None]
        self.register_buffer("places", places.flatten())

    def forward(
        self, pitch: Tensor, loudness: Tensor, latent: Tensor, noise: Tensor, hidden: Tensor, before: Tensor,
        phase: Tensor, past: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        """Pitch in Hz [voices, 1], loudness [voices, 1], noise [voices, hop] → audio [voices, hop] and states."""
        inputs = (torch.log2(pitch), loudness, latent)
        features = torch.cat([part(x) for part, x in zip(self.into, inputs, strict=True)], -1)
        after, state = self.gru(features[:, None], hidden[None])
        heads = self.head(self.out(torch.cat([after[:, 0], features], -1)))
        # The paper's modified sigmoid, and harmonics above the Nyquist frequency left out.
        levels = 2 * torch.sigmoid(heads) ** math.log(10) + 1e-7
        audible = (self.harmonic * pitch < SAMPLE_RATE / 2).float()
        share = levels[:, 1 : 1 + HARMONICS] * audible
        amplitudes = levels[:, :1] * share / share.sum(-1, keepdim=True)
        moving = before[:, None] + self.ramp[None, :, None] * (amplitudes - before)[:, None]
        cycles = phase + self.ramp * (HOP_FRAMES / SAMPLE_RATE) * pitch
        sines = torch.sin(2 * math.pi * cycles[..., None] * self.harmonic)
        joined = torch.cat([past, noise], -1)
        windows = joined[:, self.places].reshape(-1, HOP_FRAMES, TAPS)
        filtered = (windows @ (levels[:, 1 + HARMONICS :] @ self.response)[..., None])[..., 0]
        ended = cycles[:, -1:]
        return (sines * moving).sum(-1) + filtered, state[0], amplitudes, ended - ended.floor(), joined[:, HOP_FRAMES:]


STATES = {"hidden": HIDDEN, "before": HARMONICS, "phase": 1, "past": TAPS - 1}
"""Size per voice, in the order of the outputs."""


def export(file: Path) -> None:
    """Write the decoder with random weights as ONNX."""
    inputs = {"pitch": 1, "loudness": 1, "latent": LATENT_SIZE, "noise": HOP_FRAMES, **STATES}
    example = tuple(torch.ones(2, size) for size in inputs.values())
    outputs = ["audio", *(f"next_{name}" for name in STATES)]
    axes = {name: {0: "voices"} for name in (*inputs, *outputs)}
    torch.onnx.export(
        Decoder().eval(), example, str(file), input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
        opset_version=17, dynamo=False,
    )  # fmt: skip


def main() -> None:
    seconds = asked_seconds("Time a DDSP decoder in onnxruntime.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        export(Path(folder) / "ddsp.onnx")
        session = onnxruntime.InferenceSession(str(Path(folder) / "ddsp.onnx"), options, ["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    for voices in BATCHES:
        feed = {
            "pitch": np.full((voices, 1), 110, np.float32),
            "loudness": np.zeros((voices, 1), np.float32),
            "latent": random.standard_normal((voices, LATENT_SIZE)).astype(np.float32),
            "noise": random.uniform(-1, 1, (voices, HOP_FRAMES)).astype(np.float32),
        } | {name: np.zeros((voices, size), np.float32) for name, size in STATES.items()}

        def hop(feed: dict[str, np.ndarray] = feed) -> None:
            _, *after = session.run(None, feed)
            feed.update(zip(STATES, after, strict=True))

        tell(cost_of("DDSP, GRU 512, hop 256", hop, voices, HOP_FRAMES / SAMPLE_RATE, seconds))


if __name__ == "__main__":
    main()
