"""How like the first time a sound made again has to be, and how like it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.oneshots.tags import MadeWith, Tags
from runtime.oneshots.wav_file import BYTES_PER_SAMPLE, Audio, as_24_bit, read_chunk

ELSEWHERE_DB: Final = -80.0
"""Largest difference promised on other machines and versions, in dBFS: kernels differ in their last bits."""
_MOST_BYTES: Final = 2**31


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was promised and what came of it, in sentences; ``kept`` is whether the promise holds."""

    kept: bool
    promised: str
    found: str


def promise(then: MadeWith, now: MadeWith) -> str:
    """Say in a sentence what may be expected of a sound made again, from what made it then and what does now."""
    differing = [name for name in MadeWith.model_fields if getattr(then, name) != getattr(now, name)]
    if not differing:
        return "Promise: the same samples, since versions, provider and processor are those of the first time."
    changes = "; ".join(f"{name}: {getattr(then, name)}, now {getattr(now, name)}" for name in differing)
    return f"Promise: within {ELSEWHERE_DB:g} dBFS of the first time ({changes})."


def compare(path: Path, then: Tags, now: MadeWith, again: Audio) -> Verdict:
    """Compare a sound made again (float32 [channels, frames]) with the file at ``path`` whose tags it was made from.

    Raises LatentbridgeError if the file cannot be read.
    """
    exactly = then.document.made_with == now
    promised = promise(then.document.made_with, now)
    stored, made = read_chunk(path, b"data", _MOST_BYTES) or b"", as_24_bit(again)
    if hashlib.sha256(made).hexdigest() == then.document.sound_hash:
        edited = "" if stored == made else f" {path} itself was edited since."
        return Verdict(True, promised, f"Checked: every sample is the same.{edited}")
    if hashlib.sha256(stored).hexdigest() != then.document.sound_hash or len(stored) != len(made):
        return Verdict(False, promised, f"Not checked: the sound in {path} was edited since latentbridge wrote it.")
    difference = float(np.abs(_samples(stored) - _samples(made)).max())
    decibels = 20 * float(np.log10(max(difference, 2**-24)))
    found = f"Checked: the largest difference is {decibels:.0f} dBFS."
    return Verdict(decibels <= ELSEWHERE_DB and not exactly, promised, found)


def _samples(data: bytes) -> NDArray[np.float64]:
    """Return little-endian 24-bit samples as numbers within ±1."""
    count = len(data) // BYTES_PER_SAMPLE
    wide = np.zeros((count, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(data, np.uint8, count * BYTES_PER_SAMPLE).reshape(count, BYTES_PER_SAMPLE)
    return wide.view("<i4")[:, 0].astype(np.float64) / 2**31
