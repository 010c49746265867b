"""Clips that are notes: which pitch, how hard, and when the key went up; and how a decoder is to play them again."""

import dataclasses
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runtime.errors import LatentbridgeError
from trainer.modulation import Movement, measure_movement
from trainer.note_facts import FolderNotes, folder_notes
from trainer.samples import Clip, SampleSet, Skipped

Floats = npt.NDArray[np.float32]
_MEASURERS = 2


@dataclass(frozen=True, slots=True)
class PitchedClip(Clip):
    """A clip with its pitch as measured (MIDI note with fractions), velocity 0…1, and when its key went up, if known.

    The decoder is given the measured pitch in training, so that what it plays at a whole number is in tune; where
    ``movement`` has been measured, also the course that the pitch takes about it. ``inharmonicity`` is B of its
    partials (runtime/pitch_detection.py), NaN if unknown.
    """

    pitch: float = 60.0
    velocity: float = 1.0
    held_seconds: float | None = None
    inharmonicity: float = math.nan
    movement: Movement | None = None


@dataclass(frozen=True)
class Playing:
    """How sounds are played: pitch, velocity and seconds held (infinite if not let go), each [sounds], float32."""

    pitch: Floats
    velocity: Floats
    held_seconds: Floats

    @classmethod
    def of(cls, clips: Sequence[object]) -> "Playing":
        """Return how clips were played; what is no PitchedClip is played at middle C, at full velocity, and held."""
        notes = [clip if isinstance(clip, PitchedClip) else None for clip in clips]
        held = [note.held_seconds if note and note.held_seconds is not None else math.inf for note in notes]
        return cls(
            np.array([note.pitch if note else 60.0 for note in notes], np.float32),
            np.array([note.velocity if note else 1.0 for note in notes], np.float32),
            np.array(held, np.float32),
        )


def with_notes(samples: SampleSet, notes: FolderNotes) -> SampleSet:
    """Return a folder's sounds as notes; those without a pitch are left out and named.

    Raises LatentbridgeError if none has a pitch.
    """
    kept: list[Clip] = []
    skipped: list[Skipped] = []
    for clip, note in zip(samples.clips, notes.notes, strict=True):
        if note is None:
            skipped.append(Skipped(clip.path, "has no clear pitch, and its name says none"))
        else:
            known = {field.name: getattr(clip, field.name) for field in dataclasses.fields(Clip)}
            of_note = {name: getattr(note, name) for name in ("pitch", "velocity", "held_seconds", "inharmonicity")}
            kept.append(PitchedClip(**known, **of_note))
    if not kept:
        raise LatentbridgeError(
            f"None of the {len(samples.clips)} sounds has a pitch.",
            "An instrument of notes is made from sounds that have one, or whose names say it (C3, p60).",
            "Name them by their notes, or use --kind drums.",
        )
    return dataclasses.replace(samples, clips=tuple(kept), skipped=(*samples.skipped, *skipped))


def with_movement(clips: Sequence[Clip], sample_rate: int, hop_frames: int) -> tuple[Clip, ...]:
    """Return clips with the movement of each note measured, for hops of ``hop_frames``."""

    def measured(clip: Clip) -> Clip:
        if not isinstance(clip, PitchedClip):
            return clip
        movement = measure_movement(clip.audio, sample_rate, clip.pitch, hop_frames, clip.held_seconds)
        return dataclasses.replace(clip, movement=movement)

    with ThreadPoolExecutor(_MEASURERS, thread_name_prefix="movement") as pool:
        return tuple(pool.map(measured, clips))


def as_the_model_plays(samples: SampleSet, is_pitched: bool, sample_rate: int) -> SampleSet:
    """Return a folder's sounds as a finished model takes them: as notes if it is pitched, else as they are."""
    return with_notes(samples, folder_notes(samples.clips, samples.classes, sample_rate)) if is_pitched else samples
