"""A sound is there whole or not at all, whatever happens meanwhile, and no file of somebody else is ever touched."""

import errno
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.errors import LatentbridgeError
from runtime.oneshots import writing
from runtime.oneshots.tags import read_tags
from runtime.oneshots.writing import check_writable, make_folder, write_named, write_new
from tests.oneshots.sounds import SAMPLE_RATE, strike, tags_for

REPOSITORY = Path(__file__).resolve().parents[2]


def write(folder: Path, stem: str = "drums_C3_v100", is_given: bool = False, frames: int = 480) -> Path:
    audio = strike(frames)
    return write_new(folder, stem, is_given, audio, SAMPLE_RATE, tags_for(audio))


def write_as(path: Path, frames: int = 480) -> None:
    audio = strike(frames)
    write_named(path, audio, SAMPLE_RATE, tags_for(audio))


def in_child(work: Callable[[], object]) -> str:
    """Run ``work`` in a forked process and return what LatentbridgeError it ended with; empty for none."""
    read, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        said = "another exception"
        try:
            work()
            said = ""
        except LatentbridgeError as error:
            said = str(error)
        finally:
            os.write(write_end, said.encode())
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read) as file:
        said = file.read()
    os.waitpid(child, 0)
    return said


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach (pytest's own are for the owner alone)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def as_ordinary_user() -> None:
    if os.geteuid() == 0:
        os.setuid(65_534)


# --- captures: a new name each time --------------------------------------------------------------------------------


def test_captures_are_numbered_and_none_is_overwritten(tmp_path: Path) -> None:
    paths = [write(tmp_path, frames=100 + n) for n in range(3)]
    assert [p.name for p in paths] == [f"drums_C3_v100_{n:04d}.wav" for n in (1, 2, 3)]
    assert [soundfile.info(p).frames for p in paths] == [100, 101, 102]
    assert sorted(os.listdir(tmp_path)) == [p.name for p in paths]


def test_a_given_name_is_kept_and_numbered_when_taken(tmp_path: Path) -> None:
    (tmp_path / "deep.wav").write_bytes(b"mine")
    assert write(tmp_path, "deep", is_given=True).name == "deep_0002.wav"
    assert (tmp_path / "deep.wav").read_bytes() == b"mine"


@pytest.mark.parametrize("target", ["precious.txt", "nowhere/at/all"])
def test_a_link_in_the_way_is_neither_followed_nor_replaced(tmp_path: Path, target: str) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"mine")
    captures = tmp_path / "captures"
    captures.mkdir()
    link = captures / "deep.wav"
    link.symlink_to(tmp_path / target)
    assert write(captures, "deep", is_given=True).name == "deep_0002.wav"
    assert link.is_symlink()
    assert precious.read_bytes() == b"mine"
    assert sorted(os.listdir(tmp_path)) == ["captures", "precious.txt"]


def test_two_programs_in_one_folder_take_different_names(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.oneshots.test_writing import write\n"
        "for n in range(40): write(Path(sys.argv[1]), frames=int(sys.argv[2]))"
    )
    programs = [
        subprocess.Popen([sys.executable, "-c", script, tmp_path, str(frames)], cwd=REPOSITORY) for frames in (111, 222)
    ]
    assert [p.wait(60) for p in programs] == [0, 0]
    lengths = [soundfile.info(tmp_path / name).frames for name in sorted(os.listdir(tmp_path))]
    assert (len(lengths), lengths.count(111), lengths.count(222)) == (80, 40, 40)


def test_where_there_are_no_hard_links_names_are_still_never_taken_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "as on exFAT")

    monkeypatch.setattr(writing.os, "link", no_links)
    (tmp_path / "drums_C3_v100_0001.wav").symlink_to(tmp_path / "nowhere")
    paths = [write(tmp_path, frames=100 + n) for n in range(2)]
    assert [p.name for p in paths] == ["drums_C3_v100_0002.wav", "drums_C3_v100_0003.wav"]
    assert [soundfile.info(p).frames for p in paths] == [100, 101]
    assert len(os.listdir(tmp_path)) == 3


def test_a_program_killed_at_any_moment_leaves_only_whole_files(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.oneshots.test_writing import write\n"
        "while True: write(Path(sys.argv[1]), frames=48_000 * 20)"
    )
    for round_number in range(4):
        program = subprocess.Popen([sys.executable, "-c", script, tmp_path], cwd=REPOSITORY)
        while len(list(tmp_path.glob("*.wav"))) < 2 * (round_number + 1) or not list(tmp_path.glob(".*.tmp")):
            time.sleep(0.001)
        program.send_signal(signal.SIGKILL)
        program.wait()
    files = list(tmp_path.glob("*.wav"))
    assert len(files) >= 8
    for file in files:
        assert soundfile.info(file).frames == 48_000 * 20
        assert read_tags(file).document.model == "tiny"


# --- folders that refuse -------------------------------------------------------------------------------------------


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(LatentbridgeError, match="the folder does not exist"):
        write(tmp_path / "gone")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LatentbridgeError, match="the folder does not exist"):
        write(tmp_path / "file")


def test_a_folder_that_may_not_be_written_is_told(open_folder: Path) -> None:
    open_folder.chmod(0o555)

    def work() -> None:
        as_ordinary_user()
        write(open_folder)

    assert "writing there is not allowed" in in_child(work)
    assert os.listdir(open_folder) == []


def test_a_folder_for_captures_is_made_or_what_hinders_it_is_told(open_folder: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "music" / "captures"
    make_folder(wanted)
    make_folder(wanted)
    assert wanted.is_dir()
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(LatentbridgeError, match=path.name):
            make_folder(path)
    open_folder.chmod(0o555)
    for path in (open_folder, open_folder / "below"):

        def work(path: Path = path) -> None:
            as_ordinary_user()
            make_folder(path)

        assert "writing there is not allowed" in in_child(work)


def test_a_disk_that_fills_up_half_way_leaves_nothing(tmp_path: Path) -> None:
    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        write(tmp_path, frames=480_000)

    assert "cannot be written" in in_child(work)
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(LatentbridgeError, match="the disk is full"):
        write(tmp_path)
    assert os.listdir(tmp_path) == []


# --- a name that was asked for -------------------------------------------------------------------------------------


def test_a_file_of_ours_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    write_as(path, frames=100)
    write_as(path, frames=200)
    assert soundfile.info(path).frames == 200
    assert os.listdir(tmp_path) == ["out.wav"]


def test_a_sample_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "my_only_kick.wav"
    soundfile.write(path, np.zeros(100), SAMPLE_RATE)
    before = path.read_bytes()
    with pytest.raises(LatentbridgeError, match="was not written by latentbridge"):
        write_as(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


def test_a_link_is_not_written_through_even_to_a_file_of_ours(tmp_path: Path) -> None:
    ours, link = tmp_path / "ours.wav", tmp_path / "link.wav"
    write_as(ours, frames=100)
    link.symlink_to(ours)
    with pytest.raises(LatentbridgeError, match="is a link"):
        write_as(link)
    assert soundfile.info(ours).frames == 100
    assert link.is_symlink()


def test_folders_devices_and_missing_folders_are_refused_before_any_work(tmp_path: Path) -> None:
    for path in (tmp_path, Path(os.devnull), tmp_path / "no" / "such" / "folder.wav"):
        with pytest.raises(LatentbridgeError, match=path.name):
            check_writable(path)
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    with pytest.raises(LatentbridgeError, match=r"pipe\.wav"):
        check_writable(pipe)
