"""The desk at which every control of the instrument can be seen and moved, whoever moves it.

OSC, the page, a preset and a learned knob all move controls through here, and hear of it here when another has. The
desk's own picture changes at once; what the engine echoes is followed where it is news.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, PARTS, Clock, Event, Kind, original
from runtime.steering.control_state import MIRRORED, OF_THE_MIX, Control, ControlState
from runtime.steering.echoes import OwnEvents, as_record
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
        self._arrival_ns: int | None = None
        """When the message came in that is being done now."""
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
            state = self.state
            return Stand(state.latent(part), state.axes(part), state.keys(part), state.groups(part))

    # Moving -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def arriving(self, arrival_ns: int) -> Iterator[None]:
        """Let all that is done meanwhile happen at one moment, and in its order: the arrival of one message."""
        with self.lock:
            before, self._arrival_ns = self._arrival_ns, arrival_ns
            try:
                yield
            finally:
                self._arrival_ns = before

    def do(self, event: Event, sender: Sender = None, *, remembers: bool = True) -> None:
        """Let an event happen as if it had come in just now. Everybody but ``sender`` is told.

        With ``remembers`` False there is no undoing it.
        """
        with self.lock:
            arrival_ns = time.perf_counter_ns() if self._arrival_ns is None else self._arrival_ns
            for one in map(as_record, _by_parts(event)):
                self._follow(one, sender, remembers)
                if one.kind in MIRRORED:
                    self._own.sent(one, self._clock())
                self._send(replace(one, time=arrival_ns, clock=Clock.ARRIVAL_NS))

    def heard(self, event: Event) -> None:
        """Take an echo of the engine's (PLAYED); all else is passed over."""
        if event.kind != Kind.PLAYED:
            return
        echo = original(event)
        if echo.kind not in MIRRORED:
            return
        with self.lock:
            for one in _by_parts(echo):
                if self._own.is_news(one):
                    self._follow(one, None)

    @contextlib.contextmanager
    def jump(self, part: int) -> Iterator[None]:
        """Let all moves of a part meanwhile be one gesture, undone apart from what comes before and after."""
        with self.lock:
            before = {one: self.stand(one) for one in parts_of(part)}
            yield
            for one, stand in before.items():
                if self.stand(one) != stand:
                    self.history.about_to_move(one, stand, is_jump=True)

    def send(self, event: Event) -> None:
        """Send the engine what is no control and stands nowhere."""
        self._send(replace(event, time=time.perf_counter_ns(), clock=Clock.ARRIVAL_NS))

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

    def _follow(self, event: Event, sender: Sender, remembers: bool = True) -> None:
        """Change the picture, tell of it, and remember where the part stood if it has moved."""
        moves = event.kind in _MOVES and 1 <= event.part <= PARTS
        before = self.stand(event.part) if moves and remembers else None
        changed: list[Told] = list(self.state.apply(event))
        if not changed:
            return
        if before is not None:
            self.history.about_to_move(event.part, before)
        self.tell(changed, sender)
        if moves:
            # The sender knows what it sent, but not what follows from it.
            self.tell([Fact(name, event.part) for name in ("outside", "map")])


def _by_parts(event: Event) -> Iterator[Event]:
    """Yield an event for each part that it speaks to, so that each can be told from what others do to that part."""
    if event.part != ALL_PARTS or event.kind in OF_THE_MIX or event.kind not in MIRRORED:
        yield event
    else:
        yield from (replace(event, part=part) for part in range(1, PARTS + 1))


def parts_of(part: int) -> Iterator[int]:
    """Yield the part 1…16 that a number means, or with ALL_PARTS each of them."""
    yield from range(1, PARTS + 1) if part == ALL_PARTS else (part,)


def spoken_of(address: str, part: int) -> str:
    """Return the feedback address of a part: part 1 is spoken of without its number."""
    return address if part <= 1 else f"part/{part}/{address}"
