"""A run that is watched: what is written of it can be read at any moment, keeps to a size, and survives a pause."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from trainer.diary import FOLDER_FILE, PROGRESS_FILE, Curve, Diary
from trainer.progress import READING, TRAINING, HeardSound, Hearing, StepSeen


def seen(step: int, loss: float = 1.0) -> StepSeen:
    """A step every tenth of a second."""
    return StepSeen(step, loss, seconds=0.1 * step, seconds_left=100.0 - 0.1 * step)


@pytest.fixture
def told() -> list[dict[str, Any]]:
    return []


def diary_in(folder: Path, told: list[dict[str, Any]], clock=lambda: 0.0) -> Diary:
    return Diary(folder, told.append, clock=clock)


def progress(folder: Path) -> dict[str, Any]:
    return json.loads((folder / PROGRESS_FILE).read_text())


def hearing(number: int, step: int) -> Hearing:
    near, far = (HeardSound(k, f"kick {k}", "kick", k == 2, 0.5, distance_db=2.0 * k) for k in (1, 2))
    return Hearing(number, step, Path(f"playable/{number:04d}/kit.onnx"), (near, far))


def test_a_curve_of_a_long_run_keeps_to_a_size_and_spans_the_whole_run() -> None:
    curve = Curve()
    for step in range(1, 200_000):
        curve.add(seen(step, loss=1 / step))
    assert 100 <= len(curve.loss) <= 300
    assert len(curve.loss) == len(curve.step) == len(curve.seconds)
    assert curve.step[0] == 1
    assert curve.step[-1] > 190_000
    gaps = [later - earlier for earlier, later in zip(curve.seconds, curve.seconds[1:], strict=False)]
    assert max(gaps) < 2.1 * min(gaps), "points are spread evenly over time"
    assert curve.loss == [pytest.approx(1 / step, abs=1e-5) for step in curve.step]


def test_progress_is_told_and_written_once_a_second_and_at_once_when_a_stage_begins(
    tmp_path: Path, told: list[dict[str, Any]]
) -> None:
    now = 0.0
    diary = diary_in(tmp_path, told, clock=lambda: now)
    diary.stage(READING, 0.0)
    for step in range(1, 51):
        now = 0.1 * step
        diary.passed(seen(step))
        diary.stage(TRAINING, step / 50, f"step {step}")
    assert [one["stage"] for one in told] == ["reading", *["training"] * 5]
    assert told[-1] == {"stage": "training", "fraction": pytest.approx(0.82), "text": "step 41"}
    assert progress(tmp_path)["step"] == 41


def test_what_is_heard_is_written_with_its_distances_and_told_with_its_path(
    tmp_path: Path, told: list[dict[str, Any]]
) -> None:
    diary = diary_in(tmp_path, told)
    diary.passed(seen(30))
    diary.heard(hearing(1, 30))
    assert told == [{"hearing": 1, "path": str(Path("playable/0001/kit.onnx"))}]
    document = progress(tmp_path)
    assert document["hearings"] == [{"number": 1, "step": 30, "seconds": 3.0, "training_db": 2.0, "held_out_db": 4.0}]
    assert document["sounds"][1] == {
        "number": 2, "name": "kick 2", "class": "kick", "is_held_out": True, "seconds": 0.5, "distance_db": 4.0
    }  # fmt: skip


def test_a_run_that_goes_on_draws_its_curve_on_from_the_checkpoint(tmp_path: Path, told: list[dict[str, Any]]) -> None:
    before = diary_in(tmp_path, told)
    for step in range(1, 101):
        before.passed(seen(step))
    before.heard(hearing(1, 40))
    before.heard(hearing(2, 90))
    after = diary_in(tmp_path, told)
    after.stage(READING, 0.5)
    after.resumed(60)
    after.passed(seen(61))
    after.stage(TRAINING, 0.6)
    document = progress(tmp_path)
    assert [one["step"] for one in document["hearings"]] == [40]
    assert document["curve"]["step"] == [1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 61]


def test_what_is_no_number_is_left_out_and_all_else_is_written(tmp_path: Path, told: list[dict[str, Any]]) -> None:
    diary = diary_in(tmp_path, told)
    for step, loss in ((1, 2.0), (6, math.nan), (11, math.inf), (16, 1.0)):
        diary.passed(seen(step, loss))
    silent = HeardSound(1, "kick", "", False, 0.5, distance_db=math.nan)
    diary.heard(Hearing(1, 16, Path("kit.onnx"), (silent,)))
    document = progress(tmp_path)
    assert document["curve"]["loss"] == [2.0, 1.0]
    assert document["hearings"][0]["training_db"] is None
    assert document["sounds"][0]["distance_db"] is None


@pytest.mark.parametrize("content", ["", "{", '{"curve": 3}', '{"curve": {"seconds": [1]}}', "[]"])
def test_a_run_goes_on_whatever_has_become_of_what_was_written(
    tmp_path: Path, told: list[dict[str, Any]], content: str
) -> None:
    (tmp_path / PROGRESS_FILE).write_text(content)
    diary = diary_in(tmp_path, told)
    diary.resumed(10)
    diary.passed(seen(11))
    diary.stage(TRAINING, 0.1)
    assert progress(tmp_path)["curve"]["step"] == [11]


def test_a_folder_that_has_gone_does_not_end_a_run(tmp_path: Path, told: list[dict[str, Any]]) -> None:
    folder = tmp_path / "run"
    diary = diary_in(folder, told)
    folder.rmdir()
    diary.found({"sounds": 3})
    diary.stage(TRAINING, 0.5)
    assert told[-1]["stage"] == "training"
    assert not (folder / FOLDER_FILE).exists()
