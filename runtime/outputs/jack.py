"""JACK as the engine sees it: blocks go into the shared ring, records of blocks and MIDI come out of a socket.

The client itself runs in a process of its own, see ``jack_process``.
"""

import select
import time
from dataclasses import replace
from typing import Any

from runtime.audio_ring import AudioRing
from runtime.clock import FilteredClock
from runtime.events import Clock, Event, Kind, decode
from runtime.outputs import PORT_TRANSIT_SECONDS
from runtime.record_socket import RecordSocket


class JackOutput:
    """An :class:`runtime.outputs.Output` whose blocks another process takes.

    MIDI of the block that begins at frame *f* is known once that block has been taken, and by then the next block
    is due in one period: an event at *f* sounds at *f* + ``delay_frames``, at least one block later. An event at a
    port is given the frame that JACK would have given it, one block after its arrival.

    The ring counts frames since JACK was opened, the engine since it began itself: its frame 0 is ``first_frame`` of
    the ring.
    """

    def __init__(
        self, records: RecordSocket, ring: AudioRing, block_frames: int, delay_blocks: int, sample_rate: int, name: str
    ) -> None:
        self.name = name
        self.clock = FilteredClock(sample_rate)
        self.faster_than_real_time = False
        self._records = records
        self._ring = ring
        self._transit_frames = round(PORT_TRANSIT_SECONDS * sample_rate)
        self._next_frame = 0
        self.first_frame = max(ring.taken_frame, ring.written_frame)
        self.silent_frames = self.first_frame - ring.written_frame
        """Frames that nobody wrote since the engine before."""
        ring.begin_at(self.first_frame)
        self.delay_frames = 0
        self._set_block(block_frames, delay_blocks * block_frames)

    @property
    def closed(self) -> bool:
        """True once the client's process has gone."""
        return self._records.closed

    def wait(self, seconds: float) -> list[Event]:
        """See :class:`runtime.outputs.Output`."""
        if self._records.closed:
            time.sleep(seconds)
            return []
        select.select([self._records.socket], [], [], seconds)
        events = []
        for event in map(decode, self._records.receive()):
            if event.kind != Kind.CYCLE:
                placed = event.clock == Clock.ARRIVAL_FRAME
                events.append(replace(event, time=event.time - self.first_frame) if placed else event)
            elif event.index == 0:
                self._set_block(int(event.values[0]), self.delay_frames)
            else:
                self._taken(event)
        return events

    def write(self, block: Any) -> None:
        """See :class:`runtime.outputs.Output`."""
        self._ring.write(block)

    def close(self) -> None:
        """See :class:`runtime.outputs.Output`."""
        self._records.close()

    def _taken(self, cycle: Event) -> None:
        if cycle.index != self.block_frames:
            self._set_block(cycle.index, self.delay_frames)
        frame = cycle.time - self.first_frame
        self._next_frame = frame + cycle.index
        self.limit_frame = self._next_frame + self.delay_frames
        self.faster_than_real_time = cycle.value > 0
        self.clock.update(frame, cycle.seed)

    def _set_block(self, block_frames: int, delay_frames: int) -> None:
        """Take over a block size. The delay stays, unless one block has become longer than it."""
        self.block_frames = block_frames
        self.delay_frames = max(delay_frames, block_frames)
        self.port_delay_frames = self.delay_frames + block_frames + self._transit_frames
        self.limit_frame = self._next_frame + self.delay_frames
