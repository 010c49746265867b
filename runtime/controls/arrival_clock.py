"""When a MIDI message arrived, although Python heard of it late.

A driver stamps each message with the time since the one before. Python learns of a message only once its callback gets
the interpreter, now and then some milliseconds later, never earlier. So the earliest that messages have been, measured
against the driver's own clock, is the time at which the others arrived too.
"""

from typing import Final

_LATEST_NS: Final = 20_000_000
"""A message later than this was not held up: the driver's clock has jumped, or tells no time."""
_DRIFT: Final = 2e-4
"""How much slower than ours the driver's clock may run. (A faster one shows by itself.)"""


class ArrivalClock:
    """Times of arrival for one port, in ``time.perf_counter_ns()``."""

    def __init__(self) -> None:
        self._expected_ns: float | None = None
        """When the message before arrived, were no message ever heard of late."""

    def arrival_ns(self, gap_seconds: float, now_ns: int) -> int:
        """Return when a message arrived that the driver stamped ``gap_seconds`` after the one before it."""
        if self._expected_ns is None:
            self._expected_ns = now_ns
            return now_ns
        gap_ns = gap_seconds * 1e9
        expected_ns = self._expected_ns + gap_ns
        late_ns = now_ns - expected_ns
        if 0 <= late_ns <= _LATEST_NS:
            self._expected_ns = expected_ns + min(late_ns, gap_ns * _DRIFT)
        else:
            self._expected_ns = now_ns
        return min(int(self._expected_ns), now_ns)
