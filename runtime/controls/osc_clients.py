"""Who listens: clients by the address they send from and the port at which they want answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from runtime.controls.held_notes import HeldNotes
from runtime.controls.osc_wires import Wire
from runtime.listening import SocketAddress
from runtime.steering.desk import Sender, Told

FORGET_SECONDS: Final = 10.0
MOST_CLIENTS: Final = 32


@dataclass(slots=True, eq=False)
class Client:
    """One listener. What it is still to be told stands here until the next round of feedback."""

    source: SocketAddress
    reply: SocketAddress
    wire: Wire
    """What leads to it."""
    heard_seconds: float
    untold: dict[Told, None] = field(default_factory=dict)
    """Controls that have changed, in the order in which they did; only where they stand in the end is told."""
    wants_all: bool = True
    voices_untold: bool = False
    watches: bool = False
    """Whether it is told where the notes that sound are."""
    knows_sounding: bool = False
    error: tuple[int, str] | None = None
    """The last error, which replaces those before it."""
    held: HeldNotes = field(default_factory=HeldNotes)
    """What it has begun and not let go."""


class Clients:
    """Every client that has said hello and been heard of lately."""

    def __init__(self, on_gone: Callable[[Client], None] = lambda client: None) -> None:
        """Begin with nobody; ``on_gone`` is called with each client that is forgotten."""
        self._by_source: dict[SocketAddress, Client] = {}
        self._on_gone = on_gone

    def __iter__(self) -> Iterator[Client]:
        return iter(self._by_source.values())

    def __len__(self) -> int:
        return len(self._by_source)

    def hello(self, source: SocketAddress, reply_port: int, wire: Wire, seconds: float) -> Client | None:
        """Greet a sender; the same sender or the same reply address is the same client. None if there are too many."""
        reply = (source[0], reply_port)
        for known in [c for c in self if c.source == source or c.reply == reply]:
            self.bye(known.source)
        if len(self) >= MOST_CLIENTS:
            return None
        client = self._by_source[source] = Client(source, reply, wire, seconds)
        return client

    def heard(self, source: SocketAddress, seconds: float) -> Client | None:
        """Return the client that sends from this address, which shows that it is there; None for a stranger."""
        client = self._by_source.get(source)
        if client is not None:
            client.heard_seconds = seconds
        return client

    def heard_by_reply_port(self, host: str, port: int, seconds: float) -> Client | None:
        """Return the client at a host with this reply port, which speaks from another socket than before."""
        client = next((c for c in self if c.reply == (host, port)), None)
        if client is not None:
            client.heard_seconds = seconds
        return client

    def bye(self, source: SocketAddress) -> None:
        """Forget the client that sends from this address, if there is one."""
        client = self._by_source.pop(source, None)
        if client is not None:
            self._on_gone(client)

    def forget_wire(self, wire: Wire) -> None:
        """Drop the clients that a wire led to, which is cut."""
        for client in [c for c in self if c.wire is wire]:
            self.bye(client.source)

    def forget_silent(self, seconds: float) -> None:
        """Drop clients that have not been heard of for FORGET_SECONDS."""
        for client in [c for c in self if seconds - c.heard_seconds > FORGET_SECONDS]:
            self.bye(client.source)

    def tell(self, changed: list[Told], sender: Sender) -> None:
        """Put down what has changed for every client but the one that changed it."""
        for client in self:
            for control in changed:
                # Put at the end, so that what changed last is told last.
                client.untold.pop(control, None)
                if client is not sender:
                    client.untold[control] = None
