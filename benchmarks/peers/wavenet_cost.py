"""What WaveNet costs in onnxruntime, sample by sample: 30 layers of 64 channels at 48 kHz, one thread.

    .venv-peers/bin/python -m benchmarks.peers.wavenet_cost [--seconds 8]

Written from the papers (van den Oord et al. 2016, arXiv:1609.03499; the queues that spare all recomputing: Le Paine et
al. 2016, arXiv:1611.09482): three stacks of dilations 1 to 512, kernels of two, gates, residual and skip connections,
256 levels of µ-law, each sample drawn and fed back. Making what the others make would take minutes, so a fortieth of
the seconds asked for is played, and the cost per second extrapolated from that.
"""

import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from benchmarks.peers.costing import asked_seconds, cost_of, tell

SAMPLE_RATE = 48_000
CHANNELS = 64
LEVELS = 256
DILATIONS = tuple(2**k for k in range(10)) * 3
PLAYED_SHARE = 1 / 40
BATCHES = (1, 8)


class Step(nn.Module):
    """One sample of all layers; ``past`` [layers, voices, channels] is what each layer heard a dilation ago."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(LEVELS, CHANNELS)
        self.gates = nn.ModuleList(nn.Linear(2 * CHANNELS, 2 * CHANNELS) for _ in DILATIONS)
        self.residuals = nn.ModuleList(nn.Linear(CHANNELS, 2 * CHANNELS) for _ in DILATIONS)
        self.top = nn.Sequential(nn.ReLU(), nn.Linear(CHANNELS, LEVELS), nn.ReLU(), nn.Linear(LEVELS, LEVELS))

    def forward(self, level: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """Level of the sample before [voices] → probabilities [voices, levels], and what each layer hears now."""
        x = self.embedding(level)
        skips, present = torch.zeros_like(x), []
        for before, gate, residual in zip(past.unbind(0), self.gates, self.residuals, strict=True):
            present.append(x)
            filtered, opened = gate(torch.cat([before, x], -1)).chunk(2, -1)
            onward, skip = residual(torch.tanh(filtered) * torch.sigmoid(opened)).chunk(2, -1)
            x, skips = x + onward, skips + skip
        return torch.softmax(self.top(skips), -1), torch.stack(present)


class Player:
    """Draws sample after sample; the queue of each layer is as long as its dilation."""

    def __init__(self, session: onnxruntime.InferenceSession, voices: int) -> None:
        self._session = session
        self._queues = np.zeros((len(DILATIONS), max(DILATIONS), voices, CHANNELS), np.float32)
        self._layers, self._lengths = np.arange(len(DILATIONS)), np.array(DILATIONS)
        self._levels = np.full(voices, LEVELS // 2, np.int64)
        self._random = np.random.default_rng(0)
        self._sample = 0

    def step(self) -> None:
        """Make one sample of every voice."""
        places = self._sample % self._lengths
        past = self._queues[self._layers, places]
        probabilities, present = self._session.run(None, {"level": self._levels, "past": past})
        self._queues[self._layers, places] = present
        draws = self._random.random((len(self._levels), 1), np.float32)
        self._levels = np.minimum((probabilities.cumsum(1) < draws).sum(1), LEVELS - 1)
        self._sample += 1


def main() -> None:
    seconds = asked_seconds("Time WaveNet in onnxruntime.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    axes = {"level": {0: "voices"}, "past": {1: "voices"}, "probabilities": {0: "voices"}, "present": {1: "voices"}}
    example = (torch.zeros(2, dtype=torch.int64), torch.zeros(len(DILATIONS), 2, CHANNELS))
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "wavenet.onnx")
        torch.onnx.export(
            Step().eval(), example, file, input_names=["level", "past"], output_names=["probabilities", "present"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        session = onnxruntime.InferenceSession(file, options, ["CPUExecutionProvider"])
    for voices in BATCHES:
        step = Player(session, voices).step
        name = f"WaveNet, {len(DILATIONS)} × {CHANNELS}"
        tell(cost_of(name, step, voices, 1 / SAMPLE_RATE, seconds * PLAYED_SHARE, warm_up_calls=500))


if __name__ == "__main__":
    main()
