"""A press of a key → the note played last as a file, without disturbing what plays.

The engine keeps what it told the decoder (see :mod:`runtime.engine.history`); a process of its own decodes that once
more and writes the file. A thread waits until the note has ended, talks to that process and calls back; whoever asks
for a capture never waits.

    worker = CaptureWorker(model_path, history, folder, provider="cpu", voices=16,
                           on_captured=tell_path_note_and_peak, on_problem=tell_sentences)
    worker.capture()              # from any thread; or capture(part=3, name="deep snare", neighbours=4)
    worker.close()                # writes what is waiting; takes at most CLOSE_SECONDS
"""

import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.child_process import Child, Document
from runtime.engine.history import CapturedNote, NoteHistory
from runtime.errors import LatentbridgeError
from runtime.events import ALL_PARTS
from runtime.oneshots.capture_process import job
from runtime.oneshots.naming import clean_name, note_name
from runtime.oneshots.neighbours import MOST_NEIGHBOURS
from runtime.oneshots.writing import temporary_prefix

CLOSE_SECONDS: Final = 0.6
LONGEST_WAIT_SECONDS: Final = 10.0
"""A note that still sounds so long after the key press is written as if it were let go then."""
MOST_WAITING: Final = 64
_SETTLED_SECONDS: Final = 0.5
"""A note that sounded and whose controls have not gone on for so long has ended: hops come every few milliseconds."""
_LOOK_SECONDS: Final = 0.05
_ANSWER_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Captured:
    """A file that was written: where, which MIDI note, and its peak in dBFS."""

    path: Path
    note: int
    peak_db: float


@dataclass(slots=True, eq=False)
class _Waiting:
    """A note that may still sound."""

    note: CapturedNote
    name: str
    asked_at: float
    grew_at: float
    neighbours: int = 0
    is_new: bool = True

    @property
    def what(self) -> tuple[int, str, int]:
        """What tells one request from another."""
        return self.note.number, self.name, self.neighbours


class CaptureWorker:
    """Writes notes of one model's history into one folder."""

    def __init__(
        self,
        model: Path,
        history: NoteHistory,
        folder: Path,
        *,
        provider: str,
        voices: int,
        on_captured: Callable[[Captured], None],
        on_problem: Callable[[LatentbridgeError], None],
        prepares_after_seconds: float = 0.0,
    ) -> None:
        """Start the process that writes into ``folder``, which :func:`runtime.oneshots.writing.make_folder` has made.

        The process loads the model after ``prepares_after_seconds``, or when a note is first asked for.
        ``provider`` and ``voices`` are the engine's, so that its very bits come out. The callbacks come from the
        worker's own thread, or from the one that asks for what cannot be done.
        """
        self._history, self._folder = history, folder
        setup: Document = {"model": str(model.resolve()), "folder": str(folder.resolve())}
        self._writer = _Writer(setup | {"provider": provider, "voices": voices}, folder)
        self._on_captured, self._on_problem = on_captured, on_problem
        self._prepares_after_seconds = prepares_after_seconds
        self._asked: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._unwritten: set[_Waiting] = set()
        self._is_let_go = False
        self._thread = threading.Thread(target=self._work, name="captures", daemon=True)
        self._thread.start()

    def has_note(self, part: int = ALL_PARTS) -> bool:
        """Whether any note, of one part (1…16) or of all, is there to be captured."""
        return self._history.last(part) is not None

    def capture(self, part: int = ALL_PARTS, name: str = "", neighbours: int = 0) -> CapturedNote | None:
        """Write the note that began last, of one part (1…16) or of all, as soon as it has ended; returns it.

        ``name`` comes from outside and is cleaned; empty names the file after the note. So many ``neighbours`` of the
        note are written after it (:mod:`runtime.oneshots.neighbours`).
        """
        note = self._history.last(part)
        if note is None:
            self._on_problem(LatentbridgeError("There is no note to capture yet.", "", "Play one first."))
            return None
        now = time.monotonic()
        wanted = _Waiting(note, clean_name(name), now, now, min(neighbours, MOST_NEIGHBOURS))
        self._unwritten.add(wanted)
        try:
            self._asked.put_nowait(wanted)
        except queue.Full:
            self._unwritten.discard(wanted)
            self._on_problem(LatentbridgeError(f"{MOST_WAITING} captures are waiting.", "", "Capture fewer at a time."))
            return None
        return note

    def let_go(self) -> None:
        """Read the history no more once this returns: what is to be written is, as it stands, in its own time."""
        for one in list(self._unwritten):
            one.note = self._history.note(one.note.number) or one.note
        self._is_let_go = True
        threading.Thread(target=self._finish, name="captures closing", daemon=True).start()

    def _finish(self) -> None:
        self._asked.put(None)
        self._thread.join()
        self._writer.close()

    def close(self) -> None:
        """Write what is waiting as far as it has sounded, report it, and end the process."""
        with contextlib.suppress(queue.Full):
            self._asked.put_nowait(None)
        self._thread.join(CLOSE_SECONDS)
        self._writer.close()

    def _work(self) -> None:
        # Before the first note is asked for: loading the model takes longer than making a file.
        asked_early = self._take(self._prepares_after_seconds) if self._prepares_after_seconds else []
        if None not in asked_early:
            self._writer.prepare()
        waiting: list[_Waiting] = []
        ending = False
        while not ending or waiting:
            for asked in asked_early or self._take(_LOOK_SECONDS if waiting else None):
                ending = ending or asked is None
                # A key that bounces asks twice for one note.
                if asked is not None and all(asked.what != other.what for other in waiting):
                    waiting.append(asked)
                elif asked is not None:
                    self._unwritten.discard(asked)
            asked_early = []
            written = [one for one in waiting if self._written(one, ending)]
            self._unwritten.difference_update(written)
            waiting = [one for one in waiting if one not in written]

    def _written(self, one: _Waiting, ending: bool) -> bool:
        """Write a note if it has ended; whether that is done with. The first time the writer itself finds out."""
        if one.is_new:
            one.is_new = False
            if one.note.hops:
                return self._write(one, is_final=ending)
        return (self._has_settled(one) or ending) and self._write(one, is_final=True)

    def _take(self, seconds: float | None) -> list[_Waiting | None]:
        """Return all that has been asked for, waiting so long for the first."""
        asked: list[_Waiting | None] = []
        with contextlib.suppress(queue.Empty):
            asked.append(self._asked.get(timeout=seconds))
            while True:
                asked.append(self._asked.get_nowait())
        return asked

    def _has_settled(self, one: _Waiting) -> bool:
        if self._is_let_go:
            return True
        now = time.monotonic()
        latest = self._history.note(one.note.number)
        if latest is not None and latest.hops > one.note.hops:
            one.grew_at = now
        # Where 64 notes have begun since, what was seen last is all there is.
        one.note = latest or one.note
        has_stopped, is_long = now - one.grew_at > _SETTLED_SECONDS, now - one.asked_at > LONGEST_WAIT_SECONDS
        return latest is None or latest.interrupted_frame is not None or has_stopped or is_long

    def _write(self, one: _Waiting, is_final: bool) -> bool:
        """Have a note written and report it; False if it still sounds."""
        try:
            if not one.note.hops:
                raise LatentbridgeError("it had only just begun.", "", "Capture it again.")
            written = self._writer.write(one.note, one.name, is_final)
            if written is None:
                return False
            self._tell(written, one)
            for neighbour in self._writer.write_neighbours(one.note, written[0].stem, one.neighbours):
                self._tell(neighbour, one)
        except LatentbridgeError as error:
            what = f"{note_name(one.note.note)} was not captured: {error.wrong}"
            self._on_problem(LatentbridgeError(what, error.expected, error.remedy))
        return True

    def _tell(self, written: tuple[Path, float], one: _Waiting) -> None:
        path, peak = written
        self._on_captured(Captured(path, one.note.note, 20 * math.log10(max(peak, 1e-6))))


class _Writer:
    """The process that decodes and writes, started again should it die. Used by one thread, closed by any."""

    def __init__(self, setup: Document, folder: Path) -> None:
        self._setup, self._folder = setup, folder
        self._child: Child | None = None
        self._is_ready = self._closed = False

    def prepare(self) -> None:
        """Start the process; what stands in its way is told when a note is to be written."""
        with contextlib.suppress(LatentbridgeError):
            self._started()

    def write(self, note: CapturedNote, name: str, is_final: bool) -> tuple[Path, float] | None:
        """Have a note written; returns its path and peak, or None if it still sounds and this is not final.

        Raises LatentbridgeError with what went wrong.
        """
        child = self._started()
        # Until it has answered: an answer that came too late would be taken for that to the next note.
        self._is_ready = False
        child.tell(job(note, name, is_final))
        answer = child.answer(_ANSWER_SECONDS)
        self._is_ready = True
        return None if "sounds" in answer else _path_and_peak(answer)

    def write_neighbours(self, note: CapturedNote, stem: str, count: int) -> Iterator[tuple[Path, float]]:
        """Have neighbours of a note written; yields path and peak of each. Raises as :meth:`write` does."""
        if not count:
            return
        child = self._started()
        self._is_ready = False
        child.tell(job(note, stem, True, count))
        for _ in range(count):
            yield _path_and_peak(child.answer(_ANSWER_SECONDS))
        self._is_ready = True

    def close(self) -> None:
        """End the process at once, and clear away what it was writing."""
        self._closed = True
        self._end_child()

    def _started(self) -> Child:
        """Return the process, ready for a note; a new one if the last has died or no longer answers."""
        if self._child is not None and self._child.is_running and self._is_ready:
            return self._child
        self._end_child()
        if self._closed:
            raise LatentbridgeError("The program ends.")
        self._is_ready = False
        self._child = child = Child("runtime.oneshots.capture_process", sockets={}, buffers={}, setup=self._setup)
        child.answer(_ANSWER_SECONDS)
        self._is_ready = True
        return child

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end(0.0)
            for left in self._folder.glob(f"{temporary_prefix(child.pid)}*"):
                left.unlink(missing_ok=True)


def _path_and_peak(answer: Document) -> tuple[Path, float]:
    """Return what the process says of a file. Raises LatentbridgeError if it says that there is none."""
    if "failed" in answer:
        raise LatentbridgeError(*answer["failed"])
    return Path(answer["path"]), float(answer["peak"])
