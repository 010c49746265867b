"""JSON in the body of a request, of which nobody needs much."""

import json
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_BYTES: Final = 16_384


async def read_json(request: Request) -> dict[str, Any]:
    """Return the object in a request's body. Raises HTTPException if it is too large, or none."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"More than {MOST_BYTES:,} bytes.")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise HTTPException(400, "A JSON object was expected.")
    return document
