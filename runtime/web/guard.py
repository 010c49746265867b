"""Who may talk to the page's server: every request and web socket passes here first.

- ``Host`` has to name this server, by an address or a name of its own. A page elsewhere whose name was made to lead
  here (DNS rebinding) names itself.
- ``Origin``, where a browser says it, has to be the same server; web sockets and whatever changes something need one.
- A token, new for each run, is needed for web sockets and for all that changes something, and where other machines
  reach the server for all that tells something of the instrument. The page hands it on in a header or in the query.
"""

import secrets
import socket
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.listening import is_ipv4
from runtime.web.page_address import PageAddress

TOKEN_HEADER: Final = "x-latentbridge-token"
TOKEN_QUERY: Final = "token"
API: Final = "/api/"
_READING: Final = ("GET", "HEAD")
_REFUSED: Final = 1008
"""Close code of a web socket: policy violation (RFC 6455)."""
_HEADERS: Final = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


class Guard:
    """ASGI middleware around everything that is served at one address."""

    def __init__(self, app: ASGIApp, address: PageAddress) -> None:
        self._app, self._address = app, address
        self._names = _own_names(address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        why = self._why_not(scope)
        if not why:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _REFUSED, "reason": why})
        else:
            await PlainTextResponse(why, 403)(scope, receive, _with_headers(send))

    def _why_not(self, scope: Scope) -> str:
        """Return why a request is refused; nothing if it may pass."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        changes = scope["type"] == "websocket" or scope["method"] not in _READING
        if not self._is_own(host):
            return "This server goes by another name."
        if origin is None and changes:
            return "What changes something has to say which page it comes from."
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            return "Another site's page may not talk to this instrument."
        tells = not self._address.is_local and scope["path"].startswith(API)
        if (changes or tells) and not self._has_token(scope, headers):
            return "The token is missing, or is that of a run before: open the link that `latentbridge play` shows."
        return ""

    def _is_own(self, host: str) -> bool:
        name = host.rpartition(":")[0] if ":" in host else host
        # An address in digits cannot have been made to lead here by somebody else's name server.
        return name.lower() in self._names or (self._address.host == "0.0.0.0" and is_ipv4(name))

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        given = headers.get(TOKEN_HEADER) or parse_qs(scope["query_string"].decode("latin-1")).get(TOKEN_QUERY, [""])[0]
        return secrets.compare_digest(given.encode(), self._address.token.encode())


def _own_names(address: PageAddress) -> frozenset[str]:
    if address.is_local:
        return frozenset((address.host, "localhost", "127.0.0.1"))
    name = socket.gethostname().lower()
    # `.local` is what a network's own name service (multicast DNS) adds.
    return frozenset((address.host, name, f"{name.partition('.')[0]}.local", "localhost"))


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
