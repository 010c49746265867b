"""The shipped drums know drums when they hear them, and say so of what they do not know."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.foreign_sounds import RATE, foreign_sounds
from runtime.encoded import Encoded
from runtime.model_files import shipped_models
from runtime.sample_place import SampleEncoder, encode_sample
from tests.oneshots.sounds import SAMPLE_RATE, strike
from tests.tiny_encoder import write_tiny_model
from tests.trainer.synthetic_notes import tone

ONESHOTS = Path(__file__).parent / "data" / "oneshots"
DRUMS = sorted(ONESHOTS.glob("*/*.flac"))[::2]
FOREIGN = ("sweep up", "organ chord", "speech 0", "melody 0")
"""All of them are asked by `python -m benchmarks.refinement`."""


@pytest.fixture(scope="module")
def drums() -> SampleEncoder:
    return SampleEncoder(shipped_models()["drums"])


def written(folder: Path, name: str, audio: np.ndarray, rate: int = RATE) -> Path:
    path = folder / f"{name}.wav"
    soundfile.write(path, audio.T, rate, "FLOAT")
    return path


@pytest.mark.parametrize("sound", DRUMS, ids=[path.stem for path in DRUMS])
def test_a_drum_is_no_stranger(drums: SampleEncoder, sound: Path) -> None:
    found = drums.encode(sound)
    assert not found.is_outside, found.doubts
    assert found.note is None


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_drum_is_said_to_be_unknown(drums: SampleEncoder, name: str, tmp_path: Path) -> None:
    assert drums.encode(written(tmp_path, "foreign", foreign_sounds()[name])).is_outside


def test_a_search_comes_closer_and_does_not_make_a_stranger_known(drums: SampleEncoder, tmp_path: Path) -> None:
    drum = ONESHOTS / "percussion" / "drum_cowbell.flac"
    plain, refined = drums.encode(drum), drums.encode(drum, True, rounds=4)
    assert plain.first_db == plain.distance_db == refined.first_db
    assert refined.distance_db < 0.9 * plain.distance_db
    # Cut to half a second, to be quick.
    sweep = written(tmp_path, "sweep", foreign_sounds()["sweep down"][:, : RATE // 2])
    assert drums.encode(sweep).is_outside
    assert drums.encode(sweep, True, rounds=3).is_outside


def test_the_model_says_how_close_it_comes_to_its_own(drums: SampleEncoder) -> None:
    found = drums.encode(DRUMS[0])
    assert found.learned_db is not None
    assert found.unseen_db is not None
    assert 1 < found.learned_db < found.unseen_db < 6


def test_notes_find_the_key_of_a_sample_and_doubt_what_has_none(tmp_path: Path) -> None:
    notes = SampleEncoder(shipped_models()["notes"])
    found = notes.encode(written(tmp_path, "sharp", 0.9 * tone(62.3, 1.0)))
    assert found.note == pytest.approx(62.3, abs=0.05)
    assert found.key == 62
    hiss = notes.encode(written(tmp_path, "hiss", foreign_sounds()["steady noise"][:, :RATE]))
    assert "they have no clear pitch" in hiss.doubts
    assert hiss.key is None


def test_a_model_that_says_nothing_of_its_training_still_encodes(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path, pitched=False)
    found: Encoded = encode_sample(model, written(tmp_path, "kick", strike(12_000), SAMPLE_RATE))
    assert (found.learned_db, found.unseen_db) == (None, None)
    assert np.isfinite(found.distance_db)
