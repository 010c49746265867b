"""MIDI input ports become events: which ports are open, and when each message arrived.

Messages go to the engine as they came; what they mean is the mapping's business, there.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from runtime.controls.arrival_clock import ArrivalClock
from runtime.controls.rtmidi_ports import CLIENT_NAME, MidiBackend, OpenPort, RtMidiBackend
from runtime.errors import LatentbridgeError
from runtime.events import Clock, Event, midi_event
from runtime.latent.tempo import CLOCK_MESSAGES

AUTO, NONE = "auto", "none"
VIRTUAL_PORT_NAME: Final = "midi_in"
_NOT_DEVICES: Final = ("midi through", CLIENT_NAME)
"""Beginnings of port names that are no instruments: ALSA's loop, and ourselves."""
_NOTE_ON, _CONTROL, _ALL_NOTES_OFF = 0x90, 0xB0, 123
_CHANNEL_MESSAGES: Final = range(0x80, 0xF0)
_CLOCK_SILENCE_NS: Final = 1_000_000_000
"""After so long without a message of its clock another port may give the beat."""

PortId = tuple[str, int]
"""Name of a port, and which of those with that name."""


@dataclass(frozen=True, slots=True)
class MidiListing:
    """Input ports of the system, for `latentbridge devices`."""

    names: tuple[str, ...] = ()
    problem: str = ""
    """A sentence, if the system has no MIDI."""


def list_midi_inputs() -> MidiListing:
    """Return the input ports there are; never raises."""
    try:
        return MidiListing(tuple(RtMidiBackend().names()))
    except LatentbridgeError as error:
        return MidiListing(problem=str(error))


class MidiInputs:
    """The open input ports. Call :meth:`rescan` every second or two; it is cheap.

    ``send`` is called from RtMidi's threads, one per port.
    """

    def __init__(self, choice: str, send: Callable[[Event], None], backend: MidiBackend | None = None) -> None:
        """Open what ``choice`` says: ``auto`` (every device, and a port for other programs), ``none``, or a name.

        A part of a port's name will do, in any case, and opens every port that has it. Raises LatentbridgeError if
        there is no such port.
        """
        self.problem = ""
        """A sentence that says why there is no MIDI, if the system has none and none was insisted on."""
        self._choice = choice
        self._send = send
        self._one_clock = _OneClock()
        self._open: dict[PortId, _Input] = {}
        self._virtual: OpenPort | None = None
        self._backend: MidiBackend | None = None
        if choice == NONE:
            return
        try:
            self._backend = backend or RtMidiBackend()
        except LatentbridgeError as error:
            if choice != AUTO:
                raise
            self.problem = str(error)
            return
        self.rescan()
        if choice == AUTO:
            virtual = _Input("", send, self._one_clock)
            self._virtual = self._backend.open_virtual(VIRTUAL_PORT_NAME, virtual.received)
        elif not self._open:
            raise self._not_found(self._backend.names())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the devices that are open now."""
        return tuple(name for name, _ in self._open)

    def rescan(self) -> list[str]:
        """Open ports that have come, let go of those that have gone; return a line about each."""
        if self._backend is None:
            return []
        wanted = self._wanted(self._backend.names())
        lines = []
        for port in [port for port in self._open if port not in wanted]:
            self._open.pop(port).close()
            lines.append(f"MIDI: {port[0]} is gone")
        for port in wanted:
            if port not in self._open:
                opened = _Input(port[0], self._send, self._one_clock)
                opened.port = self._backend.open(*port, opened.received)
                if opened.port is not None:
                    self._open[port] = opened
                    lines.append(f"MIDI: {port[0]}")
        return lines

    def close(self) -> None:
        """Stop listening to all ports."""
        for opened in self._open.values():
            opened.close()
        self._open.clear()
        if self._virtual is not None:
            self._virtual.close()
            self._virtual = None
        self._backend = None

    def _wanted(self, names: Sequence[str]) -> list[PortId]:
        seen: Counter[str] = Counter()
        ports: list[PortId] = []
        for name in names:
            ports.append((name, seen[name]))
            seen[name] += 1
        if self._choice == AUTO:
            return [port for port in ports if not port[0].lower().startswith(_NOT_DEVICES)]
        choice = self._choice.strip().lower()
        exact = [port for port in ports if port[0].lower() == choice]
        return exact or [port for port in ports if choice in port[0].lower()]

    def _not_found(self, names: Sequence[str]) -> LatentbridgeError:
        return LatentbridgeError(
            f"There is no MIDI input {self._choice!r} that can be opened.",
            f"There are: {', '.join(names)}." if names else "There is none at all.",
            "Connect it, or use --midi auto.",
        )


class _OneClock:
    """Lets one port at a time give the beat: two clocks together would be none."""

    def __init__(self) -> None:
        self._source: object = None
        self._heard_ns = 0

    def admits(self, source: object, now_ns: int) -> bool:
        """Whether this port's clock counts."""
        if source is not self._source and now_ns - self._heard_ns <= _CLOCK_SILENCE_NS:
            return False
        self._source, self._heard_ns = source, now_ns
        return True


class _Input:
    """One port: stamps its messages, and knows which channels have played on it."""

    def __init__(self, name: str, send: Callable[[Event], None], one_clock: _OneClock) -> None:
        self.name = name
        self._one_clock = one_clock
        self.port: OpenPort | None = None
        self._send = send
        self._clock = ArrivalClock()
        self._played: set[int] = set()

    def received(self, message: Sequence[int], gap_seconds: float) -> None:
        """Send a message on; called by RtMidi."""
        arrival_ns = self._clock.arrival_ns(gap_seconds, time.perf_counter_ns())
        if not 1 <= len(message) <= 3:
            return
        if message[0] not in _CHANNEL_MESSAGES and not (
            message[0] in CLOCK_MESSAGES and self._one_clock.admits(self, arrival_ns)
        ):
            return
        if message[0] & 0xF0 == _NOTE_ON:
            self._played.add(message[0] & 0x0F)
        self._send(midi_event(bytes(message), arrival_ns, Clock.ARRIVAL_NS))

    def close(self) -> None:
        """Let go of the port. Keys that were down on it will never come up, so their notes are ended here."""
        if self.port is not None:
            self.port.close()
        now_ns = time.perf_counter_ns()
        for channel in self._played:
            data = bytes((_CONTROL | channel, _ALL_NOTES_OFF, 0))
            self._send(midi_event(data, now_ns, Clock.ARRIVAL_NS))
