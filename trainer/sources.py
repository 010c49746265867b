"""``python -m trainer.sources OUT``: the drum sounds whose licences let a model be shipped, as OUT/<class>/<name>.wav.

Every sound comes from a package that is installed by name (Debian or npm), or from our own synthesiser; nothing is
fetched here. OUT/SOURCES.json says for each file where it came from, under which licence, and which *group* it belongs
to: renders of one source sample share a group, so that a training split never has one on each side.

Left out on purpose, because their licences are GPL or share-alike: hydrogen-data, the other Hydrogen kits, lmms-common,
avldrums, opl3-soundfont, timgm6mb-soundfont, freepats.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cyclopts
import numpy as np
import soundfile

from runtime.audio_files import Audio, read_oneshot, trim
from runtime.errors import LatentbridgeError
from trainer import drum_synthesis, soundfont
from trainer.samples import SOURCES_FILE

SAMPLE_RATE_HZ = 48_000
LONGEST_SECONDS = 4.3
NPM_PACKAGE = "supersonic-scsynth-samples"
NPM_VERSION = "0.84.2"
MADE_SOUNDS_PER_GROUP = 7
"""Training draws each group equally often: synthetic sounds, many as they are, must not outnumber the recorded ones."""
HYDROGEN_KITS = Path("/usr/share/hydrogen/data/drumkits")
MUSESCORE_FONT = Path("/usr/share/sounds/sf3/MuseScore_General_Full.sf3")
CSOUND_FONT = Path("/usr/share/sounds/sf2/sf_GMbank.sf2")


@dataclass(frozen=True, slots=True)
class Source:
    """A package of sounds: its name, licence and the attribution that has to travel with a model."""

    name: str
    licence: str
    attribution: str
    install: str


SUPERSONIC = Source(
    "supersonic-scsynth-samples",
    "CC0-1.0",
    "Samples of Sonic Pi, from freesound.org and Uwe Zahn (Arovane)",
    f"npm install --prefix DOWNLOADS {NPM_PACKAGE}@{NPM_VERSION}",
)
MUSESCORE = Source(
    "musescore-general-soundfont",
    "MIT (parts CC0 or public domain)",
    "MuseScore_General_HQ: Frank Wen, Michael Cowgill, S. Christian Collins, Amir Oosman, Sam Gossner and others",
    "sudo apt-get install musescore-general-soundfont fluidsynth",
)
AUDIOPHOB = Source(
    "hydrogen-drumkits: Audiophob",
    "CC0-1.0",
    "soundcloud.com/audiophobdubstep, from freesound.org",
    "sudo apt-get install hydrogen-drumkits",
)
RUMPF = Source(
    "hydrogen-drumkits: rumpf_kit_z01",
    "CC-BY-3.0",
    "rumpf_kit_z01 by Emanuel Rumpf (sf.net/projects/rumpf-kit), CC-BY 3.0, "
    "creativecommons.org/licenses/by/3.0; resampled, trimmed and learnt from",
    "sudo apt-get install hydrogen-drumkits",
)
CSOUND = Source(
    "csound-soundfont",
    "public domain",
    "GM GS Bank (sf_GMbank.sf2), declared public domain",
    "sudo apt-get install csound-soundfont fluidsynth",
)
PROCEDURAL = Source("latentbridge drum synthesiser", "MIT", "made by trainer/drum_synthesis.py", "")


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound to write: ``audio`` is mono [1, frames] at 48 kHz; ``group`` is unique over all sources."""

    drum_class: str
    name: str
    audio: Audio
    source: Source
    group: str


Rules = tuple[tuple[str, str], ...]
"""(regular expression, class): the first that is found in a name decides; an empty class leaves the sound out."""

FONT_RULES: Rules = (
    (r"high hat.*crash|scratch|whistle|metronome|met click|applause|ocean|helicopter", ""),
    (r"roll|crush|carillon|swirl|bell tree", ""),
    (r"bongo|timbale|conga|tumba|quinto|taiko|timp|cow ?bell|triangle|tambour", "percussion"),
    (r"clap", "clap"),
    (r"^(?!mbass).*(rim|shell|backstick|808 click|(stick|mallet) (shot|click))|mbass.* rim", "rim"),
    (r"kick|bass drum|mbass|sine wave.* key3[56]|acoustic tom.* key36", "kick"),
    (r"hat", "hat"),
    (r"crash|crsh|ride|cymb|splash|mcym|^58_", "cymbal"),
    (r"snr|snare|piccolo|rmpwr", "snare"),
    (r"tom|studio|mtnr|tnr|syn drum|sine wave", "tom"),
    (r"", "percussion"),
)
SUPERSONIC_RULES: Rules = (
    (r"^bd_|drum_bass|heavy_kick|_kick", "kick"),
    (r"^sn_|_snare", "snare"),
    (r"^hat_|cymbal_closed|cymbal_pedal|cymbal_open|perc_hat", "hat"),
    (r"_tom", "tom"),
    (r"drum_cymbal|splash|elec_cymbal|^ride_", "cymbal"),
    (r"drum_roll|tabla_tas|loop|perc_door|perc_swoosh|perc_swash|perc_till|elec_chime", ""),
    (r"^(drum|elec|perc|tabla|tbd_perc|glitch_perc)", "percussion"),
    (r"", ""),
)
AUDIOPHOB_RULES: Rules = (
    (r"86335", "kick"),
    (r"16336|29800", "clap"),
    (r"124382|25671", "snare"),
    (r"104227|116973|156272", "hat"),
    (r"101450|9993[01]", "tom"),
    (r"124101|15590", "cymbal"),
    (r"", "percussion"),
)
RUMPF_RULES: Rules = (
    # Field recordings that their author numbered; told apart by listening with the eye: spectrogram and envelope.
    # Rumbles, swells and several strokes in one file are left out.
    (r"06-3[128]|06-46|07-18|07-2[01]|08-22", "kick"),
    (r"01-1[07]|01-2[134]|01-33|08-3[45]", "snare"),
    (r"01-26|08-30", "clap"),
    (r"09-10|08-31", "hat"),
    (r"06-21|06-24|09-11", "cymbal"),
    (r"06-33|06-37|08-1[789]|08-2[056]", "tom"),
    (r"09-12|06-1[56]", "rim"),
    (r"01-(1[1-689]|2[029]|3[6-9]|4[01])|02-10|03-|04-|05-1[0-5]|06-1[01]|06-2[0237]|06-28|06-3[45]", ""),
    (r"06-4[0235789]|06-50|07-1[23]|08-2[89]|09-13", ""),
    (r"", "percussion"),
)


def class_of(name: str, rules: Rules) -> str:
    """Class of a sound by its name; empty if it is to be left out."""
    return next((drum_class for pattern, drum_class in rules if re.search(pattern, name.lower())), "")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _missing(source: Source, place: Path) -> LatentbridgeError:
    return LatentbridgeError(
        f"{source.name} is not installed: {place} does not exist.",
        "The sounds of this package are part of the shipped model's training set.",
        f"Type: {source.install}",
    )


def _files(source: Source, folder: Path, pattern: str, rules: Rules, group: Callable[[str], str]) -> Iterator[Sound]:
    """Sounds that lie in a folder as they are."""
    if not folder.is_dir():
        raise _missing(source, folder)
    for path in sorted(folder.glob(pattern)):
        drum_class = class_of(path.stem, rules)
        if drum_class:
            audio = read_oneshot(path, SAMPLE_RATE_HZ, 1, LONGEST_SECONDS).audio
            yield Sound(drum_class, _slug(path.stem), audio, source, f"{source.name}/{group(path.stem)}")


def _supersonic_group(stem: str) -> str:
    """Two strokes on one drum are one group, as are the numbered takes of one stroke of the tabla."""
    return re.sub(r"_(soft|hard)$", "", re.sub(r"(tabla_\w+?|perc_snap|perc_bell)\d+$", r"\1", stem))


def _supersonic_folder(downloads: Path) -> Path:
    for place in (downloads / "node_modules" / NPM_PACKAGE, downloads / "package", downloads / NPM_PACKAGE, downloads):
        if (place / "PROVENANCE.md").is_file() and (place / "samples").is_dir():
            return place / "samples"
    raise LatentbridgeError(
        f"The npm package {NPM_PACKAGE} was not found in {downloads}.",
        "The sounds of this package are part of the shipped model's training set.",
        f"Type: {SUPERSONIC.install.replace('DOWNLOADS', str(downloads))}",
    )


def _differs(audio: Audio, others: Iterable[Audio]) -> bool:
    """Whether a sound differs by more than −26 dB from each of the others, level left out of account."""
    for other in others:
        frames = min(audio.shape[1], other.shape[1])
        a, b = audio[0, :frames].astype(np.float64), other[0, :frames].astype(np.float64)
        fit = float(a @ b) / (float(b @ b) + 1e-12)
        if np.sum((a - fit * b) ** 2) < 10 ** (-2.6) * np.sum(a**2):
            return False
    return True


def _groups_of(strikes: list[soundfont.Strike]) -> dict[str, str]:
    """Name of the group of each sample: samples that sound together, or are takes of one drum, share one."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for strike in strikes:
        family = re.sub(r"(?<=\d)-\d$|(?<=[a-z]) ?\d+$", "", strike.samples[0])
        names = [*strike.samples, f"family:{family}"] if "-" in strike.samples[0] else list(strike.samples)
        for name in names:
            parent[root(name)] = root(names[0])
    return {name: root(name) for name in parent}


def _font(source: Source, path: Path, skipped_programs: frozenset[int]) -> Iterator[Sound]:
    """The kits of a SoundFont, one render per strike that sounds different from the others of its group."""
    if not path.is_file():
        raise _missing(source, path)
    strikes = [s for s in soundfont.SoundFont(path).strikes() if s.program not in skipped_programs]
    strikes = [s for s in strikes if class_of(_strike_name(s), FONT_RULES)]
    group_of = _groups_of(strikes)
    kept: dict[str, list[Audio]] = {}
    for strike, audio in soundfont.render(path, strikes):
        if np.abs(audio).max() < 1e-4:
            continue
        audio = trim(audio, SAMPLE_RATE_HZ).audio
        audio = np.asarray(audio / np.abs(audio).max(), np.float32)
        group = group_of[strike.samples[0]]
        if _differs(audio, kept.setdefault(group, [])):
            kept[group].append(audio)
            name = f"{_slug(source.name.split('-')[0])}_{_slug(' '.join(strike.samples))[:40]}"
            name += f"_p{strike.program}_k{strike.key}_v{strike.velocity}"
            yield Sound(class_of(_strike_name(strike), FONT_RULES), name, audio, source, f"{source.name}/{group}")


def _strike_name(strike: soundfont.Strike) -> str:
    return f"{' + '.join(strike.samples)} key{strike.key}"


def _made(one: tuple[str, tuple[int, ...]]) -> Sound:
    drum_class, seed = one
    number = seed[-1]
    group = f"{PROCEDURAL.name}/{drum_class}_{number // MADE_SOUNDS_PER_GROUP:04d}"
    audio = drum_synthesis.synthesise(drum_class, seed)
    return Sound(drum_class, f"made_{drum_class}_{number:05d}", audio, PROCEDURAL, group)


def _procedural(sounds: int, seed: int) -> Iterator[Sound]:
    with ProcessPoolExecutor() as pool:
        yield from pool.map(_made, drum_synthesis.drum_set(sounds, seed), chunksize=16)


def gather(downloads: Path, procedural: int, seed: int) -> Iterator[Sound]:
    """Every sound of the set. Raises LatentbridgeError, with the line to type, if a package is missing."""
    samples = _supersonic_folder(downloads)
    yield from _files(SUPERSONIC, samples, "*.flac", SUPERSONIC_RULES, _supersonic_group)
    yield from _files(AUDIOPHOB, HYDROGEN_KITS / "Audiophob", "*.wav", AUDIOPHOB_RULES, str)
    yield from _files(RUMPF, HYDROGEN_KITS / "rumpf_kit_z01_h2", "*.flac", RUMPF_RULES, str)
    # Metronomes (55) are no drums; kits 56 and 127 of the other bank hold sound effects.
    yield from _font(MUSESCORE, MUSESCORE_FONT, frozenset({55}))
    yield from _font(CSOUND, CSOUND_FONT, frozenset({56, 127}))
    yield from _procedural(procedural, seed)


def write(sounds: Iterable[Sound], out: Path) -> dict[str, Counter[str]]:
    """Write the sounds and SOURCES.json; returns per class how many came from each source."""
    files: dict[str, dict[str, str]] = {}
    counts: dict[str, Counter[str]] = {}
    sources: dict[str, Source] = {}
    for sound in sounds:
        path = f"{sound.drum_class}/{sound.name}.wav"
        (out / sound.drum_class).mkdir(parents=True, exist_ok=True)
        soundfile.write(out / path, 0.95 * sound.audio[0], SAMPLE_RATE_HZ, subtype="PCM_24")
        files[path] = {"source": sound.source.name, "group": sound.group, "class": sound.drum_class}
        counts.setdefault(sound.drum_class, Counter())[sound.source.name] += 1
        sources[sound.source.name] = sound.source
    document = {
        "sources": {n: {"licence": s.licence, "attribution": s.attribution} for n, s in sources.items()},
        "files": files,
    }
    (out / SOURCES_FILE).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return counts


app = cyclopts.App(name="trainer.sources", help="Gather the sounds that the shipped drums model is trained on.")


@app.default
def main(
    out: Path,
    *,
    download_folder: Annotated[
        Path, cyclopts.Parameter(help="where the npm package was installed or unpacked")
    ] = Path(),
    procedural: Annotated[int, cyclopts.Parameter(help="how many sounds to make with our own synthesiser")] = 3000,
    seed: int = 0,
) -> None:
    """Write the drum sounds to OUT/<class>/<name>.wav, and where each came from to OUT/SOURCES.json."""
    if out.exists() and any(out.iterdir()):
        raise LatentbridgeError(f"{out} is not empty.", "A new folder was expected.", "Give another, or remove it.")
    counts = write(gather(download_folder, procedural, seed), out)
    for drum_class, by_source in sorted(counts.items()):
        print(f"{drum_class:12} {by_source.total():5}   " + ", ".join(f"{k} {n}" for n, k in by_source.items()))


if __name__ == "__main__":
    try:
        app()
    except LatentbridgeError as error:
        sys.exit(str(error))
