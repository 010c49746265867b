"""A pitched model as an instrument over its keys, and as one-shots of its presets."""

from pathlib import Path

import numpy as np
import pytest

from runtime.oneshots.kit_making import make_kit
from runtime.oneshots.kit_planning import KitWish, plan_kit
from runtime.oneshots.kit_sound import Loop
from runtime.oneshots.sample_format import Audio
from runtime.pitch_detection import measure_pitch
from tests.command_line import latentbridge_here
from tests.oneshots.kit_rig import audio_of, load, loudest_tenth_db, sampler_facts, wavs


@pytest.fixture(scope="module")
def accordion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    words = ("--notes", "C1-C5", "--step", "12", "--preset", "accordion", "--layers", "2", "--hold", "0.8")
    done = latentbridge_here("kit", "notes", "accordion", *words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "accordion"


def test_files_sort_by_key_and_samplers_are_told_the_root(accordion: Path) -> None:
    names = [
        f"notes_Accordion_{note:03d}_C{note // 12 - 2}_v{v}.wav" for note in range(36, 85, 12) for v in ("064", "127")
    ]
    assert [file.name for file in wavs(accordion)] == names
    for file in wavs(accordion):
        assert sampler_facts(file)["note"] == int(file.name.split("_")[2])


def test_every_key_is_in_tune_within_five_cents(accordion: Path) -> None:
    for file in wavs(accordion):
        note, cents = int(file.name.split("_")[2]), sampler_facts(file)["cents"]
        pitch = measure_pitch(audio_of(file).T, 48_000, near_note=note)
        assert pitch.confidence > 0.6
        assert abs(100 * (pitch.note - note) - cents) < 5


def test_keys_are_equally_loud_and_soft_layers_softer(accordion: Path) -> None:
    soft, hard = (wavs(accordion)[0::2], wavs(accordion)[1::2])
    levels = [loudest_tenth_db(audio_of(file)) for file in hard]
    assert max(levels) - min(levels) < 0.2
    for below, above in zip(soft, hard, strict=True):
        assert np.abs(audio_of(below)).max() < 0.8 * np.abs(audio_of(above)).max()


def test_an_instrument_covers_every_key_of_its_range_once(tmp_path: Path) -> None:
    decoder = load("notes")
    wish = KitWish(seed=1, notes=range(48, 73, 5), keys=(48, 72), held_seconds=0.1)
    plan, _ = plan_kit(decoder, wish)
    kit = make_kit(decoder, plan, tmp_path)
    played = [key for sound in kit.sounds for key in range(sound.lowest_note, sound.highest_note + 1)]
    assert played == list(range(48, 73))
    for sound in kit.sounds:
        assert sound.lowest_note <= sound.root_note <= sound.highest_note
        assert not sound.is_one_shot
        assert sound.release_seconds > 0


def test_a_loop_that_was_found_stands_in_the_file_and_comes_again_with_it(tmp_path: Path) -> None:
    decoder = load("notes")
    asked: list[tuple[int, int, int]] = []

    def find(audio: Audio, rate: int, let_go: int, note: int) -> Loop | None:
        asked.append((rate, let_go, note))
        return Loop(10_000, 20_000, 400) if note < 62 else None

    wish = KitWish(seed=1, notes=range(60, 63), keys=(60, 62), held_seconds=0.5, sample_rate=44_100)
    plan, _ = plan_kit(decoder, wish)
    (tmp_path / "kit").mkdir()
    kit = make_kit(decoder, plan, tmp_path / "kit", find)
    assert [sound.loop for sound in kit.sounds] == [Loop(10_000, 20_000, 400), Loop(10_000, 20_000, 400), None]
    assert all(rate == 44_100 and abs(let_go - 22_050) < 1_000 for rate, let_go, _ in asked)
    first, _, last = wavs(tmp_path / "kit")
    assert (sampler_facts(first)["loops"], sampler_facts(last)["loops"]) == ([(10_000, 19_999)], [])
    assert latentbridge_here("oneshot", "--from", str(first), "again.wav", cwd=tmp_path).returncode == 0
    assert (tmp_path / "again.wav").read_bytes() == first.read_bytes()


def test_an_instrument_few_of_whose_keys_could_ring_on_lets_all_of_them_die_away(tmp_path: Path) -> None:
    decoder = load("notes")
    wish = KitWish(seed=1, notes=range(60, 63), keys=(60, 62), held_seconds=0.2)
    plan, _ = plan_kit(decoder, wish)
    kit = make_kit(decoder, plan, tmp_path, lambda audio, rate, let_go, note: Loop(0, 9000) if note == 60 else None)
    assert [sound.loop for sound in kit.sounds] == [None, None, None]


def test_without_keys_a_pitched_model_gives_sounds_of_different_instruments(tmp_path: Path) -> None:
    done = latentbridge_here("kit", "notes", "kit", "--sounds", "4", "--hold", "0.2", cwd=tmp_path)
    assert done.returncode == 0
    names = [file.name.split("_") for file in wavs(tmp_path / "kit")]
    assert len({name[1] for name in names}) == 4
    assert all(name[2:] == ["01", "C3", "v100.wav"] for name in names)
    assert all(sampler_facts(file)["note"] == 60 for file in wavs(tmp_path / "kit"))


def test_a_preset_without_keys_gives_sounds_like_it(tmp_path: Path) -> None:
    words = ("--sounds", "3", "--preset", "celesta", "--hold", "0.2", "--seed", "1")
    assert latentbridge_here("kit", "notes", "kit", *words, cwd=tmp_path).returncode == 0
    assert [f.name.split("_")[1:3] for f in wavs(tmp_path / "kit")] == [["Celesta", f"0{n}"] for n in (1, 2, 3)]
