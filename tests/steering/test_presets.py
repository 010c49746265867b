"""Presets and kits are files of the player's: readable, in order, never lost, never written over."""

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.latent.motion import Motion
from tests.steering.rig import HASH, HATS, KICKS, SteeringRig, drums

FILE = Path("presets") / "tiny.toml"


def test_a_preset_brings_back_place_axes_and_what_moves_them(rig: SteeringRig, tmp_path: Path) -> None:
    rig.steering.places.go_to(1, (0.1, 0.2, 0.3, 0.4))
    rig.steering.desk.do(Event(Kind.AXIS, index=1, value=0.75))
    rig.steering.desk.do(Event(Kind.MOTION, index=2, note=Motion.LFO, value=0.25, values=(3.0, 1.0)))
    stand = rig.steering.desk.stand(1)
    rig.steering.save_preset(1, "dusty snare")
    assert rig.steering.flush()
    again = SteeringRig(tmp_path)
    again.steering.desk.do(Event(Kind.MOTION, part=4, index=0, note=Motion.DRIFT, value=1.0))
    again.steering.recall(4, "Dusty Snare")
    assert again.steering.desk.stand(4) == stand
    assert again.engine.motions(4) == {(2, Motion.LFO): (0.25, (3.0, 1.0, 0.0, 0.0))}
    assert again.announcements[-1] == ("part/4/preset", ("dusty snare",))


def test_the_file_can_be_read_by_a_person_and_says_numbers_as_short_as_they_are(
    rig: SteeringRig, tmp_path: Path
) -> None:
    rig.steering.places.go_to(1, (0.1, 0.2, 0.3, 0.4))
    rig.steering.save_preset(1, "one")
    assert rig.steering.flush()
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    document = tomllib.loads(text)
    assert document["model"] == "tiny"
    assert document["preset"][0]["name"] == "one"
    assert document["preset"][0]["latent"] == [0.1, 0.2, 0.3, 0.4]
    assert document["preset"][0]["axes"]["tone"] == 0.5
    assert "0.10000000149" not in text


def test_numbers_stay_what_they_were_when_presets_come_and_are_saved_again(rig: SteeringRig) -> None:
    for name in ("a", "b", "c"):
        rig.steering.save_preset(1, name)
    rig.steering.save_preset(1, "B")
    assert [(e.number, e.preset.name, e.is_own) for e in rig.steering.presets.entries] == [
        (1, "low", False),
        (2, "high", False),
        (3, "a", True),
        (4, "B", True),
        (5, "c", True),
    ]
    rig.steering.recall(1, "2")
    assert rig.engine.latent(1) == pytest.approx(HATS[0])
    rig.steering.delete_preset("a")
    assert rig.announcements[-1] == ("presetinfo", (4, "c", 1)), "everybody hears the list anew"


@pytest.mark.parametrize("name", ["", "  ", "12", "a\x07b", "x" * 65])
def test_what_is_no_name_is_refused(rig: SteeringRig, tmp_path: Path, name: str) -> None:
    with pytest.raises(LatentbridgeError):
        rig.steering.save_preset(1, name)
    with pytest.raises(LatentbridgeError):
        rig.steering.save_kit(1, name)
    assert not list(tmp_path.rglob("*.toml"))


def test_the_models_own_presets_stay(rig: SteeringRig) -> None:
    for forbidden in (
        lambda: rig.steering.save_preset(1, "LOW"),
        lambda: rig.steering.delete_preset("low"),
    ):
        with pytest.raises(LatentbridgeError, match="model's own"):
            forbidden()
    with pytest.raises(LatentbridgeError, match="low, high"):
        rig.steering.recall(1, "nonsense")


@pytest.mark.parametrize("text", ["x = " + "1" * 5000, "not toml [", "model = 3", "\0\0", '"'])
def test_a_file_that_was_spoilt_is_named_and_never_written_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    rig = SteeringRig(tmp_path)
    assert str(path) in rig.said[0]
    with pytest.raises(LatentbridgeError, match="left as it is"):
        rig.steering.recall(1, "mine")
    with pytest.raises(LatentbridgeError, match="left as it is"):
        rig.steering.save_preset(1, "mine")
    assert path.read_text(encoding="utf-8") == text
    path.unlink()
    rig.steering.save_preset(1, "mine")
    assert rig.steering.flush()
    assert [entry.preset.name for entry in rig.steering.presets.entries][-1] == "mine"


def test_a_preset_of_other_weights_says_so_and_one_of_another_size_is_refused(tmp_path: Path) -> None:
    rig = SteeringRig(tmp_path)
    rig.steering.save_preset(1, "mine")
    assert rig.steering.flush()
    rig.steering.set_model(drums(), "2" * 64)
    rig.steering.recall(1, "mine")
    assert "other weights" in rig.said[0]
    path = tmp_path / FILE
    path.write_text(f'model = "tiny"\n[[preset]]\nname = "short"\nmodel_hash = "{HASH}"\nlatent = [1.0]\n')
    with pytest.raises(LatentbridgeError, match="1 numbers"):
        SteeringRig(tmp_path).steering.recall(1, "short")


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.15])
def test_a_killed_save_loses_nothing(rig: SteeringRig, tmp_path: Path, seconds: float) -> None:
    rig.steering.save_preset(1, "kept")
    assert rig.steering.flush()
    code = (
        "import sys; from pathlib import Path; from tests.steering.rig import SteeringRig\n"
        "rig = SteeringRig(Path(sys.argv[1])); print('begun', flush=True)\n"
        "for n in range(100_000): rig.steering.save_preset(1, f'preset of many {n % 50}'); rig.steering.flush()"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"begun\n"
    try:
        writer.wait(seconds)
    except subprocess.TimeoutExpired:
        os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    after = SteeringRig(tmp_path)
    assert not after.said
    assert any(entry.preset.name == "kept" for entry in after.steering.presets.entries)


# Kits ----------------------------------------------------------------------------------------------------------------


def test_a_kit_brings_back_every_key_its_chokes_and_its_locks(rig: SteeringRig, tmp_path: Path) -> None:
    rig.steering.places.go_to(1, KICKS[3])
    rig.steering.keys.store(1, 60)
    rig.steering.keys.clear(1, 36)
    rig.steering.keys.choke(1, 60, 2)
    rig.steering.keys.choke(1, 42, 0)
    rig.steering.keys.lock(1, 60, True)
    keys, groups = rig.engine.keys(1), rig.engine.groups(1)
    rig.steering.save_kit(1, "Nuit d'été")
    assert rig.steering.flush()
    again = SteeringRig(tmp_path)
    assert again.steering.kits.names() == ["Nuit d'été"]
    again.steering.keys.store(7, 90)
    again.steering.load_kit(7, "nuit d'été")
    assert again.engine.keys(7) == keys
    assert again.engine.groups(7) == groups
    assert again.steering.keys.is_locked(7, 60)
    assert again.engine.keys(1) == again.metadata.key_map, "other parts play what they played"


def test_kits_of_like_names_do_not_share_a_file(rig: SteeringRig) -> None:
    for name in ("a/b", "a:b", "../a b", "日本"):
        rig.steering.save_kit(1, name)
    assert sorted(rig.steering.kits.names()) == sorted(["a/b", "a:b", "../a b", "日本"])
    assert rig.steering.flush()
    files = [path.name for path in rig.steering.kits.folder.iterdir()]
    assert len(files) == 4
    rig.steering.delete_kit("a:b")
    assert "a:b" not in rig.steering.kits.names()
    with pytest.raises(LatentbridgeError, match="There is no kit"):
        rig.steering.load_kit(1, "a:b")


def test_a_kit_of_the_same_name_takes_the_place_of_the_one_before(rig: SteeringRig) -> None:
    for key in (60, 61):
        rig.steering.keys.store(1, key)
        rig.steering.save_kit(1, "mine")
        assert rig.steering.flush()
    assert len(list(rig.steering.kits.folder.iterdir())) == 1
    assert 61 in rig.steering.kits.find("MINE").key


def test_a_locked_key_keeps_its_sound_when_a_kit_is_loaded(rig: SteeringRig) -> None:
    rig.steering.save_kit(1, "before")
    rig.steering.keys.store(1, 36)
    rig.steering.keys.lock(1, 36, True)
    mine = rig.engine.keys(1)[36]
    rig.steering.keys.reroll(1, 42)
    rig.steering.load_kit(1, "before")
    assert rig.engine.keys(1)[36] == mine
    assert rig.steering.keys.is_locked(1, 36)
    assert rig.engine.keys(1)[42] == pytest.approx(HATS[0])


# Files that others change --------------------------------------------------------------------------------------------


def test_a_preset_that_was_added_by_hand_is_there_at_once_and_a_wrong_one_costs_no_other(
    rig: SteeringRig, tmp_path: Path
) -> None:
    rig.steering.save_preset(1, "mine")
    assert rig.steering.flush()
    path = tmp_path / FILE
    good = '[[preset]]\nname = "by hand"\nlatent = [1, 0, 0, 0]\n'
    bad = [
        '[[preset]]\nname = "far"\nlatent = [500000.0, 0, 0, 0]\n',
        '[[preset]]\nname = "loud"\nlatent = [0, 0, 0, 0]\n[[preset.motion]]\naxis = "tone"\nmotion = "lfo"\n'
        "amount = 9\n",
        '[[preset]]\nname = "odd"\nlatent = [0, 0, 0, 0]\n[[preset.motion]]\naxis = "tone"\nmotion = "lfo"\n'
        "amount = 1\nvalues = [1, 99]\n",
    ]
    path.write_text(path.read_text(encoding="utf-8") + "\n" + good + "\n".join(bad), encoding="utf-8")
    rig.steering.recall(1, "by hand")
    assert rig.engine.latent(1) == (1.0, 0.0, 0.0, 0.0)
    with pytest.raises(LatentbridgeError, match=r"preset 3: latent.*preset 4: .*amount.*preset 5: .*shape"):
        rig.steering.recall(1, "far")
    rig.steering.save_preset(1, "later")
    assert rig.steering.flush()
    kept = tomllib.loads(path.read_text(encoding="utf-8"))["preset"]
    assert [one["name"] for one in kept] == ["mine", "by hand", "far", "loud", "odd", "later"], "nothing is lost"


def test_two_programs_do_not_lose_each_others_presets(rig: SteeringRig, tmp_path: Path) -> None:
    other = SteeringRig(tmp_path)
    for number in range(5):
        for one in (rig, other):
            one.steering.save_preset(1, f"{'rig' if one is rig else 'other'} {number}")
            assert one.steering.flush()
    assert len([entry for entry in rig.steering.presets.entries if entry.is_own]) == 10
    other.steering.delete_preset("rig 0")
    assert other.steering.flush()
    with pytest.raises(LatentbridgeError, match="There is no preset"):
        rig.steering.delete_preset("rig 0")


def test_a_broken_kit_is_named_where_it_is_missed(rig: SteeringRig) -> None:
    rig.steering.kits.folder.mkdir(parents=True)
    (rig.steering.kits.folder / "mine.toml").write_text("name = 3")
    with pytest.raises(LatentbridgeError, match=r"mine\.toml is left as it is"):
        rig.steering.load_kit(1, "mine")


def test_what_cannot_be_written_is_said_and_nobody_waits_for_the_disk(rig: SteeringRig, tmp_path: Path) -> None:
    (tmp_path / "presets").write_text("a file where the folder should be")
    rig.steering.save_preset(1, "mine")
    assert rig.steering.flush()
    assert "tiny.toml cannot be written" in rig.refused[0]


def test_a_model_with_an_odd_name_keeps_its_files_where_they_belong(tmp_path: Path) -> None:
    for name in ("..", "con"):
        rig = SteeringRig(tmp_path, drums(name))
        rig.steering.save_kit(1, "one")
        rig.steering.save_preset(1, "one")
        assert rig.steering.flush()
    kits = [path.relative_to(tmp_path) for path in tmp_path.rglob("one.toml")]
    assert len(kits) == 2
    assert all(len(path.parts) == 3 and path.parts[1] not in ("..", "con") for path in kits)
