"""`latentbridge play` as a user starts it, with the processes that belong to it."""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

PATIENCE_SECONDS = 30.0
COMMAND = (sys.executable, "-c", "import sys; from runtime.cli import main; sys.exit(main())", "play")


class Playing:
    """A running instrument."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.errors: list[str] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        for stream, take in ((process.stdout, self._lines.put), (process.stderr, self.errors.append)):
            threading.Thread(target=_follow, args=(stream, take), daemon=True).start()
        self.ready = ""

    @property
    def stderr(self) -> str:
        """What it has said on stderr."""
        return "".join(self.errors)

    def await_ready(self) -> str:
        """Return the first line on stdout."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.ready:
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.stderr}"
            assert time.monotonic() < end, f"never ready: {self.stderr}"
            with contextlib.suppress(queue.Empty):
                self.ready = self._lines.get(timeout=0.1)
        return self.ready

    def ended(self) -> int:
        """Wait until it has ended by itself and return its exit status."""
        return self.process.wait(PATIENCE_SECONDS)

    def family(self) -> list[int]:
        """Return the process ids of the interface and all its children."""
        return [self.process.pid, *_children(self.process.pid)]

    def child(self, module: str) -> int:
        """Return the process id of the child that runs a module."""
        found = [pid for pid in _children(self.process.pid) if module in _command_line(pid)]
        assert len(found) == 1, f"{len(found)} processes run {module}"
        return found[0]


@contextlib.contextmanager
def playing(
    model: Path,
    *options: str,
    server: str = "",
    wrapper: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    stdin: int | None = subprocess.DEVNULL,
) -> Iterator[Playing]:
    """Start `latentbridge play MODEL OPTIONS`, and end it if it has not ended by itself. No page, unless asked for."""
    page = () if "--web" in options else ("--web", "off")
    # A server name that does not exist keeps tests from the machine's own server.
    variables = os.environ | {"JACK_DEFAULT_SERVER": server or "latentbridge-test-none"} | (environment or {})
    process = subprocess.Popen(
        [*wrapper, *COMMAND, str(model), *options, *page],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
    )
    try:
        yield Playing(process)
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait()


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait for a condition, with patience; return whether it came true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether a process exists and is not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _follow(stream: object, take: Callable[[str], None]) -> None:
    for line in stream:  # type: ignore[attr-defined]
        take(line)


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def _command_line(pid: int) -> str:
    # A child may have ended since it was listed.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
