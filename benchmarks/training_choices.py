"""What choices of the trainer are worth: equal minutes from nothing, with one thing changed in each run.

    python benchmarks/training_choices.py FOLDER --minutes 4 --out OUT [--kind notes]

Runs, one after the other: the trainer as it is; with AdamW for all weights instead of Muon for the inner matrices; with
one worker instead of one per processor. Of notes instead: as it is; with crops three times as long; with another
note for the encoder in half of the clips; at twice the learning rate. Prints the figures that each run writes into its
model.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import torch

from runtime.contract import read_decoder_metadata
from runtime.errors import LatentbridgeError
from trainer import training_loop
from trainer.beginning import TrainingRequest
from trainer.progress import Report
from trainer.settings import NOTES_OPTIMISER, OptimiserSettings, Settings
from trainer.train import train
from trainer.vae import VariationalAutoencoder


def only_adamw(
    vae: VariationalAutoencoder, settings: OptimiserSettings, rate: float
) -> tuple[torch.optim.Optimizer, ...]:
    """AdamW for every weight, with the settings it has for some of them otherwise."""
    betas = (settings.beta_1, settings.beta_2)
    return (torch.optim.AdamW(vae.parameters(), rate, betas, weight_decay=settings.weight_decay, fused=True),)


NOTES = {
    "long crops": replace(NOTES_OPTIMISER, crop_hops=3 * NOTES_OPTIMISER.crop_hops),
    "another note for half": replace(NOTES_OPTIMISER, other_note_share=0.5),
    "twice the learning rate": replace(NOTES_OPTIMISER, learning_rate=2 * NOTES_OPTIMISER.learning_rate),
}
CHOICES = {"drums": ("as it is", "AdamW alone", "one worker"), "notes": ("as it is", *NOTES)}


@contextmanager
def changed(choice: str) -> Iterator[Settings]:
    """Settings of a run; within the context the trainer is changed as the choice says."""
    if choice == "AdamW alone":
        with mock.patch.object(training_loop, "make_optimisers", only_adamw):
            yield Settings()
    elif choice == "one worker":
        yield replace(Settings(), run=replace(Settings().run, workers=1))
    elif choice in NOTES:
        yield replace(Settings(), optimiser=NOTES[choice])
    else:
        yield Settings()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a folder several times with one thing changed.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kind", choices=list(CHOICES), default="drums")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    results = {}
    for choice in CHOICES[arguments.kind]:
        model = arguments.out / f"{choice.replace(' ', '_')}.onnx"
        request = TrainingRequest(arguments.folder, model, arguments.minutes, arguments.kind, "cpu", "none", False, 0)
        with changed(choice) as settings, Report(60.0) as report:
            train(request, settings, report)
        written = read_decoder_metadata(model).training_settings
        results[choice] = {"steps": written["steps"], **written["figures"]}
    for choice, figures in results.items():
        print(f"{choice}: {json.dumps(figures)}")
    (arguments.out / "choices.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except LatentbridgeError as error:
        sys.exit(str(error))
