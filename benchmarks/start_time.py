"""How long `latentbridge play` takes from its start to its line `ready:`, on a warm disk.

    python -m benchmarks.start_time [MODEL] [--times 10] [--json OUT.json]

Through a JACK server of its own (dummy driver), and without sound. The first start of each is left out. The goal
is 2 s.
"""

import argparse
import contextlib
import time
from pathlib import Path

from benchmarks.result import Benchmark, Goal, figure, record
from runtime.model_files import find_model
from tests.system.jack_rig import jack_server
from tests.system.playing import playing

BENCHMARK = Benchmark(
    name="start_time",
    title="Start",
    what=(
        "From the start of `latentbridge play drums` to its line `ready:`, after which a note sounds: Python, "
        "imports, loading, proof that all batches give equal bits, warming up and measuring *D* are in it. The "
        "first start is left out, so the disk is warm."
    ),
    reasons={
        "output *": "one after another, Python loads its packages in two processes, through JACK in three, "
        "onnxruntime loads the model and proves its batches, and D is measured for up to 0.4 s",
    },
)
GOAL_SECONDS = 2.0


def start_seconds(model: Path, *options: str, server: str = "") -> float:
    """Start once, end again; seconds until ``ready:``."""
    began = time.monotonic()
    with playing(model, *options, "--osc", "off", server=server) as instrument:
        instrument.await_ready()
        return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the start of `latentbridge play`.")
    parser.add_argument("model", nargs="?", default="drums")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    model = find_model(arguments.model)
    figures = []
    for output, midi in (("jack", "jack"), ("null", "none")):
        with jack_server() if output == "jack" else contextlib.nullcontext() as server:
            options = ("--output", output, "--midi", midi)
            name = server.name if server else ""
            times = [start_seconds(model, *options, server=name) for _ in range(arguments.times + 1)][1:]
        figures.append(figure(f"output {output}", "s", times, Goal(at_most=GOAL_SECONDS)))
    record(BENCHMARK, figures, arguments.json)


if __name__ == "__main__":
    main()
