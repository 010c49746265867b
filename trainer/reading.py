"""A folder as a run takes it: its sounds, whether they are drums or notes, what was left out, and why.

What is said of it for a person is in ``folder_document``, whether or not anything is trained on it afterwards.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.calibration import some_of
from trainer.note_facts import folder_notes
from trainer.pitched_clips import with_notes
from trainer.progress import MEASURING, READING, Report, printable
from trainer.samples import SampleSet, inside, load_folder
from trainer.settings import Settings

MOST_NAMED_FILES = 2000
"""Skipped files that ``folder_document`` names; of more it says only how many there are."""


@dataclass(frozen=True)
class ReadFolder:
    """Sounds of a folder, of notes as :class:`trainer.pitched_clips.PitchedClip`.

    ``reason`` says why the folder is taken for its ``kind``, empty if that was asked for; ``naming`` how the names of
    notes were read, empty if they were not.
    """

    folder: Path
    samples: SampleSet
    kind: str
    reason: str = ""
    naming: str = ""


def read_folder(folder: Path, kind: str, settings: Settings, report: Report) -> ReadFolder:
    """Read a folder as ``kind``, drums, notes or auto, and tell what was found. Raises LatentbridgeError."""
    samples = load_folder(
        folder,
        settings.samples,
        on_progress=lambda done, total: report.stage(READING, done / max(total, 1)),
    )
    report.end_of_stage()
    report.say_skipped(samples.skipped, folder)
    _say_what_there_is(samples, settings, report)
    found = _as_kind(folder, samples, kind, settings, report)
    report.found(folder_document(found, settings.model.sample_rate, settings.samples.longest_seconds))
    return found


def _say_what_there_is(samples: SampleSet, settings: Settings, report: Report) -> None:
    minutes = _seconds(samples, settings.model.sample_rate) / 60
    classes = f", classes: {', '.join(map(printable, samples.classes))}" if samples.classes else ""
    width = "stereo" if samples.channels == 2 else "mono"
    report.say(f"{len(samples.clips)} sounds, {minutes:.1f} minutes, {width}{classes}")
    if samples.cut:
        report.say(f"{len(samples.cut)} are longer than {settings.samples.longest_seconds:g} s and fade out there")


def _as_kind(folder: Path, samples: SampleSet, kind: str, settings: Settings, report: Report) -> ReadFolder:
    if kind == "drums":
        return ReadFolder(folder, samples, "drums")
    rate, reason = settings.model.sample_rate, ""
    report.stage(MEASURING, 0.0)
    if kind == "auto":
        some = some_of(samples.clips, settings.run.sounds_to_tell_the_kind)
        guess = folder_notes(some, samples.classes, rate)
        report.say(f"kind: {guess.kind} ({guess.reason})")
        if guess.kind == "drums":
            report.end_of_stage()
            return ReadFolder(folder, samples, "drums", guess.reason)
        reason = guess.reason
    found = folder_notes(samples.clips, samples.classes, rate)
    report.end_of_stage()
    pitched = with_notes(samples, found)
    report.say_skipped(pitched.skipped[len(samples.skipped) :], folder)
    if found.naming:
        report.say(found.naming)
    return ReadFolder(folder, pitched, "notes", reason, found.naming)


def _seconds(samples: SampleSet, sample_rate: int) -> float:
    return sum(clip.audio.shape[1] for clip in samples.clips) / sample_rate


def folder_document(found: ReadFolder, sample_rate: int, longest_seconds: float) -> dict[str, Any]:
    """Return what was found as plain values, ready for JSON; names and reasons are printable."""
    samples = found.samples
    counts = Counter(clip.label for clip in samples.clips)
    return {
        "folder": printable(str(found.folder)),
        "sounds": len(samples.clips),
        "seconds": round(_seconds(samples, sample_rate), 1),
        "channels": samples.channels,
        "classes": [{"name": printable(name), "sounds": counts[label]} for label, name in enumerate(samples.classes)],
        "without_class": counts[-1],
        "cut": len(samples.cut),
        "longest_seconds": longest_seconds,
        "kind": found.kind,
        "reason": found.reason,
        "naming": found.naming,
        "skipped": [
            {"path": inside(file.path, found.folder), "reason": file.reason}
            for file in samples.skipped[:MOST_NAMED_FILES]
        ],
        "skipped_count": len(samples.skipped),
    }
