"""What the instrument says: the messages of the feedback column, as datagrams."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pythonosc.osc_message_builder import OscMessageBuilder

from runtime.contract import DecoderMetadata
from runtime.controls.control_state import Control, ControlState
from runtime.controls.osc_schema import PREFIX
from runtime.controls.osc_table import of_part
from runtime.events import Kind

_INT_LIMIT: Final = 2**31 - 1
_IN_MILLISECONDS: Final = {Kind.GLIDE: "glide", Kind.PORTAMENTO: "portamento"}
_WHOLE: Final = {Kind.PLAY_MODE: "mode", Kind.UNISON: "unison"}
_PLAIN: Final = {Kind.UNISON_SPREAD: "spread", Kind.UNISON_WIDTH: "width"}


@dataclass(frozen=True, slots=True)
class InstrumentInfo:
    """What a client is told about the instrument when it says hello."""

    model: str
    latent_size: int
    sample_rate: int
    block_frames: int
    voices: int
    delay_frames: int
    version: str


@dataclass(frozen=True, slots=True)
class EngineReport:
    """How the engine is doing. ``load`` 1 means that a block takes all the time there is."""

    load: float
    late_blocks: int
    dropped_events: int
    delay_ms: float


def message(address: str, *arguments: int | float | str) -> bytes:
    """Return one message as a datagram: ints as i, floats as f, texts as s."""
    builder = OscMessageBuilder(address)
    for argument in arguments:
        if isinstance(argument, str):
            text = argument.encode("utf-8", "replace").decode().replace("\0", "")
            builder.add_arg(text, "s")
        elif isinstance(argument, float):
            builder.add_arg(argument, "f")
        else:
            builder.add_arg(min(max(argument, -_INT_LIMIT), _INT_LIMIT), "i")
    return builder.build().dgram


def introduction(info: InstrumentInfo, metadata: DecoderMetadata) -> list[bytes]:
    """Return /lb/info and the /lb/axisinfo messages."""
    told = [
        message(
            f"{PREFIX}/info",
            info.model,
            info.latent_size,
            info.sample_rate,
            info.block_frames,
            info.voices,
            info.delay_frames,
            info.version,
        )
    ]
    for index, axis in enumerate(metadata.axes, 1):
        told.append(message(f"{PREFIX}/axisinfo", index, axis.name, axis.minimum, axis.maximum, axis.default))
    return told


def changes(controls: Iterable[Control], state: ControlState, axis_names: tuple[str, ...]) -> list[bytes]:
    """Return messages that say where controls stand; a dimension is left out where its whole place is told."""
    controls = list(controls)
    places = {control.part for control in controls if control.kind == Kind.LATENT}
    return [
        _change(control, state, axis_names)
        for control in controls
        if control.kind != Kind.LATENT_DIMENSION or control.part not in places
    ]


def voices(count: int) -> bytes:
    """Return /lb/voices."""
    return message(f"{PREFIX}/voices", count)


def report(engine: EngineReport) -> bytes:
    """Return /lb/stat."""
    return message(
        f"{PREFIX}/stat", float(engine.load), engine.late_blocks, engine.dropped_events, float(engine.delay_ms)
    )


def sound(lost_because: str) -> bytes:
    """Return /lb/sound: 0 with why nothing sounds, or 1 for an empty text."""
    return message(f"{PREFIX}/sound", 0 if lost_because else 1, lost_because)


def captured(path: str, note: int, peak_db: float) -> bytes:
    """Return /lb/captured."""
    return message(f"{PREFIX}/captured", path, note, float(peak_db))


def error(code: int, text: str) -> bytes:
    """Return /lb/error."""
    return message(f"{PREFIX}/error", code, text)


def pong(number: int) -> bytes:
    """Return /lb/pong."""
    return message(f"{PREFIX}/pong", number)


def _change(control: Control, state: ControlState, axis_names: tuple[str, ...]) -> bytes:
    numbers = [float(number) for number in state.numbers(control)]
    if control.kind == Kind.AXIS:
        address, arguments = f"{PREFIX}/axis/{axis_names[control.index]}", numbers
    elif control.kind == Kind.LATENT:
        address, arguments = f"{PREFIX}/z", numbers
    elif control.kind == Kind.LATENT_DIMENSION:
        address, arguments = f"{PREFIX}/zi", [control.index + 1, *numbers]
    elif control.kind in _IN_MILLISECONDS:
        address, arguments = f"{PREFIX}/{_IN_MILLISECONDS[control.kind]}", [numbers[0] * 1000]
    elif control.kind in _WHOLE:
        address, arguments = f"{PREFIX}/{_WHOLE[control.kind]}", [round(numbers[0])]
    elif control.kind in _PLAIN:
        address, arguments = f"{PREFIX}/{_PLAIN[control.kind]}", numbers
    else:
        address, arguments = f"{PREFIX}/gain", numbers
    # Part 1 is spoken of as it is spoken to: without its number.
    return message(address if control.part <= 1 else of_part(address, control.part), *arguments)
