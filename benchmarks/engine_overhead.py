"""What the engine's own Python costs per block, apart from the decoder: print it for the cases that matter.

    python benchmarks/engine_overhead.py [--blocks 2000]

A tiny decoder plays; the time inside its calls is taken off. Times are those of the thread, so that other programs do
not count; the median and the 99th percentile of one block of 128 frames are printed.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from runtime.engine.decoder import Decoder
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event, Kind
from tests.tiny_decoder import TinySettings, write_tiny_decoder

BLOCK_FRAMES = 128
VOICES = 16


class TimedDecoder:
    """A decoder that keeps account of the time spent in it."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self.seconds = 0.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._decoder, name)

    def decode(self, *arguments: object) -> object:
        """Decode, and count how long that took."""
        start = time.thread_time()
        audio = self._decoder.decode(*arguments)  # type: ignore[arg-type]
        self.seconds += time.thread_time() - start
        return audio


def measure(engine: Engine, decoder: TimedDecoder, blocks: int, knobs: bool) -> np.ndarray:
    """Return the engine's own seconds in each block."""
    own = []
    for block in range(blocks):
        if knobs:
            value = 0.5 + 0.5 * np.sin(block / 50)
            for axis in range(2):
                engine.post(Event(Kind.AXIS, engine.frame + 40 * axis, index=axis, value=float(value)))
        decoder.seconds = 0.0
        start = time.thread_time()
        engine.render(BLOCK_FRAMES)
        own.append(time.thread_time() - start - decoder.seconds)
    return np.array(own)


def main() -> None:
    """Measure a chord (all hops together), spread notes, moving knobs, and notes in release."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=2000)
    blocks = parser.parse_args().blocks
    with tempfile.TemporaryDirectory() as folder:
        metadata = {"longest_note_seconds": 600.0, "release_seconds": 60.0}
        path = write_tiny_decoder(Path(folder), TinySettings("constant"), **metadata)
        decoder = TimedDecoder(Decoder.load(path, VOICES))
        for name, spacing, knobs, released in (
            ("chord", 0, False, False),
            ("spread", 37, False, False),
            ("spread, knobs", 37, True, False),
            ("chord, released", 0, False, True),
        ):
            history = NoteHistory(decoder.metadata)
            engine = Engine(decoder, EngineSettings(VOICES), None, history)  # type: ignore[arg-type]
            for voice in range(VOICES):
                engine.post(Event(Kind.NOTE_ON, voice * spacing, note=40 + voice, value=0.5))
                if released:
                    engine.post(Event(Kind.NOTE_OFF, 1000, note=40 + voice))
            engine.render(4096)
            own = measure(engine, decoder, blocks, knobs) * 1e6
            median, high = np.percentile(own, [50, 99])
            print(f"{name:<16} median {median:6.0f} µs   99 % {high:6.0f} µs   most {own.max():6.0f} µs")


if __name__ == "__main__":
    main()
