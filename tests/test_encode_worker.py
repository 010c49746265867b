"""Encoding beside an instrument: answers in turn, errors as sentences, a process that dies is replaced."""

import os
import queue
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from runtime.encode_worker import EncodeRequest, EncodeWorker
from runtime.encoded import Encoded
from runtime.errors import LatentbridgeError
from runtime.sample_place import encode_sample
from tests.oneshots.sounds import SAMPLE_RATE, strike
from tests.tiny_encoder import write_tiny_model

PATIENCE_SECONDS = 60.0
Said = tuple[EncodeRequest, Encoded] | LatentbridgeError


class Asker:
    """A worker and what it said."""

    def __init__(self, folder: Path) -> None:
        self.said: queue.Queue[Said] = queue.Queue()
        self.shares: list[float] = []
        self.worker = EncodeWorker(
            folder / "tiny.onnx",
            on_encoded=lambda request, found: self.said.put((request, found)),
            on_problem=self.said.put,
            on_progress=lambda request, share: self.shares.append(share),
        )

    def answer(self) -> Said:
        return self.said.get(timeout=PATIENCE_SECONDS)


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    write_tiny_model(tmp_path)
    soundfile.write(tmp_path / "kick.wav", strike(12_000)[0], SAMPLE_RATE, "FLOAT")
    asker = Asker(tmp_path)
    yield asker
    asker.worker.close()


def test_a_sample_is_found_where_the_command_finds_it_and_the_asker_is_told_of_its_request(
    asker: Asker, tmp_path: Path
) -> None:
    plain = EncodeRequest(tmp_path / "kick.wav", name="my kick", part=3)
    refined = EncodeRequest(tmp_path / "kick.wav", refine=True)
    for request in (plain, refined):
        asker.worker.encode(request)
    assert asker.answer() == (plain, encode_sample(tmp_path / "tiny.onnx", tmp_path / "kick.wav"))
    assert asker.answer() == (refined, encode_sample(tmp_path / "tiny.onnx", tmp_path / "kick.wav", refine=True))
    assert asker.shares == sorted(asker.shares)
    assert asker.shares[-1] == 1.0


def test_an_error_is_told_in_sentences_and_the_next_sample_is_found(asker: Asker, tmp_path: Path) -> None:
    asker.worker.encode(EncodeRequest(tmp_path / "nothing.wav"))
    asker.worker.encode(EncodeRequest(tmp_path / "kick.wav"))
    problem = asker.answer()
    assert isinstance(problem, LatentbridgeError)
    assert "nothing.wav does not exist" in str(problem)
    assert isinstance(asker.answer(), tuple)


def test_a_process_that_dies_is_replaced(asker: Asker, tmp_path: Path) -> None:
    asker.worker.encode(EncodeRequest(tmp_path / "kick.wav"))
    asker.answer()
    child = asker.worker._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    while child.is_running:
        time.sleep(0.01)
    asker.worker.encode(EncodeRequest(tmp_path / "kick.wav"))
    assert isinstance(asker.answer(), tuple)


def test_closing_ends_the_process_at_once(asker: Asker, tmp_path: Path) -> None:
    asker.worker.encode(EncodeRequest(tmp_path / "kick.wav"))
    asker.answer()
    child = asker.worker._child
    assert child is not None
    asker.worker.encode(EncodeRequest(tmp_path / "kick.wav", refine=True))
    began = time.monotonic()
    asker.worker.close()
    assert time.monotonic() - began < 5
    assert not child.is_running
    assert asker.said.empty()


def test_a_model_without_an_encoder_is_told_when_it_is_asked(asker: Asker, tmp_path: Path) -> None:
    (tmp_path / "tiny.encoder.onnx").unlink()
    asker.worker.encode(EncodeRequest(tmp_path / "kick.wav"))
    problem = asker.answer()
    assert isinstance(problem, LatentbridgeError)
    assert "tiny.encoder.onnx of tiny.onnx is missing" in str(problem)
