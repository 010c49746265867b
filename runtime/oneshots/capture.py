"""A press of a key → the note played last as a file, without disturbing what plays.

The engine keeps what it told the decoder (see :mod:`runtime.engine.history`); a process of its own decodes that once
more and writes the file. Nothing here waits: the owner calls :meth:`CaptureWorker.capture` when a capture is asked for
and :meth:`CaptureWorker.poll` some twenty times a second, from one thread; the callbacks come from ``poll``.

    worker = CaptureWorker(model_path, history, folder, provider="cpu", voices=16,
                           on_captured=tell_path_note_and_peak, on_problem=tell_sentences)
    worker.capture()              # or capture(part=3, name="deep snare")
    worker.poll()                 # in the loop
    worker.close()                # at the end; waits at most CLOSE_SECONDS
"""

import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.child_process import Child, Document
from runtime.engine.history import CapturedNote, NoteHistory
from runtime.errors import LatentbridgeError
from runtime.events import ALL_PARTS
from runtime.oneshots.capture_process import job
from runtime.oneshots.naming import clean_name, note_name
from runtime.oneshots.writing import temporary_prefix

CLOSE_SECONDS: Final = 0.6
LONGEST_WAIT_SECONDS: Final = 10.0
"""A note that still sounds so long after the key press is written as if it were let go then."""
MOST_WAITING: Final = 64
_SETTLED_SECONDS: Final = 0.25
"""A note whose controls have not gone on for so long has ended: hops come every few milliseconds."""
_ANSWER_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Captured:
    """A file that was written: where, which MIDI note, and its peak in dBFS."""

    path: Path
    note: int
    peak_db: float


@dataclass(slots=True)
class _Waiting:
    """A note that may still sound."""

    note: CapturedNote
    name: str
    asked_at: float
    grew_at: float


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
    ) -> None:
        """Start the process that writes into ``folder``, which :func:`runtime.oneshots.writing.make_folder` has made.

        ``provider`` and ``voices`` are the engine's, so that its very bits come out.
        """
        self._history, self._folder = history, folder
        self._setup: Document = {"model": str(model.resolve()), "folder": str(folder.resolve())}
        self._setup |= {"provider": provider, "voices": voices}
        self._on_captured, self._on_problem = on_captured, on_problem
        self._waiting: list[_Waiting] = []
        self._jobs: queue.SimpleQueue[tuple[CapturedNote, str] | None] = queue.SimpleQueue()
        self._unfinished = 0
        self._results: queue.SimpleQueue[Captured | LatentbridgeError] = queue.SimpleQueue()
        self._child: Child | None = None
        self._is_ready = self._closed = False
        self._thread = threading.Thread(target=self._work, name="captures", daemon=True)
        self._thread.start()

    def capture(self, part: int = ALL_PARTS, name: str = "") -> None:
        """Write the note that began last, of one part (1…16) or of all, as soon as it has ended.

        ``name`` comes from outside and is cleaned; empty names the file after the note.
        """
        note = self._history.last(part)
        if note is None:
            self._on_problem(LatentbridgeError("There is no note to capture yet.", "", "Play one first."))
        elif len(self._waiting) + self._unfinished >= MOST_WAITING:
            self._on_problem(LatentbridgeError(f"{MOST_WAITING} captures are waiting.", "", "Capture fewer at a time."))
        elif all(waiting.note.number != note.number for waiting in self._waiting):
            now = time.monotonic()
            self._waiting.append(_Waiting(note, clean_name(name), now, now))

    def poll(self) -> None:
        """Hand over notes that have ended, and report what was written. Never waits."""
        now = time.monotonic()
        for waiting in list(self._waiting):
            if self._has_ended(waiting, now):
                self._waiting.remove(waiting)
                self._hand_over(waiting)
        with contextlib.suppress(queue.Empty):
            while True:
                self._report(self._results.get_nowait())

    def close(self) -> None:
        """Write what is waiting as far as it has sounded, report it, and end the process."""
        for waiting in self._waiting:
            self._hand_over(waiting)
        self._waiting.clear()
        self._jobs.put(None)
        self._thread.join(CLOSE_SECONDS)
        self._closed = True
        self._end_child()
        self.poll()

    def _has_ended(self, waiting: _Waiting, now: float) -> bool:
        latest = self._history.note(waiting.note.number)
        if latest is not None and latest.hops > waiting.note.hops:
            waiting.grew_at = now
        # Where 64 notes have begun since, what was seen last is all there is.
        waiting.note = latest or waiting.note
        has_stopped = now - waiting.grew_at > _SETTLED_SECONDS
        return has_stopped or latest is None or now - waiting.asked_at > LONGEST_WAIT_SECONDS

    def _hand_over(self, waiting: _Waiting) -> None:
        self._unfinished += 1
        self._jobs.put((waiting.note, waiting.name))

    def _report(self, result: Captured | LatentbridgeError) -> None:
        self._unfinished -= 1
        if isinstance(result, Captured):
            self._on_captured(result)
        else:
            self._on_problem(result)

    # In the thread: it alone talks to the process, since a pipe may be full and an answer takes its time ---------

    def _work(self) -> None:
        # Before the first note is asked for: loading the model takes longer than making a file.
        with contextlib.suppress(LatentbridgeError):
            self._started()
        while (order := self._jobs.get()) is not None:
            self._results.put(self._made(*order))

    def _made(self, note: CapturedNote, name: str) -> Captured | LatentbridgeError:
        try:
            child = self._started()
            # Until it has answered: an answer that came too late would be taken for that to the next note.
            self._is_ready = False
            child.tell(job(note, name))
            answer = child.answer(_ANSWER_SECONDS)
            self._is_ready = True
            if "failed" in answer:
                raise LatentbridgeError(*answer["failed"])
        except LatentbridgeError as error:
            what = f"{note_name(note.note)} was not captured: {error.wrong}"
            return LatentbridgeError(what, error.expected, error.remedy)
        return Captured(Path(answer["path"]), note.note, 20 * math.log10(max(answer["peak"], 1e-6)))

    def _started(self) -> Child:
        """Return the process, ready for a job; a new one if the last has died or no longer answers."""
        if self._child is not None and self._child.is_running and self._is_ready:
            return self._child
        self._end_child()
        if self._closed:
            raise LatentbridgeError("The program ends.")
        self._is_ready = False
        self._child = Child("runtime.oneshots.capture_process", sockets={}, buffers={}, setup=self._setup)
        self._child.answer(_ANSWER_SECONDS)
        self._is_ready = True
        return self._child

    def _end_child(self) -> None:
        """End the process at once, and clear away what it was writing."""
        child, self._child = self._child, None
        if child is not None:
            child.end(0.0)
            for left in self._folder.glob(f"{temporary_prefix(child.pid)}*"):
                left.unlink(missing_ok=True)
