"""Whether a busy interface is heard: late blocks while its process is overrun, beside what an idle JACK client counts.

    python -m benchmarks.isolation [--minutes 10] [--blocks 256 128] [--json OUT.json]

`latentbridge play drums` on a JACK server of its own (dummy driver, real time). Its interface process also runs a loop
in pure Python without a pause, 2,000 OSC messages a second move the latent place, and 1,000 MIDI controllers a second
come in beside a chord every half second. What JACK itself could not keep up with is told by a client that does nothing
but count (``idle``). The goal: no more late blocks than that at a block of 256, one more at most at 128.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import jack

from benchmarks.result import Benchmark, Figure, Goal, figure, record
from tests.controls.osc_rig import OscClient
from tests.system.jack_rig import JackServer, jack_server
from tests.system.playing import Playing

BENCHMARK = Benchmark(
    name="isolation",
    title="A busy interface",
    what=(
        "Late blocks of `latentbridge play drums` on JACK's dummy driver in real time while its interface process "
        "also runs a loop in pure Python without a pause, 2,000 OSC messages a second move the latent place, 1,000 "
        "MIDI controllers a second come in, and a chord is struck every half second. A JACK client that does "
        "nothing but count runs beside it: what the server itself could not keep up with is not the instrument's (a "
        "server tells all its clients of an overrun, whoever was late). The goal is that client's count at a block "
        "of 256, one more at 128."
    ),
    reasons={
        "late blocks, *": "the instrument missed blocks that the idle client did not: beside it run the loop, the "
        "sender of messages and the client that turns knobs, four busy threads on the machine's cores",
    },
)
GRACE = {256: 0, 128: 1}
"""Late blocks beyond the idle client's that the goal allows, by block."""
OSC_PER_SECOND, CONTROLLERS_PER_SECOND = 2000, 1000
CHORD_SECONDS = 0.5
CHORD_KEYS = (36, 38, 42, 49)
BURSTS_PER_SECOND = 100
BUSY_PLAY = """
import sys, threading
def spin():
    number = 0
    while True:
        number = (number * 31 + 7) % 1000003
threading.Thread(target=spin, daemon=True).start()
from runtime.cli import main
sys.exit(main(["play", *sys.argv[1:]]))
"""


class Idle:
    """A JACK client that does nothing but count the blocks that the server could not keep up with."""

    def __init__(self, server: JackServer) -> None:
        self.overruns = 0
        self._client = jack.Client("idle", no_start_server=True, servername=server.name)
        self._client.set_process_callback(lambda frames: None)
        self._client.set_xrun_callback(self._count)
        self._client.activate()

    def _count(self, _late_microseconds: float) -> None:
        self.overruns += 1

    def close(self) -> None:
        """Leave the server."""
        self._client.deactivate()
        self._client.close()


class Controllers:
    """A JACK client that turns knobs and strikes chords without end."""

    def __init__(self, server_name: str) -> None:
        self._client = jack.Client("keyboard", no_start_server=True, servername=server_name)
        self._out = self._client.midi_outports.register("midi")
        self._spacing_frames = self._client.samplerate // CONTROLLERS_PER_SECOND
        self._chord_frames = round(CHORD_SECONDS * self._client.samplerate)
        self._frame = 0
        self._client.set_process_callback(self._send)
        self._client.activate()
        self._client.connect(self._out, "latentbridge:midi_in")

    def _send(self, frames: int) -> None:
        self._out.clear_buffer()
        for offset in range(frames):
            frame = self._frame + offset
            if frame % self._spacing_frames == 0:
                number = frame // self._spacing_frames
                self._out.write_midi_event(offset, bytes([0xB0, 71 + number % 4, number % 128]))
            if frame % self._chord_frames == 0:
                for key in CHORD_KEYS:
                    self._out.write_midi_event(offset, bytes([0x90, key, 100]))
        self._frame += frames

    def close(self) -> None:
        """Leave the server."""
        self._client.deactivate()
        self._client.close()


def play_keys(server_name: str, seconds: float) -> None:
    """Turn knobs and strike chords for ``seconds``, in a process of its own."""
    controllers = Controllers(server_name)
    time.sleep(seconds)
    controllers.close()


def send_osc(port: int, seconds: float) -> int:
    """Send 2,000 messages a second in small bursts, in a process of its own; how many were sent."""
    client = OscClient(("127.0.0.1", port))
    sent, began = 0, time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        while sent < (now - began) * OSC_PER_SECOND:
            client.send(f"/lb/z/{1 + sent % 16}", float((sent % 200) / 100 - 1))
            sent += 1
        time.sleep(1 / BURSTS_PER_SECOND)
    return sent


def late_blocks(port: int) -> int:
    """Ask the instrument how many blocks came too late; a client of its own, since packets are lost under load."""
    client = OscClient(("127.0.0.1", port))
    client.hello()
    client.send("/lb/stat")
    _, answer = client.until("/lb/stat")[-1]
    client.close()
    return int(answer[1])


def overrun(block_frames: int, minutes: float, port: int) -> dict[str, Any]:
    """Play for ``minutes`` with everything busy, and count."""
    with jack_server(block_frames=block_frames) as server:
        command = [sys.executable, "-c", BUSY_PLAY, "models/drums.onnx", "--output", "jack", "--midi", "jack"]
        environment = os.environ | {"JACK_DEFAULT_SERVER": server.name}
        process = subprocess.Popen(
            [*command, "--osc", f"127.0.0.1:{port}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            instrument = Playing(process)
            ready = instrument.await_ready()
            # The idle client shares its process with nothing that works.
            idle = Idle(server)
            time.sleep(2.0)
            before, idle_before = late_blocks(port), idle.overruns
            with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as busy:
                keys = busy.submit(play_keys, server.name, 60 * minutes)
                sent = busy.submit(send_osc, port, 60 * minutes).result()
                keys.result()
            time.sleep(1.0)
            result = {
                "block": block_frames,
                "late": late_blocks(port) - before,
                "idle_overruns": idle.overruns - idle_before,
            }
            idle.close()
        finally:
            process.terminate()
            process.wait(20)
    return result | {"ready": ready, "osc_messages": sent, "minutes": minutes}


def counted(result: dict[str, Any]) -> list[Figure]:
    """Make figures of one run: late blocks, judged by what the idle client counted."""
    block_frames, idle = result["block"], result["idle_overruns"]
    goal = Goal(at_most=idle + GRACE.get(block_frames, 0), words=f"the idle client's {idle}")
    if GRACE.get(block_frames):
        goal = goal.model_copy(update={"words": f"the idle client's {idle}, and {GRACE[block_frames]}"})
    return [
        figure(f"late blocks, block {block_frames}", "blocks", [result["late"]], goal),
        figure(f"overruns of the idle client, block {block_frames}", "blocks", [idle]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Count late blocks while the interface process is overrun.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--blocks", type=int, nargs="+", default=[256, 128])
    parser.add_argument("--port", type=int, default=9138)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures, notes = [], []
    for block_frames in arguments.blocks:
        result = overrun(block_frames, arguments.minutes, arguments.port)
        figures += counted(result)
        blocks = round(60 * arguments.minutes * 48_000 / block_frames)
        notes.append(
            f"Block {block_frames}: {arguments.minutes:g} minutes, about {blocks} blocks, {result['osc_messages']} "
            f"OSC messages, `{result['ready'].strip()}`"
        )
        print(notes[-1], *figures[-2:], sep="\n", flush=True)
    record(BENCHMARK, figures, arguments.json, notes=notes)


if __name__ == "__main__":
    main()
