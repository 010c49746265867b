"""Places of samples, found beside what plays: whoever asks never waits.

worker = EncodeWorker(model_path, on_encoded=tell, on_problem=tell_sentences)
worker.encode(EncodeRequest(Path("kick.wav"), refine=True))   # from any thread; answers come from the worker's own
worker.close()                                               # what is not found by then is given up
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.child_process import Child, Document
from runtime.encoded import Encoded, from_document
from runtime.errors import LatentbridgeError

MOST_WAITING: Final = 16
_ANSWER_SECONDS: Final = 120.0
"""Between two answers; a search answers after every round."""
_CLOSE_SECONDS: Final = 0.6


@dataclass(frozen=True, slots=True)
class EncodeRequest:
    """A sample whose place is asked for. ``name`` is the asker's own, such as that of the preset it is to become.

    ``is_copy`` says that the file is a copy of ours: what is to be compared by ear is then written beside it.
    """

    sample: Path
    refine: bool = False
    seed: int = 0
    name: str = ""
    part: int = 1
    is_copy: bool = False


class EncodeWorker:
    """Finds places in one model, one sample after another, in a process that starts when it is first asked.

    Args:
        model: the decoder's file.
        on_encoded: called with the request and what was found.
        on_problem: called with the sentences of an error, from the worker's thread or the one that asks for too much.
        on_progress: called with the request and how much of its search is done, 0…1.
    """

    def __init__(
        self,
        model: Path,
        *,
        on_encoded: Callable[[EncodeRequest, Encoded], None],
        on_problem: Callable[[LatentbridgeError], None],
        on_progress: Callable[[EncodeRequest, float], None] = lambda request, share: None,
    ) -> None:
        self._setup: Document = {"model": str(model.resolve())}
        self._on_encoded, self._on_problem, self._on_progress = on_encoded, on_problem, on_progress
        self._asked: queue.Queue[EncodeRequest | None] = queue.Queue(MOST_WAITING)
        self._child: Child | None = None
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="encoding", daemon=True)
        self._thread.start()

    def encode(self, request: EncodeRequest) -> None:
        """Have the place of a sample found."""
        try:
            self._asked.put_nowait(request)
        except queue.Full:
            self._on_problem(LatentbridgeError(f"{MOST_WAITING} samples are waiting.", "", "Ask for fewer at a time."))

    def close(self) -> None:
        """Give up what has not been found, and end the process."""
        self._is_closed.set()
        with contextlib.suppress(queue.Full):
            self._asked.put_nowait(None)
        child = self._child
        if child is not None:
            child.end(0.0)
        self._thread.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        while (request := self._asked.get()) is not None and not self._is_closed.is_set():
            try:
                found = self._found(request)
            except LatentbridgeError as error:
                if self._is_closed.is_set():
                    return
                self._on_problem(error)
            else:
                if not self._is_closed.is_set():
                    self._on_encoded(request, found)
        self._end_child()

    def _found(self, request: EncodeRequest) -> Encoded:
        """Return what the process says. Raises LatentbridgeError with its sentences; then it may have to be new."""
        child = self._started()
        child.tell(
            {
                "sample": str(request.sample),
                "refine": request.refine,
                "seed": request.seed,
                "is_copy": request.is_copy,
            }
        )
        try:
            while "tried" in (answer := child.answer(_ANSWER_SECONDS)):
                self._on_progress(request, float(answer["tried"]))
        except LatentbridgeError:
            # It has died, or would give the answer to another question.
            self._end_child()
            raise
        if "failed" in answer:
            raise LatentbridgeError(*answer["failed"])
        return from_document(answer["encoded"])

    def _started(self) -> Child:
        if self._child is not None and self._child.is_running:
            return self._child
        self._end_child()
        if self._is_closed.is_set():
            raise LatentbridgeError("The program ends.")
        child = Child("runtime.encode_process", sockets={}, buffers={}, setup=self._setup, label="The encoding process")
        self._child = child
        if self._is_closed.is_set():
            # It was closed while the process began, and has not seen it.
            child.end(0.0)
        try:
            child.answer(_ANSWER_SECONDS)
        except LatentbridgeError:
            self._end_child()
            raise
        return child

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end(0.0)
