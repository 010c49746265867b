"""A training run in miniature: the real parts with a small model, so that a run takes seconds.

As a program, ``python -m tests.trainer.small_run FOLDER OUT [--resume] [--minutes 0.5] [--every 0.0]`` trains with a
checkpoint every so many seconds; tests kill it.
"""

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.errors import LatentbridgeError
from trainer import export
from trainer.beginning import TrainingRequest
from trainer.progress import Report
from trainer.settings import ModelSettings, OptimiserSettings, RunSettings, SampleSettings, Settings
from trainer.train import train

ONESHOTS = Path(__file__).parent.parent / "data" / "oneshots"


def small_settings(run: RunSettings | None = None) -> Settings:
    """Settings of a model that learns nothing useful, quickly."""
    model = ModelSettings(
        longest_seconds=0.5,
        latent_size=4,
        trunk_channels=16,
        trunk_blocks=2,
        condition_channels=16,
        oscillators=32,
        noise_bands=8,
        encoder_bands=20,
        encoder_channels=8,
    )
    return Settings(
        samples=SampleSettings(longest_seconds=0.5),
        model=model,
        optimiser=OptimiserSettings(batch_clips=2, crop_hops=16),
        run=replace(run or RunSettings(), workers=1),
    )


def small_request(folder: Path, out: Path, **changes: object) -> TrainingRequest:
    """A cold start on the CPU with the shortest time there is."""
    request = TrainingRequest(
        folder=folder, out=out, minutes=0.5, kind="auto", device="cpu", start_from="none", resume=False, seed=0
    )
    return replace(request, **changes)


@contextlib.contextmanager
def short_parity(hops: int = 100) -> Iterator[None]:
    """Let runs compare a model in torch with its exported form over fewer hops.

    A run does it twice over a thousand, which takes longer than all else of a run in miniature. Runs with the whole
    comparison are in test_training_run.py; what makes it fail is in test_export.py.
    """
    whole = export.decoder_parity
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "decoder_parity", lambda decoder, graph, size, most: whole(decoder, graph, size, hops))
        yield


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--every", type=float, default=0.0)
    options = parser.parse_args()
    request = small_request(options.folder, options.out, minutes=options.minutes, resume=options.resume)
    settings = small_settings(RunSettings(checkpoint_seconds=options.every, plain_line_seconds=0.0))
    with Report(settings.run.plain_line_seconds) as report, short_parity():
        try:
            train(request, settings, report)
        except LatentbridgeError as error:
            raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
