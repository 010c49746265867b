"""Ableton Link: one tempo and one beat for all programs on a network, followed and set.

The package `linkpython-extern` wraps Ableton's own library, which is under the GPL (or a licence from Ableton); so it
is an extra that a player installs, and nothing else here needs it.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.steering.control_state import Control
from runtime.steering.desk import Argument, Desk, Sender, Told

try:
    import link
except ImportError:
    link = None  # type: ignore[assignment]

_QUANTUM_BEATS: Final = 4.0
"""Beats of a bar, to which all programs align."""
_ROUND_SECONDS: Final = 0.2


class LinkTempo:
    """Lets a desk follow the network's tempo and beat as soon as another program is there, and take it along."""

    def __init__(self, desk: Desk, delay_seconds: Callable[[], float] = lambda: 0.0) -> None:
        """Join; ``delay_seconds`` is how long what is done now takes until it is heard.

        Raises LatentbridgeError if the library is not installed.
        """
        if link is None:
            raise LatentbridgeError(
                "Ableton Link needs the package linkpython-extern, which is not installed.",
                "",
                "Install it: pip install linkpython-extern, or play without --link.",
            )
        self._desk, self._delay_seconds = desk, delay_seconds
        self._link: Any = link.Link(desk.numbers(Control(Kind.TEMPO))[0])
        self._link.enabled = True
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="link", daemon=True)
        desk.listen(self)
        self._thread.start()

    @property
    def peers(self) -> int:
        """How many other programs take part."""
        return int(self._link.numPeers())

    def close(self) -> None:
        """Leave."""
        self._ended.set()
        self._thread.join(5 * _ROUND_SECONDS)
        self._link.enabled = False

    def changed(self, what: list[Told], sender: Sender) -> None:
        """Take a tempo that was set here to all others."""
        if sender is self or Control(Kind.TEMPO) not in what:
            return
        session = self._link.captureAppSessionState()
        session.setTempo(self._desk.numbers(Control(Kind.TEMPO))[0], self._link.clock().micros())
        self._link.commitAppSessionState(session)

    def announced(self, address: str, arguments: tuple[Argument, ...]) -> None:
        """Nothing that is announced concerns a tempo."""

    def _follow(self) -> None:
        while not self._ended.wait(_ROUND_SECONDS):
            # Alone on the network, MIDI clock and OSC say what the tempo is.
            if not self.peers:
                continue
            session = self._link.captureAppSessionState()
            now_ns, now_link = time.perf_counter_ns(), self._link.clock().micros()
            # The beat that it will be when this is heard.
            heard_link = now_link + round(1e6 * self._delay_seconds())
            beat = float(session.beatAtTime(heard_link, _QUANTUM_BEATS))
            whole = beat // 1.0
            event = Event(Kind.TEMPO, part=0, value=float(session.tempo()), values=(whole, beat - whole))
            with self._desk.arriving(now_ns):
                self._desk.do(event, sender=self)
