"""What the named axes of a model do: how surely, how far, and what else they move.

    python -m benchmarks.named_axes MODEL [--starts 200] [--seed 3000000]

From each starting point, drawn from the model's prior with a seed that calibration has not used, every axis is swept
from end to end in nine steps, and the decoded sounds are described (trainer/descriptors.py). Prints two tables in
Markdown. Notes are played on keys from E1 to E5, fullest velocity, held.

* ρ: Spearman's rank correlation of position and the axis' own descriptor, median and 10th percentile of the starts;
* travel: by how much the descriptor moves from end to end, median;
* applies: share of the starts that have such a descriptor at all: a hi-hat has no pitch that could drop;
* outside: deviations from the nearest region of the prior, median of both ends; beside it, of the starts themselves;
* cross-talk: row moved from end to end, column's descriptor, in widths of the column's own axis; 1 is as much as its
  own knob does. In brackets the median without regard to the sign: what a single sound may see of it.
"""

import argparse

import numpy as np

from runtime.contract import read_decoder_metadata
from runtime.machine import machine
from runtime.model_files import encoder_of, find_model
from trainer.axis_measurement import Places, along, cross_talk, drawn, figures_of, hear
from trainer.axis_trial import distances
from trainer.exported import ExportedModel
from trainer.named_axes import asked
from trainer.settings import AxisSettings

KEYS = np.arange(40.0, 89.0)


def sweeps(model: ExportedModel, places: Places, positions: int) -> dict[str, np.ndarray]:
    """Return what is heard along each named axis by its name, [starts, positions, descriptors]."""
    descriptors, seconds = asked(model.metadata, AxisSettings())
    named = [axis for axis in model.metadata.axes if axis.descriptor]
    return {
        axis.name: hear(
            model,
            along(places, np.array(axis.direction), np.linspace(axis.minimum, axis.maximum, positions)),
            places.pitches,
            descriptors,
            seconds,
        )
        for axis in named
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the named axes of a model.")
    parser.add_argument("model", help="path of a model, or the name of a shipped one")
    parser.add_argument("--starts", type=int, default=200)
    parser.add_argument("--positions", type=int, default=9)
    parser.add_argument("--seed", type=int, default=3_000_000)
    arguments = parser.parse_args()
    path = find_model(arguments.model)
    metadata = read_decoder_metadata(path)
    model = ExportedModel(path, encoder_of(path, metadata))
    places = drawn(metadata, KEYS, arguments.starts, arguments.seed)
    heard = sweeps(model, places, arguments.positions)
    descriptors = {d.name: k for k, d in enumerate(asked(metadata, AxisSettings())[0])}
    units = {d.name: d.unit for d in asked(metadata, AxisSettings())[0]}
    figures = {name: figures_of(values, descriptors[name]) for name, values in heard.items()}
    print(f"{metadata.name}, {arguments.starts} starting points, {arguments.positions} positions. {machine()}\n")
    print("| axis | ρ, median | 10th percentile | travel | applies | outside |\n|---|---|---|---|---|---|")
    inside = np.median(distances(metadata.prior, places.latents))
    for axis in metadata.axes:
        if axis.name not in figures:
            continue
        own = figures[axis.name]
        ends = along(places, np.array(axis.direction), np.array([axis.minimum, axis.maximum]))
        outside = np.median(distances(metadata.prior, ends.reshape(-1, metadata.latent_size)))
        print(
            f"| {axis.name} | {own.correlation:.2f} | {np.nanpercentile(own.correlations, 10):.2f} "
            f"| {own.travel(own.own):+.2f} {units[axis.name]} | {own.applicable:.0%} | {outside:.1f} ({inside:.1f}) |"
        )
    names = list(figures)
    talk = cross_talk(list(figures.values()))
    widths = [abs(figures[name].travel(descriptors[name])) for name in names]
    print("\n| moved | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for row, name in enumerate(names):
        apart = np.nanmedian(np.abs(figures[name].travels), axis=0)
        cells = (
            "1" if other == name else f"{talk[row, column]:+.2f} ({apart[descriptors[other]] / widths[column]:.2f})"
            for column, other in enumerate(names)
        )
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
