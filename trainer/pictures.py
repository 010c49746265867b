"""Pictures of originals beside what the model makes of them: spectrograms and envelopes."""

import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from trainer.calibration import audible_seconds, evenly_spaced
from trainer.exported import ExportedModel, Floats
from trainer.figures import envelope, log_mel
from trainer.random_sounds import RandomSound
from trainer.reconstruction import EvaluatedClip, reconstruct

_SHORTEST_SECONDS = 0.1


def write_reconstructions(
    model: ExportedModel,
    clips: Sequence[EvaluatedClip],
    path: Path,
    sounds: int = 12,
    most_seconds: float = 1.0,
    held_out: Collection[Path] = (),
) -> Path:
    """Write a PNG of up to ``sounds`` originals beside their reconstructions from the exported files.

    Each sound has three fields: spectrogram of the original, spectrogram of the decoded sound (log-mel, 80 dB, same
    colours), envelopes of both in dB. Sounds whose files are in ``held_out`` are marked so. Returns ``path``. Raises
    OSError if it cannot be written.
    """
    chosen = [clips[i] for i in evenly_spaced(len(clips), sounds)]
    rate = model.metadata.sample_rate
    decoded = reconstruct(model, chosen, min(most_seconds, model.metadata.longest_note_seconds))
    rows = (len(chosen) + 1) // 2
    figure = Figure(figsize=(13, 1.9 * rows + 0.3), dpi=62, layout="constrained")
    axes = figure.subplots(rows, 6, squeeze=False)
    for cell in axes.flat:
        cell.set_axis_off()
    for number, (clip, made) in enumerate(zip(chosen, decoded, strict=True)):
        row, column = divmod(number, 2)
        mark = "held out · " if clip.path in held_out else ""
        cells = axes[row, 3 * column : 3 * column + 3]
        _draw_sound(cells, mark + clip.path.stem, np.asarray(clip.audio), made, rate, "C0" if mark else "black")
    # Two names at the top are enough to read the columns.
    figure.suptitle("each: original · decoded · level in dB (black: original, red: decoded)", fontsize=9)
    _save(figure, path)
    return path


def write_random_sounds(sounds: Sequence[RandomSound], path: Path, rate: int, per_class: int = 10) -> Path:
    """Write a PNG of log-mel spectrograms of random sounds, one row for each class, each with what it was taken for.

    Names of sounds that were taken for another class are red. At most ``per_class`` of a class. Returns ``path``.
    """
    names = list(dict.fromkeys(sound.name for sound in sounds))
    figure = Figure(figsize=(1.35 * per_class, 1.35 * len(names) + 0.3), dpi=80, layout="constrained")
    axes = figure.subplots(len(names), per_class, squeeze=False)
    for cell in axes.flat:
        cell.set_axis_off()
    for row, name in zip(axes, names, strict=True):
        for cell, sound in zip(row, [sound for sound in sounds if sound.name == name], strict=False):
            waveform = sound.audio.mean(0)
            seconds = max(_SHORTEST_SECONDS, audible_seconds(waveform, rate, -50.0))
            _draw_spectrogram(cell, waveform[: round(seconds * rate)], rate)
            colour = "black" if sound.taken_for == name else "red"
            cell.set_title(f"{sound.taken_for} · {1000 * seconds:.0f} ms", fontsize=7, color=colour)
        row[0].text(-0.08, 0.5, name, rotation=90, va="center", ha="right", transform=row[0].transAxes)
    figure.suptitle("random sounds by class; above each what the judge takes it for", fontsize=9)
    _save(figure, path)
    return path


def _save(figure: Figure, path: Path) -> None:
    with warnings.catch_warnings():
        # A sign that the font lacks, in a file's name, is drawn as a box: no matter for the person who trains.
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(path, format="png")


def _draw_spectrogram(cell: Any, waveform: Floats, rate: int, highest: float | None = None) -> None:
    levels = log_mel(waveform, rate)
    top = float(levels.max()) if highest is None else highest
    colours = {"vmin": top - 80, "vmax": top, "cmap": "magma", "interpolation": "nearest"}
    cell.imshow(levels.T, origin="lower", aspect="auto", **colours)


def _draw_sound(axes: Any, name: str, original: Floats, decoded: Floats, rate: int, colour: str) -> None:
    seconds = max(_SHORTEST_SECONDS, audible_seconds(original.mean(0), rate, -50.0))
    frames = min(decoded.shape[1], round(seconds * rate))
    real, made = np.zeros(frames, np.float32), decoded.mean(0)[:frames]
    known = original.mean(0)[:frames]
    real[: len(known)] = known
    highest = log_mel(real, rate).max()
    for cell, waveform in zip(axes[:2], (real, made), strict=True):
        _draw_spectrogram(cell, waveform, rate, float(highest))
    axes[0].set_title(f"{name[:40]} · {1000 * frames / rate:.0f} ms", fontsize=8, loc="left", color=colour)
    for waveform, line in ((real, "black"), (made, "red")):
        axes[2].plot(envelope(waveform, rate), color=line, linewidth=0.9)
    axes[2].set_axis_on()
    axes[2].tick_params(labelsize=6)
    axes[2].set_xticks([])


def spectrogram_image(waveform: Floats, rate: int) -> Floats:
    """Return a log-mel spectrogram of a waveform [frames] as a colour image [3, bands, windows], values 0…1."""
    levels = log_mel(waveform, rate).T[::-1]
    scaled = (levels - levels.max() + 80) / 80
    image: Floats = colormaps["magma"](scaled)[..., :3].transpose(2, 0, 1).astype(np.float32)
    return image
