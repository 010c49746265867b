"""Another output, block or MIDI port while an instrument plays: what there is, and the change.

Nobody who asks waits. What there is comes as announcements, what cannot be had as a sentence.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from runtime.child_process import Child
from runtime.errors import LatentbridgeError
from runtime.midi_ways import MidiWays
from runtime.sound_report import OutputChoice, SoundReport
from runtime.steering.desk import Desk

_LOOK_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class DeviceHooks:
    """What the choice asks of the rest of the program."""

    wish_output: Callable[[OutputChoice], None]
    report: Callable[[], SoundReport]
    """What sounds now."""
    failed: Callable[[LatentbridgeError], None]


class DeviceChoice:
    """Lists and changes devices, from threads of its own."""

    def __init__(self, desk: Desk, midi: MidiWays, hooks: DeviceHooks) -> None:
        self._desk, self._midi, self._hooks = desk, midi, hooks
        self._looking = threading.Lock()

    def look(self) -> None:
        """Announce the outputs and MIDI ports that there are."""
        self._beside(self._look)

    def change_output(self, output: str, block_frames: int) -> None:
        """Let the sound go to another output; a block of 0 stays as it is."""
        self._hooks.wish_output(OutputChoice(output, block_frames or self._hooks.report().block_frames))

    def change_midi(self, choice: str) -> None:
        """Listen to other MIDI, and announce it."""
        self._beside(lambda: self._change_midi(choice))

    def _look(self) -> None:
        if not self._looking.acquire(blocking=False):
            # Who asked a moment ago gets the answer, and so does everybody.
            return
        try:
            child = Child("runtime.devices_process", sockets={}, buffers={}, setup={}, label="The look at devices")
            try:
                found = child.answer(_LOOK_SECONDS)
            finally:
                child.end(1.0)
        finally:
            self._looking.release()
        report = self._hooks.report()
        with self._desk.lock:
            self._announce("output", [(output, words) for output, words in found["outputs"]])
            self._announce("midiport", [(name,) for name in found["midi"]])
            self._desk.announce("output", report.output, report.block_frames)
            self._desk.announce("midi", self._midi.choice)

    def _announce(self, what: str, entries: list[tuple[Any, ...]]) -> None:
        self._desk.announce(f"{what}s", len(entries))
        for number, entry in enumerate(entries, 1):
            self._desk.announce(f"{what}info", number, *entry)

    def _change_midi(self, choice: str) -> None:
        names = self._midi.change(choice, self._hooks.report())
        self._desk.announce("midi", self._midi.choice, names)

    def _beside(self, work: Callable[[], None]) -> None:
        threading.Thread(target=self._try, args=(work,), name="devices", daemon=True).start()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except LatentbridgeError as error:
            self._hooks.failed(error)
