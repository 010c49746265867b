"""What the sound side is asked for, and what was got: the words between `play` and its engine."""

import math
from dataclasses import dataclass

from runtime.child_process import Document
from runtime.contract import DecoderMetadata
from runtime.model_admission import AdmittedModel


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What the sound side is asked for."""

    admitted: AdmittedModel
    metadata: DecoderMetadata
    mapping: bytes
    """The mapping table as ``MappingTable.to_bytes()`` gives it."""
    output: str = "auto"
    """``auto``, ``jack``, ``null``, or a sound card by name or number."""
    block_frames: int = 128
    """For outputs that let us choose; JACK has its own."""
    voices: int = 16
    delay_blocks: int = 0
    """0 measures how many are needed."""
    provider: str = "cpu"
    connect_midi: bool = True
    """Connect JACK's hardware MIDI inputs."""


@dataclass(frozen=True, slots=True)
class SoundReport:
    """What was got."""

    output: str
    output_rate: int
    """Frames of the output per second; all frames here are its own. The model's rate may be another one."""
    block_frames: int
    delay_frames: int
    """From MIDI to its sound: MIDI of JACK where that is the output, else of a port."""
    port_delay_frames: int
    """From the arrival of a message at a port or socket to its sound."""
    provider: str
    model_hash: str
    midi_port: str = ""
    """The JACK port that takes MIDI; empty unless JACK is the output."""
    midi_sources: tuple[str, ...] = ()
    """MIDI instruments that JACK offers and that are connected to it."""
    conversion_seconds: float = 0.0
    """How much of the delays is conversion to the output's rate."""
    first_frame: int = 0
    """Frame of the performance at which this engine began."""
    silent_from_frame: int = 0
    """Where the sound of the engine before it ended."""
    remarks: tuple[str, ...] = ()
    """Sentences for the user, e.g. why the output is not the one hoped for."""


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """Where the sound is to go: as ``--output`` says it, and the block for outputs that let us choose."""

    output: str
    block_frames: int


def delay_blocks(settings: SoundSettings, delay_seconds: float, choice: Document) -> int:
    """Return how many blocks of the output the delay is to have; 0 to have it measured.

    ``delay_seconds`` is what the model was found to need, 0 where that is not known.
    """
    if settings.delay_blocks or not delay_seconds:
        return settings.delay_blocks
    rate: int = choice.get("sample_rate", settings.metadata.sample_rate)
    block_frames: int = choice["block_frames"]
    # What a hair's breadth of rounding adds is no block.
    return max(1, math.ceil(delay_seconds * rate / block_frames - 1e-6))


def report_of(choice: Document, loaded: Document, answer: Document) -> SoundReport:
    """Return what was got: ``choice`` is what the engine was told of its output, the others what it has said."""
    return SoundReport(
        output=answer["output"],
        output_rate=answer["output_rate"],
        block_frames=answer["block_frames"],
        delay_frames=answer["delay_frames" if "midi_port" in choice else "port_delay_frames"],
        port_delay_frames=answer["port_delay_frames"],
        provider=loaded["provider"],
        model_hash=loaded["loaded"],
        midi_port=choice.get("midi_port", ""),
        midi_sources=tuple(choice.get("midi_sources", ())),
        conversion_seconds=answer["conversion_seconds"],
        remarks=tuple(answer["remarks"]),
        first_frame=answer["first_frame"],
        silent_from_frame=answer["silent_from_frame"],
    )
