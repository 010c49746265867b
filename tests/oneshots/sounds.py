"""Sounds and tags for the tests of one-shot files."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.oneshots.tags import Cut, EnvelopeFrames, MadeWith, Note, PlayedBy, TagDocument, Tags
from runtime.oneshots.wav_file import hash_of_samples

Audio = NDArray[np.float32]
SAMPLE_RATE = 48_000
ENVELOPE = EnvelopeFrames(attack_frames=0, decay_frames=0, sustain_level=1, release_frames=2_400, fade_frames=240)
RULES = PlayedBy(
    lead_hops=0,
    longest_hops=750.0,
    slowest=1.0,
    fastest=1.0,
    silent_hops=10,
    silent_peak=3e-5,
    releases=True,
    envelope_releases=True,
    velocity_gain=True,
    model_gain=0.7,
)


def strike(frames: int = 4_801, channels: int = 1) -> Audio:
    """A decaying tone with noise, float32 [channels, frames]; an odd number of bytes unless told otherwise."""
    time = np.arange(frames) / SAMPLE_RATE
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (channels, frames))
    tone = 0.5 * np.sin(2 * np.pi * 200 * time) + noise
    return np.asarray(tone * np.exp(-time / 0.05), np.float32)


def tags_for(audio: Audio, hops: int = 20, **changes: Any) -> Tags:
    """Tags that fit a sound; ``changes`` replace fields of the document."""
    random = np.random.default_rng(2)
    fields: dict[str, Any] = {
        "kind": "oneshot",
        "model": "tiny",
        "model_hash": "a" * 64,
        "made_with": MadeWith(
            latentbridge="0.1.0", onnxruntime="1.31.1", numpy="2.4.6", provider="cpu", voices=16, processor="a machine"
        ),
        "sound_hash": hash_of_samples(audio),
        "note": Note(note=60, velocity=100 / 127, seed=7, release_frame=4_000, envelope=ENVELOPE),
        "played_by": RULES,
        "cut": Cut(first_frame=3, last_frame=3 + audio.shape[1], gain=0.5, fade_frames=240),
    }
    arrays = {
        "latent": random.standard_normal((hops, 16)).astype(np.float32),
        "pitch": np.full(hops, 60, np.float32),
    }
    return Tags(TagDocument(**(fields | changes)), arrays)
