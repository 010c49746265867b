"""Which of the shipped notes' instruments get a loop, and how well it goes round.

    python -m benchmarks.loops [notes] [--keys 48 60 72] [--held 4]

For each preset and key: whether a loop is found, how long it is, the energy of the difference between the sounds around
both its ends against that of the sound (the seam), the change of level there, the largest step of the wave at the seam
against the largest in its neighbourhood, how far the level in 50 ms swings within the loop as it goes round against the
held note itself (beating that the loop adds), and how long the search took.
"""

import argparse
import time

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder, Floats
from runtime.engine.replay import planned_note
from runtime.model_files import find_model
from runtime.oneshots.loops import ATTACK_SECONDS, find_note_loop, measure_loop, repeat_loop
from runtime.oneshots.making import make_sound

VELOCITY = 0.8
WINDOW_SECONDS = 0.05
REPETITIONS_SECONDS = 8.0


def swing_db(sound: Floats, sample_rate: int) -> float:
    """How far the level in 50 ms strays from its mean, [channels, frames]: the standard deviation, in dB."""
    window = round(WINDOW_SECONDS * sample_rate)
    kept = sound[:, : sound.shape[1] // window * window].astype(np.float64)
    levels = (kept.reshape(len(sound), -1, window) ** 2).sum(axis=(0, 2))
    return float(np.std(10 * np.log10(levels + 1e-20)))


def row(decoder: Decoder, metadata: DecoderMetadata, preset: str, key: int, held_seconds: float) -> str:
    """Return one line of the table."""
    place, rate = tuple(metadata.presets[preset]), metadata.sample_rate
    audio = make_sound(decoder, planned_note(metadata, key, VELOCITY, place, held_seconds=held_seconds)).audio
    first, last = round(ATTACK_SECONDS * rate), round(held_seconds * rate)
    pitch_hz = 440 * 2 ** ((key - 69) / 12)
    started = time.perf_counter()
    loop = find_note_loop(audio, rate, last, key)
    seconds = time.perf_counter() - started
    if loop is None:
        return f"{preset:16} {key:3}  none"
    quality = measure_loop(audio, rate, pitch_hz, loop)
    repeated = repeat_loop(audio, loop, first + round(REPETITIONS_SECONDS * rate))[:, loop.first_frame :]
    added = swing_db(repeated, rate) - swing_db(audio[:, first:last], rate)
    length = (loop.end_frame - loop.first_frame) / rate
    fade = "  crossfade" if loop.crossfade_frames else ""
    return (
        f"{preset:16} {key:3}  {length:4.2f} s  seam {quality.mismatch_db:5.1f} dB"
        f"  level {quality.level_step_db:+5.2f} dB  step {quality.step:4.2f}"
        f"  swing {added:+5.2f} dB  {seconds:4.2f} s{fade}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="notes")
    parser.add_argument("--keys", type=int, nargs="+", default=[48, 60, 72])
    parser.add_argument("--held", type=float, default=4.0, help="seconds that each key is held")
    options = parser.parse_args()
    decoder = Decoder.load(find_model(options.model), voices=16)
    rows = [
        row(decoder, decoder.metadata, preset, key, options.held)
        for preset in decoder.metadata.presets
        for key in options.keys
    ]
    print("\n".join(rows))
    print(f"{sum('none' not in line for line in rows)} of {len(rows)} notes have a loop")


if __name__ == "__main__":
    main()
