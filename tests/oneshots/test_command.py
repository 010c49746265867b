"""`latentbridge oneshot` as a person calls it: files that are right, and sentences where something is not."""

import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.contract import PriorComponent
from runtime.oneshots.tags import read_tags
from tests.command_line import latentbridge, latentbridge_here
from tests.oneshots.sounds import SAMPLE_RATE, strike
from tests.tiny_decoder import TinySettings, write_tiny_decoder

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny_decoder(tmp_path)
    return tmp_path


def samples(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="int32", always_2d=True)[0] >> 8


def peak(path: Path) -> float:
    return float(np.abs(soundfile.read(path)[0]).max())


def make(folder: Path, *words: str, run: Run = latentbridge_here) -> Path:
    out = folder / "out.wav"
    done = run("oneshot", "tiny.onnx", "out.wav", *words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("out.wav: ")
    return out


def test_a_oneshot_is_a_24_bit_wav_at_the_models_rate_with_a_peak_that_can_be_heard(folder: Path) -> None:
    out = make(folder, run=latentbridge)
    with wave.open(str(out)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (48_000, 3, 1)
    assert 0.1 <= peak(out) <= 1.0
    tags = read_tags(out)
    note = tags.document.note
    assert note is not None
    assert (tags.document.model, note.note, round(note.velocity * 127)) == ("tiny", 60, 100)
    assert np.array_equal(tags.arrays["latent"][0], np.zeros(4, np.float32)), "the model's default latent"


@pytest.mark.parametrize("velocity", ["1", "127"])
def test_the_softest_and_the_hardest_strike_have_a_usable_peak(folder: Path, velocity: str) -> None:
    assert 0.1 <= peak(make(folder, "--velocity", velocity, "--latent", "1,1,2,0")) <= 1.0


@pytest.mark.parametrize("latent", ["-0.1,0.4,-1,1", "-.1, 0.4, -1e0, 1", "-0.1 0.4 -1 1"])
def test_a_latent_may_begin_with_a_minus(folder: Path, latent: str) -> None:
    tags = read_tags(make(folder, "--latent", latent, run=latentbridge))
    assert np.array_equal(tags.arrays["latent"][0], np.array([-0.1, 0.4, -1, 1], np.float32))


def test_the_same_words_give_the_same_file_and_another_seed_another(folder: Path) -> None:
    words = ("--latent", "0,1,0,0", "--seed")
    first = make(folder, *words, "7").read_bytes()
    assert make(folder, *words, "7").read_bytes() == first
    assert make(folder, *words, "8").read_bytes() != first


def test_a_random_place_is_new_each_time_unless_a_seed_is_given(folder: Path) -> None:
    places = [tuple(read_tags(make(folder, "--random")).arrays["latent"][0]) for _ in range(2)]
    seeded = [tuple(read_tags(make(folder, "--random", "--seed", "3")).arrays["latent"][0]) for _ in range(2)]
    assert places[0] != places[1]
    assert seeded[0] == seeded[1]


def test_a_class_and_a_temperature_say_where_chance_may_go(tmp_path: Path) -> None:
    scale = np.eye(4).tolist()
    prior = [PriorComponent(weight=0.5, mean=(k, 0, 0, 0), scale=scale, label=k) for k in range(2)]
    write_tiny_decoder(tmp_path, classes=("low", "high"), prior=tuple(prior))

    def drawn(*words: str) -> list[float]:
        return read_tags(make(tmp_path, *words)).arrays["latent"][0].tolist()

    assert drawn("--class", "high", "--temperature", "0") == [1, 0, 0, 0]
    assert drawn("--class", "low", "--temperature", "0") == [0, 0, 0, 0]
    once, twice = (np.array(drawn("--class", "LOW", "--seed", "5", "--temperature", t)) for t in ("1", "2"))
    assert np.allclose(twice, 2 * once)
    done = latentbridge_here("oneshot", "tiny.onnx", "b.wav", "--class", "snare", cwd=tmp_path)
    assert (done.returncode, "has no class 'snare'. It has low, high." in done.stderr) == (1, True)


# --- once more -----------------------------------------------------------------------------------------------------


def again(folder: Path, *words: str | Path, run: Run = latentbridge_here) -> str:
    done = run("oneshot", *map(str, words), cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_from_makes_the_same_samples_and_says_which_promise_holds(folder: Path) -> None:
    first = make(folder, "--random", "--note", "43", "--velocity", "77", "--seed", "12")
    said = again(folder, "--from", "out.wav", "again.wav", run=latentbridge)
    assert (folder / "again.wav").read_bytes() == first.read_bytes()
    assert "Promise: the same samples" in said
    assert "Checked: every sample is the same." in said


def test_the_model_is_found_beside_the_file_and_in_the_current_folder_whatever_its_name(folder: Path) -> None:
    first = make(folder)
    beside, here, sound = folder / "beside", folder / "here", folder / "sound"
    for place in (beside, here, sound):
        place.mkdir()
    shutil.copy(first, beside / "a.wav")
    shutil.copy(first, sound / "a.wav")
    shutil.copy(folder / "tiny.onnx", beside / "renamed.onnx")
    (folder / "tiny.onnx").rename(here / "zz.onnx")
    again(folder, "--from", beside / "a.wav", folder / "b.wav")
    again(here, "--from", sound / "a.wav", folder / "c.wav")
    again(folder, "--from", sound / "a.wav", folder / "d.wav", "--model", here / "zz.onnx")
    assert all(np.array_equal(samples(folder / f"{name}.wav"), samples(first)) for name in "bcd")


def test_a_sampler_that_dropped_the_tags_is_told_of(folder: Path) -> None:
    data, rate = soundfile.read(make(folder))
    soundfile.write(folder / "edited.wav", data, rate, "PCM_24")
    done = latentbridge_here("oneshot", "--from", "edited.wav", "b.wav", cwd=folder)
    assert done.returncode == 1
    assert "edited.wav does not say how it was made" in done.stderr
    assert not (folder / "b.wav").exists()


def test_a_model_that_is_gone_or_another_is_told_of(folder: Path) -> None:
    make(folder)
    (folder / "tiny.onnx").unlink()
    done = latentbridge_here("oneshot", "--from", "out.wav", "b.wav", cwd=folder)
    assert (done.returncode, "tiny, the model that made out.wav, is not here" in done.stderr) == (1, True)
    write_tiny_decoder(folder, TinySettings(decay_seconds=0.1), name="other")
    done = latentbridge_here("oneshot", "--from", "out.wav", "b.wav", "--model", "other.onnx", cwd=folder)
    assert (done.returncode, "is not the model that made out.wav" in done.stderr) == (1, True)
    assert not (folder / "b.wav").exists()


# --- what is refused -----------------------------------------------------------------------------------------------

REFUSED = {
    "no output": (["tiny.onnx"], "OUT.wav is missing"),
    "no such model": (["nothing", "b.wav"], "There is no model 'nothing'"),
    "a sound for a model": (["mine.wav", "b.wav"], "mine.wav is not an ONNX file"),
    "a note too high": (["tiny.onnx", "b.wav", "--note", "128"], "--note 128 is out of range. 0 to 127"),
    "a note below nothing": (["tiny.onnx", "b.wav", "--note", "-1"], "--note -1 is out of range"),
    "a note that is a word": (["tiny.onnx", "b.wav", "--note", "C3"], "'C3' is not a whole number"),
    "no velocity": (["tiny.onnx", "b.wav", "--velocity", "0"], "--velocity 0 is out of range. 1 to 127"),
    "half a velocity": (["tiny.onnx", "b.wav", "--velocity", "0.8"], "'0.8' is not a whole number"),
    "a seed too large": (["tiny.onnx", "b.wav", "--seed", "99999999999"], "--seed 99999999999 is out of range"),
    "a latent too short": (["tiny.onnx", "b.wav", "--latent", "-1,2"], "--latent has 2 numbers. tiny has 4 dimensions"),
    "a latent of words": (["tiny.onnx", "b.wav", "--latent", "a,b,c,d"], "is not a list of numbers"),
    "a latent that is not finite": (["tiny.onnx", "b.wav", "--latent", "nan,0,0,inf"], "is not a list of numbers"),
    "an endless latent": (["tiny.onnx", "b.wav", "--latent", "1e30,0,0,0"], "is not a list of numbers"),
    "a place and a class": (["tiny.onnx", "b.wav", "--class", "a", "--latent", "0,0,0,0"], "exclude each other"),
    "a class the model lacks": (["tiny.onnx", "b.wav", "--class", "snare"], "tiny has no classes"),
    "a temperature too high": (["tiny.onnx", "b.wav", "--temperature", "2.5"], "--temperature 2.5 is out of range"),
    "no temperature at all": (["tiny.onnx", "b.wav", "--temperature", "nan"], "--temperature nan is out of range"),
    "a class with --from": (["--from", "mine.wav", "b.wav", "--class", "a"], "the file says note"),
    "two places": (["tiny.onnx", "b.wav", "--random", "--latent", "0,0,0,0"], "exclude each other"),
    "a folder that is not there": (["tiny.onnx", "no/b.wav"], "no/b.wav cannot be written: the folder does not exist"),
    "somebody's sample": (["tiny.onnx", "mine.wav"], "mine.wav exists already and was not written by latentbridge"),
    "a link": (["tiny.onnx", "link.wav"], "link.wav is a link"),
    "a folder": (["tiny.onnx", "."], "is a folder"),
    "a file that is not there": (["--from", "nothing.wav", "b.wav"], "nothing.wav does not exist"),
    "a file of somebody": (["--from", "mine.wav", "b.wav"], "mine.wav does not say how it was made"),
    "a model as a file": (["--from", "tiny.onnx", "b.wav"], "tiny.onnx is not a WAV file"),
    "a model before --from": (["tiny.onnx", "b.wav", "--from", "mine.wav"], "the model is not named in front"),
    "a note with --from": (["--from", "mine.wav", "b.wav", "--note", "3"], "the file says note"),
    "--model without --from": (["tiny.onnx", "b.wav", "--model", "tiny.onnx"], "--model goes with --from"),
    "a word too many": (["tiny.onnx", "b.wav", "c.wav"], "c.wav"),
    "an unknown option": (["tiny.onnx", "b.wav", "--louder"], "--louder"),
}


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_done_is_said_and_changes_nothing(folder: Path, words: list[str], said: str) -> None:
    soundfile.write(folder / "mine.wav", strike(100)[0], SAMPLE_RATE)
    (folder / "link.wav").symlink_to(folder / "target.wav")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done = latentbridge_here("oneshot", *words, cwd=folder)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.startswith("latentbridge: ")
    assert done.stdout == ""
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_a_silent_model_is_refused_in_words(tmp_path: Path) -> None:
    write_tiny_decoder(tmp_path, TinySettings(behaviour="silent"))
    done = latentbridge("oneshot", "tiny.onnx", "b.wav", cwd=tmp_path)
    assert (done.returncode, "The note is silent" in done.stderr) == (1, True)
    assert not (tmp_path / "b.wav").exists()
