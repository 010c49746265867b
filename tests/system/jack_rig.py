"""A JACK server of our own, and a pair of clients that send MIDI at known frames and record what comes back.

The server runs the dummy driver under a name nobody else has. Recordings are made in freewheel where that is possible:
the server waits for everybody in every block, so that a busy machine changes nothing but how long the test takes. It
is not possible while clients come and go: at the end of a freewheel jackd 1.9 restores the connections of its
beginning, and hangs if a client of theirs has gone.
"""

import contextlib
import fcntl
import itertools
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jack
import numpy as np

PATIENCE_SECONDS = 20.0
_NAMES = 4


@dataclass(frozen=True)
class JackServer:
    """A running server: its name for JACK_DEFAULT_SERVER, and its process."""

    name: str
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """End it, as a user would."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextlib.contextmanager
def jack_server(sample_rate: int = 48_000, block_frames: int = 128) -> Iterator[JackServer]:
    """Run a server."""
    with _free_name() as name, _running(name, sample_rate, block_frames) as server:
        yield server


@contextlib.contextmanager
def jack_server_again(before: JackServer, sample_rate: int = 48_000, block_frames: int = 128) -> Iterator[JackServer]:
    """Run a server in the place and under the name of one that has been killed."""
    before.process.wait(PATIENCE_SECONDS)
    with _running(before.name, sample_rate, block_frames) as server:
        yield server


@contextlib.contextmanager
def _running(name: str, sample_rate: int, block_frames: int) -> Iterator[JackServer]:
    command = ["jackd", "-R", "-n", name, "-d", "dummy", "-r", str(sample_rate), "-p", str(block_frames)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = JackServer(name, process)
    try:
        _quiet_jack()
        _await_server(name)
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def _free_name() -> Iterator[str]:
    """Hold one of a few server names.

    JACK keeps room for eight servers on a machine, and one that was killed holds its place until another of the same
    name starts: names that are never used twice would soon leave no room at all.
    """
    for number in itertools.cycle(range(_NAMES)):
        name = f"latentbridge-test-{number}"
        with open(Path(tempfile.gettempdir()) / f"{name}.lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.05)
                continue
            yield name
            return


def _quiet_jack() -> None:
    jack.set_error_function(lambda _message: None)
    jack.set_info_function(lambda _message: None)


def _await_server(name: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            jack.Client("waiter", no_start_server=True, servername=name).close()
            return
        except jack.JackOpenError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Studio:
    """Two clients, so that the graph is sender → instrument → recorder without a loop. A context manager."""

    def __init__(
        self, server: JackServer, sources: Sequence[str], midi_port: str | None = "latentbridge:midi_in"
    ) -> None:
        self._sender = jack.Client("sender", no_start_server=True, servername=server.name)
        self._recorder = jack.Client("recorder", no_start_server=True, servername=server.name)
        self.sample_rate = self._sender.samplerate
        self._midi = self._sender.midi_outports.register("midi")
        self._inputs = [self._recorder.inports.register(f"in_{n}") for n in range(len(sources))]
        self._score: list[tuple[int, bytes]] = []
        self._sent = 0
        self._take: np.ndarray | None = None
        self._start: int | None = None
        self._sender.set_process_callback(self._send)
        self._recorder.set_process_callback(self._record)
        self._sender.activate()
        self._recorder.activate()
        for source, port in zip(sources, self._inputs, strict=True):
            self._recorder.connect(source, port)
        if midi_port:
            self._sender.connect(self._midi, midi_port)

    def __enter__(self) -> "Studio":
        return self

    def __exit__(self, *_: object) -> None:
        for client in (self._sender, self._recorder):
            client.deactivate()
            client.close()

    def perform(
        self,
        score: Sequence[tuple[int, bytes]],
        frames: int,
        meanwhile: Callable[[], None] = lambda: None,
        meanwhile_frame: int = 0,
        freewheel: bool = True,
    ) -> np.ndarray:
        """Send each message at its frame, and return what was heard: float32 [channels, frames].

        Calls ``meanwhile`` once, some time after ``meanwhile_frame``. Without ``freewheel`` the recorder may be too
        slow for some blocks; they are NaN.
        """
        self._score, self._sent = sorted(score, key=lambda entry: entry[0]), 0
        self._take = np.full((len(self._inputs), frames), np.nan, np.float32)
        self._end = 0
        if freewheel:
            self._recorder.set_freewheel(True)
        try:
            self._start = (self._recorder.last_frame_time + 16 * self._recorder.blocksize) & 0xFFFFFFFF
            self._await(lambda: self._end > meanwhile_frame)
            meanwhile()
            self._await(lambda: self._end >= frames)
        finally:
            self._start = None
            if freewheel:
                self._recorder.set_freewheel(False)
        return self._take

    def set_block_frames(self, frames: int) -> None:
        """Change the server's block size; it is in force when this returns."""
        self._recorder.blocksize = frames
        self._await(lambda: self._recorder.blocksize == frames)

    def frame_now(self) -> int:
        """Return the frame of the take at hand that it is now, as JACK's clock tells between two blocks."""
        assert self._start is not None, "nothing is being recorded"
        return (self._recorder.frame_time - self._start) & 0xFFFFFFFF

    def _await(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 3 * PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < end, "the JACK server stands still"
            time.sleep(0.002)

    def _now(self, client: jack.Client) -> int | None:
        # Asked once: a performance may end between two questions.
        start = self._start
        if start is None:
            return None
        now = (client.last_frame_time - start) & 0xFFFFFFFF
        return now if now < 1 << 31 else None

    def _send(self, frames: int) -> None:
        self._midi.clear_buffer()
        now = self._now(self._sender)
        while now is not None and self._sent < len(self._score) and self._score[self._sent][0] < now + frames:
            frame, message = self._score[self._sent]
            # A client that missed a block sends what it missed at once.
            self._midi.write_midi_event(max(frame - now, 0), message)
            self._sent += 1

    def _record(self, frames: int) -> None:
        now = self._now(self._recorder)
        if now is None or self._take is None:
            return
        count = min(frames, self._take.shape[1] - now)
        if count > 0:
            for row, port in zip(self._take, self._inputs, strict=True):
                row[now : now + count] = port.get_array()[:count]
        self._end = now + frames
