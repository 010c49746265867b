"""What the sound side is asked for, and what was got: the words between `play` and its engine."""

from dataclasses import dataclass
from pathlib import Path

from runtime.contract import DecoderMetadata


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What the sound side is asked for."""

    model: Path
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
