"""Which sounds a training step hears: the draw of clips, the choice of crops."""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from trainer.augmentation import augment
from trainer.settings import AugmentationSettings, ModelSettings, OptimiserSettings


class TrainingClip(Protocol):
    """What is needed of a clip; ``audio`` is float32 [channels, frames], onset at frame 0, peak 1."""

    @property
    def audio(self) -> Any:
        """Waveform [channels, frames]."""
        ...

    @property
    def group(self) -> Hashable:
        """The source sample: clips of one group are variants of one sound."""
        ...


def padded_batch(clips: Sequence[TrainingClip], frames: int) -> Tensor:
    """Stack clips into float32 [clips, channels, frames]: longer ones are cut, shorter ones end in zeros."""
    channels = clips[0].audio.shape[0]
    batch = torch.zeros(len(clips), channels, frames)
    for row, clip in zip(batch, clips, strict=True):
        audio = torch.as_tensor(clip.audio)[:, :frames]
        row[:, : audio.shape[1]] = audio
    return batch


@dataclass(frozen=True)
class Batch:
    """One training step's material.

    ``whole`` [batch, channels, frames]: what the encoder hears. ``first_hop`` [batch]: where each crop begins, in hops
    after the onset. ``target`` [batch, channels, crop_hops · hop]: the crops. ``noise`` as ``target``: uniform in −1…1.
    ``posterior_noise`` [batch, latent_size]: standard normal.
    """

    whole: Tensor
    first_hop: Tensor
    target: Tensor
    noise: Tensor
    posterior_noise: Tensor

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on another device."""
        return Batch(*(getattr(self, name).to(device, non_blocking=True) for name in self.__dataclass_fields__))


def seed_of_step(seed: int, rank: int, step: int) -> int:
    """Return a number that differs for every run, process and step, as good as random."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{rank}/{step}".encode()).digest()[:7], "little")


class BatchSource:
    """A seeded stream of batches.

    Every group of variants is drawn equally often, so that a sound sampled at twenty velocities does not drown the
    others. What step n draws depends on seed, rank and n alone: a resumed run needs no stored random state, and draws
    are made on the CPU, so that they are the same on every device.

    Args:
        clips: the clips to train on, at least one.
        model: rate, hop, latent size and longest sound.
        optimiser: batch and crop sizes.
        augmentation: how far clips may be changed.
        seed: of the run.
        rank: number of this process among those that train together.
    """

    def __init__(
        self,
        clips: Sequence[TrainingClip],
        model: ModelSettings,
        optimiser: OptimiserSettings,
        augmentation: AugmentationSettings,
        seed: int,
        rank: int = 0,
    ) -> None:
        members: dict[str, list[TrainingClip]] = {}
        for clip in clips:
            members.setdefault(str(clip.group), []).append(clip)
        self._groups = [members[name] for name in sorted(members)]
        self._model, self._optimiser, self._augmentation = model, optimiser, augmentation
        self.seed, self.rank = seed, rank
        self._generator = torch.Generator()

    def draw(self, step: int) -> Batch:
        """Return the batch of one step, on the CPU."""
        self._generator.manual_seed(seed_of_step(self.seed, self.rank, step))
        size, crop_frames = self._optimiser.batch_clips, self._optimiser.crop_hops * self._model.hop_frames
        plain = padded_batch([self._draw_clip() for _ in range(size)], self._model.encoder_frames)
        changed = augment(plain, self._augmentation, self._generator, self._model.sample_rate)
        # The encoder is promised sounds with their peak at 1, whatever augmentation did to the level.
        whole = changed / changed.abs().amax((1, 2), keepdim=True).clamp(min=1e-4)
        first_hop = self._draw_crops(whole)
        starts = (first_hop * self._model.hop_frames).tolist()
        target = torch.stack([row[:, start : start + crop_frames] for row, start in zip(whole, starts, strict=True)])
        noise = 2 * torch.rand(target.shape, generator=self._generator) - 1
        posterior_noise = torch.randn(size, self._model.latent_size, generator=self._generator)
        return Batch(whole, first_hop, target, noise, posterior_noise)

    def _random_below(self, bound: int) -> int:
        return int(torch.randint(bound, (1,), generator=self._generator))

    def _draw_clip(self) -> TrainingClip:
        group = self._groups[self._random_below(len(self._groups))]
        return group[self._random_below(len(group))]

    def _draw_crops(self, whole: Tensor) -> Tensor:
        """Return where crops begin [batch]: at the onset, or anywhere until the crop would begin after the sound."""
        hop_frames = self._model.hop_frames
        last_start = self._model.encoder_frames // hop_frames - self._optimiser.crop_hops
        audible = whole.abs().amax(1) > 1e-3
        ends = (audible * torch.arange(1, whole.shape[-1] + 1)).amax(1) // hop_frames
        positions = torch.rand(len(whole), generator=self._generator)
        at_onset = torch.rand(len(whole), generator=self._generator) < self._optimiser.onset_share
        anywhere = (positions * (ends.clamp(max=last_start) + 1)).long()
        return torch.where(at_onset, torch.zeros_like(anywhere), anywhere)
