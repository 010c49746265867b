"""A trash inside the folder of captures: what is deleted on the page is moved there, and can be put back.

Nothing here ever deletes: ``.trash`` is an ordinary folder, which whoever owns it may empty. It lies in the folder of
the captures since a move within one disk is done at once or not at all, and needs no desktop.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runtime.atomic_file import move_new

TRASH: Final = ".trash"


class Trash:
    """The trash of one folder; it need not be there yet. Where the disk refuses, OSError is raised and nothing done."""

    def __init__(self, folder: Path) -> None:
        self._home, self._folder = folder, folder / TRASH

    def entries(self) -> dict[str, Path]:
        """Return what lies in it: name → file or folder. Only these can be asked for: no name leads elsewhere."""
        try:
            return {entry.name: entry for entry in sorted(self._folder.iterdir())}
        except OSError:
            return {}

    def take(self, path: Path) -> str:
        """Move a file or folder into the trash and return its name there."""
        self._folder.mkdir(exist_ok=True)
        return move_to_free(path, self._folder).name

    def put_back(self, entry: Path) -> str:
        """Move one of the entries back to where it came from and return its name there."""
        return move_to_free(entry, self._home).name


def move_to_free(path: Path, folder: Path) -> Path:
    """Move a file or folder into another folder, under its own name or the next like it that is free."""
    return next(target for name in _names_like(path) if _move(path, target := folder / name))


def _move(path: Path, target: Path) -> bool:
    if not path.is_dir() or path.is_symlink():
        return move_new(path, target)
    # A folder that is in the way may be empty, and would then be replaced in silence.
    if os.path.lexists(target):
        return False
    path.rename(target)
    return True


def _names_like(path: Path) -> Iterator[str]:
    yield path.name
    for number in itertools.count(2):
        yield f"{path.stem}_{number}{path.suffix}"
