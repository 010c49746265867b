"""A folder of sounds → the note of each: what its name says, held against what is heard; and drums or notes at all.

Names settle which note is meant, sounds settle how the names are to be read: where the folder counts its octaves from,
and which of several numbers is the note. Where names say nothing the sound alone decides.
"""

import math
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from runtime.pitch_detection import CONFIDENT, Pitch, measure_pitch
from trainer.drum_keys import family_of
from trainer.note_names import Reading, held_seconds, note_readings, velocities, written
from trainer.samples import Clip

AGREEMENT_SEMITONES = 0.7
"""A name and a sound that are no further apart mean the same note, octaves left aside."""
LEAST_AGREEING = 0.6
"""Share of the sounds with a pitch that must agree with a reading of the names for it to be believed."""
LEAST_NAMED = 0.6
"""Share of the files that must have a reading for it to be one of the folder's."""
LEAST_PITCHED = 0.7
"""Share of sounds with a steady pitch above which a folder is one of notes."""
LEAST_DRUMS = 0.5
QUIETEST_VELOCITY = 0.1
_MEASURERS = 2


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one sound.

    ``note`` is the key that plays it, a whole MIDI number; ``tuning_cents`` how far the sound is from that note;
    ``confidence`` (0…1) how well it was heard to be that note; ``velocity`` 0…1; ``is_named`` whether the name said it;
    ``held_seconds`` when the key went up, if the name says that; ``inharmonicity`` B of its partials, NaN if the sound
    was not heard to be that note.
    """

    note: int
    tuning_cents: float
    confidence: float
    velocity: float
    is_named: bool
    held_seconds: float | None = None
    inharmonicity: float = math.nan

    @property
    def pitch(self) -> float:
        """MIDI note with fractions that the sound really has."""
        return self.note + self.tuning_cents / 100


@dataclass(frozen=True, slots=True)
class FolderNotes:
    """Notes of a folder's clips, None for those without one, and what the folder is.

    ``kind`` is what the folder should be trained as, ``reason`` a sentence that says why; ``naming`` says how its names
    were read, empty if they were not.
    """

    notes: tuple[Note | None, ...]
    kind: Literal["drums", "notes"]
    reason: str
    naming: str


@dataclass(frozen=True, slots=True)
class _Naming:
    """How a folder's names are read: which reading, and how many semitones are to be added."""

    reading: Reading
    offset: int
    agreeing: int
    heard: int


def folder_notes(clips: Sequence[Clip], classes: Sequence[str], sample_rate: int) -> FolderNotes:
    """Find the note of every clip and decide what the folder is.

    Args:
        clips: the sounds, from their onset, peak 1.
        classes: names of the classes that the clips' labels point at.
        sample_rate: of the clips, in Hz.
    """
    with ThreadPoolExecutor(_MEASURERS, thread_name_prefix="pitch") as pool:
        heard = list(pool.map(lambda clip: measure_pitch(clip.audio, sample_rate), clips))
    readings = [note_readings(clip.path.stem) for clip in clips]
    naming = _naming(readings, heard)
    loudness = _velocities(clips)
    notes = tuple(
        _note(clip, pitch, read, naming, velocity, sample_rate)
        for clip, pitch, read, velocity in zip(clips, heard, readings, loudness, strict=True)
    )
    kind, reason = _kind(clips, classes, heard, naming)
    return FolderNotes(notes, kind, reason, _naming_line(naming))


# --- names against sounds ------------------------------------------------------------------------------------------


def _naming(readings: Sequence[dict[Reading, int]], heard: Sequence[Pitch]) -> _Naming | None:
    """The reading that agrees with most of the sounds; None if none does and names alone do not suffice."""
    counts = Counter(reading for read in readings for reading in read)
    candidates = [reading for reading, count in counts.items() if count >= LEAST_NAMED * len(readings)]
    judged = [_judged(reading, readings, heard) for reading in candidates]
    believed = [naming for naming in judged if naming.agreeing >= max(2, LEAST_AGREEING * naming.heard)]
    if believed:
        order = {"name": 2, "marked": 1, "number": 0}
        return max(believed, key=lambda one: (one.agreeing, order[one.reading[0]], -one.reading[1]))
    # Too few sounds with a pitch to ask: names and marked numbers mean what they say.
    plain = [one for one in judged if one.reading[0] != "number" and one.heard < 2 and one.reading[1] == 0]
    return plain[0] if plain else None


def _judged(reading: Reading, readings: Sequence[dict[Reading, int]], heard: Sequence[Pitch]) -> _Naming:
    """How well one reading agrees with the sounds, and the octaves between them."""
    differences = [
        pitch.note - read[reading]
        for read, pitch in zip(readings, heard, strict=True)
        if reading in read and pitch.confidence >= CONFIDENT
    ]
    octaves = Counter(
        round(difference / 12)
        for difference in differences
        if abs(difference - 12 * round(difference / 12)) <= AGREEMENT_SEMITONES
    )
    offset = octaves.most_common(1)[0][0] if octaves else 0
    # A sound heard an octave off still speaks for the name; names of one and the same note speak for nothing.
    is_varied = len({read[reading] for read in readings if reading in read}) > 1 or reading[0] != "number"
    agreeing = sum(octaves.values()) if is_varied else 0
    return _Naming(reading, 12 * offset, agreeing, len(differences))


def _note(
    clip: Clip, pitch: Pitch, read: dict[Reading, int], naming: _Naming | None, velocity: float, sample_rate: int
) -> Note | None:
    """The note of one clip: as named, tuned as it sounds near there; else as heard, if it is heard clearly."""
    held = held_seconds(clip.path.stem)
    if naming is not None and naming.reading in read:
        named = read[naming.reading] + naming.offset
        if 0 <= named <= 127:
            near = pitch
            if math.isnan(pitch.note) or abs(pitch.note - named) > AGREEMENT_SEMITONES:
                near = measure_pitch(clip.audio, sample_rate, near_note=named)
            if math.isnan(near.note):
                # An organ's lowest stop may sound octaves below the key: its tuning counts all the same.
                near = pitch
            away = near.note - named if near.confidence > 0 else math.nan
            away -= 12 * round(away / 12) if math.isfinite(away) else 0
            is_near = abs(away) <= AGREEMENT_SEMITONES
            cents = 100 * away if is_near else 0.0
            confidence, stiffness = (near.confidence, near.inharmonicity) if is_near else (0.0, math.nan)
            return Note(named, cents, confidence, velocity, True, held, stiffness)
    if pitch.confidence < CONFIDENT or not 0 <= round(pitch.note) <= 127:
        return None
    nearest = round(pitch.note)
    return Note(nearest, 100 * (pitch.note - nearest), pitch.confidence, velocity, False, held, pitch.inharmonicity)


def _velocities(clips: Sequence[Clip]) -> list[float]:
    """Velocity 0…1 of each clip: by its name, else by its level beside the loudest of its class (40 dB per decade)."""
    named = velocities([clip.path.stem for clip in clips])
    loudest: dict[int, float] = {}
    for clip in clips:
        loudest[clip.label] = max(loudest.get(clip.label, 0.0), clip.peak)
    return [
        said if said is not None else max(QUIETEST_VELOCITY, math.sqrt(clip.peak / max(loudest[clip.label], 1e-9)))
        for clip, said in zip(clips, named, strict=True)
    ]


# --- drums or notes ------------------------------------------------------------------------------------------------


def _kind(
    clips: Sequence[Clip], classes: Sequence[str], heard: Sequence[Pitch], naming: _Naming | None
) -> tuple[Literal["drums", "notes"], str]:
    """What the folder is, and why. A name that calls a sound a drum weighs more than a pitch that a drum may have."""
    total = len(clips)
    pitched = sum(pitch.confidence >= CONFIDENT for pitch in heard)
    labels = [classes[clip.label] if clip.label >= 0 else "" for clip in clips]
    drums = sum(bool(family_of(label)) for label in labels)
    if naming is not None and naming.agreeing >= LEAST_AGREEING * max(naming.heard, 1) and pitched >= 0.5 * total:
        return "notes", (
            f"file names say notes and {naming.agreeing} of the {naming.heard} sounds with a clear pitch agree"
        )
    if drums > LEAST_DRUMS * total:
        return "drums", f"{drums} of {total} sounds are called drums by their folders or names"
    if pitched >= LEAST_PITCHED * total:
        return "notes", f"{pitched} of {total} sounds have a clear and steady pitch"
    return "drums", f"only {pitched} of {total} sounds have a clear and steady pitch"


def _naming_line(naming: _Naming | None) -> str:
    """How names were read, for the person whose folder it is."""
    if naming is None:
        return ""
    kind = naming.reading[0]
    if kind == "name":
        middle = written(60 - naming.offset)
        return f"notes are read from the file names, in which MIDI 60 is {middle}"
    moved = f", moved by {naming.offset // 12} octaves" if naming.offset else ""
    return f"notes are read from the numbers in the file names{moved}"
