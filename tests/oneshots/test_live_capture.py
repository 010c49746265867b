"""A capture while an instrument is played by OSC: the file, what is said about it, and the sound made once more."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pythonosc.osc_message import OscMessage
from pythonosc.udp_client import SimpleUDPClient

from runtime.contract import read_decoder_metadata
from runtime.latent.outside import DataRange
from runtime.model_files import find_model
from runtime.oneshots.fingerprint import distances_db, fingerprint
from runtime.oneshots.neighbours import UNPITCHED_APART_DB
from runtime.oneshots.tags import read_tags
from tests.command_line import latentbridge
from tests.system.playing import Playing, playing
from tests.tiny_decoder import write_tiny_decoder

PATIENCE_SECONDS = 30.0


class Controller:
    """An OSC program that plays and listens."""

    def __init__(self, port: int) -> None:
        self._replies = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._replies.bind(("127.0.0.1", 0))
        self._replies.settimeout(PATIENCE_SECONDS)
        self._client = SimpleUDPClient("127.0.0.1", port)
        self.send("/lb/hello", self._replies.getsockname()[1], "test")

    def send(self, address: str, *arguments: object) -> None:
        self._client.send_message(address, list(arguments))

    def told(self, address: str) -> list[object]:
        """Return the arguments of the next message to this address."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            message = OscMessage(self._replies.recv(65_536))
            if message.address == address:
                return list(message.params)
        raise AssertionError(f"nothing came for {address}")

    def close(self) -> None:
        self._replies.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[Playing, Controller, Path]]:
    model, captures = write_tiny_decoder(tmp_path), tmp_path / "captures"
    options = ("--output", "null", "--midi", "none", "--osc", "127.0.0.1:0", "--captures", str(captures))
    with playing(model, *options) as instrument:
        port = int(instrument.await_ready().partition("OSC 127.0.0.1:")[2].partition(",")[0])
        controller = Controller(port)
        yield instrument, controller, captures
        controller.close()


def test_a_captured_note_is_told_and_can_be_made_again(stage: tuple[Playing, Controller, Path]) -> None:
    _, controller, captures = stage
    controller.send("/lb/note", 62, 90)
    time.sleep(0.2)
    controller.send("/lb/z", 1.0, 0.5, 0.0, -0.5)
    time.sleep(0.2)
    controller.send("/lb/note", 62, 0)
    controller.send("/lb/capture")
    path, note, peak_db = controller.told("/lb/captured")
    assert (path, note) == (str(captures / "tiny_D3_v090_0001.wav"), 62)
    assert isinstance(peak_db, float)
    assert -60 < peak_db < 0
    latent = read_tags(Path(path)).arrays["latent"]
    assert list(latent[0]) == [0, 0, 0, 0]
    assert list(latent[-1]) == [1.0, 0.5, 0.0, -0.5], "the move while it sounded is in the file"
    done = latentbridge("oneshot", "--from", path, "again.wav", cwd=captures.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert (captures.parent / "again.wav").read_bytes() == Path(path).read_bytes()


def test_a_name_from_a_client_cannot_leave_the_folder(stage: tuple[Playing, Controller, Path]) -> None:
    _, controller, captures = stage
    controller.send("/lb/note", 62, 90)
    time.sleep(0.2)
    controller.send("/lb/note", 62, 0)
    controller.send("/lb/capture", "../../up and away.wav")
    path, *_ = controller.told("/lb/captured")
    assert path == str(captures / "up_and_away.wav")


def test_neighbours_of_a_drum_are_other_drums_of_its_class(tmp_path: Path) -> None:
    options = ("--output", "null", "--midi", "none", "--osc", "127.0.0.1:0", "--captures", str(tmp_path))
    with playing(find_model("drums"), *options) as instrument:
        port = int(instrument.await_ready().partition("OSC 127.0.0.1:")[2].partition(",")[0])
        controller = Controller(port)
        controller.send("/lb/note", 38, 100)
        while controller.told("/lb/voices") == [0]:
            pass
        controller.send("/lb/capture/variations", 3)
        paths = [Path(str(controller.told("/lb/captured")[0])) for _ in range(4)]
        controller.send("/lb/capture/variations", 33)
        assert "within 1…32" in str(controller.told("/lb/error")[1])
        controller.close()
    stem = "drums_D1_v100_0001"
    assert [path.name for path in paths] == [f"{stem}.wav", *(f"{stem}_var{k:02d}.wav" for k in (1, 2, 3))]
    metadata = read_decoder_metadata(find_model("drums"))
    data, places = DataRange(metadata), [read_tags(path).arrays["latent"][0].tolist() for path in paths]
    assert places[0] == pytest.approx(metadata.key_map[38], abs=1e-6)
    assert {metadata.class_of(data.label(place)) for place in places} == {"snare"}
    assert all(data.outside(place) <= 1 for place in places)
    looks = np.stack([fingerprint(soundfile.read(path, dtype="float32")[0][None], 48_000, None) for path in paths])
    apart = np.stack([distances_db(one, looks, is_pitched=False) for one in looks])
    assert apart[~np.eye(4, dtype=bool)].min() > UNPITCHED_APART_DB - 0.3, "each can be told from all others"
    done = latentbridge("oneshot", "--from", str(paths[2]), "again.wav", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "again.wav").read_bytes() == paths[2].read_bytes()


def test_a_capture_of_nothing_is_told_as_an_error(stage: tuple[Playing, Controller, Path]) -> None:
    instrument, controller, _ = stage
    controller.send("/lb/capture")
    _, text = controller.told("/lb/error")
    assert "There is no note to capture yet" in str(text)
    assert instrument.process.poll() is None
