"""The model that is played, as the interface knows it, and whether another one may take its place."""

from dataclasses import dataclass
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.engine.history import NoteHistory
from runtime.errors import LatentbridgeError
from runtime.model_admission import AdmittedModel

HISTORY_BYTES: Final = 96 << 20
"""Room for the notes of any usual model: 30 seconds of 64 latent dimensions in hops of 256 frames at 48 kHz. What a
model does not use is never touched, so it takes no memory."""


@dataclass(frozen=True, slots=True)
class PlayedModel:
    """A model that has passed the gate."""

    admitted: AdmittedModel
    metadata: DecoderMetadata
    graph_hash: str = ""
    """Of graph and weights, as :func:`runtime.contract.read_hash` says; empty for the first model."""
    history: int = 0
    """Which of the two history buffers keeps its notes."""


def check_change(before: DecoderMetadata, after: DecoderMetadata) -> None:
    """Raise LatentbridgeError if ``after`` cannot be played in the place of ``before``, on the same output."""
    remedy = f"End the program and begin again with {after.name}."
    if after.sample_rate != before.sample_rate:
        raise LatentbridgeError(
            f"{after.name} sounds at {after.sample_rate} Hz, while {before.name} is played at {before.sample_rate} Hz.",
            "A model can follow one of the same sample rate only.",
            remedy,
        )
    if NoteHistory.size_bytes(after) > HISTORY_BYTES:
        raise LatentbridgeError(f"The notes of {after.name} are too large to be remembered.", "", remedy)
