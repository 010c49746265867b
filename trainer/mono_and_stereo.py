"""Weights of a mono model for a stereo one to begin with, and the other way round.

A stereo model hears and writes the middle as a mono model does (log_mel.py, decoders/stereo.py), so the middle takes
the mono weights as they are, and gives them back. What a stereo model hears of the side begins at nothing. What it
writes there begins as a faint copy of the middle, since what is silent does not learn.
"""

import math

import torch
from torch import Tensor

SIDE_BEGINS_AT = math.log(0.01)
"""Level of the side where a mono model becomes a stereo one: 40 dB below the middle."""

_HEARING = {
    "encoder.attack.layers.0.weight": 3,
    "encoder.whole.layers.0.weight": 3,
    "encoder.first_cycles.layer.weight": 2,
}
"""Layers whose inputs are one view after the other, the middle first, and how many views of stereo there are."""
_WRITING = ("oscillators.write", "oscillators.detune", "noise_bands.write", "transient.write")
_WRITING_NAMES = tuple(f"decoder.{layer}.{kind}" for layer in _WRITING for kind in ("weight", "bias"))
"""Layers whose outputs are the middle and then the side."""
ONLY_IN_STEREO = ("decoder.lean.write.weight", "decoder.lean.write.bias")
"""Zeros in a model that leans nowhere."""


def to_stereo(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights by name of a mono model → those of a stereo model that sounds like it, all in the middle.

    The parameters in :data:`ONLY_IN_STEREO` are not among them: they begin at zero.
    """
    found = dict(weights)
    for name, views in _HEARING.items():
        if name in found:
            found[name] = torch.cat([found[name], *[torch.zeros_like(found[name])] * (views - 1)], dim=1)
    for name in _WRITING_NAMES:
        if name in found:
            found[name] = torch.cat([found[name], _side(name, found[name])])
    return found


def _side(name: str, middle: Tensor) -> Tensor:
    """What writes a faint side, given the weights or the bias that write the middle."""
    if name.startswith("decoder.transient."):
        return torch.zeros_like(middle)
    side = middle.clone()
    if name == "decoder.noise_bands.write.bias":
        side += SIDE_BEGINS_AT
    if name == "decoder.oscillators.write.bias":
        level, phase = side.chunk(2)
        level += SIDE_BEGINS_AT
        # A quarter turn away from the middle the side makes neither left nor right louder.
        phase += math.pi / 2
    return side


def to_mono(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights by name of a stereo model → those of a mono model that sounds like its middle."""
    found = {name: tensor for name, tensor in weights.items() if name not in ONLY_IN_STEREO}
    for name, views in _HEARING.items():
        if name in found:
            found[name] = found[name][:, : found[name].shape[1] // views]
    for name in _WRITING_NAMES:
        if name in found:
            found[name] = found[name][: len(found[name]) // 2]
    return found
