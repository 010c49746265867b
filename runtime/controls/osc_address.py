"""Where OSC is listened for: the words of ``--osc``, and the socket that comes of them."""

import errno
import ipaddress
import re
import socket
from typing import Final

from runtime.controls.osc_clients import SocketAddress
from runtime.controls.osc_schema import DEFAULT_PORT
from runtime.errors import LatentbridgeError

LOCAL_HOST: Final = "127.0.0.1"
OFF: Final = "off"
_RECEIVE_BYTES: Final = 1 << 20


def parse_osc_address(text: str) -> SocketAddress | None:
    """Return the address that ``--osc`` names: ``HOST:PORT``, ``HOST`` or ``PORT``; None for ``off``.

    HOST is ``localhost`` or an IPv4 address of this machine; 0.0.0.0 lets every machine on the network in. Port 0
    takes any that is free. Raises LatentbridgeError.
    """
    words = text.strip().lower()
    if words == OFF:
        return None
    host, colon, digits = words.rpartition(":") if ":" in words or words.isdigit() else (words, "", "")
    host = LOCAL_HOST if host == "localhost" or (not host and digits) else host
    port = int(digits) if re.fullmatch(r"[0-9]{1,5}", digits) else -1 if colon else DEFAULT_PORT
    if not _is_ipv4(host) or not 0 <= port <= 65_535:
        raise LatentbridgeError(
            f"{text!r} is no address for OSC.",
            f"Expected HOST:PORT, such as {LOCAL_HOST}:{DEFAULT_PORT}, or {OFF!r}.",
            "HOST is an IPv4 address of this machine; 0.0.0.0 lets other machines in.",
        )
    return host, port


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


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
