"""Calibration speaks of the data: keys play real sounds of their class, knobs stay inside, draws look like the data."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from runtime.contract import DecoderMetadata, read_decoder_metadata, read_hash, write_metadata
from runtime.latent.outside import DataRange
from tests.trainer.small_run import ONESHOTS, short_parity, small_settings
from trainer.calibration import (
    Posterior,
    audible_seconds,
    brightness_hz,
    calibrate,
    fit_prior,
    matching_gain_db,
    medoid_index,
    principal_axes,
    spectral_distance,
)
from trainer.drum_keys import DrumSound, choose_sounds, family_of, family_of_file
from trainer.exported import ExportedModel
from trainer.finishing import export_pair, preliminary_metadata
from trainer.provenance import Provenance
from trainer.samples import SampleSet, load_folder
from trainer.settings import AxisSettings, CalibrationSettings
from trainer.vae import VariationalAutoencoder

SETTINGS = CalibrationSettings(named_axes=AxisSettings(pairs=0))
"""Named axes have tests of their own; without them calibration takes a moment."""


@pytest.fixture(scope="module")
def samples() -> SampleSet:
    return load_folder(ONESHOTS, small_settings().samples)


@pytest.fixture(scope="module")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small model with random weights, exported: calibration does not ask whether a model is good."""
    torch.manual_seed(0)
    settings = small_settings()
    folder = tmp_path_factory.mktemp("model")
    decoder, encoder = folder / "small.onnx", folder / "small.encoder.onnx"
    provenance = Provenance("small", (), 0, "", "cpu")
    vae = VariationalAutoencoder(settings.model, channels=1).eval()
    with short_parity():
        export_pair(vae, preliminary_metadata(settings, 1, provenance), decoder, encoder)
    return decoder, encoder


@pytest.fixture(scope="module")
def calibrated(model_files: tuple[Path, Path], samples: SampleSet) -> DecoderMetadata:
    return calibrate(ExportedModel(*model_files), samples.clips, samples.classes, SETTINGS)


def latents_of(model_files: tuple[Path, Path], samples: SampleSet) -> np.ndarray:
    means, _ = ExportedModel(*model_files).encode([clip.audio for clip in samples.clips])
    return means


def sound_at(latent: tuple[float, ...], latents: np.ndarray) -> int:
    """Index of the sound whose latent this is."""
    distances = np.abs(latents - np.array(latent)).max(1)
    assert distances.min() < 1e-4, "not the latent of any training sound"
    return int(distances.argmin())


def test_the_default_latent_and_every_key_are_real_training_sounds(calibrated, model_files, samples) -> None:
    latents = latents_of(model_files, samples)
    sound_at(calibrated.default_latent, latents)
    assert set(calibrated.key_map) == set(range(35, 82))
    for latent in calibrated.key_map.values():
        sound_at(latent, latents)


@pytest.mark.parametrize(
    ("keys", "drum_class"),
    [((35, 36), "kick"), ((38, 40), "snare"), ((42, 44, 46), "hat"), ((43, 47, 50), "tom"), ((49, 57), "cymbal")],
)
def test_general_midi_keys_play_sounds_of_their_class(calibrated, model_files, samples, keys, drum_class) -> None:
    latents = latents_of(model_files, samples)
    for key in keys:
        clip = samples.clips[sound_at(calibrated.key_map[key], latents)]
        assert samples.classes[clip.label] == drum_class


def test_keys_of_a_family_play_different_sounds_while_there_are_enough(calibrated, model_files, samples) -> None:
    latents = latents_of(model_files, samples)
    hats = [sound_at(calibrated.key_map[key], latents) for key in (42, 44, 46)]
    assert len(set(hats)) == 3
    closed, _, opened = (samples.clips[i] for i in hats)
    assert audible_seconds(closed.audio[0], 48_000) < audible_seconds(opened.audio[0], 48_000)


def test_without_classes_the_keys_are_spread_over_all_sounds() -> None:
    sounds = [DrumSound(None, brightness=float(100 * i), seconds=0.1) for i in range(60)]
    chosen = choose_sounds(sounds)
    assert sorted(chosen) == list(range(35, 82))
    assert len(set(chosen.values())) == 47
    assert list(chosen.values()) == sorted(chosen.values()), "from dark to bright"


def test_of_two_snares_a_key_plays_the_one_the_model_makes_well() -> None:
    snares = [DrumSound("snare", brightness=float(i), seconds=0.1, distance=0.9) for i in range(8)]
    snares[1], snares[6] = replace(snares[1], distance=0.2), replace(snares[6], distance=0.2)
    chosen = choose_sounds(snares)
    assert chosen[38] == 1
    assert chosen[40] == 6


def test_the_oddest_sounds_of_a_large_class_are_left_to_the_map() -> None:
    hats = [DrumSound("hat", 1.0, seconds=i / 100, distance=1 - i / 100, place=(float(i % 10),)) for i in range(100)]
    assert all(2 <= chosen % 10 <= 7 for key, chosen in choose_sounds(hats).items() if key in (42, 44, 46))


def test_a_rarer_kind_of_a_class_keeps_its_key() -> None:
    closed = [DrumSound("hat", 1.0, seconds=0.05 + i / 1000, place=(0.0,)) for i in range(25)]
    opened = [DrumSound("hat", 1.0, seconds=1.0 + i / 10, place=(5.0,)) for i in range(8)]
    chosen = choose_sounds(closed + opened)
    assert chosen[42] < 25 <= chosen[46]


def test_crash_and_ride_keys_share_out_a_folder_of_cymbals() -> None:
    cymbals = [DrumSound("cymbal", brightness=float(i), seconds=float(-i)) for i in range(14)]
    chosen = choose_sounds(cymbals)
    assert len({chosen[key] for key in (49, 51, 52, 53, 55, 57, 59)}) == 7


def test_a_family_without_sounds_borrows_one_that_no_key_plays_yet() -> None:
    snares = [DrumSound("snare", brightness=float(i), seconds=float(i), distance=(i - 1.6) ** 2) for i in range(4)]
    chosen = choose_sounds(snares)
    assert {chosen[key] for key in (37, 38, 39, 40)} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("folder", "stem", "family"),
    [
        ("cymbal", "ride_02", "ride"),
        ("percussion", "Cowbell 3", "agogo"),
        ("percussion", "thing", "percussion"),
        ("", "kick_01", "kick"),
        ("snare", "tom_snare_room", "snare"),
        ("field recordings", "door", None),
    ],
)
def test_a_file_s_name_says_more_only_where_its_folder_says_little(folder: str, stem: str, family: str | None) -> None:
    assert family_of_file(folder, stem) == family


def test_spectral_distance_is_0_for_equals_and_1_for_silence() -> None:
    noise = np.random.default_rng(5).normal(size=9000).astype(np.float32)
    assert spectral_distance(noise, noise) == 0
    assert spectral_distance(noise, np.zeros_like(noise)) == pytest.approx(1)
    assert 0.4 < spectral_distance(noise, 0.5 * noise) < 0.6


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Kicks", "kick"),
        ("BD-909", "kick"),
        ("bass drum", "kick"),
        ("Snare Drums", "snare"),
        ("OpenHat", "hat"),
        ("closed_hihat_02", "hat"),
        ("HH", "hat"),
        ("Claps & Snaps", "clap"),
        ("Rimshots", "rim"),
        ("floor tom", "tom"),
        ("Crash 16in", "crash"),
        ("Ride Bell", "ride"),
        ("CowBell", "agogo"),
        ("Perc", "percussion"),
        ("violins", None),
        ("Sdx", None),
        ("", None),
    ],
)
def test_families_are_recognised_by_the_names_people_use(name: str, family: str | None) -> None:
    assert family_of(name) == family


def test_axes_span_the_data_and_no_more(calibrated, model_files, samples) -> None:
    latents = latents_of(model_files, samples)
    assert [axis.name for axis in calibrated.axes] == [f"axis_{i}" for i in range(1, len(calibrated.axes) + 1)]
    directions = np.array([axis.direction for axis in calibrated.axes])
    assert np.allclose(directions @ directions.T, np.eye(len(directions)), atol=1e-3)
    for axis in calibrated.axes:
        assert axis.minimum < 0 < axis.maximum
    first = calibrated.axes[0]
    positions = (latents - np.array(calibrated.default_latent)) @ directions[0]
    assert first.minimum >= positions.min() - 1.0
    assert first.maximum <= positions.max() + 1.0


def synthetic_posterior(seed: int = 0) -> Posterior:
    """Two classes of unequal size and slanted spread, and some sounds without a class."""
    random = np.random.default_rng(seed)
    slant = np.array([[1.0, 0.9, 0.0], [0.0, 0.4, 0.0], [0.2, 0.0, 0.1]])
    parts = [random.normal(size=(400, 3)) @ slant, random.normal(size=(200, 3)) @ slant[::-1] + [4, 0, 0]]
    means = np.concatenate([*parts, random.normal(size=(60, 3)) * 0.3 - [0, 5, 0]])
    return Posterior(means, np.full_like(means, 0.01), np.repeat([0, 1, -1], [400, 200, 60]))


def test_axes_find_the_widest_direction_first_and_cover_its_percentiles() -> None:
    random = np.random.default_rng(1)
    means = random.normal(size=(2000, 4)) * [0.1, 3.0, 0.1, 1.0]
    posterior = Posterior(means, np.full_like(means, 1e-4), np.full(2000, -1))
    first, second, *_ = principal_axes(posterior, np.zeros(4), replace(SETTINGS, axes=2))
    assert np.abs(first.direction).argmax() == 1
    assert np.abs(second.direction).argmax() == 3
    assert first.maximum == pytest.approx(3.0 * 2.054, rel=0.1)  # 98th percentile of a normal distribution
    assert first.minimum == pytest.approx(-3.0 * 2.054, rel=0.1)


def test_draws_from_the_prior_have_the_mean_and_covariance_of_the_data() -> None:
    posterior = synthetic_posterior()
    components = fit_prior(posterior, classes=2, settings=SETTINGS)
    assert sum(component.weight for component in components) == pytest.approx(1.0)
    assert {component.label for component in components} == {0, 1, -1}
    random = np.random.default_rng(2)
    counts = [round(60_000 * component.weight) for component in components]
    draws = np.concatenate(
        [
            np.array(c.mean) + random.normal(size=(count, 3)) @ np.array(c.scale).T
            for c, count in zip(components, counts, strict=True)
        ]
    )
    assert np.allclose(draws.mean(0), posterior.means.mean(0), atol=0.05)
    assert np.allclose(np.cov(draws.T), posterior.covariance(), atol=0.15)


def test_the_medoid_is_the_most_central_sound() -> None:
    means = np.concatenate([np.random.default_rng(3).normal(size=(50, 3)), [[0.0, 0.0, 0.0]], [[40.0, 40.0, 40.0]]])
    assert medoid_index(Posterior(means, np.full_like(means, 1e-3), np.full(52, -1))) == 50


def test_every_sound_is_on_the_map_and_nearly_all_lie_inside_the_data(calibrated, model_files, samples) -> None:
    latents = latents_of(model_files, samples)
    assert [sound_at(point.latent, latents) for point in calibrated.map_points] == list(range(len(samples.clips)))
    assert [point.label for point in calibrated.map_points] == [clip.label for clip in samples.clips]
    data = DataRange(calibrated)
    far = sorted(data.outside(latent) for latent in latents.tolist())
    assert far[int(0.9 * len(far)) - 1] <= 1 <= far[-1] + 1e-3
    assert data.outside((10 * latents[0]).tolist()) > 1


def test_models_of_different_loudness_come_out_at_one_level() -> None:
    random = np.random.default_rng(4)
    decay = np.exp(-np.arange(24_000) / 6000)
    sounds = (random.uniform(-1, 1, (9, 1, 24_000)) * decay).astype(np.float32)
    levels = []
    for factor in (0.02, 0.3, 1.0):
        gain = 10 ** (matching_gain_db(factor * sounds, 48_000, SETTINGS) / 20)
        levels.append(20 * np.log10(np.median(np.sqrt((gain * factor * sounds[..., :2400]) ** 2).mean(-1))))
    assert np.ptp(levels) < 0.1


def test_a_model_of_clicks_is_not_pushed_into_the_limiter() -> None:
    clicks = np.zeros((9, 1, 24_000), np.float32)
    clicks[..., :20] = 0.5
    gain_db = matching_gain_db(clicks, 48_000, SETTINGS)
    assert 20 * np.log10(0.5) + gain_db <= SETTINGS.highest_peak_db + 0.01


def test_brightness_and_length_are_what_they_say() -> None:
    time = np.arange(24_000) / 48_000
    dark, bright = (np.sin(2 * np.pi * hz * time).astype(np.float32) * np.exp(-time / 0.1) for hz in (100, 5000))
    assert brightness_hz(dark, 48_000) < 500 < 4500 < brightness_hz(bright, 48_000) < 6000
    assert audible_seconds(bright, 48_000) == pytest.approx(0.1 * np.log(100), rel=0.02)


def test_calibrating_again_gives_the_same_and_leaves_the_model_s_identity(calibrated, model_files, samples) -> None:
    decoder, encoder = model_files
    before = read_hash(decoder)
    write_metadata(decoder, calibrated)
    again = calibrate(ExportedModel(decoder, encoder), samples.clips, samples.classes, SETTINGS)
    assert read_hash(decoder) == before
    assert again == calibrated
    assert read_decoder_metadata(decoder) == calibrated


@dataclass(frozen=True)
class OneSound:
    path: Path
    audio: np.ndarray
    label: int = -1
    group: str = "only"


def test_a_folder_with_one_sound_still_makes_a_playable_model(model_files, samples) -> None:
    clip = OneSound(Path("ping.wav"), samples.clips[0].audio)
    metadata = calibrate(ExportedModel(*model_files), [clip], (), SETTINGS)
    assert set(metadata.key_map.values()) == {metadata.default_latent}
    assert all(axis.minimum < axis.maximum for axis in metadata.axes)
    assert len(metadata.prior) == 1
    assert metadata.longest_note_seconds == pytest.approx(min(0.5, clip.audio.shape[1] / 48_000))
