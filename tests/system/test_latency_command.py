"""`latentbridge latency` through a real JACK server: a client that holds sound back for a known time is the room."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import jack
import numpy as np
import pytest

from tests.system.jack_rig import JackServer, jack_server

PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def server() -> Iterator[JackServer]:
    with jack_server() as running:
        yield running


@contextlib.contextmanager
def room(server: JackServer, delay_frames: int, gain: float = 0.5) -> Iterator[None]:
    """A client ``room`` whose ``out`` says what its ``in`` heard ``delay_frames`` ago."""
    client = jack.Client("room", no_start_server=True, servername=server.name)
    heard, said = client.inports.register("in"), client.outports.register("out")
    line = np.zeros(delay_frames, np.float32)

    def echo(frames: int) -> None:
        nonlocal line
        line = np.concatenate([line, np.frombuffer(heard.get_buffer(), np.float32)])
        np.frombuffer(said.get_buffer(), np.float32)[:] = gain * line[:frames]
        line = line[frames:]

    client.set_process_callback(echo)
    with client:
        yield
    client.close()


def measured(server: JackServer, *options: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"JACK_DEFAULT_SERVER": server.name}
    command = [sys.executable, "-m", "runtime.cli", "latency", "--clicks", "4", *options]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def round_trip_frames(said: str) -> int:
    found = re.search(r"\((\d+) frames\), spread 0 frames, 4 of 4 clicks heard, -6 dB", said)
    assert found, said
    return int(found.group(1))


def test_a_longer_way_is_longer_by_as_many_frames(server: JackServer) -> None:
    trips = []
    for delay_frames in (1000, 3500):
        with room(server, delay_frames):
            done = measured(server, "--play-to", "room:in", "--listen-at", "room:out")
        assert done.returncode == 0, done.stderr
        trips.append(round_trip_frames(done.stdout))
    assert trips[1] - trips[0] == 2500
    assert 1000 <= trips[0] <= 1000 + 128, "a loop through JACK takes at most one block more"


def test_a_sound_card_of_portaudio_is_measured_too(server: JackServer) -> None:
    """Its way to the device is another one; the device here is the room, which PortAudio shows as a card."""
    with room(server, 2000):
        done = measured(server, "--output", "room", "--listen-at", "room")
    assert done.returncode == 0, done.stderr
    assert 2000 <= round_trip_frames(done.stdout) <= 2000 + 4 * 128
    assert "declare" not in done.stdout, "PortAudio knows nothing of JACK's latencies"


def test_an_input_that_hears_nothing_is_said_with_what_to_do(server: JackServer) -> None:
    done = measured(server)
    assert done.returncode == 1
    assert "0 came back" in done.stderr
    assert "cable" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_not_there_is_named_beside_those_that_are(server: JackServer) -> None:
    done = measured(server, "--listen-at", "nobody:out")
    assert done.returncode == 1
    assert "'nobody:out'" in done.stderr
    assert "system:capture_1" in done.stderr
