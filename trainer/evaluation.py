"""How close a finished model comes to real sounds: a few honest numbers and a picture to look at.

Everything is decoded from the exported files through onnxruntime, hop by hop, so it shows what is really shipped.
Numbers are medians over sounds, at the model's sample rate, onset-aligned, original and decoded sound both with their
peak at 1 (except for the level):

* log-mel: mean |dB| over 128 mel bands from 20 to 20,000 Hz, FFT 2048, hop 512, floor 80 dB below the file's maximum;
* envelope: mean |dB| of the RMS of 10 ms windows, floor −60 dB below its maximum;
* attack: difference of the 10–90 % rise times of |x| smoothed over 1.5 ms;
* level: |dB| between the peaks of decoded and original sound;
* hop lines: energy at multiples of sample rate / hop against that half-way between, decoded minus original: a buzz.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import cyclopts
import numpy as np
import numpy.typing as npt

from runtime.contract import read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of
from trainer.beginning import settings_of, training_split
from trainer.calibration import evenly_spaced
from trainer.exported import VOICES_TOGETHER, ExportedModel, Floats
from trainer.samples import load_folder
from trainer.settings import Settings

Array = npt.NDArray[np.floating[Any]]
TINY = 1e-10


@dataclass(frozen=True)
class Figures:
    """Distances between a decoded sound and its original; lower is better."""

    log_mel_db: float
    envelope_db: float
    attack_ms: float
    level_db: float
    hop_lines_db: float


class EvaluatedClip(Protocol):
    """A real sound: ``audio`` float32 [channels, frames], onset at frame 0, peak 1."""

    @property
    def path(self) -> Path:
        """Its file."""
        ...

    @property
    def audio(self) -> Any:
        """Waveform [channels, frames]."""
        ...


def reconstruct(model: ExportedModel, clips: Sequence[EvaluatedClip], seconds: float) -> Floats:
    """Encode sounds and decode them again: [sounds, channels, frames], frames as ``seconds`` ask for."""
    means, _ = model.encode([np.asarray(clip.audio, np.float32) for clip in clips])
    return model.decode(means, seconds)


def compare(original: Floats, decoded: Floats, sample_rate: int, hop_frames: int) -> Figures:
    """Measure one decoded sound [channels, frames] against its original [channels, frames]."""
    frames = min(original.shape[1], decoded.shape[1])
    real, made = original[:, :frames].mean(0), decoded[:, :frames].mean(0)
    level_db = 20 * np.log10((np.abs(made).max() + TINY) / (np.abs(real).max() + TINY))
    real, made = real / (np.abs(real).max() + TINY), made / (np.abs(made).max() + TINY)
    return Figures(
        log_mel_db=float(np.abs(log_mel(real, sample_rate) - log_mel(made, sample_rate)).mean()),
        envelope_db=float(np.abs(envelope(real, sample_rate) - envelope(made, sample_rate)).mean()),
        attack_ms=float(abs(attack_ms(real, sample_rate) - attack_ms(made, sample_rate))),
        level_db=float(abs(level_db)),
        hop_lines_db=float(hop_lines(made, sample_rate, hop_frames) - hop_lines(real, sample_rate, hop_frames)),
    )


def median_figures(figures: Sequence[Figures]) -> dict[str, float]:
    """Return the median of each figure."""
    names = Figures.__dataclass_fields__
    return {name: round(float(np.median([getattr(f, name) for f in figures])), 2) for name in names}


@cache
def _mel_filters(sample_rate: int, fft_frames: int, bands: int) -> Array:
    """Triangular filters [bands, bins] equally spaced on the mel scale (O'Shaughnessy 1987), 20 to 20,000 Hz."""
    highest = min(20_000.0, sample_rate / 2)
    mels = np.linspace(1127 * np.log1p(20 / 700), 1127 * np.log1p(highest / 700), bands + 2)
    edges = 700 * np.expm1(mels / 1127)
    bins = np.fft.rfftfreq(fft_frames, 1 / sample_rate)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    # A band narrower than a bin takes the bin nearest to it, so that no band is empty.
    filters: Array = np.maximum(0, np.minimum(rising, falling))
    filters[np.arange(bands), np.abs(bins - edges[1:-1, None]).argmin(1)] += 1e-3
    return filters


def _frames_of(waveform: Array, size: int, hop: int) -> Array:
    padded = np.pad(waveform, (size // 2, size))
    return np.lib.stride_tricks.sliding_window_view(padded, size)[: len(waveform) + hop : hop]


def log_mel(waveform: Array, sample_rate: int) -> Array:
    """Return the log-mel spectrogram of a waveform [frames] in dB [windows, 128], floored 80 dB under its maximum."""
    power = np.abs(np.fft.rfft(_frames_of(waveform, 2048, 512) * np.hanning(2048))) ** 2
    bands = 10 * np.log10(power @ _mel_filters(sample_rate, 2048, 128).T + TINY)
    floored: Array = np.maximum(bands, bands.max() - 80)
    return floored


def envelope(waveform: Array, sample_rate: int) -> Array:
    """Return the RMS of 10 ms windows in dB [windows], floored 60 dB under its maximum."""
    window = sample_rate // 100
    power = (np.pad(waveform, (0, -len(waveform) % window)) ** 2).reshape(-1, window).mean(1)
    level = 10 * np.log10(power + TINY)
    floored: Array = np.maximum(level, level.max() - 60)
    return floored


def attack_ms(waveform: Array, sample_rate: int) -> float:
    """Return the time that |x|, smoothed over 1.5 ms, takes from 10 to 90 % of its maximum."""
    window = max(1, round(0.0015 * sample_rate))
    smooth = np.convolve(np.abs(waveform), np.ones(window) / window)
    return float((smooth >= 0.9 * smooth.max()).argmax() - (smooth >= 0.1 * smooth.max()).argmax()) / sample_rate * 1e3


def hop_lines(waveform: Array, sample_rate: int, hop_frames: int) -> float:
    """Return how far multiples of sample rate / hop stand out of their surroundings, in dB (mean of the lines)."""
    spectrum = np.abs(np.fft.rfft(waveform * np.hanning(len(waveform)))) ** 2
    spacing = len(waveform) / hop_frames
    if spacing < 8:
        return 0.0
    numbers = np.arange(1, int((len(spectrum) - 4) / spacing))
    near = np.arange(-1, 2)
    line = spectrum[np.round(numbers * spacing).astype(int)[:, None] + near].mean(1)
    between = spectrum[np.round((numbers + 0.5) * spacing).astype(int)[:, None] + near].mean(1)
    floor = spectrum.max() * 1e-9
    return float(np.mean(10 * np.log10((line + floor) / (between + floor))))


def _padded_distance(own: Array, other: Array) -> float:
    """Mean |dB| over the length of ``own``; what ``other`` lacks is silence."""
    silence = np.full((max(0, len(own) - len(other)), own.shape[1]), own.max() - 80)
    return float(np.abs(own - np.concatenate([other, silence])[: len(own)]).mean())


def evaluate(
    model: ExportedModel,
    training: Sequence[EvaluatedClip],
    held_out: Sequence[EvaluatedClip],
    most_sounds: int,
    may_go_on: Callable[[], bool] = lambda: True,
) -> dict[str, dict[str, float]]:
    """Return median figures for training and held-out sounds, at most ``most_sounds`` of each.

    Held-out sounds also get ``nearest_log_mel_db``, their log-mel distance to the nearest training sound: what memory
    alone would reach. ``may_go_on`` is asked between batches; once it says no, the sounds so far have to do.
    """
    metadata = model.metadata
    halves = {"training": _in_mixed_order(training, most_sounds), "held out": _in_mixed_order(held_out, most_sounds)}
    figures: dict[str, list[Figures]] = {name: [] for name in halves}
    for begin in range(0, most_sounds, VOICES_TOGETHER):
        for name, clips in halves.items():
            batch = clips[begin : begin + VOICES_TOGETHER]
            if not batch or not may_go_on():
                continue
            decoded = reconstruct(model, batch, metadata.longest_note_seconds)
            pairs = zip(batch, decoded, strict=True)
            figures[name] += [
                compare(clip.audio, made, metadata.sample_rate, metadata.hop_frames) for clip, made in pairs
            ]
    results = {name: {"sounds": len(done), **median_figures(done)} for name, done in figures.items() if done}
    if "held out" in results:
        judged = halves["held out"][: len(figures["held out"])]
        nearest = _nearest_log_mel_db(judged, training, metadata.sample_rate, may_go_on)
        results["held out"] |= {"nearest_log_mel_db": nearest} if nearest is not None else {}
    return results


def _in_mixed_order(clips: Sequence[EvaluatedClip], most: int) -> list[EvaluatedClip]:
    """Return at most ``most`` clips from everywhere, in an order of which every beginning is a fair sample."""
    chosen = evenly_spaced(len(clips), most)
    return [clips[chosen[i]] for i in np.random.default_rng(0).permutation(len(chosen))]


def _nearest_log_mel_db(
    clips: Sequence[EvaluatedClip],
    training: Sequence[EvaluatedClip],
    sample_rate: int,
    may_go_on: Callable[[], bool],
) -> float | None:
    """Return the median log-mel distance to the nearest training sound, or None if there was no time to find it."""
    spectrograms = [log_mel(np.asarray(clip.audio).mean(0), sample_rate) for clip in clips]
    distances = np.full(len(clips), np.inf)
    for known in training:
        if not may_go_on():
            return None
        other = log_mel(np.asarray(known.audio).mean(0), sample_rate)
        distances = np.minimum(distances, [_padded_distance(own, other) for own in spectrograms])
    return round(float(np.median(distances)), 2)


def results_table(results: dict[str, dict[str, float]]) -> list[str]:
    """Return the results as lines of a Markdown table."""
    names = ["sounds", *Figures.__dataclass_fields__, "nearest_log_mel_db"]
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for title, row in results.items():
        lines.append(f"| {title} | " + " | ".join(str(row.get(name, "")) for name in names) + " |")
    return lines


def main(model: Path, folder: Path, picture: Path, *, most_sounds: int = 200, leave_out: str = "") -> None:
    """Print how close MODEL comes to the sounds of FOLDER, split as training splits them, and draw some into PICTURE.

    Args:
        model: a decoder NAME.onnx with NAME.encoder.onnx beside it.
        folder: sounds.
        picture: where to write a PNG of originals beside reconstructions.
        most_sounds: the most sounds to decode of each half.
        leave_out: a source, by its name in the folder's SOURCES.json, whose sounds are not judged.
    """
    from trainer.pictures import write_reconstructions

    exported = ExportedModel(model, encoder_of(model, read_decoder_metadata(model)))
    settings = settings_of(exported.metadata) or Settings()
    samples = load_folder(folder, settings.samples, channels=exported.metadata.channels)
    clips = training_split(samples, settings.run)
    training, held_out = (
        [clip for clip in half if clip.source != leave_out or not leave_out]
        for half in (clips.training, clips.held_out)
    )
    for line in results_table(evaluate(exported, training, held_out, most_sounds)):
        print(line)
    write_reconstructions(exported, held_out or training, picture)
    print(picture)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
