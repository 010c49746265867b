"""Every OSC address there is: the one table from which packets are read, feedback is built and docs/osc.md is written.

Rows are for one part or for the whole instrument. A row of a part speaks to part 1, or to the part that its ``channel``
argument names; the same address with ``/lb/part/N`` in place of ``/lb``, without that argument, speaks to part N.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Final, Literal

from runtime.contract import DecoderMetadata
from runtime.controls.osc_guard import OscArgument
from runtime.events import ALL_PARTS, PARTS
from runtime.mapping_table import LARGEST_SPREAD_CENTS, MOST_UNISON_VOICES

PREFIX: Final = "/lb"
DEFAULT_PORT: Final = 9000
LATENT_LIMIT: Final = 10.0
BEND_LIMIT_SEMITONES: Final = 96.0
LOWEST_REPLY_PORT: Final = 1024
"""Ports below belong to services of the system, which nobody should be able to make this program talk to."""
_INT_LIMIT: Final = 2**31 - 1
_LONGEST_TEXT: Final = 64
_LONGEST_PATH: Final = 1024


class Action(Enum):
    """What a message asks for."""

    HELLO = auto()
    PING = auto()
    LATENT = auto()
    DIMENSION = auto()
    AXIS = auto()
    NOTE = auto()
    BEND = auto()
    PRESSURE = auto()
    SLIDE = auto()
    MODE = auto()
    PORTAMENTO = auto()
    UNISON = auto()
    SPREAD = auto()
    WIDTH = auto()
    ALL_OFF = auto()
    GLIDE = auto()
    GAIN = auto()
    RANDOM = auto()
    PRESET = auto()
    CAPTURE = auto()
    MODEL = auto()
    STATE = auto()


class ErrorCode(IntEnum):
    """First argument of /lb/error."""

    UNKNOWN_ADDRESS = 1
    ARGUMENT_COUNT = 2
    ARGUMENT_TYPE = 3
    NOT_POSSIBLE = 4


class MessageError(ValueError):
    """A sound message that asks for something that is not there; the text says what was expected."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: ``i`` whole number, ``f`` number, ``s`` text. Numbers are clamped to ``low`` … ``high``."""

    name: str
    kind: Literal["i", "f", "s"]
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    is_optional: bool = False
    per_dimension: bool = False
    """Stands for as many numbers as the latent has."""
    longest: int = _LONGEST_TEXT
    """Characters of a text; more are cut off."""
    must_fit: bool = False
    """A number outside, or between two whole ones, is refused."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A message that the instrument sends: address and its arguments in words."""

    address: str
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One address. N stands for a number from 1, NAME for the name of an axis."""

    address: str
    action: Action | None
    """None: never received, only sent."""
    arguments: tuple[Argument, ...]
    feedback: tuple[Feedback, ...]
    meaning: str
    is_of_part: bool = True


_CHANNEL: Final = Argument("channel", "i", 1, PARTS)
_OPTIONAL_CHANNEL: Final = Argument("channel", "i", 1, PARTS, is_optional=True)

TABLE: Final = (
    Row(
        f"{PREFIX}/hello",
        Action.HELLO,
        (
            Argument("reply port", "i", LOWEST_REPLY_PORT, 65_535, must_fit=True),
            Argument("name", "s", is_optional=True),
        ),
        (
            Feedback(
                f"{PREFIX}/info",
                "s model, i latent size, i sample rate, i block, i voices, i delay frames, s version",
            ),
            Feedback(f"{PREFIX}/axisinfo", "i index, s name, f minimum, f maximum, f default"),
        ),
        "Makes the sender a client: from now on it is told of every change, at the reply port of the host it sends "
        "from. The answer is /lb/info (sample rate, block and delay are those of the sound card or JACK server), one "
        "/lb/axisinfo per axis (index from 1; minimum, maximum and default are "
        "positions along the axis in latent units, for display: /lb/axis itself counts 0…1), then the whole state: "
        "that of part 1, and of every other part what is not at its default.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/ping",
        Action.PING,
        (Argument("number", "i", -_INT_LIMIT, _INT_LIMIT),),
        (Feedback(f"{PREFIX}/pong", "i number"),),
        "Keeps a client known; one that says nothing for 10 seconds is forgotten. From another socket than hello's, "
        "the number has to be the reply port. The number comes back.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/z",
        Action.LATENT,
        (Argument("place", "f", -LATENT_LIMIT, LATENT_LIMIT, per_dimension=True),),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "The place in latent space, all numbers at once. Training sounds lie at about −3…3.",
    ),
    Row(
        f"{PREFIX}/z/N",
        Action.DIMENSION,
        (Argument("value", "f", -LATENT_LIMIT, LATENT_LIMIT),),
        (Feedback(f"{PREFIX}/zi", "i index, f value"),),
        "One number of the place; N and index count from 1.",
    ),
    Row(
        f"{PREFIX}/axis/NAME",
        Action.AXIS,
        (Argument("position", "f", 0, 1),),
        (Feedback(f"{PREFIX}/axis/NAME", "f position"),),
        "A named axis of the model, from its minimum (0) to its maximum (1).",
    ),
    Row(
        f"{PREFIX}/note",
        Action.NOTE,
        (Argument("note", "i", 0, 127), Argument("velocity", "f", 0, 127), _OPTIONAL_CHANNEL),
        (Feedback(f"{PREFIX}/voices", "i sounding now"),),
        "A key pressed, or with velocity 0 released. Note 60 is C3. Without a channel: part 1.",
    ),
    Row(
        f"{PREFIX}/bend",
        Action.BEND,
        (_CHANNEL, Argument("bend", "f", -BEND_LIMIT_SEMITONES, BEND_LIMIT_SEMITONES, "semitones")),
        (),
        "Bends the pitch of all notes of a part.",
    ),
    Row(
        f"{PREFIX}/pressure",
        Action.PRESSURE,
        (_CHANNEL, Argument("pressure", "f", 0, 1)),
        (),
        "Pressure of a part, as a keyboard's aftertouch.",
    ),
    Row(
        f"{PREFIX}/slide",
        Action.SLIDE,
        (_CHANNEL, Argument("slide", "f", 0, 1)),
        (),
        "Slide of a part, as a finger's place along a key.",
    ),
    Row(
        f"{PREFIX}/mode",
        Action.MODE,
        (Argument("mode", "i", 0, 2),),
        (Feedback(f"{PREFIX}/mode", "i mode"),),
        "What a key of a pitched model does while others are held: 0 sounds beside them, 1 ends their note and begins "
        "a new one, 2 takes their note over, which slides to its pitch.",
    ),
    Row(
        f"{PREFIX}/portamento",
        Action.PORTAMENTO,
        (Argument("time", "f", 0, 10_000, "ms"),),
        (Feedback(f"{PREFIX}/portamento", "f ms"),),
        "How long a note of a pitched model takes from the pitch of the one before to its own; 0 steps. In mode 2 only "
        "where keys overlap.",
    ),
    Row(
        f"{PREFIX}/unison",
        Action.UNISON,
        (Argument("voices", "i", 1, MOST_UNISON_VOICES),),
        (Feedback(f"{PREFIX}/unison", "i voices"),),
        "How many voices each key of a pitched model has. Each is one of the voices that can sound at once, and costs "
        "as much.",
    ),
    Row(
        f"{PREFIX}/spread",
        Action.SPREAD,
        (Argument("spread", "f", 0, LARGEST_SPREAD_CENTS, "cents"),),
        (Feedback(f"{PREFIX}/spread", "f cents"),),
        "From the lowest to the highest of the voices of a key.",
    ),
    Row(
        f"{PREFIX}/width",
        Action.WIDTH,
        (Argument("width", "f", 0, 1),),
        (Feedback(f"{PREFIX}/width", "f width"),),
        "How far apart the voices of a key stand: 0 all in the middle, 1 the outermost fully left and right.",
    ),
    Row(
        f"{PREFIX}/alloff",
        Action.ALL_OFF,
        (),
        (),
        "Panic: every key and pedal up, silence at once. In all parts, or with /lb/part/N in that one.",
    ),
    Row(
        f"{PREFIX}/glide",
        Action.GLIDE,
        (Argument("time", "f", 0, 10_000, "ms"),),
        (Feedback(f"{PREFIX}/glide", "f ms"),),
        "How long place and axes take to where they are sent; 40 ms at the start.",
    ),
    Row(
        f"{PREFIX}/gain",
        Action.GAIN,
        (Argument("gain", "f", -60, 6, "dB"),),
        (Feedback(f"{PREFIX}/gain", "f dB"),),
        "Level of the whole mix.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/random",
        Action.RANDOM,
        (Argument("amount", "f", 0, 1),),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "Sends the place towards a random one that the model knows: 1 all the way, 0 not at all. The sender is told "
        "the new place too.",
    ),
    Row(
        f"{PREFIX}/preset",
        Action.PRESET,
        (Argument("preset", "s"),),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "Sends the place to one of the model's presets, by its name or by its number from 1; `latentbridge info` lists "
        "them. Axes stay where they were turned. The sender is told the new place too. A MIDI program change does the "
        "same.",
    ),
    Row(
        f"{PREFIX}/capture",
        Action.CAPTURE,
        (Argument("name", "s", is_optional=True),),
        (Feedback(f"{PREFIX}/captured", "s path, i note, f peak dB"),),
        "Writes the note played last as a one-shot WAV, under the name if one is given. Every client is told.",
    ),
    Row(
        f"{PREFIX}/model",
        Action.MODEL,
        (Argument("model", "s", longest=_LONGEST_PATH),),
        (Feedback(f"{PREFIX}/info", "and all that follows it, as after /lb/hello"),),
        "Plays another model from now on: the name of one that comes with latentbridge, or the path of an .onnx file. "
        "Notes that sound ring out, and are let go, bent and silenced as before; pedals, bends, glides and gain stay, "
        "and every part stands at the new model's default place. Every client is introduced to the new model as soon "
        "as it plays, or gets /lb/error 4 with why it does not; places sent before that go to the model before.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/stat",
        Action.STATE,
        (),
        (Feedback(f"{PREFIX}/stat", "f load, i late blocks, i dropped events, f delay ms"),),
        "How the engine is doing: load 1 means that a block takes all the time there is; delay is from a key to its "
        "sound. Answers a client.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/sound",
        None,
        (),
        (Feedback(f"{PREFIX}/sound", "i 0 or 1, s text"),),
        "Tells every client, and one that says hello meanwhile, by 0 that nothing can sound: the engine has died and "
        "is being replaced, or JACK or the sound card has gone and its return is waited for. The text says which. 1 "
        "tells that it sounds again. What was set is then as it was, and as clients have set it meanwhile; notes that "
        "sounded are gone.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/error",
        None,
        (),
        (Feedback(f"{PREFIX}/error", "i code, s text"),),
        "Sent to a client whose message was sound OSC but asked for something that is not there: code 1 no such "
        "address, 2 wrong number of arguments, 3 wrong type of argument, 4 not possible now.",
        is_of_part=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an address leads: row, part, axis or dimension (from 0), and the arguments in this way of writing it."""

    row: Row
    part: int
    index: int
    arguments: tuple[Argument, ...]


def destinations(metadata: DecoderMetadata) -> dict[str, Destination]:
    """Return every literal address of a model's instrument; there are no others."""
    found = {}
    for row in (row for row in TABLE if row.action is not None):
        for address, index in _spelt_out(row.address, metadata):
            whole = ALL_PARTS if row.action in (Action.ALL_OFF, Action.CAPTURE) else 1
            found[address] = Destination(row, whole, index, row.arguments)
            if row.is_of_part:
                own = tuple(argument for argument in row.arguments if argument.name != _CHANNEL.name)
                for part in range(1, PARTS + 1):
                    found[of_part(address, part)] = Destination(row, part, index, own)
    return found


def of_part(address: str, part: int) -> str:
    """Return the address that speaks to a part in particular, such as ``/lb/part/3/z``."""
    return f"{PREFIX}/part/{part}{address.removeprefix(PREFIX)}"


def _spelt_out(address: str, metadata: DecoderMetadata) -> list[tuple[str, int]]:
    if address.endswith("/N"):
        return [(f"{address[:-1]}{index + 1}", index) for index in range(metadata.latent_size)]
    if address.endswith("/NAME"):
        return [(address.replace("NAME", axis.name), index) for index, axis in enumerate(metadata.axes)]
    return [(address, 0)]


def read_arguments(
    address: str, expected: Sequence[Argument], given: Sequence[OscArgument] | None, latent_size: int
) -> list[float | str]:
    """Return a message's arguments as the table wants them: numbers clamped, whole ones rounded, texts cut.

    Numbers may come as any type of number. Optional arguments that were left out are missing from the list.
    Raises MessageError.
    """
    wanted = [argument for argument in expected for _ in range(latent_size if argument.per_dimension else 1)]
    if given is None:
        raise MessageError(ErrorCode.ARGUMENT_TYPE, f"{address} takes {_in_words(expected, latent_size)}")
    fewest = sum(not argument.is_optional for argument in wanted)
    if not fewest <= len(given) <= len(wanted):
        count = len(given)
        raise MessageError(
            ErrorCode.ARGUMENT_COUNT, f"{address} takes {_in_words(expected, latent_size)}; {count} came"
        )
    return [_read(address, argument, value) for argument, value in zip(wanted, given, strict=False)]


def _read(address: str, argument: Argument, value: OscArgument) -> float | str:
    if argument.kind == "s":
        return (value if isinstance(value, str) else f"{value:g}")[: argument.longest]
    if isinstance(value, str):
        raise MessageError(ErrorCode.ARGUMENT_TYPE, f"{address}: {argument.name} is a number, not text")
    clamped = min(max(value, argument.low), argument.high)
    if argument.must_fit and round(clamped) != value:
        raise MessageError(
            ErrorCode.NOT_POSSIBLE, f"{address}: {argument.name} lies within {argument.low:g}…{argument.high:g}"
        )
    return float(round(clamped) if argument.kind == "i" else clamped)


def _in_words(expected: Sequence[Argument], latent_size: int) -> str:
    words = [
        f"{latent_size} numbers" if a.per_dimension else f"[{a.name}]" if a.is_optional else a.name for a in expected
    ]
    return ", ".join(words) or "no arguments"
