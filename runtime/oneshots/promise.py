"""How like the first time a sound made again has to be, and how like it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr

from runtime.oneshots.sample_format import Audio
from runtime.oneshots.tags import MadeWith, Tags
from runtime.oneshots.wav_file import read_chunk

ELSEWHERE_DB: Final = -80.0
"""Largest difference promised on other machines and versions, in dBFS: kernels differ in their last bits."""
_MOST_BYTES: Final = 2**31


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was promised and what came of it, in sentences; ``kept`` is whether the promise holds."""

    kept: bool
    promised: str
    found: str


def promise(then: MadeWith, now: MadeWith, rates_by: tuple[str, str] = ("", "")) -> str:
    """Say in a sentence what may be expected of a sound made again, from what made it then and what does now.

    ``rates_by`` is the version of soxr then and now, where the rate was changed.
    """
    changed = {name: (getattr(then, name), getattr(now, name)) for name in MadeWith.model_fields} | {"soxr": rates_by}
    differing = [f"{name}: {before}, now {after}" for name, (before, after) in changed.items() if before != after]
    if not differing:
        return "Promise: the same samples, since versions, provider and processor are those of the first time."
    changes = "; ".join(differing)
    return f"Promise: within {ELSEWHERE_DB:g} dBFS of the first time ({changes})."


def compare(path: Path, then: Tags, now: MadeWith, again: Audio) -> Verdict:
    """Compare a sound made again (float32 [channels, frames]) with the file at ``path`` whose tags it was made from.

    Raises LatentbridgeError if the file cannot be read.
    """
    written = then.document.written
    rates_by = (written.soxr, soxr.__version__ if written.soxr else "")
    exactly = then.document.made_with == now and rates_by[0] == rates_by[1]
    promised = promise(then.document.made_with, now, rates_by)
    layout = written.layout
    stored, made = read_chunk(path, b"data", _MOST_BYTES) or b"", b"".join(layout.encode(again))
    if hashlib.sha256(made).hexdigest() == then.document.sound_hash:
        edited = "" if stored == made else f" {path} itself was edited since."
        return Verdict(True, promised, f"Checked: every sample is the same.{edited}")
    if hashlib.sha256(stored).hexdigest() != then.document.sound_hash or len(stored) != len(made):
        return Verdict(False, promised, f"Not checked: the sound in {path} was edited since latentbridge wrote it.")
    difference = float(np.abs(layout.decode(stored) - layout.decode(made)).max())
    decibels = 20 * float(np.log10(max(difference, 2**-24)))
    found = f"Checked: the largest difference is {decibels:.0f} dBFS."
    return Verdict(decibels <= ELSEWHERE_DB and not exactly, promised, found)
