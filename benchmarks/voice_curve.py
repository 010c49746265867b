"""What voices cost: 1 to 64 of them, in a tight loop and paced as a sound card calls, and the worst block.

    python -m benchmarks.voice_curve [MODEL] [--seconds 10] [--out OUT]

One engine on one thread, JACK and ports left out. Writes OUT.json and OUT.png. The goals are half of one core for 16
voices and one core for 32, paced, and 20 ms of processor time per second of sound and voice at 8 voices.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from runtime import realtime_priority
from runtime.delay import likely_worst_seconds, worst_blocks_seconds
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.machine import machine
from runtime.model_files import find_model
from runtime.paced_cost import block_costs, paced_cost

VOICES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64)
BLOCK_FRAMES = 128


def measure(decoder: Decoder, voices: int, seconds: float) -> dict[str, float]:
    """Figures of one number of voices; times in ms, shares of one core."""

    def engine() -> Engine:
        return Engine(decoder, EngineSettings(voices))

    rate = decoder.metadata.sample_rate
    tight = block_costs(engine(), voices, BLOCK_FRAMES, round(seconds * rate / BLOCK_FRAMES), pause=False)
    paced = paced_cost(engine(), voices, BLOCK_FRAMES, seconds)
    worst = worst_blocks_seconds(engine(), voices, BLOCK_FRAMES, rate)
    return {
        "tight_share": float(np.mean(tight)) * rate / BLOCK_FRAMES,
        "paced_share": paced.share,
        "paced_ms_per_voice_second": paced.milliseconds_per_voice_second,
        "paced_block_median_ms": 1000 * paced.median_seconds,
        "paced_block_p999_ms": 1000 * paced.worst_seconds,
        "all_begin_median_ms": 1000 * float(np.median(worst)),
        "all_begin_p999_estimate_ms": 1000 * likely_worst_seconds(worst),
    }


def draw(rows: dict[int, dict[str, float]], title: str, picture: Path) -> None:
    """Draw shares of a core and worst blocks over the voices."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for name, label in (("paced_share", "paced"), ("tight_share", "tight loop")):
        left.plot(list(rows), [100 * row[name] for row in rows.values()], marker="o", label=label)
    left.set(xlabel="voices", ylabel="% of one core", ylim=(0, None), title=title)
    for name, label in (
        ("paced_block_median_ms", "median block"),
        ("paced_block_p999_ms", "99.9 % of blocks"),
        ("all_begin_p999_estimate_ms", "all begin at once, 99.9 %"),
    ):
        right.plot(list(rows), [row[name] for row in rows.values()], marker="o", label=label)
    right.axhline(1000 * BLOCK_FRAMES / 48_000, color="grey", linestyle=":", label="a block of 128")
    right.set(xlabel="voices", ylabel="ms", ylim=(0, None))
    for panel in (left, right):
        panel.grid(alpha=0.3)
        panel.legend(fontsize=7)
    figure.savefig(picture, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the cost of 1 to 64 voices, tight and paced.")
    parser.add_argument("model", nargs="?", default="drums")
    parser.add_argument("--seconds", type=float, default=10.0, help="of sound per number of voices")
    parser.add_argument("--out", type=Path, default=Path("voice_curve"))
    arguments = parser.parse_args()
    decoder = Decoder.load(find_model(arguments.model), max(VOICES))
    realtime = realtime_priority.enter()
    print(machine(), f"real-time priority {'granted' if realtime else 'refused'}", sep="; ")
    rows: dict[int, dict[str, float]] = {}
    print("| voices | " + " | ".join(("tight %", "paced %", "ms / s / voice", "block", "99.9 %", "all begin")) + " |")
    print("|---" * 7 + "|")
    for voices in VOICES:
        row = rows[voices] = measure(decoder, voices, arguments.seconds)
        print(
            f"| {voices} | {100 * row['tight_share']:.1f} | {100 * row['paced_share']:.1f} "
            f"| {row['paced_ms_per_voice_second']:.1f} | {row['paced_block_median_ms']:.2f} ms "
            f"| {row['paced_block_p999_ms']:.2f} ms | {row['all_begin_p999_estimate_ms']:.2f} ms |",
            flush=True,
        )
    document: dict[str, Any] = {"machine": machine(), "realtime": realtime, "model": decoder.metadata.name}
    document |= {"block_frames": BLOCK_FRAMES, "voices": rows}
    arguments.out.with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n")
    draw(rows, f"{decoder.metadata.name}, {machine().split(',')[0]}", arguments.out.with_suffix(".png"))


if __name__ == "__main__":
    main()
