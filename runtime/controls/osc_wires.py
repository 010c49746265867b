"""What carries OSC packets in and out: a UDP socket for the world, a stream for the process that serves the page.

Over the stream many pages share one socket. Each packet comes with the number of its page: two big-endian 32-bit
numbers, page and size, then so many bytes. Number 0 carries documents for the page's process itself.
"""

import contextlib
import socket
import struct
import threading
from typing import Final, Protocol

from runtime.listening import SocketAddress

PAGE: Final = "page"
"""Stands in the place of the host in the address of a page."""
DOCUMENTS: Final = 0
"""Number that no page has."""
FRAME: Final = struct.Struct(">II")
"""Head of a packet in the stream: page and size in bytes."""
LARGEST_FRAME_BYTES: Final = 64 << 20
_LARGEST_DATAGRAM_BYTES: Final = 65_535
_READ_BYTES: Final = 1 << 16
_MOST_WAITING_BYTES: Final = LARGEST_FRAME_BYTES


class Wire(Protocol):
    """Carries packets. Nothing here ever waits."""

    socket: socket.socket
    """Readable when there may be a packet."""
    closed: bool
    """True once nothing will come any more."""

    def receive(self) -> tuple[bytes, SocketAddress] | None:
        """Return the next packet and who sent it; None if there is none, or OSError if that concerns no packet."""
        ...

    def send(self, packet: bytes, reply: SocketAddress) -> None:
        """Send a packet; it is lost if there is nobody, or no room."""
        ...


class UdpWire:
    """A :class:`Wire` over a bound, non-blocking UDP socket, which it takes over."""

    def __init__(self, bound: socket.socket) -> None:
        self.socket = bound
        self.closed = False

    def receive(self) -> tuple[bytes, SocketAddress] | None:
        """See :class:`Wire`."""
        try:
            return self.socket.recvfrom(_LARGEST_DATAGRAM_BYTES)
        except BlockingIOError:
            return None

    def send(self, packet: bytes, reply: SocketAddress) -> None:
        """See :class:`Wire`."""
        with contextlib.suppress(OSError):
            self.socket.sendto(packet, reply)


class PageWire:
    """A :class:`Wire` to the process that serves the page, over one end of a socket pair. For any thread."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self.socket = end
        self.closed = False
        self._read = bytearray()
        self._unsent = bytearray()
        self._lock = threading.Lock()

    def receive(self) -> tuple[bytes, SocketAddress] | None:
        """See :class:`Wire`."""
        self.flush()
        while (packet := self._cut()) is None and not self.closed:
            try:
                data = self.socket.recv(_READ_BYTES)
            except (BlockingIOError, InterruptedError):
                return None
            except OSError:
                data = b""
            self._read += data
            self.closed = not data
        return packet

    def send(self, packet: bytes, reply: SocketAddress) -> None:
        """See :class:`Wire`; ``reply`` is (PAGE, number)."""
        with self._lock:
            if len(self._unsent) + len(packet) <= _MOST_WAITING_BYTES:
                self._unsent += FRAME.pack(reply[1], len(packet)) + packet
        self.flush()

    def flush(self) -> None:
        """Send what there was no room for."""
        with self._lock:
            while self._unsent and not self.closed:
                try:
                    del self._unsent[: self.socket.send(self._unsent)]
                except (BlockingIOError, InterruptedError):
                    return
                except OSError:
                    self._unsent.clear()

    def _cut(self) -> tuple[bytes, SocketAddress] | None:
        if len(self._read) < FRAME.size:
            return None
        number, size = FRAME.unpack_from(self._read)
        if size > _LARGEST_DATAGRAM_BYTES:
            # Not one of ours: what follows could not be cut rightly either.
            self.closed = True
            return None
        end = FRAME.size + size
        if len(self._read) < end:
            return None
        packet = bytes(self._read[FRAME.size : end])
        del self._read[:end]
        return packet, (PAGE, number)
