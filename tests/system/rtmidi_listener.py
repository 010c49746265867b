"""Listens through RtMidi's JACK ports by the product's own code, and prints every message: run by test_rtmidi.

Arguments: name of a port to listen to. One line per message: bytes in hex, time of arrival in nanoseconds.
"""

import sys
import time

import rtmidi2

from runtime.controls.midi import MidiInputs
from runtime.controls.rtmidi_ports import RtMidiBackend
from runtime.events import Event, midi_bytes
from runtime.session import THREAD_SWITCH_SECONDS


def told(event: Event) -> None:
    print(midi_bytes(event).hex(), event.time, flush=True)


def main() -> None:
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    inputs = MidiInputs(sys.argv[1], told, RtMidiBackend(rtmidi2.API_UNIX_JACK))
    print("open:", *inputs.names, flush=True)
    while True:
        time.sleep(0.05)
        for line in inputs.rescan():
            print(line, flush=True)


if __name__ == "__main__":
    main()
