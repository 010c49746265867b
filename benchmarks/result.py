"""One shape for every result: what was measured, on which machine, by which command, and whether the goal was reached.

A benchmark says what it is in a :class:`Benchmark`, measures, and hands figures and charts to :func:`record`, which
prints them and writes the file that `python -m benchmarks.page` reads. Whether a goal was reached is computed from the
figure wherever it is asked for, never believed.
"""

import datetime
import fnmatch
import shlex
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError, computed_field

from runtime.errors import LatentbridgeError
from runtime.machine import machine

UNTOLD_OPTIONS = ("--json", "--python")
"""Options that say where things lie on the machine that measured; they change no figure."""


@dataclass(frozen=True)
class Benchmark:
    """What a benchmark says of itself on the page."""

    name: str
    """Of its module, below ``benchmarks``, and of its file of results."""
    title: str
    what: str
    """What is measured, and how: a paragraph of Markdown."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Figure → why its goal is missed; shown only where it is. A name may hold ``*``; the longest that fits counts."""

    def reason(self, figure: str) -> str:
        """Return why a figure misses its goal, without a full stop; an empty string if nobody has said."""
        fitting = [name for name in self.reasons if fnmatch.fnmatchcase(figure, name)]
        return self.reasons[max(fitting, key=len)].rstrip(".") if fitting else ""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Goal(_Shape):
    """A figure should be at most this; ``words`` say where the number comes from, where that is not plain."""

    at_most: FiniteFloat
    of: Literal["median", "highest"] = "median"
    words: str = ""


class Figure(_Shape):
    """One number with its range over repetitions; the three are the same where it was taken once."""

    name: str
    unit: str
    median: FiniteFloat
    lowest: FiniteFloat
    highest: FiniteFloat
    count: int
    goal: Goal | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None without a goal."""
        if self.goal is None:
            return None
        return (self.highest if self.goal.of == "highest" else self.median) <= self.goal.at_most


def figure(name: str, unit: str, values: Sequence[float], goal: Goal | None = None) -> Figure:
    """Make a figure of repeated measurements."""
    middle, low, high = (_rounded(f(values)) for f in (statistics.median, min, max))
    return Figure(name=name, unit=unit, median=middle, lowest=low, highest=high, count=len(values), goal=goal)


class Chart(_Shape):
    """Lines over a common x, as a table on the page and as a plot; None where a line has no value."""

    title: str
    x_name: str
    x: tuple[FiniteFloat, ...]
    y_name: str
    """With its unit."""
    lines: dict[str, tuple[FiniteFloat | None, ...]]


def chart(
    title: str, x_name: str, x: Sequence[float], y_name: str, lines: Mapping[str, Sequence[float | None]]
) -> Chart:
    """Make a chart; numbers keep five digits."""
    return Chart(
        title=title,
        x_name=x_name,
        x=tuple(_rounded(value) for value in x),
        y_name=y_name,
        lines={name: tuple(None if y is None else _rounded(y) for y in line) for name, line in lines.items()},
    )


class Result(_Shape):
    """All that one run of a benchmark says; ``failure`` instead of figures if it did not get so far."""

    name: str
    machine: str
    date: datetime.date
    command: str
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    """What else has to be known to read the figures, one sentence each."""
    failure: str = ""

    def write(self, file: Path) -> None:
        """Write the result as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def record(
    benchmark: Benchmark,
    figures: Sequence[Figure],
    json_file: Path | None,
    charts: Sequence[Chart] = (),
    notes: Sequence[str] = (),
) -> Result:
    """Print a result, and write it if there is a file to write to."""
    result = Result(
        name=benchmark.name,
        machine=machine(),
        date=_today(),
        command=command_of(benchmark, sys.argv[1:]),
        figures=tuple(figures),
        charts=tuple(charts),
        notes=tuple(notes),
    )
    print(result.machine)
    for one in result.figures:
        print(f"{one.name}: {described(one)}")
    for note in result.notes:
        print(note)
    if json_file is not None:
        result.write(json_file)
    return result


def failed(benchmark: Benchmark, options: Sequence[str], failure: str) -> Result:
    """Return the result of a benchmark that gave none."""
    command = command_of(benchmark, options)
    return Result(name=benchmark.name, machine=machine(), date=_today(), command=command, failure=failure)


def described(one: Figure) -> str:
    """Return a figure in words: median, range, and what became of its goal."""
    text = f"{number(one.median)} {one.unit}"
    if one.lowest != one.highest:
        text += f" ({number(one.lowest)} to {number(one.highest)})"
    if one.goal is not None:
        text += f", goal at most {number(one.goal.at_most)}: {'reached' if one.reached else 'NOT reached'}"
    return text


def number(value: float) -> str:
    """Return a number as a person reads it: four digits that count, thousands whole."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def read_results(folder: Path) -> dict[str, Result]:
    """Read all results of a folder, by the name of the benchmark.

    Raises LatentbridgeError for a file that is not one.
    """
    results = {}
    for file in sorted(folder.glob("*.json")):
        try:
            result = Result.model_validate_json(file.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise LatentbridgeError(
                f"{file} is not the result of a benchmark: {str(error).splitlines()[0]}.",
                "A file as `python -m benchmarks.all` writes it was expected.",
                "Remove it, or measure again.",
            ) from None
        results[result.name] = result
    return results


def command_of(benchmark: Benchmark, options: Sequence[str]) -> str:
    """Return the command that measures this anywhere, without what only this machine has."""
    arguments = list(options)
    for option in UNTOLD_OPTIONS:
        if option in arguments:
            at = arguments.index(option)
            del arguments[at : at + 2]
    return shlex.join(["python", "-m", f"benchmarks.{benchmark.name}", *arguments])


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _rounded(value: float) -> float:
    return float(f"{float(value):.5g}")
