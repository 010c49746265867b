"""A real instrument whose page is served, and plain clients of it."""

import contextlib
import http.client
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

from tests.system.playing import PATIENCE_SECONDS, Playing, playing

SILENT = ("--output", "null", "--midi", "none", "--osc", "off")


@dataclass
class Serving:
    """An instrument and its page."""

    instrument: Playing
    link: str
    captures: Path

    @property
    def port(self) -> int:
        port = urlsplit(self.link).port
        assert port is not None
        return port

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, content and headers (in small letters) of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}

    def token(self) -> str:
        """The token that comes with the page."""
        found = re.search(r'latentbridge-token" content="([^"]*)"', self.request("/")[1].decode())
        assert found
        return found[1]

    def socket(self, token: str | None = None, origin: str | None = "") -> ClientConnection:
        """An open web socket, by default one that may speak."""
        token = self.token() if token is None else token
        origin = self.origin if origin == "" else origin
        address = f"ws://127.0.0.1:{self.port}/socket?token={token}"
        # Entered by hand: a page is closed by its own method, or not at all.
        # What is not read is kept: a client that stops reading answers no pings either, and is let go.
        return connect(
            address,
            origin=origin,  # type: ignore[arg-type]
            open_timeout=PATIENCE_SECONDS,
            max_queue=None,
        ).__enter__()

    def page(self) -> "PlainPage":
        return PlainPage(self.socket())


class PlainPage:
    """What a page is to the server, without a browser: a web socket that speaks the OSC table's messages."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._heard: list[list[Any]] = []

    def send(self, *messages: list[Any]) -> None:
        self.socket.send(json.dumps(messages))

    def hear(self, seconds: float = PATIENCE_SECONDS) -> list[Any]:
        """The next message; pongs that answer the server's own pings are passed over."""
        end = time.monotonic() + seconds
        while True:
            while self._heard:
                message = self._heard.pop(0)
                if message[0] != "/lb/pong":
                    return message
            self._heard = json.loads(self.socket.recv(max(0.0, end - time.monotonic())))

    def until(self, address: str) -> list[list[Any]]:
        """Everything up to the first message with this address, that included."""
        heard = [self.hear()]
        while heard[-1][0] != address:
            heard.append(self.hear())
        return heard

    def settle(self) -> "PlainPage":
        """Hear all that is said to a page that has just come."""
        self.until("/lb/voices")
        return self

    def close(self) -> None:
        self.socket.close()


@contextlib.contextmanager
def serving(
    model: Path, captures: Path, *options: str, web: str = "127.0.0.1:0", server: str = ""
) -> Iterator[Serving]:
    """Play a model in silence and serve its page at a free port; ``server`` is a JACK server that it may find."""
    osc = () if "--osc" not in options else SILENT[:4]
    free = (*(osc or SILENT), "--web", web, "--captures", str(captures), *options)
    with playing(model, *free, server=server) as instrument:
        ready = instrument.await_ready()
        yield Serving(instrument, ready.rpartition("page ")[2].strip(), captures)
