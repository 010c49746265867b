"""A real instrument for the patches to play, and another client that hears and moves it too."""

import contextlib
import itertools
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pythonosc.osc_message import OscMessage
from pythonosc.udp_client import SimpleUDPClient

from runtime.controls.osc import ROUNDS_PER_SECOND
from runtime.model_files import find_model
from tests.system.playing import playing

PATIENCE_SECONDS = 30.0
START_SECONDS = 120.0
"""A machine that does much else takes long to start an instrument."""


@dataclass(frozen=True)
class Theatre:
    """Where an instrument listens, and the folder of its captures."""

    port: int
    captures: Path


class Witness:
    """Another OSC client: it is told whatever the patch changes, and can change things itself."""

    def __init__(self, port: int, knows_the_state: bool = True) -> None:
        """Say hello; ``knows_the_state`` passes over the state that is told first."""
        self._replies = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._replies.bind(("127.0.0.1", 0))
        self._replies.settimeout(1.0)
        self._client = SimpleUDPClient("127.0.0.1", port)
        self._told: queue.SimpleQueue[OscMessage] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._is_here = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self.say("/lb/hello", self._replies.getsockname()[1], "witness")
        if knows_the_state:
            self.until("/lb/voices")

    def say(self, address: str, *arguments: object) -> None:
        """Send a message."""
        self._client.send_message(address, list(arguments))

    def hear(self) -> OscMessage:
        """Return the next message."""
        return self._told.get(timeout=PATIENCE_SECONDS)

    def until(self, address: str, right: Callable[[list[Any]], bool] = lambda _: True) -> list[Any]:
        """Return the arguments of the next message to this address that is ``right``; others are passed over."""
        end = time.monotonic() + PATIENCE_SECONDS
        last: object = "nothing"
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                message = self._told.get(timeout=0.2)
                if message.address == address:
                    last = message.params
                    if right(message.params):
                        return list(message.params)
        raise AssertionError(f"{address} was not told as expected; last: {last}")

    def is_told(self, address: str, *numbers: float) -> None:
        """Wait until these numbers are told, within what a single float and a slider's pixel lose."""
        self.until(address, lambda told: len(told) == len(numbers) and _near(told, numbers))

    def settle(self) -> None:
        """Wait until everything changed so far has been told, and forget it."""
        time.sleep(2.5 / ROUNDS_PER_SECOND)
        number = next(self._numbers)
        self.say("/lb/ping", number)
        self.until("/lb/pong", lambda told: told == [number])

    def close(self) -> None:
        """Go."""
        self._is_here = False
        self._thread.join()
        self._replies.close()

    def _listen(self) -> None:
        while self._is_here:
            try:
                self._told.put(OscMessage(self._replies.recv(65_536)))
            except TimeoutError:
                # Said to stay known; nobody waits for this number.
                self.say("/lb/ping", 0)


def _near(told: list[Any], numbers: tuple[float, ...]) -> bool:
    pairs = zip(told, numbers, strict=True)
    return all(isinstance(one, int | float) and abs(one - number) < 0.01 for one, number in pairs)


@contextlib.contextmanager
def instrument(captures: Path, port: int = 0, model: str = "drums") -> Iterator[int]:
    """Run `latentbridge play` without a sound card, and yield the port of its OSC."""
    options = ("--output", "null", "--midi", "none", "--osc", f"127.0.0.1:{port}", "--captures", str(captures))
    with playing(find_model(model), *options) as running:
        end = time.monotonic() + START_SECONDS
        while not running.ready and running.process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
            with contextlib.suppress(AssertionError):
                running.await_ready()
        yield int(running.await_ready().partition("OSC 127.0.0.1:")[2].partition(",")[0])
