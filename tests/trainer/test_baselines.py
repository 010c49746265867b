"""The yardsticks: the nearest sound is nearest, a linear model is linear, Griffin-Lim finds a sound for a spectrum."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from trainer.baselines import LINEAR, NEAREST, NOISE, PHASELESS, Baselines, fit_linear_model
from trainer.figures import FIGURE_RATE_HZ, compare, log_mel, mel_filters
from trainer.nearest import KnownSounds, figure_log_mel, log_mel_distance_db
from trainer.sound_from_mel import coloured_noise, griffin_lim, power_from_mel, sound_from_log_mel

RATE = FIGURE_RATE_HZ


@dataclass(frozen=True)
class Sound:
    path: Path
    audio: np.ndarray
    group: str


def drum(hz: float, decay_seconds: float = 0.06, seconds: float = 0.4, noise: float = 0.3) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    hiss = np.random.default_rng(round(hz)).uniform(-1, 1, len(time))
    wave = np.exp(-time / decay_seconds) * (np.sin(2 * np.pi * hz * time) + noise * hiss)
    return (wave / np.abs(wave).max()).astype(np.float32)[None]


def sound(hz: float, group: str = "", **facts: float) -> Sound:
    return Sound(Path(f"{hz}.wav"), drum(hz, **facts), group or f"{hz}")


def test_the_nearest_training_sound_is_another_sample_however_alike_its_variants_are() -> None:
    known = [sound(200), sound(202, group="200"), sound(260), sound(2000)]
    baselines = Baselines(known, RATE, 2, 187.5)
    same = baselines.judge(known[0])[NEAREST]
    assert same.log_mel_db == compare(known[0].audio, known[2].audio, 187.5).log_mel_db
    assert baselines.judge(sound(200, group="unseen"))[NEAREST].log_mel_db == 0


def test_a_longer_sound_is_as_near_as_its_beginning_and_a_shorter_one_ends_in_silence() -> None:
    long, short = figure_log_mel(drum(300, 0.3), RATE), figure_log_mel(drum(300, 0.3, seconds=0.1), RATE)
    assert log_mel_distance_db(short[:, :5], long) < 1
    assert log_mel_distance_db(long, short) > 20


def test_known_sounds_that_could_not_all_be_read_in_time_say_so() -> None:
    turns = iter([True, True, False])
    known = KnownSounds([sound(hz) for hz in (100, 200, 300)], RATE, lambda: next(turns))
    assert not known.is_complete
    assert known.nearest_db(figure_log_mel(drum(200), RATE)) == 0


def test_spectrograms_of_two_numbers_come_back_from_two_numbers() -> None:
    generator = np.random.default_rng(0)
    middle, *directions = generator.normal(-40, 5, (3, 1, 20, 128)).astype(np.float32)
    made = [middle + a * directions[0] + b * directions[1] for a, b in generator.normal(0, 0.2, (30, 2))]
    unseen = (middle + 0.1 * directions[0] - 0.2 * directions[1]).astype(np.float32)
    enough, too_few = fit_linear_model(made, 2), fit_linear_model(made, 1)
    assert np.abs(enough.reconstruct(unseen) - unseen).max() < 0.05
    assert np.abs(too_few.reconstruct(unseen) - unseen).mean() > 0.5


def test_a_linear_model_takes_sounds_of_any_length_and_no_more_numbers_than_there_are_sounds() -> None:
    levels = [figure_log_mel(drum(hz, seconds=seconds), RATE) for hz, seconds in ((100, 0.2), (300, 0.4), (900, 0.3))]
    model = fit_linear_model(levels, 16)
    assert len(model.directions) == 2
    longer = figure_log_mel(drum(300, seconds=0.8), RATE)
    assert model.reconstruct(longer).shape == longer.shape
    assert np.abs(model.reconstruct(levels[0]) - levels[0]).mean() < 0.1


def test_a_power_spectrum_found_for_mel_bands_has_these_bands() -> None:
    wanted = 10 ** (log_mel(drum(500)[0], RATE) / 10)
    power = power_from_mel(wanted, RATE)
    assert (power >= 0).all()
    error_db = 10 * np.log10((power @ mel_filters(RATE).T + 1e-9) / (wanted + 1e-9))
    assert np.abs(error_db).mean() < 0.3


def test_griffin_lim_finds_a_tone_again_at_its_level() -> None:
    time = np.arange(RATE // 2) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 1000 * time)
    frames = np.pad(tone, 1024)
    window = np.hanning(2049)[:-1]
    spectrum = np.stack([np.abs(np.fft.rfft(frames[k : k + 2048] * window)) for k in range(0, len(tone), 512)])
    found = griffin_lim(spectrum, len(tone))
    middle = slice(RATE // 8, 3 * RATE // 8)
    assert found[middle].std() == pytest.approx(tone[middle].std(), rel=0.1)
    assert abs(np.fft.rfft(found).argmax() * 2 - 1000) <= 10, "half a bin of the spectrogram"


def test_a_sound_made_of_its_own_mel_spectrogram_is_nearer_than_one_made_of_another() -> None:
    original = drum(300)
    own, other = (sound_from_log_mel(figure_log_mel(drum(hz), RATE), original.shape[1], RATE) for hz in (300, 900))
    own_figures, other_figures = compare(original, own, 187.5), compare(original, other, 187.5)
    assert own_figures.log_mel_db < 3
    assert own_figures.log_mel_db < 0.5 * other_figures.log_mel_db
    assert own_figures.envelope_db < 3


def test_noise_coloured_like_noise_is_as_loud_and_nearly_as_far_from_it_as_other_noise() -> None:
    one, other = (np.random.default_rng(seed).normal(0, 0.1, (1, RATE)).astype(np.float32) for seed in (0, 1))
    levels = figure_log_mel(one, RATE)
    made = sound_from_log_mel(levels, RATE, RATE, coloured_noise) * np.abs(one).max()
    assert made.std() == pytest.approx(one.std(), rel=0.15)
    two_noises_db = compare(one, other, 187.5).log_mel_db
    assert two_noises_db == pytest.approx(2.7, abs=0.1), "what docs/training.md says"
    assert 0.75 * two_noises_db < compare(one, made, 187.5).log_mel_db < two_noises_db, "it knows each window's level"


def test_a_stereo_sound_keeps_its_sides() -> None:
    stereo = np.concatenate([drum(200), 0.1 * drum(1500)])
    figures = Baselines([], RATE, 4, 187.5).judge(Sound(Path("s.wav"), stereo, "s"))
    assert set(figures) == {PHASELESS, NOISE}
    assert figures[PHASELESS].log_mel_db < 3


def test_all_baselines_are_judged_where_training_sounds_are_known() -> None:
    known = [sound(hz) for hz in (100, 150, 200, 300, 500)]
    figures = Baselines(known, RATE, 3, 187.5).judge(sound(240))
    assert list(figures) == [NEAREST, LINEAR, PHASELESS, NOISE]
    assert figures[PHASELESS].log_mel_db < figures[LINEAR].log_mel_db
