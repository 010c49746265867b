"""What RAVE's decoder would cost at its kindest: made streaming in onnxruntime, which its package does not do.

    .venv-peers/bin/python -m benchmarks.peers.rave_onnx_cost [--seconds 8]

The default decoder, v2, with random weights. Its cached layers keep their past inside themselves, which an ONNX graph
cannot; while it is exported, they take the past from inputs and hand it to outputs instead. That the graph then makes
the same sound as the package's streaming model is checked before anything is timed.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from benchmarks.peers.costing import asked_seconds, cost_of, tell
from benchmarks.peers.rave_model import SAMPLE_RATE, build

CONFIGURATION = "v2"
BATCHES = (1, 8)
FRAMES_COMPARED = 12
LARGEST_DIFFERENCE = 1e-3
"""Of the loudest sample."""


class Pasts:
    """The pasts of all cached layers, in the order in which the layers are called."""

    def __init__(self) -> None:
        self.given: list[Tensor] | None = None
        """What the layers take; None while only the shapes are found out, from silence."""
        self.taken: list[Tensor] = []
        self.kept: list[Tensor] = []

    def take(self, like: Tensor, length: int) -> Tensor:
        """Return the past of the layer that asks: ``length`` frames [voices, channels, length]."""
        past = like.new_zeros(*like.shape[:2], length) if self.given is None else self.given[len(self.taken)]
        self.taken.append(past)
        return past

    @contextmanager
    def in_place_of_caches(self) -> Iterator[None]:
        """Let the cached layers take their pasts from here, and leave here what the next call is to take."""
        from cached_conv import convs

        def padded(layer: Any, x: Tensor) -> Tensor:
            if not layer.padding:
                return x
            x = torch.cat([self.take(x, layer.padding), x], -1)
            self.kept.append(x[..., -layer.padding :])
            return x[..., : -layer.padding] if layer.crop else x

        def transposed(layer: Any, x: Tensor) -> Tensor:
            x = nn.functional.conv_transpose1d(x, layer.weight, None, layer.stride, 0)
            overlap = 2 * layer.padding[0]
            x = torch.cat([x[..., :overlap] + self.take(x, overlap), x[..., overlap:]], -1)
            self.kept.append(x[..., -overlap:])
            x = x[..., :-overlap]
            return x if layer.bias is None else x + layer.bias[:, None]

        self.taken, self.kept = [], []
        with (
            mock.patch.object(convs.CachedPadding1d, "forward", padded),
            mock.patch.object(convs.CachedConvTranspose1d, "forward", transposed),
        ):
            yield


class Frame(nn.Module):
    """One frame of latents and all pasts in; sound and the pasts of the next call out."""

    def __init__(self, model: Any, pasts: Pasts) -> None:
        super().__init__()
        self.model, self.pasts = model, pasts

    def forward(self, latent: Tensor, *given: Tensor) -> tuple[Tensor, ...]:
        """Latent [voices, latent_size, 1] → sound [voices, 1, frames]."""
        self.pasts.given = list(given) or None
        with self.pasts.in_place_of_caches():
            audio = self.model.decode(latent)
        return audio, *self.pasts.kept


class Streamed:
    """The decoder as an ONNX session for a fixed number of voices, with its pasts."""

    def __init__(self, voices: int) -> None:
        frame = Frame(build(CONFIGURATION), Pasts())
        latent = torch.zeros(voices, frame.model.latent_size, 1)
        with torch.inference_mode():
            frame(latent)
        silence = [torch.zeros(past.shape) for past in frame.pasts.taken]
        names = [f"past_{k}" for k in range(len(silence))]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            file = str(Path(folder) / "rave.onnx")
            torch.onnx.export(
                frame, (latent, *silence), file, input_names=["latent", *names],
                output_names=["audio", *(f"next_{name}" for name in names)], opset_version=17, dynamo=False,
            )  # fmt: skip
            self._session = onnxruntime.InferenceSession(file, options, ["CPUExecutionProvider"])
        self._pasts = dict(zip(names, (past.numpy() for past in silence), strict=True))
        self.latent = np.random.default_rng(0).standard_normal(tuple(latent.shape), np.float32)

    def step(self) -> np.ndarray:
        """Decode the next frame."""
        audio, *after = self._session.run(None, {"latent": self.latent} | self._pasts)
        self._pasts = dict(zip(self._pasts, after, strict=True))
        return audio


def check(streamed: Streamed) -> None:
    """Compare with the package's own streaming model. Raises SystemExit if they differ."""
    model = build(CONFIGURATION)
    with torch.inference_mode():
        theirs = [model.decode(torch.from_numpy(streamed.latent)).numpy() for _ in range(FRAMES_COMPARED)]
    sounds = np.concatenate(theirs, -1), np.concatenate([streamed.step() for _ in range(FRAMES_COMPARED)], -1)
    difference = np.abs(sounds[0] - sounds[1]).max() / np.abs(sounds[0]).max()
    if not difference < LARGEST_DIFFERENCE:
        raise SystemExit(f"The exported decoder is not the package's: they differ by {difference:.2g} of the peak.")


def main() -> None:
    seconds = asked_seconds("Time RAVE's default decoder, made streaming in onnxruntime.")
    torch.set_num_threads(1)
    for voices in BATCHES:
        streamed = Streamed(voices)
        check(streamed)
        quantum_seconds = streamed.step().shape[-1] / SAMPLE_RATE
        name = f"RAVE {CONFIGURATION} in onnxruntime"
        tell(cost_of(name, streamed.step, voices, quantum_seconds, seconds))


if __name__ == "__main__":
    main()
