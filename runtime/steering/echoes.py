"""Which echoes of the engine are news, and which only say what a client has said.

A client's message changes the mirror at once and reaches the engine a moment later; its echo comes back later still,
when the client may have sent on. Taking every echo for news would move the dial under the player's hand.
"""

import math
import struct
from collections import Counter, deque
from dataclasses import dataclass, replace
from typing import Final

from runtime.events import Event, Kind
from runtime.steering.control_state import Control, control_of

_FORGET_SECONDS: Final = 2.0
"""An echo that has not come by then will not: the event was dropped on its way."""
_MOST: Final = 4096


def as_record(event: Event) -> Event:
    """Return an event as the engine will echo it: a record rounds its values."""
    return replace(event, values=tuple(map(as_float32, event.values))) if event.values else event


def as_float32(value: float) -> float:
    """Return a number as it will be once it has been through OSC or a record."""
    rounded = struct.unpack("<f", struct.pack("<f", value))[0]
    return float(rounded) if math.isfinite(rounded) else 0.0


@dataclass(frozen=True, slots=True)
class _Sent:
    control: Control
    value: float
    values: tuple[float, ...]
    seconds: float


class OwnEvents:
    """Events that this service has sent and the engine has not echoed yet, oldest first."""

    def __init__(self) -> None:
        self._waiting: deque[_Sent] = deque()
        self._counts: Counter[Control] = Counter()

    def sent(self, event: Event, seconds: float) -> None:
        """Remember an event that goes to the engine at a time."""
        self.forget(seconds)
        if len(self._waiting) >= _MOST:
            self._drop_oldest()
        control = control_of(event)
        self._waiting.append(_Sent(control, event.value, event.values, seconds))
        self._counts[control] += 1

    def forget(self, seconds: float) -> None:
        """Give up waiting for echoes that are overdue."""
        while self._waiting and seconds - self._waiting[0].seconds > _FORGET_SECONDS:
            self._drop_oldest()

    def is_news(self, echo: Event) -> bool:
        """Whether the mirror should follow an event that the engine has echoed.

        Not an event of our own, which the mirror has followed already, nor any other while one of ours for the same
        control is on its way: that will have the last word.
        """
        control = control_of(echo)
        is_own = self._counts[control] > 0 and self._take_echo(control, echo)
        if is_own and control.kind != Kind.LATENT_DIMENSION:
            return False
        # A dimension of ours may have been overwritten by a whole place that came from elsewhere a moment before.
        return not any(self._counts[other] for other in _overlapping(control))

    def _take_echo(self, control: Control, echo: Event) -> bool:
        """Stop waiting for this echo, if it is one of ours. Events sent before it were lost, since order is kept."""
        for place, sent in enumerate(self._waiting):
            if sent.control == control and sent.value == echo.value and sent.values == echo.values:
                for _ in range(place + 1):
                    self._drop_oldest()
                return True
        return False

    def _drop_oldest(self) -> None:
        control = self._waiting.popleft().control
        self._counts[control] -= 1
        if not self._counts[control]:
            del self._counts[control]


def _overlapping(control: Control) -> tuple[Control, ...]:
    """Return the controls whose events would overwrite this one: itself, and for a dimension the whole place."""
    if control.kind == Kind.LATENT_DIMENSION:
        return control, Control(Kind.LATENT, control.part)
    return (control,)
