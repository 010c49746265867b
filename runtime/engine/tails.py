"""What is still to be heard of voices that are gone: the short fade of one that was stolen or ran wild."""

import numpy as np
from numpy.typing import NDArray

from runtime.events import PARTS

Floats = NDArray[np.float32]


class Tails:
    """The sum of all tails, for the frames that come next; the sums of each part as well, if asked for."""

    def __init__(self, channels: int, hop_frames: int, keeps_parts: bool = False) -> None:
        # An event is at most one hop ahead of what has been mixed, and a tail lasts at most one more.
        self._sum = np.zeros((channels, 2 * hop_frames), np.float32)
        self._of_parts = np.zeros((PARTS, *self._sum.shape), np.float32) if keeps_parts else None
        self._begin = 0
        self._end = 0

    def begin_at(self, frame: int) -> None:
        """Let the next frames be those from ``frame`` on; nothing has been added yet."""
        self._begin = self._end = frame

    def add(self, frame: int, sound: Floats, part: int) -> None:
        """Add a tail [channels, frames] of a part (0…15) that begins at ``frame``."""
        at = frame - self._begin
        self._sum[:, at : at + sound.shape[1]] += sound
        if self._of_parts is not None:
            self._of_parts[part, :, at : at + sound.shape[1]] += sound
        self._end = max(self._end, frame + sound.shape[1])

    def take(self, bus: Floats, of_parts: Floats | None = None) -> None:
        """Add what the next frames hold to ``bus`` [channels, frames], and move on by as many.

        What they hold of each part is added to ``of_parts`` [parts, channels, frames].
        """
        frames = bus.shape[1]
        if self._end > self._begin:
            _shift(self._sum, bus)
            if self._of_parts is not None and of_parts is not None:
                _shift(self._of_parts, of_parts)
        self._begin += frames

    @property
    def sounding(self) -> bool:
        """Whether any tail is left."""
        return self._end > self._begin


def _shift(ahead: Floats, into: Floats) -> None:
    """Add the first frames of what lies ahead to ``into``, and let the rest follow; the last axis is time."""
    frames = into.shape[-1]
    into += ahead[..., :frames]
    ahead[..., :-frames] = ahead[..., frames:].copy()
    ahead[..., -frames:] = 0.0
