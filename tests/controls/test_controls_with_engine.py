"""Clients, MIDI and the real engine together: dials follow what sounds, and nothing is told twice."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Clock, Event, Kind, decode, encode, midi_event
from runtime.mapping import MappingTable
from tests.controls.osc_rig import PATIENCE_SECONDS, Rig
from tests.tiny_decoder import write_tiny_decoder


class EngineAtTheOtherEnd:
    """A rig whose events go through records to an engine, and its echoes back, as between the processes."""

    def __init__(self, folder: Path) -> None:
        decoder = Decoder.load(write_tiny_decoder(folder), 4)
        self.engine = Engine(decoder, EngineSettings(voices=4), MappingTable())
        self.rig = Rig(decoder.metadata)
        self.rig.engine_echoes = False
        self.work: queue.Queue[Event | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def play_midi(self, *data: int) -> None:
        self.work.put(midi_event(bytes(data), 0, Clock.FRAME))

    def hand_on(self, count: int) -> None:
        """Hand so many events of the service to the engine."""
        for _ in range(count):
            self.work.put(self.rig.event())

    def close(self) -> None:
        self.work.put(None)
        self._thread.join(PATIENCE_SECONDS)
        self.rig.close()

    def _run(self) -> None:
        while (event := self.work.get()) is not None:
            self.engine.post(decode(encode(event)).at(self.engine.frame))
            self.engine.render(64)
            while self.engine.played:
                self.rig.say(decode(encode(self.engine.played.popleft())))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[EngineAtTheOtherEnd]:
    built = EngineAtTheOtherEnd(tmp_path)
    yield built
    built.close()


def test_a_knob_on_the_keyboard_moves_the_dial_of_every_client(world: EngineAtTheOtherEnd) -> None:
    clients = [world.rig.client(), world.rig.client()]
    world.play_midi(0xB0, 74, 100)
    expected = ("/lb/axis/tone", [float(np.float32(100 / 127))])
    assert [client.hear() for client in clients] == [expected, expected]
    world.play_midi(0xB4, 7, 50)
    address, (gain_db,) = clients[0].hear()
    assert address == "/lb/gain"
    assert gain_db == pytest.approx(-12.04, abs=0.01)


def test_what_a_client_moves_comes_back_from_the_engine_as_no_news(world: EngineAtTheOtherEnd) -> None:
    sender, other = world.rig.client(), world.rig.client()
    for message in (
        ("/lb/z", 0.1, -0.2, 0.3, 10),
        ("/lb/z/2", 1 / 3),
        ("/lb/part/5/axis/noise", 0.7),
        ("/lb/glide", 33.3),
        ("/lb/gain", -4.2),
    ):
        sender.send(*message)
    world.hand_on(5)
    world.play_midi(0xB1, 74, 127)
    assert other.until("/lb/part/2/axis/tone")
    heard = sender.until("/lb/part/2/axis/tone")
    assert heard == [("/lb/part/2/axis/tone", [1.0])]
    assert not world.rig.steering.desk._own._waiting
    assert not world.engine.statistics.bad_events


def test_a_key_by_osc_sounds_and_the_capture_key_by_midi_asks_for_a_capture(world: EngineAtTheOtherEnd) -> None:
    client = world.rig.client()
    client.send("/lb/note", 60, 100)
    world.hand_on(1)
    world.rig.wait(lambda: world.engine.sounding == 1)
    client.send("/lb/alloff")
    world.hand_on(2)
    world.play_midi(0x90, 60, 100)
    world.play_midi(0x90, 24, 100)
    world.rig.wait(lambda: bool(world.engine.requests))
    assert world.engine.requests[0].kind is Kind.CAPTURE
