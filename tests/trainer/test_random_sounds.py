"""Coverage, diversity, the judge of classes, and what a random sound must be: new, of its class, audible."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from trainer.classifier import class_features, fit_classifier, named_across_groups
from trainer.coverage import coverage, coverage_beside_real, diversity_db, one_of_each, summary
from trainer.figures import FIGURE_RATE_HZ, log_mel
from trainer.nearest import KnownSounds
from trainer.random_sounds import RandomReport, RandomSound, RealSounds, judged_classes

RATE = FIGURE_RATE_HZ


def gaussian(sounds: int, seed: int, spread: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread, (sounds, 8))


def test_a_copy_of_the_real_sounds_covers_all_of_them_and_one_sound_hardly_any() -> None:
    real = gaussian(60, 0)
    assert coverage(real, real) == 1
    assert coverage(real, real[:1]) < 0.3
    assert coverage(real, real + 100) == 0
    assert coverage(real[:1], real) == 1, "one real sound alone has no neighbour"


def test_equal_distributions_cover_each_other_alike_and_a_narrow_one_covers_less() -> None:
    real = gaussian(80, 0)
    made, by_real = coverage_beside_real(real, gaussian(60, 1))
    assert made == pytest.approx(by_real, abs=0.06)
    narrow, again = coverage_beside_real(real, gaussian(60, 1, spread=0.1))
    assert again == by_real
    assert narrow < 0.85 * by_real


def test_few_made_sounds_are_held_against_as_few_real_ones() -> None:
    pairs = [coverage_beside_real(gaussian(80, 0), gaussian(3, seed)) for seed in range(1, 16)]
    made, by_real = np.mean(pairs, axis=0)
    assert by_real < 0.4
    assert made == pytest.approx(by_real, abs=0.1)


def test_sounds_that_differ_twice_as_much_are_twice_as_diverse() -> None:
    assert diversity_db(gaussian(200, 0, 2.0)) == pytest.approx(2 * diversity_db(gaussian(200, 0, 1.0)))


def test_variants_of_a_sample_count_once() -> None:
    assert one_of_each(["b", "a", "b", "c", "a"]).tolist() == [1, 0, 3]


# --- sounds --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sound:
    path: Path
    audio: np.ndarray
    group: str
    label: int


CLASSES = ("hat", "kick")


def drum(name: str, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    time = np.arange(RATE // 4) / RATE
    if name == "kick":
        wave = np.sin(2 * np.pi * generator.uniform(40, 90) * time)
    else:
        wave = np.diff(generator.uniform(-1, 1, len(time)), 1, prepend=0)
    wave = wave * np.exp(-time / generator.uniform(0.02, 0.08))
    return (wave / np.abs(wave).max()).astype(np.float32)[None]


def real_sounds(per_class: int = 12) -> list[Sound]:
    return [
        Sound(Path(f"{name}{i}.wav"), drum(name, i), f"{name}{i}", CLASSES.index(name))
        for name in CLASSES
        for i in range(per_class)
    ]


@pytest.fixture(scope="module")
def real() -> RealSounds:
    sounds = real_sounds()
    return RealSounds(sounds, CLASSES, KnownSounds(sounds, RATE), RATE)


def drawn(name: str, audio: list[np.ndarray]) -> list[RandomSound]:
    return [RandomSound(name, one) for one in audio]


def test_a_summary_hears_the_beginning_in_finer_steps_than_the_tail_and_not_the_level() -> None:
    levels = log_mel(drum("kick", 0), RATE)
    assert summary(levels).shape == (14 * 32,)
    assert summary(log_mel(0.1 * drum("kick", 0), RATE)) == pytest.approx(summary(levels), abs=0.01)
    assert summary(levels)[-1] == -80


def test_the_judge_tells_what_is_different_and_guesses_where_there_is_nothing_to_tell() -> None:
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], 40)
    groups = [f"g{i // 2}" for i in range(80)]
    different = generator.normal(0, 1, (80, 6)) + 5 * labels[:, None]
    assert (named_across_groups(different, labels, groups) == labels).mean() > 0.95
    same = np.repeat(generator.normal(0, 1, (40, 6)), 2, axis=0)
    assert (fit_classifier(same, labels).predict(same) == labels).mean() > 0.95, "it knows by heart what it has heard"
    honest = (named_across_groups(same, labels, groups) == labels).mean()
    assert 0.25 < honest < 0.75, "and cannot name what no variant of was heard"


def test_a_judge_of_one_class_or_one_sample_says_that_it_cannot_tell() -> None:
    features = np.ones((6, 3))
    assert named_across_groups(features, np.zeros(6, int), list("abcdef")) is None
    assert named_across_groups(features, np.array([0, 1] * 3), ["a"] * 6) is None


def test_features_of_a_class_do_not_know_how_loud_a_band_is_on_the_whole() -> None:
    summaries = np.random.default_rng(0).normal(0, 1, (2, 14 * 32))
    features = class_features(summaries, np.array([0.1, 1.0]))
    assert features.shape == (2, 2 * 14 * 32 + 1)


def test_new_sounds_of_a_class_are_named_rightly_cover_it_and_are_no_copies(real: RealSounds) -> None:
    report, sounds = real.report("kick", drawn("kick", [drum("kick", 100 + i) for i in range(16)]))
    assert report.named_rightly == 1
    assert report.real_named_rightly == 1
    assert {sound.taken_for for sound in sounds} == {"kick"}
    assert report.coverage > 0.8
    assert report.diversity_db == pytest.approx(report.real_diversity_db, rel=0.3)
    assert report.nearest_db > 0.5
    assert report.silent == 0


def test_copies_of_training_sounds_are_told_to_be_copies(real: RealSounds) -> None:
    report, _ = real.report("kick", drawn("kick", [drum("kick", i) for i in range(12)]))
    assert report.nearest_db < 0.1 < report.real_nearest_db
    assert report.copied > 0.9


def test_one_sound_again_and_again_is_neither_diverse_nor_does_it_cover(real: RealSounds) -> None:
    report, _ = real.report("kick", drawn("kick", [drum("kick", 3)] * 12))
    assert report.diversity_db == 0
    assert report.coverage < 0.8 * report.real_coverage
    assert report.document()["diversity_ratio"] == 0


def test_sounds_of_another_class_and_silent_ones_are_not_named_rightly(real: RealSounds) -> None:
    hats = [drum("hat", 50 + i) for i in range(6)]
    report, sounds = real.report("kick", drawn("kick", [*hats, *[np.zeros((1, 9000), np.float32)] * 2]))
    assert report.named_rightly == 0
    assert report.silent == 2
    assert len(sounds) == 6
    kicks, _ = real.report("kick", drawn("kick", [drum("kick", 70), drum("kick", 71), 0 * drum("kick", 72)]))
    assert kicks.named_rightly == pytest.approx(2 / 3)
    assert real.report("kick", drawn("kick", [0 * hats[0]] * 4)) is None


def test_the_spread_of_level_is_that_of_the_random_sounds(real: RealSounds) -> None:
    loud_and_soft = [gain * drum("kick", 60) for gain in (1.0, 0.1) for _ in range(4)]
    report, _ = real.report("kick", drawn("kick", loud_and_soft))
    assert report.peak_spread_db == pytest.approx(10, abs=0.01)
    assert report.loudness_spread_db == pytest.approx(10, abs=0.01)


def test_the_whole_is_the_mean_of_the_classes_but_for_the_spread_of_level(real: RealSounds) -> None:
    kick, _ = real.report("kick", drawn("kick", [drum("kick", 60 + i) for i in range(8)]))
    worse = replace(kick, name="hat", named_rightly=0.5, real_named_rightly=None)
    whole = RandomReport((kick, worse), 3.0, 4.0, ()).document()["all"]
    assert whole["named_rightly"] == pytest.approx(0.75)
    assert whole["real_named_rightly"] == 1
    assert whole["peak_spread_db"] == 3


def test_only_classes_with_a_prior_and_enough_source_samples_are_judged() -> None:
    prior = (SimpleNamespace(label=0), SimpleNamespace(label=-1))
    model = SimpleNamespace(metadata=SimpleNamespace(classes=CLASSES, prior=prior))
    assert judged_classes(model, real_sounds(), CLASSES) == ["hat"]
    one_sample = [replace(sound, group="same") for sound in real_sounds()]
    assert judged_classes(model, one_sample, CLASSES) == []
