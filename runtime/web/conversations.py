"""Pages and the interface talk: each open web socket is one client of the OSC service, over a wire that all share.

What a page says goes to the interface as OSC packets, and what it hears came as datagrams: the table, its ranges, who
is told of what and how often are the interface's business, and are the same for Max and for a page.
"""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import Callable
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from runtime.controls.osc_schema import PREFIX
from runtime.controls.osc_wires import DOCUMENTS, FRAME
from runtime.web.osc_json import BadFrameError, Message, message_of, packet_of, read_frame, write_frame

_NUMBERS: Final = range(1024, 65_536)
"""Of pages: they stand where other clients have their reply port."""
_PING_SECONDS: Final = 3.0
_MOST_WAITING: Final = 20_000
"""Messages that a page may be behind; it is told to come again then, and is told all anew."""
_BAD_FRAME, _TOO_SLOW, _TOO_MANY = 1007, 1013, 1013
"""Close codes of a web socket (RFC 6455): data that make no sense, and try again later."""
_MOST_PAGES: Final = 24
"""Fewer than the OSC service takes clients."""


class Page:
    """One web socket, with what it is still to be told."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.untold: list[Message] = []
        self.has_untold = asyncio.Event()

    def tell(self, message: Message) -> None:
        """Put down a message."""
        self.untold.append(message)
        self.has_untold.set()


class Conversations:
    """All pages that are open, and the wire to the interface."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_document: Callable[[str, Any], None]
    ) -> None:
        """Take the wire; ``on_document`` is called with the name and the content of each document that comes."""
        self._reader, self._writer, self._on_document = reader, writer, on_document
        self._pages: dict[int, Page] = {}
        self._numbers = itertools.cycle(_NUMBERS)

    async def listen(self) -> None:
        """Hand on what the interface says, until it has gone."""
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                number, size = FRAME.unpack(await self._reader.readexactly(FRAME.size))
                said = await self._reader.readexactly(size)
                if number == DOCUMENTS:
                    for name, content in json.loads(said).items():
                        self._on_document(name, content)
                elif page := self._pages.get(number):
                    page.tell(message_of(said))

    async def converse(self, socket: WebSocket) -> None:
        """Let one page talk, until it or the interface goes."""
        await socket.accept()
        if len(self._pages) >= _MOST_PAGES:
            await socket.close(_TOO_MANY, f"{_MOST_PAGES} pages are open")
            return
        page = Page(next(number for number in self._numbers if number not in self._pages))
        self._pages[page.number] = page
        try:
            self._say(page, [[f"{PREFIX}/hello", page.number, "page"]])
            doing = [asyncio.ensure_future(one) for one in (self._hear(page, socket), self._tell(page, socket))]
            pinging = asyncio.ensure_future(self._keep_known(page))
            await asyncio.wait(doing, return_when=asyncio.FIRST_COMPLETED)
            for task in (*doing, pinging):
                task.cancel()
            await asyncio.gather(*doing, pinging, return_exceptions=True)
        finally:
            del self._pages[page.number]
            self._say(page, [[f"{PREFIX}/bye"]])

    async def _hear(self, page: Page, socket: WebSocket) -> None:
        with contextlib.suppress(RuntimeError):
            while (said := await socket.receive())["type"] == "websocket.receive":
                try:
                    messages = [_own(page, message) for message in read_frame(said.get("text"))]
                    if messages:
                        self._say(page, messages)
                except BadFrameError as error:
                    await socket.close(_BAD_FRAME, str(error))
                    return
                # An interface that is busy keeps its pages waiting, and not their words in memory.
                await self._writer.drain()

    async def _tell(self, page: Page, socket: WebSocket) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await page.has_untold.wait()
                page.has_untold.clear()
                told, page.untold = page.untold, []
                if len(told) > _MOST_WAITING:
                    await socket.close(_TOO_SLOW, "too slow")
                    return
                await socket.send_text(write_frame(told))

    async def _keep_known(self, page: Page) -> None:
        """Ping for the page, which knows by the answers that the instrument is there."""
        while True:
            await asyncio.sleep(_PING_SECONDS)
            self._say(page, [[f"{PREFIX}/ping", int(time.monotonic())]])

    def _say(self, page: Page, messages: list[Message]) -> None:
        packet = packet_of(messages)
        self._writer.write(FRAME.pack(page.number, len(packet)) + packet)


def _own(page: Page, message: Message) -> Message:
    """Let a page introduce itself as nobody else."""
    return [message[0], page.number, "page"] if message[0] == f"{PREFIX}/hello" else message
