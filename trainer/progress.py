"""What a run tells the person who waits: a bar on a terminal, plain lines anywhere else."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn


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

    def __init__(self, plain_line_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(file=sys.stdout, soft_wrap=True, highlight=False, markup=False, emoji=False)
        self._plain_line_seconds = plain_line_seconds
        self._clock = clock
        self._last_line = float("-inf")
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._is_quiet = False

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
