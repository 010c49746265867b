"""Fingerprints of training sounds: what a distance is relative to, and a finished model that gets them."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from runtime.contract import read_decoder_metadata, read_hash
from runtime.model_files import find_model
from runtime.oneshots.fingerprint import unpack
from runtime.oneshots.near_copies import NearCopies
from trainer.fingerprints import main, take_fingerprints, with_fingerprints
from trainer.samples import load_folder
from trainer.settings import SampleSettings

SOUNDS = Path(__file__).parents[1] / "data" / "oneshots"
RATE = 48_000


@dataclass(frozen=True)
class Sound:
    audio: np.ndarray
    label: int
    group: str


def burst(hertz: float, group: str, seed: int = 0) -> Sound:
    noise = np.random.default_rng(seed).standard_normal(RATE // 4)
    time = np.arange(RATE // 4) / RATE
    tone = np.sin(2 * np.pi * hertz * time) * np.exp(-time * 20)
    return Sound(np.asarray(tone + 0.001 * noise, np.float32)[None], 0, group)


def test_a_distance_is_relative_to_those_between_recordings_not_between_takes_of_one() -> None:
    takes = [burst(200, "a", seed) for seed in range(4)] + [burst(1000, "b", seed) for seed in range(4)]
    kept = take_fingerprints(takes, False, RATE)
    alone = take_fingerprints([replace(take, group=str(k)) for k, take in enumerate(takes)], False, RATE)
    assert kept is not None
    assert alone is not None
    assert kept.unit_db > 4 * alone.unit_db


def test_takes_of_one_recording_alone_give_no_measure() -> None:
    assert take_fingerprints([burst(200, "a", seed) for seed in range(3)], False, RATE) is None


def test_every_training_sound_is_its_own_nearest() -> None:
    samples = load_folder(SOUNDS, SampleSettings(), channels=1)
    metadata = read_decoder_metadata(find_model("drums")).model_copy(update={"classes": samples.classes})
    known = NearCopies(with_fingerprints(metadata, samples.clips))
    for number, clip in enumerate(samples.clips):
        nearest = known.nearest(clip.audio, RATE)
        assert nearest is not None
        assert (nearest.number, nearest.class_name) == (number, samples.classes[clip.label])
        assert nearest.relative_distance == pytest.approx(0, abs=1e-6)


def test_a_finished_model_gets_fingerprints_and_keeps_all_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = Path(shutil.copy(find_model("drums"), tmp_path))
    before = read_decoder_metadata(model)
    main(str(model), SOUNDS)
    after = read_decoder_metadata(model)
    assert after.fingerprints is not None
    assert len(unpack(after.fingerprints.rows)) == after.fingerprints.out_of
    assert after.model_copy(update={"fingerprints": before.fingerprints}) == before
    assert read_hash(model) == read_hash(find_model("drums"))
    assert f"with fingerprints of {after.fingerprints.out_of} sounds" in capsys.readouterr().out
