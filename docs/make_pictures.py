"""The pictures at the top of the README, made by the product: `python docs/make_pictures.py`.

Of the drums: above, eight keys of the kit as the engine plays them; below, one walk through latent space from key to
key. Of the notes: above, eight instruments on one key; below, one held key that moves from instrument to instrument.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event, Kind
from runtime.model_files import find_model
from trainer.figures import log_mel

KEYS = {36: "kick", 38: "snare", 37: "rim", 39: "clap", 42: "closed hat", 46: "open hat", 45: "tom", 49: "crash"}
WALK = (36, 45, 38, 46)
"""Keys between which the walk goes."""
STEPS = (0, 0.5, 1, 1.5, 2, 2.33, 2.67, 3)
"""Where along the walk a sound is taken; whole numbers are its keys."""
DRUM_SECONDS, NOTE_SECONDS = 0.6, 1.0
INSTRUMENTS = ("grand_piano", "nylon_guitar", "marimba", "violin", "trumpet", "clarinet", "choir", "saw_lead")
JOURNEY = ("cello", "flute", "choir", "trumpet")
"""Instruments between which the held note moves."""
NOTE = 57
STAY_SECONDS, MOVE_SECONDS = 1.2, 1.2
FOLDER = Path(__file__).parent / "pictures"


def play(decoder: Decoder, events: Sequence[Event], seconds: float) -> np.ndarray:
    """Return the mono mix of some events, as the engine plays them."""
    engine = Engine(decoder, EngineSettings(voices=4))
    for event in events:
        engine.post(event)
    return engine.render(round(seconds * decoder.metadata.sample_rate)).mean(0)


def strike(decoder: Decoder, latent: Sequence[float]) -> np.ndarray:
    """Return one drum at a place in latent space."""
    place = Event(Kind.KEY_LATENT, note=60, values=tuple(map(float, latent)))
    return play(decoder, [place, Event(Kind.NOTE_ON, note=60, value=1.0)], DRUM_SECONDS)


def note(decoder: Decoder, name: str) -> np.ndarray:
    """Return one key of an instrument, let go after seven tenths of the picture."""
    place = Event(Kind.LATENT, values=decoder.metadata.presets[name])
    up = round(0.7 * NOTE_SECONDS * decoder.metadata.sample_rate)
    events = [Event(Kind.GLIDE), place, Event(Kind.NOTE_ON, note=NOTE, value=0.9), Event(Kind.NOTE_OFF, up, note=NOTE)]
    return play(decoder, events, NOTE_SECONDS)


def journey(decoder: Decoder) -> np.ndarray:
    """Return one held key that stays at an instrument, moves to the next, and so on."""
    presets = [decoder.metadata.presets[name] for name in JOURNEY]
    start = [Event(Kind.GLIDE), Event(Kind.LATENT, values=presets[0]), Event(Kind.NOTE_ON, note=NOTE, value=0.9)]
    start.append(Event(Kind.GLIDE, 1, value=MOVE_SECONDS))
    each = STAY_SECONDS + MOVE_SECONDS
    rate = decoder.metadata.sample_rate
    moves = [
        Event(Kind.LATENT, round((number * each - MOVE_SECONDS) * rate), values=place)
        for number, place in enumerate(presets[1:], start=1)
    ]
    return play(decoder, [*start, *moves], len(presets) * each - MOVE_SECONDS)


def draw(cell: Axes, title: str, sound: np.ndarray, sample_rate: int) -> None:
    """Draw a log-mel spectrogram, 75 dB deep."""
    picture = log_mel(sound, sample_rate)
    cell.imshow(
        picture.T, origin="lower", aspect="auto", cmap="magma", vmin=picture.max() - 75, interpolation="nearest"
    )
    cell.set_title(title, fontsize=10)
    cell.set_xticks([])
    cell.set_yticks([])


def draw_drums(path: Path) -> None:
    """Decode, draw, write."""
    decoder = Decoder.load(find_model("drums"), voices=4)
    kit = {note: np.asarray(decoder.metadata.key_map[note]) for note in KEYS}
    corners = np.array([kit[note] for note in WALK])
    walk = np.array([np.interp(STEPS, range(len(WALK)), column) for column in corners.T]).T
    names = [KEYS[WALK[round(place)]] if float(place).is_integer() else "→" for place in STEPS]
    sounds = [(name, strike(decoder, kit[note])) for note, name in KEYS.items()]
    sounds += [(name, strike(decoder, latent)) for name, latent in zip(names, walk, strict=True)]
    figure = Figure(figsize=(12, 4.4), dpi=80, layout="constrained")
    for cell, (name, sound) in zip(figure.subplots(2, len(KEYS)).flat, sounds, strict=True):
        draw(cell, name, sound, decoder.metadata.sample_rate)
    figure.savefig(path, format="png")


def draw_notes(path: Path) -> None:
    """Decode, draw, write."""
    decoder = Decoder.load(find_model("notes"), voices=4)
    figure = Figure(figsize=(12, 4.4), dpi=80, layout="constrained")
    above, below = figure.subfigures(2, 1)
    for cell, name in zip(above.subplots(1, len(INSTRUMENTS)), INSTRUMENTS, strict=True):
        draw(cell, name.replace("_", " "), note(decoder, name), decoder.metadata.sample_rate)
    title = " → ".join(JOURNEY) + ": one key, held throughout"
    draw(below.subplots(), title, journey(decoder), decoder.metadata.sample_rate)
    figure.savefig(path, format="png")


if __name__ == "__main__":
    for name, draw_one in (("drums", draw_drums), ("notes", draw_notes)):
        draw_one(FOLDER / f"{name}.png")
        print(f"written: {FOLDER / name}.png")
