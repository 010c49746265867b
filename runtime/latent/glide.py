"""Numbers that move to a new place in a straight line instead of jumping, as functions of the frame.

Each number has a start, a target, the frame at which it set out and how long it takes. A new target starts a new line
from wherever the number is at that moment. Nothing is stepped: asking for any frame gives the same answer in any order.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Frames = NDArray[np.int64]
Rows = NDArray[np.intp]


class Glides:
    """A table of gliding numbers, [rows, width]."""

    def __init__(self, initial: Numbers) -> None:
        """Start with every number at rest at ``initial`` [rows, width]."""
        self._start = initial.astype(np.float64)
        self.target = self._start.copy()
        """Where each number is going, [rows, width]."""
        self._begin = np.zeros(initial.shape, np.int64)
        self._length = np.ones(initial.shape, np.int64)
        self.settled_at = 0
        """From this frame on, nothing moves any more."""

    def place(self, row: int, value: float | Numbers, frame: int) -> None:
        """Put all numbers of a row at ``value``, or at one each [width], at once, whatever they were doing."""
        self._start[row] = self.target[row] = value
        self._begin[row], self._length[row] = frame, 1

    def move(self, row: int, target: Numbers, frame: int, length_frames: int) -> None:
        """Send a row to ``target`` [width], to arrive ``length_frames`` after ``frame``.

        Numbers that are already on their way to the same place keep the line they are on.
        """
        changed = self.target[row] != target
        if not changed.any():
            return
        if length_frames > 0:
            self._start[row, changed] = self.at(row, frame)[changed]
            self.settled_at = max(self.settled_at, frame + length_frames)
        else:
            self._start[row, changed] = target[changed]
        self._begin[row, changed] = frame
        self._length[row, changed] = max(length_frames, 1)
        self.target[row, changed] = target[changed]

    def move_one(self, row: int, column: int, target: float, frame: int, length_frames: int) -> None:
        """Send one number of a row to ``target``: what :meth:`move` would do, at a fraction of its price."""
        before = float(self.target[row, column])
        if before == target:
            return
        start = target
        if length_frames > 0:
            passed = (frame - int(self._begin[row, column])) / int(self._length[row, column])
            start = float(self._start[row, column])
            start = before if passed >= 1.0 else start + (before - start) * passed
            self.settled_at = max(self.settled_at, frame + length_frames)
        self._start[row, column] = start
        self._begin[row, column] = frame
        self._length[row, column] = max(length_frames, 1)
        self.target[row, column] = target

    def at(self, row: int, frame: int) -> Numbers:
        """Return a row's numbers at a frame, [width]."""
        return self._between(self._start[row], self.target[row], (frame - self._begin[row]) / self._length[row])

    def values(self, rows: Rows, frames: Frames) -> Numbers:
        """Return the numbers of ``rows`` [n] at ``frames`` [n], as [n, width]."""
        target = self.target[rows]
        if len(frames) and int(frames.min()) >= self.settled_at:
            return target
        return self._between(self._start[rows], target, (frames[:, None] - self._begin[rows]) / self._length[rows])

    @staticmethod
    def _between(start: Numbers, target: Numbers, passed: Numbers) -> Numbers:
        """Numbers on their lines; exactly on the target once the whole line has passed."""
        return np.where(passed >= 1.0, target, start + (target - start) * np.minimum(passed, 1.0))
