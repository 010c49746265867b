"""Claims about an output at another rate than the model's: where events are heard, and what a person is told."""

import socket
from collections.abc import Iterator
from itertools import chain, repeat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engine.decoder import Decoder
from runtime.engine.rate_conversion import RateConversion
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Clock, Event, Kind, decode, midi_event, original
from runtime.mapping import MappingTable
from runtime.meters import METER_BYTES, Meter, Meters
from runtime.outputs import Output
from runtime.outputs.converted import ConvertedOutput, at_engine_rate, device_times
from runtime.player import Player
from runtime.record_socket import RecordSocket
from tests.performance import tiny
from tests.tape import TapedBlocks
from tests.tiny_decoder import LEVEL, TinySettings

ENGINE_RATE = 48_000
RATES = [44_100, 88_200, 96_000]
DELAY = 2048
PORT_DELAY = DELAY + 200
START_NS = 1_000_000_000
KEY = b"\x90\x3c\x7f"


class Tape(TapedBlocks):
    """A device of any rate: each wait takes the next block."""

    delay_frames = DELAY
    port_delay_frames = PORT_DELAY

    def __init__(self, rate: int, sizes: Iterator[int], arrivals: list[int], last_frame: int) -> None:
        super().__init__(rate)
        self._rate, self._sizes, self._last_frame = rate, sizes, last_frame
        self._arrivals = arrivals
        self.block_frames = next(self._sizes)
        self.limit_frame = DELAY

    def wait(self, seconds: float) -> list[Event]:
        begin, self.taken = self.taken, self.taken + self.block_frames
        self.clock.update(begin, START_NS + round(begin / self._rate * 1e9))
        self.block_frames = next(self._sizes)
        self.limit_frame = self.taken + DELAY
        if begin > self._last_frame:
            return [Event(Kind.STOP)]
        return [midi_event(KEY, at, Clock.ARRIVAL_FRAME) for at in self._arrivals if begin <= at < self.taken]


class Rig:
    """A player on a converted tape."""

    def __init__(self, decoder: Decoder, tape: Tape, rate: int) -> None:
        ours, theirs = socket.socketpair()
        self.interface, self.tape = RecordSocket(ours), tape
        self.meters = Meters(memoryview(bytearray(METER_BYTES)))
        engine = Engine(decoder, EngineSettings(voices=4), MappingTable())
        self.player = Player(engine, at_engine_rate(tape, ENGINE_RATE, rate), RecordSocket(theirs), self.meters)

    def play(self) -> np.ndarray:
        """Play until the tape has been heard out; STOP comes with its last block."""
        taken = self.tape.wait

        def wait(seconds: float) -> list[Event]:
            events = taken(seconds)
            if events and events[0].kind is Kind.STOP:
                self.interface.send_event(Event(Kind.STOP))
                return []
            return events

        self.tape.wait = wait  # type: ignore[method-assign]
        self.player.play()
        return self.tape.sound

    def heard_back(self) -> list[Event]:
        return [decode(record) for record in self.interface.receive()]


def played(rate: int, sizes: list[int], arrivals: list[int], decoder: Decoder | None = None) -> Rig:
    decoder = decoder or tiny(TinySettings(behaviour="constant"), voices=4)
    tape = Tape(rate, chain(sizes, repeat(128)), arrivals, last_frame=max(arrivals) + 8_000)
    rig = Rig(decoder, tape, rate)
    rig.play()
    return rig


@settings(deadline=None, max_examples=25)
@given(rate=st.sampled_from(RATES), arrival=st.integers(0, 20_000), sizes=st.lists(st.integers(32, 2048), max_size=20))
def test_a_key_is_heard_the_constant_delay_later_in_any_blocks(rate: int, arrival: int, sizes: list[int]) -> None:
    rig = played(rate, sizes, [arrival])
    delay = DELAY + RateConversion(ENGINE_RATE, rate).delay_output_frames
    middle = int(np.argmax(rig.tape.sound[0] > LEVEL / 2))
    # The note begins at a frame of the engine, and is found at a frame of the device.
    assert abs(middle - arrival - delay) <= 1 + rate / ENGINE_RATE / 2
    assert rig.meters[Meter.LATE_EVENTS] == 0
    assert rig.meters[Meter.LATE_BLOCKS] == 0


@settings(deadline=None, max_examples=10)
@given(rate=st.sampled_from(RATES), sizes=st.lists(st.integers(32, 2048), max_size=20))
def test_blocks_that_change_in_mid_stream_give_the_same_samples(rate: int, sizes: list[int]) -> None:
    arrivals = [100, 1_000, 5_000, 5_000, 9_999]
    decoder = tiny(voices=4)
    regular = played(rate, [], arrivals, decoder).tape.sound
    changing = played(rate, sizes, arrivals, decoder).tape.sound
    # Where it ends hangs on the block in which the tape ends.
    frames = max(arrivals) + 8_000
    np.testing.assert_array_equal(regular[:, :frames], changing[:, :frames])


@pytest.mark.parametrize("rate", RATES)
def test_what_is_heard_is_what_the_offline_engine_makes_converted(rate: int) -> None:
    decoder = tiny(voices=4)
    rig = played(rate, [64, 1024, 300], [100, 1_000, 5_000], decoder)
    engine = Engine(decoder, EngineSettings(voices=4))
    for event in rig.heard_back():
        if event.kind is Kind.PLAYED:
            engine.post(original(event))
    conversion = RateConversion(ENGINE_RATE, rate)
    frames = rig.tape.sound.shape[1]
    offline = conversion.convert(engine.render(conversion.engine_frames_for(frames)))
    np.testing.assert_array_equal(offline[:, :frames], rig.tape.sound)


@pytest.mark.parametrize("rate", RATES)
def test_an_event_of_a_port_is_heard_the_port_delay_after_its_time(rate: int) -> None:
    decoder = tiny(TinySettings(behaviour="constant"), voices=4)
    tape = Tape(rate, repeat(128), [], last_frame=20_000)
    rig = Rig(decoder, tape, rate)
    arrival = 6_050
    arrival_ns = START_NS + round(arrival / rate * 1e9)
    rig.interface.send_event(Event(Kind.NOTE_ON, arrival_ns, Clock.ARRIVAL_NS, note=60, value=1.0))
    middle = int(np.argmax(rig.play()[0] > LEVEL / 2))
    delay = PORT_DELAY + RateConversion(ENGINE_RATE, rate).delay_output_frames
    assert abs(middle - arrival - delay) <= 2 + rate / ENGINE_RATE


@pytest.mark.parametrize("rate", RATES)
def test_a_person_is_told_frames_of_the_device_and_how_much_of_them_is_conversion(rate: int) -> None:
    output: Output = at_engine_rate(Tape(rate, repeat(128), [], 0), ENGINE_RATE, rate)
    assert isinstance(output, ConvertedOutput)
    times = device_times(output, ENGINE_RATE)
    assert (times.output_rate, times.block_frames) == (rate, 128)
    extra = times.delay_frames - DELAY
    assert times.port_delay_frames - PORT_DELAY == extra
    assert times.conversion_seconds == extra / rate < 0.001


def test_a_change_of_the_block_is_told_in_frames_of_the_device() -> None:
    rig = played(44_100, [128] * 20 + [512] * 5, [100])
    told = [(event.index, event.time) for event in rig.heard_back() if event.kind is Kind.READY]
    assert told == [(512, DELAY + 36), (128, DELAY + 36)]


def test_a_device_of_the_models_rate_is_left_as_it_is() -> None:
    tape = Tape(ENGINE_RATE, repeat(128), [], 0)
    assert at_engine_rate(tape, ENGINE_RATE, ENGINE_RATE) is tape
    times = device_times(tape, ENGINE_RATE)
    assert (times.block_frames, times.delay_frames, times.port_delay_frames) == (128, DELAY, PORT_DELAY)
    assert times.conversion_seconds == 0
