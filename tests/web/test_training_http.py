"""Runs and folders over HTTP: what was trained is had whole, no name leads out, and half a file is no accident."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from runtime.atomic_file import replace_file
from runtime.data_folder import instruments_folder
from runtime.install_lines import training_lacks
from runtime.web.folder_list import MOST_FOLDERS
from runtime.web.training_runs import MOST_RUNS
from tests.web.serving import Serving

RUN_FILES = {
    "order.json": {"folder": "/home/me/drums", "name": "kit", "minutes": 20.0, "kind": "auto", "start_from": ""},
    "folder.json": {"folder": "/home/me/drums", "kind": "drums", "skipped": []},
    "progress.json": {"stage": "done", "fraction": 1.0, "curve": {"seconds": [1.5], "step": [1], "loss": [2.5]}},
}


@pytest.fixture
def instruments() -> Iterator[Path]:
    """The instruments: one run, ``kit``, that has ended well."""
    folder = instruments_folder()
    shutil.rmtree(folder, ignore_errors=True)
    write_run(folder, "kit")
    for ending in (".onnx", ".encoder.onnx", ".png"):
        (folder / f"kit{ending}").write_bytes(ending.encode())
    yield folder
    shutil.rmtree(folder)


def write_run(instruments: Path, name: str) -> Path:
    run = instruments / "runs" / name
    (run / "sounds").mkdir(parents=True)
    for file, document in RUN_FILES.items():
        (run / file).write_text(json.dumps(document))
    for file in ("sound_1.original.wav", "sound_1.decoded.png"):
        (run / "sounds" / file).write_bytes(file.encode())
    (run / "checkpoint.ckpt").write_bytes(b"weights")
    return run


def get(served: Serving, path: str) -> Any:
    status, content, headers = served.request(path)
    assert (status, headers["content-type"]) == (200, "application/json"), content
    return json.loads(content)


def post(served: Serving, path: str, body: object) -> tuple[int, Any]:
    """Ask as the page does; status and what was answered."""
    headers = {"Origin": served.origin, "X-Latentbridge-Token": served.token()}
    status, text, _ = served.request(path, "POST", headers, json.dumps(body).encode())
    return status, json.loads(text) if status == 200 else text.decode()


def list_folder(served: Serving, path: object) -> tuple[int, Any]:
    return post(served, "/api/folders", {"path": path})


def has_no_traceback(served: Serving) -> bool:
    return "Traceback" not in served.instrument.stderr


# Runs ----------------------------------------------------------------------------------------------------------------


def test_before_anything_was_trained_there_is_nothing_and_no_error(served: Serving) -> None:
    assert not instruments_folder().exists()
    assert get(served, "/api/training") == {"needs": "", "runs": []}
    assert get(served, "/api/training/look") == {}


def test_a_run_is_listed_with_what_it_was_asked_for_and_where_its_instrument_is(
    served: Serving, instruments: Path
) -> None:
    (run,) = get(served, "/api/training")["runs"]
    assert run.pop("modified_seconds") > 1e9
    assert run == {
        "name": "kit",
        "folder": "/home/me/drums",
        "kind": "drums",
        "minutes": 20.0,
        "instrument": str(instruments / "kit.onnx"),
        "is_finished": True,
        "can_go_on": True,
    }


def test_a_run_is_finished_only_if_its_instrument_is_there(served: Serving, instruments: Path) -> None:
    (instruments / "kit.onnx").unlink()
    (instruments / "runs" / "kit" / "checkpoint.ckpt").unlink()
    (run,) = get(served, "/api/training")["runs"]
    assert (run["is_finished"], run["can_go_on"], run["instrument"]) == (False, False, "")


def test_the_newest_runs_come_first_and_old_ones_can_still_be_asked_for(served: Serving, instruments: Path) -> None:
    runs = instruments / "runs"
    for number in range(MOST_RUNS + 5):
        folder = write_run(instruments, f"run {number:03d}")
        os.utime(folder, (2e9 + number, 2e9 + number))
    listed = [run["name"] for run in get(served, "/api/training")["runs"]]
    assert listed == [f"run {number:03d}" for number in range(MOST_RUNS + 4, 4, -1)]
    assert get(served, "/api/runs/run%20000/progress") == RUN_FILES["progress.json"]
    shutil.rmtree(runs)


def test_what_a_run_says_and_what_it_made_are_had_whole(served: Serving, instruments: Path) -> None:
    replace_file(instruments / "look.json", json.dumps({"folder": "/looked/at"}).encode())
    assert get(served, "/api/training/look") == {"folder": "/looked/at"}
    assert get(served, "/api/runs/kit/progress") == RUN_FILES["progress.json"]
    assert get(served, "/api/runs/kit/folder") == RUN_FILES["folder.json"]
    for path, content, kind, disposition in (
        ("sounds/sound_1.original.wav", b"sound_1.original.wav", "audio/wav", "inline"),
        ("sounds/sound_1.decoded.png", b"sound_1.decoded.png", "image/png", "inline"),
        ("picture", b".png", "image/png", "inline"),
        ("instrument", b".onnx", "application/octet-stream", "attachment; filename*=utf-8''kit.onnx"),
        ("encoder", b".encoder.onnx", "application/octet-stream", "attachment; filename*=utf-8''kit.encoder.onnx"),
    ):
        status, sent, headers = served.request(f"/api/runs/kit/{path}?at=3")
        assert (status, sent) == (200, content)
        assert (headers["content-type"], headers["content-disposition"]) == (kind, disposition)


@pytest.mark.parametrize(
    ("wanted", "status", "content", "where"),
    [
        ("bytes=2-4", 206, b"und", "bytes 2-4/20"),
        ("bytes=16-", 206, b".wav", "bytes 16-19/20"),
        ("bytes=-4", 206, b".wav", "bytes 16-19/20"),
        ("bytes=-400", 206, b"sound_1.original.wav", "bytes 0-19/20"),
        ("bytes=18-400", 206, b"av", "bytes 18-19/20"),
        ("bytes=20-", 416, b"The sound is shorter than that.", "bytes */20"),
        ("bytes=-", 200, b"sound_1.original.wav", None),
        ("bytes=0-1,3-4", 200, b"sound_1.original.wav", None),
        ("hops=1-2", 200, b"sound_1.original.wav", None),
    ],
)
def test_a_player_gets_the_part_of_a_sound_that_it_asks_for(
    served: Serving, instruments: Path, wanted: str, status: int, content: bytes, where: str | None
) -> None:
    path = "/api/runs/kit/sounds/sound_1.original.wav"
    assert served.request(path, headers={"Range": wanted})[:2] == (status, content)
    assert served.request(path, headers={"Range": wanted})[2].get("content-range") == where


@pytest.mark.parametrize("file", ["order.json", "folder.json", "progress.json"])
@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b'{"stage": "trai',
        b"[1, 2]",
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'{"x": ' + b"9" * 10_000 + b"}",
        b" " * (5 << 20) + b"{}",
    ],
    ids=["gone", "empty", "half", "list", "deep", "bytes", "long number", "huge"],
)
def test_a_file_that_is_half_there_says_nothing_and_breaks_nothing(
    served: Serving, instruments: Path, file: str, content: bytes | None
) -> None:
    path = instruments / "runs" / "kit" / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert [run["name"] for run in get(served, "/api/training")["runs"]] == ["kit"]
    if file != "order.json":
        assert get(served, f"/api/runs/kit/{path.stem}") == {}
    assert has_no_traceback(served)


def test_numbers_that_json_does_not_have_and_names_that_are_no_text_do_not_spoil_the_rest(
    served: Serving, instruments: Path
) -> None:
    progress = instruments / "runs" / "kit" / "progress.json"
    progress.write_text('{"curve": {"loss": [NaN, Infinity, 1e999, 2.5]}, "lines": ["\\udcff.wav"]}')
    said = get(served, "/api/runs/kit/progress")
    assert said == {"curve": {"loss": [None, None, None, 2.5]}, "lines": ["\udcff.wav"]}


def test_files_that_are_replaced_while_they_are_asked_for_are_had_whole(served: Serving, instruments: Path) -> None:
    run = instruments / "runs" / "kit"
    sound = run / "sounds" / "sound_1.original.wav"
    is_over = threading.Event()

    def replace_again_and_again() -> None:
        size = 0
        while not is_over.is_set():
            size = (size + 777) % 50_000
            replace_file(sound, b"x" * size)
            replace_file(run / "progress.json", json.dumps({"stage": "training", "lines": ["x" * size]}).encode())

    writing = threading.Thread(target=replace_again_and_again)
    writing.start()
    try:
        for _ in range(60):
            assert get(served, "/api/runs/kit/progress")["stage"] in ("training", "done")
            status, content, headers = served.request("/api/runs/kit/sounds/sound_1.original.wav")
            assert (status, len(content)) == (200, int(headers["content-length"]))
            assert len(get(served, "/api/training")["runs"]) == 1
    finally:
        is_over.set()
        writing.join()
    assert has_no_traceback(served)


def test_what_is_not_there_is_not_there(served: Serving, instruments: Path) -> None:
    for path in (
        "runs/other/progress",
        "runs/kit/sounds/sound_2.original.wav",
        "runs/kit/checkpoint",
        "runs/kit/sounds",
    ):
        assert served.request(f"/api/{path}")[0] == 404, path
    for ending in (".onnx", ".encoder.onnx", ".png"):
        (instruments / f"kit{ending}").unlink()
    shutil.rmtree(instruments / "runs" / "kit" / "sounds")
    for path in ("instrument", "encoder", "picture", "sounds/sound_1.original.wav"):
        assert served.request(f"/api/runs/kit/{path}")[0] == 404, path


def test_no_name_leads_out_of_the_runs(served: Serving, instruments: Path) -> None:
    outside = instruments.parent / "outside"
    (outside / "sounds").mkdir(parents=True)
    for name in ("progress.json", "sounds/sound.wav", "sounds/notes.txt"):
        (outside / name).write_text('{"stage": "mine"}')
    runs = instruments / "runs"
    (runs / "linked").symlink_to(outside)
    (runs / "kit" / "sounds" / "linked.wav").symlink_to(outside / "sounds" / "sound.wav")
    (runs / "kit" / "sounds" / "notes.txt").write_text("no sound")
    (instruments / "linked.onnx").symlink_to(outside / "progress.json")
    for name in (
        "../../outside",
        "..%2f..%2foutside",
        quote(str(outside), safe=""),
        "..",
        ".",
        "linked",
        "%00",
        "kit%2f",
    ):
        for what in ("progress", "instrument", "sounds/sound.wav"):
            assert served.request(f"/api/runs/{name}/{what}")[0] == 404, (name, what)
    for file in (
        "linked.wav",
        "notes.txt",
        "..%2fprogress.json",
        "%2e%2e%2fcheckpoint.ckpt",
        quote(str(outside), safe=""),
    ):
        assert served.request(f"/api/runs/kit/sounds/{file}")[0] == 404, file
    shutil.rmtree(outside)


@pytest.mark.parametrize("path", ["/api/training", "/api/training/look", "/api/runs/kit/progress"])
def test_nothing_of_a_run_is_changed_over_http(served: Serving, instruments: Path, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        headers = {"Origin": served.origin, "X-Latentbridge-Token": served.token()}
        assert served.request(path, method, headers, b"{}")[0] == 405


@pytest.mark.parametrize("package", ["torch", "tensorboard", "sklearn"])
def test_a_package_that_training_needs_and_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    assert training_lacks() is None
    monkeypatch.setitem(sys.modules, package, None)
    assert f"Training needs the package {package}, which is not installed. Install it with" in str(training_lacks())


def test_asking_what_training_needs_loads_none_of_it() -> None:
    script = (
        "import sys; from runtime.install_lines import training_lacks; training_lacks();"
        "sys.exit('torch' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


# Folders -------------------------------------------------------------------------------------------------------------


def test_a_folder_is_listed_with_the_folders_in_it_and_its_number_of_sounds(served: Serving, tmp_path: Path) -> None:
    for name in ("Snares", "kicks <b>", ".hidden", "größer"):
        (tmp_path / name).mkdir()
    for name in ("a.wav", "B.AIFF", "c.flac", "notes.txt", ".d.wav"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "linked").symlink_to(tmp_path / "Snares")
    (tmp_path / "gone").symlink_to("nowhere")
    status, listed = list_folder(served, str(tmp_path))
    assert (status, listed) == (
        200,
        {
            "path": str(tmp_path),
            "parent": str(tmp_path.parent),
            "folders": ["größer", "kicks <b>", "linked", "Snares"],
            "sounds": 3,
            "left_out": 0,
        },
    )
    assert list_folder(served, f"  {tmp_path}/Snares/../ ")[1]["path"] == str(tmp_path)


def test_nothing_and_a_tilde_are_the_home_folder_and_the_root_has_no_parent(served: Serving) -> None:
    home = list_folder(served, "")[1]
    assert home["path"] == str(Path.home())
    assert list_folder(served, "~")[1] == home
    root = list_folder(served, "/")[1]
    assert root["parent"] is None
    assert "home" in root["folders"]


def test_a_folder_that_cannot_be_opened_is_explained(served: Serving, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    assert list_folder(served, str(tmp_path / "gone")) == (404, f"There is no folder {tmp_path}/gone.")
    assert list_folder(served, str(tmp_path / "a.wav")) == (404, f"{tmp_path}/a.wav is a file; a folder was expected.")
    assert list_folder(served, f"/{'x' * 5000}")[0] == 404
    assert list_folder(served, "/proc/self/environ/x")[0] == 404


@pytest.mark.parametrize("path", [None, 7, ["/"], "drums", "../drums", "/a\0b", "/\ud800", "~nobody-of-this-name/x"])
def test_what_is_no_path_is_refused_in_a_sentence(served: Serving, path: object) -> None:
    status, said = list_folder(served, path)
    assert (status, said.endswith(".")) == (400, True)
    assert has_no_traceback(served)


def test_a_folder_of_a_hundred_thousand_entries_is_answered_with_a_few_of_them(served: Serving, tmp_path: Path) -> None:
    for number in range(MOST_FOLDERS + 500):
        (tmp_path / f"folder {number:04d}").mkdir()
    for number in range(100_000):
        (tmp_path / f"{number}.wav").touch()
    listed = list_folder(served, str(tmp_path))[1]
    assert listed["sounds"] == 100_000
    assert listed["folders"] == [f"folder {number:04d}" for number in range(MOST_FOLDERS)]
    assert listed["left_out"] == 500
    shutil.rmtree(tmp_path)


def test_a_name_that_is_no_text_is_left_out_and_counted(served: Serving, tmp_path: Path) -> None:
    with contextlib.suppress(OSError):
        os.mkdir(os.fsencode(tmp_path) + b"/\xff\xfe")
        listed = list_folder(served, str(tmp_path))[1]
        assert (listed["folders"], listed["left_out"]) == ([], 1)


def test_folders_are_listed_only_with_the_token_and_for_the_page_itself(served: Serving) -> None:
    token = served.token()
    wrong = {"X-Latentbridge-Token": "wrong", "Origin": served.origin}
    elsewhere = {"X-Latentbridge-Token": token, "Origin": "http://evil.example"}
    for headers in (wrong, elsewhere, {"Origin": served.origin}, {"X-Latentbridge-Token": token}):
        assert served.request("/api/folders", "POST", headers, b'{"path": "/"}')[0] == 403
    assert served.request(f"/api/folders?token={token}&path=/")[0] in (404, 405)
