"""Pictures of originals beside what the model makes of them: spectrograms and envelopes."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from trainer.calibration import audible_seconds, evenly_spaced
from trainer.evaluation import EvaluatedClip, envelope, log_mel, reconstruct
from trainer.exported import ExportedModel, Floats

_SHORTEST_SECONDS = 0.1


def write_reconstructions(
    model: ExportedModel, clips: Sequence[EvaluatedClip], path: Path, sounds: int = 12, most_seconds: float = 1.0
) -> Path:
    """Write a PNG of up to ``sounds`` originals beside their reconstructions from the exported files.

    Each sound has three fields: spectrogram of the original, spectrogram of the decoded sound (log-mel, 80 dB, same
    colours), envelopes of both in dB. Returns ``path``. Raises OSError if it cannot be written.
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
        _draw_sound(axes[row, 3 * column : 3 * column + 3], clip.path.stem, np.asarray(clip.audio), made, rate)
    # Two names at the top are enough to read the columns.
    figure.suptitle("each: original · decoded · level in dB (black: original, red: decoded)", fontsize=9)
    with warnings.catch_warnings():
        # A sign that the font lacks, in a file's name, is drawn as a box: no matter for the person who trains.
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(path, format="png")
    return path


def _draw_sound(axes: Any, name: str, original: Floats, decoded: Floats, rate: int) -> None:
    seconds = max(_SHORTEST_SECONDS, audible_seconds(original.mean(0), rate, -50.0))
    frames = min(decoded.shape[1], round(seconds * rate))
    real, made = np.zeros(frames, np.float32), decoded.mean(0)[:frames]
    known = original.mean(0)[:frames]
    real[: len(known)] = known
    highest = log_mel(real, rate).max()
    for cell, waveform in zip(axes[:2], (real, made), strict=True):
        cell.imshow(
            log_mel(waveform, rate).T,
            origin="lower",
            aspect="auto",
            vmin=highest - 80,
            vmax=highest,
            cmap="magma",
            interpolation="nearest",
        )
    axes[0].set_title(f"{name[:24]} · {1000 * frames / rate:.0f} ms", fontsize=8, loc="left")
    for waveform, colour in ((real, "black"), (made, "red")):
        axes[2].plot(envelope(waveform, rate), color=colour, linewidth=0.9)
    axes[2].set_axis_on()
    axes[2].tick_params(labelsize=6)
    axes[2].set_xticks([])


def spectrogram_image(waveform: Floats, rate: int) -> Floats:
    """Return a log-mel spectrogram of a waveform [frames] as a colour image [3, bands, windows], values 0…1."""
    levels = log_mel(waveform, rate).T[::-1]
    scaled = (levels - levels.max() + 80) / 80
    image: Floats = colormaps["magma"](scaled)[..., :3].transpose(2, 0, 1).astype(np.float32)
    return image
