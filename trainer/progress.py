"""What a run tells the person who waits: a bar on a terminal, plain lines anywhere else."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

READING = "reading sounds"
MEASURING = "measuring notes"
REHEARSING = "rehearsing the end"
TRAINING = "training"
FINISHING = "writing the instrument"
"""Stages of a run, in their order."""


@dataclass(frozen=True, slots=True)
class StepSeen:
    """What is told of a step: its number, the loss (smoothed), and the time since the run began and until its end."""

    step: int
    loss: float
    seconds: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class HeardSound:
    """A training sound beside what the model makes of it: log-mel distance, and its four files.

    The files are ``sounds/sound_NUMBER`` in the run's folder, with ``.original.wav``, ``.original.png``,
    ``.decoded.wav`` and ``.decoded.png``.
    """

    number: int
    name: str
    class_name: str
    """Empty if it has none."""
    is_held_out: bool
    seconds: float
    distance_db: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """What has been learnt after so many steps: an instrument that can be played, and how close some sounds are."""

    number: int
    step: int
    decoder: Path
    sounds: tuple[HeardSound, ...]

    def mean_db(self, is_held_out: bool) -> float | None:
        """Mean distance of the sounds that were trained on, or of those that were held out; None if there are none."""
        distances = [sound.distance_db for sound in self.sounds if sound.is_held_out == is_held_out]
        return sum(distances) / len(distances) if distances else None


class SkippedFile(Protocol):
    """A file that is not trained on, and why."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def reason(self) -> str:
        """Why, in words for the person who owns the file."""
        ...


class Report:
    """Lines and a bar on standard output. Lines are never wrapped, so that they can be searched and piped.

    Args:
        plain_line_seconds: time between lines of progress where there is no terminal for a bar.
        clock: monotonic seconds.
    """

    listens = False
    """Whether what has been learnt is to be heard and played meanwhile; see :meth:`heard`."""

    def __init__(self, plain_line_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(file=sys.stdout, soft_wrap=True, highlight=False, markup=False, emoji=False)
        self._plain_line_seconds = plain_line_seconds
        self._clock = clock
        self._last_line = float("-inf")
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._is_quiet = False

    def found(self, folder: dict[str, Any]) -> None:
        """Take what ``trainer.reading.folder_document`` says of the folder; here it has been said in lines."""

    def passed(self, step: StepSeen) -> None:
        """Take a step that is over; here its stage says enough."""

    def resumed(self, step: int) -> None:
        """Go on with a run that had come as far as a step."""

    def heard(self, hearing: Hearing) -> None:
        """Take what has been learnt so far, if this listens."""

    def be_quiet(self) -> None:
        """Say nothing from now on: of several processes that train together one does the talking."""
        self._is_quiet = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end_of_stage()

    def say(self, line: str) -> None:
        """Print one line, above the bar if there is one."""
        if not self._is_quiet:
            self._console.print(line)
            sys.stdout.flush()

    def say_skipped(self, skipped: Sequence[SkippedFile], folder: Path, most_lines: int = 40) -> None:
        """Name the files that are not used and why; beyond ``most_lines`` only how many there are of each reason."""
        if not skipped:
            return
        self.say(f"skipped {len(skipped)} file{'s' if len(skipped) != 1 else ''}:")
        for file in skipped[:most_lines]:
            name = file.path.relative_to(folder) if file.path.is_relative_to(folder) else file.path
            self.say(f"  {printable(str(name))}: {file.reason}")
        for reason, count in Counter(file.reason for file in skipped[most_lines:]).most_common():
            self.say(f"  … and {count} more: {reason}")

    def stage(self, what: str, fraction: float, details: str = "") -> None:
        """Show how far a stage is (0…1): the bar moves, or a plain line appears every so often."""
        if self._is_quiet:
            return
        if self._console.is_terminal:
            self._show_bar(what, fraction, details)
        elif self._clock() - self._last_line >= self._plain_line_seconds:
            self._last_line = self._clock()
            self.say(f"{what}: {100 * fraction:.0f} %" + (f", {details}" if details else ""))

    def end_of_stage(self) -> None:
        """Take the bar away; the next plain line appears at once."""
        self._last_line = float("-inf")
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    def _show_bar(self, what: str, fraction: float, details: str) -> None:
        if self._bar is None or self._task is None:
            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[details]}"))
            self._bar = Progress(*columns, console=self._console, transient=True, refresh_per_second=5)
            self._task = self._bar.add_task(what, total=1.0, details=details)
            self._bar.start()
        self._bar.update(self._task, description=what, completed=fraction, details=details)


def printable(text: str) -> str:
    """Return a file name as it can be printed: undecodable bytes and control characters become ``?``."""
    decoded = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character if character.isprintable() else "?" for character in decoded)
