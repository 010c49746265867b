"""The real RtMidi, heard through JACK, since a machine without a sound card has no ALSA sequencer.

The wheel of rtmidi2 brings a JACK library of its own that is too old for today's servers; the system's is loaded in its
place.
"""

import ctypes.util
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

from runtime.controls.midi import list_midi_inputs
from tests.system.jack_rig import PATIENCE_SECONDS, Studio, jack_server

ROOT = Path(__file__).parents[2]
MESSAGES = [b"\x90\x3c\x64", b"\xb0\x4a\x01", b"\xe3\x00\x40", b"\xd0\x7f", b"\x80\x3c\x00"]


class Listener:
    """The listening program; its lines arrive in a queue."""

    def __init__(self, server: str, port: str) -> None:
        library = ctypes.util.find_library("jack")
        assert library, "the system's JACK library is needed"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.rtmidi_listener", port],
            cwd=ROOT,
            env={**os.environ, "JACK_DEFAULT_SERVER": server, "LD_PRELOAD": library},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def line(self) -> str:
        return self._lines.get(timeout=PATIENCE_SECONDS)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.strip())


def test_messages_reach_us_through_rtmidi_and_a_cable_pulled_ends_the_notes() -> None:
    with jack_server() as server:
        studio = Studio(server, [], midi_port=None)
        listener = Listener(server.name, "sender")
        try:
            assert listener.line() == "open: sender:midi"
            score = [(4800 + 1000 * number, message) for number, message in enumerate(MESSAGES)]
            studio.perform(score, 24_000, freewheel=False)
            lines = [listener.line().split() for _ in MESSAGES]
            assert [bytes.fromhex(data) for data, _ in lines] == MESSAGES
            times = [int(time) for _, time in lines]
            assert times == sorted(times)
            studio.__exit__()
            assert {listener.line().split()[0], listener.line()} == {"b07b00", "MIDI: sender:midi is gone"}
        finally:
            listener.stop()


def test_the_system_s_midi_is_listed_or_its_absence_told() -> None:
    listing = list_midi_inputs()
    assert Path("/dev/snd/seq").exists() or "MIDI arrives by JACK" in listing.problem
    assert not (listing.problem and listing.names)
