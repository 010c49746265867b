"""How long `latentbridge play` takes from its start to its line `ready:`, on a warm disk.

    python -m benchmarks.start_time [MODEL] [--times 10]

Through a JACK server of its own (dummy driver), and without sound. The first start of each is left out. The goal
is 2 s.
"""

import argparse
import contextlib
import statistics
import time
from pathlib import Path

from runtime.machine import machine
from runtime.model_files import find_model
from tests.system.jack_rig import jack_server
from tests.system.playing import playing


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
    arguments = parser.parse_args()
    model = find_model(arguments.model)
    print(machine())
    for output, midi in (("jack", "jack"), ("null", "none")):
        with jack_server() if output == "jack" else contextlib.nullcontext() as server:
            options = ("--output", output, "--midi", midi)
            name = server.name if server else ""
            times = [start_seconds(model, *options, server=name) for _ in range(arguments.times + 1)][1:]
        print(f"output {output}: median {statistics.median(times):.2f} s, {min(times):.2f} to {max(times):.2f} s")


if __name__ == "__main__":
    main()
