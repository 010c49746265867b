"""Pictures of the latent space, made by the product: `python -m docs.make_space_pictures`.

* drums-map.png, notes-map.png: the training sounds on the map, by class;
* morphs.png: sounds on the way from one to another;
* outside.png: how odd sounds get on the way out of the data, and one that goes there.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cyclopts
import matplotlib
import numpy as np
from cyclopts import Parameter
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from benchmarks.decoded_sounds import Array, KnownPlaces, open_model
from benchmarks.outside_the_data import by_distance, measured
from runtime.contract import DecoderMetadata
from runtime.latent.interpolation import morph
from runtime.latent.outside import DataRange
from runtime.latent.prior import class_label, draw
from runtime.latent.sound_map import SoundMap
from trainer.exported import ExportedModel
from trainer.figures import log_mel

FOLDER = Path(__file__).parent / "pictures"
STEPS = 9
DRUM_WAYS = (("kick", "cymbal"), ("tom", "snare"))
NOTE_WAYS = (("flute", "trumpet"), ("marimba", "cello"))
DRUM_SECONDS, NOTE_SECONDS = 0.5, 0.8
GRID = 81
OUTWARDS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
MARKERS = "os^D"
_HALO = [withStroke(linewidth=2.5, foreground="white")]


def class_look(label: int) -> dict[str, object]:
    """Colour and shape of a class's dots: ten colours, and another shape for each ten classes."""
    colours = matplotlib.colormaps["tab10"].colors  # type: ignore[attr-defined]
    return {"color": colours[label % 10], "marker": MARKERS[label // 10 % len(MARKERS)]}


def draw_map(model: ExportedModel, path: Path) -> None:
    """Draw the sounds on the map; the ground is darker where a place between them is farther outside the data."""
    metadata = model.metadata
    figure = Figure(figsize=(10, 8.4), dpi=80, layout="constrained")
    cell = figure.subplots()
    sounds, data = SoundMap(metadata.map_points), DataRange(metadata)
    side = np.linspace(0, 1, GRID)
    ground = np.array([[data.outside(sounds.latent(x, y)) for x in side] for y in side])
    shade = cell.imshow(ground, origin="lower", extent=(0, 1, 0, 1), cmap="Greys", norm=Normalize(0.5, 4), alpha=0.6)
    where = np.array([(point.x, point.y) for point in metadata.map_points])
    labels = np.array([point.label for point in metadata.map_points])
    for label, name in enumerate(metadata.classes):
        own = where[labels == label]
        if not len(own):
            continue
        look = class_look(label)
        cell.scatter(*own.T, s=22, linewidths=0.4, edgecolors="white", label=name.replace("_", " "), **look)
        middle = own[np.linalg.norm(own[:, None] - own, axis=2).mean(1).argmin()]
        text = name.replace("_", " ")
        cell.text(*middle, text, color=look["color"], fontsize=10, weight="bold", ha="center", path_effects=_HALO)
    cell.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1), aspect="equal")
    cell.set_xlabel("x        darker  ←   →  brighter", fontsize=11)
    cell.set_ylabel("y        shorter  ←   →  longer", fontsize=11)
    cell.set_title(f"{metadata.name}: {len(where)} training sounds; neighbours sound alike", fontsize=12)
    cell.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=9, frameon=False)
    bar = figure.colorbar(shade, ax=cell, orientation="horizontal", shrink=0.4, aspect=40, pad=0.01)
    bar.set_label("between the sounds: how far outside the data (1: its edge)", fontsize=9)
    figure.savefig(path, format="png")


def draw_sound(cell: Axes, waveform: Array, sample_rate: int, words: str) -> None:
    """Draw a log-mel spectrogram, 65 dB deep, with words below."""
    picture = log_mel(waveform, sample_rate)
    lowest = picture.max() - 65
    cell.imshow(picture.T, origin="lower", aspect="auto", cmap="magma", vmin=lowest, interpolation="nearest")
    cell.set(xticks=[], yticks=[])
    cell.set_xlabel(words, fontsize=9)


def place_in_class(metadata: DecoderMetadata, name: str) -> tuple[float, ...]:
    """Return a place that stands for a class: its preset, or the middle of a component of the prior."""
    return metadata.presets.get(name) or draw(metadata, 1, temperature=0.0, label=class_label(metadata, name))


def draw_morphs(models: Sequence[tuple[ExportedModel, float, Sequence[tuple[str, str]]]], path: Path) -> None:
    """Draw one strip for each way, from one sound to another."""
    strips = [(model, seconds, way) for model, seconds, ways in models for way in ways]
    figure = Figure(figsize=(12, 1.75 * len(strips)), dpi=70, layout="constrained")
    for row, (model, seconds, (start, end)) in zip(figure.subplots(len(strips), STEPS), strips, strict=True):
        corners = [place_in_class(model.metadata, name) for name in (start, end)]
        positions = np.linspace(0, 1, STEPS)
        places = [morph(corners, position) for position in positions]
        data = DataRange(model.metadata)
        decoded = model.decode(np.array(places, np.float32), seconds).mean(1)
        for cell, sound, position, place in zip(row, decoded, positions, places, strict=True):
            draw_sound(cell, sound, model.metadata.sample_rate, f"outside {data.outside(place):.1f}")
            ends = {0.0: start, 1.0: end}
            cell.set_title(ends.get(float(position), f"{100 * position:.0f} %").replace("_", " "), fontsize=11)
    figure.savefig(path, format="png")


def draw_outside(known: Sequence[KnownPlaces], path: Path) -> None:
    """Draw, for each model, oddness against the number; below, one sound that leaves the data."""
    figure = Figure(figsize=(12, 7), dpi=80, layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.5, 1))
    for cell, places in zip(above.subplots(1, len(known)), known, strict=True):
        numbers, odd = (np.concatenate(parts) for parts in zip(*measured(places).values(), strict=True))
        cell.scatter(numbers, odd, s=7, alpha=0.35, color="tab:blue", linewidths=0, label="one place")
        steps = [
            (float(np.median(numbers[(numbers >= low) & (numbers < high)])), *np.percentile(here, [50, 25, 75]))
            for low, high, here in by_distance(numbers, odd)
        ]
        middles, medians, lower, upper = np.array(steps).T
        cell.fill_between(middles, lower, upper, color="tab:orange", alpha=0.25, label="half of the places")
        cell.plot(middles, medians, color="tab:red", linewidth=2, label="median")
        cell.axvline(1, color="grey", linewidth=1, linestyle="--")
        cell.text(1.03, 0.97, "edge of the data", transform=cell.get_xaxis_transform(), va="top", color="grey")
        cell.set(xlim=(0, 8), ylim=(0, float(np.percentile(odd, 99))))
        cell.set_xlabel("how far outside the data")
        cell.set_ylabel("how unlike any training sound\n(1: as two neighbours are)")
        cell.set_title(places.model.metadata.name)
        cell.legend(loc="lower right", frameon=False)
    model = known[0].model
    name = "snare" if "snare" in model.metadata.classes else None
    draw_way_out(below.subplots(1, len(OUTWARDS)), model, name)
    below.suptitle(f"A {name or 'sound'} moved farther and farther in one direction", fontsize=11)
    figure.savefig(path, format="png")


def draw_way_out(cells: Sequence[Axes], model: ExportedModel, name: str | None) -> None:
    """Draw a sound on its way out of the data along one random direction."""
    data, metadata = DataRange(model.metadata), model.metadata
    start = np.array(metadata.default_latent if name is None else place_in_class(metadata, name))
    spread = np.array([point.latent for point in metadata.map_points]).std(0)
    direction = np.random.default_rng(2).standard_normal(len(start))
    direction *= spread / np.linalg.norm(direction)
    places = [start + far * direction for far in OUTWARDS]
    decoded = model.decode(np.array(places, np.float32), DRUM_SECONDS).mean(1)
    for cell, sound, place in zip(cells, decoded, places, strict=True):
        draw_sound(cell, sound, metadata.sample_rate, f"outside {data.outside(place.tolist()):.1f}")


def main(
    drums: Annotated[str, Parameter(help="Path of a calibrated drum model.")] = "drums",
    notes: Annotated[str, Parameter(help="Path of a calibrated model of notes.")] = "notes",
    out: Annotated[Path, Parameter(help="Folder to write to.")] = FOLDER,
) -> None:
    """Draw all pictures of the latent space of the two models."""
    models = {"drums": open_model(drums), "notes": open_model(notes)}
    for name, model in models.items():
        draw_map(model, out / f"{name}-map.png")
    strips = ((models["drums"], DRUM_SECONDS, DRUM_WAYS), (models["notes"], NOTE_SECONDS, NOTE_WAYS))
    draw_morphs(strips, out / "morphs.png")
    draw_outside([KnownPlaces(model) for model in models.values()], out / "outside.png")
    print(f"written: drums-map.png, notes-map.png, morphs.png and outside.png in {out}")


if __name__ == "__main__":
    cyclopts.run(main)
