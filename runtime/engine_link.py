"""The interface's side of the sound: it starts the engine and its output, speaks to them, and ends them.

When a part of it has failed, :meth:`EngineLink.take_down` clears away what is left and :meth:`EngineLink.bring_up`
starts it anew: a mirror of all that is set (:mod:`runtime.standing`) goes to the new engine before the first note can.
When that is done is for :mod:`runtime.supervision` to say.
"""

import base64
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from runtime.audio_ring import RING_BYTES
from runtime.child_process import Child, Document
from runtime.engine.history import NoteHistory
from runtime.errors import LatentbridgeError
from runtime.events import Clock, Event, Kind, decode, encode, encode_chunks, original
from runtime.mapping_table import MappingTable
from runtime.meters import METER_BYTES, Meter, Meters
from runtime.played_model import PlayedModel, PlayedModels
from runtime.recent_controls import RecentControls
from runtime.record_socket import RecordSocket
from runtime.shared_buffer import SharedBuffer
from runtime.socket_passing import hand_over
from runtime.sound_report import OutputChoice, SoundReport, SoundSettings, delay_blocks, report_of
from runtime.standing import Standing

_START_SECONDS: Final = 30.0
_FIRST_BLOCK_SECONDS: Final = 3.0
_END_SECONDS: Final = 0.4
_READ_SECONDS: Final = 0.2
_HEARING_SECONDS: Final = 0.1
"""How long before its last round an engine may have been given what it has not taken up any more."""


class EngineError(LatentbridgeError):
    """The engine itself cannot be started, whatever its output does."""


class EngineLink:
    """A running engine with its output. ``send`` may be called from any thread."""

    def __init__(self, settings: SoundSettings) -> None:
        """Take the settings; nothing runs before :meth:`start`."""
        self._settings = settings
        self._output = settings.output
        self._mapping = settings.mapping
        self._found: Document = {}
        """What JACK has said; empty unless JACK is the output."""
        self._models = PlayedModels(PlayedModel(settings.admitted, settings.metadata))
        self._standing = Standing(settings.metadata)
        self._recent = RecentControls()
        self._delay_seconds = 0.0
        """The delay that the model was found to need; 0 until it has been measured."""
        self._report: SoundReport | None = None
        self._silent_from_frame = self._silent_since_ns = self._heard_ns = 0
        self._dropped = 0
        self._is_open = self._ended = False
        self._listener: threading.Thread | None = None
        self._lock = threading.Lock()
        """For what is sent."""
        self._life = threading.Lock()
        """For what runs."""
        self._children: dict[str, Child] = {}
        self.mix: Final = SharedBuffer(RING_BYTES)
        """What is mixed, for whoever listens beside the output."""
        own = {"ring": SharedBuffer(RING_BYTES), "meters": SharedBuffer(METER_BYTES), "mix": self.mix}
        self._buffers = own | self._models.buffers
        self.meters: Final = Meters(self._buffers["meters"].memory)
        self._model: SharedBuffer | None = None
        self._control: socket.socket | None = None
        self._jack_end: socket.socket | None = None
        """What a JACK client that runs already is to be handed."""
        self._records: RecordSocket | None = None

    def launch(self, wait: bool = False) -> None:
        """Start the processes, which load while the caller does other things; :meth:`end` ends them in any case.

        Whoever is told to look after :meth:`end` before this call leaves nothing running, whatever happens. With
        ``wait`` an output that is not there is waited for.
        """
        buffers = self._buffers
        with self._life:
            self._check_not_ended()
            ours, interface_end = socket.socketpair()
            output_end, self._jack_end = socket.socketpair()
            self._records = RecordSocket(ours)
            if "jack" not in self._children and (self._output in ("auto", "jack")):
                self._control, control_end = socket.socketpair()
                self._children["jack"] = Child(
                    "runtime.outputs.jack_process",
                    sockets={"engine": self._jack_end, "control": control_end},
                    buffers={name: buffers[name] for name in ("ring", "meters")},
                    setup={"connect_midi": self._settings.connect_midi, "wait": wait},
                    label="The JACK client",
                )
                self._jack_end = None
            # Its bytes, since the file may have been replaced since it was chosen.
            admitted = self._models.now.admitted
            self._model = SharedBuffer.of(admitted.data)
            self._children["engine"] = Child(
                "runtime.engine_process",
                sockets={"interface": interface_end, "output": output_end},
                buffers=buffers | {"model": self._model},
                setup={
                    "model": str(admitted.path),
                    "sha256": admitted.sha256,
                    "history": self._models.now.history,
                    "voices": self._settings.voices,
                    # What was found best at the start is kept: samples depend on it.
                    "provider": self._report.provider if self._report else self._settings.provider,
                    "mapping": base64.b64encode(self._mapping).decode(),
                    "notes": self._standing.notes,
                },
                label="The engine",
            )
            self._model.close()

    def start(self) -> SoundReport:
        """Wait until a note would sound. Raises LatentbridgeError with what stands in the way."""
        return self._start(wait=False, set_up=False)

    def take_down(self, jack_too: bool) -> None:
        """End what is left of the engine, and with ``jack_too`` of the JACK client; hear the last words.

        From here on nothing sounds; controls that are moved are remembered, notes are dropped and counted.
        """
        with self._lock:
            self._is_open = False
        # Before anything else writes where it writes.
        self._kill("engine")
        if self._listener:
            self._listener.join(_END_SECONDS)
        if self._records:
            self._records.close()
        if jack_too:
            self._close_control()
            self._kill("jack")
        self._silent_from_frame = self.meters[Meter.ENGINE_FRAME]
        self._silent_since_ns = self.meters[Meter.ENGINE_NS]
        delay_seconds = self._report.port_delay_frames / self._report.output_rate if self._report else 0.0
        self._heard_ns = self._silent_since_ns - round(1e9 * (delay_seconds + _HEARING_SECONDS))

    def bring_up(self, wait: bool = True) -> SoundReport:
        """Start anew what was taken down, set it up as before, and with ``wait`` wait for an output that has gone.

        What the new engine says waits until :meth:`listen` is called. Raises LatentbridgeError if it cannot start.
        """
        self.launch(wait)
        return self._start(wait, set_up=True)

    @property
    def choice(self) -> OutputChoice:
        """The output that sounds, and its block."""
        return OutputChoice(self._output, self._settings.block_frames)

    def choose(self, choice: OutputChoice) -> None:
        """Let what is brought up next have another output, once all has been taken down; its delay is measured."""
        self._settings = replace(self._settings, output=choice.output, block_frames=choice.block_frames)
        self._output, self._found, self._delay_seconds = choice.output, {}, 0.0

    def send(self, event: Event) -> None:
        """Send an event to the engine; never waits."""
        now_ns = event.time if event.clock == Clock.ARRIVAL_NS else time.perf_counter_ns()
        with self._lock:
            is_kept = self._recent.keep(event, now_ns)
            if self._is_open and self._records:
                self._records.send_event(event)
            elif not is_kept:
                self._dropped += 1

    def send_mapping(self, mapping: bytes) -> None:
        """Send a whole new mapping table."""
        with self._lock:
            self._mapping = mapping
            if self._is_open and self._records:
                for record in encode_chunks(Kind.MAPPING, mapping):
                    self._records.send(record, keep=True)

    def order_model(self, wanted: PlayedModel) -> int:
        """Ask the engine to load another model and to play it from then on; returns the number of the order.

        The answer comes as a MODEL_CHANGED event. Whatever reads the notes of the model before the present one has to
        be done with them: their buffer will hold those of the new one. Raises LatentbridgeError if there is no engine
        to take the order.
        """
        with self._lock:
            if not self._is_open or self._records is None:
                raise LatentbridgeError(
                    f"{wanted.metadata.name} was not loaded, since nothing sounds at the moment.",
                    "",
                    "Ask again when sound is back.",
                )
            order = self._models.order(wanted)
            for record in encode_chunks(Kind.MODEL, order.to_bytes()):
                self._records.send(record, keep=True)
            return order.number

    @property
    def played(self) -> PlayedModel:
        """The model that plays."""
        return self._models.now

    @property
    def history(self) -> NoteHistory:
        """Notes of the model that plays."""
        return self._models.history

    def _take_over(self, event: Event) -> None:
        """Follow the engine to the model that was ordered last."""
        if self._models.take_over(event):
            self._standing = Standing(self.played.metadata, self._standing)
            with self._lock:
                self._recent.forget_places()
            if self._report:
                self._report = replace(self._report, model_hash=self.played.graph_hash)

    def listen(self, on_event: Callable[[Event], None]) -> None:
        """Call ``on_event``, from a thread, with everything that this engine says, until it has ended."""
        arguments = (self._records, on_event)
        self._listener = threading.Thread(target=self._listen, args=arguments, name="engine listener", daemon=True)
        self._listener.start()

    def runs(self, who: str) -> bool:
        """Tell whether a process, ``engine`` or ``jack``, is running."""
        return who in self._children and self._children[who].is_running

    @property
    def uses_jack(self) -> bool:
        """Whether JACK is the output."""
        return bool(self._found)

    def why_ended(self, who: str) -> str:
        """Return what a process said before it ended, or nothing."""
        return self._children[who].last_words() if who in self._children else ""

    @property
    def dropped_events(self) -> int:
        """Events that did not reach the engine."""
        sent = self._records.dropped if self._records else 0
        return self._dropped + sent + self.meters[Meter.DROPPED_AT_OUTPUT] + self.meters[Meter.DROPPED_IN_ENGINE]

    def end(self) -> None:
        """Fade out and end all processes, within a second, having heard the engine's last words. May be repeated."""
        self.send(Event(Kind.STOP))
        with self._life:
            self._ended, self._is_open = True, False
            children, self._children = self._children, {}
        if "engine" in children:
            children["engine"].end(_END_SECONDS)
        # JACK's process ends when engine and interface have gone; until then the fade is still being heard.
        self._close_control()
        if "jack" in children:
            children["jack"].end(_END_SECONDS)
        if self._listener:
            self._listener.join(_END_SECONDS)
        if self._records:
            self._records.close()
        for buffer in self._buffers.values():
            buffer.close()

    @property
    def has_ended(self) -> bool:
        """Whether :meth:`end` has been called."""
        return self._ended

    def _start(self, wait: bool, set_up: bool) -> SoundReport:
        choice = self._choose_output(wait)
        loaded = self._engine_answer(_START_SECONDS)
        is_kept = self._jack_end is not None and bool(self._found)
        if not is_kept:
            self.meters[Meter.OUTPUT_TAKEN_NS] = 0
        self._child("engine").tell(
            choice
            | {
                "delay_blocks": delay_blocks(self._settings, self._delay_seconds, choice),
                "wait_for_output": wait,
                "silent_from_frame": self._silent_from_frame,
                # A JACK client that ran all the time has counted the frames of silence itself.
                "silent_since_ns": 0 if is_kept else self._silent_since_ns,
            }
        )
        answer = self._engine_answer(None if wait else _START_SECONDS)
        report = report_of(choice, loaded, answer)
        self._delay_seconds = answer["delay_blocks"] * report.block_frames / report.output_rate
        self._output = "jack" if self._found else report.output
        self._report = report
        self._open(set_up)
        self._connect_jack()
        self._await_first_block()
        return report

    def _engine_answer(self, seconds: float | None) -> Document:
        try:
            return self._child("engine").answer(seconds)
        except LatentbridgeError as error:
            raise EngineError(error.wrong, error.expected, error.remedy) from None

    def _open(self, set_up: bool) -> None:
        """Let events pass; a new engine is first told all that was set before."""
        with self._lock:
            if set_up and self._records:
                events = self._standing.events(MappingTable.from_bytes(self._mapping))
                events += [replace(event, time=0, clock=Clock.FRAME) for event in self._recent.since(self._heard_ns)]
                self._records.send(b"".join(map(encode, events)), keep=True)
            self._is_open = True

    def _connect_jack(self) -> None:
        """Let a new JACK client begin, or hand one that runs the way to the new engine."""
        if not self._found:
            return
        jack = self._child("jack")
        end, self._jack_end = self._jack_end, None
        if end is None or self._control is None:
            jack.tell({"start": True})
            return
        try:
            hand_over(self._control, end, self._heard_ns, jack.pid)
        except OSError:
            raise LatentbridgeError("The JACK client has gone.") from None

    def _choose_output(self, wait: bool) -> Document:
        """Return what the engine is told of its output; waits for JACK to answer."""
        jack = self._children.get("jack")
        if jack and self._jack_end is not None:
            # It has been running all the time.
            return self._found | {"block_frames": self._report.block_frames if self._report else 0}
        if jack:
            try:
                found = jack.answer(None if wait else _START_SECONDS)
            except LatentbridgeError:
                if self._output == "jack":
                    raise
                del self._children["jack"]
                self._close_control()
            else:
                self._found = found | {"output": "jack", "name": f"jack:{found['client']}"}
                return self._found
        if self._jack_end is not None:
            self._jack_end.close()
            self._jack_end = None
        return {"output": self._output, "block_frames": self._settings.block_frames}

    def _kill(self, name: str) -> None:
        child = self._children.pop(name, None)
        if child is not None:
            child.end(0)

    def _child(self, name: str) -> Child:
        self._check_not_ended()
        return self._children[name]

    def _check_not_ended(self) -> None:
        if self._ended:
            raise LatentbridgeError("Playing has ended.")

    def _close_control(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None

    def _await_first_block(self) -> None:
        end = time.monotonic() + _FIRST_BLOCK_SECONDS
        while not self.meters[Meter.OUTPUT_TAKEN_NS]:
            if time.monotonic() > end:
                raise LatentbridgeError(
                    "The output was opened, but takes no sound.",
                    "",
                    "Try another one: latentbridge devices lists them.",
                )
            time.sleep(0.002)

    def _listen(self, records: RecordSocket, on_event: Callable[[Event], None]) -> None:
        while not records.closed:
            select.select([records.socket], [], [], _READ_SECONDS)
            # Receiving touches nothing that sending does, so it needs no lock.
            for event in map(decode, records.receive()):
                self._remember(event)
                if event.kind != Kind.MIDI:
                    on_event(event)
            with self._lock:
                records.flush()

    def _remember(self, event: Event) -> None:
        """Follow what the engine says of itself, for the engine that may have to take its place."""
        if event.kind == Kind.PLAYED:
            self._standing.apply(original(event))
        elif event.kind == Kind.MIDI:
            self._standing.apply(event)
        elif event.kind == Kind.MODEL_CHANGED:
            self._take_over(event)
        elif event.kind == Kind.READY and self._report:
            self._report = replace(
                self._report, block_frames=event.index, delay_frames=event.time, port_delay_frames=event.seed
            )
