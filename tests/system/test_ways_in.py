"""Claims about playing from outside: OSC, the capture key, the space bar, and sound through a sound card."""

import os
import pty
import signal
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path

import numpy as np
import soundfile
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import Playing, eventually, playing
from tests.tiny_decoder import TinySettings, write_tiny_decoder

JACK_OUTPUTS = ("latentbridge:out_1", "latentbridge:out_2")
CARD_OUTPUTS = ("PortAudio:out_0", "PortAudio:out_1")
STALLING_PLAYER = """
import sys, time
import numpy as np
from runtime.meters import METER_BYTES, Meter, Meters
from runtime.outputs.portaudio import PortAudioOutput

meters = Meters(memoryview(bytearray(METER_BYTES)))
output = PortAudioOutput("auto", 48_000, 512, 1, meters)
block = np.full((2, output.block_frames), 0.25, np.float32)

def play(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        limit = output.limit_frame
        output.wait(0.1)
        if output.limit_frame > limit:
            output.write(block)

print("open", flush=True)
sys.stdin.read()
for _ in range(output.limit_frame // output.block_frames):
    output.write(block)
play(0.5)
time.sleep(0.5)
play(0.5)
print(meters[Meter.LATE_BLOCKS], "late", flush=True)
output.close()
"""
"""Plays a constant through the first sound card, with half a second of silence in the middle."""
ON_A_TERMINAL = (
    sys.executable,
    "-c",
    "import os, sys, fcntl, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execvp(sys.argv[1], sys.argv[1:])",
)
"""Starts a command with stdin, a pseudo-terminal, as its controlling terminal."""


def osc(instrument: Playing, address: str, *arguments: int | float | str) -> None:
    """Send one OSC message to where the ready line says."""
    host, port = instrument.ready.split("OSC ")[1].split(",")[0].split(":")
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(builder.build().dgram, (host, int(port)))


def captured(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.wav"))


def test_a_note_by_osc_sounds_and_stops(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    options = ("--output", "jack", "--midi", "none", "--osc", "127.0.0.1:0")
    with jack_server() as server, playing(model, *options, server=server.name) as instrument:
        instrument.await_ready()
        with Studio(server, JACK_OUTPUTS) as studio:

            def play() -> None:
                osc(instrument, "/lb/note", 60, 100)
                time.sleep(0.2)
                osc(instrument, "/lb/note", 60, 0)

            sound = studio.perform([], 96_000, play, 10_000, freewheel=False)
    heard = np.nan_to_num(sound)
    assert np.abs(heard[:, :5000]).max() == 0
    assert np.abs(heard).max() > 0.01
    assert np.abs(heard[:, -5000:]).max() == 0


def test_the_capture_key_writes_the_note_played_last(tmp_path: Path) -> None:
    model, folder = write_tiny_decoder(tmp_path), tmp_path / "captures"
    options = ("--output", "jack", "--midi", "jack", "--osc", "off", "--captures", str(folder))
    with jack_server() as server, playing(model, *options, server=server.name) as instrument:
        instrument.await_ready()
        with Studio(server, JACK_OUTPUTS) as studio:
            key, capture = bytes((0x90, 67, 100)), bytes((0x90, 24, 1))
            sound = studio.perform([(1000, key), (10_000, bytes((0x80, 67, 0))), (90_000, capture)], 96_000)
        assert eventually(lambda: captured(folder) != [])
        assert eventually(lambda: "captured" in instrument.stderr)
    (file,) = captured(folder)
    written, rate = soundfile.read(file, dtype="float32")
    assert rate == 48_000
    start = 1000 + int(instrument.ready.split("delay ")[1].split()[0])
    length = min(len(written), 4000)
    heard = sound[0, start : start + length]
    assert np.corrcoef(heard, written[:length])[0, 1] > 0.999


def test_the_space_bar_captures_and_the_terminal_is_left_as_it_was(tmp_path: Path) -> None:
    model, folder = write_tiny_decoder(tmp_path), tmp_path / "captures"
    options = ("--output", "null", "--midi", "none", "--osc", "127.0.0.1:0", "--captures", str(folder))
    keyboard, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    try:
        with playing(model, *options, wrapper=ON_A_TERMINAL, stdin=terminal) as instrument:
            instrument.await_ready()
            osc(instrument, "/lb/note", 60, 100)
            osc(instrument, "/lb/note", 60, 0)
            time.sleep(0.5)
            os.write(keyboard, b"x ")
            assert eventually(lambda: len(captured(folder)) == 1)
            instrument.process.send_signal(signal.SIGINT)
            assert instrument.ended() == 0
        assert termios.tcgetattr(terminal) == before
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_ctrl_c_in_the_terminal_ends_it_well(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path)
    keyboard, terminal = pty.openpty()
    try:
        options = ("--output", "null", "--midi", "none", "--osc", "off")
        with playing(model, *options, wrapper=ON_A_TERMINAL, stdin=terminal) as instrument:
            instrument.await_ready()
            os.write(keyboard, b"\x03")
            assert instrument.ended() == 0
            assert instrument.stderr == ""
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_a_sound_card_plays_what_the_engine_makes(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    options = ("--output", "system", "--midi", "none", "--osc", "127.0.0.1:0", "--block", "512")
    with jack_server(block_frames=512) as server, playing(model, *options, server=server.name) as instrument:
        assert "output system" in instrument.await_ready()
        with Studio(server, CARD_OUTPUTS, midi_port="") as studio:
            sound = studio.perform([], 96_000, lambda: osc(instrument, "/lb/note", 60, 100), 10_000, freewheel=False)
    heard = np.abs(sound[0, ~np.isnan(sound[0])])
    onset = int(np.argmax(heard > 0))
    assert 5000 < onset < 90_000
    # A gap may be the machine's own.
    assert np.mean(heard[onset + 1000 :] > 0.01) > 0.9


def test_a_sound_card_plays_on_after_its_ring_has_run_dry() -> None:
    with jack_server(block_frames=512) as server:
        environment = os.environ | {"JACK_DEFAULT_SERVER": server.name}
        command = [sys.executable, "-c", STALLING_PLAYER]
        with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as player:
            assert player.stdin is not None
            assert player.stdout is not None
            assert player.stdout.readline() == b"open\n"
            with Studio(server, CARD_OUTPUTS, midi_port="") as studio:
                sound = studio.perform([], 144_000, player.stdin.close, 10_000, freewheel=False)
            assert player.stdout.readline() == b"1 late\n"
    heard = sound[0, ~np.isnan(sound[0])]
    first, last = np.flatnonzero(heard == 0.25)[[0, -1]]
    assert np.mean(heard[first:last] == 0) > 0.2
    assert np.mean(heard[first : first + 5000] == 0.25) > 0.9
    assert np.mean(heard[last - 5000 : last] == 0.25) > 0.9
