"""What was trained and is being trained, as the page sees it: runs, what they say of themselves, and what they made.

Only this reads; whoever trains writes the files meanwhile, and replaces each of them whole. What is not there yet is an
empty document, since a page asks before there is anything to say.
"""

import contextlib
import heapq
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from runtime.install_lines import training_lacks
from runtime.web.folder_list import is_text
from runtime.web.whole_file import read_document, send_document, send_whole

MOST_RUNS: Final = 100
"""That are listed; older ones can still be asked for by name."""
_CHECKPOINT: Final = "checkpoint.ckpt"
_DONE: Final = "done"
_SAID: Final = {"folder": "folder.json", "progress": "progress.json"}
_HEARD: Final = {".wav": "audio/wav", ".png": "image/png"}
_MADE: Final = {"instrument": ".onnx", "encoder": ".encoder.onnx", "picture": ".png"}


class TrainingRuns:
    """Runs in a folder of instruments; it need not be there yet. Names are looked up in it, so that none leads out."""

    def __init__(self, instruments: Path) -> None:
        self._instruments, self._runs = instruments, instruments / "runs"

    def index(self, request: Request) -> Response:
        """Answer with what training needs and has not got, in sentences, and with the latest runs, newest first."""
        by_time = [(_modified_seconds(folder), folder.name, folder) for folder in _folders(self._runs)]
        runs = [self._about(folder, seconds) for seconds, _, folder in heapq.nlargest(MOST_RUNS, by_time)]
        return send_document({"needs": str(training_lacks() or ""), "runs": runs})

    def look(self, request: Request) -> Response:
        """Answer with what was found in the folder that was looked at last."""
        return send_document(read_document(self._instruments / "look.json"))

    def part(self, request: Request) -> Response:
        """Answer with what a run says of itself, or with what it has made."""
        run, what = self._run(request), request.path_params["what"]
        if what in _SAID:
            return send_document(read_document(run / _SAID[what]))
        if what not in _MADE:
            raise _nothing()
        file = _one_of(_files(self._instruments), run.name + _MADE[what])
        if what == "picture":
            return send_whole(request, file, "image/png")
        return send_whole(request, file, "application/octet-stream", file.name)

    def sound(self, request: Request) -> Response:
        """Answer with a sound that the run is judged by, or a picture of it."""
        file = _one_of(_files(self._run(request) / "sounds"), request.path_params["file"])
        media_type = _HEARD.get(file.suffix)
        if media_type is None:
            raise _nothing()
        return send_whole(request, file, media_type)

    def _run(self, request: Request) -> Path:
        return _one_of(_folders(self._runs), request.path_params["name"])

    def _about(self, folder: Path, seconds: float) -> dict[str, Any]:
        order, progress = read_document(folder / "order.json"), read_document(folder / _SAID["progress"])
        kind = order.get("kind", "auto")
        if kind == "auto":
            kind = read_document(folder / _SAID["folder"]).get("kind", "")
        instrument = self._instruments / (folder.name + _MADE["instrument"])
        is_finished = progress.get("stage") == _DONE and instrument.is_file()
        return {
            "name": folder.name,
            "folder": order.get("folder", ""),
            "kind": kind,
            "minutes": order.get("minutes", 0),
            "instrument": str(instrument) if is_finished else "",
            "is_finished": is_finished,
            "can_go_on": (folder / _CHECKPOINT).is_file(),
            "modified_seconds": seconds,
        }


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    """Yield what lies in a folder and has a name that a browser can ask for; nothing if it cannot be read."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            # Bytes that are no text can stand in no address; what begins with a dot is being written.
            if not entry.name.startswith(".") and is_text(entry.name):
                yield entry


def _folders(folder: Path) -> Iterator[Path]:
    return (Path(entry.path) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False))


def _files(folder: Path) -> Iterator[Path]:
    return (Path(entry.path) for entry in _entries(folder) if entry.is_file(follow_symlinks=False))


def _one_of(paths: Iterator[Path], name: str) -> Path:
    path = next((path for path in paths if path.name == name), None)
    if path is None:
        raise _nothing()
    return path


def _modified_seconds(folder: Path) -> float:
    # A file that is replaced in a folder changes the folder. It may have gone since it was listed.
    with contextlib.suppress(OSError):
        return folder.stat().st_mtime
    return 0.0


def _nothing() -> HTTPException:
    return HTTPException(404, "There is nothing of this name.")
