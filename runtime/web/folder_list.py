"""Folders of the machine that plays, one at a time, for whoever looks for sounds to train on.

It is a POST although it changes nothing: so it needs the token, and the page's own origin, on this machine too.
"""

import os
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from runtime.web.small_json import read_json

MOST_FOLDERS: Final = 1000
"""That are named; whoever has more can type the path."""
_MOST_ENTRIES: Final = 200_000
"""That are looked at, of a folder that holds more than anybody listens to."""


async def list_folder(request: Request) -> Response:
    """Answer with the folders in ``{"path": …}`` and how many sound files lie directly in it; "" is the home folder.

    ``left_out`` says how many folders are not named, because they are too many or their names are no text.
    """
    path = (await read_json(request)).get("path")
    if not isinstance(path, str):
        raise HTTPException(400, "The path of a folder was expected.")
    return JSONResponse(await run_in_threadpool(_listed, _folder(path.strip())))


def is_text(name: str) -> bool:
    """Whether a file's name can be told to a page: any bytes may be one, and not all are text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in name


def _folder(path: str) -> Path:
    # Spares the page a rule of its own for what a path is on this system.
    whole = os.path.expanduser(path or "~")
    if not os.path.isabs(whole) or not is_text(whole):
        raise HTTPException(400, f"{path[:200]!a} is not the whole path of a folder, from the root on.")
    return Path(os.path.abspath(whole))


def _listed(folder: Path) -> dict[str, Any]:
    # Loaded here: it brings libraries for reading sounds, which the page's process has no other use for.
    from runtime.audio_files import AUDIO_SUFFIXES

    names: list[str] = []
    sounds = 0
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST_ENTRIES), entries, strict=False):
                if entry.name.startswith("."):
                    continue
                if _is_folder(entry):
                    names.append(entry.name)
                elif os.path.splitext(entry.name)[1].lower() in AUDIO_SUFFIXES:
                    sounds += 1
    except OSError as error:
        raise HTTPException(404, _why_not(folder, error)) from None
    # A name of bytes that are no text cannot be handed back.
    named = sorted((name for name in names if is_text(name)), key=lambda name: (name.lower(), name))[:MOST_FOLDERS]
    parent = None if folder.parent == folder else str(folder.parent)
    left_out = len(names) - len(named)
    return {"path": str(folder), "parent": parent, "folders": named, "sounds": sounds, "left_out": left_out}


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _why_not(folder: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no folder {folder}."
    if isinstance(error, NotADirectoryError):
        return f"{folder} is a file; a folder was expected."
    if isinstance(error, PermissionError):
        return f"{folder} may not be opened by whoever plays."
    return f"{folder} cannot be opened: {error.strerror}."
