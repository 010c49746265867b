"""Claims about handing a socket to a process that is running already."""

import socket
import subprocess
import sys

from runtime.socket_passing import hand_over, take_over

TAKER = """
import socket, sys
from runtime.socket_passing import take_over
channel = socket.socket(fileno=int(sys.argv[1]))
while (taken := take_over(channel)) is not None:
    end, number = taken
    end.sendall(b"%d" % number)
    end.close()
"""


def test_a_running_process_takes_one_socket_after_the_other_and_learns_of_the_end() -> None:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", TAKER, str(theirs.fileno())]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()]) as taker:
        theirs.close()
        for number in (7, -(2**40)):
            near, far = socket.socketpair()
            hand_over(ours, far, number, taker.pid)
            near.settimeout(20)
            assert near.recv(64) == b"%d" % number
            assert near.recv(64) == b""
        ours.close()
        assert taker.wait(20) == 0


def test_a_sender_that_has_gone_is_told() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    assert take_over(theirs) is None
