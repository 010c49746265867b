"""``python -m trainer.note_sources OUT``: notes whose licence lets a model be shipped, by instrument.

Thirty instruments of a SoundFont whose licence lets a model be shipped, each at pitches over four octaves and three
velocities, the key held for a short, a middle or a long time. Names say all of it: ``violin_p60_v85_hold800ms.wav``,
with the time until the key goes up counted from where the file begins. The package is installed by name; nothing is
fetched here. OUT/SOURCES.json says for each file where it came from, under which licence, and its group: all notes of
one instrument and pitch, so that a held-out pitch is never heard at another velocity.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import cyclopts
import mido
import numpy as np
import soundfile

from runtime.audio_files import mix_channels, trim
from runtime.errors import LatentbridgeError
from trainer.soundfont import RENDER_RATE_HZ, play_score
from trainer.sources import CSOUND, CSOUND_FONT, MUSESCORE, MUSESCORE_FONT, Sound, Source, write

PROGRAMS = {
    "grand_piano": 0, "electric_piano": 4, "harpsichord": 6, "celesta": 8, "vibraphone": 11, "marimba": 12,
    "drawbar_organ": 16, "church_organ": 19, "accordion": 21, "nylon_guitar": 24, "steel_guitar": 25,
    "electric_guitar": 27, "acoustic_bass": 32, "finger_bass": 33, "synth_bass": 38, "violin": 40, "cello": 42,
    "pizzicato": 45, "harp": 46, "strings": 48, "choir": 52, "trumpet": 56, "french_horn": 60, "alto_saxophone": 65,
    "oboe": 68, "clarinet": 71, "flute": 73, "square_lead": 80, "saw_lead": 81, "kalimba": 108,
}  # fmt: skip
"""Instruments by name, and their General MIDI programs, counted from 0."""
FONTS = {"musescore": (MUSESCORE, MUSESCORE_FONT), "csound": (CSOUND, CSOUND_FONT)}
"""SoundFonts by name. A model is shipped that has learnt from the first; the other is for folders it has never met."""
LOWEST, HIGHEST, PITCHES = 36, 84, 14
VELOCITIES = (45, 85, 120)
HOLDS_SECONDS = (0.25, 0.8, 2.5)
RELEASE_SECONDS = 1.5
"""How long a note is listened to after its key went up."""
_REST_SECONDS = 0.1
_TICKS_PER_SECOND = 960
_NOTES_PER_RENDER = 84
_SILENT = 1e-4
_KEY = cyclopts.validators.Number(gte=0, lte=127)
_AT_LEAST_ONE = cyclopts.validators.Number(gte=1)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key of one instrument: MIDI note, velocity 1…127, and how long it is held."""

    instrument: str
    note: int
    velocity: int
    held_seconds: float

    @property
    def seconds(self) -> float:
        """From its key press to the next one."""
        return self.held_seconds + RELEASE_SECONDS + _REST_SECONDS


def strokes(
    instruments: Sequence[str], pitches: int = PITCHES, lowest: int = LOWEST, highest: int = HIGHEST
) -> list[Stroke]:
    """Every note of the set; each velocity of each instrument is held short, middle and long at different pitches."""
    notes = np.unique(np.linspace(lowest, highest, pitches).round().astype(int)).tolist()
    return [
        Stroke(instrument, note, velocity, HOLDS_SECONDS[(row + column) % len(HOLDS_SECONDS)])
        for instrument in instruments
        for row, note in enumerate(notes)
        for column, velocity in enumerate(VELOCITIES)
    ]


def _score(part: Sequence[Stroke]) -> mido.MidiFile:
    """A MIDI file that plays one note after the other and silences what is left of each before the next."""
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for index, stroke in enumerate(part):
        rest = round(_REST_SECONDS * _TICKS_PER_SECOND) if index else 0
        held, release = (round(s * _TICKS_PER_SECOND) for s in (stroke.held_seconds, RELEASE_SECONDS))
        track.append(mido.Message("program_change", program=PROGRAMS[stroke.instrument], time=rest))
        track.append(mido.Message("note_on", note=stroke.note, velocity=stroke.velocity, time=0))
        track.append(mido.Message("note_off", note=stroke.note, time=held))
        track.append(mido.Message("control_change", control=120, value=0, time=release))
    track.append(mido.Message("control_change", control=120, value=0, time=_TICKS_PER_SECOND))
    return file


def render(font: Path, wanted: Sequence[Stroke], source: Source = MUSESCORE) -> Iterator[Sound]:
    """Play notes by fluidsynth. What is silent is left out: not every instrument has every key."""
    for start in range(0, len(wanted), _NOTES_PER_RENDER):
        part = wanted[start : start + _NOTES_PER_RENDER]
        with (
            tempfile.TemporaryDirectory(prefix="latentbridge-") as folder,
            soundfile.SoundFile(play_score(font, _score(part), Path(folder))) as file,
        ):
            begin = 0.0
            for stroke in part:
                file.seek(min(file.frames, round(begin * RENDER_RATE_HZ)))
                frames = round((stroke.seconds - _REST_SECONDS) * RENDER_RATE_HZ)
                audio = file.read(frames, dtype="float32", always_2d=True).T
                begin += stroke.seconds
                mono = mix_channels(np.ascontiguousarray(audio), 1)
                if np.abs(mono).max(initial=0.0) > _SILENT:
                    yield _sound(stroke, mono, source)


def _sound(stroke: Stroke, audio: np.ndarray, source: Source = MUSESCORE) -> Sound:
    """A note from its onset on, peak 1; its name says when the key went up, counted from there."""
    trimmed = trim(audio, RENDER_RATE_HZ)
    held = stroke.held_seconds - trimmed.first_frame / RENDER_RATE_HZ
    loud = np.asarray(trimmed.audio / np.abs(trimmed.audio).max(), np.float32)
    name = f"{stroke.instrument}_p{stroke.note}_v{stroke.velocity}_hold{round(1000 * held)}ms"
    group = f"{source.name}/{stroke.instrument}_{stroke.note}"
    return Sound(stroke.instrument, name, loud, source, group)


app = cyclopts.App(name="trainer.note_sources", help="Play notes from which a model may be trained and shipped.")


@app.default
def main(
    out: Path,
    *,
    instruments: Annotated[
        list[str] | None, cyclopts.Parameter(help="names of instruments; all thirty if left out", consume_multiple=True)
    ] = None,
    pitches: Annotated[int, cyclopts.Parameter(help="how many pitches of each", validator=_AT_LEAST_ONE)] = PITCHES,
    lowest: Annotated[int, cyclopts.Parameter(help="MIDI note of the lowest", validator=_KEY)] = LOWEST,
    highest: Annotated[int, cyclopts.Parameter(help="MIDI note of the highest", validator=_KEY)] = HIGHEST,
    font: Annotated[Literal["musescore", "csound"], cyclopts.Parameter(help="whose sounds")] = "musescore",
) -> None:
    """Write the notes to OUT/<instrument>/<name>.wav, and where they came from to OUT/SOURCES.json."""
    if out.exists() and any(out.iterdir()):
        raise LatentbridgeError(f"{out} is not empty.", "A new folder was expected.", "Give another, or remove it.")
    unknown = sorted(set(instruments or ()) - set(PROGRAMS))
    if unknown:
        known = ", ".join(PROGRAMS)
        raise LatentbridgeError(f"There is no instrument {unknown[0]!r}.", f"Known are {known}.", "Check its name.")
    source, file = FONTS[font]
    if not file.is_file():
        raise LatentbridgeError(
            f"{source.name} is not installed: {file} does not exist.",
            "The notes are played from it.",
            f"Type: {source.install}",
        )
    wanted = strokes(instruments or list(PROGRAMS), pitches, lowest, highest)
    counts = write(render(file, wanted, source), out)
    for instrument, by_source in sorted(counts.items()):
        print(f"{instrument:16} {by_source.total():5}")


if __name__ == "__main__":
    try:
        app()
    except LatentbridgeError as error:
        sys.exit(str(error))
