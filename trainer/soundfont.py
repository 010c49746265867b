"""The drum kits of a SoundFont → one render per distinct strike, grouped by the sample it plays.

A SoundFont's kits share samples: the same snare sits in ten kits and under three velocities. The file is read to know
which strikes are really different sounds, and which come from one source sample, so that a render of one never ends
up on the other side of a training split.
Source: SoundFont Technical Specification 2.04, sections 7 (pdta) and 9.4 (generators).
"""

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mido
import numpy as np
import soundfile

from runtime.audio_files import Audio, mix_channels
from runtime.errors import LatentbridgeError

DRUM_BANK = 128
RENDER_RATE_HZ = 48_000
STRIKE_SECONDS = 4.3
_SLOT_SECONDS = 4.5
_STRIKES_PER_RENDER = 60
_VELOCITIES = (120, 96, 72, 48, 24)

_INSTRUMENT, _KEY_RANGE, _VELOCITY_RANGE, _FIXED_KEY, _SAMPLE, _SCALE_TUNING, _ROOT_KEY = 41, 43, 44, 46, 53, 56, 58
_COARSE_TUNE, _FINE_TUNE = 51, 52
_KEY_TO_ENVELOPE = (31, 32, 39, 40)
_INAUDIBLE = (15, 16, 17, 57)
"""Generators that do not change a dry mono render: chorus, reverb, pan, exclusive class."""
_ATTENUATION = 48


@dataclass(frozen=True, slots=True)
class Strike:
    """One key of one kit at one velocity, and the names of the samples that it plays."""

    program: int
    kit: str
    key: int
    velocity: int
    samples: tuple[str, ...]


Generators = dict[int, int]
Zone = tuple[Generators, int]
Records = list[tuple[Any, ...]]


def _chunks(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while start + 8 <= end:
        size = int.from_bytes(data[start + 4 : start + 8], "little")
        yield data[start : start + 4], start + 8, min(start + 8 + size, end)
        start += 8 + size + (size & 1)


def _records(table: bytes, layout: str) -> Records:
    size = struct.calcsize("<" + layout)
    return list(struct.iter_unpack("<" + layout, table[: len(table) // size * size]))


def _text(name: bytes) -> str:
    return name.split(b"\0")[0].decode("latin-1").strip()


class SoundFont:
    """The tables of a SoundFont 2 or 3 file. Raises LatentbridgeError if it is none."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        tables: dict[bytes, bytes] = {}
        for name, start, end in _chunks(data, 12, len(data)):
            if name == b"LIST" and data[start : start + 4] == b"pdta":
                tables = {name: data[a:b] for name, a, b in _chunks(data, start + 4, end)}
        if data[:4] != b"RIFF" or b"phdr" not in tables:
            raise LatentbridgeError(
                f"{path} is no SoundFont.", "A .sf2 or .sf3 file was expected.", "Install its package again."
            )
        self.path = path
        self._presets = _records(tables[b"phdr"], "20sHHHIII")
        self._preset_bags, self._preset_gens = _records(tables[b"pbag"], "HH"), _records(tables[b"pgen"], "Hh")
        self._instruments = _records(tables[b"inst"], "20sH")
        self._instrument_bags, self._instrument_gens = _records(tables[b"ibag"], "HH"), _records(tables[b"igen"], "Hh")
        self._samples = _records(tables[b"shdr"], "20sIIIIIBbHH")

    @staticmethod
    def _zones(bags: Records, generators: Records, first: int, last: int, link: int) -> list[Zone]:
        """Zones of a preset or instrument: generators, those of its global zone filled in, and what it links to."""
        shared: Generators = {}
        zones: list[Zone] = []
        for index in range(first, last):
            own = dict(generators[bags[index][0] : bags[index + 1][0]])
            if link in own:
                zones.append((shared | own, own[link] & 0xFFFF))
            elif index == first:
                shared = own
        return zones

    def strikes(self) -> list[Strike]:
        """Every distinct strike of the drum kits: no two play the same samples in the same way."""
        found: dict[tuple[object, ...], Strike] = {}
        for index, (name, program, bank, first_bag, *_) in enumerate(self._presets[:-1]):
            if bank != DRUM_BANK:
                continue
            layers = list(self._layers(first_bag, self._presets[index + 1][3]))
            for key in range(24, 96):
                for velocity in _VELOCITIES:
                    playing = [layer for layer in layers if all(_within(gens, key, velocity) for gens in layer[:2])]
                    if playing:
                        samples = tuple(sorted({_text(self._samples[layer[2]][0]) for layer in playing}))
                        layered = len(playing) > 1
                        signature = frozenset(self._signature(*layer, key, layered) for layer in playing)
                        strike = Strike(program, _text(name), key, velocity, samples)
                        found.setdefault((velocity, signature), strike)
        return sorted(found.values(), key=lambda s: (s.program, s.key, s.velocity))

    def _layers(self, first_bag: int, last_bag: int) -> Iterator[tuple[Generators, Generators, int]]:
        for preset_gens, instrument in self._zones(
            self._preset_bags, self._preset_gens, first_bag, last_bag, _INSTRUMENT
        ):
            first, last = self._instruments[instrument][1], self._instruments[instrument + 1][1]
            for gens, sample in self._zones(self._instrument_bags, self._instrument_gens, first, last, _SAMPLE):
                yield preset_gens, gens, sample

    def _signature(
        self, preset: Generators, instrument: Generators, sample: int, key: int, is_layered: bool
    ) -> tuple[object, ...]:
        """What makes this layer sound as it does, its level left out unless it is one of several."""
        skipped = {_KEY_RANGE, _VELOCITY_RANGE, _INSTRUMENT, _SAMPLE, _FIXED_KEY, _ROOT_KEY, _COARSE_TUNE, _FINE_TUNE}
        skipped |= {_SCALE_TUNING, *_INAUDIBLE} | (set() if is_layered else {_ATTENUATION})
        used = sorted((set(preset) | set(instrument)) - skipped)
        rest = tuple((g, instrument.get(g, 0) + preset.get(g, 0)) for g in used)
        root = instrument.get(_ROOT_KEY, -1)
        root = root if root >= 0 else self._samples[sample][6]
        scale = instrument.get(_SCALE_TUNING, 100) + preset.get(_SCALE_TUNING, 0)
        struck = instrument.get(_FIXED_KEY, key)
        tuning = sum(
            factor * (instrument.get(g, 0) + preset.get(g, 0)) for g, factor in ((_COARSE_TUNE, 100), (_FINE_TUNE, 1))
        )
        tracked = key if any(g in preset or g in instrument for g in _KEY_TO_ENVELOPE) else None
        return self._samples[sample][1:3], (struck - root) * scale + tuning, rest, tracked


def _within(generators: Generators, key: int, velocity: int) -> bool:
    for generator, value in ((_KEY_RANGE, key), (_VELOCITY_RANGE, velocity)):
        low, high = generators.get(generator, 0x7F00) & 0xFF, generators.get(generator, 0x7F00) >> 8 & 0xFF
        if not low <= value <= high:
            return False
    return True


def _score(strikes: list[Strike]) -> mido.MidiFile:
    """A MIDI file that strikes one key per slot on the drum channel, and silences it before the next."""
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    second = 960  # 480 ticks to a beat, 120 beats to a minute
    rest = round((_SLOT_SECONDS - STRIKE_SECONDS) * second)
    for index, strike in enumerate(strikes):
        track.append(mido.Message("program_change", channel=9, program=strike.program, time=rest if index else 0))
        track.append(mido.Message("note_on", channel=9, note=strike.key, velocity=strike.velocity, time=0))
        held = round(STRIKE_SECONDS * second)
        track.append(mido.Message("control_change", channel=9, control=120, value=0, time=held))
    track.append(mido.Message("control_change", channel=9, control=120, value=0, time=second))
    return file


def play_score(font: Path, score: mido.MidiFile, folder: Path) -> Path:
    """Play a MIDI file by fluidsynth, without reverb or chorus, into a float WAV at 48 kHz in ``folder``; its path.

    Raises LatentbridgeError if fluidsynth is missing or fails.
    """
    program = shutil.which("fluidsynth")
    if program is None:
        raise LatentbridgeError("fluidsynth is not installed.", "", "Type: sudo apt-get install fluidsynth")
    midi, sound = folder / "score.mid", folder / "score.wav"
    score.save(midi)
    # fmt: off
    command = [program, "-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RENDER_RATE_HZ),
               "-o", "synth.dynamic-sample-loading=1", "-T", "wav", "-O", "float", "-F", str(sound),
               str(font), str(midi)]
    # fmt: on
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not sound.exists():
        raise LatentbridgeError(
            f"fluidsynth could not render {font.name}: {done.stderr.strip()[-300:]}",
            "",
            "Install fluidsynth and the SoundFont again.",
        )
    return sound


def render(font: Path, strikes: list[Strike]) -> Iterator[tuple[Strike, Audio]]:
    """Yield each strike with its mono sound [1, frames] at 48 kHz, played by fluidsynth without reverb or chorus."""
    for start in range(0, len(strikes), _STRIKES_PER_RENDER):
        part = strikes[start : start + _STRIKES_PER_RENDER]
        with (
            tempfile.TemporaryDirectory(prefix="latentbridge-") as folder,
            soundfile.SoundFile(play_score(font, _score(part), Path(folder))) as file,
        ):
            for index, strike in enumerate(part):
                file.seek(min(file.frames, round(index * _SLOT_SECONDS * RENDER_RATE_HZ)))
                audio = file.read(round(STRIKE_SECONDS * RENDER_RATE_HZ), dtype="float32", always_2d=True).T
                yield strike, mix_channels(np.ascontiguousarray(audio), 1)
