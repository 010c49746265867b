"""``latentbridge encode``: where a sound of yours is in an instrument, and what the instrument makes of it."""

import sys
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import onnxruntime
from cyclopts import Parameter
from numpy.typing import NDArray

from runtime.audio_files import read_oneshot
from runtime.contract import (
    ContractError,
    EncoderMetadata,
    read_decoder_metadata,
    read_encoder_metadata,
    read_model_file,
)
from runtime.engine.decoder import ORT_ERRORS, Decoder
from runtime.engine.replay import planned_note
from runtime.errors import LatentbridgeError
from runtime.model_admission import admit_decoder, admit_encoder
from runtime.model_files import encoder_of, find_model
from runtime.oneshots.cutting import QUIETEST_PEAK
from runtime.oneshots.making import make_sound
from runtime.oneshots.writing import check_writable, write_named

Floats = NDArray[np.float32]

VOICES: Final = 16
_NOTE, _VELOCITY = 60, 100
_SILENT: Final = 4
_RUN_ERRORS: Final[tuple[type[Exception], ...]] = (*ORT_ERRORS, ValueError)
"""onnxruntime's own, and ValueError for an input of another name."""


def encode(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    sample: Annotated[Path, Parameter(help="The sound: WAV, AIFF, FLAC, OGG or MP3, of any rate.")],
    /,
    *,
    wav: Annotated[Path | None, Parameter(help="Write here what the instrument makes of the sound.")] = None,
) -> None:
    """Find the place of a sound of yours in an instrument.

    Prints its latent: the coordinate at which the instrument sounds most like it, in one line that can be pasted after
    `latentbridge oneshot MODEL OUT.wav --latent`.
    """
    model_path = find_model(model)
    metadata = read_decoder_metadata(model_path)
    encoder_path = encoder_of(model_path, metadata)
    if wav is not None:
        check_writable(wav)
    latent = encode_file(encoder_path, sample)
    if len(latent) != metadata.latent_size:
        raise ContractError(
            f"{encoder_path} gives {len(latent)} numbers and {model_path} takes {metadata.latent_size}.",
            "Both are parts of one model.",
            "Copy both files again, from the same place.",
        )
    print(as_text(latent))
    if wav is not None:
        decoder = Decoder.load(admit_decoder(model_path), VOICES)
        place = tuple(float(value) for value in latent)
        note = planned_note(metadata, _NOTE, _VELOCITY / 127, place)
        sound = make_sound(decoder, note, QUIETEST_PEAK, "reconstruction", sample.name)
        write_named(wav, sound.audio, sound.sample_rate, sound.tags)
        print(f"{wav}: what {metadata.name} makes of {sample.name}", file=sys.stderr)


def encode_file(encoder_path: Path, sample: Path) -> Floats:
    """Return the latent of a sound file, [latent_size] float32.

    The sound is cut to its onset, resampled and padded as in training. Raises LatentbridgeError if the sound cannot be
    read or the encoder does not run.
    """
    metadata = read_encoder_metadata(admit_encoder(encoder_path))
    longest_seconds = metadata.frames / metadata.sample_rate
    sound = read_oneshot(sample, metadata.sample_rate, metadata.channels, longest_seconds)
    if sound.was_cut:
        print(
            f"latentbridge: {sample.name} is longer than {longest_seconds:g} s; the rest is left out.", file=sys.stderr
        )
    audio = np.zeros((1, metadata.channels, metadata.frames), np.float32)
    frames = min(sound.audio.shape[1], metadata.frames)
    audio[0, :, :frames] = sound.audio[:, :frames]
    return run_encoder(encoder_path, metadata, audio)


def as_text(latent: Floats) -> str:
    """Return a latent as numbers with commas: the shortest that give the same float32 when read again."""
    return ",".join(str(value) for value in latent.astype(np.float32))


def run_encoder(path: Path, metadata: EncoderMetadata, audio: Floats) -> Floats:
    """Return the latent of ``audio`` [1, channels, frames] as [latent_size].

    Raises ContractError if the file does not run as an encoder, LatentbridgeError if what it finds is no place.
    """
    data = read_model_file(path)
    options = onnxruntime.SessionOptions()
    # One thread: the same sound has the same place however many processors there are.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _SILENT
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        (found,) = session.run(["latent"], {"audio": audio})
    except _RUN_ERRORS as error:
        reason = str(error).strip().partition("\n")[0]
        raise ContractError(
            f"{path} does not run as an encoder: {reason}",
            f"An input `audio` {list(audio.shape)} and the outputs `latent` and `log_variance` were expected.",
            "Export it again with `latentbridge train`.",
        ) from None
    latent = np.asarray(found, np.float32).reshape(-1)
    if len(latent) != metadata.latent_size or not np.isfinite(latent).all():
        raise LatentbridgeError(
            f"{path} gives no usable latent for this sound.",
            f"{metadata.latent_size} finite numbers were expected.",
            "Try another sound, or train the model again.",
        )
    return latent
