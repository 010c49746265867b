"""An output whose rate is not the model's, seen by the engine as one that has the model's rate.

The engine counts frames at its own rate, the device at another; what lies between them is one
:class:`runtime.engine.rate_conversion.RateConversion`. An event that arrives at a frame of the device is heard a
constant number of the device's frames later, as without conversion: the engine is given the frame whose sound will be
there, to the nearest one. The delay grows by what the conversion needs, under a millisecond.
"""

from dataclasses import dataclass, replace
from typing import Any

from runtime.engine.rate_conversion import RateConversion, rate_conversion
from runtime.events import Clock, Event
from runtime.outputs import Output


@dataclass(frozen=True, slots=True)
class DeviceTimes:
    """What a person is told about an output, in frames of the device."""

    output_rate: int
    """Frames of the device per second."""
    block_frames: int
    delay_frames: int
    """From the frame of arrival of an event that came with a block to its sound, the conversion included."""
    port_delay_frames: int
    """From the arrival of an event at a port or socket to its sound, the conversion included."""
    conversion_seconds: float
    """How much of the delays is conversion; 0 where the rates agree."""


class ConvertedOutput:
    """An :class:`runtime.outputs.Output` around another one that runs at another rate.

    ``block_frames``, ``delay_frames``, ``port_delay_frames`` and ``limit_frame`` count frames of the engine; those of
    the device are in :attr:`times`.
    """

    def __init__(self, device: Output, conversion: RateConversion) -> None:
        """Take an output that has taken nothing yet, and a conversion that has converted nothing yet."""
        self.name = device.name
        self.clock = ConvertedClock(self)
        self.device = device
        self.conversion = conversion

    @property
    def times(self) -> DeviceTimes:
        """Block and delays in frames of the device; they may change while it runs."""
        device, conversion = self.device, self.conversion
        extra = conversion.delay_output_frames
        return DeviceTimes(
            conversion.output_rate,
            device.block_frames,
            device.delay_frames + extra,
            device.port_delay_frames + extra,
            extra / conversion.output_rate,
        )

    @property
    def block_frames(self) -> int:
        """See :class:`runtime.outputs.Output`; rounded up."""
        return self._in_engine_frames(self.device.block_frames)

    @property
    def delay_frames(self) -> int:
        """See :class:`runtime.outputs.Output`; rounded up. Events come with the frame that makes up for it."""
        return self._in_engine_frames(self.times.delay_frames)

    @property
    def port_delay_frames(self) -> int:
        """See :class:`runtime.outputs.Output`; rounded up. The clock makes up for it."""
        return self._in_engine_frames(self.times.port_delay_frames)

    @property
    def limit_frame(self) -> int:
        """See :class:`runtime.outputs.Output`."""
        return self.conversion.engine_frames_for(self.device.limit_frame)

    @property
    def faster_than_real_time(self) -> bool:
        """See :class:`runtime.outputs.Output`."""
        return self.device.faster_than_real_time

    @property
    def closed(self) -> bool:
        """See :class:`runtime.outputs.Output`."""
        return self.device.closed

    def wait(self, seconds: float) -> list[Event]:
        """See :class:`runtime.outputs.Output`."""
        return [self._arrived(event) for event in self.device.wait(seconds)]

    def write(self, block: Any) -> None:
        """See :class:`runtime.outputs.Output`."""
        self.device.write(self.conversion.convert(block))

    def close(self) -> None:
        """See :class:`runtime.outputs.Output`."""
        self.device.close()

    def _arrived(self, event: Event) -> Event:
        """Give an event the frame of arrival from which ``delay_frames`` lead to where it is to be heard."""
        if event.clock is not Clock.ARRIVAL_FRAME:
            return event
        sounds = self.conversion.engine_frame(event.time + self.times.delay_frames)
        return replace(event, time=sounds - self.delay_frames)

    def _in_engine_frames(self, device_frames: int) -> int:
        return -(-device_frames * self.conversion.filter.down // self.conversion.filter.up)


class ConvertedClock:
    """The engine's frames by the device's clock."""

    def __init__(self, output: ConvertedOutput) -> None:
        self._output = output

    def frame_at(self, ns: int) -> int:
        """Return the frame from which ``port_delay_frames`` lead to where an event of that time is to be heard."""
        output = self._output
        arrived = output.device.clock.frame_at(ns)
        sounds = output.conversion.engine_frame(arrived + output.times.port_delay_frames)
        return sounds - output.port_delay_frames


def at_engine_rate(device: Output, engine_rate: int, output_rate: int) -> Output:
    """Return the output as the engine sees it: itself where the rates in Hz agree. Raises as RateConversion does."""
    conversion = rate_conversion(engine_rate, output_rate)
    return device if conversion is None else ConvertedOutput(device, conversion)


def device_times(output: Output, sample_rate: int) -> DeviceTimes:
    """Return what a person is told about an output; ``sample_rate`` is the model's."""
    if isinstance(output, ConvertedOutput):
        return output.times
    return DeviceTimes(sample_rate, output.block_frames, output.delay_frames, output.port_delay_frames, 0.0)
