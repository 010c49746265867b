"""``latentbridge devices``: where sound can go, where MIDI can come from, and what `play` takes by itself."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from runtime.controls.midi import MidiListing, list_midi_inputs
from runtime.errors import LatentbridgeError
from runtime.outputs.jack_process import open_client
from runtime.outputs.portaudio import load_portaudio, quiet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JackServer:
    """A running JACK server; ``midi_sources`` are ports that can be connected to an instrument."""

    sample_rate: int
    block_frames: int
    is_realtime: bool
    midi_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SoundCard:
    """An output that PortAudio offers; ``--output`` takes its number or name."""

    number: int
    name: str
    system: str
    """PortAudio's name for the way to the card, such as ALSA, Core Audio or WASAPI."""
    channels: int
    sample_rate: float
    """The rate it runs at by default, in Hz."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """All outputs there are. A problem is a sentence that says why there is none of a kind; empty if there is one."""

    jack: JackServer | None
    jack_problem: str
    cards: tuple[SoundCard, ...]
    cards_problem: str
    default_card: SoundCard | None

    @property
    def automatic(self) -> str:
        """What `play --output auto` takes."""
        if self.jack is not None:
            return "jack"
        return self.default_card.name if self.default_card else "null"


def devices() -> None:
    """List sound outputs and MIDI ports.

    Says for each what to write after `latentbridge play --output` and `--midi`, and which ones `auto` takes.
    """
    outputs = list_outputs()
    for line in (*describe_outputs(outputs), "", *describe_midi(list_midi_inputs(), outputs.jack)):
        print(line)


def list_outputs() -> Outputs:
    """Ask JACK and PortAudio what there is; never raises LatentbridgeError."""
    jack, jack_problem = _attempt(_jack_server)
    cards, cards_problem = _attempt(_sound_cards)
    found, default = cards or ((), None)
    if not found:
        cards_problem = cards_problem or "No sound card was found."
    return Outputs(jack, jack_problem, found, cards_problem, default)


def describe_outputs(outputs: Outputs) -> Iterator[str]:
    """Yield the lines that tell a person about outputs."""
    yield "Sound outputs (latentbridge play --output …)"
    if outputs.jack is not None:
        jack = outputs.jack
        realtime = "" if jack.is_realtime else ", not real-time"
        yield f"  jack   JACK server, {jack.sample_rate} Hz, block {jack.block_frames} frames{realtime}"
    for card in outputs.cards:
        channels = f"{card.channels} channel{'s' if card.channels > 1 else ''}"
        yield f"  {card.number:<5}  {card.name} ({card.system}), {channels}, {card.sample_rate:g} Hz"
    yield "  null   no sound; everything else works"
    for problem in filter(None, (outputs.jack_problem, outputs.cards_problem)):
        yield f"  {problem}"
    yield f"  auto takes: {outputs.automatic}"


def describe_midi(midi: MidiListing, jack: JackServer | None) -> Iterator[str]:
    """Yield the lines that tell a person about MIDI ports: JACK's if that is the output, else the system's."""
    if jack is not None:
        yield "MIDI inputs through JACK (connect them to latentbridge:midi_in; auto connects those of devices)"
        yield from (f"  {name}" for name in jack.midi_sources or ("none yet",))
        return
    yield "MIDI inputs (latentbridge play --midi …)"
    if midi.problem:
        yield f"  {midi.problem}"
        return
    yield from (f"  {name}" for name in midi.names or ("none: plug in a keyboard or controller, and look again",))
    yield "  auto takes: every one of them, and those that are plugged in later"


def _attempt(ask: Callable[[], T]) -> tuple[T | None, str]:
    try:
        return ask(), ""
    except LatentbridgeError as error:
        return None, str(error)


def _jack_server() -> JackServer:
    client = open_client()
    with contextlib.closing(client):
        sources = client.get_ports(is_midi=True, is_output=True)
        return JackServer(client.samplerate, client.blocksize, bool(client.realtime), tuple(p.name for p in sources))


def _sound_cards() -> tuple[tuple[SoundCard, ...], SoundCard | None]:
    """Return the cards, and which of them is the system's default (else the first)."""
    with quiet():
        sounddevice = load_portaudio()
        systems = [api["name"] for api in sounddevice.query_hostapis()]
        default = sounddevice.default.device[1]
        cards = tuple(
            SoundCard(
                info["index"], info["name"], systems[info["hostapi"]], info["max_output_channels"],
                info["default_samplerate"],
            )
            for info in sounddevice.query_devices()
            if info["max_output_channels"] > 0
        )  # fmt: skip
    return cards, next((card for card in cards if card.number == default), cards[0] if cards else None)
