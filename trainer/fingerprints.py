"""Fingerprints of the training sounds, for a model to carry, so that whoever plays it can tell copies from new sounds.

    python -m trainer.fingerprints MODEL FOLDER

adds them to a finished model within a minute: graph, weights and the rest of its metadata stay as they are.
``latentbridge train`` and ``latentbridge calibrate`` do it by themselves.
"""

import sys
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

import cyclopts
import numpy as np
import numpy.typing as npt
from cyclopts import Parameter

from runtime.contract import DecoderMetadata, read_decoder_metadata, write_metadata
from runtime.errors import LatentbridgeError
from runtime.known_sounds import Fingerprints
from runtime.model_files import find_model
from runtime.oneshots.fingerprint import METHOD, ROW, distances_db, fingerprint, pack
from runtime.oneshots.near_copies import NEIGHBOURING_SEMITONES
from trainer.beginning import settings_of, training_split
from trainer.pitched_clips import Playing, as_the_model_plays
from trainer.samples import load_folder
from trainer.settings import Settings

MOST_SOUNDS: Final = 50_000
"""More would crowd out the rest of the metadata; of a larger folder as many are kept, spread over all."""
_MOST_COMPARED: Final = 2000


class FingerprintClip(Protocol):
    """A training sound: its class, its waveform [channels, frames], and the source sample that it is a variant of."""

    @property
    def label(self) -> int:
        """Index into the classes, −1 for none."""
        ...

    @property
    def audio(self) -> Any:
        """Waveform [channels, frames]."""
        ...

    @property
    def group(self) -> Hashable:
        """The source sample."""
        ...


def take_fingerprints(clips: Sequence[FingerprintClip], is_pitched: bool, sample_rate: int) -> Fingerprints | None:
    """Return the fingerprints of the sounds that a model is trained on, in their order.

    None if they are all variants of one recording: then there is nothing that a distance could be relative to.
    """
    kept = [clips[i] for i in _evenly_spaced(len(clips), MOST_SOUNDS)]
    pitches = Playing.of(kept).pitch
    rows = np.zeros(len(kept), ROW)
    for row, clip, pitch in zip(rows, kept, pitches, strict=True):
        audio = np.asarray(clip.audio, np.float32)
        row["label"] = clip.label
        row["half_semitones"] = np.clip(round(2 * float(pitch)), 0, 255) if is_pitched else 0
        row["levels"] = fingerprint(audio, sample_rate, float(pitch) if is_pitched else None)
    nearest = nearest_others_db(rows, [clip.group for clip in kept], is_pitched)
    if not len(nearest):
        return None
    unit_db = max(round(float(np.median(nearest)), 4), 0.01)
    return Fingerprints(method=METHOD, rows=pack(rows), row_bytes=ROW.itemsize, unit_db=unit_db, out_of=len(clips))


def nearest_others_db(rows: npt.NDArray[Any], groups: Sequence[Hashable], is_pitched: bool) -> npt.NDArray[np.float64]:
    """Return the distance of sounds (dtype ROW) to the nearest of another group; those without any are left out."""
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    owner = np.array([numbers[group] for group in groups])
    found = []
    for i in _evenly_spaced(len(rows), _MOST_COMPARED):
        others = owner != owner[i]
        if is_pitched:
            others &= np.abs(rows["half_semitones"] / 2 - rows["half_semitones"][i] / 2) <= NEIGHBOURING_SEMITONES
        if others.any():
            found.append(distances_db(rows["levels"][i], rows["levels"][others], is_pitched).min())
    return np.array(found)


def _evenly_spaced(count: int, most: int) -> list[int]:
    return sorted({int(i) for i in np.linspace(0, count - 1, min(count, most))})


def with_fingerprints(metadata: DecoderMetadata, clips: Sequence[FingerprintClip]) -> DecoderMetadata:
    """Return a model's metadata with the fingerprints of the sounds it was trained on."""
    taken = take_fingerprints(clips, metadata.pitched, metadata.sample_rate)
    return metadata.model_copy(update={"fingerprints": taken})


def out_of(count: int, metadata: DecoderMetadata) -> DecoderMetadata:
    """Return metadata that say that their fingerprints are those of some of ``count`` training sounds."""
    if metadata.fingerprints is None:
        return metadata
    return metadata.model_copy(update={"fingerprints": metadata.fingerprints.model_copy(update={"out_of": count})})


def main(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    folder: Annotated[Path, Parameter(help="The sounds it was trained on.")],
    /,
) -> None:
    """Add to a finished model the fingerprints of the sounds it was trained on; nothing else of it changes.

    What training held back is left out here as well.
    """
    path = find_model(model)
    metadata = read_decoder_metadata(path)
    settings = settings_of(metadata) or Settings()
    samples = load_folder(folder, settings.samples, channels=metadata.channels)
    samples = as_the_model_plays(samples, metadata.pitched, metadata.sample_rate)
    clips = training_split(samples, settings.run).training
    changed = with_fingerprints(metadata, clips)
    write_metadata(path, changed)
    if changed.fingerprints is None:
        print(f"written: {path}, without fingerprints, since all of its sounds are variants of one")
    else:
        letters = len(changed.fingerprints.rows)
        print(f"written: {path}, with fingerprints of {len(clips)} sounds in {letters / 1000:.0f} kB")


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
