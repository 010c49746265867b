"""How long a change of model takes while notes sound, and whether a block comes late by it.

    python -m benchmarks.model_change [--changes 10] [--block 128] [--json OUT.json]

`latentbridge play drums` on a JACK server of its own (dummy driver, real time), with eight notes a second. The models
are copies of the drums under other names, so that each has to be loaded. Times run from the OSC packet to the message
by which clients are told that the new model plays; its notes sound the constant delay later. Then the way back, to
models that are still loaded. Late blocks are counted by the instrument, in as long a time without changes too.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pythonosc.udp_client import SimpleUDPClient

from benchmarks.result import Benchmark, Goal, figure, record
from runtime.contract import read_decoder_metadata, write_metadata
from runtime.model_admission import admit_decoder
from runtime.model_files import find_model
from tests.system.jack_rig import jack_server
from tests.system.osc_client import OscClient
from tests.system.playing import playing

BENCHMARK = Benchmark(
    name="model_change",
    title="Model change while notes sound",
    what=(
        "From the OSC packet `/lb/model` to the message that tells clients of the new model, while eight notes a "
        "second are played: the file is read, hashed, opened, and its batches proved bit-equal beside the running "
        "engine. "
        "Real `play drums`, JACK's dummy driver in real time. Every model is a copy of the drums under another name; "
        "their trial, once per model and machine, is over."
    ),
    reasons={
        "late blocks*": "while old notes ring out two models decode, and one voice of a model costs nearly as much as "
        "sixteen: where one model alone takes half of a core, as in a slow hour of this machine, two take all of it",
        "*": "what is left of a second core beside the sound decides how long the loading takes",
    },
)
GOAL_MS = 300.0
NOTES_PER_SECOND = 8
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 1.0


class Notes:
    """Strikes keys until it is closed. A context manager."""

    def __init__(self, to: SimpleUDPClient) -> None:
        self._to, self._ended = to, threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _play(self) -> None:
        key = 0
        while not self._ended.wait(1 / NOTES_PER_SECOND):
            self._to.send_message("/lb/note", [36 + key % 40, 100])
            key += 7


def copies(model: Path, folder: Path, count: int) -> list[Path]:
    """Write ``count`` models that differ in their names alone, and let each pass its trial."""
    metadata, data = read_decoder_metadata(model), model.read_bytes()
    made = []
    for number in range(count):
        path = folder / f"copy{number}.onnx"
        path.write_bytes(data)
        write_metadata(path, metadata.model_copy(update={"name": path.stem, "encoder": None}))
        made.append(admit_decoder(path))
    return made


def until(condition: Callable[[], bool]) -> float:
    """Wait for a condition; seconds that it took."""
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise SystemExit("The instrument did not answer.")
        time.sleep(0.0005)
    return time.perf_counter() - began


def late_blocks(to: SimpleUDPClient, client: OscClient) -> int:
    """Ask how many blocks have come too late so far."""
    client.heard.pop("/lb/stat", None)
    to.send_message("/lb/stat", [])
    until(lambda: "/lb/stat" in client.heard)
    return int(str(client.heard["/lb/stat"][1]))


def change(to: SimpleUDPClient, client: OscClient, model: Path) -> float:
    """Change to a model; milliseconds until clients were told."""
    to.send_message("/lb/model", str(model))
    seconds = until(lambda: client.heard.get("/lb/info", ("",))[0] == model.stem)
    time.sleep(PAUSE_SECONDS)
    to.send_message("/lb/ping", client.port)
    return 1000 * seconds


def main() -> None:
    parser = argparse.ArgumentParser(description="Time changes of the model while notes sound.")
    parser.add_argument("--changes", type=int, default=10)
    parser.add_argument("--block", type=int, default=128)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    drums = find_model("drums")
    options = ("--output", "jack", "--midi", "none", "--osc", "127.0.0.1:0")
    with tempfile.TemporaryDirectory() as folder, OscClient() as client:
        models = copies(drums, Path(folder), asked.changes)
        with (
            jack_server(block_frames=asked.block) as server,
            playing(drums, *options, server=server.name) as instrument,
        ):
            instrument.await_ready()
            host, port = instrument.ready.split("OSC ")[1].split(",")[0].split(":")
            to = SimpleUDPClient(host, int(port))
            to.send_message("/lb/hello", client.port)
            with Notes(to):
                time.sleep(PAUSE_SECONDS)
                at_start = late_blocks(to, client)
                began = time.perf_counter()
                loaded = [change(to, client, model) for model in models]
                kept = [change(to, client, models[-1 - n % 2]) for n in range(1, asked.changes + 1)]
                changing, took = late_blocks(to, client) - at_start, time.perf_counter() - began
                for _ in range(int(took)):
                    time.sleep(1)
                    to.send_message("/lb/ping", client.port)
                resting = late_blocks(to, client) - at_start - changing
    allowed = Goal(at_most=resting, words="as without changes")
    record(
        BENCHMARK,
        [
            figure("to a model that has to be loaded", "ms", loaded, Goal(at_most=GOAL_MS, of="highest")),
            figure("back to one that is still loaded", "ms", kept, Goal(at_most=GOAL_MS, of="highest")),
            figure(f"late blocks in {took:.0f} s with {2 * asked.changes} changes", "blocks", [changing], allowed),
            figure("late blocks in as long without changes", "blocks", [resting]),
        ],
        asked.json,
        notes=[f"At a block of {asked.block} frames."],
    )


if __name__ == "__main__":
    main()
