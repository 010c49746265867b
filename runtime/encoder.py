"""A sound file through a model's encoder: read as in training, run once in onnxruntime."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from runtime.audio_files import read_oneshot
from runtime.contract import ContractError, EncoderMetadata, read_encoder_metadata, read_model_file
from runtime.engine.decoder import ORT_ERRORS
from runtime.errors import LatentbridgeError
from runtime.model_admission import admit_encoder

Floats = NDArray[np.float32]

_SILENT: Final = 4
_RUN_ERRORS: Final[tuple[type[Exception], ...]] = (*ORT_ERRORS, ValueError)
"""onnxruntime's own, and ValueError for an input of another name."""


@dataclass(frozen=True, slots=True)
class HeardSample:
    """A sound as the encoder hears it: ``audio`` [channels, frames] from its onset, peak 1.

    ``longest_seconds`` is what an encoder hears; ``was_cut`` says that the file goes on after that.
    """

    audio: Floats
    sample_rate: int
    longest_seconds: float
    was_cut: bool


def hear_sample(metadata: EncoderMetadata, sample: Path) -> HeardSample:
    """Read a sound file cut to its onset, resampled and levelled as in training.

    Raises LatentbridgeError if the sound cannot be read.
    """
    longest_seconds = metadata.frames / metadata.sample_rate
    sound = read_oneshot(sample, metadata.sample_rate, metadata.channels, longest_seconds)
    return HeardSample(sound.audio[:, : metadata.frames], metadata.sample_rate, longest_seconds, sound.was_cut)


def encode_file(encoder_path: Path, sample: Path) -> Floats:
    """Return the latent of a sound file, [latent_size] float32.

    Raises LatentbridgeError if the sound cannot be read or the encoder does not run.
    """
    metadata = read_encoder_metadata(admit_encoder(encoder_path))
    return run_encoder(encoder_path, metadata, hear_sample(metadata, sample).audio)


def run_encoder(path: Path, metadata: EncoderMetadata, audio: Floats) -> Floats:
    """Return the latent of ``audio`` [channels, frames], as :func:`hear_sample` gives it, as [latent_size].

    Raises ContractError if the file does not run as an encoder, LatentbridgeError if what it finds is no place.
    """
    padded = np.zeros((1, metadata.channels, metadata.frames), np.float32)
    padded[0, :, : audio.shape[1]] = audio
    data = read_model_file(path)
    options = onnxruntime.SessionOptions()
    # One thread: the same sound has the same place however many processors there are.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _SILENT
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        (found,) = session.run(["latent"], {"audio": padded})
    except _RUN_ERRORS as error:
        reason = str(error).strip().partition("\n")[0]
        raise ContractError(
            f"{path} does not run as an encoder: {reason}",
            f"An input `audio` {list(padded.shape)} and the outputs `latent` and `log_variance` were expected.",
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
