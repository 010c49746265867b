"""Which sounds a training step hears: the split by source sample, the draw of clips, the choice of crops."""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from trainer.augmentation import augment
from trainer.settings import AugmentationSettings, OptimiserSettings


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


@dataclass(frozen=True)
class Split:
    """Indices of the clips that are trained on and of those that are not."""

    training: tuple[int, ...]
    held_out: tuple[int, ...]


def split_by_group(clips: Sequence[TrainingClip], held_out_share: float, least_groups: int) -> Split:
    """Keep whole groups back, so that no variant of a held-out sound is trained on.

    Which groups are held out depends on their names alone (a hash), never on the seed or on the order of the files.

    Args:
        clips: all clips.
        held_out_share: share of the groups to hold out, 0…1.
        least_groups: with fewer groups than this nothing is held out.
    """
    groups = sorted({str(clip.group) for clip in clips}, key=lambda name: hashlib.sha256(name.encode()).digest())
    kept_back = set(groups[: round(held_out_share * len(groups))] if len(groups) >= least_groups else ())
    held_out = tuple(i for i, clip in enumerate(clips) if str(clip.group) in kept_back)
    return Split(tuple(i for i in range(len(clips)) if i not in set(held_out)), held_out)


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


class BatchSource:
    """An endless, seeded stream of batches.

    Every group of variants is drawn equally often, so that a sound sampled at twenty velocities does not drown the
    others. All randomness comes from one generator on the CPU, whose state is part of the checkpoint: the same seed
    gives the same batches on every device.

    Args:
        clips: the clips to train on, at least one.
        hop_frames: frames per decoder call.
        frames: what the encoder hears of a clip, in frames.
        latent_size: latent dimensions.
        optimiser: batch and crop sizes.
        augmentation: how far clips may be changed.
        generator: on the CPU.
    """

    def __init__(
        self,
        clips: Sequence[TrainingClip],
        hop_frames: int,
        frames: int,
        latent_size: int,
        optimiser: OptimiserSettings,
        augmentation: AugmentationSettings,
        generator: torch.Generator,
    ) -> None:
        members: dict[str, list[TrainingClip]] = {}
        for clip in clips:
            members.setdefault(str(clip.group), []).append(clip)
        self._groups = [members[name] for name in sorted(members)]
        self._hop_frames, self._frames, self._latent_size = hop_frames, frames, latent_size
        self._optimiser, self._augmentation, self._generator = optimiser, augmentation, generator

    @property
    def generator(self) -> torch.Generator:
        """The source of all randomness."""
        return self._generator

    def draw(self) -> Batch:
        """Return the next batch, on the CPU."""
        size, crop_hops = self._optimiser.batch_clips, self._optimiser.crop_hops
        whole = augment(
            padded_batch([self._draw_clip() for _ in range(size)], self._frames), self._augmentation, self._generator
        )
        first_hop = self._draw_crops(whole)
        starts = (first_hop * self._hop_frames).tolist()
        crop_frames = crop_hops * self._hop_frames
        target = torch.stack([row[:, start : start + crop_frames] for row, start in zip(whole, starts, strict=True)])
        noise = 2 * torch.rand(target.shape, generator=self._generator) - 1
        posterior_noise = torch.randn(size, self._latent_size, generator=self._generator)
        return Batch(whole, first_hop, target, noise, posterior_noise)

    def _random_below(self, bound: int) -> int:
        return int(torch.randint(bound, (1,), generator=self._generator))

    def _draw_clip(self) -> TrainingClip:
        group = self._groups[self._random_below(len(self._groups))]
        return group[self._random_below(len(group))]

    def _draw_crops(self, whole: Tensor) -> Tensor:
        """Return where crops begin [batch]: at the onset, or anywhere until the crop would begin after the sound."""
        last_start = self._frames // self._hop_frames - self._optimiser.crop_hops
        audible = whole.abs().amax(1) > 1e-3
        ends = (audible * torch.arange(1, whole.shape[-1] + 1)).amax(1) // self._hop_frames
        positions = torch.rand(len(whole), generator=self._generator)
        at_onset = torch.rand(len(whole), generator=self._generator) < self._optimiser.onset_share
        anywhere = (positions * (ends.clamp(max=last_start) + 1)).long()
        return torch.where(at_onset, torch.zeros_like(anywhere), anywhere)
