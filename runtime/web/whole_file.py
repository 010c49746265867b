"""Files that another process may replace at any moment, read in one go: what is sent is one of them, whole."""

import json
import math
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MOST_BYTES: Final = 256 << 20
"""As large as a model may be (:mod:`runtime.model_guard`)."""
_MOST_JSON_BYTES: Final = 4 << 20
_RANGE: Final = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")


def send_whole(request: Request, path: Path, media_type: str, download_name: str = "") -> Response:
    """Answer with a file, or the range of bytes that was asked for; with 404 if it has just gone.

    A player that is to begin in the middle of a sound asks for ranges (RFC 9110, section 14); several at once are
    answered with the whole, which is allowed. ``download_name`` makes a download of it.
    """
    content = _read(path, MOST_BYTES)
    if content is None:
        raise HTTPException(404, "This is not there any more.")
    name = f"attachment; filename*=utf-8''{quote(download_name)}" if download_name else "inline"
    headers = {"content-disposition": name, "accept-ranges": "bytes"}
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    if wanted is None or wanted[1] == wanted[2] == "":
        return Response(content, 200, headers, media_type)
    size = len(content)
    first = int(wanted[1]) if wanted[1] else max(size - int(wanted[2]), 0)
    last = min(int(wanted[2]), size - 1) if wanted[1] and wanted[2] else size - 1
    if first > last:
        raise HTTPException(416, "The sound is shorter than that.", {"content-range": f"bytes */{size}"})
    headers["content-range"] = f"bytes {first}-{last}/{size}"
    return Response(content[first : last + 1], 206, headers, media_type)


def read_document(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; an empty one where there is none, or none that can be read.

    Numbers that JSON does not have (NaN, infinity) become null: a browser would read nothing of the whole document.
    """
    content = _read(path, _MOST_JSON_BYTES)
    try:
        document = json.loads(content or b"", parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def send_document(document: dict[str, Any]) -> Response:
    """Answer with a document, in ASCII: a file's name may hold bytes that are no text."""
    return Response(json.dumps(document), media_type="application/json")


def _read(path: Path, most_bytes: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except (OSError, ValueError):
        return None
    return content if len(content) <= most_bytes else None


def _no_number(_: str) -> None:
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None
