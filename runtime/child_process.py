"""Start a process that does one thing, hand it sockets and shared memory, and talk to it until it runs.

The child is a plain ``python -c "from runtime.X import main; main()"``: it imports only what it needs. While it starts
it is told what to do in JSON lines on its stdin and answers in JSON lines on its stdout; the sound itself goes
through record sockets and shared memory. A child learns that its parent has died by the end of its socket.
"""

import base64
import contextlib
import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from runtime.errors import LatentbridgeError
from runtime.shared_buffer import SharedBuffer

Document = dict[str, Any]
_KILL_SECONDS: Final = 1.0


class Child:
    """A running child process.

    ``label`` names it in messages; ``on_end`` is called from a thread of its own when its stdout closes.
    """

    def __init__(
        self,
        module: str,
        *,
        sockets: Mapping[str, socket.socket],
        buffers: Mapping[str, SharedBuffer],
        setup: Document,
        label: str = "A helper process",
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._label = label
        shared = [fd for buffer in buffers.values() for fd in buffer.descriptors]
        inherited = [s.fileno() for s in sockets.values()] if sys.platform != "win32" else []
        root = str(Path(__file__).resolve().parent.parent)
        self._process = subprocess.Popen(
            # -P: a folder named `runtime` where the user happens to be is not ours.
            [sys.executable, "-P", "-c", f"from {module} import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
            pass_fds=tuple(inherited + shared),
            # Ctrl-C in the terminal is for the interface alone, which then fades the engine out.
            start_new_session=True,
        )
        self._answers: queue.SimpleQueue[Document | None] = queue.SimpleQueue()
        self._on_end = on_end
        threading.Thread(target=self._read_answers, daemon=True).start()
        self.tell(
            setup
            | {"sockets": {name: self._hand_over(s) for name, s in sockets.items()}}
            | {"buffers": {name: [b.handle, b.size] for name, b in buffers.items()}}
        )
        for end in sockets.values():
            # Were our copy to stay open, neither side would ever see the other one go.
            end.close()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """Exit status, on POSIX the negative number of the signal that ended it; None while it runs."""
        return self._process.poll()

    def tell(self, document: Document) -> None:
        """Send one JSON line. A child that has gone is noticed where its answer is read."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(document).encode() + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, OSError):
            return

    def answer(self, seconds: float | None) -> Document:
        """Return the child's next answer.

        Raises LatentbridgeError with the child's own sentences if it answered with an error, or if it died or said
        nothing for so many seconds; with None it may take as long as it likes.
        """
        try:
            document = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise LatentbridgeError(f"{self._label} did not answer within {seconds:g} seconds.") from None
        if document is None:
            self._answers.put(None)
            raise LatentbridgeError(f"{self._label} ended unexpectedly (status {self._process.wait()}).")
        if "error" in document:
            raise LatentbridgeError(*document["error"])
        return document

    def last_words(self) -> str:
        """Return why the child ended, if it said so."""
        reason = ""
        while not self._answers.empty():
            document = self._answers.get()
            reason = reason if document is None else document.get("ended", reason)
        return reason

    def end(self, seconds: float) -> None:
        """Wait so long for the child to end by itself, then make it end."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            # One that hangs in a driver cannot even be killed; nothing is to wait for it.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_KILL_SECONDS)

    def _hand_over(self, end: socket.socket) -> Document:
        if sys.platform == "win32":
            return {"shared": base64.b64encode(end.share(self.pid)).decode()}
        return {"descriptor": end.fileno()}

    def _read_answers(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)
        self._on_end()


def step_back(niceness: int = 10) -> None:
    """Let this process, a child, go behind what sounds, and leave Ctrl-C to the program that plays, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(niceness)


class Parent:
    """The child's side: what it was told, and where it answers."""

    def __init__(self) -> None:
        # Kept apart from sys.stdout, so that a library that prints cannot garble an answer.
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self.setup = self.listen()

    def listen(self) -> Document:
        """Return the next document, waiting for it. Ends the process if the parent has gone."""
        line = sys.stdin.buffer.readline()
        if not line:
            raise SystemExit(0)
        document: Document = json.loads(line)
        return document

    def say(self, document: Document) -> None:
        """Answer with one JSON line; if nobody listens any more, the sockets will say so too."""
        try:
            self._out.write(json.dumps(document).encode() + b"\n")
        except OSError:
            return

    def fail(self, error: LatentbridgeError) -> None:
        """Answer with the sentences of an error."""
        self.say({"error": [error.wrong, error.expected, error.remedy]})

    def socket(self, name: str) -> socket.socket | None:
        """Return the socket handed over under this name, or None."""
        handed: Document | None = self.setup["sockets"].get(name)
        if handed is None:
            return None
        if sys.platform == "win32":
            return socket.fromshare(base64.b64decode(handed["shared"]))
        return socket.socket(fileno=handed["descriptor"])

    def buffer(self, name: str) -> SharedBuffer:
        """Return the shared memory handed over under this name."""
        handle, size = self.setup["buffers"][name]
        return SharedBuffer(size, handle)


def sleep_while_open(end: socket.socket, seconds: float) -> None:
    """Sleep where nothing is to be done and nothing is to be read; the process ends if the socket's other end goes."""
    readable, _, _ = select.select([end], [], [], seconds)
    if readable:
        if not end.recv(1, socket.MSG_PEEK):
            raise SystemExit(0)
        time.sleep(seconds)
