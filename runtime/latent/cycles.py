"""Phases that go on by themselves, counted in cycles, as functions of the frame.

Each number has a rate and the place where it was at some frame. When place or rate are set anew, what it was before
and what it is to be are brought together within :data:`SLIP_SECONDS`, the shorter way round, so that no phase jumps.
"""

from typing import Final

import numpy as np

from runtime.events import PARTS
from runtime.latent.glide import Frames, Numbers, Rows

SLIP_SECONDS: Final = 0.1
"""Time in which a phase that was told to be elsewhere gets there."""
_BEGIN, _CYCLES, _PER_FRAME, _SLIP = range(4)


class Cycles:
    """One phase for each axis of each part."""

    def __init__(self, axes: int, sample_rate: int) -> None:
        self._table = np.zeros((PARTS, 4, axes))
        self._slip_frames = round(SLIP_SECONDS * sample_rate)
        self._settled_at = 0

    def at(self, parts: Rows, frames: Frames) -> Numbers:
        """Return the phases of ``parts`` [n] at ``frames`` [n] in cycles, [n, axes]."""
        rows = self._table[parts]
        passed = frames[:, None] - rows[:, _BEGIN]
        cycles: Numbers = rows[:, _CYCLES] + rows[:, _PER_FRAME] * passed
        if len(frames) and int(frames.min()) < self._settled_at:
            cycles += rows[:, _SLIP] * np.maximum(1.0 - passed / self._slip_frames, 0.0)
        return cycles

    def one(self, part: int, axis: int, frame: int) -> float:
        """Return one phase at a frame."""
        begin, cycles, per_frame, slip = self._table[part, :, axis].tolist()
        passed = frame - begin
        return float(cycles + per_frame * passed + slip * max(1.0 - passed / self._slip_frames, 0.0))

    def place(self, part: int, axis: int, frame: int, cycles: float, per_frame: float) -> None:
        """Put a phase at ``cycles`` at once."""
        self._table[part, :, axis] = frame, cycles, per_frame, 0.0

    def go_on(self, part: int, axis: int, frame: int, cycles: float, per_frame: float) -> None:
        """Send a phase to where it would be if it were at ``cycles`` now."""
        slip = self.one(part, axis, frame) - cycles
        self._table[part, :, axis] = frame, cycles, per_frame, slip - round(slip)
        self._settled_at = max(self._settled_at, frame + self._slip_frames)
