"""What is still to be heard of voices that are gone: the short fade of one that was stolen or ran wild."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Tails:
    """The sum of all tails, for the frames that come next."""

    def __init__(self, channels: int, hop_frames: int) -> None:
        # An event is at most one hop ahead of what has been mixed, and a tail lasts at most one more.
        self._sum = np.zeros((channels, 2 * hop_frames), np.float32)
        self._begin = 0
        self._end = 0

    def begin_at(self, frame: int) -> None:
        """Let the next frames be those from ``frame`` on; nothing has been added yet."""
        self._begin = self._end = frame

    def add(self, frame: int, sound: Floats) -> None:
        """Add a tail [channels, frames] that begins at ``frame``."""
        at = frame - self._begin
        self._sum[:, at : at + sound.shape[1]] += sound
        self._end = max(self._end, frame + sound.shape[1])

    def take(self, bus: Floats) -> None:
        """Add what the next frames hold to ``bus`` [channels, frames], and move on by as many."""
        frames = bus.shape[1]
        if self._end > self._begin:
            bus += self._sum[:, :frames]
            self._sum[:, :-frames] = self._sum[:, frames:].copy()
            self._sum[:, -frames:] = 0.0
        self._begin += frames

    @property
    def sounding(self) -> bool:
        """Whether any tail is left."""
        return self._end > self._begin
