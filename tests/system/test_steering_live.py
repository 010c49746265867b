"""The shipped notes steered while they sound, through JACK and real sockets: motion, MPE, programs, learning."""

import socket
from collections.abc import Iterator

import numpy as np
import pytest

from runtime.contract import read_decoder_metadata
from runtime.model_files import find_model
from tests.controls.osc_rig import OscClient
from tests.system.jack_playing import OUTPUTS, off, on
from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import Playing, eventually, playing

RATE = 48_000
NOTES = find_model("notes")
PRESETS = list(read_decoder_metadata(NOTES).presets)


class World:
    """An instrument that plays, a program that speaks OSC to it, and a keyboard."""

    def __init__(self, instrument: Playing, client: OscClient, studio: Studio) -> None:
        self.instrument, self.client, self.studio = instrument, client, studio


@pytest.fixture(scope="module")
def whole_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = tmp_path_factory.mktemp("data")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("--output", "jack", "--osc", f"127.0.0.1:{port}")
    with (
        jack_server() as server,
        playing(NOTES, *options, server=server.name, environment={"XDG_DATA_HOME": str(data)}) as instrument,
    ):
        instrument.await_ready()
        client = OscClient(("127.0.0.1", port))
        client.hello()
        with Studio(server, OUTPUTS) as studio:
            yield World(instrument, client, studio)
        client.close()


@pytest.fixture
def world(whole_world: World) -> World:
    """The same for every test; the client introduces itself again, since who is silent for ten seconds is forgotten."""
    whole_world.client.settle()
    return whole_world


def brightness_octaves(sound: np.ndarray, hop: int = 480) -> np.ndarray:
    """Spectral centroid over time, in octaves, one number for every 10 ms: [hops]."""
    window = np.hanning(2048)
    frames = np.lib.stride_tricks.sliding_window_view(sound[0], 2048)[::hop] * window
    magnitude = np.abs(np.fft.rfft(frames))
    centroid = magnitude @ np.fft.rfftfreq(2048, 1 / RATE) / np.maximum(magnitude.sum(1), 1e-9)
    return np.log2(np.maximum(centroid, 20.0))


def partial_level(sound: np.ndarray, note: float) -> float:
    """Level of a fundamental, in dB: the strongest bin within 20 cents of a note."""
    spectrum = np.abs(np.fft.rfft(sound[0] * np.hanning(sound.shape[1]))) / sound.shape[1]
    hz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    cents = 1200 * np.log2(np.maximum(hz, 1.0) / (440 * 2 ** ((note - 69) / 12)))
    return float(20 * np.log10(spectrum[np.abs(cents) < 20].max() + 1e-9))


def test_an_lfo_of_two_hertz_moves_a_held_note_twice_a_second_and_can_be_ended(world: World) -> None:
    held = [(0, on(60, 90)), (6 * RATE, off(60))]
    world.client.send("/lb/preset", "clarinet")
    world.client.send("/lb/axis/brightness/lfo", 0.5, 2.0)
    world.client.ping()
    swinging = brightness_octaves(world.studio.perform(held, 7 * RATE)[:, RATE : 5 * RATE])
    world.client.send("/lb/axis/brightness/lfo", 0.0)
    world.client.settle()
    still = brightness_octaves(world.studio.perform(held, 7 * RATE)[:, RATE : 5 * RATE])
    assert swinging.std() > 4 * still.std()
    spectrum = np.abs(np.fft.rfft((swinging - swinging.mean()) * np.hanning(len(swinging))))
    assert np.fft.rfftfreq(len(swinging), 0.01)[spectrum.argmax()] == pytest.approx(2.0, abs=0.3)


def test_with_mpe_one_finger_bends_its_own_note_and_leaves_the_other_in_tune(world: World) -> None:
    def control(channel: int, number: int, value: int) -> bytes:
        return bytes((0xB0 | channel, number, value))

    zone = [(0, control(0, 101, 0)), (0, control(0, 100, 6)), (0, control(0, 6, 5))]
    a_semitone_up = 8192 + round(8191 / 48)
    bend = bytes((0xE2, a_semitone_up & 127, a_semitone_up >> 7))
    score = [
        *zone,
        (RATE // 10, bytes((0x91, 60, 90))),
        (RATE // 10, bytes((0x92, 67, 90))),
        (3 * RATE, bend),
        (6 * RATE, bytes((0x81, 60, 0))),
        (6 * RATE, bytes((0x82, 67, 0))),
        (6 * RATE, control(0, 101, 0)), (6 * RATE, control(0, 100, 6)), (6 * RATE, control(0, 6, 0)),
    ]  # fmt: skip
    world.client.send("/lb/preset", "clarinet")
    world.client.ping()
    sound = world.studio.perform(score, 8 * RATE)
    before, after = sound[:, RATE : 2 * RATE], sound[:, 4 * RATE : 5 * RATE]
    assert abs(partial_level(after, 60) - partial_level(before, 60)) < 3
    assert partial_level(before, 67) - partial_level(before, 68) > 20
    assert partial_level(after, 68) - partial_level(after, 67) > 20


def test_a_program_change_recalls_a_preset_that_was_saved_a_moment_ago(world: World) -> None:
    client = world.client
    client.send("/lb/preset", "violin")
    client.send("/lb/axis/brightness", 0.75)
    client.send("/lb/preset/save", "dark road")
    assert client.until("/lb/presetinfo")[-1][1][2] == 0
    client.send("/lb/random", 1.0)
    client.send("/lb/axis/brightness", 0.25)
    client.settle_quietly()
    world.studio.perform([(0, bytes((0xC0, len(PRESETS))))], RATE // 2)
    violin = pytest.approx(read_decoder_metadata(NOTES).presets["violin"], abs=1e-5)

    def is_recalled() -> bool:
        state = dict(client.settle())
        return state["/lb/z"] == violin and state["/lb/axis/brightness"] == [0.75]

    assert eventually(is_recalled)


def test_a_knob_that_was_taught_moves_its_axis_and_a_melody_teaches_nothing(world: World) -> None:
    client = world.client
    client.send("/lb/learn", "axis attack")
    client.ping()
    melody = [(n * 4800, on(60 + n, 80)) for n in range(5)] + [(n * 4800 + 2400, off(60 + n)) for n in range(5)]
    turning = [(30_000 + 960 * n, bytes((0xB0, 25, 10 * n))) for n in range(12)]
    world.studio.perform(sorted(melody) + turning, RATE)
    assert client.until("/lb/learned")[-1][1] == ["cc 25", "axis attack"]
    world.studio.perform([(0, bytes((0xB0, 25, 127)))], RATE // 4)
    assert eventually(lambda: ("/lb/axis/attack", [1.0]) in client.settle())
