"""A running OSC service with everything it says to the program recorded, and clients with real sockets."""

import itertools
import queue
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from runtime.contract import DecoderMetadata
from runtime.controls.osc import ROUNDS_PER_SECOND, OscService
from runtime.controls.osc_feedback import EngineReport, InstrumentInfo, Levels
from runtime.controls.osc_hooks import OscHooks
from runtime.events import Clock, Event, Kind, played
from runtime.mapping_table import MappingTable
from runtime.steering.steering import Keeping, Steering, SteeringHooks
from runtime.training import Training, TrainingHooks

PATIENCE_SECONDS = 20.0
"""How long a test waits for what must come, before it fails."""
INFO = InstrumentInfo("tiny", 4, 48_000, 128, 16, 384, "0.0.test")
HASH = "0" * 64
REPORT = EngineReport(0.25, 3, 5, 8.0)
LEVELS = Levels(-6.0, -12.5, 1.5, 77)
Heard = tuple[str, list[Any]]


def osc(address: str, *arguments: Any, kinds: str = "") -> bytes:
    """A message as a datagram; ``kinds`` fixes the type tags, otherwise they follow the Python types."""
    builder = OscMessageBuilder(address)
    for argument, kind in itertools.zip_longest(arguments, kinds):
        builder.add_arg(argument, kind)
    return builder.build().dgram


def bundle(elements: Iterable[bytes], time_tag: bytes = b"\0\0\0\0\0\0\0\1") -> bytes:
    return b"#bundle\0" + time_tag + b"".join(len(e).to_bytes(4, "big") + e for e in elements)


class Rig:
    """A service at a free port. Its clock for clients stands still until a test moves it."""

    def __init__(self, metadata: DecoderMetadata) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.captures: queue.Queue[tuple[int, str, int]] = queue.Queue()
        self.kits: queue.Queue[tuple[int, str]] = queue.Queue()
        self.wishes: queue.Queue[str] = queue.Queue()
        self.log: list[str] = []
        self.seconds = 0.0
        self.engine_echoes = True
        self.encodings: queue.Queue[tuple[int, str, bool]] = queue.Queue()
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        """Where presets and kits are kept."""
        self.tables: queue.Queue[MappingTable] = queue.Queue()
        steering_hooks = SteeringHooks(self._send, self.tables.put, self.log.append, self.log.append)
        self.steering = Steering(
            metadata, HASH, steering_hooks, MappingTable(), Keeping(self.folder), np.random.default_rng(1)
        )
        self.problems: queue.Queue[str] = queue.Queue()
        training = TrainingHooks(self.wishes.put, self.log.append, lambda error: self.problems.put(str(error)))
        hooks = OscHooks(
            training=Training(self.steering.desk, self.folder, training),
            encode=lambda part, path, refine: self.encodings.put((part, path, refine)),
            capture=lambda *wanted: self.captures.put(wanted),
            export_kit=lambda part, name: self.kits.put((part, name)),
            change_model=self.wishes.put,
            report=lambda: REPORT,
            levels=lambda: LEVELS,
            moved=lambda: [0.25, 0.5],
            models=lambda: ["drums", "/somewhere/other.onnx"],
            log=self.log.append,
        )
        self.service = OscService(("127.0.0.1", 0), self.steering, INFO, hooks, clock=lambda: self.seconds)
        self.service.start()
        self._clients: list[OscClient] = []
        self._echoes: queue.Queue[Event | None] = queue.Queue()
        self._engine = threading.Thread(target=self._echo)
        self._engine.start()

    def _send(self, event: Event) -> None:
        self.events.put(event)
        self._echoes.put(event)

    def _echo(self) -> None:
        """Say that events have happened, from a thread of its own, as the engine's listener does."""
        while (event := self._echoes.get()) is not None:
            if self.engine_echoes:
                self.say(played(event.at(0)))

    def say(self, event: Event) -> None:
        """Let the engine say something."""
        self.steering.take(event)
        if event.kind is Kind.VOICES:
            self.service.set_voices(event.index)

    def set_model(self, metadata: DecoderMetadata, info: InstrumentInfo = INFO) -> None:
        """Let another model be played from now on."""
        self.steering.set_model(metadata, HASH)
        self.service.set_model(info)

    def client(self, hello: bool = True) -> "OscClient":
        client = OscClient(self.service.address)
        self._clients.append(client)
        if hello:
            client.hello()
        return client

    def event(self) -> Event:
        """The next event for the engine, its time left out."""
        event = self.events.get(timeout=PATIENCE_SECONDS)
        assert event.clock is Clock.ARRIVAL_NS
        assert 0 < event.time <= time.perf_counter_ns()
        return event.at(0)

    def wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < end, "what was waited for did not happen"
            time.sleep(0.002)

    def close(self) -> None:
        self._echoes.put(None)
        self._engine.join(PATIENCE_SECONDS)
        # A last packet wakes the service, which would otherwise wait for one a tenth of a second before it ends.
        self.service._closing = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.service.address)
        self.service.close()
        self.steering.close()
        for client in self._clients:
            client.close()
        self._folder.cleanup()


class OscClient:
    """A program that speaks OSC: sends from one socket, and listens at another, as Max does."""

    def __init__(self, service: tuple[str, int]) -> None:
        self.sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sending.bind(("127.0.0.1", 0))
        self.listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.listening.bind(("127.0.0.1", 0))
        self.listening.settimeout(PATIENCE_SECONDS)
        self.service = service
        self.hears_outside = False
        """Whether it cares how far outside the data the place is, which is told whenever the place moves."""
        self._pings = itertools.count(1)

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def send(self, address: str, *arguments: Any, kinds: str = "") -> None:
        self.send_raw(osc(address, *arguments, kinds=kinds))

    def send_raw(self, packet: bytes) -> None:
        self.sending.sendto(packet, self.service)

    def hello(self) -> list[Heard]:
        """Say hello and return everything up to the end of the answer."""
        self.send("/lb/hello", self.port, "test")
        return self.until("/lb/voices")

    def ping(self) -> list[Heard]:
        """Everything that was said to this client before the answer to a ping, that left out."""
        number = next(self._pings)
        self.send("/lb/ping", number)
        heard = self.until("/lb/pong")
        assert heard[-1] == ("/lb/pong", [number])
        return heard[:-1]

    def settle(self) -> list[Heard]:
        """Everything that was said to this client until a new round of feedback has ended, the answer to hello too."""
        return [*self.hello(), *self.ping()]

    def settle_quietly(self) -> list[Heard]:
        """Everything that is said to this client in the next two rounds of feedback, its pings' answers left out."""
        heard = []
        for _ in range(2):
            time.sleep(1.5 / ROUNDS_PER_SECOND)
            heard += self.ping()
        return heard

    def hear(self) -> Heard:
        message = OscMessage(self.listening.recv(65_535))
        while message.address.endswith("/outside") and not self.hears_outside:
            message = OscMessage(self.listening.recv(65_535))
        return message.address, message.params

    def until(self, address: str) -> list[Heard]:
        """Everything up to the first message with this address, that included."""
        heard = [self.hear()]
        while heard[-1][0] != address:
            heard.append(self.hear())
        return heard

    def close(self) -> None:
        self.sending.close()
        self.listening.close()
