"""Pure Data with a patch of ours, without window and sound, and a second patch by which a test turns its knobs."""

import contextlib
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pythonosc.osc_message import OscMessage

PATIENCE_SECONDS = 30.0
_REMOTE = r"""#N canvas 0 0 450 300 12;
#X obj 10 10 netreceive {port};
#X obj 10 40 list;
#X obj 10 70 t l l;
#X obj 10 100 list split 1;
#X obj 10 130 list trim;
#X obj 200 100 list split 1;
#X obj 10 160 send;
#X connect 0 0 1 0;
#X connect 1 0 2 0;
#X connect 2 0 3 0;
#X connect 2 1 5 0;
#X connect 3 1 4 0;
#X connect 4 0 6 0;
#X connect 5 0 6 1;
"""
"""Takes ``NAME WHAT …`` over TCP and gives WHAT to the receive NAME."""
_FAULTS = ("error", "couldn't create", "no such object", "connection failed", "bad arguments")


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """Return a port that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Pd:
    """A running Pd. ``watched`` are receives whose messages the test wants to see."""

    def __init__(self, patch: Path, folder: Path, watched: Sequence[str] = (), beside: Sequence[str] = ()) -> None:
        port = free_port(socket.SOCK_STREAM)
        remote = folder / "remote.pd"
        remote.write_text(_REMOTE.format(port=port) + _watching(watched))
        words = ["pd", "-nogui", "-noaudio", "-nomidi", "-noprefs", "-stderr", "-sleepgrain", "0.5"]
        self._process = subprocess.Popen(
            [*words, *(word for one in (patch, remote, *beside) for word in ("-open", str(folder / one)))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.faults: list[str] = []
        self._told: dict[str, queue.SimpleQueue[str]] = {name: queue.SimpleQueue() for name in watched}
        threading.Thread(target=self._read, daemon=True).start()
        self._socket = self._connect(port)

    def say(self, name: str, *what: object) -> None:
        """Send something to a receive, as a mouse does to a slider or a button."""
        self._socket.sendall((" ".join(map(str, (name, *what))) + ";\n").encode())

    def told(self, name: str) -> str:
        """Return what a watched receive is told next."""
        try:
            return self._told[name].get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise AssertionError(f"{name} was told nothing; faults: {self.faults}") from None

    def until(self, name: str, what: str) -> None:
        """Wait until a watched receive is told this."""
        while self.told(name) != what:
            pass

    def forget(self) -> None:
        """Pass over everything told so far."""
        for told in self._told.values():
            with contextlib.suppress(queue.Empty):
                while True:
                    told.get_nowait()

    def packet(self, address: str) -> list[object]:
        """Return the arguments of the next packet that the patch sends to this address (``lb.bytes`` is watched)."""
        while True:
            message = OscMessage(bytes(int(byte) for byte in self.told("lb.bytes").split()))
            if message.address == address:
                return list(message.params)

    def stop(self) -> None:
        """End it."""
        self._socket.close()
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)

    def _connect(self, port: int) -> socket.socket:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
            except OSError:
                assert time.monotonic() < end, f"Pd never listened: {self.faults}"
                assert self._process.poll() is None, f"Pd ended: {self.faults}"
                time.sleep(0.05)

    def _read(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            text = line.strip()
            name, colon, what = text.partition(": ")
            if colon and name in self._told:
                self._told[name].put(what.removeprefix("list ").removeprefix("symbol "))
            elif any(fault in text for fault in _FAULTS):
                self.faults.append(text)


def _watching(names: Iterable[str]) -> str:
    boxes, cords = "", ""
    for number, name in enumerate(names):
        at = 7 + 2 * number
        boxes += f"#X obj 400 {40 * number} r {name};\n#X obj 400 {40 * number + 20} print {name};\n"
        cords += f"#X connect {at} 0 {at + 1} 0;\n"
    return boxes + cords


@contextlib.contextmanager
def running_pd(patch: Path, folder: Path, watched: Sequence[str] = (), beside: Sequence[str] = ()) -> Iterator[Pd]:
    """Start Pd with a patch, and others of the folder ``beside`` it, and end it."""
    pd = Pd(patch, folder, watched, beside)
    try:
        yield pd
    finally:
        pd.stop()
