"""A folder as people really have it, built from the test one-shots: every format, rate and width, and every fault."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
import soundfile
import soxr

ONESHOTS = Path(__file__).parent / "data" / "oneshots"

GOOD = (
    # path, format and subtype, rate, channels
    ("Kicks/kick 8 bit.wav", "PCM_U8", 44_100, 1),
    ("Kicks/Größe 1.wav", "PCM_16", 48_000, 1),
    ("Kicks/キック.WAV", "PCM_24", 96_000, 1),
    ("Kicks/half rate.wav", "PCM_16", 22_050, 1),
    ("Snares/24bit/snare.wav", "PCM_24", 44_100, 2),
    ("Snares/24bit/float.wav", "FLOAT", 48_000, 1),
    ("Snares/double.wav", "DOUBLE", 32_000, 2),
    ("Snares/thirty-two.wav", "PCM_32", 192_000, 1),
    ("hats/hat.aif", "PCM_16", 44_100, 1),
    ("hats/hat open.AIFF", "PCM_24", 44_100, 2),
    ("hats/hat small.flac", "PCM_16", 8_000, 1),
    ("hats/" + unicodedata.normalize("NFD", "Hüt offen") + ".flac", "PCM_24", 88_200, 1),
    ("perc/clave.ogg", "VORBIS", 44_100, 1),
    ("perc/shaker.mp3", "MPEG_LAYER_III", 44_100, 2),
    ("perc/surround 🔊.wav", "PCM_24", 48_000, 6),
    ("perc/quad.wav", "PCM_16", 48_000, 4),
)


@dataclass(frozen=True)
class Messy:
    """The folder, the files in it that are sounds, and for each that is not, a piece of the reason to be given."""

    folder: Path
    good: tuple[Path, ...]
    bad: dict[Path, str]


def _sounds() -> Iterator[np.ndarray]:
    """The test one-shots, then darker copies of them, mono at 44.1 kHz."""
    for speed in (1.0, 1.3, 0.8, 1.6):
        for path in sorted(ONESHOTS.glob("*/*.flac")):
            audio, _ = soundfile.read(path, dtype="float32", always_2d=True)
            yield soxr.resample(audio.mean(axis=1), 44_100, 44_100 * speed)


def make_messy_folder(folder: Path, copies: int = 1) -> Messy:
    """Write ``16 × copies`` sounds, some 15 faulty files and some companions into a folder. Returns what to expect."""
    sounds = _sounds()
    good = []
    for copy in range(copies):
        for (name, subtype, rate, channels), mono in zip(cycle(GOOD), [next(sounds) for _ in GOOD], strict=False):
            path = folder / (f"{copy} more" if copy else "") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            audio = 0.9 * np.clip(soxr.resample(mono, 44_100, rate), -1, 1)
            kind = path.suffix[1:].upper().replace("AIF", "AIFF").replace("AIFFF", "AIFF")
            soundfile.write(path, np.repeat(audio[:, None], channels, axis=1), rate, subtype=subtype, format=kind)
            good.append(path)
    bad = _write_faulty(folder)
    _write_companions(folder, good[0])
    return Messy(folder, tuple(good), bad)


def _write_faulty(folder: Path) -> dict[Path, str]:
    place = folder / "perc"
    tone = (0.5 * np.sin(np.arange(40_000) / 20) * np.exp(-np.arange(40_000) / 9000)).astype(np.float32)
    flac = folder / "whole.flac"
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 200_000) * np.exp(-np.arange(200_000) / 50_000)
    soundfile.write(flac, noise, 48_000)
    whole = flac.read_bytes()
    flac.unlink()
    contents = {
        "corrupt.wav": (np.random.default_rng(1).bytes(5000), "cannot be read as sound"),
        "text.wav": (b"not a sound at all, sorry", "cannot be read as sound"),
        "zero bytes.wav": (b"", "empty"),
        "cut off.flac": (whole[: len(whole) // 2], "damaged"),
        "protected.m4a": (b"\0\0\0\x20ftypM4A ", "M4A"),
    }
    bad = {}
    for name, (content, reason) in contents.items():
        (place / name).write_bytes(content)
        bad[place / name] = reason
    arrays = {
        "silent.wav": (np.zeros(5000, np.float32), "silent"),
        "no frames.wav": (np.zeros(0, np.float32), "no sound"),
        "not a number.wav": (np.where(np.arange(40_000) == 100, np.nan, tone), "not numbers"),
        "infinite.wav": (np.where(np.arange(40_000) == 100, np.inf, tone), "not numbers"),
    }
    for name, (audio, reason) in arrays.items():
        soundfile.write(place / name, audio, 48_000, subtype="FLOAT")
        bad[place / name] = reason
    soundfile.write(place / "eleven minutes.flac", np.zeros((660, 48_000), np.int16).ravel(), 48_000)
    bad[place / "eleven minutes.flac"] = "too long"
    (place / "a folder.wav").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(place / "pipe.wav")
        bad[place / "pipe.wav"] = "no file"
        (place / "nowhere.wav").symlink_to(folder / "gone.wav")
        bad[place / "nowhere.wav"] = "no file"
        (place / "again").symlink_to(folder, target_is_directory=True)
    return bad


def _write_companions(folder: Path, sound: Path) -> None:
    """What lies beside sounds and is no business of a user's."""
    for name in (".DS_Store", "._kick 8 bit.wav", "kick 8 bit.wav.asd", "read me.txt", "cover.jpg"):
        (sound.parent / name).write_bytes(b"\0" * 50)
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "kick.wav").write_bytes(sound.read_bytes())
