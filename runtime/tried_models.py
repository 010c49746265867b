"""Which models have passed their trial before, so that the second start is as quick as that of a shipped one.

One small file per model in the user's cache folder, named by the SHA-256 of the whole model file and by what it was
tried with. A file that cannot be read, or says anything but what was written, means that the model is tried again.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import onnxruntime
import platformdirs

_TRIAL_VERSION: Final = 1
"""To be raised when a trial finds out more than before."""
_LONGEST_BYTES: Final = 10_000


def remembered_trial(model_hash: str) -> tuple[str, ...] | None:
    """Return the remarks of a trial that this file (SHA-256, hex) has passed; None if it is not known."""
    try:
        with _entry(model_hash).open("rb") as file:
            document = json.loads(file.read(_LONGEST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    remarks = document.get("remarks") if isinstance(document, dict) else None
    if not isinstance(remarks, list) or not all(isinstance(remark, str) for remark in remarks):
        return None
    return tuple(remarks)


def remember_trial(model_hash: str, remarks: Sequence[str]) -> None:
    """Keep the remarks of a trial that was passed; where nothing can be written, it is made again next time."""
    entry = _entry(model_hash)
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=entry.parent, prefix=".", suffix=".tmp")
    except OSError:
        return
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"remarks": list(remarks)}, file)
        os.replace(name, entry)
    except OSError:
        Path(name).unlink(missing_ok=True)


def _entry(model_hash: str) -> Path:
    folder = Path(platformdirs.user_cache_dir("latentbridge")) / "tried_models"
    return folder / f"{model_hash}-{_TRIAL_VERSION}-{onnxruntime.__version__}.json"
