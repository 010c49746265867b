"""A folder of files → clips; what was skipped, and why.

A clip starts at its sound's onset and has its peak at 1. Folder names become classes. Files that are variants of one
source sample (velocity layers, round robins) share a group, so that no split of the data has one on each side.
"""

import hashlib
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from runtime.audio_files import AUDIO_SUFFIXES, Audio, printable
from runtime.contract import TrainingSource
from runtime.errors import LatentbridgeError
from trainer.drum_keys import family_of
from trainer.features import CachedSound, ClipCache
from trainer.settings import SampleSettings

SOURCES_FILE = "SOURCES.json"
"""Source, class and group of each file, where somebody wrote it, as ``python -m trainer.sources`` does."""

_OTHER_SOUND_SUFFIXES = frozenset(
    {".m4a", ".aac", ".wma", ".mp4", ".ac3", ".rx2", ".rex", ".ape", ".wv", ".mpc", ".amr"}
)
_READERS = 4


@dataclass(frozen=True, slots=True)
class Clip:
    """One sound: ``audio`` float32 [channels, frames] from its onset, peak 1. ``peak`` is what it was in the file.

    ``label`` is an index into the set's classes, −1 for none. Clips with equal ``group`` are variants of one sample.
    ``source`` names the package it came from where a SOURCES.json says so.
    """

    path: Path
    label: int
    audio: Audio
    peak: float
    group: str
    seconds: float
    was_cut: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not among the clips, and why, in words for the person whose file it is."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class SampleSet:
    """All clips of a folder, in the order of their paths; ``channels`` is 1 or 2, the same for all."""

    clips: tuple[Clip, ...]
    skipped: tuple[Skipped, ...]
    classes: tuple[str, ...]
    channels: int
    sources: tuple[TrainingSource, ...] = ()
    """Source, licence and attribution of the sounds, where a SOURCES.json says them."""

    @property
    def cut(self) -> tuple[Path, ...]:
        """Files longer than the longest clip; they were faded out there."""
        return tuple(clip.path for clip in self.clips if clip.was_cut)


@dataclass(frozen=True, slots=True)
class Split:
    """Clips to train on, and clips of other source samples to judge by."""

    training: tuple[Clip, ...]
    held_out: tuple[Clip, ...]


def load_folder(
    folder: Path,
    settings: SampleSettings,
    channels: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    cache: ClipCache | None = None,
) -> SampleSet:
    """Read every sound in a folder and the folders in it.

    Args:
        folder: where the sounds are; links are followed, each folder once.
        settings: sample rate and longest clip.
        channels: 1 or 2; None takes 2 if more than half of the sounds are really stereo.
        on_progress: called with (files done, files in all) after each file.
        cache: where read sounds are kept; the default is the user's cache folder.

    Raises:
        LatentbridgeError: no such folder, or nothing in it can be used; it says what was found.
    """
    cache = cache or ClipCache(settings)
    skipped: list[Skipped] = []
    paths = _find(folder, skipped)
    read = _read_all(paths, channels or 1, cache, skipped, on_progress)
    if channels is None:
        stereo = sum(sound.is_stereo for sound in read.values())
        channels = 2 if 2 * stereo > len(read) else 1
        if channels == 2:
            read = _read_all(list(read), 2, cache, skipped, None)
    read = _without_duplicates(read, folder, skipped)
    if not read:
        raise _nothing_usable(folder, len(paths), skipped)
    cache.prune()
    return _sample_set(folder, read, skipped, channels, settings)


def split(sample_set: SampleSet, held_out_share: float, seed: int) -> Split:
    """Hold back about ``held_out_share`` (0…1) of the groups of variants, whole.

    Whether a group is held out depends on its name and the seed alone: a sound held out of one training stays held out
    of the next, whatever other sounds are there.
    """

    def is_held_out(group: str) -> bool:
        digest = hashlib.sha256(f"{seed}/{group}".encode()).digest()
        return int.from_bytes(digest[:8], "big") < held_out_share * 2**64

    return Split(
        tuple(clip for clip in sample_set.clips if not is_held_out(clip.group)),
        tuple(clip for clip in sample_set.clips if is_held_out(clip.group)),
    )


# --- finding and reading -------------------------------------------------------------------------------------------


def _find(folder: Path, skipped: list[Skipped]) -> list[Path]:
    """Every sound file below a folder, in the order of their names; hidden files and companions are passed over."""
    if not folder.is_dir():
        raise LatentbridgeError(
            f"{folder} is {'a file' if folder.exists() else 'not there'}.",
            "A folder with sounds was expected.",
            "Check the path.",
        )
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()

    def unreadable(error: OSError) -> None:
        skipped.append(Skipped(Path(error.filename), f"the folder cannot be opened ({error.strerror})"))

    for place, folders, files in os.walk(folder, followlinks=True, onerror=unreadable):
        status = os.stat(place)
        if (status.st_dev, status.st_ino) in seen:
            # A link that leads back up, or a second way into a folder.
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        for name in sorted(files):
            suffix = Path(name).suffix.lower()
            if name.startswith("."):
                continue
            if suffix in AUDIO_SUFFIXES:
                found.append(Path(place) / name)
            elif suffix in _OTHER_SOUND_SUFFIXES:
                reason = f"{suffix[1:].upper()} files cannot be read; save it as WAV or FLAC"
                skipped.append(Skipped(Path(place) / name, reason))
    return found


def _read_all(
    paths: list[Path],
    channels: int,
    cache: ClipCache,
    skipped: list[Skipped],
    on_progress: Callable[[int, int], None] | None,
) -> dict[Path, CachedSound]:
    """Read files by a few threads: decoding, resampling and the transform all let go of Python's lock."""

    def read(path: Path) -> CachedSound | Skipped:
        try:
            return cache.sound(path, channels)
        except LatentbridgeError as error:
            reason = error.wrong.removeprefix(printable(path)).strip(" .")
            return Skipped(path, f"{reason}. {error.remedy}".strip(" ."))

    sounds: dict[Path, CachedSound] = {}
    with ThreadPoolExecutor(_READERS, thread_name_prefix="reader") as readers:
        for done, (path, result) in enumerate(zip(paths, readers.map(read, paths), strict=True), start=1):
            if isinstance(result, Skipped):
                skipped.append(result)
            else:
                sounds[path] = result
            if on_progress:
                on_progress(done, len(paths))
    return sounds


def _without_duplicates(read: dict[Path, CachedSound], folder: Path, skipped: list[Skipped]) -> dict[Path, CachedSound]:
    """Drop files that hold the same samples as an earlier one, whatever their name and format."""
    first: dict[bytes, Path] = {}
    kept: dict[Path, CachedSound] = {}
    for path, sound in read.items():
        digest = hashlib.sha256(sound.audio.tobytes()).digest()
        if digest in first:
            skipped.append(Skipped(path, f"holds the same sound as {inside(first[digest], folder)}"))
        else:
            first[digest] = path
            kept[path] = sound
    return kept


def _nothing_usable(folder: Path, files: int, skipped: list[Skipped]) -> LatentbridgeError:
    expected = "WAV, AIFF, FLAC, OGG or MP3 files were expected, in the folder or in folders inside it."
    if not skipped:
        return LatentbridgeError(f"{folder} holds no sound files.", expected, "Check the path.")
    reasons = Counter(re.sub(r" \(.*?\)", "", s.reason.split(". ")[0]) for s in skipped).most_common(3)
    said = "; ".join(f"{count} × {reason}" for reason, count in reasons)
    return LatentbridgeError(
        f"Not one of the {max(files, len(skipped))} sound files in {folder} can be used: {said}.",
        expected,
        f"The first is {printable(skipped[0].path)}.",
    )


def inside(path: Path, folder: Path) -> str:
    """Return a path as it is within a folder, printable."""
    return printable(path.relative_to(folder) if path.is_relative_to(folder) else path)


# --- names: class and group ----------------------------------------------------------------------------------------

_MEANINGLESS = re.compile(
    r"^(\d+|samples?|wavs?|aiffs?|flac|audio|sounds?|(one|1)[ _-]?shots?|"
    r"drums?|drum[ _-]?(kits?|samples?|hits?)|kits?|hits?|"
    r"mono|stereo|\d+[ _-]?bit|\d+(\.\d+)?[ _-]?k?hz|dry|wet|processed|raw|new folder.*|untitled.*|misc|other|"
    r"(velocity|vel|v|layer|rr|round[ _-]?robin)[ _-]?\d*|soft|medium|hard|loud|quiet|left|right|various)$",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    r"[ _.-]*(\b|_|(?<=[a-z]))(vel(ocity)?|v|rr|round[ _-]?robin|layer|take)[ _-]?\d+$|"
    r"[ _.-]+(soft(er|est)?|med(ium)?|hard(er|est)?|loud|quiet|p{1,4}|f{1,4}|m[pf]|l|r|left|right)$|\s*\([LR]\)$",
    re.IGNORECASE,
)


def class_name(inside: Path) -> str:
    """Class of a file by its path inside the folder; empty if neither folders nor the file's name say one.

    The nearest folder that names a drum decides; else the nearest that is not a mere ``samples``, ``24bit`` or
    ``velocity 3``; else, where there is no such folder, a drum that the file's name speaks of.
    """
    folders = [unicodedata.normalize("NFC", name) for name in reversed(inside.parts[:-1])]
    named = next((name for name in folders if family_of(name)), None)
    meaningful = named or next((name for name in folders if not _MEANINGLESS.match(name.strip())), None)
    if meaningful is None:
        return family_of(inside.stem) or ""
    plain = re.sub(r"^[\d\s._-]+(?=\D)|[\s._-]+$", "", meaningful).casefold() or meaningful
    return re.sub(r"[\s_-]+", " ", plain)


def group_name(inside: Path) -> str:
    """Group of a file by its path: the name without what marks velocities, round robins and sides."""
    stem, before = inside.stem, ""
    while stem != before:
        before, stem = stem, _VARIANT.sub("", stem) or stem
    folders = [name for name in inside.parts[:-1] if not re.match(r"(?i)^(vel|velocity|v|rr|layer)[ _-]?\d+$", name)]
    return "/".join([*folders, stem])


def _read_sources(folder: Path) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Return what SOURCES.json says of files and of sources; nothing if there is none."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        return {}, {}
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return dict(document["files"]), dict(document["sources"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LatentbridgeError(
            f"{path} cannot be understood ({error}).",
            "It says of each file its source, class and group, as `python -m trainer.sources` writes it.",
            "Write it again, or remove it.",
        ) from None


def _sample_set(
    folder: Path, read: dict[Path, CachedSound], skipped: list[Skipped], channels: int, settings: SampleSettings
) -> SampleSet:
    known, sources = _read_sources(folder)
    facts = [(path, known.get(path.relative_to(folder).as_posix(), {})) for path in read]
    inside = {path: Path(printable(path.relative_to(folder))) for path in read}
    named = {path: fact.get("class") or class_name(inside[path]) for path, fact in facts}
    classes = tuple(sorted({name for name in named.values() if name}))
    clips = tuple(
        Clip(
            path=path,
            label=classes.index(named[path]) if named[path] else -1,
            audio=read[path].audio,
            peak=read[path].peak,
            group=fact.get("group") or group_name(inside[path]),
            seconds=read[path].audio.shape[1] / settings.sample_rate,
            was_cut=read[path].was_cut,
            source=fact.get("source", ""),
        )
        for path, fact in facts
    )
    return SampleSet(clips, tuple(skipped), classes, channels, tuple(_training_sources(clips, sources)))


def _training_sources(clips: tuple[Clip, ...], sources: dict[str, dict[str, str]]) -> Iterator[TrainingSource]:
    for name, count in Counter(clip.source for clip in clips if clip.source).items():
        said = sources.get(name, {})
        yield TrainingSource(
            name=name,
            licence=str(said.get("licence", "")),
            attribution=str(said.get("attribution", "")),
            sounds=count,
        )
