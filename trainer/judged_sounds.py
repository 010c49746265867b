"""What an evaluation is about: a model, the sounds it is judged by, and the sounds it is known to have learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from runtime.contract import DecoderMetadata, read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of, find_model
from trainer.beginning import training_split
from trainer.exported import ExportedModel
from trainer.pitched_clips import as_the_model_plays
from trainer.samples import Clip, SampleSet, load_folder
from trainer.settings import RunSettings, SampleSettings, from_document

T = TypeVar("T")


@dataclass(frozen=True)
class Selection:
    """Which sounds of a folder are judged: the most of each half, and by the sources in its SOURCES.json."""

    most_sounds: int
    leave_out: str = ""
    only_source: str = ""
    all_held_out: bool = False
    training_folder: Path | None = None

    def check(self) -> None:
        """Refuse what contradicts itself. Raises LatentbridgeError."""
        if self.most_sounds < 1:
            raise LatentbridgeError(
                f"--most-sounds {self.most_sounds} leaves nothing to judge.", "At least 1 was expected."
            )
        if self.training_folder is not None and not self.all_held_out:
            raise LatentbridgeError(
                "--training-folder was given without --all-held-out.",
                "It names the sounds a model was trained on where FOLDER holds none of them.",
                "Add --all-held-out, or leave it out: then FOLDER is split as training splits it.",
            )


@dataclass(frozen=True)
class Judged:
    """A model, the sounds it is judged by, and what it was trained on.

    ``training`` and ``held_out`` are judged. ``known`` are all training sounds, for comparison, empty if it is not told
    which they are; ``own`` are all sounds of the model's own folder, held-out ones included, whose labels index
    ``classes``; empty as well if it is not told.
    """

    path: Path
    model: ExportedModel
    training: tuple[Clip, ...]
    held_out: tuple[Clip, ...]
    known: tuple[Clip, ...]
    own: tuple[Clip, ...]
    classes: tuple[str, ...]


def gather(model: str, folder: Path, selection: Selection) -> Judged:
    """Open a model (a path or the name of a shipped one) and read the sounds it is judged by.

    Raises LatentbridgeError if a file or folder is not what it should be, or nothing is left to judge.
    """
    selection.check()
    path = find_model(model)
    metadata = read_decoder_metadata(path)
    exported = ExportedModel(path, encoder_of(path, metadata))
    samples = _read(folder, metadata)
    _check_sources(samples, selection)
    run = _settings_part(metadata, "run", RunSettings())
    if selection.all_held_out:
        trained = _read(selection.training_folder, metadata) if selection.training_folder else None
        training: tuple[Clip, ...] = ()
        held_out, known = samples.clips, training_split(trained, run).training if trained else ()
    else:
        trained, clips = samples, training_split(samples, run)
        training, held_out, known = clips.training, clips.held_out, clips.training
    return Judged(
        path=path,
        model=exported,
        training=_of_sources(training, selection),
        held_out=_of_sources(held_out, selection),
        known=_without(known, selection.leave_out),
        own=_without(trained.clips if trained else (), selection.leave_out),
        classes=trained.classes if trained else (),
    )


def _settings_part(metadata: DecoderMetadata, name: str, default: T) -> T:
    """Return one part of the settings a model was trained with; the default if it is not told or of another version."""
    try:
        return from_document(type(default), metadata.training_settings["settings"][name])
    except (KeyError, TypeError, AttributeError):
        return default


def _read(folder: Path, metadata: DecoderMetadata) -> SampleSet:
    """Read a folder as it was read for the model's training: same rate, same longest sound, same channels."""
    samples = _settings_part(metadata, "samples", SampleSettings(longest_seconds=metadata.longest_note_seconds))
    found = load_folder(folder, replace(samples, sample_rate=metadata.sample_rate), channels=metadata.channels)
    return as_the_model_plays(found, metadata.pitched, metadata.sample_rate)


def _check_sources(samples: SampleSet, selection: Selection) -> None:
    """Refuse names of sources that no sound has, and a selection without any sound. Raises LatentbridgeError."""
    known = sorted({clip.source for clip in samples.clips if clip.source})
    for option, name in (("--leave-out", selection.leave_out), ("--only-source", selection.only_source)):
        if name and name not in known:
            raise LatentbridgeError(
                f"{option} {name}: no sound of the folder has this source.",
                f"The folder's SOURCES.json knows {', '.join(known)}." if known else "It has no SOURCES.json.",
                "Check the name.",
            )
    if not _of_sources(samples.clips, selection):
        raise LatentbridgeError(
            "No sound is left to judge.", "", "Leave out --leave-out or --only-source, or name another source."
        )


def _of_sources(clips: Sequence[Clip], selection: Selection) -> tuple[Clip, ...]:
    kept = _without(clips, selection.leave_out)
    return tuple(clip for clip in kept if selection.only_source in ("", clip.source))


def _without(clips: Sequence[Clip], source: str) -> tuple[Clip, ...]:
    return tuple(clip for clip in clips if not source or clip.source != source)
