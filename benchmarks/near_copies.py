"""What the distance to the nearest training sound tells of a sound: is it a copy, or new?

    python -m benchmarks.near_copies MODEL FOLDER

FOLDER holds the sounds MODEL was trained on; fingerprints are taken from them anew, whatever the file carries.
Distances are relative: 1 is the median distance of a training sound to the nearest of another recording. Sounds that
should be found are training sounds played again by the model from their own places, other takes of the same recording
(another velocity, another round robin) and training sounds moved by three semitones as a tape would; sounds that should
not be are random ones, and real ones that the model was not trained on.
"""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import cyclopts
import numpy as np
import soxr

from benchmarks.decoded_sounds import Array, open_model, print_table
from runtime.contract import DecoderMetadata
from runtime.errors import LatentbridgeError
from runtime.latent.prior import draw
from runtime.oneshots.fingerprint import ROW, unpack
from runtime.oneshots.near_copies import NEAR_COPY, NearCopies
from trainer.beginning import settings_of, training_split
from trainer.exported import ExportedModel
from trainer.fingerprints import nearest_others_db, take_fingerprints, with_fingerprints
from trainer.pitched_clips import PitchedClip, Playing, as_the_model_plays
from trainer.samples import Clip, load_folder
from trainer.settings import Settings

SOUNDS = 200
SECONDS = 2.0
MOVED_SEMITONES = 3.0
NAMES = ("5 %", "a quarter", "half", "three quarters", "95 %")


def pitch_of(clip: Clip) -> float:
    """Return the MIDI note of a clip; 60 for one without."""
    return clip.pitch if isinstance(clip, PitchedClip) else 60.0


def relative(known: NearCopies, sounds: Sequence[Array], pitches: Sequence[float], rate: int) -> Array:
    """Return the relative distance of each sound [channels, frames] to the nearest training sound."""
    found = [known.nearest(np.asarray(s, np.float32), rate, p) for s, p in zip(sounds, pitches, strict=True)]
    return np.array([one.relative_distance for one in found if one is not None])


def played_again(model: ExportedModel, clips: Sequence[Clip]) -> list[Array]:
    """Return what the model makes of clips, each as long as its original."""
    places, _ = model.encode([clip.audio for clip in clips])
    decoded = model.decode(places, SECONDS, Playing.of(clips))
    return [made[:, : clip.audio.shape[1]] for made, clip in zip(decoded, clips, strict=True)]


def drawn(model: ExportedModel, like: Sequence[Clip], seed: int = 0) -> list[Array]:
    """Return random sounds, played as the clips ``like`` were."""
    generator = np.random.default_rng(seed)
    places = np.array([draw(model.metadata, generator) for _ in like], np.float32)
    return list(model.decode(places, SECONDS, Playing.of(like)))


def other_takes(metadata: DecoderMetadata, clips: Sequence[Clip]) -> Array:
    """Return the relative distance of each training sound to the nearest other take of the same recording."""
    groups: dict[str, list[Clip]] = {}
    for clip in clips:
        groups.setdefault(clip.group, []).append(clip)
    found = []
    for takes in groups.values():
        # One take is held against the others as if each were a recording of its own.
        alone = [dataclasses.replace(take, group=str(number)) for number, take in enumerate(takes)]
        taken = take_fingerprints(alone, metadata.pitched, metadata.sample_rate)
        if taken is not None:
            rows = unpack(taken.rows)
            found.append(nearest_others_db(rows, list(range(len(rows))), metadata.pitched))
    unit_db = metadata.fingerprints.unit_db if metadata.fingerprints else 1.0
    return np.concatenate(found or [np.zeros(0)]) / unit_db


def moved(clip: Clip, rate: int) -> Array:
    """Return a clip three semitones higher, as by a tape that runs faster."""
    return np.asarray(soxr.resample(clip.audio.T, rate * 2 ** (MOVED_SEMITONES / 12), rate).T, np.float32)


def main(model: str, folder: Path) -> None:
    """Print a table of distances of several kinds of sounds to the training sounds of MODEL."""
    opened = open_model(model)
    settings = settings_of(opened.metadata) or Settings()
    samples = load_folder(folder, settings.samples, channels=opened.metadata.channels)
    split = training_split(
        as_the_model_plays(samples, opened.metadata.pitched, opened.metadata.sample_rate), settings.run
    )
    metadata = with_fingerprints(opened.metadata, split.training)
    if metadata.fingerprints is None:
        raise LatentbridgeError(f"All sounds in {folder} are variants of one.", "Several recordings were expected.", "")
    known, rate = NearCopies(metadata), metadata.sample_rate
    training, held_out = (_some(clips) for clips in (split.training, split.held_out))
    rows = unpack(metadata.fingerprints.rows)
    unit_db = metadata.fingerprints.unit_db
    pitches, held_pitches = [pitch_of(clip) for clip in training], [pitch_of(clip) for clip in held_out]
    moved_pitches = [pitch + MOVED_SEMITONES for pitch in pitches]
    kinds = {
        "training sounds, played again": relative(known, played_again(opened, training), pitches, rate),
        "training sounds, other takes": other_takes(metadata, split.training),
        "training sounds, three semitones higher": relative(
            known, [moved(clip, rate) for clip in training], moved_pitches, rate
        ),
        "training sounds, other recordings": nearest_others_db(
            rows, [clip.group for clip in split.training], metadata.pitched
        )
        / unit_db,
        "held-out sounds": relative(known, [clip.audio for clip in held_out], held_pitches, rate),
        "held-out sounds, played": relative(known, played_again(opened, held_out), held_pitches, rate),
        "random sounds": relative(known, drawn(opened, training), pitches, rate),
    }
    print(
        f"{metadata.name}: {len(rows)} training sounds in {len(metadata.fingerprints.rows) / 1000:.0f} kB, "
        f"{ROW.itemsize} bytes each; 1 is {unit_db:.2f} dB; a near copy is nearer than {NEAR_COPY:g}\n"
    )
    table: list[tuple[object, ...]] = [
        (name, len(found), *map(float, np.percentile(found, [5, 25, 50, 75, 95])), f"{(found < NEAR_COPY).mean():.0%}")
        for name, found in kinds.items()
        if len(found)
    ]
    print_table(("sounds", "number", *NAMES, "near copies"), table)


def _some(clips: Sequence[Clip]) -> list[Clip]:
    return [clips[int(i)] for i in np.unique(np.linspace(0, len(clips) - 1, min(SOUNDS, len(clips))))] if clips else []


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
