"""Addresses at which other programs reach the instrument: the words of ``--osc`` and ``--web``."""

import ipaddress
import re
from typing import Final

from runtime.errors import LatentbridgeError

SocketAddress = tuple[str, int]
"""IPv4 address and port."""
LOCAL_HOST: Final = "127.0.0.1"
OFF: Final = "off"


def parse_listening_address(text: str, what: str, default_port: int) -> SocketAddress | None:
    """Return the address that ``HOST:PORT``, ``HOST`` or ``PORT`` names; None for ``off``.

    HOST is ``localhost`` or an IPv4 address of this machine; 0.0.0.0 lets every machine on the network in. Port 0
    takes any that is free. ``what`` names in messages who listens there. Raises LatentbridgeError.
    """
    words = text.strip().lower()
    if words == OFF:
        return None
    host, colon, digits = words.rpartition(":") if ":" in words or words.isdigit() else (words, "", "")
    host = LOCAL_HOST if host == "localhost" or (not host and digits) else host
    port = int(digits) if re.fullmatch(r"[0-9]{1,5}", digits) else -1 if colon else default_port
    if not is_ipv4(host) or not 0 <= port <= 65_535:
        raise LatentbridgeError(
            f"{text!r} is no address for {what}.",
            f"Expected HOST:PORT, such as {LOCAL_HOST}:{default_port}, or {OFF!r}.",
            "HOST is an IPv4 address of this machine; 0.0.0.0 lets other machines in.",
        )
    return host, port


def is_ipv4(host: str) -> bool:
    """Whether a text is an IPv4 address in dots."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach an IPv4 address."""
    return ipaddress.IPv4Address(host).is_loopback
