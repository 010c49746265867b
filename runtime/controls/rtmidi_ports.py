"""MIDI ports of the operating system, by RtMidi.

The one place that knows the package rtmidi2. It has no wheel for ARM Linux; there, and where the system has no MIDI,
opening the backend says so and MIDI comes by JACK or not at all.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from runtime.errors import LatentbridgeError

try:
    import rtmidi2
except ImportError:
    rtmidi2 = None

CLIENT_NAME: Final = "latentbridge"
_ALSA_SEQUENCER: Final = Path("/dev/snd/seq")
_QUEUE_BYTES: Final = 1024
_FAILURES: Final = (RuntimeError, SystemError, OSError, ValueError)
"""What rtmidi2 raises when the system's MIDI refuses; which of them depends on its version."""

Received = Callable[[Sequence[int], float], None]
"""Called from a thread of RtMidi's with a message's bytes and the seconds since the message before on that port."""


class OpenPort(Protocol):
    """A port that is being listened to."""

    def close(self) -> None:
        """Stop listening."""
        ...


class MidiBackend(Protocol):
    """What :class:`runtime.controls.midi.MidiInputs` needs of a system's MIDI."""

    def names(self) -> list[str]:
        """Names of the input ports there are now; two devices of a kind may bear the same name."""
        ...

    def open(self, name: str, occurrence: int, received: Received) -> OpenPort | None:
        """Listen to the port that is the ``occurrence``-th of its name (from 0); None if it cannot be opened."""
        ...

    def open_virtual(self, name: str, received: Received) -> OpenPort | None:
        """Offer a port that other programs can send to; None where the system has no such thing."""
        ...


class RtMidiBackend:
    """The ports that RtMidi sees."""

    def __init__(self, api: int = 0) -> None:
        """Connect to the system's MIDI; ``api`` is one of rtmidi2.API_…, 0 the usual one.

        Raises LatentbridgeError if there is none.
        """
        self._api = api
        if rtmidi2 is None:
            raise _unavailable("The package rtmidi2 is not installed; there is no build of it for every processor.")
        if sys.platform.startswith("linux") and not api and not _ALSA_SEQUENCER.exists():
            # ALSA would say the same on stderr, in its own words, at every attempt.
            raise _unavailable(f"This system has no ALSA sequencer ({_ALSA_SEQUENCER} is missing).")
        try:
            self._scanner = self._client()
        except _FAILURES as error:
            raise _unavailable(f"The system's MIDI cannot be opened: {_last_line(error)}") from None

    def names(self) -> list[str]:
        """See :class:`MidiBackend`."""
        try:
            return [str(name) for name in self._scanner.ports]
        except _FAILURES:
            return []

    def open(self, name: str, occurrence: int, received: Received) -> OpenPort | None:
        """See :class:`MidiBackend`."""
        try:
            client = self._client()
            places = [place for place, found in enumerate(client.ports) if found == name]
            if occurrence >= len(places):
                return None
            client.callback = received
            client.open_port(places[occurrence])
        except _FAILURES:
            return None
        return _RtMidiPort(client)

    def open_virtual(self, name: str, received: Received) -> OpenPort | None:
        """See :class:`MidiBackend`."""
        if sys.platform == "win32":
            return None
        try:
            client = self._client()
            client.callback = received
            client.open_virtual_port(name)
        except _FAILURES:
            return None
        return _RtMidiPort(client)

    def _client(self) -> Any:
        client = rtmidi2.MidiIn(CLIENT_NAME, _QUEUE_BYTES, self._api)
        # Active sensing means nothing here, but with some systems the gap that comes with a message is counted from the
        # last message of any kind, ignored ones included.
        client.ignore_types(midi_sysex=True, midi_time=False, midi_sense=False)
        return client


class _RtMidiPort:
    def __init__(self, client: Any) -> None:
        self._client = client

    def close(self) -> None:
        self._client.callback = None
        self._client.close_port()


def _unavailable(wrong: str) -> LatentbridgeError:
    return LatentbridgeError(wrong, "MIDI arrives by JACK (--output jack), or not at all (--midi none).")


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
