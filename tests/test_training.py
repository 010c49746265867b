"""Training beside what plays, with the real trainer: looked into, trained, heard meanwhile, given up, gone on with."""

import json
import os
import queue
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtime.contract import read_decoder_metadata
from runtime.model_admission import admitted_decoder
from runtime.steering.desk import Desk
from runtime.training import CHECKPOINT_FILE, LOOK_FILE, RUNS, Training, TrainingHooks, TrainingOrder
from tests.tiny_decoder import TinySettings, tiny_metadata

ONESHOTS = Path(__file__).parent / "data" / "oneshots"
STAGES = ["starting", "reading", "measuring", "rehearsing", "training", "finishing", "done"]
PATIENCE_SECONDS = 120.0
"""A run of half a minute on a busy machine."""


class Beside:
    """A training, and all that it says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: queue.Queue[tuple[str, tuple[Any, ...]]] = queue.Queue()
        self.played: list[str] = []
        self.problems: queue.Queue[str] = queue.Queue()
        desk = Desk(tiny_metadata(TinySettings()), send=lambda event: None)
        desk.listen(self)
        hooks = TrainingHooks(self.played.append, print, lambda error: self.problems.put(str(error)))
        self.training = Training(desk, folder, hooks)

    def changed(self, what: list[Any], sender: object) -> None:
        """No control moves here."""

    def announced(self, address: str, arguments: tuple[Any, ...]) -> None:
        self.said.put((address, arguments))

    def until(self, address: str, first: object = None) -> list[tuple[str, tuple[Any, ...]]]:
        """Return all that is said up to an address, with ``first`` as its first argument if that is given."""
        heard, end = [], time.monotonic() + PATIENCE_SECONDS
        while True:
            heard.append(self.said.get(timeout=max(0.0, end - time.monotonic())))
            said, arguments = heard[-1]
            if said == address and first in (None, arguments[0]):
                return heard

    def problem(self) -> str:
        return self.problems.get(timeout=PATIENCE_SECONDS)


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    made = Beside(tmp_path / "instruments")
    yield made
    made.training.close()


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as people have it: with a file that is none, and a copy of a sound."""
    folder = tmp_path_factory.mktemp("sounds") / "mine"
    shutil.copytree(ONESHOTS, folder)
    (folder / "broken.wav").write_bytes(b"RIFF\x10\x00\x00\x00WAVEjunk")
    shutil.copy(next((folder / "kick").iterdir()), folder / "kick" / "copy.flac")
    return folder


@pytest.fixture(scope="module")
def trained(sounds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Beside, list[Any]]]:
    """One run of half a minute, followed from the start, and all that it said."""
    made = Beside(tmp_path_factory.mktemp("data") / "instruments")
    made.training.follow(True)
    made.training.start(TrainingOrder(str(sounds), "my kit", minutes=0.5))
    yield made, made.until("training", "done")
    made.training.close()


def test_a_look_names_what_is_there_and_what_would_be_left_out_and_why(beside: Beside, sounds: Path) -> None:
    beside.training.look(str(sounds))
    heard = beside.until("train/looked")
    assert [round(arguments[1]) for address, arguments in heard if address == "train/looking"][-1] == 1
    document = json.loads((beside.folder / LOOK_FILE).read_text())
    assert document["sounds"] == 13
    assert document["kind"] == "drums"
    assert {"name": "kick", "sounds": 3} in document["classes"]
    assert document["skipped_count"] == 2
    reasons = {one["path"]: one["reason"] for one in document["skipped"]}
    assert set(reasons) == {"broken.wav", "kick/copy.flac"} or set(reasons) == {"broken.wav", "kick/bd_808.flac"}
    assert "same sound" in next(reason for path, reason in reasons.items() if path.startswith("kick"))
    assert not list((beside.folder / RUNS).glob("*")), "nothing is trained by looking"


def test_a_look_into_another_folder_takes_the_place_of_the_one_under_way(beside: Beside, sounds: Path) -> None:
    beside.training.look(str(sounds.parent))
    time.sleep(0.5)
    beside.training.look(str(sounds / "kick"))
    beside.until("train/looked", str(sounds / "kick"))
    assert json.loads((beside.folder / LOOK_FILE).read_text())["sounds"] == 3
    assert beside.problems.empty()


def test_a_folder_becomes_an_instrument_by_its_stages(trained: tuple[Beside, list[Any]]) -> None:
    beside, said = trained
    stages = [arguments[0] for address, arguments in said if address == "training"]
    assert list(dict.fromkeys(filter(None, stages))) == STAGES
    path = Path(said[-1][1][3])
    assert path == beside.folder / "my_kit.onnx"
    assert read_decoder_metadata(admitted_decoder(path).path).name == "my_kit"
    assert path.with_suffix(".encoder.onnx").is_file()
    assert path.with_suffix(".png").is_file()


def test_what_has_been_learnt_so_far_is_played_while_it_trains_and_in_the_end_the_instrument(
    trained: tuple[Beside, list[Any]],
) -> None:
    beside, said = trained
    heard = [number for number, (address, _) in enumerate(said) if address == "train/hearing"]
    trains = [number for number, (_, arguments) in enumerate(said) if arguments[0] == "training"]
    assert heard
    assert heard[0] < trains[-1], "while it trains"
    paths = [said[number][1][1] for number in heard]
    finished = str(beside.folder / "my_kit.onnx")
    assert paths[-1] == finished, "what is seen and heard in the end is of the finished instrument"
    assert set(paths[:-1]).isdisjoint({finished})
    assert beside.played == [*paths, finished]
    last = Path(paths[-2])
    assert admitted_decoder(last).path == last, "the last one that played can still be opened"


def test_the_run_says_in_its_folder_what_was_skipped_how_the_loss_went_and_how_close_sounds_are(
    trained: tuple[Beside, list[Any]],
) -> None:
    run = trained[0].folder / RUNS / "my_kit"
    assert json.loads((run / "folder.json").read_text())["skipped_count"] == 2
    progress = json.loads((run / "progress.json").read_text())
    assert progress["stage"] == "done"
    # On a busy machine most of half a minute passes before the first step.
    assert progress["curve"]["step"][0] == 1
    assert 0 < progress["curve"]["loss"][0] < 10
    assert progress["hearings"][0]["training_db"] > 0
    assert [sound["number"] for sound in progress["sounds"]] == [1, 2, 3, 4, 5, 6]
    assert progress["lines"][-1].startswith("play it: ")


def test_a_finished_run_goes_on_for_longer_and_writes_when_it_is_told_to(trained: tuple[Beside, list[Any]]) -> None:
    beside, _ = trained
    beside.training.follow(False)
    played = len(beside.played)
    before = json.loads((beside.folder / RUNS / "my_kit" / "progress.json").read_text())
    beside.training.longer("my_kit", 10.0)
    beside.until("training", "training")
    beside.training.start(TrainingOrder(str(ONESHOTS), "another", 1.0))
    assert beside.problem() == "my_kit is being trained. One training at a time. Finish it, or give it up."
    beside.training.stop(write=True)
    assert [arguments[0] for address, arguments in beside.until("training", "done")][-1] == "done"
    after = json.loads((beside.folder / RUNS / "my_kit" / "progress.json").read_text())
    assert after["step"] > before["step"]
    assert after["curve"]["step"][0] == 1
    assert after["curve"]["loss"][0] == before["curve"]["loss"][0], "the curve goes on where it was"
    settings = read_decoder_metadata(beside.folder / "my_kit.onnx").training_settings
    assert settings["steps"] >= after["step"]
    assert len(beside.played) == played, "who does not follow plays on what was played"


def test_a_training_that_is_given_up_ends_at_once_and_its_name_is_free(beside: Beside) -> None:
    beside.training.start(TrainingOrder(str(ONESHOTS), "kit", 30.0))
    beside.until("training", "reading")
    beside.training.stop(write=False)
    (_, (stage, name, _, text)) = beside.until("training", "stopped")[-1]
    assert (stage, name, text) == ("stopped", "kit", "There is nothing yet to go on from.")
    assert beside.problems.empty()
    beside.training.longer("kit", 1.0)
    assert "no run 'kit' to go on with" in beside.problem()
    beside.training.start(TrainingOrder(str(ONESHOTS), "kit", 30.0))
    beside.until("training", "starting")


def test_a_process_that_is_killed_is_told_with_what_to_do(beside: Beside) -> None:
    beside.training.start(TrainingOrder(str(ONESHOTS), "kit", 30.0))
    beside.until("training", "reading")
    child = beside.training._child
    assert child is not None
    # It goes behind what plays, and leaves it a processor.
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == min(own + 19, 19)
    everything = os.sched_getaffinity(0)
    assert os.sched_getaffinity(child.pid) == everything - {max(everything)} or len(everything) == 1
    os.kill(child.pid, signal.SIGKILL)
    (_, (stage, _, _, text)) = beside.until("training", "failed")[-1]
    assert stage == "failed"
    assert "ended unexpectedly" in text
    assert "nothing yet to go on from" in text
    assert beside.problem() == text


def test_a_training_ends_with_the_program_and_its_process_as_well(tmp_path: Path) -> None:
    beside = Beside(tmp_path)
    beside.training.start(TrainingOrder(str(ONESHOTS), "kit", 30.0))
    beside.until("training", "starting")
    child = beside.training._child
    assert child is not None
    beside.training.close()
    assert not child.is_running


REFUSED = {
    "no folder": (TrainingOrder("/no/such/folder", "kit", 1.0), "There is no folder '/no/such/folder'"),
    "an empty path": (TrainingOrder(" ", "kit", 1.0), "There is no folder"),
    "a user that is not there": (TrainingOrder("~nobody-at-all/x", "kit", 1.0), "There is no folder"),
    "no name": (TrainingOrder(str(ONESHOTS), "///", 1.0), "The instrument has no name."),
    "a shipped name": (TrainingOrder(str(ONESHOTS), "drums", 1.0), "called drums already"),
    "another kind": (TrainingOrder(str(ONESHOTS), "kit", 1.0, "basses"), "There is no kind 'basses'."),
    "a start that is not there": (TrainingOrder(str(ONESHOTS), "kit", 1.0, start_from="nothing.onnx"), "no model"),
}


@pytest.mark.parametrize(("order", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_trained_is_refused_in_sentences(beside: Beside, order: TrainingOrder, expected: str) -> None:
    beside.training.start(order)
    assert expected in beside.problem()
    beside.training.start(replace(order, folder="/nowhere"))
    assert beside.problem(), "nothing is left that would stand in the way of the next"


def test_a_name_is_taken_by_an_instrument_and_by_a_run_that_could_go_on(beside: Beside) -> None:
    beside.folder.mkdir()
    (beside.folder / "bass.onnx").touch()
    (beside.folder / RUNS / "lead").mkdir(parents=True)
    (beside.folder / RUNS / "lead" / CHECKPOINT_FILE).touch()
    for name in ("bass", "lead"):
        beside.training.start(TrainingOrder(str(ONESHOTS), name, 1.0))
        assert f"called {name} already" in beside.problem()
