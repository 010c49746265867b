"""The picture at the top of the README, made by the product: `python docs/make_pictures.py [MODEL]`.

Above, eight keys of the kit as the engine plays them; below, one walk through latent space from key to key.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
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
SECONDS = 0.6
OUTPUT = Path(__file__).parent / "pictures" / "drums.png"


def play(decoder: Decoder, latent: Sequence[float]) -> np.ndarray:
    """Return the mono mix of one note at a place in latent space, as the engine plays it."""
    engine = Engine(decoder, EngineSettings(voices=4))
    engine.post(Event(Kind.KEY_LATENT, note=60, values=tuple(map(float, latent))))
    engine.post(Event(Kind.NOTE_ON, note=60, value=1.0))
    return engine.render(round(SECONDS * decoder.metadata.sample_rate)).mean(0)


def main() -> None:
    """Decode, draw, write."""
    decoder = Decoder.load(find_model(sys.argv[1] if len(sys.argv) > 1 else "drums"), voices=4)
    kit = {note: np.asarray(decoder.metadata.key_map[note]) for note in KEYS}
    corners = np.array([kit[note] for note in WALK])
    walk = np.array([np.interp(STEPS, range(len(WALK)), column) for column in corners.T]).T
    names = [KEYS[WALK[round(place)]] if float(place).is_integer() else "→" for place in STEPS]
    rows = [
        [(name, play(decoder, kit[note])) for note, name in KEYS.items()],
        [(name, play(decoder, latent)) for name, latent in zip(names, walk, strict=True)],
    ]
    figure = Figure(figsize=(12, 4.4), dpi=80, layout="constrained")
    for cell, (name, sound) in zip(figure.subplots(2, len(KEYS)).flat, (s for row in rows for s in row), strict=True):
        picture = log_mel(sound, decoder.metadata.sample_rate)
        cell.imshow(
            picture.T, origin="lower", aspect="auto", cmap="magma", vmin=picture.max() - 75, interpolation="nearest"
        )
        cell.set_title(name, fontsize=10)
        cell.set_xticks([])
        cell.set_yticks([])
    figure.savefig(OUTPUT, format="png")
    print(f"written: {OUTPUT}")


if __name__ == "__main__":
    main()
