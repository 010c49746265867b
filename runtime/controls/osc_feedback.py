"""What the instrument says: the messages of the feedback column, as datagrams."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pythonosc.osc_message_builder import OscMessageBuilder

from runtime.contract import DecoderMetadata
from runtime.controls.osc_rows.motion import WHOLE_NUMBERS
from runtime.controls.osc_schema import PREFIX
from runtime.events import Kind
from runtime.latent.motion import Motion
from runtime.steering.control_state import Control
from runtime.steering.desk import Argument, Fact, Told, spoken_of
from runtime.steering.places import CORNERS

_INT_LIMIT: Final = 2**31 - 1
_IN_MILLISECONDS: Final = {Kind.GLIDE: "glide", Kind.PORTAMENTO: "portamento"}
_WHOLE: Final = {Kind.PLAY_MODE: "mode", Kind.UNISON: "unison"}
_PLAIN: Final = {
    Kind.UNISON_SPREAD: "spread",
    Kind.UNISON_WIDTH: "width",
    Kind.VARIATION: "variation",
    Kind.GAIN: "gain",
    Kind.TEMPO: "tempo",
}


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


@dataclass(frozen=True, slots=True)
class Levels:
    """What meters show: peaks of both channels in dB, by how many dB the limiter turns down, MIDI messages so far."""

    left_db: float
    right_db: float
    reduction_db: float
    midi_messages: int


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


def changes(
    what: Iterable[Told], numbers: Callable[[Told], tuple[float, ...]], axis_names: tuple[str, ...]
) -> list[bytes]:
    """Return messages that say where things stand; a dimension is left out where its whole place is told."""
    told = list(what)
    places = {one.part for one in told if isinstance(one, Control) and one.kind == Kind.LATENT}
    messages = []
    for one in told:
        if isinstance(one, Control) and one.kind == Kind.LATENT_DIMENSION and one.part in places:
            continue
        arguments = list(numbers(one))
        # What a model does not have, such as a place on a map, is not told.
        if arguments or (isinstance(one, Control) and one.kind == Kind.KEY_LATENT):
            messages.append(_change(one, arguments, axis_names))
    return messages


def voices(count: int) -> bytes:
    """Return /lb/voices."""
    return message(f"{PREFIX}/voices", count)


def sounding(number: int, *where: int | float) -> bytes:
    """Return /lb/sounding: part, note and place on the map of a note, or nothing more once it is silent."""
    return message(f"{PREFIX}/sounding", number, *where)


def report(engine: EngineReport) -> bytes:
    """Return /lb/stat."""
    return message(
        f"{PREFIX}/stat", float(engine.load), engine.late_blocks, engine.dropped_events, float(engine.delay_ms)
    )


def levels(now: Levels) -> bytes:
    """Return /lb/level."""
    return message(
        f"{PREFIX}/level", float(now.left_db), float(now.right_db), float(now.reduction_db), now.midi_messages
    )


def moved(places: Sequence[float]) -> bytes:
    """Return /lb/moved."""
    return message(f"{PREFIX}/moved", *(float(place) for place in places))


def models(names: Sequence[str]) -> list[bytes]:
    """Return /lb/models and a /lb/modelinfo for each."""
    told = [message(f"{PREFIX}/models", len(names))]
    return told + [message(f"{PREFIX}/modelinfo", number, name) for number, name in enumerate(names, 1)]


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


def _change(what: Told, numbers: list[float], axis_names: tuple[str, ...]) -> bytes:
    address, arguments = (
        _fact(what, numbers, axis_names) if isinstance(what, Fact) else _control(what, numbers, axis_names)
    )
    return message(f"{PREFIX}/{spoken_of(address, what.part)}", *arguments)


def _fact(fact: Fact, numbers: list[float], axis_names: tuple[str, ...]) -> tuple[str, Sequence[Argument]]:
    if fact.name == "corner":
        return "morph/stored", [CORNERS[fact.detail]]
    if fact.name == "lock":
        return f"axis/{axis_names[fact.detail]}/lock", [int(numbers[0])]
    if fact.name == "child":
        return "child", [int(numbers[0]), *map(float, numbers[1:])]
    if fact.name == "children":
        return "children", [float(numbers[0]), int(numbers[1])]
    if fact.name == "keylock":
        return "key/lock", [int(number) for number in numbers]
    return fact.name, [float(number) for number in numbers]


def _control(control: Control, numbers: list[float], axis_names: tuple[str, ...]) -> tuple[str, Sequence[Argument]]:
    kind, numbers = control.kind, [float(number) for number in numbers]
    if kind == Kind.AXIS:
        return f"axis/{axis_names[control.index]}", numbers
    if kind == Kind.MOTION:
        return f"axis/{axis_names[control.index]}/{Motion(control.note).name.lower()}", _motion_numbers(
            control, numbers
        )
    if kind == Kind.LATENT:
        return "z", numbers
    if kind == Kind.LATENT_DIMENSION:
        return "zi", [control.index + 1, *numbers]
    if kind == Kind.KEY_LATENT:
        return "key", [control.note, *numbers]
    if kind == Kind.CHOKE:
        return "key/choke", [control.note, round(numbers[0])]
    if kind in _IN_MILLISECONDS:
        return _IN_MILLISECONDS[kind], [numbers[0] * 1000]
    return (_WHOLE[kind], [round(numbers[0])]) if kind in _WHOLE else (_PLAIN[kind], numbers)


def _motion_numbers(control: Control, numbers: list[float]) -> list[float]:
    """Amount and the motion's own numbers, whole ones as such."""
    whole = WHOLE_NUMBERS.get(Motion(control.note), ())
    return [round(number) if place in whole else number for place, number in enumerate(numbers, -1)]
