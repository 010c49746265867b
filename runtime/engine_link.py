"""The interface's side of the sound: it starts the engine and its output, speaks to them, and ends them."""

import base64
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.audio_ring import RING_BYTES
from runtime.child_process import Child, Document
from runtime.contract import DecoderMetadata
from runtime.engine.history import NoteHistory
from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind, decode, encode_chunks
from runtime.meters import METER_BYTES, Meter, Meters
from runtime.record_socket import RecordSocket
from runtime.shared_buffer import SharedBuffer

_START_SECONDS: Final = 30.0
_FIRST_BLOCK_SECONDS: Final = 3.0
_END_SECONDS: Final = 0.4
_READ_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What the sound side is asked for."""

    model: Path
    metadata: DecoderMetadata
    mapping: bytes
    """The mapping table as ``MappingTable.to_bytes()`` gives it."""
    output: str = "auto"
    """``auto``, ``jack``, ``null``, or a sound card by name or number."""
    block_frames: int = 128
    """For outputs that let us choose; JACK has its own."""
    voices: int = 16
    delay_blocks: int = 0
    """0 measures how many are needed."""
    provider: str = "cpu"
    connect_midi: bool = True
    """Connect JACK's hardware MIDI inputs."""


@dataclass(frozen=True, slots=True)
class SoundReport:
    """What was got."""

    output: str
    output_rate: int
    """Frames of the output per second; all frames here are its own. The model's rate may be another one."""
    block_frames: int
    delay_frames: int
    """From MIDI to its sound: MIDI of JACK where that is the output, else of a port."""
    port_delay_frames: int
    """From the arrival of a message at a port or socket to its sound."""
    provider: str
    model_hash: str
    midi_port: str = ""
    """The JACK port that takes MIDI; empty unless JACK is the output."""
    midi_sources: tuple[str, ...] = ()
    """MIDI instruments that JACK offers and that are connected to it."""
    conversion_seconds: float = 0.0
    """How much of the delays is conversion to the output's rate."""
    remarks: tuple[str, ...] = ()
    """Sentences for the user, e.g. why the output is not the one hoped for."""


class EngineLink:
    """A running engine with its output. ``send`` may be called from any thread."""

    def __init__(self, settings: SoundSettings, on_end: Callable[[str], None]) -> None:
        """Take the settings; nothing runs before :meth:`start`. ``on_end(who)`` may come from any thread."""
        self._settings = settings
        self._on_end = on_end
        self._playing = False
        self._listener: threading.Thread | None = None
        self._lock = threading.Lock()
        self._children: dict[str, Child] = {}
        meta = settings.metadata
        self._buffers = {
            "ring": SharedBuffer(RING_BYTES),
            "meters": SharedBuffer(METER_BYTES),
            "history": SharedBuffer(NoteHistory.size_bytes(meta)),
        }
        self.meters: Final = Meters(self._buffers["meters"].memory)
        ours, self._engine_end = socket.socketpair()
        self._records = RecordSocket(ours)

    def launch(self) -> None:
        """Start the processes, which load while the caller does other things; :meth:`end` ends them in any case.

        Whoever is told to look after :meth:`end` before this call leaves nothing running, whatever happens.
        """
        settings = self._settings
        output_end, jack_end = socket.socketpair()
        if settings.output in ("auto", "jack"):
            self._children["jack"] = Child(
                "runtime.outputs.jack_process",
                sockets={"engine": jack_end},
                buffers={name: self._buffers[name] for name in ("ring", "meters")},
                setup={"connect_midi": settings.connect_midi},
                label="The JACK client",
                on_end=lambda: self._child_ended("jack"),
            )
        self._children["engine"] = Child(
            "runtime.engine_process",
            sockets={"interface": self._engine_end, "output": output_end},
            buffers=self._buffers,
            setup={
                "model": str(settings.model),
                "voices": settings.voices,
                "provider": settings.provider,
                "mapping": base64.b64encode(settings.mapping).decode(),
            },
            label="The engine",
            on_end=lambda: self._child_ended("engine"),
        )
        jack_end.close()

    def start(self) -> SoundReport:
        """Wait until a note would sound. Raises LatentbridgeError with what stands in the way."""
        choice = self._choose_output()
        engine = self._children["engine"]
        loaded = engine.answer(_START_SECONDS)
        engine.tell(choice | {"delay_blocks": self._settings.delay_blocks})
        answer = engine.answer(_START_SECONDS)
        if "jack" in self._children:
            self._children["jack"].tell({"start": True})
        self._await_first_block()
        self._playing = True
        self.history = NoteHistory(self._settings.metadata, self._buffers["history"].memory)
        return SoundReport(
            output=answer["output"],
            output_rate=answer["output_rate"],
            block_frames=answer["block_frames"],
            delay_frames=answer["delay_frames" if "midi_port" in choice else "port_delay_frames"],
            port_delay_frames=answer["port_delay_frames"],
            provider=loaded["provider"],
            model_hash=loaded["loaded"],
            midi_port=choice.get("midi_port", ""),
            midi_sources=tuple(choice.get("midi_sources", ())),
            conversion_seconds=answer["conversion_seconds"],
            remarks=tuple(answer["remarks"]),
        )

    def send(self, event: Event) -> None:
        """Send an event to the engine; never waits."""
        with self._lock:
            self._records.send_event(event)

    def send_mapping(self, mapping: bytes) -> None:
        """Send a whole new mapping table."""
        with self._lock:
            for record in encode_chunks(Kind.MAPPING, mapping):
                self._records.send(record, keep=True)

    def listen(self, on_event: Callable[[Event], None]) -> None:
        """Call ``on_event``, from a thread, with everything that the engine says, until it has ended."""
        self._listener = threading.Thread(target=self._listen, args=(on_event,), name="engine listener", daemon=True)
        self._listener.start()

    def why_ended(self, who: str) -> str:
        """Return what a process said before it ended, or nothing."""
        return self._children[who].last_words() if who in self._children else ""

    @property
    def dropped_events(self) -> int:
        """Events that did not reach the engine."""
        return self._records.dropped + self.meters[Meter.DROPPED_AT_OUTPUT] + self.meters[Meter.DROPPED_IN_ENGINE]

    def end(self) -> None:
        """Fade out and end all processes, within a second, having heard the engine's last words. May be repeated."""
        self._playing = False
        self.send(Event(Kind.STOP))
        children, self._children = self._children, {}
        # JACK's process ends when the engine has; until it has, the fade is still being heard.
        for name in ("engine", "jack"):
            if name in children:
                children[name].end(_END_SECONDS)
        if self._listener:
            self._listener.join(_END_SECONDS)
        self._records.close()
        for buffer in self._buffers.values():
            buffer.close()

    def _child_ended(self, who: str) -> None:
        if self._playing:
            self._on_end(who)

    def _choose_output(self) -> Document:
        wanted = self._settings.output
        if "jack" in self._children:
            try:
                found = self._children["jack"].answer(_START_SECONDS)
            except LatentbridgeError:
                if wanted == "jack":
                    raise
                del self._children["jack"]
            else:
                return found | {"output": "jack", "name": f"jack:{found['client']}"}
        return {"output": wanted, "block_frames": self._settings.block_frames}

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

    def _listen(self, on_event: Callable[[Event], None]) -> None:
        while not self._records.closed:
            select.select([self._records.socket], [], [], _READ_SECONDS)
            # Receiving touches nothing that sending does, so it needs no lock.
            for record in self._records.receive():
                on_event(decode(record))
            with self._lock:
                self._records.flush()
