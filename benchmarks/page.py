"""Write the benchmark page from the results that there are: docs/benchmarks.md and its pictures.

    python -m benchmarks.page [--results benchmarks/results] [--docs docs]

The page is made whole from the results and from what each benchmark says of itself; the same results make the same
bytes. A goal that is missed is shown as missed, a benchmark that failed or has no result is named.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.catalogue import CATALOGUE
from benchmarks.page_pictures import draw_pictures
from benchmarks.result import Benchmark, Chart, Figure, Result, number, read_results
from runtime.errors import LatentbridgeError

RESULTS, DOCS = Path("benchmarks/results"), Path("docs")
PAGE, PICTURES = "benchmarks.md", "pictures"
REACHED, MISSED, NONE = "reached", "**NOT reached**", "–"
MOST_ROWS = 12
"""A chart with more points is drawn only."""
NO_REASON = "nobody has said why yet"
HEAD = """# Benchmarks

<!-- Made by `python -m benchmarks.page` from benchmarks/results; edit the benchmarks, not this page. -->

What the engine reaches and what it does not, each line by a command of this repository. `python -m benchmarks.all` runs
all of them on a quiet machine and writes this page again. There was no sound card: JACK ran with its dummy driver.
Medians, with the range over repetitions; a goal is for the median unless it says otherwise."""


def write_page(results: dict[str, Result], benchmarks: Sequence[Benchmark], docs: Path) -> Path:
    """Write page and pictures into ``docs``; returns the page."""
    pictures = draw_pictures(results, docs / PICTURES)
    page = docs / PAGE
    page.write_text(page_text(results, benchmarks, pictures), encoding="utf-8")
    return page


def page_text(results: dict[str, Result], benchmarks: Sequence[Benchmark], pictures: dict[str, list[str]]) -> str:
    """Return the page as Markdown."""
    parts = [HEAD, "\n".join(_goals(results, benchmarks))]
    for benchmark in benchmarks:
        parts.append("\n\n".join(_section(benchmark, results.get(benchmark.name), pictures.get(benchmark.name, []))))
    return "\n\n".join(parts) + "\n"


def _goals(results: dict[str, Result], benchmarks: Sequence[Benchmark]) -> Iterator[str]:
    """Yield the rows of the table at the top: every goal, and what has no result."""
    yield "## Goals at a glance\n"
    yield "| | measured | goal | |\n|---|---|---|---|"
    for benchmark in benchmarks:
        result = results.get(benchmark.name)
        link = f"[{benchmark.title}](#{_anchor(benchmark.title)})"
        if result is None or result.failure:
            yield f"| {link} | {'no result' if result is None else 'failed'} | | **not measured** |"
            continue
        for one in result.figures:
            if one.goal is not None:
                yield f"| {link}: {_cell(one.name)} | {_value(one)} | {_goal(one)} | {_verdict(one)} |"


def _section(benchmark: Benchmark, result: Result | None, pictures: Sequence[str]) -> Iterator[str]:
    """Yield the paragraphs about one benchmark."""
    yield f"## {benchmark.title}"
    yield benchmark.what
    if result is None:
        yield f"**Not measured yet**: `python -m benchmarks.{benchmark.name}` has left no result."
        return
    yield f"`{result.command}`, {result.date.isoformat()}, on {result.machine}."
    if result.failure:
        yield f"**Failed, so nothing was measured**: {result.failure}"
        return
    if result.figures:
        yield "\n".join(_figures(result.figures))
    if missed := [one for one in result.figures if one.reached is False]:
        reasons = [f"- Not reached: {one.name}: {benchmark.reason(one.name) or NO_REASON}." for one in missed]
        yield "\n".join(reasons)
    for chart in result.charts:
        if 0 < len(chart.x) <= MOST_ROWS:
            yield "\n".join(_table(chart))
    if result.notes:
        yield "\n".join(f"- {note}" for note in result.notes)
    for picture in pictures:
        yield f"![{benchmark.title}]({PICTURES}/{picture})"


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    yield "| | median | range | of | goal | |\n|---|---|---|---|---|---|"
    for one in figures:
        spread = f"{number(one.lowest)} to {number(one.highest)}" if one.lowest != one.highest else NONE
        cells = (_cell(one.name), f"{number(one.median)} {one.unit}", spread, str(one.count), _goal(one), _verdict(one))
        yield "| " + " | ".join(cells) + " |"


def _table(chart: Chart) -> Iterator[str]:
    yield f"{chart.title}: {chart.y_name}\n"
    yield "| " + " | ".join((chart.x_name, *map(_cell, chart.lines))) + " |\n" + "|---" * (1 + len(chart.lines)) + "|"
    for row, x in enumerate(chart.x):
        cells = ("" if (y := line[row]) is None else number(y) for line in chart.lines.values())
        yield "| " + " | ".join((f"{x:g}", *cells)) + " |"


def _value(one: Figure) -> str:
    """The number that the goal is for."""
    value = one.highest if one.goal is not None and one.goal.of == "highest" else one.median
    return f"{number(value)} {one.unit}"


def _goal(one: Figure) -> str:
    if one.goal is None:
        return NONE
    details = [text for text in ("the longest" if one.goal.of == "highest" else "", one.goal.words) if text]
    return f"at most {number(one.goal.at_most)}" + (f" ({', '.join(details)})" if details else "")


def _verdict(one: Figure) -> str:
    return {True: REACHED, False: MISSED, None: NONE}[one.reached]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the benchmark page from its results.")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--docs", type=Path, default=DOCS)
    arguments = parser.parse_args()
    try:
        results = read_results(arguments.results)
    except LatentbridgeError as error:
        sys.exit(str(error))
    print(f"written: {write_page(results, [entry.load() for entry in CATALOGUE], arguments.docs)}")


if __name__ == "__main__":
    main()
