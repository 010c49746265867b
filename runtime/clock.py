"""Ties frames to time: a delay-locked loop over the moments at which an output took its blocks.

An output takes blocks at steady frames but is seen to do so at jittery times. The loop follows the true rate and
smooths the jitter, so that an event that arrived between two blocks can be given a frame.

Method: Fons Adriaensen, "Using a DLL to filter time", Linux Audio Conference 2005.
"""

import math
from typing import Final

_BANDWIDTH_HZ: Final = 0.4
_SETTLING_HZ: Final = 4.0
"""Bandwidth in the first moments, while the loop still looks for the phase."""
_SETTLING_SECONDS: Final = 1.0
_LARGEST_ERROR_NS: Final = 100_000_000
"""Beyond this the output has paused or jumped (or runs in freewheel), and the loop starts anew."""


class FilteredClock:
    """Frames of an output as a function of ``time.perf_counter_ns()``."""

    def __init__(self, sample_rate: int) -> None:
        self._nominal_ns = 1e9 / sample_rate
        self._ns_per_frame = self._nominal_ns
        self._frame = 0
        self._ns = 0.0
        self._settled_seconds = -1.0
        """Seconds since the loop (re)started; negative before the first block."""

    @property
    def sample_rate(self) -> float:
        """The output's rate as this machine's clock sees it."""
        return 1e9 / self._ns_per_frame

    def update(self, frame: int, ns: int) -> None:
        """Learn that the output was at ``frame`` at time ``ns``."""
        frames = frame - self._frame
        predicted = self._ns + frames * self._ns_per_frame
        error = ns - predicted
        if self._settled_seconds < 0 or frames <= 0 or abs(error) > _LARGEST_ERROR_NS:
            self._frame, self._ns, self._ns_per_frame = frame, float(ns), self._nominal_ns
            self._settled_seconds = 0.0
            return
        seconds = frames * self._ns_per_frame / 1e9
        settling = self._settled_seconds < _SETTLING_SECONDS
        omega = min(0.7, 2 * math.pi * (_SETTLING_HZ if settling else _BANDWIDTH_HZ) * seconds)
        self._frame, self._ns = frame, predicted + math.sqrt(2) * omega * error
        rate_error = omega * omega * error / frames
        # A device off by more than a thousandth is not a device but a stall that the loop would take for a rate.
        span = self._nominal_ns * 1e-3
        self._ns_per_frame += rate_error
        self._ns_per_frame = min(max(self._ns_per_frame, self._nominal_ns - span), self._nominal_ns + span)
        self._settled_seconds += seconds

    def restart(self) -> None:
        """Forget the phase: the output has paused."""
        self._settled_seconds = -1.0

    def frame_at(self, ns: int) -> int:
        """Return the output's frame at a time, before or after the last block."""
        return self._frame + round((ns - self._ns) / self._ns_per_frame)
