"""The process in which a model is tried: it limits itself, loads, runs, says what it found, and ends.

It answers ``{"remarks": [sentence, …]}``, or ``{"refused": [wrong, expected, remedy]}``. That it may end without an
answer is what it is for.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.child_process import Document, Parent
from runtime.contract import ContractError, DecoderMetadata, read_encoder_metadata, read_model_file
from runtime.encoder import run_encoder
from runtime.engine.decoder import Decoder
from runtime.errors import LatentbridgeError

Latents = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_VOICES: Final = 64
"""As many as `play` lets sound together."""
_HOPS: Final = 6
_ORDINARY: Final = 3.0
"""Latents are trained to lie about 0 with a deviation of about 1."""
_FAR: Final = (1e3, 1e6)
"""The farthest that a command takes, and the farthest that the engine does."""
_FAR_PITCHES: Final = (-48.0, 175.0)
"""MIDI notes with the widest bend."""
_GRACE_SECONDS: Final = 5
_NICENESS: Final = 10


def main() -> None:
    """Try the model that the parent names, and say what came of it."""
    parent = Parent()
    setup = parent.setup
    path = Path(setup["model"])
    # What a library says while it dies is for nobody: the parent says what happened.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    # Started by the hand of somebody who plays meanwhile.
    if sys.platform != "win32":
        os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit(setup["limits"])
    try_kind: Callable[[Path], list[str]] = {"decoder": try_decoder, "encoder": try_encoder}[setup["kind"]]
    try:
        parent.say({"remarks": try_kind(path)})
    except LatentbridgeError as error:
        parent.say({"refused": [error.wrong, error.expected, error.remedy]})
    except MemoryError:
        parent.say({"refused": _too_much_memory(path, setup["limits"]["memory_bytes"])})


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def _too_much_memory(path: Path, allowed_bytes: int) -> list[str]:
    return [
        f"{path} asks for more than {allowed_bytes / 2**30:.1f} GiB of memory.",
        "A model that runs within that was expected.",
        "Export it again with `latentbridge train`; if it came from elsewhere, do not use it.",
    ]


def _limit(limits: Document) -> None:
    """Limit what this process may take, as far as the system does it; the parent watches the clock in any case."""
    if sys.platform == "win32":
        return
    import resource

    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, limits["processor_seconds"])
    # If the parent is killed meanwhile, nobody else ends a process that sleeps for ever.
    signal.alarm(int(limits["wall_seconds"]) + _GRACE_SECONDS)
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + limits["memory_bytes"])


def _lower(which: int, value: int) -> None:
    """Set a soft limit, no higher than the hard one that somebody may have set before us."""
    import resource

    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, hard))


def try_decoder(path: Path) -> list[str]:
    """Run a decoder with as many voices as may sound, near and far from where it was trained.

    Returns sentences about ordinary places where it gives no sound, which the engine silences. Raises ContractError if
    it does not run, or if one voice spoils another.
    """
    # With few voices: what cannot be loaded or run at all is told here, in its own words.
    Decoder.load(path, 4)
    decoder = Decoder(path, read_model_file(path), MOST_VOICES, "cpu")
    meta = decoder.metadata
    random = np.random.Generator(np.random.Philox(key=0))
    at_default = np.tile(np.asarray(meta.default_latent), (MOST_VOICES, 1))
    alone = sounds(decoder, at_default, meta.pitch_range, random)
    for distance in _FAR:
        # Voices may overflow there, which the engine silences; they may not take the others along, nor the process.
        far = sounds(decoder, _places(at_default, distance, random), _FAR_PITCHES, random)
        if alone[0] and not far[0]:
            raise _spoilt(path)
    if not alone.all():
        return ["no finite sound at its default place; such notes are silenced."]
    near = sounds(decoder, _places(at_default, _ORDINARY, random), meta.pitch_range, random)
    if near.all():
        return []
    return [f"no finite sound at {np.sum(~near)} of {MOST_VOICES} ordinary places; notes are silenced there."]


def _spoilt(path: Path) -> ContractError:
    return ContractError(
        f"{path} falls silent for all voices when one of them is far from what it was trained on.",
        "A decoder whose voices do not touch each other, and which runs at any latent, was expected.",
        "Export it again with `latentbridge train`.",
    )


def _places(at_default: Latents, distance: float, random: np.random.Generator) -> Latents:
    """Return latents up to ``distance`` away on each axis, [voices, latent_size]; the first stays at the default.

    Half are drawn evenly, half are corners, the first of them with all axes at one end.
    """
    places = random.uniform(-distance, distance, at_default.shape)
    half = len(places) // 2
    places[half:] = np.where(places[half:] < 0, -distance, distance)
    places[half] = distance
    places[half + 1] = -distance
    places[0] = at_default[0]
    return places


def sounds(decoder: Decoder, latents: Latents, pitches: tuple[float, float], random: np.random.Generator) -> Mask:
    """Return which voices stay finite for some hops, [voices]; the key is let go half-way.

    The first voice plays an ordinary note, whatever the others do.
    """
    meta: DecoderMetadata = decoder.metadata
    voices = decoder.new_voices(MOST_VOICES)
    rows = np.arange(MOST_VOICES, dtype=np.intp)
    finite = np.ones(MOST_VOICES, np.bool_)
    voices.latent[:] = latents
    voices.pitch[:] = random.uniform(*pitches, voices.pitch.shape)
    voices.pitch[-2:, 0] = pitches
    voices.pitch[0] = np.mean(meta.pitch_range)
    voices.velocity[:] = random.integers(0, 2, voices.velocity.shape)
    voices.velocity[0] = 1.0
    for hop in range(_HOPS):
        voices.gate[:] = hop < _HOPS // 2
        voices.time_rate[:] = meta.time_rate_range[hop % 2] if hop else 1.0
        voices.noise[:] = random.uniform(-1, 1, voices.noise.shape)
        finite &= np.isfinite(decoder.decode(voices, rows)).all(axis=(1, 2))
    return finite


def try_encoder(path: Path) -> list[str]:
    """Run an encoder on loud noise and on silence. Raises ContractError if it does not run."""
    metadata = read_encoder_metadata(path)
    silence = np.zeros((metadata.channels, metadata.frames), np.float32)
    noise = np.random.Generator(np.random.Philox(key=0)).choice((-1.0, 1.0), silence.shape)
    for sound in (noise.astype(np.float32), silence):
        try:
            run_encoder(path, metadata, sound)
        except ContractError:
            raise
        except LatentbridgeError:
            continue  # It runs and finds no place for this sound, as it may: `encode` says so of the user's own.
    return []
