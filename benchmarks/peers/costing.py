"""What every peer's cost is measured by: processor time of repeated calls, told as one line of JSON each.

Imports nothing of latentbridge, since most peers run in an environment of their own.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

LEAST_CALLS = 3


@dataclass(frozen=True)
class Cost:
    """One system with one number of voices."""

    system: str
    voices: int
    ms_per_voice_second: float
    """Processor time per second of sound and voice, in ms, all threads of the process together."""
    quantum_ms: float
    """Sound that comes of one call: no note or knob is heard sooner than the next."""


def cost_of(
    system: str, call: Callable[[], object], voices: int, quantum_seconds: float, seconds: float, warm_up_calls: int = 5
) -> Cost:
    """Call again and again, for ``seconds`` of sound over all voices; ``quantum_seconds`` come of each call."""
    for _ in range(warm_up_calls):
        call()
    calls = max(LEAST_CALLS, round(seconds / quantum_seconds / voices))
    began = time.process_time()
    for _ in range(calls):
        call()
    spent = time.process_time() - began
    return Cost(system, voices, 1000 * spent / (calls * voices * quantum_seconds), 1000 * quantum_seconds)


def asked_seconds(description: str) -> float:
    """Read the one option that every peer has from the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=8.0, help="of sound, over all voices")
    return float(parser.parse_args().seconds)


def tell(cost: Cost) -> None:
    """Print a cost as one line of JSON."""
    print(json.dumps(asdict(cost)), flush=True)
