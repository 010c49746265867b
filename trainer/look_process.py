"""The process that looks into a folder of sounds before anything is trained on it.

It is told ``{"folder": path, "kind": "auto", "into": file}``, says ``{"fraction": 0…1}`` as it reads, writes
what ``trainer.reading.folder_document`` says into the file, and then says ``{"looked": sounds}``, or the sentences of
an error.
"""

import json
import time
import warnings
from pathlib import Path
from typing import Any

from runtime.atomic_file import replace_text
from runtime.child_process import Parent, step_back
from runtime.errors import LatentbridgeError
from trainer.progress import Report
from trainer.reading import read_folder
from trainer.settings import Settings

_EVERY_SECONDS = 0.2


def main() -> None:
    """Look into the folder that the parent names."""
    step_back()
    warnings.simplefilter("ignore")
    parent = Parent()
    look = _Look(parent)
    try:
        read_folder(Path(parent.setup["folder"]), parent.setup["kind"], Settings(), look)
        replace_text(Path(parent.setup["into"]), json.dumps(look.document, allow_nan=False))
    except LatentbridgeError as error:
        parent.fail(error)
    else:
        parent.say({"looked": look.document["sounds"]})


class _Look(Report):
    """Keeps what was found, and says how far the reading is."""

    def __init__(self, parent: Parent) -> None:
        super().__init__(plain_line_seconds=float("inf"))
        self._parent, self._told_seconds = parent, float("-inf")
        self.document: dict[str, Any] = {}

    def say(self, line: str) -> None:
        """Lines are for a terminal."""

    def stage(self, what: str, fraction: float, details: str = "") -> None:
        """Say how far it is, a few times a second."""
        if time.monotonic() - self._told_seconds >= _EVERY_SECONDS or fraction >= 1:
            self._told_seconds = time.monotonic()
            self._parent.say({"fraction": round(fraction, 4)})

    def found(self, folder: dict[str, Any]) -> None:
        """Keep what was found."""
        self.document = folder
