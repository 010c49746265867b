"""Whole sounds varied as in training, for whoever wants to know where in latent space such variations lie."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from trainer.augmentation import draw_numbers, vary
from trainer.settings import AugmentationSettings

Floats = npt.NDArray[np.float32]


class Sounding(Protocol):
    """What is varied: ``audio`` float32 [channels, frames], onset at frame 0."""

    @property
    def audio(self) -> Any:
        """Waveform [channels, frames]."""
        ...


def has_variations(settings: AugmentationSettings) -> bool:
    """Whether a model trained with these settings has heard anything but the sounds themselves."""
    return settings.untouched_share < 1


def variations(sounds: Sequence[Sounding], settings: AugmentationSettings, sample_rate: int, seed: int) -> list[Floats]:
    """Return one variation of each sound, peak 1, [channels, frames]; none stays as it was."""
    every = replace(settings, untouched_share=0.0, gain_range_db=0.0, polarity_share=0.0)
    numbers = draw_numbers(len(sounds), torch.Generator().manual_seed(seed))
    return [
        vary(torch.as_tensor(sound.audio)[None], row[None], every, sample_rate)[0].numpy()
        for sound, row in zip(sounds, numbers, strict=True)
    ]
