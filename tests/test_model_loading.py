"""Claims about loading a model beside the one that plays: which bytes, what is kept, and what a bad order does."""

import hashlib
import time
from pathlib import Path

import pytest

from runtime.contract import read_decoder_metadata, read_hash, what_sounds
from runtime.engine.decoder import Decoder
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event, Kind
from runtime.latent.spread import Spread
from runtime.mapping import MappingTable
from runtime.model_loading import MOST_KEPT, Loaded, ModelLoading
from runtime.model_order import ModelOrder
from tests.performance import note_on
from tests.tiny_decoder import TinySettings, write_tiny_decoder

PATIENCE_SECONDS = 30.0


class Rig:
    """Loading beside an engine of a tiny model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first = write_tiny_decoder(folder, name="first")
        engine = Engine(Decoder.load(self.first, 4), EngineSettings(4), MappingTable())
        size = NoteHistory.size_bytes(engine.decoder.metadata)
        self.histories = [memoryview(bytearray(size)) for _ in range(2)]
        self.engine = engine
        self.loading = ModelLoading(engine, sha256(self.first), self.histories)
        self._orders = 0

    def load(self, path: Path, wanted_sha256: str = "") -> Loaded:
        self._orders += 1
        metadata = self.engine.decoder.metadata
        if path.exists():
            metadata = read_decoder_metadata(path)
        order = ModelOrder(
            str(path),
            wanted_sha256 or sha256(path),
            self._orders % 2,
            self._orders,
            what_sounds(metadata).model_dump_json(),
            read_hash(path) if path.exists() else "",
            Spread.of(metadata).to_text(),
        )
        self.loading.order(order, MappingTable())
        end = time.monotonic() + PATIENCE_SECONDS
        while (loaded := self.loading.take()) is None:
            assert time.monotonic() < end, "nothing was ever loaded"
            time.sleep(0.005)
        assert loaded.order == order
        return loaded


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_other_bytes_than_those_that_passed_the_gate_are_not_loaded(rig: Rig) -> None:
    path = write_tiny_decoder(rig.folder, name="second")
    passed = sha256(path)
    write_tiny_decoder(rig.folder, TinySettings(decay_seconds=1.0), name="second")
    assert rig.load(path, passed).engine is None
    assert rig.load(path).engine is not None, "one bad order does not end it"


def test_a_file_that_has_gone_is_answered_and_the_next_one_loaded(rig: Rig) -> None:
    assert rig.load(rig.folder / "gone.onnx", "0" * 64).engine is None
    loaded = rig.load(rig.first).engine
    assert loaded is not None
    assert loaded.decoder is rig.engine.decoder, "the model that plays need not be loaded again"


def test_the_last_models_stay_loaded_and_no_more(rig: Rig) -> None:
    paths = [write_tiny_decoder(rig.folder, name=f"model{n}") for n in range(MOST_KEPT + 1)]
    engines = [rig.load(path).engine for path in paths]
    again = rig.load(paths[1]).engine, rig.load(paths[0]).engine
    assert all(engines)
    assert all(again)
    assert again[0].decoder is engines[1].decoder  # type: ignore[union-attr]
    assert again[1].decoder is not engines[0].decoder  # type: ignore[union-attr]


def test_a_new_models_notes_take_the_place_of_those_of_two_models_ago(rig: Rig) -> None:
    old = NoteHistory(rig.engine.decoder.metadata, rig.histories[1])
    engine = Engine(rig.engine.decoder, EngineSettings(4), None, old)
    engine.post(note_on(0))
    engine.render(1000)
    assert old.last() is not None
    loaded = rig.load(write_tiny_decoder(rig.folder, TinySettings(hop_frames=512), name="second")).engine
    assert loaded is not None
    kept = NoteHistory(loaded.decoder.metadata, rig.histories[1])
    assert kept.last() is None
    loaded.post(Event(Kind.NOTE_ON, 0, note=61, value=1.0))
    loaded.render(1000)
    last = kept.last()
    assert last is not None
    assert last.note == 61
