"""What voices cost: 1 to 64 of them, in a tight loop and paced as a sound card calls, and the worst block.

    python -m benchmarks.voice_curve [MODEL] [--rounds 3] [--seconds 3] [--json OUT.json]

One engine on one thread, JACK and ports left out. The goals are half of one core for 16 voices and one core for 32,
paced, and 20 ms of processor time per second of sound and voice at 8 voices, tight.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.result import Benchmark, Chart, Figure, Goal, chart, figure, record
from runtime import large_pages, realtime_priority
from runtime.delay import worst_blocks_seconds
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.model_files import find_model
from runtime.paced_cost import block_costs

BENCHMARK = Benchmark(
    name="voice_curve",
    title="What voices cost",
    what=(
        "Processor time of one engine (decoder, voices, mixer, limiter) per block of 128 frames, with so many "
        "voices sounding all the time: *tight*, one block at once after the other, and *paced*, one block per block "
        "period as a sound card calls, which is dearer since caches cool in between. *All begin* is the worst "
        "block: every voice begins a note in it. Times are those of the thread. Ranges are over rounds, in each of "
        "which every number of voices has its turn; percentiles are of all rounds together."
    ),
    reasons={
        "16 voices, paced": "between two blocks the caches cool, which makes a call dearer than in a tight loop",
        "32 voices, paced": "between two blocks the caches cool, which makes a call dearer than in a tight loop",
        "8 voices, tight": "a call of the decoder reads all its weights and starts all its operators, however few "
        "voices there are, and eight share that; at 16 voices and more a voice costs less. The engine's own "
        "Python is in the figure as well, the decoder alone is measured beside the peers",
    },
)
VOICES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64)
CHORDS = (8, 16)
"""Numbers of voices of which the worst block is measured often enough for its 99.9th percentile."""
CHORDS_PER_SECOND = 120
BLOCK_FRAMES = 128
SHARE, COST, BLOCK = "Share of one core", "Processor time per second and voice", "One block of 128 frames"
"""Titles of the charts."""


@dataclass
class Measured:
    """Costs of one number of voices: shares of a core by round, seconds of all blocks."""

    tight_shares: list[float] = field(default_factory=list)
    paced_shares: list[float] = field(default_factory=list)
    paced_seconds: list[float] = field(default_factory=list)
    all_begin_seconds: list[float] = field(default_factory=list)


def measure(decoder: Decoder, voices: int, seconds: float, into: Measured) -> None:
    """Measure one number of voices for one round."""

    def engine() -> Engine:
        return Engine(decoder, EngineSettings(voices))

    rate = decoder.metadata.sample_rate
    blocks = round(seconds * rate / BLOCK_FRAMES)
    tight = block_costs(engine(), voices, BLOCK_FRAMES, blocks, pause=False)
    paced = block_costs(engine(), voices, BLOCK_FRAMES, blocks, pause=True)
    into.tight_shares.append(float(np.mean(tight)) * rate / BLOCK_FRAMES)
    into.paced_shares.append(float(np.mean(paced)) * rate / BLOCK_FRAMES)
    into.paced_seconds += paced
    wanted = len(into.all_begin_seconds) + (seconds * CHORDS_PER_SECOND if voices in CHORDS else 1)
    while len(into.all_begin_seconds) < wanted:
        into.all_begin_seconds += worst_blocks_seconds(engine(), voices, BLOCK_FRAMES, rate)


def figures_of(measured: dict[int, Measured]) -> list[Figure]:
    """Make the figures that have a goal, and those of the worst block."""
    figures = [
        figure(f"{voices} voices, paced", "% of one core", percent(measured[voices].paced_shares), Goal(at_most=most))
        for voices, most in ((16, 50), (32, 100))
    ]
    eight = measured[8]
    for name, shares, goal in (("tight", eight.tight_shares, Goal(at_most=20)), ("paced", eight.paced_shares, None)):
        figures.append(figure(f"8 voices, {name}", "ms per second and voice", per_voice(shares, 8), goal))
    for voices in CHORDS:
        seconds = measured[voices].all_begin_seconds
        figures.append(figure(f"block in which {voices} voices begin", "ms", [1000 * one for one in seconds]))
        worst = 1000 * float(np.quantile(seconds, 0.999))
        figures.append(figure(f"block in which {voices} voices begin, 99.9th percentile", "ms", [worst]))
    return figures


def percent(shares: list[float]) -> list[float]:
    """Shares in percent."""
    return [100 * share for share in shares]


def per_voice(shares: list[float], voices: int) -> list[float]:
    """Shares of a core in ms per second and voice."""
    return [1000 * share / voices for share in shares]


def charts_of(measured: dict[int, Measured]) -> list[Chart]:
    """Make the tables over the voices."""
    tight = {voices: float(np.median(one.tight_shares)) for voices, one in measured.items()}
    paced = {voices: float(np.median(one.paced_shares)) for voices, one in measured.items()}
    pair = {"tight": tight, "paced": paced}
    blocks: dict[str, list[float | None]] = {
        "paced, median": [1000 * float(np.median(one.paced_seconds)) for one in measured.values()],
        "paced, 99.9 %": [1000 * float(np.quantile(one.paced_seconds, 0.999)) for one in measured.values()],
        "all begin, median": [1000 * float(np.median(one.all_begin_seconds)) for one in measured.values()],
        "all begin, 99.9 %": [
            1000 * float(np.quantile(one.all_begin_seconds, 0.999)) if voices in CHORDS else None
            for voices, one in measured.items()
        ],
    }
    shares = {name: percent(list(line.values())) for name, line in pair.items()}
    costs = {name: [1000 * share / voices for voices, share in line.items()] for name, line in pair.items()}
    return [
        chart(SHARE, "voices", list(measured), "% of one core", shares),
        chart(COST, "voices", list(measured), "ms", costs),
        chart(BLOCK, "voices", list(measured), "ms", blocks),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the cost of 1 to 64 voices, tight and paced.")
    parser.add_argument("model", nargs="?", default="drums")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of sound per number of voices and round")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    decoder = Decoder.load(find_model(arguments.model), max(VOICES))
    large_pages.gather()
    realtime = realtime_priority.enter()
    measured = {voices: Measured() for voices in VOICES}
    for number in range(arguments.rounds):
        for voices, one in measured.items():
            measure(decoder, voices, arguments.seconds, one)
            print(f"round {number + 1}, {voices} voices: {100 * one.paced_shares[-1]:.1f} % paced", flush=True)
    chords = len(measured[CHORDS[0]].all_begin_seconds)
    notes = [
        f"Model {decoder.metadata.name}; real-time priority was {'granted' if realtime else 'refused'}.",
        f"The 99.9th percentile of the block in which all begin is of {chords} such blocks or more, that of paced "
        f"blocks of {len(measured[1].paced_seconds)}.",
    ]
    record(BENCHMARK, figures_of(measured), arguments.json, charts_of(measured), notes)


if __name__ == "__main__":
    main()
