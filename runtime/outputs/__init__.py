"""Where the sound goes: JACK, a sound card, or nowhere. Seen from the engine they are all an :class:`Output`."""

from typing import Any, Final, Protocol

from runtime.events import Event

PORT_TRANSIT_SECONDS: Final = 0.001
"""Time granted to an event on its way from a port or socket to the engine, so that it is never late by that alone."""


class FrameClock(Protocol):
    """Tells which frame an output is at."""

    def frame_at(self, ns: int) -> int:
        """Return the output's frame at a time of ``time.perf_counter_ns()``."""
        ...


class Output(Protocol):
    """Something that takes frames at its own pace.

    The engine calls ``wait``, posts the ``events``, renders up to ``limit_frame``, hands the blocks to ``write``,
    and begins again. Frames are the engine's, see :mod:`runtime.outputs.converted` for a device of another rate.
    """

    name: str
    """For the ready line, e.g. ``jack:latentbridge``."""

    @property
    def block_frames(self) -> int:
        """Frames the output takes at a time; may change while it runs."""
        ...

    @property
    def delay_frames(self) -> int:
        """From the frame of arrival of an event that came with a block to its sound."""
        ...

    @property
    def port_delay_frames(self) -> int:
        """From the arrival of an event at a port or socket, as ``clock`` tells its frame, to its sound."""
        ...

    @property
    def limit_frame(self) -> int:
        """The engine may render up to here: every event that came with a block and sounds before it is known."""
        ...

    @property
    def clock(self) -> FrameClock:
        """Ties times of arrival to frames."""
        ...

    @property
    def faster_than_real_time(self) -> bool:
        """True while the output waits for the engine instead of the clock (JACK's freewheel)."""
        ...

    @property
    def closed(self) -> bool:
        """True once nothing takes blocks any more."""
        ...

    def wait(self, seconds: float) -> list[Event]:
        """Sleep until the output has taken a block, at most so long; return the events that came with it."""
        ...

    def write(self, block: Any) -> None:
        """Take float32 frames [2, frames] that follow on those before."""
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...
