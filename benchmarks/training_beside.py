"""Whether training is heard: late blocks while an instrument is trained beside what plays, and while it is not.

    python -m benchmarks.training_beside [--minutes 1.5] [--blocks 256 128] [--delays 0 2] [--json OUT.json]

`latentbridge play drums` on a JACK server of its own (dummy driver, real time) plays a chord every half second while
knobs are turned 1,000 times a second: first alone, then for as long while it trains on a folder of synthesised drums in
a process of the lowest priority, and plays what has been learnt so far each time anew. ``--delays`` are those of
`play --delay`: 0 is what a start finds necessary on the machine as it is then.
"""

import argparse
import itertools
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import soundfile

from benchmarks.isolation import Idle, play_keys
from benchmarks.result import Benchmark, Figure, Goal, figure, record
from tests.controls.osc_rig import OscClient
from tests.system.jack_rig import JackServer, jack_server
from tests.system.playing import playing
from trainer.drum_synthesis import SAMPLE_RATE_HZ, drum_set, synthesise

BENCHMARK = Benchmark(
    name="training_beside",
    title="Training beside playing",
    what=(
        "Late blocks of `latentbridge play drums` on JACK's dummy driver in real time, a chord every half second and "
        "1,000 MIDI controllers a second coming in: alone, and while it trains on 64 drums and plays what has been "
        "learnt so far, each time anew. A JACK client that does nothing but count runs beside it; the goal is no more "
        "late blocks while training than that client counts then."
    ),
    reasons={
        "late blocks while training, *": "training leaves a core free, but not the memory and caches that both cores "
        "share: a call of the decoder takes longer meanwhile, and a delay that was just enough no longer is"
    },
)
SOUNDS = 64


def make_sounds(folder: Path) -> None:
    """Write a folder of synthesised drums."""
    for number, (drum_class, seed) in enumerate(drum_set(SOUNDS, seed=0)):
        file = folder / drum_class / f"{number:03d}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(file, synthesise(drum_class, seed).T, SAMPLE_RATE_HZ)


class Listener:
    """An OSC client that stays."""

    def __init__(self, ready: str) -> None:
        port = int(ready.partition("OSC 127.0.0.1:")[2].partition(",")[0])
        self._client = OscClient(("127.0.0.1", port))
        self._client.hello()
        self.models = self.steps = 0
        threading.Thread(target=self._stay, daemon=True).start()

    def _stay(self) -> None:
        while True:
            self.say("/lb/ping", self._client.port)
            time.sleep(3.0)

    def say(self, address: str, *arguments: Any) -> None:
        """Send a message."""
        self._client.send(address, *arguments)

    def stat(self) -> tuple[float, int]:
        """Return the engine's load and its late blocks."""
        address, arguments = "", list[Any]()
        while address != "/lb/stat":
            # A datagram may be lost on a busy machine, and is then asked for again.
            self.say("/lb/stat")
            began = time.monotonic()

            def is_it(heard: str, _: list[Any], since: float = began) -> bool:
                return heard == "/lb/stat" or time.monotonic() > since + 1.0

            address, arguments = self.until(is_it)
        return float(arguments[0]), int(arguments[1])

    def until(self, is_it: Callable[[str, list[Any]], bool]) -> tuple[str, list[Any]]:
        """Listen until a message comes; count models that begin to play, and remember the last step, on the way."""
        for _ in itertools.count():
            address, arguments = self._client.hear()
            self.models += address == "/lb/info"
            if address == "/lb/training" and arguments[3].startswith("step "):
                self.steps = int(arguments[3].split()[1].rstrip(","))
            if is_it(address, arguments):
                return address, arguments
        raise AssertionError

    def count(self, seconds: float) -> tuple[float, int]:
        """Ask once a second for so long, and return the mean load and how many blocks were late meanwhile."""
        loads, (_, before) = [], self.stat()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(1.0)
            load, late = self.stat()
            loads.append(load)
        return sum(loads) / len(loads), late - before


def measured(server: JackServer, minutes: float, delay: int) -> dict[str, Any]:
    """Play alone, then while training."""
    seconds = 60 * minutes
    with tempfile.TemporaryDirectory() as name:
        make_sounds(Path(name) / "drums")
        environment = {"XDG_DATA_HOME": str(Path(name) / "data")}
        options = ("--output", "jack", "--midi", "jack", "--osc", "127.0.0.1:0", "--delay", str(delay))
        with playing(Path("drums"), *options, server=server.name, environment=environment) as instrument:
            ready = instrument.await_ready()
            idle, listener = Idle(server), Listener(ready)
            with ProcessPoolExecutor(1, get_context("spawn")) as hands:
                # A little longer than is counted, so that keys are played all the while.
                for_alone = hands.submit(play_keys, server.name, seconds + 5)
                time.sleep(2.0)
                overruns = [idle.overruns]
                alone = listener.count(seconds)
                overruns.append(idle.overruns)
                for_alone.result()
                listener.say("/lb/train", str(Path(name) / "drums"), "kit", minutes + 2.0)
                listener.say("/lb/train/follow", 1)
                listener.until(lambda address, arguments: address == "/lb/training" and arguments[0] == "training")
                beside_keys = hands.submit(play_keys, server.name, seconds + 5)
                time.sleep(2.0)
                overruns.append(idle.overruns)
                models, steps = listener.models, listener.steps
                beside = listener.count(seconds)
                overruns.append(idle.overruns)
                beside_keys.result()
            idle.close()
            changes, steps = listener.models - models, listener.steps - steps
    return {
        "ready": ready.strip(),
        "load": (alone[0], beside[0]),
        "late": (alone[1], beside[1]),
        "idle": (overruns[1] - overruns[0], overruns[3] - overruns[2]),
        "changes": changes,
        "steps_per_second": steps / seconds,
    }


def counted(case: str, result: dict[str, Any]) -> list[Figure]:
    """Make figures of one run; ``case`` says of which."""
    (late, late_beside), (idle, idle_beside) = result["late"], result["idle"]
    goal = Goal(at_most=idle_beside, words=f"the idle client's {idle_beside}")
    return [
        figure(f"late blocks alone, {case}", "blocks", [late]),
        figure(f"late blocks while training, {case}", "blocks", [late_beside], goal),
        figure(f"overruns of the idle client alone, {case}", "blocks", [idle]),
        figure(f"overruns of the idle client while training, {case}", "blocks", [idle_beside]),
        figure(f"load while training / alone, {case}", "×", [result["load"][1] / result["load"][0]]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Count late blocks with and without a training beside.")
    parser.add_argument("--minutes", type=float, default=1.5)
    parser.add_argument("--blocks", type=int, nargs="+", default=[256, 128])
    parser.add_argument("--delays", type=int, nargs="+", default=[0, 2])
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures, notes = [], []
    for block_frames, delay in itertools.product(arguments.blocks, arguments.delays):
        with jack_server(block_frames=block_frames) as server:
            result = measured(server, arguments.minutes, delay)
        case = f"block {block_frames}, {f'--delay {delay}' if delay else 'delay as found'}"
        figures += counted(case, result)
        notes.append(
            f"{case.capitalize()}: {arguments.minutes:g} minutes each, {result['steps_per_second']:.1f} training "
            f"steps a second, {result['changes']} changes of model meanwhile, `{result['ready']}`"
        )
        print(notes[-1], *figures[-5:], sep="\n", flush=True)
    record(BENCHMARK, figures, arguments.json, notes=notes)


if __name__ == "__main__":
    main()
