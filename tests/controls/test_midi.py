"""Which MIDI ports are open, and when their messages arrived. The system's ports are played by a table of names."""

import itertools
from collections.abc import Sequence

import pytest

from runtime.controls.midi import MidiInputs, list_midi_inputs
from runtime.controls.rtmidi_ports import OpenPort, Received, RtMidiBackend
from runtime.errors import LatentbridgeError
from runtime.events import Clock, Event, Kind, midi_bytes

PORTS = ("Midi Through Port-0", "Launchkey 20:0", "Launchkey DAW 20:1", "Pad", "Pad", "latentbridge:midi_in")


class SomePorts:
    """A system with these ports; a test plugs and unplugs them."""

    def __init__(self, *names: str, busy: Sequence[str] = ()) -> None:
        self.there = list(names)
        self.busy = busy
        self.listeners: dict[tuple[str, int], Received] = {}

    def names(self) -> list[str]:
        return list(self.there)

    def open(self, name: str, occurrence: int, received: Received) -> OpenPort | None:
        if name in self.busy:
            return None
        self.listeners[name, occurrence] = received
        return Opened(self, (name, occurrence))

    def open_virtual(self, name: str, received: Received) -> OpenPort | None:
        return self.open(f"virtual {name}", 0, received)


class Opened:
    def __init__(self, system: SomePorts, key: tuple[str, int]) -> None:
        self._system, self._key = system, key

    def close(self) -> None:
        del self._system.listeners[self._key]


def opened(choice: str, system: SomePorts) -> tuple[MidiInputs, list[Event]]:
    events: list[Event] = []
    return MidiInputs(choice, events.append, system), events


def test_auto_opens_every_device_twins_included_and_offers_a_port() -> None:
    inputs, _ = opened("auto", system := SomePorts(*PORTS))
    assert inputs.names == ("Launchkey 20:0", "Launchkey DAW 20:1", "Pad", "Pad")
    assert set(system.listeners) == {
        ("Launchkey 20:0", 0),
        ("Launchkey DAW 20:1", 0),
        ("Pad", 0),
        ("Pad", 1),
        ("virtual midi_in", 0),
    }


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("pad", ("Pad", "Pad")),
        ("launchkey", ("Launchkey 20:0", "Launchkey DAW 20:1")),
        ("LAUNCHKEY 20:0", ("Launchkey 20:0",)),
        ("through", ("Midi Through Port-0",)),
    ],
)
def test_a_name_or_a_part_of_it_opens_those_ports_only(choice: str, names: tuple[str, ...]) -> None:
    inputs, _ = opened(choice, system := SomePorts(*PORTS))
    assert inputs.names == names
    assert len(system.listeners) == len(names)


def test_a_port_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(LatentbridgeError, match=r"'Nord'.*There are: Launchkey, Pad"):
        opened("Nord", SomePorts("Launchkey", "Pad"))
    with pytest.raises(LatentbridgeError, match="none at all"):
        opened("Nord", SomePorts())


def test_none_opens_nothing() -> None:
    inputs, _ = opened("none", system := SomePorts(*PORTS))
    assert (inputs.names, inputs.rescan(), system.listeners) == ((), [], {})


def test_a_port_that_another_program_holds_is_left_and_tried_again() -> None:
    inputs, _ = opened("auto", system := SomePorts("Pad", "Keys", busy=["Pad"]))
    assert inputs.names == ("Keys",)
    system.busy = ()
    assert inputs.rescan() == ["MIDI: Pad"]
    assert inputs.names == ("Keys", "Pad")


def test_devices_that_come_and_go_are_noticed() -> None:
    inputs, _ = opened("auto", system := SomePorts("Keys"))
    system.there = ["Pad", "Keys"]
    assert inputs.rescan() == ["MIDI: Pad"]
    assert inputs.rescan() == []
    system.there = ["Pad"]
    assert inputs.rescan() == ["MIDI: Keys is gone"]
    assert inputs.names == ("Pad",)
    inputs.close()
    assert system.listeners == {}


def test_messages_pass_as_they_are_with_their_time_of_arrival() -> None:
    _, events = opened("auto", system := SomePorts("Keys"))
    for message in ([0x90, 60, 100], [0xB0, 74, 5], [0xD0, 9], [0xE0, 0, 64]):
        system.listeners["Keys", 0](message, 0.01)
    assert [midi_bytes(event) for event in events] == [b"\x90\x3c\x64", b"\xb0\x4a\x05", b"\xd0\x09", b"\xe0\x00\x40"]
    assert {event.clock for event in events} == {Clock.ARRIVAL_NS}
    assert all(before.time <= after.time for before, after in itertools.pairwise(events))


def test_the_clock_of_one_port_passes_until_it_falls_silent() -> None:
    inputs, events = opened("auto", system := SomePorts("Keys", "Box"))
    keys, box = (system.listeners[name, 0] for name in ("Keys", "Box"))
    for message in ([0xFA], [0xF8], [0xF2, 1, 0], [0xFB], [0xFC]):
        keys(message, 0.01)
        box(message, 0.01)
    box([0x90, 60, 1], 0.01)
    assert [midi_bytes(event)[0] for event in events] == [0xFA, 0xF8, 0xF2, 0xFB, 0xFC, 0x90]
    inputs._one_clock._heard_ns -= 2_000_000_000
    box([0xF8], 0.01)
    keys([0xF8], 0.01)
    assert len(events) == 7


@pytest.mark.parametrize(
    "message", [[], [0xFE], [0xF1, 3], [0xF6], [0xFF], [0xF0, 1, 0xF7], [0xF0, 1, 2, 3, 0xF7], [0x40, 1, 2]]
)
def test_what_is_no_channel_message_goes_no_further(message: list[int]) -> None:
    _, events = opened("auto", system := SomePorts("Keys"))
    system.listeners["Keys", 0](message, 0.0)
    assert events == []


def test_pulling_the_cable_leaves_no_note_hanging() -> None:
    inputs, events = opened("auto", system := SomePorts("Keys", "Pad"))
    system.listeners["Keys", 0]([0x92, 60, 100], 0.0)
    system.listeners["Keys", 0]([0xB5, 7, 100], 0.1)
    system.there = ["Pad"]
    inputs.rescan()
    assert [midi_bytes(event) for event in events[2:]] == [b"\xb2\x7b\x00"]
    assert all(event.kind is Kind.MIDI for event in events)


def test_a_system_without_midi_is_told_in_a_sentence_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.controls.rtmidi_ports.rtmidi2", None)
    assert "not installed" in list_midi_inputs().problem
    inputs = MidiInputs("auto", lambda event: None)
    assert "JACK" in inputs.problem
    assert (inputs.names, inputs.rescan()) == ((), [])
    inputs.close()
    with pytest.raises(LatentbridgeError, match="not installed"):
        MidiInputs("Keys", lambda event: None)


@pytest.mark.parametrize("failure", [RuntimeError, SystemError])
def test_a_sequencer_that_cannot_be_opened_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    class Refusing:
        def MidiIn(self, *_: object) -> None:  # noqa: N802
            raise failure("\nMidiInAlsa::initialize: error creating ALSA sequencer client object.\n\n")

    monkeypatch.setattr("runtime.controls.rtmidi_ports.rtmidi2", Refusing())
    with pytest.raises(LatentbridgeError, match=r"cannot be opened: MidiInAlsa.*object\. MIDI arrives by JACK"):
        RtMidiBackend(api=1)
