"""The interface's side of the page: its process is started once all is ready, and again should it ever die.

page = PageLink(address, captures, mix, service.attach, say)   # listens from here on, so that the link is known
page.start()                                                   # from a thread of its own; never waited for
page.tell({"model": "…"})                                      # documents for those who ask, the latest of each name
page.close()
"""

import json
import secrets
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime import __version__
from runtime.child_process import Child
from runtime.controls.osc_wires import DOCUMENTS, PAGE, PageWire, Wire
from runtime.data_folder import instruments_folder
from runtime.listening import SocketAddress
from runtime.shared_buffer import SharedBuffer
from runtime.web.page_address import PageAddress, open_page_socket

_SHORT_LIFE_SECONDS: Final = 5.0
_MOST_SHORT_LIVES: Final = 3


@dataclass(frozen=True, slots=True)
class Mix:
    """What the engine mixes: the memory of an :class:`runtime.audio_ring.AudioRing`, and its rate in Hz."""

    buffer: SharedBuffer
    sample_rate: int


class PageLink:
    """A page that is served in a process of its own. For any thread."""

    def __init__(
        self,
        address: SocketAddress,
        captures: Path,
        mix: Mix,
        attach: Callable[[Wire], None],
        say: Callable[[str], None],
    ) -> None:
        """Listen at an address, or the next port that is free; ``attach`` takes each wire to the page's process.

        Raises LatentbridgeError if the address cannot be had.
        """
        self._listening = open_page_socket(address)
        host, port = self._listening.getsockname()
        self.address: Final = PageAddress(host, port, secrets.token_urlsafe(18))
        self._captures, self._mix, self._attach, self._say = captures, mix, attach, say
        self._uploads = Path(tempfile.mkdtemp(prefix="latentbridge-")).resolve()
        self._child: Child | None = None
        self._wire: PageWire | None = None
        self._documents: dict[str, str] = {}
        self._started_seconds = 0.0
        self._short_lives = 0
        self._lock = threading.Lock()
        self._is_closed = False

    def start(self) -> None:
        """Begin to serve."""
        threading.Thread(target=self._start, name="page", daemon=True).start()

    def tell(self, documents: dict[str, str]) -> None:
        """Let the page's process serve documents, JSON texts by name, from now on. They arrive before what OSC says
        after this call."""
        with self._lock:
            self._documents |= documents
            if self._wire is not None:
                self._wire.send(json.dumps(documents).encode(), (PAGE, DOCUMENTS))

    def has_copy(self, sample: Path) -> bool:
        """Whether a file is a copy of what somebody has brought to the page."""
        return sample.resolve().is_relative_to(self._uploads)

    def close(self) -> None:
        """End the process, and forget what was brought to the page."""
        with self._lock:
            self._is_closed = True
            child = self._child
        if child is not None:
            child.end(0.0)
        self._listening.close()
        shutil.rmtree(self._uploads, ignore_errors=True)

    def _start(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            ours, theirs = socket.socketpair()
            self._wire = PageWire(ours)
            if self._documents:
                self._wire.send(json.dumps(self._documents).encode(), (PAGE, DOCUMENTS))
            self._attach(self._wire)
            self._started_seconds = time.monotonic()
            self._child = Child(
                "runtime.web.page_process",
                # Ours stays open: who knocks while a process that has died is replaced, waits.
                sockets={"wire": theirs, "listening": self._listening.dup()},
                buffers={"mix": self._mix.buffer},
                setup={
                    "host": self.address.host,
                    "port": self.address.port,
                    "token": self.address.token,
                    "captures": str(self._captures.resolve()),
                    "uploads": str(self._uploads),
                    "instruments": str(instruments_folder()),
                    "sample_rate": self._mix.sample_rate,
                    "version": __version__,
                },
                label="The page's process",
                on_end=self._ended,
            )

    def _ended(self) -> None:
        if self._is_closed:
            return
        if self._child is not None:
            self._child.end(0.0)
        is_short = time.monotonic() - self._started_seconds < _SHORT_LIFE_SECONDS
        self._short_lives = self._short_lives + 1 if is_short else 0
        if self._short_lives >= _MOST_SHORT_LIVES:
            self._say("The page cannot be served: its process ends again and again. All else plays on.")
            return
        self._say("The page's process has ended and is started anew. All else plays on.")
        self._start()
