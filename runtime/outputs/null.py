"""No output: time passes and the instrument plays as if it were heard. For machines without a sound card, and tests."""

import time
from typing import Any, Final

from runtime.clock import FilteredClock
from runtime.events import Event
from runtime.meters import Meter, Meters
from runtime.outputs import PORT_TRANSIT_SECONDS

_LONGEST_LAG_NS: Final = 1_000_000_000


class NullOutput:
    """An :class:`runtime.outputs.Output` that takes blocks by the computer's clock and throws them away."""

    def __init__(self, block_frames: int, delay_blocks: int, sample_rate: int, meters: Meters) -> None:
        self.name = "null"
        self.block_frames = block_frames
        self.delay_frames = delay_blocks * block_frames
        self.port_delay_frames = self.delay_frames + block_frames + round(PORT_TRANSIT_SECONDS * sample_rate)
        self.limit_frame = self.delay_frames
        self.clock = FilteredClock(sample_rate)
        self.faster_than_real_time = False
        self.closed = False
        self._meters = meters
        self._ns_per_frame = 1e9 / sample_rate
        self._start_ns = 0
        self._next_frame = 0

    def wait(self, seconds: float) -> list[Event]:
        """See :class:`runtime.outputs.Output`."""
        now = time.perf_counter_ns()
        if not self._start_ns:
            self._start_ns = now
        due = self._start_ns + round(self._next_frame * self._ns_per_frame)
        if now - due > _LONGEST_LAG_NS:
            # The whole computer slept; nobody waits for what would have sounded meanwhile.
            self._start_ns += now - due
            due = now
        if due - now > seconds * 1e9:
            time.sleep(seconds)
            return []
        if due > now:
            time.sleep((due - now) / 1e9)
        self.clock.update(self._next_frame, due)
        self._meters[Meter.OUTPUT_TAKEN_NS] = due
        self._next_frame += self.block_frames
        self.limit_frame = self._next_frame + self.delay_frames
        return []

    def write(self, block: Any) -> None:
        """See :class:`runtime.outputs.Output`."""

    def close(self) -> None:
        """See :class:`runtime.outputs.Output`."""
