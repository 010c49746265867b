"""From a wish for another model to its first note: looked at here, loaded in the engine, followed by everybody.

A thread of its own does what takes time. Whoever wishes several models in quick succession gets the last one; the one
being loaded is finished first.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from runtime.contract import parse_decoder_metadata
from runtime.engine_link import EngineLink
from runtime.errors import LatentbridgeError
from runtime.events import Event
from runtime.model_admission import admitted_decoder
from runtime.model_files import find_model
from runtime.onnx_file import graph_hash
from runtime.played_model import PlayedModel, check_change
from runtime.steering.carrying import is_same_instrument

_PATIENCE_SECONDS: Final = 20.0
"""After so long somebody is told that it takes longer; an engine that hangs is replaced, which ends the waiting."""
_PAUSE_SECONDS: Final = 0.05
"""Between two wishes, so that a flood of nonsense is answered twenty times a second at most."""
_CLOSE_SECONDS: Final = 0.5
_MUCH_DEARER: Final = 1.3
"""The delay leaves room for a model that takes so many times as long to decode, hardly for more."""


@dataclass(frozen=True, slots=True)
class ModelNews:
    """Who is told; all but ``changed`` are called from the thread that does the work."""

    about_to_change: Callable[[], None]
    """What is left of the model before the present one has to be given up now."""
    changed: Callable[[PlayedModel, Event], None]
    """The engine plays it from the event's frame on; called by whoever calls :meth:`ModelChange.answered`."""
    same: Callable[[], None]
    """It plays already."""
    failed: Callable[[LatentbridgeError], None]
    """It does not, and why; or what else there is to say."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What the engine has been asked for, and where its answer goes; None if there will be none."""

    number: int
    wanted: PlayedModel
    answer: queue.SimpleQueue[Event | None] = field(default_factory=queue.SimpleQueue)


class ModelChange:
    """Changes the model of a running engine. Close it after the engine has ended."""

    def __init__(self, link: EngineLink, news: ModelNews) -> None:
        self._link, self._news = link, news
        self._wish = ""
        self._has_wish = threading.Event()
        self._under_way: _Order | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="model change", daemon=True)
        self._thread.start()

    def wish(self, name: str) -> None:
        """Ask for a model by the name or path that `play` takes; from any thread, never waits."""
        with self._lock:
            self._wish = name
            self._has_wish.set()

    def answered(self, event: Event) -> None:
        """Take the engine's answer to an order, from the thread that listens to it."""
        with self._lock:
            order = self._under_way
            if order is None or event.index != order.number:
                return
            self._under_way = None
        if event.value:
            self._news.changed(order.wanted, event)
        order.answer.put(event)

    def give_up(self) -> None:
        """Expect no answer any more: the engine has died."""
        with self._lock:
            order, self._under_way = self._under_way, None
        if order:
            order.answer.put(None)

    def close(self) -> None:
        """End the thread, unless it is busy with something that will end with the program."""
        self._closed = True
        self._has_wish.set()
        self.give_up()
        self._thread.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        while self._has_wish.wait() and not self._closed:
            with self._lock:
                name = self._wish
                self._has_wish.clear()
            try:
                self._change(name)
            except LatentbridgeError as error:
                if not self._closed:
                    self._news.failed(error)
            except Exception as error:
                # A fault of ours, or of the system: told, and the next wish is heard.
                self._news.failed(LatentbridgeError(f"{name} could not be played ({type(error).__name__}: {error})."))
            time.sleep(_PAUSE_SECONDS)

    def _change(self, name: str) -> None:
        admitted = admitted_decoder(find_model(name))
        before = self._link.played
        if admitted.sha256 == before.admitted.sha256:
            # A button may say it twice, and what sounds is to sound on.
            self._news.same()
            return
        path = admitted.path
        wanted = PlayedModel(admitted, parse_decoder_metadata(path, admitted.data), graph_hash(admitted.data))
        check_change(before.metadata, wanted.metadata)
        self._news.about_to_change()
        with self._lock:
            # Before the engine can answer.
            order = self._under_way = _Order(self._link.order_model(wanted), wanted)
        try:
            answer = order.answer.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty:
            self._news.failed(LatentbridgeError(f"{name} is still being loaded.", "", "It plays as soon as it can."))
            answer = order.answer.get()
        self._judge(name, path, answer, is_same_instrument(before.metadata, wanted.metadata))

    def _judge(self, name: str, path: Path, answer: Event | None, has_learnt_on: bool) -> None:
        """Say what the engine's answer means, where it is not just that the model plays."""
        if answer is None:
            raise LatentbridgeError(f"{name} was not loaded, since the engine had to be replaced.", "", "Ask again.")
        if not answer.value:
            raise LatentbridgeError(
                f"The engine could not load {name}; what played before plays on.",
                "",
                f"`latentbridge doctor {path}` may say why.",
            )
        # An instrument that has learnt on costs what it cost; training beside it makes all that is measured dearer.
        if answer.value > _MUCH_DEARER and not has_learnt_on:
            raise LatentbridgeError(
                f"{name} plays, but takes {answer.value:.1f} times as long as the model that the delay was chosen for.",
                "",
                f"If sound drops out, end the program and begin with {name}.",
            )
