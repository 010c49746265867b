"""An instrument as a JACK client: how it is started, what is sent to it, what is measured of it from outside."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.system.jack_rig import JackServer

PROBE = Path(__file__).parents[1] / "jack_probe.py"
OPTIONS = ("--output", "jack", "--midi", "jack", "--osc", "off")
OUTPUTS = ("latentbridge:out_1", "latentbridge:out_2")


def on(note: int, velocity: int = 100) -> bytes:
    """A key pressed, as MIDI."""
    return bytes((0x90, note, velocity))


def off(note: int) -> bytes:
    """A key released, as MIDI."""
    return bytes((0x80, note, 0))


def crowded_score() -> list[tuple[int, bytes]]:
    """Two seconds of more notes than there are voices, and a bend that moves while they sound; frames and MIDI."""
    keys = [(500 + 1111 * k, on(40 + 3 * k, 20 + 5 * k)) for k in range(20)]
    keys += [(40_000 + 997 * k, off(40 + 3 * k)) for k in range(20)]
    return keys + [(3000 + 700 * k, bytes((0xE0, 0, 64 + k))) for k in range(30)]


def delay_frames(ready: str) -> int:
    """What the line ``ready:`` says of the delay."""
    found = re.search(r"delay (\d+) frames", ready)
    assert found, ready
    return int(found[1])


def onset(sound: np.ndarray, start: int = 0) -> int:
    """First frame from ``start`` on that is not silent."""
    return start + int(np.argmax(np.abs(sound[0, start:]) > 0))


def probed(server: JackServer, notes: int, *options: str) -> dict[str, Any]:
    """Let the probe strike ``notes`` keys in freewheel, and return what it measured; none may be missed."""
    command = [sys.executable, str(PROBE), "--freewheel", "--server", server.name, "--notes", str(notes)]
    command += ["--gap-ms", "200", "--midi-port", "latentbridge:midi_in", "--audio-port", *OUTPUTS, *options]
    probe = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert probe.returncode == 0, probe.stdout + probe.stderr
    result: dict[str, Any] = json.loads(probe.stdout)
    assert result["notes_heard"] == notes
    assert result["dropouts"] == 0
    return result
