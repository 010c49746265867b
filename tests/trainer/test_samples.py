"""A messy folder becomes clips; what cannot be one is named with its reason; variants of one sample stay together."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.audio_files import read_oneshot
from runtime.errors import LatentbridgeError
from tests.messy_sounds import ONESHOTS, Messy, make_messy_folder
from trainer.features import ClipCache
from trainer.samples import SOURCES_FILE, SampleSet, class_name, group_name, load_folder, split
from trainer.settings import SampleSettings

SETTINGS = SampleSettings(longest_seconds=1.0)


def load(folder: Path, channels: int | None = None, **more) -> SampleSet:
    """Load without touching the user's cache."""
    return load_folder(folder, SETTINGS, channels, cache=ClipCache(SETTINGS, folder=folder.parent / "cache"), **more)


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Messy:
    return make_messy_folder(tmp_path_factory.mktemp("top") / "my samples")


@pytest.fixture(scope="module")
def loaded(messy: Messy) -> SampleSet:
    return load(messy.folder)


def test_every_sound_of_a_messy_folder_becomes_a_clip(messy: Messy, loaded: SampleSet) -> None:
    assert {clip.path for clip in loaded.clips} == set(messy.good)


def test_every_faulty_file_is_named_with_its_reason(messy: Messy, loaded: SampleSet) -> None:
    reasons = {skipped.path: skipped.reason for skipped in loaded.skipped}
    assert set(reasons) == set(messy.bad)
    for path, expected in messy.bad.items():
        assert expected in reasons[path]
        assert str(messy.folder) not in reasons[path]
        assert "Error" not in reasons[path]


def test_clips_start_at_their_onset_with_their_peak_at_one(loaded: SampleSet) -> None:
    for clip in loaded.clips:
        assert clip.audio.dtype == np.float32
        assert clip.audio.shape[0] == loaded.channels == 1
        assert np.abs(clip.audio).max() == pytest.approx(1, abs=1e-6)
        assert np.abs(clip.audio[:, :240]).max() > 0.01
        assert 0.1 < clip.peak < 1.1
        assert clip.seconds == clip.audio.shape[1] / SETTINGS.sample_rate <= SETTINGS.longest_seconds


def test_a_clip_is_what_an_encoder_is_given_in_use(loaded: SampleSet) -> None:
    for clip in loaded.clips:
        given = read_oneshot(clip.path, SETTINGS.sample_rate, loaded.channels, SETTINGS.longest_seconds)
        np.testing.assert_array_equal(clip.audio, given.audio)


def test_folders_are_classes(messy: Messy, loaded: SampleSet) -> None:
    assert loaded.classes == ("hats", "kicks", "perc", "snares")
    for clip in loaded.clips:
        folder = clip.path.relative_to(messy.folder).parts[0]
        assert loaded.classes[clip.label] == folder.casefold()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Kicks/a.wav", "kicks"),
        ("01 Kicks/a.wav", "kicks"),
        ("Kicks/808/a.wav", "kicks"),
        ("Kicks/24bit/wav/a.wav", "kicks"),
        ("Hi-Hats/Velocity 3/a.wav", "hi hats"),
        ("Drum Hits/Snares/soft/a.wav", "snares"),
        ("Synths/Bells of Ys/a.wav", "bells of ys"),
        ("a.wav", ""),
        ("samples/24bit/a.wav", ""),
        ("BD 01.wav", "kick"),
        ("one shots/OpenHat_3.wav", "hat"),
    ],
)
def test_the_nearest_meaningful_folder_names_the_class(path: str, expected: str) -> None:
    assert class_name(Path(path)) == expected


@pytest.mark.parametrize(
    ("one", "other", "are_variants"),
    [
        ("s/snare_v1.wav", "s/snare_v12.wav", True),
        ("s/snare soft.wav", "s/snare hard.wav", True),
        ("s/tom-vel100-rr2.wav", "s/tom-vel20-rr1.wav", True),
        ("s/crash_pp.wav", "s/crash_ff.wav", True),
        ("s/velocity 1/ride.wav", "s/velocity 5/ride.wav", True),
        ("s/hat L.wav", "s/hat R.wav", True),
        ("s/snare 1.wav", "s/snare 2.wav", False),
        ("s/kick.wav", "t/kick.wav", False),
        ("s/soft kick.wav", "s/hard kick.wav", False),
        ("s/v1.wav", "s/v2.wav", False),
        ("s/808.wav", "s/909.wav", False),
    ],
)
def test_velocities_and_round_robins_of_one_sample_share_a_group(one: str, other: str, are_variants: bool) -> None:
    assert (group_name(Path(one)) == group_name(Path(other))) is are_variants


def test_a_split_never_cuts_through_a_group(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    for drum in range(12):
        for velocity in (20, 60, 100):
            audio = noise.uniform(-1, 1, 2000) * np.exp(-np.arange(2000) / 300)
            soundfile.write(tmp_path / f"tom {drum} vel{velocity}.wav", audio, 48_000)
    samples = load(tmp_path)
    parts = [split(samples, 0.25, seed) for seed in (0, 0, 1)]
    for part in parts:
        held_out = {clip.group for clip in part.held_out}
        assert 3 <= len(part.held_out) <= 18
        assert len(part.training) + len(part.held_out) == 36
        assert not held_out & {clip.group for clip in part.training}
    assert parts[0] == parts[1]
    assert parts[0].held_out != parts[2].held_out


def test_what_is_held_out_stays_held_out_when_other_sounds_come_or_go(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    for drum in range(30):
        audio = noise.uniform(-1, 1, 2000) * np.exp(-np.arange(2000) / 300)
        soundfile.write(tmp_path / f"drum {chr(97 + drum % 26)}{drum // 26}.wav", audio, 48_000)
    before = {clip.path for clip in split(load(tmp_path), 0.3, 0).held_out}
    for path in sorted(tmp_path.glob("drum [a-h]0.wav")):
        path.unlink()
    assert {clip.path for clip in split(load(tmp_path), 0.3, 0).held_out} == {p for p in before if p.exists()}
    assert before


def test_copies_of_a_sound_are_used_once_whatever_their_name_and_format(tmp_path: Path) -> None:
    original = next(ONESHOTS.glob("*/bd_808.flac"))
    audio, rate = soundfile.read(original)
    folder = tmp_path / "kit"
    folder.mkdir()
    shutil.copy(original, folder / "a.flac")
    shutil.copy(original, folder / "b.flac")
    soundfile.write(folder / "c.wav", audio, rate, subtype="PCM_16")
    soundfile.write(folder / "d.wav", audio, rate, subtype="PCM_24")
    soundfile.write(folder / "e.wav", audio[::-1], rate, subtype="PCM_16")
    samples = load(folder)
    assert [clip.path.name for clip in samples.clips] == ["a.flac", "e.wav"]
    assert {s.path.name: s.reason for s in samples.skipped} == {
        name: "holds the same sound as a.flac" for name in ("b.flac", "c.wav", "d.wav")
    }


def test_a_folder_of_stereo_sounds_makes_stereo_clips(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    folder = tmp_path / "wide"
    folder.mkdir()
    for index in range(3):
        sides = noise.uniform(-1, 1, (3000, 2)) * np.exp(-np.arange(3000) / 500)[:, None]
        soundfile.write(folder / f"{index}.wav", sides if index else sides[:, :1], 48_000)
    samples = load(folder)
    assert samples.channels == 2
    assert {clip.audio.shape[0] for clip in samples.clips} == {2}
    mono = next(clip for clip in samples.clips if clip.path.name == "0.wav")
    np.testing.assert_array_equal(mono.audio[0], mono.audio[1])
    assert load(folder, channels=1).clips[1].audio.shape[0] == 1


def test_sounds_beyond_the_longest_are_cut_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "long"
    folder.mkdir()
    soundfile.write(folder / "drone.wav", 0.5 * np.sin(np.arange(200_000) / 30), 48_000)
    soundfile.write(folder / "hit.wav", np.exp(-np.arange(9000) / 900) * np.sin(np.arange(9000) / 9), 48_000)
    samples = load(folder)
    assert samples.cut == (folder / "drone.wav",)
    assert samples.clips[0].seconds == SETTINGS.longest_seconds


def test_a_sources_file_gives_class_group_and_licence(tmp_path: Path) -> None:
    folder = tmp_path / "gathered"
    shutil.copytree(ONESHOTS, folder)
    document = {
        "sources": {"a pack": {"licence": "CC0-1.0", "attribution": "by many"}},
        "files": {
            "snare/drum_snare_soft.flac": {"source": "a pack", "group": "one drum", "class": "snare"},
            "snare/drum_snare_hard.flac": {"source": "a pack", "group": "one drum", "class": "loud snare"},
        },
    }
    (folder / SOURCES_FILE).write_text(json.dumps(document))
    samples = load(folder)
    by_name = {clip.path.stem: clip for clip in samples.clips}
    assert by_name["drum_snare_soft"].group == by_name["drum_snare_hard"].group == "one drum"
    assert samples.classes[by_name["drum_snare_hard"].label] == "loud snare"
    (source,) = samples.sources
    assert (source.name, source.licence, source.attribution, source.sounds) == ("a pack", "CC0-1.0", "by many", 2)
    (folder / SOURCES_FILE).write_text("{broken")
    with pytest.raises(LatentbridgeError, match="cannot be understood"):
        load(folder)


def test_a_folder_without_a_usable_sound_is_refused_and_says_what_was_found(tmp_path: Path) -> None:
    folder = tmp_path / "no sounds"
    with pytest.raises(LatentbridgeError, match="is not there"):
        load(folder)
    folder.mkdir()
    with pytest.raises(LatentbridgeError, match="holds no sound files"):
        load(folder)
    for name in ("a.wav", "b.wav"):
        soundfile.write(folder / name, np.zeros(4000), 48_000)
    (folder / "c.wav").write_bytes(b"junk")
    with pytest.raises(LatentbridgeError, match=r"Not one of the 3 sound files .* 2 × is silent; 1 × cannot be read"):
        load(folder)
    with pytest.raises(LatentbridgeError, match="is a file"):
        load(folder / "a.wav")


def test_progress_counts_every_file_from_one_thread(messy: Messy) -> None:
    calls: list[tuple[int, int]] = []
    threads: set[int] = set()

    def on_progress(done: int, total: int) -> None:
        calls.append((done, total))
        threads.add(threading.get_ident())

    load(messy.folder, channels=1, on_progress=on_progress)
    total = calls[0][1]
    assert calls == [(done, total) for done in range(1, total + 1)]
    assert threads == {threading.get_ident()}


def test_names_that_are_no_text_reach_neither_class_nor_group(tmp_path: Path) -> None:
    folder = tmp_path / "old archive"
    folder.mkdir()
    broken = folder / b"snare \xff".decode("utf-8", "surrogateescape")
    try:
        broken.mkdir()
    except OSError:
        return  # This system's names are text.
    shutil.copy(next(ONESHOTS.glob("*/bd_808.flac")), broken / "a.flac")
    (broken / "b.flac").write_bytes(b"junk")
    samples = load(folder)
    assert samples.clips[0].group.encode()
    assert samples.classes[0].encode().startswith(b"snare")
    assert all(skipped.reason.encode() for skipped in samples.skipped)
