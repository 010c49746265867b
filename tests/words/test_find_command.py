"""`latentbridge find` prints one line to paste, says how it understood the words, and writes the sound."""

from pathlib import Path

import numpy as np
import pytest

from runtime.contract import MapPoint
from runtime.oneshots.tags import read_tags
from tests.command_line import latentbridge_here
from tests.tiny_decoder import write_tiny_decoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    places = np.random.default_rng(2).uniform(-1, 1, (20, 4))
    points = [MapPoint(x=0.5, y=0.5, latent=tuple(place), label=k % 2) for k, place in enumerate(places)]
    # The tiny decoder's axes are tone, noise, level and decay; the last is a name that words speak of.
    write_tiny_decoder(tmp_path, classes=("kick", "snare"), map_points=tuple(points))
    return tmp_path


def test_one_line_is_printed_to_be_pasted_and_the_words_are_explained(folder: Path) -> None:
    done = latentbridge_here("find", "tiny.onnx", "long snare drum", "--wav", "found.wav", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert "snare drum  class snare" in done.stderr
    assert "long        decay up" in done.stderr
    pasted = latentbridge_here("oneshot", "tiny.onnx", "pasted.wav", "--latent", done.stdout.strip(), cwd=folder)
    assert pasted.returncode == 0
    first, second = (read_tags(folder / name).document for name in ("found.wav", "pasted.wav"))
    assert first.sound_hash == second.sound_hash


def test_words_move_on_from_a_place_that_is_given(folder: Path) -> None:
    done = latentbridge_here("find", "tiny.onnx", "a bit longer", "--latent", "-0.5,0.25,0.1,0.5", cwd=folder)
    found = [float(number) for number in done.stdout.split(",")]
    assert found[:3] == pytest.approx([-0.5, 0.25, 0.1])
    assert found[3] == pytest.approx(0.9)


def test_what_is_left_out_is_said(folder: Path) -> None:
    done = latentbridge_here("find", "tiny.onnx", "bright lnog snare", cwd=folder)
    assert done.returncode == 0
    assert "tiny has no axis for 'bright'; it was left out." in done.stderr
    assert "'lnog' means nothing here; it was left out. Did you mean long" in done.stderr


REFUSED = {
    "nothing": ([""], "There are no words"),
    "nonsense": (["frobnicate"], "It knows the classes kick, snare and the words"),
    "only what it lacks": (["brighter"], "tiny has no axis for 'brighter'"),
    "a place of another size": (["longer", "--latent", "1,2"], "--latent has 2 numbers"),
    "a name that is taken": (["snare", "--wav", "tiny.onnx"], "was not written by latentbridge"),
}


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_found_is_said_in_sentences(folder: Path, words: list[str], said: str) -> None:
    done = latentbridge_here("find", "tiny.onnx", *words, cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
