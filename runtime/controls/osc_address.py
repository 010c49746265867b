"""Where OSC is listened for: the words of ``--osc``, and the socket that comes of them."""

import errno
import socket
from typing import Final

from runtime.controls.osc_schema import DEFAULT_PORT
from runtime.errors import LatentbridgeError
from runtime.listening import LOCAL_HOST, SocketAddress, parse_listening_address

_RECEIVE_BYTES: Final = 1 << 20


def parse_osc_address(text: str) -> SocketAddress | None:
    """Return the address that ``--osc`` names, see :func:`runtime.listening.parse_listening_address`."""
    return parse_listening_address(text, "OSC", DEFAULT_PORT)


def open_osc_socket(address: SocketAddress) -> socket.socket:
    """Return a UDP socket bound to an address, non-blocking. Raises LatentbridgeError if that cannot be had."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        opened.bind(address)
        opened.setblocking(False)
    except OSError as error:
        opened.close()
        host, port = address
        remedy = f"Stop the program that uses this port, or choose another one: --osc {host}:0 takes any that is free."
        if error.errno == errno.EADDRNOTAVAIL:
            remedy = f"{host} is no address of this machine; {LOCAL_HOST} always is."
        raise LatentbridgeError(f"OSC cannot listen at {host}:{port}: {error.strerror or error}.", "", remedy) from None
    return opened
