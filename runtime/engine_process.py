"""The process that owns the engine and does nothing else: it waits for its output, renders, and reports.

It reads no file once it has started, parses no packet, and never prints or raises while it sounds: what goes wrong is
counted in :mod:`runtime.meters`. Garbage collection is off; from then on nothing is allocated that grows. If the
interface dies its socket closes: the engine fades out and ends.
"""

import base64
import gc
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from runtime import realtime_priority
from runtime.audio_ring import AudioRing
from runtime.child_process import Document, Parent
from runtime.delay import fewest_blocks, likely_worst_seconds, worst_blocks_seconds
from runtime.engine.decoder import Decoder
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.events import Clock, Event, Kind, chunk_of, decode, encode, kind_of
from runtime.mapping import MappingTable
from runtime.meters import Meter, Meters
from runtime.outputs import Output
from runtime.outputs.jack import JackOutput
from runtime.outputs.null import NullOutput
from runtime.record_socket import RecordSocket

_FADE_SECONDS: Final = 0.03
_LONGEST_WAIT_SECONDS: Final = 0.1
"""Without an output that takes blocks the engine looks this often whether it is still wanted."""


def main() -> None:
    """Load, measure, say what was found, then play until told to stop or left alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = Parent()
    try:
        _run(parent)
    except LatentbridgeError as error:
        parent.fail(error)


def _run(parent: Parent) -> None:
    setup = parent.setup
    voices: int = setup["voices"]
    interface = parent.socket("interface")
    assert interface is not None
    decoder = Decoder.load(Path(setup["model"]), voices, setup["provider"])
    mapping = MappingTable.from_bytes(base64.b64decode(setup["mapping"]))
    settings = EngineSettings(voices=voices)
    realtime = realtime_priority.enter()
    parent.say({"loaded": decoder.hash, "provider": decoder.provider, "realtime": realtime})

    choice = parent.listen()
    block_frames: int = choice["block_frames"]
    sample_rate = decoder.metadata.sample_rate
    blocks: int = choice["delay_blocks"]
    if not blocks:
        trial = Engine(decoder, settings, mapping)
        costs = worst_blocks_seconds(trial, voices, block_frames, sample_rate)
        blocks = fewest_blocks(likely_worst_seconds(costs), block_frames / sample_rate)
    output = _open_output(parent, choice, blocks, sample_rate)
    engine = Engine(
        decoder,
        replace(settings, delay_frames=output.delay_frames),
        mapping,
        NoteHistory(decoder.metadata, parent.buffer("history").memory),
    )
    player = Player(engine, output, RecordSocket(interface), Meters(parent.buffer("meters").memory))
    player.render()
    gc.collect()
    gc.freeze()
    gc.disable()
    parent.say(
        {
            "output": output.name,
            "block_frames": output.block_frames,
            "delay_frames": output.delay_frames,
            "port_delay_frames": output.port_delay_frames,
        }
    )
    player.play()


def _open_output(parent: Parent, choice: Document, delay_blocks: int, sample_rate: int) -> Output:
    block_frames: int = choice["block_frames"]
    if choice["output"] == "null":
        return NullOutput(block_frames, delay_blocks, sample_rate)
    end = parent.socket("output")
    assert end is not None
    ring = AudioRing(parent.buffer("ring").memory)
    return JackOutput(RecordSocket(end), ring, block_frames, delay_blocks, sample_rate, choice["name"])


class Player:
    """The engine's round: wait, take events, render, report."""

    def __init__(self, engine: Engine, output: Output, interface: RecordSocket, meters: Meters) -> None:
        self._engine = engine
        self._output = output
        self._interface = interface
        self._meters = meters
        self._sample_rate = engine.decoder.metadata.sample_rate
        self._table = bytearray()
        self._fade_frame: int | None = None
        self._told_block = output.block_frames
        self._realtime = True
        self._voices = 0

    def play(self) -> None:
        """Go on until the fade after STOP, SIGTERM or the end of the interface has been taken."""
        signal.signal(signal.SIGTERM, lambda *_: self._begin_fade())
        while not self._ended():
            for event in self._output.wait(_LONGEST_WAIT_SECONDS):
                self._place(event)
            self._read_interface()
            self._follow_freewheel()
            self.render()
            self._report()
        self._output.close()
        self._interface.flush()
        self._interface.close()

    def render(self) -> None:
        """Render up to where the output allows it, a block at a time."""
        engine, output = self._engine, self._output
        while engine.frame < output.limit_frame:
            frames = min(output.block_frames, output.limit_frame - engine.frame)
            start = time.perf_counter_ns()
            first = engine.frame
            block = engine.render(frames)
            if self._fade_frame is not None:
                block = self._faded(block, first)
            output.write(block)
            self._measure((time.perf_counter_ns() - start) * self._sample_rate / (frames * 1e6))

    def _place(self, event: Event) -> None:
        """Give an event its frame: the constant delay after its arrival, or now if that is past."""
        now = self._engine.frame
        if event.clock == Clock.ARRIVAL_FRAME:
            frame = event.time + self._output.delay_frames
        elif event.clock == Clock.ARRIVAL_NS:
            frame = self._output.clock.frame_at(min(event.time, time.perf_counter_ns()))
            frame += self._output.port_delay_frames
            if self._output.faster_than_real_time:
                frame = now
        else:
            frame = event.time
        if frame < now and event.clock != Clock.FRAME:
            self._meters[Meter.LATE_EVENTS] += 1
        self._engine.post(event.at(max(frame, now)))

    def _read_interface(self) -> None:
        for record in self._interface.receive():
            kind = kind_of(record)
            if kind == Kind.MAPPING:
                self._take_table(record)
            elif kind == Kind.STOP:
                self._begin_fade()
            else:
                self._place(decode(record))
        if self._interface.closed:
            self._begin_fade()

    def _take_table(self, record: bytes) -> None:
        chunk, to_come = chunk_of(record)
        self._table += chunk
        if not to_come:
            self._engine.mapping = MappingTable.from_bytes(bytes(self._table))
            self._table.clear()

    def _begin_fade(self) -> None:
        if self._fade_frame is None:
            self._fade_frame = self._engine.frame

    def _faded(self, block: Any, first_frame: int) -> Any:
        assert self._fade_frame is not None
        frames = np.arange(block.shape[1], dtype=np.float32) + np.float32(first_frame - self._fade_frame)
        return block * np.clip(1 - frames / np.float32(_FADE_SECONDS * self._sample_rate), 0, 1)

    def _ended(self) -> bool:
        """Whether the fade has been taken by the output, or nothing takes it any more."""
        if self._fade_frame is None:
            return False
        faded = self._fade_frame + _FADE_SECONDS * self._sample_rate
        return self._output.closed or self._output.limit_frame - self._output.delay_frames > faded

    def _follow_freewheel(self) -> None:
        if self._output.faster_than_real_time == self._realtime:
            self._realtime = not self._realtime
            if self._realtime:
                realtime_priority.enter()
            else:
                realtime_priority.leave()

    def _measure(self, permille: float) -> None:
        meters = self._meters
        meters[Meter.WORST_PERMILLE] = max(meters[Meter.WORST_PERMILLE], round(permille))
        smoothing = self._output.block_frames / self._sample_rate
        self._load = getattr(self, "_load", 0.0)
        self._load += min(1.0, smoothing) * (permille - self._load)
        meters[Meter.LOAD_PERMILLE] = round(self._load)

    def _report(self) -> None:
        echoes = b"".join(map(encode, self._engine.played))
        self._engine.played.clear()
        if echoes:
            self._interface.send(echoes, keep=True)
        for request in self._engine.requests:
            self._interface.send_event(request)
        self._engine.requests.clear()
        if self._output.block_frames != self._told_block:
            self._told_block = self._output.block_frames
            self._interface.send_event(
                Event(
                    Kind.READY, self._output.delay_frames, index=self._told_block, seed=self._output.port_delay_frames
                )
            )
        self._interface.flush()
        self._meters[Meter.DROPPED_ECHOES] = self._interface.dropped
        self._meters[Meter.ENGINE_NS] = time.perf_counter_ns()
