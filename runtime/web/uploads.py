"""Sounds that are brought to the page: kept as copies in a folder of ours until they have been found in the instrument.

Each lies in a folder with a number of its own, under what a plain file name keeps of its name. The encoding process
writes the files of :mod:`runtime.comparison` beside it.
"""

import contextlib
import re
import secrets
import shutil
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from runtime.encoded import ORIGINAL, RECONSTRUCTION
from runtime.oneshots.naming import clean_name

MOST_BYTES: Final = 64 << 20
"""Five minutes of stereo in 16 bits, the longest sound that is read, and some."""
_MOST_KEPT: Final = 12
"""Later ones take the place of the earliest; whoever brought a sound has it still."""
_MOST_AT_ONCE: Final = 4
_TO_COMPARE: Final = {"original": ORIGINAL, "reconstruction": RECONSTRUCTION}
_UNNAMED: Final = "sound"


class Uploads:
    """Copies in a folder, which is there and nobody else's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, Path] = {}
        self._under_way = 0

    async def take(self, request: Request) -> Response:
        """Keep the body of a request; ``?name=`` is what the sound is called. Answers with id, name and path."""
        if int(request.headers.get("content-length") or 0) > MOST_BYTES:
            raise _too_large()
        if self._under_way >= _MOST_AT_ONCE:
            raise HTTPException(503, "Several sounds are coming in already: try again in a moment.")
        number = secrets.token_hex(8)
        file = self._folder / number / _plain(request.query_params.get("name", ""))
        self._under_way += 1
        try:
            file.parent.mkdir()
            await _receive(request, file)
        except BaseException:
            shutil.rmtree(file.parent, ignore_errors=True)
            raise
        finally:
            self._under_way -= 1
        self._kept[number] = file
        while len(self._kept) > _MOST_KEPT:
            shutil.rmtree(self._kept.pop(next(iter(self._kept))).parent, ignore_errors=True)
        return JSONResponse({"id": number, "name": file.name, "path": str(file)})

    async def compared(self, request: Request) -> Response:
        """Answer with a sound as it was heard, or with what the instrument makes of it."""
        file = self._kept.get(request.path_params["id"])
        name = _TO_COMPARE.get(request.path_params["which"])
        if file is None or name is None or not (found := file.with_name(name)).is_file():
            raise HTTPException(404, "There is no such sound, or it has not been found yet.")
        return FileResponse(found, media_type="audio/wav")


async def _receive(request: Request, file: Path) -> None:
    size = 0
    with contextlib.closing(file.open("xb")) as copy:
        async for block in request.stream():
            size += len(block)
            if size > MOST_BYTES:
                raise _too_large()
            try:
                copy.write(block)
            except OSError as error:
                raise HTTPException(507, f"The sound cannot be kept: {error.strerror}.") from None
    if not size:
        raise HTTPException(400, "The sound is empty (0 bytes).")


def _plain(name: str) -> str:
    """Return what a plain file name keeps of a name from outside; what kind of sound it is says the file itself."""
    stem, _, ending = name.rpartition(".") if "." in name else (name, "", "wav")
    kept = re.sub(r"[^a-z0-9]", "", ending.lower())[:5] or "wav"
    return f"{clean_name(stem) or _UNNAMED}.{kept}"


def _too_large() -> HTTPException:
    return HTTPException(413, f"The sound is larger than {MOST_BYTES >> 20} MB.")
