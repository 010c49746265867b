"""Files are replaced whole or not at all, and stay what they were: links links, modes modes."""

import os
from pathlib import Path

import pytest

from runtime.atomic_file import replace_file, replace_text
from runtime.errors import LatentbridgeError


def test_a_link_stays_a_link_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "presets.toml"
    kept.parent.mkdir()
    kept.write_text("before")
    link = tmp_path / "presets.toml"
    link.symlink_to(kept)
    replace_text(link, "after")
    assert link.is_symlink()
    assert kept.read_text() == "after"


def test_a_file_keeps_its_mode_and_a_new_one_has_what_the_user_allows(tmp_path: Path) -> None:
    path = tmp_path / "one"
    before = os.umask(0o027)
    try:
        replace_file(path, b"1")
        assert path.stat().st_mode & 0o777 == 0o640
        path.chmod(0o604)
        replace_file(path, b"2")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o604


def test_what_cannot_be_written_leaves_nothing_behind_and_is_said(tmp_path: Path) -> None:
    taken = tmp_path / "folder"
    taken.mkdir()
    with pytest.raises(LatentbridgeError, match="folder cannot be written"):
        replace_text(taken, "text")
    (tmp_path / "file").write_text("")
    with pytest.raises(LatentbridgeError, match="cannot be written"):
        replace_text(tmp_path / "file" / "below", "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
