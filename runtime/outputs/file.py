"""The output that keeps what it is given, on disk and of any length, for a file to be made of when it is finished."""

import tempfile
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]


class Recording:
    """Collects blocks [channels, frames] in a nameless temporary file, so that an hour of sound is no hour of memory.

    A context manager; what it holds is gone at the end. Raises OSError where the disk does.
    """

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self._file = tempfile.TemporaryFile(prefix="latentbridge-")  # noqa: SIM115 (closed by __exit__)
        self.frames = 0
        """Frames written so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()

    def write(self, block: Audio) -> None:
        """Append a block."""
        self._file.write(np.ascontiguousarray(block.T, np.float32).tobytes())
        self.frames += block.shape[1]

    def audio(self, frames: int) -> Audio:
        """Return the first ``frames`` frames, [channels, frames], read from disk where they are looked at."""
        if frames == 0:
            return np.zeros((self.channels, 0), np.float32)
        self._file.flush()
        return np.memmap(self._file, np.float32, "r", shape=(self.frames, self.channels))[:frames].T
