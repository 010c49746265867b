"""Puts what this process has in memory into large pages, so that a processor finds it faster.

A call of a decoder reads all of its weights, megabytes in pages of 4 KB: more of them than a processor's table of pages
has lines. benchmarks/decoder_cost.py shows what pages of 2 MB are worth. Done once, after loading: what is allocated
later is not touched, so that nothing grows.

Linux 6.1 and later alone can be asked for it (madvise with MADV_COLLAPSE, madvise(2)); elsewhere nothing happens.
"""

import ctypes
import re
import sys
from pathlib import Path
from typing import Final

_PAGE_BYTES: Final = 2 << 20
_COLLAPSE: Final = 25
"""MADV_COLLAPSE in Linux's mman-common.h."""
_OWN_MEMORY: Final = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p [0-9a-f]+ 00:00 0\s*(?:\[heap\])?$", re.MULTILINE)
"""A line of /proc/self/maps about private memory that belongs to no file; the stacks of threads are among it."""


def gather() -> int:
    """Move the memory of this process into large pages, as far as the system lets it; return how many there are now.

    Takes some tens of milliseconds, and memory that another thread uses meanwhile may answer half a millisecond late.
    """
    if sys.platform != "linux":
        return 0
    library = ctypes.CDLL(None)
    library.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    count = 0
    for begin, end in _OWN_MEMORY.findall(Path("/proc/self/maps").read_text()):
        first = -(-int(begin, 16) // _PAGE_BYTES) * _PAGE_BYTES
        for address in range(first, int(end, 16) - _PAGE_BYTES + 1, _PAGE_BYTES):
            count += library.madvise(address, _PAGE_BYTES, _COLLAPSE) == 0
    return count
