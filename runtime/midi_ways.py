"""The ways in that MIDI takes: ports of the system, or that of JACK where it is the output; chosen at any time."""

import threading
from collections.abc import Callable

from runtime.controls.midi import NONE, MidiInputs
from runtime.errors import LatentbridgeError
from runtime.events import Event
from runtime.sound_report import SoundReport

_JACK = "jack"
_AUTO = "auto"


class MidiWays:
    """Which MIDI is heard. For any thread.

    ``send`` takes events, ``say`` a sentence for the person at the terminal.
    """

    def __init__(self, send: Callable[[Event], None], say: Callable[[str], None]) -> None:
        self._send, self._say = send, say
        self._inputs: MidiInputs | None = None
        self._lock = threading.Lock()
        self._has_jack_sources = False
        self.choice = NONE
        """As ``--midi`` says it."""

    def open(self, choice: str, report: SoundReport) -> str:
        """Listen to the MIDI chosen; return its names. Raises LatentbridgeError, and then nothing is heard."""
        with self._lock:
            return self._open(choice, report)

    def change(self, choice: str, report: SoundReport) -> str:
        """Listen to other MIDI; return its names. Raises LatentbridgeError, and then what was heard before is again."""
        with self._lock:
            before = self.choice
            self._close()
            try:
                return self._open(choice, report)
            except LatentbridgeError:
                self._open(before, report)
                raise

    def follow(self, report: SoundReport) -> None:
        """Go on with another output: JACK may have come, with its own MIDI, or gone."""
        with self._lock:
            if bool(report.midi_sources) != self._has_jack_sources and self.choice == _AUTO:
                self._close()
                self._open(self.choice, report)

    def rescan(self) -> list[str]:
        """Listen to ports that have come too; return a line about each change."""
        with self._lock:
            return self._inputs.rescan() if self._inputs else []

    def close(self) -> None:
        """Stop listening."""
        with self._lock:
            self._close()

    def _open(self, choice: str, report: SoundReport) -> str:
        if choice == _JACK and not report.midi_port:
            raise LatentbridgeError(
                f"--midi jack needs JACK as the output, but that is {report.output}.",
                "",
                "Start a JACK server and use --output jack, or --midi auto.",
            )
        names = []
        if report.midi_port and choice in (_AUTO, _JACK):
            names += [f"jack:{report.midi_port}", *report.midi_sources]
        # A keyboard that JACK offers would otherwise be heard twice.
        if choice not in (_JACK, NONE) and not report.midi_sources:
            self._inputs = MidiInputs(choice, self._send)
            names += self._inputs.names
            if self._inputs.problem and not names:
                self._say(self._inputs.problem)
        self.choice, self._has_jack_sources = choice, bool(report.midi_sources)
        return ", ".join(names) or NONE

    def _close(self) -> None:
        if self._inputs:
            self._inputs.close()
            self._inputs = None
