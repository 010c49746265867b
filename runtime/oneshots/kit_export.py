"""The pads become a kit beside what plays: whoever asks never waits.

exporter = KitExporter(folder, on_progress=tell_done_and_of, on_exported=tell_path_and_files, on_problem=tell_sentences)
exporter.export(KitOrder(model_path, provider, voices, pads, "my kit"))   # from any thread
exporter.close()                                                          # a kit that is not done stays as it is
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.child_process import Child, Document
from runtime.errors import LatentbridgeError
from runtime.oneshots.pads import Pad, as_documents
from runtime.oneshots.writing import temporary_prefix

_ANSWER_SECONDS: Final = 120.0
"""Between two answers: a model is loaded, or one sound written."""


@dataclass(frozen=True, slots=True)
class KitOrder:
    """What is to be written: the pads of a model, loaded as the engine has it. ``name`` comes from outside."""

    model: Path
    provider: str
    voices: int
    pads: tuple[Pad, ...]
    name: str = ""


class KitExporter:
    """Writes kits into folders of their own in ``folder``, one after the other, each in a process of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        on_progress: Callable[[int, int], None],
        on_exported: Callable[[Path, int], None],
        on_problem: Callable[[LatentbridgeError], None],
    ) -> None:
        """The callbacks come from the exporter's thread, ``on_problem`` also from the one that asks too soon."""
        self._folder = folder
        self._on_progress, self._on_exported, self._on_problem = on_progress, on_exported, on_problem
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._is_busy = self._is_closed = False

    def export(self, order: KitOrder) -> None:
        """Have a kit written."""
        with self._lock:
            if self._is_closed:
                return
            refused, self._is_busy = self._is_busy, True
        if refused:
            self._on_problem(LatentbridgeError("A kit is being written.", "", "Ask again when it is done."))
        else:
            threading.Thread(target=self._work, args=(order,), name="kit export", daemon=True).start()

    def close(self) -> None:
        """End the process; files that it has written are whole."""
        with self._lock:
            self._is_closed = True
            child = self._child
        if child is not None:
            child.end(0.0)

    def _work(self, order: KitOrder) -> None:
        folder: Path | None = None
        problem: LatentbridgeError | None = None
        files = 0
        child = self._started(order)
        try:
            while child is not None and not files:
                answer = child.answer(_ANSWER_SECONDS)
                folder = Path(answer["folder"]) if "folder" in answer else folder
                files = int(answer.get("files", 0))
                if "done" in answer:
                    self._on_progress(int(answer["done"]), int(answer["of"]))
        except LatentbridgeError as error:
            problem = error
        self._finish(child, folder)
        if problem is not None and not self._is_closed:
            wrong = f"The kit was not written: {problem.wrong}"
            self._on_problem(LatentbridgeError(wrong, problem.expected, problem.remedy))
        elif folder is not None and files:
            self._on_exported(folder, files)

    def _started(self, order: KitOrder) -> Child | None:
        setup: Document = {
            "model": str(order.model.resolve()),
            "provider": order.provider,
            "voices": order.voices,
            "captures": str(self._folder.resolve()),
            "pads": as_documents(order.pads),
            "name": order.name,
        }
        with self._lock:
            if not self._is_closed:
                self._child = Child(
                    "runtime.oneshots.kit_export_process",
                    sockets={},
                    buffers={},
                    setup=setup,
                    label="The process that writes the kit",
                )
            return self._child

    def _finish(self, child: Child | None, folder: Path | None) -> None:
        """End the process, clear away what it was writing, and be ready for another kit."""
        if child is not None:
            child.end(0.0)
            for left in folder.glob(f"{temporary_prefix(child.pid)}*") if folder else ():
                with contextlib.suppress(OSError):
                    left.unlink()
        with self._lock:
            self._child, self._is_busy = None, False
