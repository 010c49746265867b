"""Kits that are refused, interrupted or run out of disk: nothing is half there, and a sentence says how to go on."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.errors import LatentbridgeError
from runtime.oneshots.kit_planning import KitWish, plan_kit
from runtime.oneshots.sample_format import Audio
from tests.command_line import COMMAND, latentbridge_here
from tests.oneshots.kit_rig import load, wavs
from tests.oneshots.test_writing import as_ordinary_user, in_child, open_folder

__all__ = ["open_folder"]
WORDS = ("--classes", "kick", "--sounds", "12", "--seed", "3")

REFUSED = {
    "a folder with something in it": (["drums", "full"], "full is not empty"),
    "no kit to go on with": (["drums", "full", "--resume"], "full holds no kit to go on with"),
    "a file": (["drums", "full/song.txt"], "song.txt is not a folder"),
    "no such model": (["nothing", "new"], "There is no model 'nothing'"),
    "a class it has not": (["drums", "new", "--classes", "kick,banjo"], "has no class 'banjo'. It has clap, cymbal"),
    "no class": (["drums", "new", "--classes", ","], "--classes names no class"),
    "keys of drums": (["drums", "new", "--notes", "C1-C2"], "drums has no pitch"),
    "keys upside down": (["notes", "new", "--notes", "C5-C1"], "Say --notes C1-C5"),
    "no keys": (["notes", "new", "--notes", "H1-C2"], "is no range of notes"),
    "keys that do not exist": (["notes", "new", "--notes", "C1-B9"], "is outside C-2 to G8"),
    "both": (["notes", "new", "--notes", "C1-C2", "--sounds", "3"], "exclude each other"),
    "classes over keys": (["notes", "new", "--notes", "C1-C2", "--classes", "harp"], "--classes goes with --sounds"),
    "a step without keys": (["notes", "new", "--step", "3"], "--step goes with --notes"),
    "a preset it has not": (["notes", "new", "--preset", "banjo"], "There is no preset 'banjo'. This model has accord"),
    "no sounds": (["drums", "new", "--sounds", "0"], "--sounds 0 is out of range. 1 to 10000"),
    "half a sound": (["drums", "new", "--sounds", "1.5"], "'1.5' is not a whole number"),
    "too many files": (["drums", "new", "--sounds", "10000", "--layers", "3"], "That would be 30000 files"),
    "a strange format": (["drums", "new", "--bits", "8"], "--bits"),
    "a strange rate": (["drums", "new", "--rate", "44"], "--rate 44 is out of range"),
    "nowhere": (["drums", "full/song.txt/new"], "cannot be written"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_touched(tmp_path: Path, case: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "song.txt").write_text("mine")
    words, expected = REFUSED[case]
    done = latentbridge_here("kit", *words, cwd=tmp_path)
    assert done.returncode == 1
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "song.txt"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit that nothing interrupted."""
    folder = tmp_path_factory.mktemp("music")
    assert latentbridge_here("kit", "drums", "kit", *WORDS, cwd=folder).returncode == 0
    return folder / "kit"


def same(folder: Path, whole: Path) -> bool:
    names = sorted(os.listdir(whole))
    return sorted(os.listdir(folder)) == names and all(
        (folder / name).read_bytes() == (whole / name).read_bytes() for name in names
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_kit_holds_whole_files_and_goes_on_to_the_same_end(
    tmp_path: Path, whole: Path, how: signal.Signals
) -> None:
    folder = tmp_path / "kit"
    program = subprocess.Popen(
        [COMMAND, "kit", "drums", "kit", *WORDS], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while len(wavs(folder)) < 2 and program.poll() is None:
        time.sleep(0.0005)
    program.send_signal(how)
    _, told = program.communicate(timeout=60)
    there = wavs(folder)
    assert 2 <= len(there) < 12
    assert all((whole / file.name).read_bytes() == file.read_bytes() for file in there)
    if how == signal.SIGINT:
        assert program.returncode == 130
        assert told.decode().count("\n") == 1
        assert (
            f"interrupted; {len(there)} of 12 files are there and whole. Go on: latentbridge kit drums kit --resume"
            in (told.decode())
        )
        assert not list(folder.glob(".*"))
    before = {file.name: file.stat().st_mtime_ns for file in there}
    done = latentbridge_here("kit", "drums", "kit", "--resume", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert same(folder, whole), "and nothing is left of what was half written"
    assert all((folder / name).stat().st_mtime_ns == time_ns for name, time_ns in before.items())


def test_a_kit_goes_on_only_as_it_was_begun(tmp_path: Path, whole: Path) -> None:
    shutil.copytree(whole, tmp_path / "kit")
    wavs(tmp_path / "kit")[0].unlink()
    for words, told in (
        (["drums", "kit"], "kit holds a kit already"),
        (["drums", "kit", "--resume", "--sounds", "13"], "was begun with --sounds 12"),
        (["drums", "kit", "--resume", "--layers", "2"], "was begun without --layers"),
        (["notes", "kit", "--resume"], "was begun with another model. That was drums"),
    ):
        done = latentbridge_here("kit", *words, cwd=tmp_path)
        assert (done.returncode, told in done.stderr) == (1, True), done.stderr
        assert len(wavs(tmp_path / "kit")) == 11
    assert latentbridge_here("kit", "drums", "kit", *WORDS, "--resume", cwd=tmp_path).returncode == 0
    assert same(tmp_path / "kit", whole)


def test_a_strange_file_under_the_name_of_a_sound_is_left_alone(tmp_path: Path, whole: Path) -> None:
    shutil.copytree(whole, tmp_path / "kit")
    strange = wavs(tmp_path / "kit")[3]
    soundfile.write(strange, np.zeros(100), 48_000)
    before = strange.read_bytes()
    done = latentbridge_here("kit", "drums", "kit", "--resume", cwd=tmp_path)
    assert done.returncode == 1
    assert f"{strange.name} is not the sound that belongs to this kit" in done.stderr
    assert strange.read_bytes() == before


def test_a_damaged_plan_is_told_of(tmp_path: Path, whole: Path) -> None:
    shutil.copytree(whole, tmp_path / "kit")
    plan = tmp_path / "kit" / "kit.json"
    for text in ("{", '{"name": 3}', plan.read_text().replace("drums_Kick_01", "../drums_Kick_01")):
        plan.write_text(text)
        done = latentbridge_here("kit", "drums", "kit", "--resume", cwd=tmp_path)
        assert (done.returncode, "kit.json cannot be read" in done.stderr) == (1, True)


def test_a_disk_that_fills_up_is_told_with_how_to_go_on_and_leaves_whole_files(tmp_path: Path, whole: Path) -> None:
    (tmp_path / "disk").mkdir()
    kilobytes = sum(file.stat().st_size for file in whole.iterdir()) // 2048
    # A disk of half the size, which only this command sees; what is on it is copied before it is gone.
    script = (
        f"mount -t tmpfs -o size={kilobytes}k tmpfs disk && cd disk && "
        f"{{ {COMMAND} kit drums kit {' '.join(WORDS)}; status=$?; cp -a kit ../copy; exit $status; }}"
    )
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no disk can be made here: {done.stderr}")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be written: the disk is full" in done.stderr
    there = wavs(tmp_path / "copy")
    assert f"{len(there)} of 12 files are there and whole." in done.stderr
    assert done.stderr.endswith("Then go on: latentbridge kit drums kit --resume\n")
    assert 2 <= len(there) < 12
    assert not list((tmp_path / "copy").glob(".*"))
    assert all((whole / file.name).read_bytes() == file.read_bytes() for file in there)
    assert latentbridge_here("kit", "drums", "copy", "--resume", cwd=tmp_path).returncode == 0
    assert same(tmp_path / "copy", whole)


def test_a_folder_that_may_not_be_written_is_told_of(open_folder: Path) -> None:
    open_folder.chmod(0o555)

    def work() -> None:
        as_ordinary_user()
        done = latentbridge_here("kit", "drums", "kit", "--sounds", "1", cwd=open_folder)
        raise LatentbridgeError(f"{done.returncode} {done.stderr}")

    told = in_child(work)
    assert told.startswith("1 latentbridge: kit cannot be written: writing there is not allowed")
    assert os.listdir(open_folder) == []


# --- sounds that are too near to what the model was trained on -----------------------------------------------------


def test_near_copies_are_drawn_again_until_there_are_none() -> None:
    decoder = load("drums")
    heard: list[float] = []

    def is_near_copy(audio: Audio) -> bool:
        heard.append(float(np.abs(audio).sum()))
        return len(heard) <= 20

    wish = KitWish(seed=1, sounds=1, labels=(5,))
    plan, _ = plan_kit(decoder, wish, is_near_copy)
    assert len(plan.sounds) == 1
    assert len(heard) > 20
    with pytest.raises(LatentbridgeError, match="gives no sound of the class rim that a kit can use"):
        plan_kit(decoder, wish, lambda _: True)
