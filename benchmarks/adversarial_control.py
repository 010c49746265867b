"""What the adversarial part is worth: two trainings of equal steps from one model, one of them with discriminators.

    python benchmarks/adversarial_control.py FOLDER --from MODEL --steps 400 --out OUT

Discriminators judge from the first step on, since MODEL stands for the part of a run before them. A fifth of the sounds
is held out. Prints the medians of trainer/figures.py and what the two differ by, sound for sound, mean ± two standard
errors; and the texture: how far the bins of a spectrum (2,048 frames) scatter about the mean of their 31 neighbours, in
dB, decoded minus original. Below zero a sound is too smooth. Draws OUT/adversarial.png. Models that OUT already holds
are not trained again.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.beginning import TrainingRequest, training_split
from trainer.exported import ExportedModel
from trainer.progress import Report
from trainer.reconstruction import EvaluatedClip, judge, reconstruct
from trainer.samples import load_folder
from trainer.settings import AdversarialSettings, RunSettings, Settings
from trainer.train import train

NEIGHBOURS = 31
AUDIBLE_DB = 60
PICTURED_SOUNDS, PICTURED_SECONDS = 8, 0.5

Array = np.ndarray[Any, np.dtype[np.floating[Any]]]


def settings_of_the_control(steps: int, adversarial: bool) -> Settings:
    """Return the settings of one of the two trainings."""
    run = RunSettings(most_steps=steps, workers=1, least_sounds_to_hold_out=10, held_out_share=0.2)
    return replace(Settings(), run=run, adversarial=AdversarialSettings(used=adversarial, begins=0.0, ramp=0.15))


def spectrum_db(waveform: Array, frames: int) -> Array:
    """Return the spectrogram of a waveform [frames] in dB below its maximum, [windows, bins]."""
    padded = np.pad(waveform, frames // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, frames)[:: frames // 4] * np.hanning(frames)
    levels = 20 * np.log10(np.abs(np.fft.rfft(windows)) + 1e-9)
    return np.asarray(levels - levels.max())


def texture_db(waveform: Array) -> float:
    """Return how far the audible bins of a waveform's spectra scatter about their neighbourhood, in dB."""
    levels = spectrum_db(waveform, 2048)[:, 8:800]
    around = np.apply_along_axis(np.convolve, 1, levels, np.ones(NEIGHBOURS) / NEIGHBOURS, "valid")
    inner = levels[:, NEIGHBOURS // 2 : -(NEIGHBOURS // 2)]
    return float(np.std((inner - around)[around > -AUDIBLE_DB]))


def measure(model: ExportedModel, clips: Sequence[EvaluatedClip]) -> dict[str, Array]:
    """Return every figure of every clip."""
    figures = [asdict(figure) for figure in judge(model, clips)]
    columns = {name: np.array([figure[name] for figure in figures]) for name in figures[0]}
    decoded = reconstruct(model, clips, max(np.asarray(c.audio).shape[1] for c in clips) / model.metadata.sample_rate)
    pairs = [(np.asarray(c.audio)[0], made[0, : c.audio.shape[1]]) for c, made in zip(clips, decoded, strict=True)]
    return columns | {"texture_db": np.array([texture_db(made) - texture_db(real) for real, made in pairs])}


def compare(models: dict[str, ExportedModel], halves: dict[str, Sequence[EvaluatedClip]]) -> None:
    """Print the figures of both models and their difference."""
    for half, clips in halves.items():
        plain, judged = (measure(model, clips) for model in models.values())
        print(f"| {half}, {len(clips)} sounds | {' | '.join(models)} | difference | nearer to 0 |")
        print("|---" * 5 + "|")
        for name in plain:
            difference = (judged[name] - plain[name])[np.isfinite(plain[name])]
            error = 2 * difference.std(ddof=1) / math.sqrt(len(difference))
            nearer = int((np.abs(judged[name]) < np.abs(plain[name])).sum())
            medians = " | ".join(f"{np.nanmedian(values[name]):.2f}" for values in (plain, judged))
            print(f"| {name} | {medians} | {difference.mean():+.2f} ± {error:.2f} | {nearer} of {len(difference)} |")


def draw(models: dict[str, ExportedModel], clips: Sequence[EvaluatedClip], picture: Path) -> None:
    """Draw sounds beside what both models make of them."""
    import matplotlib.pyplot as plt

    decoded = {name: reconstruct(model, clips, PICTURED_SECONDS) for name, model in models.items()}
    figure, panels = plt.subplots(len(clips), 3, figsize=(12, 2.2 * len(clips)), layout="constrained")
    for row, (clip, axes) in enumerate(zip(clips, panels, strict=True)):
        sounds = {f"original: {clip.path.parent.name}/{clip.path.stem[:24]}": np.asarray(clip.audio)[0]}
        sounds |= {name: made[row, 0] for name, made in decoded.items()}
        frames = min(map(len, sounds.values()))
        for panel, (title, waveform) in zip(axes, sounds.items(), strict=True):
            levels = spectrum_db(waveform[:frames], 1024)
            panel.imshow(levels.T, origin="lower", aspect="auto", cmap="magma", vmin=-80, vmax=0)
            panel.set_title(title, fontsize=8)
            panel.set_axis_off()
    figure.savefig(picture, dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--from", dest="start_from", required=True)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    models = {}
    for name in ("plain", "judged"):
        out, settings = options.out / f"{name}.onnx", settings_of_the_control(options.steps, name == "judged")
        if not out.exists():
            request = TrainingRequest(
                options.folder, out, 600.0, "drums", options.device, options.start_from, resume=False, seed=0
            )
            with Report(settings.run.plain_line_seconds) as report:
                train(request, settings, report)
        models[name] = ExportedModel(out, out.with_suffix(".encoder.onnx"))
    channels = models["plain"].metadata.channels
    clips = training_split(load_folder(options.folder, settings.samples, channels=channels), settings.run)
    compare(models, {"training": clips.training, "held out": clips.held_out})
    # Where texture is heard: the sounds with the widest spectra.
    widest = sorted(
        (clip for clip in (*clips.held_out, *clips.training) if clip.audio.shape[1] > 9600),
        key=lambda clip: -float(np.mean(spectrum_db(np.asarray(clip.audio)[0], 1024) > -AUDIBLE_DB)),
    )
    draw(models, widest[:PICTURED_SOUNDS], options.out / "adversarial.png")
    print(options.out / "adversarial.png")


if __name__ == "__main__":
    main()
