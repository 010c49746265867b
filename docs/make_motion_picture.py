"""What motion does to a held note, made by the product: `python -m docs.make_motion_picture`.

Four times the same clarinet under one held key: at rest, its brightness swung by an LFO, drifting, and following how
hard the key was struck. Above each spectrogram the centroid of the sound, measured.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from docs.make_pictures import play
from runtime.engine.decoder import Decoder
from runtime.events import Event, Kind
from runtime.latent.lfo import Shape
from runtime.latent.motion import Motion
from runtime.model_files import find_model
from trainer.figures import log_mel

PATH = Path(__file__).parent / "pictures" / "motion.png"
INSTRUMENT, AXIS = "clarinet", "brightness"
NOTE, SECONDS = 57, 6.0
_WINDOW, _HOP = 4096, 480


def motions(axis: int) -> dict[str, tuple[Event, ...]]:
    """Return what moves the axis in each picture, by what is written above it."""

    def moved(motion: Motion, amount: float, *values: float) -> Event:
        return Event(Kind.MOTION, index=axis, note=motion, value=amount, values=values)

    return {
        "at rest": (),
        "LFO, sine, 1 Hz": (moved(Motion.LFO, 0.5, 1.0, Shape.SINE),),
        "drift, forgets in 0.5 s": (moved(Motion.DRIFT, 1.0, 0.5),),
        "velocity, falls in 1 s": (moved(Motion.VELOCITY, 0.8, 1.0),),
    }


def held(decoder: Decoder, events: tuple[Event, ...]) -> np.ndarray:
    """Return the note under one key, with what moves it, [frames]."""
    place = Event(Kind.LATENT, values=decoder.metadata.presets[INSTRUMENT])
    start = [Event(Kind.GLIDE), place, *events, Event(Kind.NOTE_ON, 1, note=NOTE, value=0.9, seed=7)]
    return play(decoder, start, SECONDS)


def centroid_hz(sound: np.ndarray, sample_rate: int) -> np.ndarray:
    """Return the spectral centroid every 10 ms, in Hz, [hops]."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP] * np.hanning(_WINDOW)
    magnitude = np.abs(np.fft.rfft(frames))
    return np.asarray(magnitude @ np.fft.rfftfreq(_WINDOW, 1 / sample_rate) / np.maximum(magnitude.sum(1), 1e-9))


def draw(line: Axes, picture: Axes, sound: np.ndarray, sample_rate: int, words: str) -> None:
    """Draw centroid and spectrogram of one note."""
    centroid = centroid_hz(sound, sample_rate)
    line.plot(np.arange(len(centroid)) * _HOP / sample_rate, centroid, color="tab:red")
    line.set(title=f"{AXIS}: {words}", xlim=(0, SECONDS), ylim=(200, 2600), xticks=[])
    line.set_ylabel("centroid Hz", fontsize=9)
    mel = log_mel(sound, sample_rate)
    picture.imshow(
        mel.T, origin="lower", aspect="auto", cmap="magma", vmin=mel.max() - 65, extent=(0, SECONDS, 0, mel.shape[1])
    )
    picture.set(yticks=[], xlabel="seconds")


def main() -> None:
    """Draw the picture."""
    decoder = Decoder.load(find_model("notes"), 4)
    axis = [one.name for one in decoder.metadata.axes].index(AXIS)
    columns = motions(axis)
    figure = Figure(figsize=(13, 4.4), dpi=80, layout="constrained")
    lines, pictures = figure.subplots(2, len(columns), height_ratios=(1, 1.6))
    for line, picture, (words, events) in zip(lines, pictures, columns.items(), strict=True):
        draw(line, picture, held(decoder, events), decoder.metadata.sample_rate, words)
    figure.savefig(PATH, format="png")


if __name__ == "__main__":
    main()
