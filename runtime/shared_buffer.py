"""Memory that several processes see, and that is gone when the last of them is, however it ended.

``multiprocessing.shared_memory`` leaves a named file behind when its owner is killed, and needs a tracker process to
clear it away. An anonymous file, handed to the child as an open descriptor, has no name to leave behind.
"""

import mmap
import os
import sys
import tempfile
import uuid
from typing import Self


class SharedBuffer:
    """``size`` bytes, zero at first, in ``memory``. ``handle`` names it to a child started with ``descriptors``."""

    def __init__(self, size: int, handle: str = "") -> None:
        self.size = size
        self.descriptors: tuple[int, ...] = ()
        if sys.platform == "win32":
            self.handle = handle or f"latentbridge-{uuid.uuid4()}"
            self._map = mmap.mmap(-1, size, tagname=self.handle)
        else:
            descriptor = int(handle) if handle else _anonymous_file(size)
            self.handle, self.descriptors = str(descriptor), (descriptor,)
            self._map = mmap.mmap(descriptor, size)
        self.memory = memoryview(self._map)

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return a buffer that holds ``data``."""
        buffer = cls(len(data))
        buffer.memory[:] = data
        return buffer

    def close(self) -> None:
        """Let go of the descriptor; the memory itself goes with the process, since arrays may still point at it."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = ()


def _anonymous_file(size: int) -> int:
    if sys.platform == "linux":
        descriptor = os.memfd_create("latentbridge")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor
