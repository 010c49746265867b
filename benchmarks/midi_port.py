"""How steadily notes of an ordinary MIDI port are placed: RtMidi's own port, heard beside a thread that runs Python.

    python -m benchmarks.midi_port [--notes 200] [--block 32] [--json FILE]

Notes are sent through a JACK server with the dummy driver at known frames, in real time, and received by the product's
own code in a process of its own. RtMidi stamps what comes through JACK once per block, so the block is part of the
spread; other systems stamp each message.
"""

import argparse
import ctypes.util
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.result import Benchmark, Goal, figure, record
from tests.system.jack_rig import JackServer, Studio, jack_server

BENCHMARK = Benchmark(
    "midi_port",
    "Notes of an ordinary MIDI port",
    "RtMidi's port, opened by the product's own code, in a process in which another thread runs pure Python all the "
    "time. Spread of the times given to notes against those at which they were sent, counted from when JACK called the "
    "sender for the block that they were in: 98 of 100 notes.",
    {"placed*": "RtMidi stamps notes that come through JACK once per block; the rest is the machine."},
)
GOAL_MS = 1.0
FIRST_FRAME = 4_800
SETTLING_NOTES = 50
"""Left out: until a message has been heard in time, nothing is known."""
MOST_LOST_SHARE = 0.02
"""More notes than this in blocks that JACK's dummy driver missed, and the machine is too busy to say anything."""
KEYS = 128
WAITING_SECONDS = 3.0


def listen(port: str, notes: int) -> None:
    """Print each note's key, when it arrived and when it was heard, as JSON [[key, arrival ns, heard ns], …]."""
    import rtmidi2

    from runtime.controls.midi import MidiInputs
    from runtime.controls.rtmidi_ports import RtMidiBackend
    from runtime.events import Event, midi_bytes
    from runtime.session import THREAD_SWITCH_SECONDS

    arrivals: list[tuple[int, int, int]] = []

    def told(event: Event) -> None:
        arrivals.append((midi_bytes(event)[1], event.time, time.perf_counter_ns()))

    def run_python() -> None:
        # A note that was lost would be waited for without end.
        while len(arrivals) < notes:
            if arrivals and time.perf_counter_ns() - arrivals[-1][2] > WAITING_SECONDS * 1e9:
                break

    # As `play` does.
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    inputs = MidiInputs(port, told, RtMidiBackend(rtmidi2.API_UNIX_JACK))
    print(*inputs.names, flush=True)
    busy = threading.Thread(target=run_python, daemon=True)
    busy.start()
    busy.join(60)
    print(json.dumps(arrivals), flush=True)


def matched(keys: np.ndarray) -> np.ndarray:
    """Return which note of the score each key heard is, [heard]; keys rise by one from note to note, modulo KEYS."""
    steps = np.diff(keys, prepend=keys[:1]) % KEYS
    numbers: np.ndarray = keys[0] + np.cumsum(steps)
    return numbers


class TimedStudio(Studio):
    """A studio that knows when each message was sent: ``sent_ns``, by the clock of time.perf_counter_ns."""

    def __init__(self, server: JackServer) -> None:
        super().__init__(server, [], midi_port=None)
        self.sent_ns: list[float] = []

    def _send(self, frames: int) -> None:
        # Not by JACK's own clock: for seconds after a missed block that is some milliseconds off.
        first, began_ns = self._sent, time.perf_counter_ns()
        super()._send(frames)
        now, frame_ns = self._now(self._sender), 1e9 / self.sample_rate
        if now is not None:
            self.sent_ns += [began_ns + max(frame - now, 0) * frame_ns for frame, _ in self._score[first : self._sent]]


def measure(notes: int, block_frames: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return by how many ms each note was placed, and heard, after it had been sent; and how many were lost.

    Notes in blocks that the dummy driver missed are lost before they reach any port.
    """
    generator = random.Random(4)
    frames = FIRST_FRAME + np.cumsum([generator.randrange(960, 4_800) for _ in range(notes)])
    library = ctypes.util.find_library("jack")
    assert library, "the system's JACK library is needed: the wheel of rtmidi2 brings one that is too old"
    command = [sys.executable, "-m", "benchmarks.midi_port", "--listen", "sender", "--notes", str(notes)]
    with jack_server(block_frames=block_frames) as server, TimedStudio(server) as studio:
        environment = {**os.environ, "JACK_DEFAULT_SERVER": server.name, "LD_PRELOAD": library}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as listener:
            assert listener.stdout
            listener.stdout.readline()
            score = [(int(frame), bytes((0x90, number % KEYS, 64))) for number, frame in enumerate(frames)]
            studio.perform(score, int(frames[-1]) + 4_800, freewheel=False)
            arrivals = np.array(json.loads(listener.stdout.readline()), np.int64).reshape(-1, 3)
        if len(arrivals) < (1 - MOST_LOST_SHARE) * notes:
            raise SystemExit(f"{len(arrivals)} of {notes} notes came through: this machine is too busy to measure on.")
        sent_ns = np.array(studio.sent_ns)[matched(arrivals[:, 0])]
    placed, heard = ((arrivals[:, column] - sent_ns)[SETTLING_NOTES:] / 1e6 for column in (1, 2))
    return placed, heard, notes - len(arrivals)


def spread_ms(errors: np.ndarray) -> float:
    """Return the spread of 98 of 100 notes."""
    return float(np.subtract(*np.percentile(errors, [99, 1])))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how steadily notes of an ordinary MIDI port are placed.")
    parser.add_argument("--notes", type=int, default=300)
    parser.add_argument("--block", type=int, default=32)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--listen", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.listen:
        listen(arguments.listen, arguments.notes)
        return
    placed, heard, lost = measure(arguments.notes, arguments.block)
    figures = [
        figure("placed within", "ms", [spread_ms(placed)], Goal(at_most=GOAL_MS)),
        figure("heard within", "ms", [spread_ms(heard)]),
    ]
    notes = [f"A block is {1000 * arguments.block / 48_000:.2f} ms, which is part of both."]
    if lost:
        notes.append(f"{lost} of {arguments.notes} notes fell into blocks that JACK's dummy driver missed.")
    record(BENCHMARK, figures, arguments.json, notes=notes)


if __name__ == "__main__":
    main()
