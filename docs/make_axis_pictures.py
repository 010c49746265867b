"""Spectrograms along the named axes, made by the product: `python docs/make_axis_pictures.py [MODEL …]`.

One row for each axis, from its lower end to its upper end, all from one starting point: of the drums the key below, of
the notes the instrument below. An attack is a matter of milliseconds, so its row shows the first of the waveform, each
to its own peak. Draws NAME-axes.png into docs/pictures for each model; without one, for the shipped
drums and notes.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runtime.contract import Axis
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event, Kind
from runtime.model_files import find_model
from trainer.figures import log_mel

STARTS = {"decay": 49, "pitch_drop": 45}
"""General MIDI key whose drum an axis is shown on, where the snare would show little."""
SNARE = 38
INSTRUMENT, NOTE = "grand_piano", 50
POSITIONS = 7
DRUM_SECONDS, NOTE_SECONDS = 0.5, 1.0
ATTACK_SECONDS = {False: 0.04, True: 0.25}
"""How much of a waveform is shown: of drums, of notes."""
RANGE_DB = 75
FOLDER = Path(__file__).parent / "pictures"


def play(decoder: Decoder, latent: np.ndarray, seconds: float) -> np.ndarray:
    """Return one note or strike at a place in latent space, mono, as the engine plays it."""
    engine = Engine(decoder, EngineSettings(voices=4))
    note = NOTE if decoder.metadata.pitched else 60
    for event in (
        Event(Kind.GLIDE),
        Event(Kind.KEY_LATENT, note=note, values=tuple(map(float, latent))),
        Event(Kind.NOTE_ON, note=note, value=1.0),
    ):
        engine.post(event)
    return engine.render(round(seconds * decoder.metadata.sample_rate)).mean(0)


def start_of(decoder: Decoder, axis: Axis) -> np.ndarray:
    """Return the place an axis is shown from."""
    metadata = decoder.metadata
    if metadata.pitched:
        return np.array(metadata.presets.get(INSTRUMENT, metadata.default_latent))
    return np.array(metadata.key_map.get(STARTS.get(axis.name, SNARE), metadata.default_latent))


def draw(cell: Axes, sound: np.ndarray, sample_rate: int, loudest_db: float) -> None:
    """Draw a log-mel spectrogram whose white is ``loudest_db``."""
    picture = log_mel(sound, sample_rate)
    lowest = loudest_db - RANGE_DB
    cell.imshow(picture.T, origin="lower", aspect="auto", cmap="magma", vmin=lowest, vmax=loudest_db)
    cell.set_xticks([])
    cell.set_yticks([])


def draw_attack(cell: Axes, sound: np.ndarray, sample_rate: int, seconds: float) -> None:
    """Draw the beginning of a waveform, its loudest moment as high as the cell."""
    beginning = sound[: round(seconds * sample_rate)]
    time = np.arange(len(beginning)) / sample_rate
    cell.plot(time, beginning / max(float(np.abs(sound).max()), 1e-6), linewidth=0.4, color="black")
    cell.set_xlim(0, seconds)
    cell.set_ylim(-1, 1)
    cell.set_xticks([])
    cell.set_yticks([])


def draw_axes(model: str, path: Path) -> None:
    """Decode, draw, write."""
    decoder = Decoder.load(find_model(model), voices=4)
    rate = decoder.metadata.sample_rate
    named = [axis for axis in decoder.metadata.axes if axis.descriptor]
    seconds = NOTE_SECONDS if decoder.metadata.pitched else DRUM_SECONDS
    figure = Figure(figsize=(11, 1.3 * len(named)), dpi=66, layout="constrained")
    for axis, row in zip(named, figure.subplots(len(named), POSITIONS, squeeze=False), strict=True):
        steps = np.linspace(axis.minimum, axis.maximum, POSITIONS)
        sounds = [play(decoder, start_of(decoder, axis) + step * np.array(axis.direction), seconds) for step in steps]
        loudest_db = max(float(log_mel(sound, rate).max()) for sound in sounds)
        for cell, step, sound in zip(row, steps, sounds, strict=True):
            if axis.name == "attack":
                draw_attack(cell, sound, rate, ATTACK_SECONDS[decoder.metadata.pitched])
            else:
                draw(cell, sound, rate, loudest_db)
            cell.set_title(f"{step:+.1f}", fontsize=8, pad=2)
        row[0].set_ylabel(axis.name.replace("_", " "), fontsize=10)
    figure.savefig(path, format="png")


if __name__ == "__main__":
    for name in sys.argv[1:] or ("drums", "notes"):
        picture = FOLDER / f"{Path(name).stem}-axes.png"
        draw_axes(name, picture)
        print(f"written: {picture}")
