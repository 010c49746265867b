"""A run that is watched from another program: how it goes, written into its folder, and told in a few words.

``folder.json`` says what was found in the folder of sounds, ``progress.json`` how far the run is, with the curve of its
loss and the distances of what was heard. Each is replaced whole, so that a reader finds the old one or the new one.
"""

import contextlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from runtime.atomic_file import replace_file
from trainer.progress import FINISHING, MEASURING, READING, REHEARSING, TRAINING, HeardSound, Hearing, Report, StepSeen

FOLDER_FILE = "folder.json"
PROGRESS_FILE = "progress.json"
DONE = "done"
_STAGES = {
    READING: "reading",
    MEASURING: "measuring",
    REHEARSING: "rehearsing",
    TRAINING: "training",
    FINISHING: "finishing",
}
_MOST_POINTS = 300
_MOST_LINES = 400


@dataclass
class Curve:
    """The loss over time, thinned so that it keeps to a size: three lists of equal length."""

    seconds: list[float] = field(default_factory=list)
    step: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    gap_seconds: float = 0.5
    """Least time between two points; doubled whenever there are too many."""

    def add(self, seen: StepSeen) -> None:
        """Take a step, if the last one taken is long enough ago, and its loss is a number."""
        if not math.isfinite(seen.loss):
            return
        if self.seconds and seen.seconds - self.seconds[-1] < self.gap_seconds:
            return
        self.seconds.append(round(seen.seconds, 2))
        self.step.append(seen.step)
        self.loss.append(round(seen.loss, 5))
        if len(self.seconds) > _MOST_POINTS:
            self.gap_seconds *= 2
            for values in (self.seconds, self.step, self.loss):
                del values[1::2]

    def forget_after(self, step: int) -> None:
        """Leave out what came after a step: a run that goes on from there does it again."""
        kept = sum(one <= step for one in self.step)
        for values in (self.seconds, self.step, self.loss):
            del values[kept:]


class Diary(Report):
    """A report that goes into a run's folder.

    Args:
        folder: the run's; it is made if need be.
        tell: takes what another process is told: ``{"stage", "fraction", "text"}`` about once a second, and
            ``{"hearing": number, "path": decoder}`` when something new can be played.
        every_seconds: time between two of the former, and between two writings of ``progress.json``.
        clock: monotonic seconds.
    """

    listens = True

    def __init__(
        self,
        folder: Path,
        tell: Callable[[dict[str, Any]], None],
        every_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(plain_line_seconds=float("inf"), clock=clock)
        self._folder, self._tell, self._every_seconds = folder, tell, every_seconds
        self._told_seconds = float("-inf")
        self._stage, self._fraction = "", 0.0
        self._last: StepSeen | None = None
        self._curve = Curve()
        self._hearings: list[dict[str, Any]] = []
        self._sounds: list[dict[str, Any]] = []
        self._lines: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        # Read before anything is written in its place.
        self._before = _read(folder / PROGRESS_FILE)

    def say(self, line: str) -> None:
        """Keep a line, of which the latest are shown."""
        if not self._is_quiet:
            self._lines = [*self._lines, line][-_MOST_LINES:]

    def found(self, folder: dict[str, Any]) -> None:
        """Write down what was found in the folder of sounds."""
        self._write(FOLDER_FILE, folder)

    def stage(self, what: str, fraction: float, details: str = "") -> None:
        """Tell how far a stage is, at once if it is a new one."""
        stage = _STAGES.get(what, what)
        is_new = stage != self._stage
        self._stage, self._fraction = stage, fraction
        if is_new or self._clock() - self._told_seconds >= self._every_seconds:
            self._told_seconds = self._clock()
            self._write_progress()
            self._tell({"stage": stage, "fraction": round(fraction, 4), "text": details})

    def end_of_stage(self) -> None:
        """Nothing is shown here that would have to be taken away."""

    def resumed(self, step: int) -> None:
        """Go on with what an interrupted run had written until a step."""
        with contextlib.suppress(KeyError, TypeError):
            curve = Curve(**self._before["curve"])
            curve.forget_after(step)
            self._hearings = [one for one in self._before["hearings"] if one["step"] <= step]
            self._curve, self._sounds = curve, self._before["sounds"]

    def passed(self, step: StepSeen) -> None:
        """Draw the curve on."""
        self._last = step
        self._curve.add(step)

    def heard(self, hearing: Hearing) -> None:
        """Write down how close the shown sounds are, and tell what can be played now."""
        self._sounds = [_document(sound) for sound in hearing.sounds]
        distances = {"training_db": _number(hearing.mean_db(False)), "held_out_db": _number(hearing.mean_db(True))}
        seconds = self._last.seconds if self._last else 0.0
        self._hearings.append(
            {"number": hearing.number, "step": hearing.step, "seconds": round(seconds, 1), **distances}
        )
        self._write_progress()
        self._tell({"hearing": hearing.number, "path": str(hearing.decoder)})

    def done(self) -> None:
        """Say that the instrument is written."""
        self._stage, self._fraction = DONE, 1.0
        self._write_progress()

    def _write_progress(self) -> None:
        seen = self._last
        self._write(
            PROGRESS_FILE,
            {
                "stage": self._stage,
                "fraction": round(self._fraction, 4),
                "step": seen.step if seen else 0,
                "seconds": round(seen.seconds, 1) if seen else 0.0,
                "seconds_left": round(max(seen.seconds_left, 0.0), 1) if seen else None,
                "curve": asdict(self._curve),
                "hearings": self._hearings,
                "sounds": self._sounds,
                "lines": self._lines,
            },
        )

    def _write(self, name: str, document: dict[str, Any]) -> None:
        # A full disk is told where the checkpoint is written; that nobody can watch is no reason to stop.
        with contextlib.suppress(OSError):
            replace_file(self._folder / name, json.dumps(document, allow_nan=False).encode())


def _read(path: Path) -> Any:
    """Return what a file holds; nothing if there is none, or it holds anything but JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def _number(value: float | None) -> float | None:
    """Return a number as JSON has it: none where it is not finite."""
    return None if value is None or not math.isfinite(value) else round(value, 3)


def _document(sound: HeardSound) -> dict[str, Any]:
    document = asdict(sound)
    return document | {"class": document.pop("class_name"), "distance_db": _number(sound.distance_db)}
