"""What a hop of the decoder costs: a tight loop on one thread, for several numbers of voices.

    python benchmarks/decoder_cost.py [DECODER.onnx] [--family harmonic] [--channels 2] [--json OUT.json]

Without a file the decoder of the trainer's present settings is exported with random weights, so that a design can be
judged before it is trained. As in the engine, memory is in large pages; what small ones took stands beside it. Prints
the machine and one line per number of voices, then the same as JSON. The budget is 0.85 ms per hop of 256 frames at 8
voices and 1.6 ms at 16.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime

from runtime import large_pages
from runtime.contract import CONTROL_INPUTS, DecoderMetadata, read_decoder_metadata
from runtime.engine.decoder import open_session
from runtime.machine import machine

VOICES = (1, 4, 8, 16, 32)
BUDGET_MS = {8: 0.85, 16: 1.6}


def exported_at_random(folder: Path, channels: int, family: str) -> Path:
    """Export an untrained decoder of the present settings into ``folder`` and return its path."""
    from trainer.export import export_decoder
    from trainer.settings import NOTES_MODEL, ModelSettings
    from trainer.vae import HARMONIC, VariationalAutoencoder

    settings = NOTES_MODEL if family == HARMONIC else ModelSettings()
    metadata = DecoderMetadata(
        name="untrained",
        family=family,
        pitched=family == HARMONIC,
        sample_rate=settings.sample_rate,
        hop_frames=settings.hop_frames,
        channels=channels,
        latent_size=settings.latent_size,
        longest_note_seconds=settings.longest_seconds,
        release="model",
        velocity="engine",
        default_latent=(0.0,) * settings.latent_size,
    )
    path = folder / "untrained.onnx"
    export_decoder(VariationalAutoencoder(settings, channels), metadata, path)
    return path


def cost(session: onnxruntime.InferenceSession, voices: int, calls: int) -> dict[str, float]:
    """Play ``calls`` hops with ``voices`` voices and return the time of a call in ms: median and 99th percentile."""
    random = np.random.default_rng(0)
    inputs = session.get_inputs()
    feed = {t.name: random.uniform(-1, 1, (voices, *t.shape[1:])).astype(np.float32) for t in inputs}
    feed["time_rate"][:] = 1
    feed["gate"][:] = 1
    feed["pitch"][:] = random.uniform(36, 84, (voices, 1))
    states = [t.name for t in inputs][len(CONTROL_INPUTS) :]
    feed |= {name: np.zeros_like(feed[name]) for name in states}
    milliseconds = []
    for _ in range(calls + 50):
        begin = time.perf_counter()
        _, *after = session.run(None, feed)
        milliseconds.append((time.perf_counter() - begin) * 1e3)
        feed |= dict(zip(states, after, strict=True))
    warm = milliseconds[50:]
    return {"median_ms": float(np.median(warm)), "p99_ms": float(np.quantile(warm, 0.99))}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the decoder, one thread, hop by hop.")
    parser.add_argument("decoder", type=Path, nargs="?", help="an exported decoder; without it, an untrained one")
    parser.add_argument("--channels", type=int, default=1, choices=(1, 2), help="of the untrained decoder")
    parser.add_argument("--family", default="spectral-noise", choices=("spectral-noise", "harmonic"), help="of it too")
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.decoder or exported_at_random(Path(folder), arguments.channels, arguments.family)
        metadata = read_decoder_metadata(path)
        session = open_session(path, path.read_bytes(), "cpu")
    small = {voices: cost(session, voices, arguments.calls) for voices in VOICES}
    pages = large_pages.gather()
    figures = {
        "machine": machine(),
        "decoder": {"name": metadata.name, "channels": metadata.channels, "hop_ms": metadata.hop_seconds * 1e3},
        "voices": {voices: cost(session, voices, arguments.calls) for voices in VOICES},
        "voices_in_small_pages": small,
    }
    print(figures["machine"])
    for voices, times in figures["voices"].items():
        share = times["median_ms"] / figures["decoder"]["hop_ms"]
        budget = f", budget {BUDGET_MS[voices]} ms" if voices in BUDGET_MS else ""
        before = times["median_ms"] / small[voices]["median_ms"], times["p99_ms"] / small[voices]["p99_ms"]
        print(
            f"{voices:3d} voices: median {times['median_ms']:.3f} ms, 99th percentile {times['p99_ms']:.3f} ms, "
            f"{share:.0%} of a hop{budget}; {before[0]:.2f} and {before[1]:.2f} of what small pages took"
        )
    print(f"{pages} large pages of 2 MB")
    text = json.dumps(figures)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
