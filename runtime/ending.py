"""How playing ends: by Ctrl-C, by a signal, or because a part of it has failed; always in order."""

import queue
import signal
import sys
from types import FrameType
from typing import Final, Self

from runtime.errors import LatentbridgeError

_LOOK_SECONDS: Final = 0.25
"""Waiting is cut into pieces, since a wait without end cannot be interrupted on Windows."""


class EndedByUser(BaseException):
    """Ctrl-C or SIGTERM while still starting; not an error, and not to be caught on the way."""


class Ending:
    """Collects reasons to end. As a context manager it takes over the signals, even when they came as ignored."""

    def __init__(self) -> None:
        self._reasons: queue.SimpleQueue[LatentbridgeError | None] = queue.SimpleQueue()
        self._waiting = False

    def __enter__(self) -> Self:
        numbers = [signal.SIGINT, signal.SIGTERM]
        if sys.platform == "win32":
            numbers.append(signal.SIGBREAK)
        elif signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            # nohup means: go on when the terminal closes.
            numbers.append(signal.SIGHUP)
        for number in numbers:
            signal.signal(number, self._signalled)
        return self

    def __exit__(self, *_: object) -> None:
        # What happens from here on is clearing up, which a second Ctrl-C shall not interrupt half-way.
        self._waiting = True

    def because(self, error: LatentbridgeError | None) -> None:
        """End for this reason, from any thread; None is the user's wish."""
        self._reasons.put(error)

    def wait(self) -> None:
        """Wait until there is a reason to end. Raises it if it is an error."""
        self._waiting = True
        while True:
            try:
                reason = self._reasons.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if reason is not None:
                raise reason
            return

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        if self._waiting:
            self._reasons.put(None)
        else:
            self._waiting = True
            raise EndedByUser
