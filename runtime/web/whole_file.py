"""Files that another process may replace at any moment, read in one go: what is sent is one of them, whole."""

import json
import math
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

MOST_BYTES: Final = 256 << 20
"""As large as a model may be (:mod:`runtime.model_guard`)."""
_MOST_JSON_BYTES: Final = 4 << 20


def send_whole(path: Path, media_type: str, download_name: str = "") -> Response:
    """Answer with a file; one that has just gone is answered with 404. ``download_name`` makes a download of it."""
    content = _read(path, MOST_BYTES)
    if content is None:
        raise HTTPException(404, "This is not there any more.")
    name = f"attachment; filename*=utf-8''{quote(download_name)}" if download_name else "inline"
    return Response(content, media_type=media_type, headers={"content-disposition": name})


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
