"""Numbers too small to matter count as zero while a decoder runs.

What decays by itself in a decoder's states becomes subnormal in the end (below 1.2e-38), and a processor may take a
hundred times as long for a product with such a number. A voice whose attack is in time would then be late in its tail.

onnxruntime's own option (`session.set_denormal_as_zero`) works only in the thread that opens the first session of a
process, and changes all that this thread computes from then on: whether samples are flushed would depend on who came
first. So the mode is set around each call, in the thread that calls, and put back.

It is part of the C library's floating-point environment (C11, 7.6), which says how to set it but not where the mode
stands in it. Where the table below has no row, or the row has no effect, nothing is changed.
"""

import contextlib
import ctypes
import platform
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Final

_ENVIRONMENT_BYTES: Final = 64
"""More than any of these systems' fenv_t has."""
_SSE_BITS: Final = 1 << 15 | 1 << 6
"""Flush to zero, and denormals are zero: results and operands."""
_ARM_BITS: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a system keeps the mode: library, byte of the 32-bit control word in fenv_t, and its bits."""

    library: str
    offset_bytes: int
    bits: int


_PLACES: Final = {
    ("linux", "x86_64"): _Place("libm.so.6", 28, _SSE_BITS),
    ("linux", "aarch64"): _Place("libm.so.6", 0, _ARM_BITS),
    ("darwin", "x86_64"): _Place("libSystem.dylib", 4, _SSE_BITS),
    ("darwin", "arm64"): _Place("libSystem.dylib", 8, _ARM_BITS),
}
"""By sys.platform and machine; from the systems' fenv.h. The first row is what the tests run on."""


class _SubnormalsFlushed:
    """Flushes in the thread that enters, and puts back what stood there. Not shared between threads, nor nested."""

    def __init__(self, place: _Place) -> None:
        # Called with the interpreter's lock held: each takes less time than letting go of it would.
        library = ctypes.PyDLL(place.library)
        self._get, self._set = library.fegetenv, library.fesetenv
        self._before = ctypes.create_string_buffer(_ENVIRONMENT_BYTES)
        self._flushing = ctypes.create_string_buffer(_ENVIRONMENT_BYTES)
        self._get(self._flushing)
        ctypes.c_uint32.from_buffer(self._flushing, place.offset_bytes).value |= place.bits

    def __enter__(self) -> None:
        self._get(self._before)
        self._set(self._flushing)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._set(self._before)


def subnormals_flushed() -> AbstractContextManager[None]:
    """Return what a `with` around a decoder's call needs, to be used by one thread at a time."""
    place = _PLACES.get((sys.platform, platform.machine()))
    if place is None:
        return contextlib.nullcontext()
    try:
        flushed = _SubnormalsFlushed(place)
    except (OSError, AttributeError):  # another C library
        return contextlib.nullcontext()
    with flushed:
        works = half_of(sys.float_info.min) == 0.0
    return flushed if works else contextlib.nullcontext()


def half_of(number: float) -> float:
    """Return half of a number, computed now: of the least normal one it shows how this thread treats subnormals."""
    return number * 0.5
