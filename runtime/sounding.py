"""Which notes sound now, and where in latent space each of them is: read from what the engine remembers of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from runtime.engine.history import NoteHistory, Progress

_STANDING_SECONDS: Final = 0.15
"""A note whose controls have not gone on for so long sounds no more: large blocks come every tenth of a second."""


@dataclass(slots=True)
class _Seen:
    progress: Progress
    grew_seconds: float


class SoundingNotes:
    """Looks at a history again and again. For one thread."""

    def __init__(self, history: Callable[[], NoteHistory], clock: Callable[[], float] = time.monotonic) -> None:
        """``history`` gives that of the model that plays now."""
        self._history, self._clock = history, clock
        self._looked_at: NoteHistory | None = None
        self._seen: dict[int, _Seen] = {}

    def look(self) -> list[Progress]:
        """Return the notes that sound, oldest first. One counts from the second look at it on."""
        history, now = self._history(), self._clock()
        if history is not self._looked_at:
            self._looked_at, self._seen = history, {}
        seen: dict[int, _Seen] = {}
        for progress in history.progress():
            before = self._seen.get(progress.number)
            has_grown = before is not None and progress.hops > before.progress.hops
            # Seen for the first time it may have ended long ago.
            grew = now if has_grown else before.grew_seconds if before else -_STANDING_SECONDS
            seen[progress.number] = _Seen(progress, grew)
        self._seen = seen
        return [one.progress for one in seen.values() if now - one.grew_seconds < _STANDING_SECONDS]
