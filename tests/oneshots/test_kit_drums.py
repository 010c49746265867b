"""Sixteen drums from one command: on their keys, equally loud, none like another, and each can be made again."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import soundfile
from wavinfo import WavInfoReader

from runtime.oneshots.kit_looks import Looks, levels_of
from runtime.oneshots.kit_plan import read_plan
from runtime.oneshots.naming import note_number
from runtime.oneshots.tags import read_tags
from tests.command_line import latentbridge_here
from tests.oneshots.kit_rig import NAME, audio_of, loudest_tenth_db, sampler_facts, wavs

GENERAL_MIDI = {"Kick": {36}, "Rim": {37}, "Snare": {38, 40}, "Clap": {39}, "Hat": {42, 44, 46}, "Cymbal": {49, 51}}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    done = latentbridge_here("kit", "drums", "my kit", "--seed", "5", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "16 files of drums, 24 bit, 48000 Hz" in done.stdout
    return folder / "my kit"


def test_a_kit_is_sixteen_wavs_its_plan_what_samplers_open_and_nothing_else(kit: Path) -> None:
    files = wavs(kit)
    assert len(files) == 16
    beside = {"kit.json", "drums.sfz", "drums.dspreset", "drums.multisample", "drums_experimental.adg"}
    assert {file.name for file in kit.iterdir()} == beside | {file.name for file in files}
    assert all(f"sample={file.name}" in (kit / "drums.sfz").read_text() for file in files)
    for file in files:
        facts = soundfile.info(file)
        assert (facts.subtype, facts.samplerate, facts.channels) == ("PCM_24", 48_000, 1)
        assert 0.01 < facts.duration < 5


def test_names_say_class_number_key_and_velocity_and_every_class_is_there(kit: Path) -> None:
    names = [NAME.fullmatch(file.name) for file in wavs(kit)]
    assert all(names)
    classes = Counter(name[1] for name in names if name)
    assert set(classes) == {"Kick", "Snare", "Hat", "Clap", "Tom", "Cymbal", "Rim", "Percussion"}
    for name in names:
        assert int(name[2]) <= classes[name[1]]


def test_sixteen_pads_from_c1_hold_what_general_midi_has_there(kit: Path) -> None:
    keys = {note_number(name[3]): name[1] for file in wavs(kit) if (name := NAME.fullmatch(file.name))}
    assert sorted(keys) == list(range(36, 52))
    for word, places in GENERAL_MIDI.items():
        assert all(keys[place] == word for place in places), word


def test_all_drums_are_equally_loud_by_an_independent_measure(kit: Path) -> None:
    peaks, levels = zip(*((np.abs(audio_of(f)).max(), loudest_tenth_db(audio_of(f))) for f in wavs(kit)), strict=True)
    assert max(peaks) <= 0.9901
    reached = [level for level, peak in zip(levels, peaks, strict=True) if peak < 0.989]
    assert len(reached) >= 14, "nearly all get there below full scale"
    assert max(abs(level + 20) for level in reached) < 0.1
    assert all(level < -20 + 0.1 for level in levels)


def test_drums_begin_at_once_and_end_in_silence(kit: Path) -> None:
    for file in wavs(kit):
        audio = np.abs(audio_of(file)).max(axis=1)
        assert audio[: 48 * 5].max() > 0.01 * audio.max(), "something within 5 ms"
        assert audio[-1] < 1e-6
        assert audio[-48:].max() < 0.01 * audio.max()


def test_no_drum_is_the_twin_of_another(kit: Path) -> None:
    levels = [levels_of(audio_of(file).T.astype(np.float32), 48_000) for file in wavs(kit)]
    looks = Looks(16)
    for one in levels:
        looks.add(one)
    apart = np.array([looks.distances_db(one) for one in levels])
    nearest = min(apart[a, b] for a, b in combinations(range(16), 2))
    # The same drum struck again with other noise is within 2 dB; see test_a_round_robin_is_the_same_drum_again.
    assert nearest > 4


def test_samplers_find_key_name_and_history_in_every_file(kit: Path) -> None:
    for file in wavs(kit):
        name = NAME.fullmatch(file.name)
        assert name is not None
        assert sampler_facts(file) == {"note": note_number(name[3]), "cents": 0, "loops": []}
        told = WavInfoReader(str(file)).info
        assert told.title == f"{name[1]} {name[2]}"
        assert told.software.startswith("latentbridge ")
        assert "model drums" in told.comment


def test_the_same_seed_gives_the_same_files_and_another_seed_other_sounds(tmp_path: Path) -> None:
    for seed, folder in (("5", "first"), ("5", "again"), ("6", "other")):
        assert latentbridge_here("kit", "drums", folder, "--sounds", "3", "--seed", seed, cwd=tmp_path).returncode == 0
    first, again, other = (wavs(tmp_path / folder) for folder in ("first", "again", "other"))
    assert [file.name for file in first] == [file.name for file in again]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(first, again, strict=True))
    hashes = [{read_tags(file).document.sound_hash for file in files} for files in (first, other)]
    assert not hashes[0] & hashes[1]


@pytest.mark.parametrize(("bits", "rate"), [("24", "48000"), ("16", "44100"), ("32f", "96000"), ("24", "44100")])
def test_every_format_can_be_made_again_to_the_bit(tmp_path: Path, bits: str, rate: str) -> None:
    words = ("kit", "drums", "kit", "--sounds", "2", "--seed", "1", "--bits", bits, "--rate", rate)
    assert latentbridge_here(*words, cwd=tmp_path).returncode == 0
    for file in wavs(tmp_path / "kit"):
        facts = soundfile.info(file)
        assert (facts.subtype, facts.samplerate) == ({"16": "PCM_16", "24": "PCM_24", "32f": "FLOAT"}[bits], int(rate))
        done = latentbridge_here("oneshot", "--from", str(file), "again.wav", cwd=tmp_path)
        assert "Checked: every sample is the same." in done.stdout
        assert (tmp_path / "again.wav").read_bytes() == file.read_bytes()


def test_other_rates_sound_the_same_and_16_bits_are_within_two_steps(tmp_path: Path) -> None:
    words = ("--sounds", "1", "--seed", "1", "--classes", "kick")
    forms = {"a": (), "b": ("--bits", "16"), "c": ("--rate", "96000"), "d": ("--bits", "32f")}
    for folder, more in forms.items():
        assert latentbridge_here("kit", "drums", folder, *words, *more, cwd=tmp_path).returncode == 0
    a, b, c, d = (audio_of(wavs(tmp_path / folder)[0])[:, 0] for folder in forms)
    assert np.abs(a - d).max() < 2**-23
    error = b - a
    assert np.abs(error).max() < 1.6 / 2**15, "rounding and triangular dither"
    assert 0.6 < error.std() * 2**15 * np.sqrt(12) / np.sqrt(3) < 1.4, "dither is there: power of three roundings"
    assert np.abs(c[::2][: len(a)][1000:4000] - a[1000:4000]).max() < 1e-3


def test_layers_get_softer_and_a_round_robin_is_the_same_drum_again(tmp_path: Path) -> None:
    words = ("--sounds", "2", "--classes", "snare,tom", "--layers", "3", "--variations", "2", "--seed", "2")
    assert latentbridge_here("kit", "drums", "kit", *words, cwd=tmp_path).returncode == 0
    plan = read_plan(tmp_path / "kit")
    assert plan is not None
    assert len(plan.sounds) == len(wavs(tmp_path / "kit")) == 2 * 3 * 2
    for group in plan.groups:
        assert {sound.velocities for sound in group} == {(1, 42), (43, 85), (86, 127)}
        loud = {(s.velocity, s.round_robin): audio_of(tmp_path / "kit" / s.file) for s in group}
        peaks = {key: np.abs(audio).max() for key, audio in loud.items()}
        assert peaks[42, 1] < 0.5 * peaks[85, 1] < 0.5 * 0.7 * peaks[127, 1]
        assert loudest_tenth_db(loud[127, 1]) == pytest.approx(-20, abs=0.1)
        first, again = (levels_of(loud[127, robin].T.astype(np.float32), 48_000) for robin in (1, 2))
        looks = Looks(1)
        looks.add(first)
        assert 0.05 < looks.distances_db(again)[0] < 4
        assert not np.array_equal(loud[127, 1][:2000], loud[127, 2][:2000])


def test_named_classes_alone_are_drawn_equally(tmp_path: Path) -> None:
    done = latentbridge_here("kit", "drums", "kit", "--classes", "Snare, hat", "--sounds", "5", cwd=tmp_path)
    assert done.returncode == 0
    names = [NAME.fullmatch(file.name) for file in wavs(tmp_path / "kit")]
    assert Counter(name[1] for name in names if name) == {"Snare": 3, "Hat": 2}
