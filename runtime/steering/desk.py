"""The desk at which every control of the instrument can be seen and moved, whoever moves it.

OSC, the page, a preset and a learned knob all move controls through here, and hear of it here when another has. The
desk's own picture changes at once; what the engine echoes is followed where it is news.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, PARTS, Clock, Event, Kind, original
from runtime.steering.control_state import MIRRORED, Control, ControlState
from runtime.steering.echoes import OwnEvents
from runtime.steering.history import History, Stand

_MOVES: Final = frozenset({Kind.LATENT, Kind.LATENT_DIMENSION, Kind.AXIS})
"""Events that move a part through latent space, and that can be undone."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a part that follows from controls or is kept beside them: by name, with a detail (axis, key)."""

    name: str
    part: int = 1
    detail: int = 0


Told = Control | Fact
"""What can be told of: its present numbers are asked for when it is told."""
Sender = object | None
"""Who made a change, and need not be told of it."""
Argument = int | float | str


class Listener(Protocol):
    """Somebody who is told of changes. Called with the desk's lock held, from any thread."""

    def changed(self, what: list[Told], sender: Sender) -> None:
        """Something stands elsewhere now."""
        ...

    def announced(self, address: str, arguments: tuple[Argument, ...]) -> None:
        """Something has happened; ``address`` is that of the table's feedback without the prefix."""
        ...


class Desk:
    """Where the controls of one instrument stand and how they are moved. All may be called from any thread."""

    def __init__(
        self,
        metadata: DecoderMetadata,
        send: Callable[[Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand where the engine starts; ``send`` takes events for the engine, ``clock`` counts seconds."""
        self.lock: Final = threading.RLock()
        """Guards everything here, and may guard what belongs to it elsewhere."""
        self.metadata = metadata
        self.state = ControlState(metadata)
        self.history = History(clock)
        self._send, self._clock = send, clock
        self._own = OwnEvents()
        self._listeners: list[Listener] = []
        self._values: dict[str, Callable[[Fact], tuple[float, ...]]] = {}

    def listen(self, listener: Listener) -> None:
        """Tell a listener of everything from now on."""
        with self.lock:
            self._listeners.append(listener)

    def provide(self, name: str, value: Callable[[Fact], tuple[float, ...]]) -> None:
        """Let facts of a name have the numbers that ``value`` gives when they are told."""
        self._values[name] = value

    def numbers(self, what: Told) -> tuple[float, ...]:
        """Return where a control or a fact stands now."""
        with self.lock:
            return self._values[what.name](what) if isinstance(what, Fact) else self.state.numbers(what)

    def stand(self, part: int) -> Stand:
        """Return where a part stands."""
        with self.lock:
            return Stand(self.state.latent(part), self.state.axes(part))

    # Moving -----------------------------------------------------------------------------------------------------

    def do(
        self, event: Event, arrival_ns: int | None = None, sender: Sender = None, *, remembers: bool = True
    ) -> list[Told]:
        """Let an event happen as if it had come in at ``arrival_ns`` (now, if left out); return what is different.

        Everybody but ``sender`` is told. With ``remembers`` False there is no undoing it.
        """
        arrival_ns = time.perf_counter_ns() if arrival_ns is None else arrival_ns
        with self.lock:
            if remembers:
                self._remember(event)
            changed = self._follow(event, sender)
            if event.kind in MIRRORED:
                self._own.sent(event, self._clock())
            self._send(replace(event, time=arrival_ns, clock=Clock.ARRIVAL_NS))
            return changed

    def heard(self, event: Event) -> None:
        """Take an echo of the engine's (PLAYED); all else is passed over."""
        if event.kind != Kind.PLAYED:
            return
        echo = original(event)
        if echo.kind not in MIRRORED:
            return
        with self.lock:
            if self._own.is_news(echo):
                self._remember(echo)
                self._follow(echo, None)

    def jump(self, part: int) -> None:
        """Begin a gesture of its own: what follows can be undone apart from what came before."""
        with self.lock:
            for one in parts_of(part):
                self.history.about_to_move(one, self.stand(one), is_jump=True)

    def send(self, event: Event) -> None:
        """Send the engine what is no control and stands nowhere."""
        self._send(event)

    def forget_overdue(self) -> None:
        """Give up waiting for echoes that will not come."""
        with self.lock:
            self._own.forget(self._clock())

    def set_model(self, metadata: DecoderMetadata) -> None:
        """Stand where the engine of another model starts; what is no place stays as it was."""
        with self.lock:
            self.metadata = metadata
            self.state = ControlState(metadata, self.state)
            self.history = History(self._clock)
            # What was sent for the model before is no news of this one.
            self._own = OwnEvents()

    # Telling ----------------------------------------------------------------------------------------------------

    def tell(self, what: list[Told], sender: Sender = None) -> None:
        """Tell everybody but ``sender`` that something stands elsewhere."""
        if what:
            for listener in self._listeners:
                listener.changed(what, sender)

    def announce(self, address: str, *arguments: Argument) -> None:
        """Tell everybody that something has happened."""
        with self.lock:
            for listener in self._listeners:
                listener.announced(address, arguments)

    def _remember(self, event: Event) -> None:
        if event.kind in _MOVES:
            for part in parts_of(event.part):
                self.history.about_to_move(part, self.stand(part))

    def _follow(self, event: Event, sender: Sender) -> list[Told]:
        changed: list[Told] = list(self.state.apply(event))
        self.tell(changed, sender)
        moved = {control.part: None for control in changed if isinstance(control, Control) and control.kind in _MOVES}
        # The sender knows what it sent, but not what follows from it.
        self.tell([Fact(name, part) for part in moved for name in ("outside", "map")])
        return changed


def parts_of(part: int) -> Iterator[int]:
    """Yield the part 1…16 that a number means, or with ALL_PARTS each of them."""
    yield from range(1, PARTS + 1) if part == ALL_PARTS else (part,)
