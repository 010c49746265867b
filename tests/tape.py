"""What an output without time keeps: every block that was written to it."""

import numpy as np

from runtime.clock import FilteredClock


class TapedBlocks:
    """The side of a ``runtime.outputs.Output`` that takes sound; what it asks for, and when, is the test's affair."""

    name = "tape"
    faster_than_real_time = False
    closed = False

    def __init__(self, sample_rate: int) -> None:
        self.clock = FilteredClock(sample_rate)
        self.blocks: list[np.ndarray] = []
        self.taken = 0

    def write(self, block: np.ndarray) -> None:
        self.blocks.append(block.copy())

    def close(self) -> None:
        self.closed = True

    @property
    def sound(self) -> np.ndarray:
        """All that was written, [2, frames]."""
        return np.concatenate(self.blocks, axis=1)
