"""File names say what a note was, and a name from outside can only ever be a plain file in the folder of captures."""

import string
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.oneshots.naming import clean_name, free_names, note_name, stem_of_note

ALLOWED = set(string.ascii_letters + string.digits + " ._#+-")


@pytest.mark.parametrize(
    ("note", "name"), [(60, "C3"), (61, "C#3"), (69, "A3"), (36, "C1"), (0, "C-2"), (127, "G8"), (59, "B2")]
)
def test_note_60_is_written_c3(note: int, name: str) -> None:
    assert note_name(note) == name


def test_a_captured_note_is_named_by_model_note_and_velocity() -> None:
    assert stem_of_note("drums", 60, 100 / 127) == "drums_C3_v100"
    assert stem_of_note("drums", 36, 5 / 127) == "drums_C1_v005"
    assert stem_of_note("..", 60, 1.0) == "model_C3_v127"


@given(text=st.text(max_size=300))
def test_any_name_becomes_a_plain_file_name_or_nothing(text: str) -> None:
    name = clean_name(text)
    assert set(name) <= ALLOWED
    assert len(name) <= 65
    assert not name.startswith((".", "-"))
    assert Path(name).name == name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("snare deep", "snare_deep"),
        ("snare.wav", "snare"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\Windows\\x", "C__Windows_x"),
        ("Größe", "Groe"),
        ("日本", ""),
        ("...", ""),
        ("CON", "_CON"),
        ("nul.tar", "_nul.tar"),
        ("-rf", "rf"),
        ("a\x00b\n", "a_b"),
    ],
)
def test_a_name_keeps_what_every_system_can_store(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


def test_numbers_go_on_after_the_highest_in_the_folder(tmp_path: Path) -> None:
    assert next(free_names(tmp_path, "drums_C3_v100", is_given=False)) == "drums_C3_v100_0001.wav"
    for used in (
        "drums_C3_v100_0007.wav",
        "drums_C3_v100_0003.wav",
        "drums_C#3_v100_0099.wav",
        "x_drums_C3_v100_0500.wav",
    ):
        (tmp_path / used).touch()
    names = list(islice(free_names(tmp_path, "drums_C3_v100", is_given=False), 3))
    assert names == [f"drums_C3_v100_{n:04d}.wav" for n in (8, 9, 10)]


def test_the_ten_thousandth_capture_gets_a_longer_number(tmp_path: Path) -> None:
    (tmp_path / "a_9999.wav").touch()
    assert next(free_names(tmp_path, "a", is_given=False)) == "a_10000.wav"


def test_a_given_name_carries_a_number_only_when_it_is_taken(tmp_path: Path) -> None:
    assert list(islice(free_names(tmp_path, "deep", is_given=True), 3)) == [
        "deep.wav",
        "deep_0002.wav",
        "deep_0003.wav",
    ]
