"""What the adversarial part of a run costs: steps of one training without and then with discriminators.

    python benchmarks/adversarial_step.py [--steps 10] [--channels 2] [--device cuda] [--json OUT.json]

The settings are those of `latentbridge train`; the sounds are decaying noise. Prints the machine, then the medians over
the steps: seconds, and seconds of processor time, which another program at work does not lengthen so much. The first
steps of each half are left out.
"""

import argparse
import json
import platform
import statistics
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from trainer.batches import BatchSource
from trainer.beginning import open_fabric
from trainer.settings import AdversarialSettings, RunSettings, Settings
from trainer.time_budget import TimeBudget
from trainer.training_loop import StepResult, StopRequest, Trainer
from trainer.vae import VariationalAutoencoder

FIRST_STEPS = 2


@dataclass(frozen=True)
class Sound:
    """A decaying noise; ``audio`` [channels, frames]."""

    audio: np.ndarray
    group: int


def decaying_noise(number: int, channels: int, sample_rate: int) -> Sound:
    """Return a second of noise that dies away."""
    decay = np.exp(-np.arange(sample_rate) / (0.2 * sample_rate))
    noise = np.random.default_rng(number).uniform(-1, 1, (channels, sample_rate)) * decay
    return Sound(noise.astype(np.float32), number)


def measure(steps: int, channels: int, device: str) -> dict[str, dict[str, float]]:
    """Return median seconds of a step, by the clock and of the processor, without and with discriminators."""
    each = steps + FIRST_STEPS
    settings = replace(
        Settings(),
        run=RunSettings(most_steps=2 * each),
        adversarial=AdversarialSettings(used=True, begins=0.5),
    )
    fabric = open_fabric(device)
    fabric.launch()
    sounds = [decaying_noise(number, channels, settings.model.sample_rate) for number in range(16)]
    source = BatchSource(sounds, settings.model, settings.optimiser, settings.augmentation, seed=0)
    vae = VariationalAutoencoder(settings.model, channels)
    trainer = Trainer(fabric, vae, source, settings, warm_start=False)
    wall, processor = [], [time.process_time()]

    def after_step(result: StepResult) -> None:
        wall.append(result.seconds)
        processor.append(time.process_time())

    trainer.run(TimeBudget(60.0, time.monotonic()), StopRequest(), after_step)
    used = np.diff(processor)
    halves = {"without": slice(FIRST_STEPS, each), "with": slice(each + FIRST_STEPS, None)}
    return {
        name: {"seconds": statistics.median(wall[half]), "processor_seconds": statistics.median(used[half].tolist())}
        for name, half in halves.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    machine = {"system": platform.platform(), "torch": torch.__version__, "threads": str(torch.get_num_threads())}
    print(", ".join(machine.values()))
    figures = measure(options.steps, options.channels, options.device)
    for name, row in figures.items():
        print(f"{name:8} {row['seconds']:.3f} s, {row['processor_seconds']:.3f} s of processor time")
    for clock in ("seconds", "processor_seconds"):
        print(f"{clock.replace('_', ' ')}: {figures['with'][clock] / figures['without'][clock]:.1f} times as long")
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "figures": figures}, indent=1))


if __name__ == "__main__":
    main()
