"""The process that serves the page: a client of the interface like any other, at low priority.

It is handed the socket that listens, and a wire to the interface (:mod:`runtime.controls.osc_wires`). It ends when the
interface does, and whatever happens to it, the instrument plays on.
"""

import asyncio
import os
import socket
from pathlib import Path
from typing import Final

import uvicorn

from runtime.audio_ring import AudioRing
from runtime.child_process import Document, Parent, step_back
from runtime.web.conversations import Conversations
from runtime.web.mix_stream import MixStream
from runtime.web.osc_json import LARGEST_TEXT_BYTES
from runtime.web.page_address import PageAddress
from runtime.web.server import Documents, Folders, build_app

_NICENESS: Final = 5
"""The sound comes first, and whoever plays it by other means."""
_MOST_CONNECTIONS: Final = 200


def main() -> None:
    """Serve until the interface goes."""
    step_back(_NICENESS)
    parent = Parent()
    wire, listening = parent.socket("wire"), parent.socket("listening")
    assert wire is not None
    assert listening is not None
    try:
        mix = AudioRing(parent.buffer("mix").memory)
    except OSError:
        # The interface has ended while this began, and its memory with it.
        return
    asyncio.run(_serve(parent.setup, mix, wire, listening))


async def _serve(setup: Document, ring: AudioRing, wire: socket.socket, listening: socket.socket) -> None:
    wire.setblocking(False)
    documents = Documents()
    conversations = Conversations(*await asyncio.open_connection(sock=wire), documents.take)
    address = PageAddress(setup["host"], setup["port"], setup["token"])
    mix = MixStream(ring, setup["sample_rate"])
    folders = Folders(*(Path(setup[name]) for name in ("captures", "uploads", "instruments")))
    app = build_app(address, conversations, documents, mix, folders, setup["version"])
    config = uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=LARGEST_TEXT_BYTES,
        ws_per_message_deflate=False,
        # A tablet that has left the network may be holding keys down.
        ws_ping_interval=2,
        ws_ping_timeout=8,
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    await asyncio.wait([serving, asyncio.ensure_future(conversations.listen())], return_when=asyncio.FIRST_COMPLETED)
    # Nobody is left to serve for: open connections are not waited for.
    os._exit(0)
