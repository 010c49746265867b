"""Hand a socket to a process that is running already, over another socket.

A child inherits sockets when it starts (:mod:`runtime.child_process`); one that has to outlive its partner is given
the end that leads to the next one in this way.

Source: unix(7), SCM_RIGHTS; WSADuplicateSocket on Windows.
"""

import array
import socket
import struct
import sys
from typing import Final

_HEADER: Final = struct.Struct("<qI")
"""A number that goes with the socket, and the length of what describes it."""
_PATIENCE_SECONDS: Final = 1.0


def hand_over(channel: socket.socket, end: socket.socket, number: int, receiver_pid: int) -> None:
    """Send a socket, with a number, to the process at the other end of ``channel``; our copy is closed.

    Raises OSError if the process has gone.
    """
    with end:
        if sys.platform == "win32":
            shared = end.share(receiver_pid)
            channel.sendall(_HEADER.pack(number, len(shared)) + shared)
        else:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [end.fileno()]))]
            channel.sendmsg([_HEADER.pack(number, 0)], rights)


def take_over(channel: socket.socket) -> tuple[socket.socket, int] | None:
    """Return the socket and the number that were sent, waiting for them; None if the sender has gone."""
    channel.settimeout(_PATIENCE_SECONDS)
    try:
        if sys.platform == "win32":
            number, size = _HEADER.unpack(_exactly(channel, _HEADER.size))
            return socket.fromshare(_exactly(channel, size)), number
        header, descriptors, _, _ = socket.recv_fds(channel, _HEADER.size, 1)
        number, _ = _HEADER.unpack(header)
        return socket.socket(fileno=descriptors[0]), number
    except (OSError, struct.error):
        return None


def _exactly(channel: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = channel.recv(size - len(data))
        if not more:
            raise OSError("the sender has gone")
        data += more
    return data
