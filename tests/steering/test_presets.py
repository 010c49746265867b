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


@pytest.mark.parametrize("text", ["not toml [", "model = 3", 'model = "tiny"\n[[preset]]\nname = "x"\n', "\0\0", '"'])
def test_a_file_that_was_spoilt_is_named_and_never_written_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    rig = SteeringRig(tmp_path)
    assert str(path) in rig.said[0]
    with pytest.raises(LatentbridgeError, match="left as it is"):
        rig.steering.save_preset(1, "mine")
    assert path.read_text(encoding="utf-8") == text
    path.unlink()
    rig.steering.save_preset(1, "mine")
    assert [entry.preset.name for entry in rig.steering.presets.entries][-1] == "mine"


def test_a_preset_of_other_weights_says_so_and_one_of_another_size_is_refused(tmp_path: Path) -> None:
    rig = SteeringRig(tmp_path)
    rig.steering.save_preset(1, "mine")
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
    code = (
        "import sys; from pathlib import Path; from tests.steering.rig import SteeringRig\n"
        "rig = SteeringRig(Path(sys.argv[1])); print('begun', flush=True)\n"
        "for n in range(100_000): rig.steering.save_preset(1, f'preset of many {n % 50}')"
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
    files = [path.name for path in rig.steering.kits.folder.iterdir()]
    assert len(files) == 4
    rig.steering.delete_kit("a:b")
    assert "a:b" not in rig.steering.kits.names()
    with pytest.raises(LatentbridgeError, match="There is no kit"):
        rig.steering.load_kit(1, "a:b")
