"""What the engine's own Python costs per block of 128 frames with 16 voices, apart from the decoder.

    python -m benchmarks.engine_overhead [--blocks 2000]

A tiny decoder plays; the time inside its calls is taken off. Times are those of the thread, so that other programs
count only by the caches they empty. The budget is 300 µs for a block in which no note begins.

Seen in 2026-11 (Intel Xeon, two cores, busy with two other programs each; Python 3.11, numpy 2.4), median and 99 %:
chord 112 and 267 µs; spread 111 and 292 µs; spread with two knobs moving 250 and 518 µs; released 145 and 281 µs; the
block in which 16 notes begin 443 µs, or 1,073 µs when each takes the voice of a held note of its own key.

Motion, seen on a busier day (median of spread 185 µs, two knobs 305 µs): with one LFO 266 µs, with an LFO, drift and
key tracking 295 µs; with none what it was before there was any.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from runtime.engine.decoder import Decoder, Floats
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.events import ALL_PARTS, Event, Kind
from runtime.latent.motion import Motion
from tests.tiny_decoder import TinySettings, write_tiny_decoder

BLOCK_FRAMES = 128
VOICES = 16
MOTIONS = (
    Event(Kind.MOTION, note=Motion.LFO, index=0, value=0.3, values=(2.0,)),
    Event(Kind.MOTION, note=Motion.DRIFT, index=1, value=0.3),
    Event(Kind.MOTION, note=Motion.KEY, index=2, value=0.3),
)


class TimedDecoder(Decoder):
    """A decoder that keeps account of the time spent in it."""

    seconds = 0.0

    def decode(self, *arguments: object) -> Floats:
        """Decode, and count how long that took."""
        start = time.thread_time()
        audio = super().decode(*arguments)  # type: ignore[arg-type]
        self.seconds += time.thread_time() - start
        return audio


def chord(engine: Engine, spacing: int = 0) -> None:
    """Begin a note on every voice."""
    for voice in range(VOICES):
        engine.post(Event(Kind.NOTE_ON, engine.frame + voice * spacing, note=40 + voice, value=0.5))


def own_seconds(engine: Engine, decoder: TimedDecoder) -> float:
    """Render a block and return how long the engine took for it, without the decoder."""
    decoder.seconds = 0.0
    start = time.thread_time()
    engine.render(BLOCK_FRAMES)
    return time.thread_time() - start - decoder.seconds


def hold(engine: Engine, block: int) -> None:
    """Let the notes sound."""


def turn_knobs(engine: Engine, block: int) -> None:
    """Move two axes in every block."""
    for axis in range(2):
        value = 0.5 + 0.5 * float(np.sin(block / 50 + axis))
        engine.post(Event(Kind.AXIS, engine.frame + 40 * axis, index=axis, value=value))


def sounding(engine: Engine, decoder: TimedDecoder, blocks: int, what: Callable[[Engine, int], None]) -> list[float]:
    """Measure blocks in which all voices sound."""
    engine.render(4096)
    costs = []
    for block in range(blocks):
        what(engine, block)
        costs.append(own_seconds(engine, decoder))
    return costs


def beginning(engine: Engine, decoder: TimedDecoder, times: int, stealing: bool) -> list[float]:
    """Measure blocks in which all voices begin, into silence or each in the place of another."""
    costs = []
    for _ in range(times):
        if not stealing:
            engine.post(Event(Kind.ALL_SOUND_OFF, engine.frame, part=ALL_PARTS))
        engine.render(1024)
        chord(engine)
        costs.append(own_seconds(engine, decoder))
    return costs


def report(name: str, costs: list[float]) -> None:
    """Print one line."""
    median, high = np.percentile(np.array(costs) * 1e6, [50, 99])
    print(f"{name:<24} median {median:6.0f} µs   99 % {high:6.0f} µs")


def main() -> None:
    """Measure the cases one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=2000)
    blocks = parser.parse_args().blocks
    with tempfile.TemporaryDirectory() as folder:
        path = write_tiny_decoder(
            Path(folder), TinySettings("constant"), longest_note_seconds=600.0, release_seconds=60.0
        )
        decoder = TimedDecoder.load(path, VOICES)

        def engine(spacing: int | None) -> Engine:
            new = Engine(decoder, EngineSettings(VOICES), None, NoteHistory(decoder.metadata))
            if spacing is not None:
                chord(new, spacing)
            return new

        report("chord", sounding(engine(0), decoder, blocks, hold))
        report("spread", sounding(engine(37), decoder, blocks, hold))
        for name, motions in (("an LFO", MOTIONS[:1]), ("three motions", MOTIONS)):
            moved = engine(37)
            for motion in motions:
                moved.post(motion)
            report(f"spread, {name}", sounding(moved, decoder, blocks, hold))
        report("spread, two knobs", sounding(engine(37), decoder, blocks, turn_knobs))
        released = engine(0)
        released.post(Event(Kind.ALL_NOTES_OFF, 1000))
        report("chord, released", sounding(released, decoder, blocks, hold))
        report("16 notes begin", beginning(engine(None), decoder, blocks // 20, stealing=False))
        report("16 notes steal", beginning(engine(0), decoder, blocks // 20, stealing=True))


if __name__ == "__main__":
    main()
