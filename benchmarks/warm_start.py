"""What starting from a finished model is worth: the same folder trained for several times, cold and warm.

    python benchmarks/warm_start.py FOLDER --from drums --minutes 2 5 10 20 --out OUT [--side-by-side]

Each training is `latentbridge train` as anybody runs it; the figures are those it writes into the model, medians as
trainer/figures.py defines them. Writes OUT/curves.json and OUT/curves.png and keeps the models in OUT. With
``--side-by-side`` cold and warm runs go at the same time, each with half of the machine.
"""

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from runtime.contract import read_decoder_metadata

DRAWN = {"log_mel_db": "log-mel, dB", "envelope_db": "envelope, dB", "attack_ms": "attack, ms"}


def start_training(folder: Path, out: Path, start_from: str, minutes: float) -> subprocess.Popen[bytes]:
    """Start one training; what it prints goes to a file beside the model."""
    command = [sys.executable, "-m", "runtime.cli", "train", str(folder), "--out", str(out), "--from", start_from]
    with open(out.with_suffix(".log"), "wb") as log:
        return subprocess.Popen([*command, "--minutes", str(minutes)], stdout=log, stderr=subprocess.STDOUT)


def figures_of(model: Path) -> dict[str, Any]:
    """Return what a training wrote down about itself: figures of training and held-out sounds, and its steps."""
    settings = read_decoder_metadata(model).training_settings
    return {"figures": settings["figures"], "steps": settings["steps"]}


def draw(curves: dict[str, dict[str, Any]], minutes: list[float], picture: Path) -> None:
    """Draw each figure over the minutes of training, cold and warm, for training and held-out sounds."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(DRAWN), figsize=(4 * len(DRAWN), 3.2), layout="constrained")
    for panel, (name, label) in zip(panels, DRAWN.items(), strict=True):
        for (start, runs), colour in zip(curves.items(), ("tab:blue", "tab:orange"), strict=True):
            for half, line in (("training", "-"), ("held out", "--")):
                points = [(m, runs[str(m)]["figures"].get(half, {}).get(name)) for m in minutes]
                known = [(m, value) for m, value in points if value is not None]
                if known:
                    panel.plot(*zip(*known, strict=True), line, marker="o", color=colour, label=f"{start}, {half}")
        panel.set(xlabel="minutes", ylabel=label, ylim=(0, None))
        panel.grid(alpha=0.3)
    panels[0].legend(fontsize=7)
    figure.savefig(picture, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a folder cold and warm for several times and compare.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--from", dest="start_from", default="drums", help="the model that warm runs begin with")
    parser.add_argument("--minutes", type=float, nargs="+", default=[2.0, 5.0, 10.0, 20.0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--side-by-side", action="store_true", help="cold and warm at the same time")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    curves: dict[str, dict[str, Any]] = {"cold": {}, "warm": {}}
    for minutes in arguments.minutes:
        running = {}
        for start, base in (("cold", "none"), ("warm", arguments.start_from)):
            model = arguments.out / f"{start}_{minutes:g}.onnx"
            running[start] = (start_training(arguments.folder, model, base, minutes), model)
            if not arguments.side_by_side:
                running[start][0].wait()
        for start, (process, model) in running.items():
            if process.wait() != 0:
                sys.exit(f"The {start} training of {minutes:g} minutes failed: see {model.with_suffix('.log')}")
            curves[start][str(minutes)] = figures_of(model)
            print(f"{start}, {minutes:g} minutes: {json.dumps(curves[start][str(minutes)])}", flush=True)
    document = {"machine": platform.platform(), "folder": arguments.folder.name, "curves": curves}
    (arguments.out / "curves.json").write_text(json.dumps(document, indent=1) + "\n")
    draw(curves, arguments.minutes, arguments.out / "curves.png")


if __name__ == "__main__":
    main()
