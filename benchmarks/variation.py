"""How far strikes stray with variation: whether a drum stays the same drum, and how different its strikes sound.

    python -m benchmarks.variation [drums] [--keys 24] [--strikes 4]

For some keys (notes: some sounds of the map), each struck again and again: how many strikes keep the class of the
unvaried one, by the nine sounds of the map nearest to where the encoder hears them; how far their third-octave levels
lie from the unvaried one's, frame by frame, and their peaks, in dB.

Seen in 2026-11 with --keys 32, variation 0.1, 0.3, 0.5 and 1: drums keep their class in 100, 98, 95 and 91 of 100
strikes, at 0.3, 0.6, 1.1 and 2.2 dB. Notes (--keys 20 --strikes 3): 100, 100, 98 and 90 of 100, at 1.6, 1.7, 2.0 and
2.2 dB, of which 1.6 are the noise that every note has of its own.
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime

from runtime.contract import DecoderMetadata, read_encoder_metadata
from runtime.engine.decoder import Decoder, Floats
from runtime.engine.noise import strike_seed
from runtime.engine.replay import planned_note, render_note
from runtime.engine.variation import Variation
from runtime.model_files import encoder_of, find_model

AMOUNTS = (0.1, 0.3, 0.5, 1.0, 2.0)
NEIGHBOURS = 9
FRAME = 1024
FLOOR_DB = -35.0


class Ears:
    """The class that the model's own encoder hears."""

    def __init__(self, path: Path, metadata: DecoderMetadata) -> None:
        encoder = encoder_of(path, metadata)
        self._metadata = read_encoder_metadata(encoder)
        self._session = onnxruntime.InferenceSession(encoder)
        self._latents = np.array([point.latent for point in metadata.map_points])
        self._labels = np.array([point.label for point in metadata.map_points])
        self._deviations = self._latents.std(axis=0)

    def heard(self, sound: Floats) -> int:
        """Return the class of a sound [channels, frames]."""
        audio = np.zeros((1, self._metadata.channels, self._metadata.frames), np.float32)
        frames = min(sound.shape[1], audio.shape[2])
        audio[0, :, :frames] = sound[:, :frames] / max(float(np.abs(sound).max()), 1e-9)
        (latent,) = self._session.run(["latent"], {"audio": audio})
        far = np.square((self._latents - latent[0]) / self._deviations).sum(axis=1)
        return int(np.bincount(self._labels[np.argsort(far)[:NEIGHBOURS]]).argmax())


def bands_db(sound: Floats, frames: int = 24) -> Floats:
    """Return levels of a sound in 24 frames of 1024 and about twenty bands, in dB."""
    padded = np.zeros(frames * FRAME)
    kept = sound[0, : len(padded)]
    padded[: len(kept)] = kept
    power = np.abs(np.fft.rfft(padded.reshape(-1, FRAME) * np.hanning(FRAME), axis=1)) ** 2
    edges = np.unique(np.geomspace(2, FRAME // 2, 20).astype(int))
    return np.asarray(10 * np.log10(np.add.reduceat(power, edges[:-1], axis=1) + 1e-5))


def main() -> None:
    """Measure one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="drums")
    parser.add_argument("--keys", type=int, default=24)
    parser.add_argument("--strikes", type=int, default=4)
    options = parser.parse_args()
    path = find_model(options.model)
    decoder = Decoder.load(path, 16)
    metadata = decoder.metadata
    ears, variation = Ears(path, metadata), Variation(decoder.spread, metadata)
    places = list(metadata.key_map.items()) or [(60, point.latent) for point in metadata.map_points]
    random = np.random.default_rng(1)
    chosen = [places[at] for at in random.permutation(len(places))[: options.keys]]
    unvaried = [render_note(decoder, planned_note(metadata, note, 0.8, place)) for note, place in chosen]
    heard, levels = [ears.heard(sound) for sound in unvaried], [bands_db(sound) for sound in unvaried]
    for amount in AMOUNTS:
        kept, apart, peaks = [], [], []
        for at, (note, place) in enumerate(chosen):
            for strike in range(options.strikes):
                seed = strike_seed(1000 * at + strike)
                # Twice the largest amount is tried too, to see what it would do.
                offset = variation.offset(np.array(place), min(amount, 1.0), seed) * max(amount, 1.0)
                moved = tuple((np.array(place) + offset).astype(np.float32).tolist())
                sound = render_note(decoder, planned_note(metadata, note, 0.8, moved, seed))
                kept.append(ears.heard(sound) == heard[at])
                own = bands_db(sound)
                loud = np.maximum(own, levels[at]) > FLOOR_DB
                apart.append(float(np.sqrt(np.mean((own - levels[at])[loud] ** 2))))
                peaks.append(abs(20 * np.log10(np.abs(sound).max() / np.abs(unvaried[at]).max())))
        usual, most = np.percentile([apart, peaks], [50, 90], axis=1)
        print(
            f"variation {amount:3.1f}: class kept {np.mean(kept):4.0%}, bands {usual[0]:4.1f} dB apart "
            f"(90 %: {most[0]:4.1f}), peaks {usual[1]:3.1f} dB (90 %: {most[1]:3.1f})",
            flush=True,
        )


if __name__ == "__main__":
    main()
