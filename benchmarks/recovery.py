"""How long it is silent when a part fails: the engine killed, the engine hanging, the JACK server killed and started.

    python -m benchmarks.recovery [--times 5] [--json OUT.json]

`latentbridge play drums` on a JACK server (dummy driver, real time). Times run from the signal, or from the start of
the new server, to the line in the terminal that says that sound is back. The goals are 2 s for the engine, 1 s to say
that JACK has gone, 3 s from its return.
"""

import argparse
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.result import Benchmark, Goal, figure, record
from tests.system.jack_playing import OPTIONS
from tests.system.jack_rig import jack_server, jack_server_again
from tests.system.playing import PATIENCE_SECONDS, Playing, playing

BENCHMARK = Benchmark(
    name="recovery",
    title="When a part fails",
    what=(
        "`latentbridge play drums` on a JACK server (dummy driver, real time). The engine is killed, or stopped so "
        "that it hangs; the server is killed, and another started. Times run from the signal, or from the start of "
        "the new server, to the line in the terminal that says that it has gone, or that sound is back. The goals "
        "are for the longest."
    ),
    reasons={
        "engine *": "a new engine has to be started, loaded and warmed up, which is most of a start; a hanging one "
        "is first watched for 0.8 s",
        "JACK killed*": "JACK told its client later than that",
        "JACK started*": "the server's own start is in it, then a client and a new engine",
    },
)
MODEL = Path("models/drums.onnx")
SETTLED_SECONDS = 4.0
"""Longer than an engine may live and still have died at once."""
BACK, GONE = "Sound is back", "JACK has gone"


def seconds_until(instrument: Playing, words: str, times: int) -> float:
    """Wait until ``words`` have been said ``times`` times on stderr; seconds from now."""
    began = time.monotonic()
    while instrument.stderr.count(words) < times:
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise SystemExit(f"It never said {words!r}: {instrument.stderr}")
        time.sleep(0.005)
    return time.monotonic() - began


def engine_lost(how: signal.Signals, times: int) -> Iterator[float]:
    """Lose the engine again and again; yields how long it took until sound was back."""
    with jack_server() as server, playing(MODEL, *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        for count in range(1, times + 1):
            time.sleep(SETTLED_SECONDS)
            os.kill(instrument.child("runtime.engine_process"), how)
            yield seconds_until(instrument, BACK, count)


def jack_lost() -> tuple[float, float]:
    """Kill the server and start another; seconds until that is said, and from its start until sound is back."""
    with jack_server() as server, playing(MODEL, *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        time.sleep(SETTLED_SECONDS)
        server.process.kill()
        said = seconds_until(instrument, GONE, 1)
        started = time.monotonic()
        with jack_server_again(server):
            seconds_until(instrument, BACK, 1)
            return said, time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description="Time how an instrument recovers from the failure of a part.")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    times = arguments.times
    killed, hanging = list(engine_lost(signal.SIGKILL, times)), list(engine_lost(signal.SIGSTOP, times))
    said, back = zip(*(jack_lost() for _ in range(times)), strict=True)
    figures = [
        figure("engine killed, until sound is back", "s", killed, Goal(at_most=2.0, of="highest")),
        figure("engine hanging, until sound is back", "s", hanging, Goal(at_most=2.0, of="highest")),
        figure("JACK killed, until it is said", "s", said, Goal(at_most=1.0, of="highest")),
        figure("JACK started, until sound is back", "s", back, Goal(at_most=3.0, of="highest")),
    ]
    record(BENCHMARK, figures, arguments.json)


if __name__ == "__main__":
    main()
