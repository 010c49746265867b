"""The engine's round: wait for the output, take events, render, report.

Nothing here prints or raises while it sounds: what goes wrong is counted in :mod:`runtime.meters`.
"""

import signal
import time
from typing import Final

from runtime import realtime_priority
from runtime.audio_ring import AudioRing
from runtime.engine.render import Engine
from runtime.events import ALL_PARTS, Clock, Event, Kind, chunk_of, decode, encode, kind_of, midi_bytes
from runtime.latent.tempo import CLOCK_MESSAGES
from runtime.mapping import MappingTable
from runtime.meters import UNMOVED, Meter, Meters
from runtime.model_loading import ModelLoading
from runtime.model_order import ModelOrder
from runtime.outputs import Output
from runtime.outputs.converted import device_times
from runtime.peak_meter import PeakMeter
from runtime.record_socket import RecordSocket
from runtime.standing import is_remembered_by_mapping

_LONGEST_WAIT_SECONDS: Final = 0.1
"""Without an output that takes blocks the engine looks this often whether it is still wanted."""
_VOICES_PER_SECOND: Final = 30
"""How often the number of sounding voices is reported at most."""
_MOTION_PER_SECOND: Final = 25
"""How often it is said where motion has taken the axes."""


class Player:
    """The engine's round: wait, take events, render, report."""

    def __init__(
        self,
        engine: Engine,
        output: Output,
        interface: RecordSocket,
        meters: Meters,
        first_frame: int = 0,
        loading: ModelLoading | None = None,
        mix: AudioRing | None = None,
    ) -> None:
        """``mix`` takes what is rendered, for those who listen beside the output."""
        self._loading, self._mix = loading, mix
        self._engine = engine
        self._first_frame = first_frame
        self._output = output
        self._interface = interface
        self._meters = meters
        self._sample_rate = engine.decoder.metadata.sample_rate
        self._table, self._order = bytearray(), bytearray()
        self._stopping = False
        self._realtime = True
        self._load = 0.0
        self._told_block = output.block_frames
        self._told_voices = 0
        self._voices_due_frame = 0
        self._late_events = 0
        self._midi_messages = 0
        self._peaks = PeakMeter(self._sample_rate)
        self._axes_due_frame = 0
        self._bad_tables = 0

    def play(self) -> None:
        """Go on until the fade after STOP, SIGTERM or the end of the interface has been taken."""
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        while not self._ended():
            events = self._output.wait(_LONGEST_WAIT_SECONDS)
            # First, so that a new engine has been set up before it takes a note.
            self._read_interface()
            for event in events:
                self._place(event)
            self._follow_freewheel()
            self.render()
            self._report()
            self._count()
        self._output.close()
        self._interface.flush()
        self._interface.close()

    def render(self) -> None:
        """Render up to where the output allows it, a block at a time."""
        self._change_model()
        engine, output = self._engine, self._output
        while engine.frame < output.limit_frame:
            frames = min(output.block_frames, output.limit_frame - engine.frame)
            start = time.perf_counter_ns()
            block = engine.render(frames)
            output.write(block)
            if self._mix is not None:
                self._mix.write(block)
            self._measure((time.perf_counter_ns() - start) * self._sample_rate / (frames * 1e6))
            self._peaks.hear(block, engine.reduction_db)
            self._meters[Meter.ENGINE_FRAME] = self._first_frame + engine.frame
            self._meters[Meter.ENGINE_ROUNDS] += 1

    def _place(self, event: Event) -> None:
        """Give an event its frame: the constant delay after its arrival, or now if that is past."""
        now = self._engine.frame
        frame = event.time
        if event.clock == Clock.ARRIVAL_FRAME:
            frame += self._output.delay_frames
        elif event.clock == Clock.ARRIVAL_NS:
            arrival = self._output.clock.frame_at(min(event.time, time.perf_counter_ns()))
            # Faster than real time, the time of day says nothing about frames.
            frame = now if self._output.faster_than_real_time else arrival + self._output.port_delay_frames
        if frame < now:
            self._late_events += event.clock != Clock.FRAME
            frame = now
        self._engine.post(event.at(frame))
        if event.kind == Kind.MIDI:
            self._midi_messages += midi_bytes(event)[0] not in CLOCK_MESSAGES
            if is_remembered_by_mapping(event):
                self._interface.send_event(event)

    def _read_interface(self) -> None:
        for record in self._interface.receive():
            kind = kind_of(record)
            if kind == Kind.MAPPING:
                self._take_table(record)
            elif kind == Kind.MODEL:
                self._take_order(record)
            elif kind == Kind.STOP:
                self._stop()
            else:
                self._place(decode(record))
        if self._interface.closed:
            self._stop()

    def _take_table(self, record: bytes) -> None:
        chunk, to_come = chunk_of(record)
        self._table += chunk
        if to_come:
            return
        try:
            self._engine.mapping = MappingTable.from_bytes(bytes(self._table))
        except ValueError:
            # A chunk was lost on the way: the table before goes on.
            self._bad_tables += 1
        self._table.clear()

    def _take_order(self, record: bytes) -> None:
        chunk, to_come = chunk_of(record)
        self._order += chunk
        if to_come or self._loading is None:
            return
        # Its notes will be kept where those of the model before the present one have been kept.
        self._engine.keep_no_older_notes()
        try:
            self._loading.order(ModelOrder.from_bytes(bytes(self._order)), self._engine.mapping)
        except ValueError:
            self._bad_tables += 1
        self._order.clear()

    def _change_model(self) -> None:
        """Let the engine of another model take over once it has been loaded."""
        loaded = None if self._loading is None else self._loading.take()
        if loaded is None:
            return
        before, after = self._engine, loaded.engine
        # What has happened so far happened to the model before.
        self._report()
        changes = after is not None and not self._stopping
        if after is not None and changes:
            if after.mapping is not before.mapping:
                after.mapping = before.mapping
            after.succeed(before)
            self._engine = after
        frame = self._first_frame + before.frame
        self._interface.send_event(
            Event(Kind.MODEL_CHANGED, frame, index=loaded.order.number, value=loaded.dearness if changes else 0.0)
        )

    def _stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            self._engine.post(Event(Kind.STOP, self._engine.frame, part=ALL_PARTS))

    def _ended(self) -> bool:
        """Whether the output has taken the last of the fade, or takes nothing any more."""
        silent_from = self._engine.stopped_at
        taken = self._output.limit_frame - self._output.delay_frames
        return self._stopping and (self._output.closed or (silent_from is not None and taken > silent_from))

    def _follow_freewheel(self) -> None:
        if self._output.faster_than_real_time == self._realtime:
            self._realtime = not self._realtime
            if self._realtime:
                realtime_priority.enter()
            else:
                realtime_priority.leave()

    def _report(self) -> None:
        """Hand on what has happened and what was asked for."""
        engine, interface = self._engine, self._interface
        if engine.played:
            first = self._first_frame
            interface.send(b"".join(encode(echo.at(first + echo.time)) for echo in engine.played), keep=True)
            engine.played.clear()
        while engine.requests:
            interface.send_event(engine.requests.popleft())
        if engine.sounding != self._told_voices and engine.frame >= self._voices_due_frame:
            self._told_voices = engine.sounding
            self._voices_due_frame = engine.frame + self._sample_rate // _VOICES_PER_SECOND
            interface.send_event(Event(Kind.VOICES, engine.frame, index=self._told_voices))
        self._show_motion()
        if self._output.block_frames != self._told_block:
            self._told_block = self._output.block_frames
            told = device_times(self._output, self._sample_rate)
            ready = Event(Kind.READY, told.delay_frames, index=told.block_frames, seed=told.port_delay_frames)
            interface.send_event(ready)
        interface.flush()

    def _show_motion(self) -> None:
        """Say where motion has taken the axes, for whoever looks."""
        engine = self._engine
        if engine.frame < self._axes_due_frame:
            return
        self._axes_due_frame = engine.frame + self._sample_rate // _MOTION_PER_SECOND
        shown, moved = self._meters.moved_axes, engine.moved_axes()
        if moved is None:
            shown[0] = UNMOVED
            return
        for at, share in enumerate(moved[: len(shown)].tolist()):
            shown[at] = share

    def _measure(self, permille: float) -> None:
        """Follow the cost of a block, in thousandths of its time."""
        self._load += min(1.0, self._output.block_frames / self._sample_rate) * (permille - self._load)
        self._meters[Meter.LOAD_PERMILLE] = round(self._load)
        if permille > self._meters[Meter.WORST_PERMILLE]:
            self._meters[Meter.WORST_PERMILLE] = round(permille)

    def _count(self) -> None:
        meters, counted = self._meters, self._engine.statistics
        meters[Meter.LATE_EVENTS] = self._late_events + counted.late_events
        meters[Meter.DROPPED_IN_ENGINE] = counted.dropped_events
        meters[Meter.BAD_EVENTS] = counted.bad_events + self._bad_tables
        meters[Meter.BAD_VOICES] = counted.bad_voices
        meters[Meter.STOLEN_VOICES] = counted.stolen_voices
        meters[Meter.MIDI_MESSAGES] = self._midi_messages
        meters[Meter.PEAK_LEFT] = round(100 * self._peaks.left_db)
        meters[Meter.PEAK_RIGHT] = round(100 * self._peaks.right_db)
        meters[Meter.REDUCTION] = round(100 * self._peaks.reduction_db)
        meters[Meter.DROPPED_ECHOES] = self._interface.dropped
        meters[Meter.ENGINE_NS] = time.perf_counter_ns()
        meters[Meter.ENGINE_ROUNDS] += 1
