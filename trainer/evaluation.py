"""How close a finished model comes to real sounds: figures, baselines, random sounds and pictures to look at.

Everything is decoded from the exported files through onnxruntime, hop by hop, so it shows what is really shipped. What
each figure means is said in ``trainer/figures.py``, the baselines in ``trainer/baselines.py``, what is measured of
random sounds in ``trainer/random_sounds.py``. ``latentbridge train`` prints the short form of it, ``evaluate``.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cyclopts
import numpy as np

from runtime.contract import read_hash
from runtime.errors import LatentbridgeError
from trainer.baselines import Baselines
from trainer.calibration import evenly_spaced
from trainer.evaluation_report import MODEL, JudgedHalf, random_table
from trainer.exported import VOICES_TOGETHER, ExportedModel
from trainer.figures import NAMES, Figures, medians
from trainer.judged_sounds import Judged, Selection, gather
from trainer.nearest import KnownSounds, figure_log_mel
from trainer.pictures import write_random_sounds, write_reconstructions
from trainer.pitched_clips import PitchedClip
from trainer.random_sounds import LEAST_SOURCE_SAMPLES, RandomReport, judge_random_sounds
from trainer.reconstruction import EvaluatedClip, in_mixed_order, judge
from trainer.tuning import tuning_line, tuning_of_notes_cents
from trainer.velocity_response import velocity_response

PICTURE_SOUNDS = 24


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
    halves = {"training": in_mixed_order(training, most_sounds), "held out": in_mixed_order(held_out, most_sounds)}
    figures = judge_in_turn(model, halves, may_go_on)
    results = {name: {"sounds": len(done), **medians(done)} for name, done in figures.items() if done}
    if "held out" in results:
        nearest = _nearest_log_mel_db(model, halves["held out"][: len(figures["held out"])], training, may_go_on)
        results["held out"] |= {"nearest_log_mel_db": nearest} if nearest is not None else {}
    return results


def judge_in_turn(
    model: ExportedModel, halves: dict[str, list[EvaluatedClip]], may_go_on: Callable[[], bool]
) -> dict[str, list[Figures]]:
    """Judge a batch of each half in turn, so that both have sounds if time runs out."""
    figures: dict[str, list[Figures]] = {name: [] for name in halves}
    for begin in range(0, max(map(len, halves.values())), VOICES_TOGETHER):
        for name, clips in halves.items():
            if may_go_on():
                figures[name] += judge(model, clips[begin : begin + VOICES_TOGETHER])
    return figures


def _nearest_log_mel_db(
    model: ExportedModel,
    clips: Sequence[EvaluatedClip],
    training: Sequence[EvaluatedClip],
    may_go_on: Callable[[], bool],
) -> float | None:
    """Return the median log-mel distance to the nearest training sound, or None if there was no time to find it."""
    rate = model.metadata.sample_rate
    known = KnownSounds(training, rate, may_go_on)
    distances = []
    for clip in clips:
        if not (known.is_complete and may_go_on()):
            return None
        distances.append(known.nearest_db(figure_log_mel(clip.audio, rate)))
    return round(float(np.median(distances)), 2)


def results_table(results: dict[str, dict[str, float]]) -> list[str]:
    """Return the results as lines of a Markdown table."""
    told = [name for name in NAMES if any(name in row for row in results.values())]
    names = ["sounds", *told, "nearest_log_mel_db"]
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for title, row in results.items():
        lines.append(f"| {title} | " + " | ".join(str(row.get(name, "")) for name in names) + " |")
    return lines


def judge_halves(judged: Judged, baselines: Baselines, most_sounds: int) -> list[JudgedHalf]:
    """Return the figures of the model and of each baseline, for each half that has sounds."""
    halves = []
    for name, clips in (("training", judged.training), ("held out", judged.held_out)):
        # In order of length: sounds that are decoded together take as long as the longest of them.
        chosen = [clips[i] for i in evenly_spaced(len(clips), most_sounds)]
        chosen.sort(key=lambda clip: clip.audio.shape[1])
        if not chosen:
            continue
        _say(f"{name} sounds: the model …")
        rows: dict[str, list[Figures]] = {MODEL: judge(judged.model, chosen)}
        _say(f"{name} sounds: baselines …")
        for clip in chosen:
            for row, figures in baselines.judge(clip).items():
                rows.setdefault(row, []).append(figures)
        halves.append(JudgedHalf(name, tuple(clip.path.name for clip in chosen), rows))
    return halves


def judge_playing(judged: Judged, most_sounds: int) -> tuple[dict[str, Any], list[str]]:
    """Return what there is to say of notes played on keys of their own, for JSON and as lines of Markdown."""
    if not judged.model.metadata.pitched:
        return {}, []
    _say("notes on their keys …")
    clips = judged.held_out or judged.training
    notes = [clip for i in evenly_spaced(len(clips), most_sounds) if isinstance(clip := clips[i], PitchedClip)]
    errors = tuning_of_notes_cents(judged.model, notes)
    response = velocity_response(judged.model, judged.own or clips)
    document = {"tuning_cents": [round(float(error), 2) if np.isfinite(error) else None for error in errors]}
    lines = ["### Played", "", f"{tuning_line(errors)}.", ""]
    if response is None:
        return document, lines
    return document | {"velocity": asdict(response)}, [*lines, response.line(), ""]


def judge_draws(judged: Judged, known: KnownSounds, sounds_per_class: int) -> tuple[RandomReport | None, list[str]]:
    """Return what there is to say of random sounds, and the same as lines of Markdown."""
    if not sounds_per_class:
        return None, []
    if not judged.own:
        return None, ["Random sounds are not judged: --training-folder would tell what to hold them against.", ""]
    _say("random sounds …")
    report = judge_random_sounds(judged.model, judged.own, judged.classes, known, sounds_per_class)
    if report is None:
        why = f"no class has both a prior of its own and {LEAST_SOURCE_SAMPLES} source samples in the folder"
        return None, [f"Random sounds are not judged: {why}.", ""]
    return report, random_table(report)


def _say(what: str) -> None:
    """Progress goes to the error output, so that the tables can be kept by themselves."""
    print(what, file=sys.stderr, flush=True)


def _shown(judged: Judged) -> list[EvaluatedClip]:
    """Sounds for the picture, half of them held out if there are such."""
    halves = [half for half in (judged.training, judged.held_out) if half]
    return [half[i] for half in halves for i in evenly_spaced(len(half), PICTURE_SOUNDS // len(halves))]


def _write(out: Path, document: dict[str, Any], judged: Judged, random: RandomReport | None) -> list[Path]:
    """Write the JSON and the pictures. Returns their paths. Raises LatentbridgeError if that is not possible."""
    written = [out / "figures.json", out / "reconstructions.png"]
    held_out = {clip.path for clip in judged.held_out}
    try:
        written[0].write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        write_reconstructions(judged.model, _shown(judged), written[1], PICTURE_SOUNDS, held_out=held_out)
        if random is not None:
            written.append(write_random_sounds(random.sounds, out / "random.png", judged.model.metadata.sample_rate))
    except OSError as error:
        raise _cannot_write(out, error) from None
    return written


def _make_folder(out: Path) -> None:
    """Find out before any time is spent whether results can be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise _cannot_write(out, error) from None


def _cannot_write(out: Path, error: OSError) -> LatentbridgeError:
    return LatentbridgeError(
        f"Nothing can be written in {out}: {error.strerror}.", "", "Give --out in a folder of yours."
    )


def main(
    model: str,
    folder: Path,
    *,
    out: Path | None = None,
    most_sounds: int = 100,
    random_sounds: int = 64,
    leave_out: str = "",
    only_source: str = "",
    all_held_out: bool = False,
    training_folder: Path | None = None,
) -> None:
    """Print and save how close MODEL comes to the sounds of FOLDER, split as training splits them, beside baselines.

    Args:
        model: a decoder NAME.onnx with NAME.encoder.onnx beside it, or the name of a shipped model.
        folder: sounds.
        out: where figures.json and the pictures go; NAME.evaluation in the current folder if left out.
        most_sounds: the most training and the most held-out sounds that are judged.
        random_sounds: how many sounds to draw of each class; 0 leaves them out.
        leave_out: a source, by its name in the folder's SOURCES.json, whose sounds are neither judged nor compared
            with.
        only_source: the only source whose sounds are judged.
        all_held_out: the model has seen none of these sounds.
        training_folder: the sounds it was trained on, for comparison, where FOLDER holds none of them.
    """
    if random_sounds < 0:
        raise LatentbridgeError(
            f"--random-sounds {random_sounds} is no number of sounds.", "At least 2 were expected, or 0 for none."
        )
    judged = gather(model, folder, Selection(most_sounds, leave_out, only_source, all_held_out, training_folder))
    metadata = judged.model.metadata
    place = out or Path(f"{judged.path.name.removesuffix('.onnx')}.evaluation")
    _make_folder(place)
    hop_rate_hz = metadata.sample_rate / metadata.hop_frames
    baselines = Baselines(judged.known, metadata.sample_rate, metadata.latent_size, hop_rate_hz)
    halves = judge_halves(judged, baselines, most_sounds)
    random, random_lines = judge_draws(judged, baselines.known, random_sounds)
    playing, playing_lines = judge_playing(judged, most_sounds)
    print("\n".join([line for half in halves for line in half.lines()] + playing_lines + random_lines))
    document = {
        "model": metadata.name,
        "hash": read_hash(judged.path),
        "folder": folder.name,
        "halves": {half.name: half.document() for half in halves},
        "playing": playing,
        "random": random.document() if random else None,
    }
    for path in _write(place, document, judged, random):
        print(path)


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
