"""Weights of a mono model for a stereo one to begin with, and the other way round.

A stereo model hears and writes the middle as a mono model does (log_mel.py, decoders/stereo.py), so the middle takes
the mono weights as they are, and gives them back. What a stereo model hears of the sides begins at random, as in a
fresh model: a sound in the middle has nothing there, and others have to be told apart from the first step on. What it
writes there begins as a faint copy of the middle, since what is silent does not learn.
"""

import math

import torch
from torch import Tensor

SIDE_BEGINS_AT = math.log(0.01)
"""Level of the side where a mono model becomes a stereo one: 40 dB below the middle."""

_HEARING = (
    "encoder.attack.layers.0.weight",
    "encoder.whole.layers.0.weight",
    "encoder.first_cycles.layer.weight",
)
"""Layers whose inputs are the middle and then what the sides have besides."""
_WRITING = (
    "oscillators.write",
    "oscillators.detune",
    "noise_bands.write",
    "transient.write",
    "harmonics.write",
    "harmonics.envelope",
    "harmonics.swerve",
    "attack.write",
    "attack.level",
)
_WRITING_NAMES = tuple(f"decoder.{layer}.{kind}" for layer in _WRITING for kind in ("weight", "bias"))
"""Layers whose outputs are the middle and then the side."""
_ONLY_IN_STEREO = ("decoder.image.place.weight", "decoder.image.place.bias", "decoder.image.move.weight")


def to_stereo(mono: dict[str, Tensor], fresh: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights of a stereo model that sounds like a mono one, all in the middle.

    Args:
        mono: weights of the mono model by name; what another architecture lacks or has in another shape stays so.
        fresh: those of an untrained stereo model.
    """
    found = mono | {name: fresh[name] for name in _ONLY_IN_STEREO}
    for name in set(_HEARING) & set(mono):
        middle, beside = mono[name], fresh[name][:, mono[name].shape[1] :]
        if middle.shape[0] == beside.shape[0] and middle.shape[2:] == beside.shape[2:]:
            found[name] = torch.cat([middle, beside], dim=1)
    for name in set(_WRITING_NAMES) & set(mono):
        found[name] = torch.cat([mono[name], _side(name, mono[name])])
    return found


def _side(name: str, middle: Tensor) -> Tensor:
    """What writes a faint side, given the weights or the bias that write the middle."""
    if name.startswith(("decoder.transient.", "decoder.attack.write.")):
        return torch.zeros_like(middle)
    side = middle.clone()
    if name in ("decoder.noise_bands.write.bias", "decoder.harmonics.write.bias"):
        side += SIDE_BEGINS_AT
    if name == "decoder.oscillators.write.bias":
        level, phase = side.chunk(2)
        level += SIDE_BEGINS_AT
        # A quarter turn away from the middle the side makes neither left nor right louder.
        phase += math.pi / 2
    return side


def to_mono(stereo: dict[str, Tensor], fresh: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights of a mono model that sounds like the middle of a stereo one.

    Args:
        stereo: weights of the stereo model by name; what another architecture lacks stays so.
        fresh: those of an untrained mono model.
    """
    found = {name: weights for name, weights in stereo.items() if name not in _ONLY_IN_STEREO}
    for name in set(_HEARING) & set(stereo):
        found[name] = stereo[name][:, : fresh[name].shape[1]]
    for name in set(_WRITING_NAMES) & set(stereo):
        found[name] = stereo[name][: len(fresh[name])]
    return found
