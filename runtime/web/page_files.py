"""The files that make the page: read from beside this module, by names that are known when the server starts."""

import html
import mimetypes
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

PAGE_FOLDER: Final = Path(__file__).resolve().parent / "page"
_TOKEN_PLACE: Final = "{{token}}"
_VERSION_PLACE: Final = "{{version}}"
# A system's own table may say otherwise, and a browser runs no module that comes as plain text.
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


class PageFiles:
    """What is served at ``/``. ``token`` is put into the page; it is empty where the link brings it."""

    def __init__(self, token: str, version: str, folder: Path = PAGE_FOLDER) -> None:
        self._token, self._version = token, version
        self._files = {
            f"/{file.relative_to(folder).as_posix()}": file for file in sorted(folder.rglob("*")) if file.is_file()
        }
        self._files["/"] = self._files["/index.html"]

    async def serve(self, request: Request) -> Response:
        """Answer a request for a file. A name is only looked up, so none leads elsewhere."""
        file = self._files.get(request.url.path)
        if file is None:
            return PlainTextResponse("There is no such page.", 404)
        content = file.read_bytes()
        if file.suffix == ".html":
            text = content.decode("utf-8")
            text = text.replace(_TOKEN_PLACE, html.escape(self._token)).replace(
                _VERSION_PLACE, html.escape(self._version)
            )
            content = text.encode("utf-8")
        return Response(content, media_type=_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0])
