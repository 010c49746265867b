"""The folder of one-shots, as the page sees it."""

import contextlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response

_SUFFIX = ".wav"


class CaptureFiles:
    """One-shots that lie directly in a folder; it need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> dict[str, Path]:
        """Return every one-shot: name → file. Only these can be asked for, so that no name leads elsewhere."""
        try:
            files = list(self._folder.iterdir())
        except OSError:
            return {}
        return {file.name: file for file in files if file.suffix.lower() == _SUFFIX and file.is_file()}

    async def index(self, request: Request) -> Response:
        """Answer with the folder and what is in it, newest first: name, bytes, seconds since 1970."""
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
        return JSONResponse({"folder": str(self._folder), "captures": captures})

    async def download(self, request: Request) -> Response:
        """Answer with one of them."""
        file = self.names().get(request.path_params["name"])
        if file is None:
            return PlainTextResponse("There is no capture of this name any more.", 404)
        return FileResponse(file, media_type="audio/wav", filename=file.name)
