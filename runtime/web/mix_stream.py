"""What the engine mixes, for pages that listen: read from shared memory beside the output, which it leaves alone.

The engine writes its mix into a ring (:class:`runtime.audio_ring.AudioRing`) whatever the output is; a page that
listens gets it over a web socket of its own. First a text, ``{"sample_rate": 48000}``; then one binary message for each
stretch: the frame it begins with and its number of frames, unsigned 64-bit little-endian, then float32 left and right,
one after the other. Frames that a page was too slow for are left out, and the next message says so by its frame.
"""

import asyncio
import contextlib
import json
import struct
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from runtime.audio_ring import RING_FRAMES, AudioRing

_HEAD: Final = struct.Struct("<QQ")
_SAMPLE_BYTES: Final = 4
_LOOK_SECONDS: Final = 0.005
_LONGEST_FRAMES: Final = 4096
"""Of one message."""
_FURTHEST_BEHIND_FRAMES: Final = RING_FRAMES // 2


class MixStream:
    """The mix of one engine, for any number of listeners. ``sample_rate`` in Hz is the engine's."""

    def __init__(self, ring: AudioRing, sample_rate: int) -> None:
        self._ring, self._sample_rate = ring, sample_rate

    async def serve(self, socket: WebSocket) -> None:
        """Send the mix from now on, until the listener goes."""
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.send_text(json.dumps({"sample_rate": self._sample_rate}))
            going = asyncio.ensure_future(_gone(socket))
            sending = asyncio.ensure_future(self._send(socket))
            await asyncio.wait([going, sending], return_when=asyncio.FIRST_COMPLETED)
            for task in (going, sending):
                task.cancel()
            await asyncio.gather(going, sending, return_exceptions=True)

    async def _send(self, socket: WebSocket) -> None:
        frame = self._ring.written_frame
        while True:
            written = self._ring.written_frame
            if written - frame > _FURTHEST_BEHIND_FRAMES:
                frame = written
            frames = min(written - frame, _LONGEST_FRAMES)
            stretch = self._read(frame, frames) if frames else None
            if stretch is None:
                await asyncio.sleep(_LOOK_SECONDS)
                continue
            frame += frames
            await socket.send_bytes(stretch)

    def _read(self, frame: int, frames: int) -> bytes | None:
        size = _SAMPLE_BYTES * frames
        message = bytearray(_HEAD.size + 2 * size)
        _HEAD.pack_into(message, 0, frame, frames)
        audio = memoryview(message)[_HEAD.size :]
        return bytes(message) if self._ring.read_into(frame, frames, (audio[:size], audio[size:])) else None


async def _gone(socket: WebSocket) -> None:
    """Wait until the listener goes; what it says is of no interest."""
    while (await socket.receive())["type"] == "websocket.receive":
        pass
