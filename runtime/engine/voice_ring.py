"""What each voice has decoded last: two hops, from which any piece of up to a hop is read without a seam."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Floats, Rows


class VoiceRing:
    """Sound by slot. A place is a frame of the note, counted from its onset."""

    def __init__(self, slots: int, channels: int, hop_frames: int) -> None:
        self._hop: Final = hop_frames
        # The first of the two hops stands once more after them, so that no read wraps.
        self._sound = np.zeros((slots, channels, 3 * hop_frames), np.float32)
        self._flat = self._sound.reshape(-1)
        self._channel_offsets = np.arange(channels, dtype=np.int64)[:, None] * (3 * hop_frames)
        self._slot_stride = channels * 3 * hop_frames

    def store(self, slots: Rows, hops: NDArray[np.int64], audio: Floats) -> None:
        """Keep hop number ``hops`` of some voices, ``audio`` [slots, channels, hop]."""
        hop, odd = self._hop, hops % 2 == 1
        first, second = slots[~odd], slots[odd]
        if len(first):
            self._sound[first, :, :hop] = self._sound[first, :, 2 * hop :] = audio[~odd]
        if len(second):
            self._sound[second, :, hop : 2 * hop] = audio[odd]

    def read(self, slots: Rows, places: NDArray[np.int64], frames: int) -> Floats:
        """Return ``frames`` (at most a hop) from ``places`` on, a new array [slots, channels, frames]."""
        starts = slots * self._slot_stride + places % (2 * self._hop)
        found: Floats = self._flat[starts[:, None, None] + self._channel_offsets + np.arange(frames)]
        return found

    def pick(self, slot: int, places: NDArray[np.int64]) -> Floats:
        """Return single frames of one voice, [channels, places]."""
        found: Floats = self._sound[slot][:, places % (2 * self._hop)]
        return found
