"""The plots of the benchmark page: small pictures with few colours, the same bytes for the same results."""

import io
from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from benchmarks.peers.own_cost import DECODER, OWN
from benchmarks.result import Chart, Result

COLOURS = 128
SIZE_INCHES = (9.0, 3.6)
DPI = 90
BLOCK_MS = 128 / 48


def draw_pictures(results: dict[str, Result], folder: Path) -> dict[str, list[str]]:
    """Draw what the results allow into ``folder``; names of the files by benchmark.

    Pictures of results that are no longer there are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, list[str]] = {}
    for name, (benchmark, draw) in PICTURES.items():
        file = folder / f"benchmark_{name}.png"
        if benchmark in results and results[benchmark].charts:
            figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
            draw(figure, results)
            file.write_bytes(_png(figure))
            drawn.setdefault(benchmark, []).append(file.name)
        else:
            file.unlink(missing_ok=True)
    return drawn


def _png(figure: Figure) -> bytes:
    """A figure as PNG with a small palette; no date or version in it."""
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png", metadata={"Software": None})
    with Image.open(full) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, format="PNG", optimize=True)
    return small.getvalue()


def _lines(panel: Axes, chart: Chart, marker: str = "o") -> None:
    for name, line in chart.lines.items():
        known = [(x, y) for x, y in zip(chart.x, line, strict=True) if y is not None]
        panel.plot([x for x, _ in known], [y for _, y in known], marker=marker, markersize=4, label=name)
    panel.set(xlabel=chart.x_name, ylabel=chart.y_name, title=chart.title)
    panel.grid(alpha=0.3)


def _over_voices(panel: Axes, chart: Chart) -> None:
    panel.set_xscale("log", base=2)
    panel.set_xticks(chart.x, [f"{x:g}" for x in chart.x], minor=False)
    panel.set_xticks([], minor=True)


def _cost(figure: Figure, results: dict[str, Result]) -> None:
    """The cost curve, and per voice beside what the peers cost."""
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
    share, cost, _ = results["voice_curve"].charts
    _lines(left, share)
    left.set_xticks(share.x[-1:0:-2])
    left.set_ylim(0, None)
    left.legend(fontsize=7)
    _lines(right, cost.model_copy(update={"lines": {f"latentbridge, {k}": line for k, line in cost.lines.items()}}))
    if peers := results.get("peers.compare"):
        for chart in peers.charts:
            _marks(right, chart)
    right.set_yscale("log")
    _over_voices(right, cost)
    right.legend(fontsize=6, loc="upper left", bbox_to_anchor=(1, 1))


def _marks(panel: Axes, chart: Chart) -> None:
    """What others cost, and our decoder alone, for the voices they were measured with."""
    for number, (name, line) in enumerate(chart.lines.items()):
        if name.startswith(OWN) and name != DECODER:
            continue  # The curve itself.
        known = [(x, y) for x, y in zip(chart.x, line, strict=True) if y is not None]
        marker = "sDv^<>P*Xhp"[number % 11]
        panel.plot(
            [x for x, _ in known], [y for _, y in known], marker=marker, markersize=5, linestyle=":", lw=1, label=name
        )


def _blocks(figure: Figure, results: dict[str, Result]) -> None:
    """What a block takes, beside its length."""
    panel = figure.subplots()
    chart = results["voice_curve"].charts[2]
    _lines(panel, chart)
    panel.axhline(BLOCK_MS, color="grey", linestyle=":", label="a block at 48 kHz")
    panel.axhline(0.6 * BLOCK_MS, color="silver", linestyle=":", label="60 % of it")
    _over_voices(panel, chart)
    panel.set_ylim(0, None)
    panel.legend(fontsize=7)


def _knob(figure: Figure, results: dict[str, Result]) -> None:
    """How many moves were heard within how long."""
    panel = figure.subplots()
    result = results["knob_to_sound"]
    chart = result.charts[0]
    panel.step(chart.x, chart.lines["moves"], where="post")  # type: ignore[arg-type]
    panel.set(xlabel=chart.x_name, ylabel=chart.y_name, title=chart.title, ylim=(0, 103))
    panel.axhline(99, color="silver", linestyle=":")
    for one in result.figures:
        if one.goal is not None:
            panel.axvline(one.goal.at_most, color="grey", linestyle=":", label=f"goal, {one.goal.at_most:g} {one.unit}")
    panel.set_xlim(0, None)
    panel.grid(alpha=0.3)
    panel.legend(fontsize=7)


def _delay(figure: Figure, results: dict[str, Result]) -> None:
    """D over the block, in ms, and what was heard."""
    left, right = figure.subplots(1, 2)
    charts = {chart.title: chart for chart in results["key_to_sound"].charts if not chart.y_name.endswith("ms")}
    for panel, title in ((left, "Constant delay D, median"), (right, "Heard through JACK")):
        chart = charts[title]
        _lines(panel, chart)
        if not chart.x:
            continue  # No scale without a point; the page says why there is none.
        # Lines that lie on each other are seen by their rings.
        for size, line in enumerate(reversed(panel.get_lines())):
            line.set(markersize=4 + 4 * size, markerfacecolor="none")
        panel.set_xscale("log", base=2)
        panel.set_yscale("log", base=2)
        panel.set_xticks(chart.x, [f"{x:g}" for x in chart.x])
        ticks = sorted({y for line in chart.lines.values() for y in line if y is not None})
        panel.set_yticks(ticks, [f"{y:g}" for y in ticks])
        panel.legend(fontsize=7)


def _memory(figure: Figure, results: dict[str, Result]) -> None:
    """Resident memory over minutes of sound."""
    panel = figure.subplots()
    _lines(panel, results["memory"].charts[0], marker=".")
    panel.set_ylim(0, None)
    panel.legend(fontsize=7)


PICTURES: dict[str, tuple[str, Callable[[Figure, dict[str, Result]], None]]] = {
    "delay": ("key_to_sound", _delay),
    "knob": ("knob_to_sound", _knob),
    "cost": ("voice_curve", _cost),
    "blocks": ("voice_curve", _blocks),
    "memory": ("memory", _memory),
}
"""Name of the picture → the benchmark it belongs to, and what draws it."""
