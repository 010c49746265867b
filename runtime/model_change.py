"""From a wish for another model to its first note: looked at here, loaded in the engine, followed by everybody.

A thread of its own does what takes time. Whoever wishes several models in quick succession gets the last one; the one
being loaded is finished first.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from runtime.contract import read_decoder_metadata, read_hash
from runtime.engine_link import EngineLink
from runtime.errors import LatentbridgeError
from runtime.events import Event
from runtime.model_admission import admitted_decoder
from runtime.model_files import find_model
from runtime.played_model import PlayedModel

_ANSWER_SECONDS: Final = 20.0
_CLOSE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class ModelNews:
    """Who is told; all but ``changed`` are called from the thread that does the work."""

    about_to_change: Callable[[], None]
    """What is left of the model before the present one has to be given up now."""
    changed: Callable[[PlayedModel, Event], None]
    """The engine plays it from the event's frame on; called by whoever calls :meth:`ModelChange.answered`."""
    failed: Callable[[LatentbridgeError], None]
    """It does not, and why; what played before plays on."""


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
        self._wishes: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._under_way: _Order | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="model change", daemon=True)
        self._thread.start()

    def wish(self, name: str) -> None:
        """Ask for a model by the name or path that `play` takes; from any thread, never waits."""
        self._wishes.put(name)

    def answered(self, event: Event) -> None:
        """Take the engine's answer to an order, from the thread that listens to it."""
        with self._lock:
            order, self._under_way = self._under_way, None
            if order is None or event.index != order.number:
                return
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
        self._wishes.put(None)
        self.give_up()
        self._thread.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        while (name := self._wishes.get()) is not None:
            while not self._wishes.empty():
                later = self._wishes.get()
                if later is None:
                    return
                name = later
            try:
                self._change(name)
            except LatentbridgeError as error:
                self._news.failed(error)

    def _change(self, name: str) -> None:
        admitted = admitted_decoder(find_model(name))
        wanted = PlayedModel(admitted, read_decoder_metadata(admitted.path), read_hash(admitted.path))
        self._news.about_to_change()
        with self._lock:
            # Before the engine can answer.
            order = self._under_way = _Order(self._link.order_model(wanted), wanted)
        try:
            answer = order.answer.get(timeout=_ANSWER_SECONDS)
        except queue.Empty:
            self.give_up()
            raise LatentbridgeError(f"{name} has not been loaded for {_ANSWER_SECONDS:g} seconds.") from None
        if answer is None:
            raise LatentbridgeError(f"{name} was not loaded, since the engine had to be replaced.", "", "Ask again.")
        if not answer.value:
            raise LatentbridgeError(
                f"The engine could not load {name}; what played before plays on.",
                "",
                f"`latentbridge doctor {admitted.path}` may say why.",
            )
