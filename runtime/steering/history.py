"""Undo and redo of where parts stand, in gestures rather than messages.

A fader on its way sends a hundred messages; undoing them one by one would be of no use. Moves that follow each other
closely are one gesture. A jump, such as a random place, is always one of its own.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

PAUSE_SECONDS: Final = 0.5
"""So long nothing has to move for the next move to begin a new gesture."""
MOST_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a part stands: its place in latent space, its axes' positions, 0…1, and what its keys play."""

    latent: tuple[float, ...]
    axes: tuple[float, ...]
    keys: dict[int, tuple[float, ...]] = field(default_factory=dict)
    """The places of keys that have one of their own."""
    groups: dict[int, int] = field(default_factory=dict)
    """The choke groups of keys that are in one."""


@dataclass(slots=True)
class _Part:
    undo: deque[Stand] = field(default_factory=lambda: deque(maxlen=MOST_STEPS))
    redo: list[Stand] = field(default_factory=list)
    moved_seconds: float = float("-inf")


class History:
    """Where every part stood before each gesture. Not for several threads at once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._parts: dict[int, _Part] = {}

    def about_to_move(self, part: int, present: Stand, is_jump: bool = False) -> None:
        """Remember where a part stands, unless this move goes on with the gesture before."""
        own, now = self._part(part), self._clock()
        goes_on = not is_jump and now - own.moved_seconds < PAUSE_SECONDS
        # What follows a jump is another gesture, however soon.
        own.moved_seconds = float("-inf") if is_jump else now
        if goes_on or (own.undo and own.undo[-1] == present):
            return
        own.undo.append(present)
        own.redo.clear()

    def undo(self, part: int, present: Stand) -> Stand | None:
        """Return where to go back to, or None; ``present`` is kept for :meth:`redo`."""
        own = self._part(part)
        own.moved_seconds = float("-inf")
        while own.undo:
            before = own.undo.pop()
            # A move that led nowhere needs no undoing.
            if before != present:
                own.redo.append(present)
                return before
        return None

    def redo(self, part: int, present: Stand) -> Stand | None:
        """Return where the part stood before the last undo, or None."""
        own = self._part(part)
        if not own.redo:
            return None
        own.undo.append(present)
        return own.redo.pop()

    def _part(self, part: int) -> _Part:
        return self._parts.setdefault(part, _Part())
