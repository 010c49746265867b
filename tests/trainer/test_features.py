"""The STFT loses nothing, log-mel bands mean what they say, and the cache never changes a sound."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.messy_sounds import ONESHOTS
from trainer.features import ClipCache, istft, log_mel, mel_filters, stft
from trainer.settings import FeatureSettings, SampleSettings

RATE = 48_000
SOUND = next(ONESHOTS.glob("*/bd_808.flac"))


@pytest.mark.parametrize("settings", [FeatureSettings(), FeatureSettings(512, 128), FeatureSettings(1024, 512)])
@pytest.mark.parametrize("frames", [1, 700, 2048, 30_011])
def test_the_inverse_gives_the_sound_back(settings: FeatureSettings, frames: int) -> None:
    audio = torch.rand(2, 2, frames, generator=torch.Generator().manual_seed(0)) * 2 - 1
    spectrum = stft(audio, settings)
    assert spectrum.dtype == torch.complex64
    assert spectrum.shape == (2, 2, settings.window_frames // 2 + 1, -(-frames // settings.hop_frames) + 1)
    error = (istft(spectrum, settings, frames) - audio).abs().max()
    assert error < 10 ** (-100 / 20)


def test_a_full_scale_sinusoid_reads_minus_six_db_in_its_bin() -> None:
    settings = FeatureSettings()
    bin_index = 100
    tone = torch.sin(2 * torch.pi * bin_index / settings.window_frames * torch.arange(RATE))
    magnitude = stft(tone, settings).abs()[:, 20]
    assert int(magnitude.argmax()) == bin_index
    assert float(magnitude[bin_index]) == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("hz", [60.0, 440.0, 5000.0, 15_000.0])
def test_a_tone_is_loudest_in_the_mel_band_that_holds_it(hz: float) -> None:
    tone = 0.5 * torch.sin(2 * torch.pi * hz / RATE * torch.arange(RATE)).reshape(1, 1, -1)
    view = log_mel(tone, RATE, FeatureSettings(), bands=40)
    assert view.shape == (1, 1, 40, RATE // 512 + 2)
    mel = 2595 * np.log10(1 + np.array([20.0, 20_000.0, hz]) / 700)
    band = (mel[2] - mel[0]) / (mel[1] - mel[0]) * 41 - 1
    assert abs(int(view[0, 0, :, 40].argmax()) - band) <= 1


def test_twice_the_amplitude_is_six_db_more_and_silence_is_the_floor() -> None:
    noise = torch.rand(1, 1, RATE, generator=torch.Generator().manual_seed(0)) - 0.5
    step = log_mel(2 * noise, RATE, FeatureSettings()) - log_mel(noise, RATE, FeatureSettings())
    torch.testing.assert_close(step, torch.full_like(step, 6.0206), atol=1e-3, rtol=0)
    assert bool((log_mel(torch.zeros(1, 1, RATE), RATE, FeatureSettings()) == -100).all())


@pytest.mark.parametrize("window_frames", [128, 512, 2048])
def test_no_mel_band_is_empty_and_each_has_unit_weight(window_frames: int) -> None:
    filters = mel_filters(128, window_frames, RATE, 20.0, 20_000.0)
    torch.testing.assert_close(filters.sum(dim=1), torch.ones(128))


def test_the_cache_gives_back_the_same_samples_and_spectrum(tmp_path: Path) -> None:
    settings, features = SampleSettings(), FeatureSettings()
    first = ClipCache(settings, features, tmp_path).sound(SOUND, 1)
    cache = ClipCache(settings, features, tmp_path)
    again = cache.sound(SOUND, 1)
    np.testing.assert_array_equal(again.audio, first.audio)
    assert (again.peak, again.was_cut, again.is_stereo) == (first.peak, first.was_cut, first.is_stereo)
    spectrum = cache.spectrum(again)
    assert spectrum.dtype == np.complex64
    np.testing.assert_array_equal(spectrum, stft(torch.from_numpy(first.audio), features).numpy())


def test_a_cached_sound_is_not_decoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ClipCache(SampleSettings(), folder=tmp_path)
    cache.sound(SOUND, 1)

    def decode(*_: object) -> None:
        raise AssertionError("decoded although cached")

    monkeypatch.setattr("trainer.features.read_oneshot", decode)
    assert cache.sound(SOUND, 1).audio.shape[0] == 1


def test_an_entry_belongs_to_content_and_settings_not_to_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    (tmp_path / "renamed.flac").write_bytes(SOUND.read_bytes())
    keys = {
        ClipCache(samples, features, folder).sound(path, channels).key
        for samples, features, path, channels in (
            (SampleSettings(), FeatureSettings(), SOUND, 1),
            (SampleSettings(), FeatureSettings(), tmp_path / "renamed.flac", 1),
            (SampleSettings(), FeatureSettings(largest_cache_gigabytes=1.0), SOUND, 1),
            (SampleSettings(), FeatureSettings(), SOUND, 2),
            (SampleSettings(longest_seconds=0.1), FeatureSettings(), SOUND, 1),
            (SampleSettings(), FeatureSettings(hop_frames=256), SOUND, 1),
        )
    }
    assert len(keys) == 4


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "other file"])
def test_a_damaged_entry_is_made_again(tmp_path: Path, damage: str) -> None:
    cache = ClipCache(SampleSettings(), folder=tmp_path)
    whole = cache.sound(SOUND, 1)
    (entry,) = tmp_path.glob("*/*.npz")
    data = bytearray(entry.read_bytes())
    if damage == "flipped":
        data[4000] ^= 0xFF
    entry.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "flipped": data, "other file": b"PK junk"}[damage])
    again = cache.sound(SOUND, 1)
    np.testing.assert_array_equal(again.audio, whole.audio)
    assert len(list(tmp_path.glob("*/*"))) == 1
    with np.load(entry) as mended:
        np.testing.assert_array_equal(mended["audio"], whole.audio)


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = ClipCache(SampleSettings(), folder=tmp_path / "cache")
    sound = cache.sound(SOUND, 1)
    assert cache.spectrum(sound).shape[0] == 1
    cache.prune()
    assert (tmp_path / "cache").is_file()


def test_runs_that_share_a_cache_never_meet_half_an_entry(tmp_path: Path) -> None:
    caches = [ClipCache(SampleSettings(), folder=tmp_path) for _ in range(8)]
    sounds = []
    threads = [threading.Thread(target=lambda c=c: sounds.append(c.sound(SOUND, 1))) for c in caches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({sound.audio.tobytes() for sound in sounds}) == 1
    assert len(sounds) == 8
    assert [path.suffix for path in tmp_path.glob("*/*")] == [".npz"]


def test_the_entries_used_longest_ago_go_first(tmp_path: Path) -> None:
    paths = sorted(ONESHOTS.glob("*/*.flac"))[:4]
    cache = ClipCache(SampleSettings(), FeatureSettings(), tmp_path)
    entries = {}
    for age, path in enumerate(paths):
        key = cache.sound(path, 1).key
        entries[path] = next(tmp_path.glob(f"*/{key}.npz"))
        os.utime(entries[path], (1_000_000 - age, 1_000_000 - age))
    # The oldest is used again, and so becomes the newest.
    cache.sound(paths[3], 1)
    room = sum(entries[path].stat().st_size for path in (paths[3], paths[0])) + 10
    ClipCache(SampleSettings(), FeatureSettings(largest_cache_gigabytes=room / 1e9), tmp_path).prune()
    assert {path for path, entry in entries.items() if entry.exists()} == {paths[0], paths[3]}
