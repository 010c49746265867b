"""Where the page is served: the words of ``--web``, the socket that comes of them, and the link to open."""

import errno
import os
import socket
import sys
import threading
from dataclasses import dataclass
from typing import Final

from runtime.errors import LatentbridgeError
from runtime.listening import LOCAL_HOST, SocketAddress, is_loopback, parse_listening_address

DEFAULT_PORT: Final = 8700
_PORTS_TRIED: Final = 100
_WAITING_CONNECTIONS: Final = 64
_SEND_BYTES: Final = 1 << 17
_ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address of documentation (RFC 5737): connecting a UDP socket to it sends nothing, but chooses our own address."""
_ANY: Final = "0.0.0.0"


@dataclass(frozen=True, slots=True)
class PageAddress:
    """Where the page is served."""

    host: str
    port: int
    token: str
    """What whoever changes something has to know; new for each run."""

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    @property
    def link(self) -> str:
        """What a browser is to open; for other machines with the token, as a fragment, which no server logs."""
        host = _own_address() if self.host == _ANY else self.host
        return f"http://{host}:{self.port}/" + ("" if self.is_local else f"#{self.token}")


def parse_page_address(text: str) -> SocketAddress | None:
    """Return the address that ``--web`` names, see :func:`runtime.listening.parse_listening_address`."""
    return parse_listening_address(text, "the page", DEFAULT_PORT)


def open_page_socket(address: SocketAddress) -> socket.socket:
    """Return a TCP socket that listens at an address, or at the next port that is free.

    Who connects before anybody serves waits. Raises LatentbridgeError if none can be had.
    """
    host, port = address
    for candidate in range(port, min(port + _PORTS_TRIED, 65_536)):
        opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if sys.platform == "win32":
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                # What is left of connections of a run before must not move the page to another port.
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Sound that a slow listener has not taken is to be left out, and not to be kept for it by the system.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
            opened.bind((host, candidate))
            opened.listen(_WAITING_CONNECTIONS)
        except OSError as error:
            opened.close()
            if error.errno == errno.EADDRINUSE and port:
                continue
            raise _cannot(host, candidate, error) from None
        return opened
    raise LatentbridgeError(
        f"The page cannot be served: no port from {host}:{port} on is free.", "", f"Use --web {host}:0, or --web off."
    )


def open_in_browser(link: str) -> None:
    """Open a link where there is a screen to show it on; never waits, never fails."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        # What a terminal has for a browser would take over the terminal.
        return
    # Loaded when it is wanted: a start must not wait for it.
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()


def _cannot(host: str, port: int, error: OSError) -> LatentbridgeError:
    remedy = f"Choose another port: --web {host}:0 takes any that is free."
    if error.errno == errno.EADDRNOTAVAIL:
        remedy = f"{host} is no address of this machine; {LOCAL_HOST} always is."
    return LatentbridgeError(f"The page cannot be served at {host}:{port}: {error.strerror or error}.", "", remedy)


def _own_address() -> str:
    """Return the address at which other machines most likely reach this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return LOCAL_HOST
        return str(probe.getsockname()[0])
