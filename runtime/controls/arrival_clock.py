"""When a MIDI message arrived, although Python heard of it late.

A driver stamps each message with the time since the one before. Python learns of a message only once its callback gets
the interpreter, now and then some milliseconds later, never earlier. So the earliest that messages have been, measured
against the driver's own clock, is the time at which the others arrived too.

What counts is the earliest of the last seconds: while another thread keeps the interpreter, most messages are late, all
by about the same, and a few are not.
"""

from typing import Final

_LATEST_NS: Final = 20_000_000
"""A message later than this was not held up: the driver's clock has jumped, or tells no time."""
_DRIFT: Final = 2e-4
"""How much slower than ours the driver's clock may run. (A faster one shows by itself.)"""
_HALF_WINDOW_NS: Final = 5_000_000_000
"""How long the earliest message counts: as long as this at least, twice as long at most."""


class ArrivalClock:
    """Times of arrival for one port, in ``time.perf_counter_ns()``."""

    def __init__(self) -> None:
        self._driver_ns = 0.0
        """The driver's clock: the sum of all gaps."""
        self._offset_ns: float | None = None
        """Our clock minus the driver's, were no message ever heard of late."""
        self._earliest_ns = self._earliest_before_ns = 0.0
        """The smallest offset heard of in this half of the window, and in the one before."""
        self._half_ends_ns = 0.0

    def arrival_ns(self, gap_seconds: float, now_ns: int) -> int:
        """Return when a message arrived that the driver stamped ``gap_seconds`` after the one before it."""
        gap_ns = gap_seconds * 1e9
        self._driver_ns += gap_ns
        heard_ns = now_ns - self._driver_ns
        if self._offset_ns is None or not 0 <= heard_ns - self._offset_ns <= _LATEST_NS:
            self._offset_ns = self._earliest_ns = self._earliest_before_ns = heard_ns
            self._half_ends_ns = self._driver_ns + _HALF_WINDOW_NS
        else:
            self._listen(heard_ns)
            late_ns = min(self._earliest_ns, self._earliest_before_ns) - self._offset_ns
            self._offset_ns += min(late_ns, gap_ns * _DRIFT)
        return min(int(self._driver_ns + self._offset_ns), now_ns)

    def _listen(self, heard_ns: float) -> None:
        if self._driver_ns >= self._half_ends_ns:
            self._earliest_before_ns, self._earliest_ns = self._earliest_ns, heard_ns
            self._half_ends_ns = self._driver_ns + _HALF_WINDOW_NS
        self._earliest_ns = min(self._earliest_ns, heard_ns)
