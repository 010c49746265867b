"""The model that is played, as the interface knows it, and whether another one may take its place."""

from dataclasses import dataclass, replace
from typing import Final

from runtime.contract import DecoderMetadata, what_sounds
from runtime.engine.history import NoteHistory
from runtime.errors import LatentbridgeError
from runtime.events import Event
from runtime.latent.spread import Spread
from runtime.model_admission import AdmittedModel
from runtime.model_order import HISTORIES, MOST_ORDERS, ModelOrder
from runtime.shared_buffer import SharedBuffer

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


class PlayedModels:
    """The model that plays, the one that has been ordered, and where the notes of both are kept."""

    def __init__(self, first: PlayedModel) -> None:
        """Make room for the notes of the first model and of any usual one that may follow it."""
        notes_bytes = max(HISTORY_BYTES, NoteHistory.size_bytes(first.metadata))
        self.buffers: Final = {name: SharedBuffer(notes_bytes) for name in HISTORIES}
        """For the engine, which writes."""
        self.now = first
        self.history = self._history()
        """Notes of the model that plays."""
        self._ordered: PlayedModel | None = None
        self._orders = 0

    def order(self, wanted: PlayedModel) -> ModelOrder:
        """Return the order of a model that is to play; the one before it is no longer wanted."""
        self._orders = self._orders % MOST_ORDERS + 1
        self._ordered = replace(wanted, history=1 - self.now.history)
        return ModelOrder(
            str(wanted.admitted.path),
            wanted.admitted.sha256,
            self._ordered.history,
            self._orders,
            what_sounds(wanted.metadata).model_dump_json(),
            wanted.graph_hash,
            Spread.of(wanted.metadata).to_text(),
        )

    def take_over(self, event: Event) -> bool:
        """Follow the engine, which says that it plays what was ordered; whether it does."""
        if not event.value or event.index != self._orders or self._ordered is None:
            return False
        self.now, self._ordered = self._ordered, None
        self.history = self._history()
        return True

    def _history(self) -> NoteHistory:
        return NoteHistory(self.now.metadata, self.buffers[HISTORIES[self.now.history]].memory)
