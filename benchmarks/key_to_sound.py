"""How long from a key to its sound: the constant delay D for blocks and voices, and how far notes stray from it.

    python -m benchmarks.key_to_sound [--repetitions 3] [--notes 40] [--blocks 32 64 …] [--json OUT.json]

D is found as `latentbridge play` finds it at its start (`runtime.delay.needed_blocks`), again and again, since the
speed of a machine varies. Then `latentbridge play drums` runs on a JACK server (dummy driver), and
`tests/jack_probe.py` strikes keys at random frames and finds each onset in what it records, from outside, in freewheel.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.result import Benchmark, Chart, Figure, Goal, chart, figure, record
from runtime import large_pages, realtime_priority
from runtime.delay import needed_blocks
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.model_files import find_model
from tests.system.jack_playing import OPTIONS, delay_frames, probed
from tests.system.jack_rig import jack_server
from tests.system.playing import playing

BENCHMARK = Benchmark(
    name="key_to_sound",
    title="Key to sound",
    what=(
        "*D* is the constant number of frames between a key and its sound, chosen at each start as the fewest whole "
        "blocks of which the worst block (all voices begin together, paced) takes at most 60 %. Measured as `play` "
        "does, several times over, with the shipped drums at 48 kHz. The spread is what a probe outside the program "
        "finds through JACK MIDI: keys at random frames, onsets found in the recording, JACK's dummy driver in "
        "freewheel, `play` with sixteen voices. What a sound card keeps comes on top."
    ),
    reasons={
        "D, block 32*": "a block of 32 needs as many milliseconds for the same chord as one of 128, so D becomes the "
        "multiple of 32 that holds it; it passes 128 frames where the chord takes more than 60 % of 2.7 ms",
        "D, block 64*": "the same chord has to fit in the same milliseconds; D passes 128 frames where it takes more "
        "than 60 % of 2.7 ms",
        "D, block 128, 8 voices": "eight voices that begin together take more than 60 % of a block here; one voice "
        "costs nearly as much as eight, since a call reads all weights and starts all operators, whatever it holds",
        "D, block 128, 16 voices": "sixteen voices that begin together take more than 60 % of two blocks here",
        "spread*": "an onset was found at another distance from its key: the sound is placed to the frame, so this "
        "is a fault to be looked for",
    },
)
BLOCKS_FRAMES = (32, 64, 128, 256, 512, 1024, 2048)
VOICES = (1, 4, 8, 16)
PLAYED_VOICES = 16
ATTEMPTS = 2
GAP_MS = 700.0
"""Between two notes of the probe: the sound before has faded."""
GOALS = {
    (128, 8): Goal(at_most=128),
    (128, 16): Goal(at_most=256),
    (32, 8): Goal(at_most=128, words="near 128"),
    (64, 8): Goal(at_most=128, words="near 128"),
}
"""Frames of D for (block, voices)."""


def delays(decoder: Decoder, repetitions: int, blocks_frames: list[int]) -> dict[tuple[int, int], list[int]]:
    """Choose D as `play` does; frames for each block and number of voices, again and again."""
    rate = decoder.metadata.sample_rate
    found: dict[tuple[int, int], list[int]] = {}
    for _ in range(repetitions):
        for frames in blocks_frames:
            for voices in VOICES:
                blocks = needed_blocks(Engine(decoder, EngineSettings(voices)), voices, frames, rate, rate)
                found.setdefault((frames, voices), []).append(frames * blocks)
    return found


def probe(model: Path, block_frames: int, notes: int) -> dict[str, Any] | None:
    """Strike keys of a real instrument; what the probe found, and D as the line ``ready:`` says it.

    None if the machine is too busy: the probe has to hear every note, and has ten seconds more than real time for it.
    """
    for _ in range(ATTEMPTS):
        with (
            jack_server(block_frames=block_frames) as server,
            playing(model, *OPTIONS, server=server.name) as instrument,
        ):
            said = delay_frames(instrument.await_ready())
            try:
                return probed(server, notes, "--gap-ms", str(GAP_MS)) | {"said": said}
            except AssertionError as error:
                print(f"block {block_frames}: {error}", file=sys.stderr)
    return None


def delay_charts(found: dict[tuple[int, int], list[int]], blocks_frames: list[int], rate: int) -> list[Chart]:
    """Tables of D: in the middle and at its longest in frames, in the middle in ms."""
    tables = []
    for what, which, unit, factor in (
        ("median", np.median, "frames", 1.0),
        ("longest", np.max, "frames", 1.0),
        ("median", np.median, "ms", 1000 / rate),
    ):
        lines = {
            f"{voices} voice{'s' if voices > 1 else ''}": [
                factor * float(which(found[frames, voices])) for frames in blocks_frames
            ]
            for voices in VOICES
        }
        tables.append(chart(f"Constant delay D, {what}", "block, frames", blocks_frames, f"D, {unit}", lines))
    return tables


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the delay from key to sound and its spread.")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--notes", type=int, default=40, help="for the probe, at each block")
    parser.add_argument("--blocks", type=int, nargs="+", default=list(BLOCKS_FRAMES))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    model = find_model("drums")
    decoder = Decoder.load(model, max(VOICES))
    large_pages.gather()
    realtime = realtime_priority.enter()
    found = delays(decoder, arguments.repetitions, arguments.blocks)
    if realtime:
        realtime_priority.leave()
    figures = [
        figure(f"D, block {frames}, {voices} voices", "frames", found[frames, voices], goal)
        for (frames, voices), goal in GOALS.items()
        if (frames, voices) in found
    ]
    probes = {frames: probe(model, frames, arguments.notes) for frames in arguments.blocks}
    heard = {frames: result for frames, result in probes.items() if result is not None}
    figures += [spread(frames, result) for frames, result in heard.items()]
    lines = {
        "ready: says": [result["said"] for result in heard.values()],
        "first onset": [result["latency_frames"]["min"] for result in heard.values()],
        "last onset": [result["latency_frames"]["max"] for result in heard.values()],
    }
    charts = delay_charts(found, arguments.blocks, decoder.metadata.sample_rate)
    charts.append(chart("Heard through JACK", "block, frames", list(heard), "frames after the key", lines))
    notes = [
        f"Real-time priority was {'granted' if realtime else 'refused'}.",
        f"The probe struck {arguments.notes} keys at each block named; none was missed.",
    ]
    notes += [
        f"**NOT measured**: the spread at a block of {frames}; the probe did not come to its end, or missed notes."
        for frames in sorted(probes.keys() - heard.keys())
    ]
    record(BENCHMARK, figures, arguments.json, charts, notes)


def spread(block_frames: int, heard: dict[str, Any]) -> Figure:
    """Make the figure of how far notes stray from each other."""
    latency = heard["latency_frames"]
    name = f"spread through JACK MIDI, block {block_frames}"
    return figure(name, "frames", [latency["max"] - latency["min"]], Goal(at_most=1))


if __name__ == "__main__":
    main()
