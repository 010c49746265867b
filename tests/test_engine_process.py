"""Claims about the engine's round: where an event is placed, what is counted, what is passed on, and how it ends."""

import socket
from pathlib import Path

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Clock, Event, Kind, decode, encode, encode_chunks, midi_event, original
from runtime.mapping import MappingTable
from runtime.mapping_table import Route, Source, Target
from runtime.meters import METER_BYTES, Meter, Meters
from runtime.player import Player
from runtime.record_socket import RecordSocket
from tests.tape import TapedBlocks
from tests.tiny_decoder import TinySettings, write_tiny_decoder

RATE = 48_000
BLOCK = 128
DELAY = 256
PORT_DELAY = 432
START_NS = 1_000_000_000


class Tape(TapedBlocks):
    """Each wait takes one block, until the score says to stop."""

    block_frames = BLOCK
    delay_frames = DELAY
    port_delay_frames = PORT_DELAY
    limit_frame = DELAY

    def __init__(self) -> None:
        super().__init__(RATE)
        self.events: dict[int, list[Event]] = {}

    def wait(self, seconds: float) -> list[Event]:
        self.clock.update(self.taken, START_NS + round(self.taken / RATE * 1e9))
        events = self.events.pop(self.taken, [])
        self.taken += BLOCK
        self.limit_frame = self.taken + DELAY
        return events


class Rig:
    """A player on a tape, with the interface's end of its socket."""

    def __init__(self, model: Path) -> None:
        ours, theirs = socket.socketpair()
        self.interface = RecordSocket(ours)
        self.tape = Tape()
        self.meters = Meters(memoryview(bytearray(METER_BYTES)))
        engine = Engine(Decoder.load(model, 4), EngineSettings(voices=4), MappingTable())
        self.player = Player(engine, self.tape, RecordSocket(theirs), self.meters)

    def play_to(self, frame: int) -> None:
        """Play until the tape has taken so many frames, then stop it as the interface would."""
        self.tape.events.setdefault(frame // BLOCK * BLOCK, []).append(Event(Kind.PLAYED))
        stopper = self.tape.wait

        def wait(seconds: float) -> list[Event]:
            events = stopper(seconds)
            if any(event.kind == Kind.PLAYED for event in events):
                self.interface.send_event(Event(Kind.STOP))
            return [event for event in events if event.kind != Kind.PLAYED]

        self.tape.wait = wait  # type: ignore[method-assign]
        self.player.play()

    def heard_back(self) -> list[Event]:
        return [decode(record) for record in self.interface.receive()]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(write_tiny_decoder(tmp_path, TinySettings(behaviour="constant")))


def onset(sound: np.ndarray) -> int:
    return int(np.argmax(np.abs(sound) > 0))


def test_midi_that_comes_with_a_block_sounds_the_delay_after_its_frame(rig: Rig) -> None:
    arrival = 10 * BLOCK + 37
    rig.tape.events[10 * BLOCK] = [midi_event(b"\x90\x3c\x64", arrival, Clock.ARRIVAL_FRAME)]
    rig.play_to(40 * BLOCK)
    assert onset(rig.tape.sound[0]) == arrival + DELAY
    assert rig.meters[Meter.LATE_EVENTS] == 0


def test_an_event_of_a_port_sounds_the_delay_after_the_time_it_arrived(rig: Rig) -> None:
    arrival = 10 * BLOCK + 50
    arrival_ns = START_NS + round(arrival / RATE * 1e9)
    rig.tape.events[11 * BLOCK] = [Event(Kind.NOTE_ON, arrival_ns, Clock.ARRIVAL_NS, note=60, value=1.0)]
    rig.play_to(40 * BLOCK)
    assert abs(onset(rig.tape.sound[0]) - arrival - PORT_DELAY) <= 1
    assert rig.meters[Meter.LATE_EVENTS] == 0


def test_an_event_that_comes_too_late_happens_at_once_and_is_counted(rig: Rig) -> None:
    rig.tape.events[20 * BLOCK] = [Event(Kind.NOTE_ON, BLOCK, Clock.ARRIVAL_FRAME, note=60, value=1.0)]
    rig.play_to(40 * BLOCK)
    assert onset(rig.tape.sound[0]) == 20 * BLOCK + DELAY
    assert rig.meters[Meter.LATE_EVENTS] == 1


def test_every_event_is_echoed_at_the_frame_it_happened(rig: Rig) -> None:
    rig.tape.events[10 * BLOCK] = [midi_event(b"\x90\x3c\x64", 10 * BLOCK + 5, Clock.ARRIVAL_FRAME)]
    rig.play_to(40 * BLOCK)
    echoes = [original(event) for event in rig.heard_back() if event.kind == Kind.PLAYED]
    assert (echoes[0].kind, echoes[0].time) == (Kind.NOTE_ON, 10 * BLOCK + 5 + DELAY)
    assert echoes[-1].kind == Kind.STOP


def test_the_sound_ends_without_a_click_and_in_silence(rig: Rig) -> None:
    rig.tape.events[0] = [Event(Kind.NOTE_ON, 0, Clock.ARRIVAL_FRAME, note=60, value=1.0)]
    rig.play_to(100 * BLOCK)
    sound = rig.tape.sound[0]
    assert np.abs(sound[90 * BLOCK]) > 0.1
    assert np.abs(np.diff(sound[2 * DELAY :])).max() < 0.001
    assert sound[-1] == 0


def test_it_ends_when_the_interface_is_gone(rig: Rig) -> None:
    rig.interface.close()
    rig.player.play()
    assert rig.tape.closed


def test_a_new_mapping_takes_over_whole(rig: Rig) -> None:
    table = MappingTable(routes=(Route(Source("cc", 20), Target("gain"), -60.0, 0.0),))
    for record in encode_chunks(Kind.MAPPING, table.to_bytes()):
        rig.interface.send(record, keep=True)
    rig.tape.events[10 * BLOCK] = [midi_event(b"\xb0\x14\x00", 10 * BLOCK, Clock.ARRIVAL_FRAME)]
    rig.play_to(20 * BLOCK)
    echoes = [original(event) for event in rig.heard_back() if event.kind == Kind.PLAYED]
    assert (Kind.GAIN, -60.0) in [(echo.kind, echo.value) for echo in echoes]


def test_a_mapping_with_a_hole_is_left_out_and_counted(rig: Rig) -> None:
    records = list(encode_chunks(Kind.MAPPING, MappingTable().to_bytes() * 3))
    for record in records[1:]:
        rig.interface.send(record, keep=True)
    rig.tape.events[10 * BLOCK] = [midi_event(b"\x90\x3c\x64", 10 * BLOCK, Clock.ARRIVAL_FRAME)]
    rig.play_to(20 * BLOCK)
    assert rig.meters[Meter.BAD_EVENTS] == 1
    assert onset(rig.tape.sound[0]) == 10 * BLOCK + DELAY


def test_a_request_to_capture_is_passed_on(rig: Rig) -> None:
    rig.tape.events[10 * BLOCK] = [midi_event(b"\x90\x18\x64", 10 * BLOCK, Clock.ARRIVAL_FRAME)]
    rig.play_to(20 * BLOCK)
    assert len([event for event in rig.heard_back() if event.kind == Kind.CAPTURE]) == 1


def test_nonsense_from_the_interface_does_not_stop_the_sound(rig: Rig) -> None:
    for event in (
        Event(Kind.NOTE_ON, note=200, value=1.0),
        Event(Kind.LATENT, values=(float("nan"),) * 4),
        Event(Kind.AXIS, index=999, value=1.0),
        Event(Kind.NOTE_ON, part=99, note=60, value=1.0),
        midi_event(b"\xff\xff\xff", 0, Clock.FRAME),
    ):
        rig.interface.send(encode(event))
    rig.tape.events[10 * BLOCK] = [midi_event(b"\x90\x3c\x64", 10 * BLOCK, Clock.ARRIVAL_FRAME)]
    rig.play_to(20 * BLOCK)
    assert onset(rig.tape.sound[0]) == 10 * BLOCK + DELAY
