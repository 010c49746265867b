"""What latentbridge costs beside other neural decoders, in one run; and how late RAVE's decoders answer.

    benchmarks/peers/install.sh
    python -m benchmarks.peers.compare [--rounds 3] [--seconds 8] [--python .venv-peers/bin/python] [--json OUT.json]

Each system is a process of its own, all have their turn in every round.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers.costing import Cost
from benchmarks.peers.own_cost import BATCHES, DECODER, OWN
from benchmarks.result import Benchmark, Figure, Goal, chart, figure, number, record

BENCHMARK = Benchmark(
    name="peers.compare",
    title="Beside other decoders",
    what=(
        "Processor time per second of sound and voice: one thread, tight loop, theirs with random weights (cost "
        "does not depend on what was learnt), alone and as a batch of eight. RAVE and Vocos run as their packages "
        "build them, in torch; RAVE's weights are normalised once, as in the files that it exports. RAVE v2 was "
        "also made streaming in onnxruntime, which its package does not do. DDSP and WaveNet were written from "
        "their papers and run in onnxruntime. All make 48 kHz but Vocos, which makes its own 24 kHz, and offline: "
        "it sees all of a sound before it begins. WaveNet's cost is extrapolated from a fifth of a second. Of ours "
        "the decoder alone is what compares; the whole engine (voices, mixer, limiter) stands beside it, also paced "
        "as a sound card calls. The delay of a streaming decoder is the lag at which its sound correlates best with "
        "what the same weights make offline."
    ),
    reasons={
        f"{DECODER}, 8 voices": "a call of the decoder reads all its weights and starts all its operators, however "
        "few voices there are, and eight share that",
    },
)
REPOSITORY = Path(__file__).resolve().parents[2]
PEERS = ("rave_cost", "rave_onnx_cost", "ddsp_gru_cost", "wavenet_cost", "vocos_cost")
GOAL = Goal(at_most=20)
UNIT = "ms per second and voice"
COSTS = "Processor time per second and voice"
"""Title of the chart."""
MINUTES_OF_PATIENCE = 10


class PeerError(Exception):
    """A peer ended without a result; the message is the last that it said."""


def lines_of(python: Path, module: str, *options: str) -> list[dict[str, Any]]:
    """Run a module of this folder and return its lines of JSON. Raises PeerError if it fails."""
    command = [str(python), "-m", f"benchmarks.peers.{module}", *options]
    try:
        ran = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60 * MINUTES_OF_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise PeerError(f"no end after {MINUTES_OF_PATIENCE} minutes") from None
    if ran.returncode != 0:
        raise PeerError((ran.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def measured(python: Path, rounds: int, seconds: float, notes: list[str]) -> dict[tuple[str, int], list[Cost]]:
    """Let every system have its turn in every round; costs by system and voices. A peer that fails leaves a note."""
    found: dict[tuple[str, int], list[Cost]] = {}
    lost: set[str] = set()
    for turn in range(rounds):
        for module in ("own_cost", *PEERS):
            if module in lost:
                continue
            own = module == "own_cost"
            try:
                lines = lines_of(Path(sys.executable) if own else python, module, "--seconds", str(seconds))
            except PeerError as error:
                if own:
                    raise
                lost.add(module)
                notes.append(f"NOT measured in round {turn + 1} and after: `benchmarks.peers.{module}`: {error}")
                continue
            for line in lines:
                cost = Cost(**line)
                found.setdefault((cost.system, cost.voices), []).append(cost)
                print(f"{cost.system}, {cost.voices}: {cost.ms_per_voice_second:.1f} ms", flush=True)
    return found


def delays(python: Path, notes: list[str]) -> list[Figure]:
    """Measure how late RAVE's decoders answer."""
    try:
        lines = lines_of(python, "rave_delay")
    except PeerError as error:
        notes.append(f"NOT measured: how late RAVE's decoders answer: {error}")
        return []
    return [
        figure(f"RAVE {line['configuration']}, its decoder answers after", "ms, besides its frame", [line["delay_ms"]])
        for line in lines
    ]


def cheaper(middles: dict[tuple[str, int], float]) -> list[str]:
    """Say plainly which systems cost less than our decoder."""
    sentences = []
    for voices in BATCHES:
        own = middles[DECODER, voices]
        less = [
            f"{system} ({number(cost)} ms)"
            for (system, count), cost in middles.items()
            if count == voices and cost < own and not system.startswith(OWN)
        ]
        together = "1 voice" if voices == 1 else f"{voices} voices"
        listed = ", ".join(less) if less else "none of these"
        sentences.append(f"**Cheaper than ours ({number(own)} ms) at {together}: {listed}.**")
    return sentences


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare what neural decoders cost.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0, help="of sound, over all voices, per system and round")
    parser.add_argument("--python", type=Path, default=Path(".venv-peers/bin/python"), help="of the peers' environment")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    python = arguments.python.absolute()
    if not python.exists():
        sys.exit("The peers' environment is missing. Make it: benchmarks/peers/install.sh")
    notes: list[str] = []
    found = measured(python, arguments.rounds, arguments.seconds, notes)
    middles = {key: median(cost.ms_per_voice_second for cost in costs) for key, costs in found.items()}
    figures = [
        figure(
            f"{system}, {voices} voice{'s' if voices > 1 else ''}",
            UNIT,
            [cost.ms_per_voice_second for cost in costs],
            GOAL if (system, voices) == (DECODER, 8) else None,
        )
        for (system, voices), costs in found.items()
    ]
    systems = list(dict.fromkeys(system for system, _ in found))
    lines = {system: [middles.get((system, voices)) for voices in BATCHES] for system in systems}
    quanta = {
        system: costs[0].quantum_ms
        for (system, _), costs in found.items()
        if system == DECODER or not system.startswith(OWN)
    }
    notes += cheaper(middles)
    notes.append("One call makes: " + "; ".join(f"{name}: {length:.4g} ms" for name, length in quanta.items()) + ".")
    figures += delays(python, notes)
    record(BENCHMARK, figures, arguments.json, [chart(COSTS, "voices", BATCHES, "ms", lines)], notes)


if __name__ == "__main__":
    main()
