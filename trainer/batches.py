"""Which sounds a training step hears: the draw of clips, the choice of crops."""

import hashlib
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

import torch
from torch import Tensor

from trainer.augmentation import draw_numbers, sounding_frames, vary
from trainer.decoders.modulation import targets
from trainer.modulation import STILL, Movement
from trainer.pitched_clips import PitchedClip, Playing
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


def _movement(note: PitchedClip | None) -> Movement:
    """What was measured of a note; one of which nothing was stands still, as far as is known."""
    return STILL if note is None or note.movement is None else note.movement


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
    """One training step's material: some clips, and some crops of each.

    ``whole`` [clips, channels, frames]: what the encoder hears, as long as the longest of them sounds. ``first_hop``
    [clips, crops]: where each crop begins, in hops after the onset; the first of each clip at the onset. ``target``
    [clips, crops, channels, crop_hops · hop]: the crops. ``noise`` as ``target``: uniform in −1…1. ``posterior_noise``
    [clips, latent_size]: standard normal. ``kept`` [clips, 2 · encoder_channels]: dropout's factors in the encoder.
    ``window_shift``: where the windows of the loss lie, 0…1. Of notes also ``played`` [clips, channels, frames]: the
    sounds that the crops are cut from, where those are not what the encoder hears, but other notes of the same
    instrument; ``pitch`` and ``velocity`` [clips, 1]; ``held_hops`` [clips], infinite where the key is not known to go
    up; ``frozen_hop`` [clips, crops]: the note time at which a crop is held, infinite where time goes on;
    ``course_semitones`` [clips, crops, 1 + crop_hops]: how far each crop's pitch is from ``pitch`` before its first hop
    and at the end of each; ``modulation`` [clips, 2, NUMBERS]: what is known of how the notes move, and how much each
    number counts (trainer/decoders/modulation.py); ``inharmonicity`` [clips, 1], NaN where it is not known.
    """

    whole: Tensor
    first_hop: Tensor
    target: Tensor
    noise: Tensor
    posterior_noise: Tensor
    kept: Tensor
    window_shift: float
    played: Tensor | None = None
    pitch: Tensor | None = None
    velocity: Tensor | None = None
    held_hops: Tensor | None = None
    frozen_hop: Tensor | None = None
    course_semitones: Tensor | None = None
    modulation: Tensor | None = None
    inharmonicity: Tensor | None = None

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on another device."""
        values = (getattr(self, name) for name in self.__dataclass_fields__)
        return Batch(*(x.to(device, non_blocking=True) if isinstance(x, Tensor) else x for x in values))

    def shares(self, count: int) -> list["Batch"]:
        """Return the batch cut into ``count`` batches of about equal size, fewer if there are fewer clips."""
        bounds = sorted({round(i * len(self.whole) / count) for i in range(count + 1)})
        values = [getattr(self, name) for name in self.__dataclass_fields__]
        return [
            Batch(*(x[begin:end] if isinstance(x, Tensor) else x for x in values)) for begin, end in pairwise(bounds)
        ]


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
        self._instruments: dict[int, list[PitchedClip]] = {}
        for clip in clips:
            if isinstance(clip, PitchedClip):
                self._instruments.setdefault(clip.label, []).append(clip)
        self.seed, self.rank = seed, rank
        self._generator = torch.Generator()

    def draw(self, step: int) -> Batch:
        """Return the batch of one step, on the CPU."""
        self._generator.manual_seed(seed_of_step(self.seed, self.rank, step))
        size, crop_frames = self._optimiser.batch_clips, self._optimiser.crop_hops * self._model.hop_frames
        clips = [self._draw_clip() for _ in range(size)]
        numbers = draw_numbers(size, self._generator)
        whole = self._varied(clips, numbers)
        first_hop = self._draw_crops(whole)
        target = torch.stack(
            [
                torch.stack([clip[:, start : start + crop_frames] for start in starts])
                for clip, starts in zip(whole, (first_hop * self._model.hop_frames).tolist(), strict=True)
            ]
        )
        noise = 2 * torch.rand(target.shape, generator=self._generator) - 1
        posterior_noise = torch.randn(size, self._model.latent_size, generator=self._generator)
        dropout = self._model.encoder_dropout
        dropped = torch.rand(size, 2 * self._model.encoder_channels, generator=self._generator) < dropout
        kept = (~dropped).float() / (1 - dropout)
        window_shift = float(torch.rand((), generator=self._generator))
        heard = whole[..., : sounding_frames(whole)].contiguous()
        batch = Batch(heard, first_hop, target, noise, posterior_noise, kept, window_shift)
        return self._as_notes(batch, clips, numbers) if self._instruments else batch

    def _varied(self, clips: Sequence[TrainingClip], numbers: Tensor) -> Tensor:
        """Return clips as the numbers drawn for them say, each with its peak at 1: so much the encoder is promised."""
        plain = padded_batch(clips, self._model.encoder_frames)
        changed = vary(plain, numbers, self._augmentation, self._model.sample_rate)
        return changed / changed.abs().amax((1, 2), keepdim=True).clamp(min=1e-4)

    def _as_notes(self, batch: Batch, clips: Sequence[TrainingClip], numbers: Tensor) -> Batch:
        """Add how the notes of a batch were played; let the encoder hear other notes of the same instrument for some.

        One latent has to be the same instrument on every key and at every velocity. What was done to a note is done to
        the other one as well: they stay the same instrument.
        """
        settings = self._optimiser
        heard = [clip if isinstance(clip, PitchedClip) else None for clip in clips]
        others = torch.rand(len(clips), generator=self._generator) < settings.other_note_share
        partners: list[TrainingClip] = []
        for clip, note, is_other in zip(clips, heard, others.tolist(), strict=True):
            among = self._instruments[note.label] if note and is_other else [clip]
            partners.append(among[self._random_below(len(among))])
        whole = self._heard_instead(batch.whole, clips, partners, numbers)
        playing = Playing.of(clips)
        held_hops = torch.from_numpy(playing.held_seconds) * (self._model.sample_rate / self._model.hop_frames)
        # A crop that lies within the held part may stand for a note that is held at its middle.
        middle = batch.first_hop + settings.crop_hops / 2
        may_freeze = (batch.first_hop > 0) & (batch.first_hop + settings.crop_hops <= held_hops[:, None])
        freezes = torch.rand(middle.shape, generator=self._generator) < settings.frozen_share
        return replace(
            batch,
            whole=whole[..., : sounding_frames(whole)].contiguous(),
            played=batch.whole,
            pitch=torch.from_numpy(playing.pitch)[:, None],
            velocity=torch.from_numpy(playing.velocity)[:, None],
            held_hops=held_hops,
            frozen_hop=torch.where(may_freeze & freezes, middle, torch.inf),
            course_semitones=self._courses(heard, batch.first_hop),
            modulation=torch.tensor([targets(_movement(note).modulation) for note in heard]),
            inharmonicity=torch.tensor([[note.inharmonicity if note else math.nan] for note in heard]),
        )

    def _heard_instead(
        self, whole: Tensor, clips: Sequence[TrainingClip], partners: Sequence[TrainingClip], numbers: Tensor
    ) -> Tensor:
        """Return ``whole`` with the clips that have another partner than themselves replaced by it, varied alike."""
        others = [i for i, (clip, partner) in enumerate(zip(clips, partners, strict=True)) if clip is not partner]
        heard = torch.nn.functional.pad(whole, (0, self._model.encoder_frames - whole.shape[-1]))
        if others:
            heard[others] = self._varied([partners[i] for i in others], numbers[others])
        return heard

    def _courses(self, notes: Sequence[PitchedClip | None], first_hop: Tensor) -> Tensor:
        """How far each crop's pitch is from its mean, [clips, crops, 1 + crop_hops]; a course goes on as it ended."""
        hops = torch.arange(1 + self._optimiser.crop_hops)
        courses = [torch.from_numpy(_movement(note).course_semitones) for note in notes]
        return torch.stack(
            [
                course[(begin[:, None] + hops).clamp(max=len(course) - 1)]
                for course, begin in zip(courses, first_hop, strict=True)
            ]
        )

    def _random_below(self, bound: int) -> int:
        return int(torch.randint(bound, (1,), generator=self._generator))

    def _draw_clip(self) -> TrainingClip:
        group = self._groups[self._random_below(len(self._groups))]
        return group[self._random_below(len(group))]

    def _draw_crops(self, whole: Tensor) -> Tensor:
        """Return where crops begin [clips, crops]: at the onset, then anywhere until the crop would miss the sound."""
        hop_frames = self._model.hop_frames
        last_start = self._model.encoder_frames // hop_frames - self._optimiser.crop_hops
        hops = whole.shape[-1] // hop_frames
        levels = whole[..., : hops * hop_frames].abs().unflatten(-1, (hops, hop_frames)).amax((1, 3))
        ends = ((levels > 1e-3) * torch.arange(1, hops + 1)).amax(1) - 1
        ends = ends.clamp(min=0)
        positions = torch.rand(len(whole), self._optimiser.later_crops, generator=self._generator)
        anywhere = (positions * (ends.clamp(max=last_start) + 1)[:, None]).long()
        return torch.cat([torch.zeros_like(anywhere[:, :1]), anywhere], dim=1)
