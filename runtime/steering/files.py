"""The player's files as they are wanted: read again when somebody has changed them, written beside all else.

A disk may take its time, and nobody who plays should wait for it. What is to be written counts from the moment it is
put; a thread of its own writes it, of each file only the latest.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from runtime.atomic_file import replace_text, why_not_written
from runtime.errors import LatentbridgeError

_CLOSE_SECONDS: Final = 2.0
_Value = TypeVar("_Value")
_Seen = tuple[int, int] | None
"""Time and size of a file that has been read; None if there was none."""


@dataclass(frozen=True, slots=True)
class _Put:
    """What a file is to hold; ``text`` makes it, None takes the file away."""

    value: Any
    text: Callable[[], str] | None


class Files:
    """Reads and writes files of values. May be used from any thread."""

    def __init__(self, refuse: Callable[[str], None]) -> None:
        """``refuse`` is told, from the thread that writes, what could not be written."""
        self._refuse = refuse
        self._read: dict[Path, tuple[_Seen, Any]] = {}
        self._waiting: dict[Path, _Put] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def get(self, path: Path, read: Callable[[Path], _Value]) -> _Value | None:
        """Return what a file holds, None if there is none: by ``read``, if it is not known already.

        Raises LatentbridgeError as ``read`` does, again each time until the file is mended.
        """
        with self._changed:
            if path in self._waiting:
                value: _Value | None = self._waiting[path].value
                return value
            seen = _look(path)
            if path not in self._read or self._read[path][0] != seen:
                try:
                    self._read[path] = (seen, None if seen is None else read(path))
                except LatentbridgeError as error:
                    self._read[path] = (seen, error)
            found: _Value | LatentbridgeError | None = self._read[path][1]
            if isinstance(found, LatentbridgeError):
                raise LatentbridgeError(found.wrong, found.expected, found.remedy)
            return found

    def put(self, path: Path, value: object, text: Callable[[], str]) -> None:
        """Let a file hold a value from now on; ``text`` is asked for when it is written."""
        self._put(path, _Put(value, text))

    def remove(self, path: Path) -> None:
        """Take a file away."""
        self._put(path, _Put(None, None))

    def waiting(self, folder: Path) -> dict[Path, bool]:
        """Return the files of a folder that are to be written (True) or taken away."""
        with self._changed:
            return {path: put.text is not None for path, put in self._waiting.items() if path.parent == folder}

    def flush(self, seconds: float = _CLOSE_SECONDS) -> bool:
        """Wait until all is written, and return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, seconds)

    def close(self) -> None:
        """Write what is waiting, and end."""
        self.flush()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _put(self, path: Path, put: _Put) -> None:
        with self._changed:
            self._waiting.pop(path, None)
            self._waiting[path] = put
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="files", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                path, put = next(iter(self._waiting.items()))
            try:
                _write(path, put)
            except LatentbridgeError as error:
                self._refuse(str(error))
            except Exception as error:
                # A fault of ours must not leave all later files unwritten.
                self._refuse(f"{path} could not be written ({type(error).__name__}: {error}).")
            with self._changed:
                if self._waiting.get(path) is put:
                    del self._waiting[path]
                    self._changed.notify_all()


def _look(path: Path) -> _Seen:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _write(path: Path, put: _Put) -> None:
    if put.text is not None:
        replace_text(path, put.text())
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise why_not_written(path, error.errno or 0, error.strerror or str(error)) from None
