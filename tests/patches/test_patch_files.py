"""The files of `latentbridge patches`: equal to those in max_patches/, whole, tidy, and clean by independent checks."""

import dataclasses
import itertools
import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.contract import read_decoder_metadata
from runtime.model_files import find_model
from runtime.patches.files import patch_files
from runtime.patches.instrument_facts import InstrumentFacts, Knob
from runtime.patches.table import address
from tests.command_line import latentbridge_here
from tests.tiny_decoder import write_tiny_decoder

HERE = Path(__file__).parent
PATCHES = HERE.parents[1] / "max_patches"
MAX = sorted(p.name for p in PATCHES.iterdir() if p.suffix in (".maxpat", ".maxhelp"))
DEVICES = sorted(p.name for p in PATCHES.glob("*.amxd"))
PD = sorted(p.name for p in PATCHES.glob("*.pd"))
MAY_LIE_BELOW = ("panel", "comment", "live.comment")


@pytest.fixture(scope="module")
def of_notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The patches of the notes, as if they had eight axes: as much as there can be of everything."""
    folder = tmp_path_factory.mktemp("notes")
    facts = InstrumentFacts.of(read_decoder_metadata(find_model("notes")))
    knobs = tuple(Knob(f"axis_{n}", f"Axis {n}", f"Axis {n}", -7.19, 5.56, 0.0, "nothing") for n in range(1, 9))
    for name, content in patch_files(dataclasses.replace(facts, knobs=knobs)).items():
        (folder / name).write_bytes(content)
    return folder


def patcher(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return dict(json.JSONDecoder().raw_decode(data[data.index(b"{") :].decode())[0]["patcher"])


def views(content: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """All boxes of a patch, and of each subpatch in it."""
    boxes = [entry["box"] for entry in content["boxes"]]
    yield boxes
    for box in boxes:
        if "patcher" in box:
            yield from views(box["patcher"])


def overlaps(boxes: list[dict[str, Any]], rectangle: str) -> list[tuple[str, str]]:
    found = []
    for one, other in itertools.combinations([b for b in boxes if rectangle in b], 2):
        (x, y, w, h), (left, top, width, height) = one[rectangle], other[rectangle]
        if x < left + width and left < x + w and y < top + height and top < y + h:
            found.append((one.get("text") or one["maxclass"], other.get("text") or other["maxclass"]))
    return found


def test_the_files_in_max_patches_are_what_the_command_writes_for_the_drums(tmp_path: Path) -> None:
    done = latentbridge_here("patches", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    written = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    shipped = {p.name: p.read_bytes() for p in PATCHES.iterdir()}
    assert written.keys() == shipped.keys()
    assert [name for name in written if written[name] != shipped[name]] == []


def test_a_model_of_ones_own_has_its_axes_on_the_dials(tmp_path: Path) -> None:
    write_tiny_decoder(tmp_path)
    done = latentbridge_here("patches", "out", "--model", "tiny.onnx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "out" / "LB Instrument.amxd").read_bytes()
    for axis in (b"tone", b"noise", b"level", b"decay"):
        assert b"/axis/" + axis in text


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    done = latentbridge_here("patches", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr.startswith("latentbridge: out is a file.")) == (1, True)
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("check", ["check_maxpat.py", "check_amxd.py"])
def test_the_checks_find_nothing(check: str, of_notes: Path) -> None:
    names = DEVICES if "amxd" in check else MAX
    paths = [str(folder / name) for folder in (PATCHES, of_notes) for name in names]
    done = subprocess.run(
        [sys.executable, HERE / "checks" / check, *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "ERROR" not in done.stdout
    assert "WARN" not in done.stdout


@pytest.mark.parametrize("name", PD)
def test_pd_makes_every_object_and_cord(name: str, of_notes: Path) -> None:
    for folder in (PATCHES, of_notes):
        words = ["pd", "-nogui", "-noaudio", "-nomidi", "-noprefs", "-stderr", "-open", str(folder / name)]
        done = subprocess.run([*words, "-send", "pd quit"], capture_output=True, text=True, timeout=60, check=False)
        assert done.stderr == "", "nothing could not be created, and nothing could not be connected"


@pytest.mark.parametrize("name", [*MAX, *DEVICES])
def test_no_box_lies_upon_another(name: str, of_notes: Path) -> None:
    for folder in (PATCHES, of_notes):
        content = patcher(folder / name)
        for boxes in views(content):
            objects = [box for box in boxes if box["maxclass"] not in MAY_LIE_BELOW]
            assert overlaps(objects, "patching_rect") == []
        assert overlaps(next(views(content)), "presentation_rect") == []


@pytest.mark.parametrize("name", [*MAX, *DEVICES])
def test_what_is_shown_is_within_the_window(name: str, of_notes: Path) -> None:
    for folder in (PATCHES, of_notes):
        content = patcher(folder / name)
        width, height = (content["devicewidth"], 169) if name in DEVICES else content["rect"][2:]
        for box in next(views(content)):
            x, y, w, h = box.get("presentation_rect", (0, 0, 0, 0))
            assert x + w <= width, box.get("text")
            assert y + h <= height, box.get("text")


@pytest.mark.parametrize(("name", "kind"), list(zip(DEVICES, (b"iiii", b"mmmm", b"iiii"), strict=True)))
def test_a_device_is_a_container_of_three_chunks(name: str, kind: bytes) -> None:
    data = (PATCHES / name).read_bytes()
    assert data[:12] == b"ampf" + struct.pack("<I", 4) + kind
    assert data[12:24] == b"meta" + struct.pack("<I", 4) + bytes(4)
    assert data[24:28] == b"ptch"
    assert struct.unpack("<I", data[28:32])[0] == len(data) - 32
    assert data.endswith(b"}\n\0")
    assert patcher(PATCHES / name)["project"]["amxdtype"] == int.from_bytes(kind, "big")


def test_a_patch_cannot_say_what_the_table_does_not_know() -> None:
    with pytest.raises(KeyError):
        address("brightness")
