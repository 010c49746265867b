"""The process that owns the engine and does nothing else: it waits for its output, renders, and reports.

It reads no file once it has started, parses no packet, and never prints or raises while it sounds: what goes wrong is
counted in :mod:`runtime.meters`. Garbage collection is off; from then on nothing is allocated that grows. If the
interface dies its socket closes: the engine fades out and ends.

An engine that takes the place of one that died (:mod:`runtime.supervision`) counts its own frames from 0 too; what it
says carries the frames of the whole performance, which went on meanwhile.
"""

import base64
import contextlib
import gc
import signal
import socket
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from runtime import realtime_priority
from runtime.audio_ring import AudioRing
from runtime.child_process import Document, Parent, sleep_while_open
from runtime.contract import DecoderMetadata
from runtime.delay import needed_blocks
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.events import ALL_PARTS, Clock, Event, Kind, chunk_of, decode, encode, kind_of
from runtime.mapping import MappingTable
from runtime.meters import Meter, Meters
from runtime.outputs import Output
from runtime.outputs.converted import at_engine_rate, device_times
from runtime.outputs.jack import JackOutput
from runtime.outputs.null import NullOutput
from runtime.providers import load_decoder
from runtime.record_socket import RecordSocket
from runtime.standing import is_remembered_by_mapping

_LONGEST_WAIT_SECONDS: Final = 0.1
"""Without an output that takes blocks the engine looks this often whether it is still wanted."""
_VOICES_PER_SECOND: Final = 30
"""How often the number of sounding voices is reported at most."""
_RETURN_LOOK_SECONDS: Final = 0.5
"""How often a sound card that has gone is looked for."""
_OPENINGS: Final = 10
"""How often it is tried to open one that is there again."""
_PAGE_BYTES: Final = 4096


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
    decoder = load_decoder(Path(setup["model"]), voices, setup["provider"])
    mapping = MappingTable.from_bytes(base64.b64decode(setup["mapping"]))
    settings = EngineSettings(voices=voices)
    realtime_priority.enter()
    parent.say({"loaded": decoder.hash, "provider": decoder.provider})

    choice = parent.listen()
    if choice["wait_for_output"] and choice["output"] not in ("jack", "null"):
        _await_device(choice["output"], interface)
    block_frames: int = choice["block_frames"]
    sample_rate = decoder.metadata.sample_rate
    output_rate = _output_rate(choice, sample_rate)
    blocks: int = choice["delay_blocks"]
    if not blocks:
        trial = Engine(decoder, settings, mapping)
        blocks = needed_blocks(trial, voices, block_frames, output_rate, sample_rate)
    meters = Meters(parent.buffer("meters").memory)
    device, remarks = _open_output(parent, choice, blocks, output_rate, meters)
    output = at_engine_rate(device, sample_rate, output_rate)
    engine = Engine(decoder, settings, mapping, _history(parent, decoder.metadata))
    # Seeds of notes that come without one go on where those of the engine before have ended.
    engine.statistics.notes = setup["notes"]
    first_frame = _first_frame(device, choice, sample_rate, output_rate)
    player = Player(engine, output, RecordSocket(interface), meters, first_frame)
    player.render()
    gc.collect()
    gc.freeze()
    gc.disable()
    parent.say(
        {
            "output": output.name,
            **asdict(device_times(output, sample_rate)),
            "delay_blocks": blocks,
            "first_frame": first_frame,
            "silent_from_frame": choice["silent_from_frame"],
            "remarks": remarks,
        }
    )
    player.play()


def _await_device(wanted: str, interface: socket.socket) -> None:
    """Wait until a sound card that had gone is there again and would open; the process ends with the interface."""
    from runtime.outputs.portaudio import is_usable, look_for_devices_again

    while not is_usable(wanted):
        sleep_while_open(interface, _RETURN_LOOK_SECONDS)
        look_for_devices_again()


def _output_rate(choice: Document, sample_rate: int) -> int:
    """Return the rate in Hz that the chosen output will have: the model's where it lets us choose."""
    if choice["output"] in ("jack", "null"):
        return int(choice.get("sample_rate", sample_rate))
    from runtime.outputs.portaudio import playable_rate

    try:
        return playable_rate(choice["output"], sample_rate)
    except LatentbridgeError:
        # Opening it will say why, or do without.
        return sample_rate


def _history(parent: Parent, metadata: DecoderMetadata) -> NoteHistory:
    """Lay out the note history, or take over that of the engine before."""
    memory = parent.buffer("history").memory
    history = NoteHistory(metadata, memory)
    history.mend()
    # Touched once, so that no page has to be found while a note sounds.
    for at in range(0, len(memory), _PAGE_BYTES):
        memory[at] = memory[at]
    return history


def _first_frame(device: Output, choice: Document, sample_rate: int, output_rate: int) -> int:
    """Return which frame of the whole performance is this engine's frame 0."""
    ended: int = choice["silent_from_frame"]
    if not ended:
        return 0
    if isinstance(device, JackOutput) and not choice["silent_since_ns"]:
        return ended + round(device.silent_frames * sample_rate / output_rate)
    silent_ns: int = time.perf_counter_ns() - choice["silent_since_ns"]
    return ended + round(silent_ns * sample_rate / 1e9)


def _open_output(
    parent: Parent, choice: Document, delay_blocks: int, sample_rate: int, meters: Meters
) -> tuple[Output, list[str]]:
    """Open the chosen output; for ``auto`` nothing at all is still an output, with a remark that says why."""
    wanted: str = choice["output"]
    block_frames: int = choice["block_frames"]
    remarks = []
    if wanted == "jack":
        end = parent.socket("output")
        assert end is not None
        ring = AudioRing(parent.buffer("ring").memory)
        return JackOutput(RecordSocket(end), ring, block_frames, delay_blocks, sample_rate, choice["name"]), []
    if wanted != "null":
        try:
            patience = _OPENINGS if choice["wait_for_output"] else 1
            return _open_card(wanted, sample_rate, block_frames, delay_blocks, meters, patience), []
        except LatentbridgeError as error:
            if wanted != "auto":
                raise
            remarks = [f"{error.wrong} Playing without sound (--output null); all else works."]
    return NullOutput(block_frames, delay_blocks, sample_rate, meters), remarks


def _open_card(
    wanted: str, sample_rate: int, block_frames: int, delay_blocks: int, meters: Meters, attempts: int
) -> Output:
    """Open a sound card; one that has just come back may take several attempts."""
    # Loading PortAudio takes time that JACK and null need not spend.
    from runtime.outputs.portaudio import PortAudioOutput, look_for_devices_again

    for _ in range(attempts - 1):
        with contextlib.suppress(LatentbridgeError):
            return PortAudioOutput(wanted, sample_rate, block_frames, delay_blocks, meters)
        time.sleep(_RETURN_LOOK_SECONDS)
        look_for_devices_again()
    return PortAudioOutput(wanted, sample_rate, block_frames, delay_blocks, meters)


class Player:
    """The engine's round: wait, take events, render, report."""

    def __init__(
        self, engine: Engine, output: Output, interface: RecordSocket, meters: Meters, first_frame: int = 0
    ) -> None:
        self._engine = engine
        self._first_frame = first_frame
        self._output = output
        self._interface = interface
        self._meters = meters
        self._sample_rate = engine.decoder.metadata.sample_rate
        self._table = bytearray()
        self._stopping = False
        self._realtime = True
        self._load = 0.0
        self._told_block = output.block_frames
        self._told_voices = 0
        self._voices_due_frame = 0
        self._late_events = 0
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
        engine, output = self._engine, self._output
        while engine.frame < output.limit_frame:
            frames = min(output.block_frames, output.limit_frame - engine.frame)
            start = time.perf_counter_ns()
            output.write(engine.render(frames))
            self._measure((time.perf_counter_ns() - start) * self._sample_rate / (frames * 1e6))
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
        if event.kind == Kind.MIDI and is_remembered_by_mapping(event):
            self._interface.send_event(event)

    def _read_interface(self) -> None:
        for record in self._interface.receive():
            kind = kind_of(record)
            if kind == Kind.MAPPING:
                self._take_table(record)
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
        if self._output.block_frames != self._told_block:
            self._told_block = self._output.block_frames
            told = device_times(self._output, self._sample_rate)
            ready = Event(Kind.READY, told.delay_frames, index=told.block_frames, seed=told.port_delay_frames)
            interface.send_event(ready)
        interface.flush()

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
        meters[Meter.DROPPED_ECHOES] = self._interface.dropped
        meters[Meter.ENGINE_NS] = time.perf_counter_ns()
        meters[Meter.ENGINE_ROUNDS] += 1
