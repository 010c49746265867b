"""Loads another model beside the one that plays, in the engine's process, and keeps the last few ready to come back.

A thread just behind the one that makes sound reads the file, opens it in onnxruntime, proves its batches bit-equal and
builds the engine that is to take over. Nearly all of that happens where Python's lock is not held; the thread that
makes sound asks once per block whether it is done. The interface has let the model through its gate
(:mod:`runtime.model_admission`) and says which bytes these were: another file under that name is refused.
"""

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from runtime import realtime_priority
from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder, DecoderFacts
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine
from runtime.latent.spread import Spread
from runtime.mapping import MappingTable
from runtime.model_order import ModelOrder

MOST_KEPT: Final = 4
"""Decoders that stay loaded, so that coming back to them takes no loading."""
_PAGE_BYTES: Final = 4096
_TIMED_HOPS: Final = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of an order: an engine at rest, or None if the model cannot be played here."""

    order: ModelOrder
    engine: Engine | None
    dearness: float = 0.0
    """How many times as long a hop of all voices takes as one of the model for which the delay was chosen."""


class ModelLoading:
    """Fulfils one order after another. ``order`` and ``take`` are for the thread that makes sound."""

    def __init__(self, playing: Engine, sha256: str, histories: Sequence[Any]) -> None:
        """Take the engine that plays and its file's hash, and the history buffers.

        The engines to come share its settings, its provider and its counters.
        """
        self._settings, self._statistics = playing.settings, playing.statistics
        self._provider: Final = playing.decoder.provider
        self._histories: Final = histories
        self._kept: dict[str, Decoder] = {sha256: playing.decoder}
        self._first_hop_seconds: Final = quickest_hop_seconds(playing.decoder)
        self._hop_seconds = {playing.decoder.hash: self._first_hop_seconds}
        self._orders: queue.SimpleQueue[tuple[ModelOrder, MappingTable | None]] = queue.SimpleQueue()
        self._loaded: queue.SimpleQueue[Loaded] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="model loading", daemon=True)
        self._thread.start()

    def order(self, order: ModelOrder, mapping: MappingTable | None) -> None:
        """Ask for a model, which is to be played with a mapping; never waits."""
        self._orders.put((order, mapping))

    def take(self) -> Loaded | None:
        """Return what has been loaded, or None; never waits."""
        return None if self._loaded.empty() else self._loaded.get()

    def _work(self) -> None:
        realtime_priority.enter_behind_the_sound()
        while True:
            order, mapping = self._orders.get()
            dearness = 0.0
            try:
                engine = self._engine(order, mapping)
                dearness = self._dearness(engine.decoder)
            except Exception:
                # Whatever is wrong with a model that its trial has not shown: what plays goes on, and the interface
                # hears of it. Nothing may end this thread, or no model could be chosen any more.
                engine = None
            self._loaded.put(Loaded(order, engine, dearness))

    def _dearness(self, decoder: Decoder) -> float:
        # What has played before may be playing now, and a decoder works for one thread at a time.
        if decoder.hash not in self._hop_seconds:
            self._hop_seconds[decoder.hash] = quickest_hop_seconds(decoder)
        return self._hop_seconds[decoder.hash] / self._first_hop_seconds

    def _engine(self, order: ModelOrder, mapping: MappingTable | None) -> Engine:
        decoder = self._decoder(order)
        # Notes of two models ago are forgotten: their buffer is laid out anew.
        memory = self._histories[order.history]
        size = NoteHistory.size_bytes(decoder.metadata)
        for at in range(0, size, _PAGE_BYTES):
            end = min(at + _PAGE_BYTES, size)
            memory[at:end] = bytes(end - at)
        history = NoteHistory(decoder.metadata, memory)
        return Engine(decoder, self._settings, mapping, history, self._statistics)

    def _decoder(self, order: ModelOrder) -> Decoder:
        decoder = self._kept.pop(order.sha256, None)
        if decoder is None:
            metadata = DecoderMetadata.model_validate_json(order.metadata)
            spread = Spread.from_text(order.spread, metadata.latent_size)
            decoder = Decoder.load(
                Path(order.path),
                self._settings.voices,
                self._provider,
                order.sha256,
                DecoderFacts(metadata, order.graph_hash, spread),
            )
        self._kept[order.sha256] = decoder
        while len(self._kept) > MOST_KEPT:
            # The oldest; if it still sounds, whoever plays it keeps it.
            self._kept.pop(next(iter(self._kept)))
        return decoder


def quickest_hop_seconds(decoder: Decoder) -> float:
    """Return the least time that a hop of all voices has taken: what the machine did besides does not count."""
    voices, rows = decoder.new_voices(decoder.voices), np.arange(decoder.voices, dtype=np.intp)
    times = []
    for _ in range(_TIMED_HOPS):
        began = time.perf_counter()
        decoder.decode(voices, rows)
        times.append(time.perf_counter() - began)
    return min(times)
