"""The folder of one-shots, as the page sees it: heard, renamed, deleted to the trash, and put back."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from runtime.atomic_file import move_new, why_not_written
from runtime.oneshots.naming import SUFFIX, clean_name
from runtime.web.kit_folders import KitFolders
from runtime.web.small_json import read_json
from runtime.web.trash import Trash

_Done = TypeVar("_Done")
_GONE: Final = "There is nothing of this name any more."


class CaptureFiles:
    """One-shots and kits that lie directly in a folder; it need not be there yet. Nothing in it is ever lost."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kits = KitFolders(folder)
        self._trash = Trash(folder)

    def names(self) -> dict[str, Path]:
        """Return every one-shot: name → file. Only these can be asked for, so that no name leads elsewhere."""
        try:
            files = list(self._folder.iterdir())
        except OSError:
            return {}
        return {file.name: file for file in files if file.suffix.lower() == SUFFIX and file.is_file()}

    async def index(self, request: Request) -> Response:
        """Answer with the folder and what is in it, newest first: name, bytes, seconds since 1970; kits; the trash."""
        found: list[tuple[float, str, int]] = []
        for name, file in self.names().items():
            # It may have gone since it was listed.
            with contextlib.suppress(OSError):
                stat = file.stat()
                found.append((stat.st_mtime, name, stat.st_size))
        captures = [
            {"name": name, "bytes": size, "modified_seconds": seconds}
            for seconds, name, size in sorted(found, key=lambda one: (-one[0], one[1]))
        ]
        kits, trash = self._kits.documents(), list(self._trash.entries())
        return JSONResponse({"folder": str(self._folder), "captures": captures, "kits": kits, "trash": trash})

    async def download(self, request: Request) -> Response:
        """Answer with one of them."""
        file = _one_of(self.names(), request)
        return FileResponse(file, media_type="audio/wav", filename=file.name)

    async def rename(self, request: Request) -> Response:
        """Give one of them another name, of which only what a file may have is kept; answer with the name it got."""
        file = _one_of(self.names(), request)
        wanted = (await read_json(request)).get("name")
        stem = clean_name(wanted) if isinstance(wanted, str) else ""
        if not stem:
            raise HTTPException(400, "That is no name for a file: letters and digits were expected.")
        target = file.with_name(f"{stem}{SUFFIX}")
        if target.name != file.name and not await _on_disk(lambda: move_new(file, target), target):
            raise HTTPException(409, f"There is already something called {target.name}: nothing was changed.")
        return JSONResponse({"name": target.name})

    async def delete(self, request: Request) -> Response:
        """Move a one-shot into the trash; answer with its name there."""
        file = _one_of(self.names(), request)
        return JSONResponse({"name": await _on_disk(lambda: self._trash.take(file), file)})

    async def delete_kit(self, request: Request) -> Response:
        """Move a kit into the trash; answer with its name there."""
        kit = _one_of(self._kits.names(), request)
        return JSONResponse({"name": await _on_disk(lambda: self._trash.take(kit), kit)})

    async def put_back(self, request: Request) -> Response:
        """Move something out of the trash; answer with its name then."""
        entry = _one_of(self._trash.entries(), request)
        return JSONResponse({"name": await _on_disk(lambda: self._trash.put_back(entry), entry)})

    async def download_kit(self, request: Request) -> Response:
        """Answer with a kit as a ZIP file."""
        return self._kits.as_zip(_one_of(self._kits.names(), request))


def _one_of(names: dict[str, Path], request: Request) -> Path:
    path = names.get(request.path_params["name"])
    if path is None:
        raise HTTPException(404, _GONE)
    return path


async def _on_disk(do: Callable[[], _Done], path: Path) -> _Done:
    """Do what the disk may refuse, and say why if it does."""
    try:
        return await run_in_threadpool(do)
    except FileNotFoundError:
        raise HTTPException(404, _GONE) from None
    except OSError as error:
        raise HTTPException(409, str(why_not_written(path, error.errno or 0, error.strerror or str(error)))) from None
