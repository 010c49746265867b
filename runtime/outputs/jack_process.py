"""The JACK client: a process that only copies. Audio out of the ring, MIDI and its frame to the engine.

The callback is Python, so this process does nothing else, and has no other Python thread that runs. One block of
JACK is one ``CYCLE`` record; the MIDI of the block goes before it in the same write, each event with the frame of
its arrival. The engine answers by filling the ring. A block that is not there in time is silence, into which the
sound before it dies away, and counted; while JACK runs in freewheel the callback waits for the engine instead.

An engine may die and another take its place: its socket comes over the control socket, and the ports stay what and
where they are. When the server goes, this process ends; the one after it waits for the server's return.

Method: https://jackaudio.org/api/ (process callback, MIDI, freewheel).
"""

import contextlib
import gc
import select
import signal
import socket
import sys
import time
from dataclasses import replace
from typing import Any, Final

from runtime.audio_ring import FADE_FRAMES, AudioRing
from runtime.child_process import Parent, sleep_while_open
from runtime.errors import LatentbridgeError
from runtime.events import Clock, Event, Kind, encode, midi_event, must_arrive
from runtime.meters import Meter, Meters
from runtime.recent_controls import RecentControls
from runtime.record_socket import RecordSocket
from runtime.socket_passing import take_over

CLIENT_NAME: Final = "latentbridge"
_WAKE_BYTES: Final = 4096
_WAIT_STEP_SECONDS: Final = 2e-5
_RETURN_LOOK_SECONDS: Final = 0.2
"""How often a server that has gone is looked for."""
_NAME_PATIENCE_SECONDS: Final = 5.0
"""A client that was killed keeps its name until the server has noticed."""
_FREEWHEEL_PATIENCE_SECONDS: Final = 20.0
"""JACK itself gives up on a client after some time; an engine that has gone shows as a closed socket before."""


def main() -> None:
    """Open the client, say rate and block, wait for the word to start, then copy until nobody is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = Parent()
    control = parent.socket("control")
    assert control is not None
    try:
        client = _await_client(control) if parent.setup["wait"] else open_client()
    except LatentbridgeError as error:
        parent.fail(error)
        return
    engine_end = parent.socket("engine")
    assert engine_end is not None
    ring, meters = AudioRing(parent.buffer("ring").memory), Meters(parent.buffer("meters").memory)
    copier = BlockCopier(client, ring, meters, RecordSocket(engine_end))
    wake, waker = socket.socketpair()
    reasons: list[str] = []

    def shut_down(_status: Any, reason: str) -> None:
        reasons.append(reason or "its server has ended")
        waker.send(b"!")

    def port_came_or_went(_port: Any, came: bool) -> None:
        if came:
            waker.send(b"+")

    client.set_shutdown_callback(shut_down)
    client.set_port_registration_callback(port_came_or_went, only_available=False)
    connect_midi: bool = parent.setup["connect_midi"]
    parent.say(
        {
            "client": client.name,
            "sample_rate": client.samplerate,
            "block_frames": client.blocksize,
            "midi_port": copier.midi_port_name,
            "midi_sources": [port.name for port in _midi_sources(client)] if connect_midi else [],
        }
    )
    parent.listen()
    gc.collect()
    gc.freeze()
    gc.disable()
    # A server that dies in the midst of a request shows as an error, and soon as a reason too.
    with contextlib.suppress(_jack_error()):
        client.activate()
        _connect_speakers(client)
        while not reasons:
            if connect_midi:
                _connect_instruments(client)
            if copier.wait_for_end(wake, control):
                client.deactivate()
                client.close()
                return
    parent.say({"ended": reasons[0] if reasons else "its server has ended"})


def _await_client(control: socket.socket) -> Any:
    """Return a client as soon as a server runs. The ports of the one before are to go first: names stay the same."""
    patient_until = time.monotonic() + _NAME_PATIENCE_SECONDS
    while True:
        with contextlib.suppress(LatentbridgeError):
            return open_client(exact_name=time.monotonic() < patient_until)
        sleep_while_open(control, _RETURN_LOOK_SECONDS)


def open_client(exact_name: bool = False) -> Any:
    """Return a client of the running JACK server, not yet activated.

    Raises LatentbridgeError if there is no server, or, with ``exact_name``, somebody else has the name.
    """
    try:
        import jack
    except ModuleNotFoundError:
        raise LatentbridgeError(
            "JACK output needs the package JACK-Client, which is not installed.",
            "",
            f"Install it with this line: {sys.executable} -m pip install JACK-Client",
        ) from None
    except OSError:
        raise LatentbridgeError(
            "The JACK library (libjack) is not installed.",
            "",
            "Install JACK or PipeWire's JACK, or use another output.",
        ) from None
    # libjack's own messages are not for musicians.
    jack.set_error_function(lambda _message: None)
    jack.set_info_function(lambda _message: None)
    try:
        return jack.Client(CLIENT_NAME, no_start_server=True, use_exact_name=exact_name)
    except jack.JackOpenError:
        raise LatentbridgeError(
            "No JACK server is running.",
            "",
            "Start one (for instance with QjackCtl), or name it in JACK_DEFAULT_SERVER, or use another --output.",
        ) from None


def _midi_sources(client: Any) -> list[Any]:
    return list(client.get_ports(is_midi=True, is_output=True, is_physical=True))


def _connect_speakers(client: Any) -> None:
    """Connect what a player would by hand: the first two speakers."""
    speakers = client.get_ports(is_audio=True, is_input=True, is_physical=True)
    for output, speaker in zip(client.outports, speakers, strict=False):
        _connect(client, output, speaker)


def _connect_instruments(client: Any) -> None:
    """Connect every MIDI instrument that is plugged in and not connected yet."""
    midi_in = client.midi_inports[0]
    connected = {port.name for port in client.get_all_connections(midi_in)}
    for source in _midi_sources(client):
        if source.name not in connected:
            _connect(client, source, midi_in)


def _jack_error() -> type[Exception]:
    import jack

    error: type[Exception] = jack.JackError
    return error


def _connect(client: Any, source: Any, destination: Any) -> None:
    # Ports come and go; a connection that fails is left to the player.
    with contextlib.suppress(_jack_error()):
        client.connect(source, destination)


class BlockCopier:
    """The callback and what it needs; everything else in this process sleeps."""

    def __init__(self, client: Any, ring: AudioRing, meters: Meters, engine: RecordSocket) -> None:
        self._client = client
        self._ring = ring
        self._meters = meters
        self._engine = engine
        # A process before this one may have copied already: frames count on.
        self._frame = ring.taken_frame = max(ring.taken_frame, ring.written_frame)
        self._broken_off_at: int | None = self._frame - FADE_FRAMES
        """First frame that was not there in time; None while all is there."""
        self._back_at: int | None = None
        """First frame that was there again, while it still comes up."""
        self._is_new_engine = True
        self._greeted = engine
        self._missed_since_ns = 0
        self._last_cycle: Event | None = None
        self._recent = RecentControls()
        self._abandoned = False
        self._block_frames: int = client.blocksize
        self._freewheel = False
        self._midi = client.midi_inports.register("midi_in")
        self._outputs = [client.outports.register(f"out_{n}") for n in (1, 2)]
        self.midi_port_name: str = self._midi.name
        client.set_process_callback(self._process)
        client.set_freewheel_callback(self._set_freewheel)
        client.set_blocksize_callback(self._set_block)

    def wait_for_end(self, wake: socket.socket, control: socket.socket) -> bool:
        """Sleep until something comes out of ``wake``, or the engine or the interface goes, or a new engine comes.

        Returns whether both have gone. The interface's socket is ``control``.
        """
        watched = [wake]
        watched += [] if self._engine.closed else [self._engine.socket]
        watched += [] if self._abandoned else [control]
        readable, _, _ = select.select(watched, [], [])
        if wake in readable:
            wake.recv(_WAKE_BYTES)
        if self._engine.socket in readable:
            # For the callback: nobody fills the ring any more.
            self._engine.closed = True
        if control in readable:
            taken = take_over(control)
            if taken is None:
                self._abandoned = True
            else:
                self._take_engine(*taken)
        return self._engine.closed and self._abandoned

    def _take_engine(self, end: socket.socket, since_ns: int) -> None:
        """Serve a new engine from the next block on; the one before has heard all that came before ``since_ns``."""
        self._missed_since_ns = since_ns
        # The callback may still be using the one before, which closes when it is let go.
        self._is_new_engine, self._engine = True, RecordSocket(end)

    def _greet(self) -> None:
        """Tell a new engine which controls were moved while nobody listened, and how far the output has come."""
        self._greeted = self._engine
        missed = [replace(event, time=0, clock=Clock.FRAME) for event in self._recent.since(self._missed_since_ns)]
        if self._last_cycle is not None:
            # In freewheel the next one only comes when this one has been answered.
            missed.append(self._last_cycle)
        self._engine.send(b"".join(map(encode, missed)), keep=True)

    def _process(self, frames: int) -> None:
        taken_ns = time.perf_counter_ns()
        if self._engine is not self._greeted:
            self._greet()
        frame = self._frame
        buffers = [port.get_buffer() for port in self._outputs]
        if self._freewheel:
            self._wait_for(frame + frames)
        if not self._ring.read_into(frame, frames, buffers):
            self._break_off(frame, frames, buffers)
        elif self._broken_off_at is not None:
            self._come_back(frame, frames, buffers)
        records = []
        keep = False
        for offset, data in self._midi.incoming_midi_events():
            if 1 <= len(data) <= 3:
                event = midi_event(bytes(data), frame + offset, Clock.ARRIVAL_FRAME)
                keep = keep or must_arrive(event)
                self._recent.keep(event, taken_ns)
                records.append(encode(event))
        cycle = Event(Kind.CYCLE, frame, index=frames, value=float(self._freewheel), seed=taken_ns)
        records.append(encode(cycle))
        self._last_cycle = cycle
        self._frame = self._ring.taken_frame = frame + frames
        self._engine.send(b"".join(records), keep)
        self._meters[Meter.OUTPUT_TAKEN_NS] = taken_ns
        self._meters[Meter.DROPPED_AT_OUTPUT] = self._engine.dropped

    def _break_off(self, frame: int, frames: int, buffers: list[Any]) -> None:
        """Let the sound die away. An engine that has gone, or is just beginning, is not late."""
        if self._broken_off_at is None:
            self._broken_off_at = frame
        self._back_at = None
        self._ring.fade_into(self._broken_off_at, frame, frames, buffers)
        if not (self._engine.closed or self._is_new_engine):
            self._meters[Meter.LATE_BLOCKS] += 1

    def _come_back(self, frame: int, frames: int, buffers: list[Any]) -> None:
        """Let the sound come up again."""
        assert self._broken_off_at is not None
        if self._back_at is None:
            self._back_at, self._is_new_engine = frame, False
        self._ring.fade_back(self._broken_off_at, self._back_at, frame, frames, buffers)
        if frame + frames >= self._back_at + FADE_FRAMES:
            self._broken_off_at = self._back_at = None

    def _wait_for(self, frame: int) -> None:
        """Wait until the engine, or the next one, has written up to a frame; only where time does not matter."""
        give_up = time.monotonic() + _FREEWHEEL_PATIENCE_SECONDS
        while self._ring.written_frame < frame and time.monotonic() < give_up:
            if self._engine.closed and self._abandoned:
                return
            if self._engine is not self._greeted:
                self._greet()
            self._engine.flush()
            time.sleep(_WAIT_STEP_SECONDS)

    def _set_freewheel(self, starting: bool) -> None:
        self._freewheel = starting

    def _set_block(self, frames: int) -> None:
        """Announce a new block size, and wait until the engine is far enough ahead; JACK stands still meanwhile."""
        if frames == self._block_frames:
            return
        self._block_frames = frames
        self._engine.send_event(Event(Kind.CYCLE, self._frame, index=0, values=(float(frames),)))
        give_up = time.monotonic() + 1.0
        while self._ring.written_frame < self._frame + frames and time.monotonic() < give_up:
            time.sleep(_WAIT_STEP_SECONDS)
