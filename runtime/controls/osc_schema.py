"""What a row of the OSC table is made of: addresses, arguments with their ranges, feedback, and what may be wrong."""

from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Final, Literal

from runtime.events import PARTS

PREFIX: Final = "/lb"
DEFAULT_PORT: Final = 9000
LATENT_LIMIT: Final = 10.0
BEND_LIMIT_SEMITONES: Final = 96.0
LOWEST_REPLY_PORT: Final = 1024
"""Ports below belong to services of the system, which nobody should be able to make this program talk to."""
INT_LIMIT: Final = 2**31 - 1
LONGEST_TEXT: Final = 64
LONGEST_PATH: Final = 1024
LONGEST_PHRASE: Final = 200
MOST_CAPTURED_VARIATIONS: Final = 32


class Action(Enum):
    """What a message asks for."""

    HELLO = auto()
    BYE = auto()
    PING = auto()
    LATENT = auto()
    DIMENSION = auto()
    AXIS = auto()
    TELL = auto()
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
    MAP = auto()
    MAP_NOTE = auto()
    CHILDREN = auto()
    CHILD = auto()
    CHILD_NOTE = auto()
    WATCH = auto()
    MORPH = auto()
    STORE_CORNER = auto()
    UNDO = auto()
    REDO = auto()
    LOCK_AXIS = auto()
    PRESET = auto()
    SAVE_PRESET = auto()
    DELETE_PRESET = auto()
    LIST_PRESETS = auto()
    FIND = auto()
    ENCODE = auto()
    MOTION = auto()
    VARIATION = auto()
    TEMPO = auto()
    STORE_KEY = auto()
    CLEAR_KEY = auto()
    RESET_KEY = auto()
    SWAP_KEYS = auto()
    REROLL_KEY = auto()
    LOCK_KEY = auto()
    CHOKE_KEY = auto()
    KIT = auto()
    SAVE_KIT = auto()
    DELETE_KIT = auto()
    REROLL_KIT = auto()
    EXPORT_KIT = auto()
    LIST_KITS = auto()
    LEARN = auto()
    UNLEARN = auto()
    CAPTURE = auto()
    CAPTURE_VARIATIONS = auto()
    MODEL = auto()
    LIST_MODELS = auto()
    STATE = auto()
    LEVELS = auto()
    MOVED = auto()
    LIST_DEVICES = auto()
    OUTPUT = auto()
    MIDI = auto()
    LOOK_AT_FOLDER = auto()
    TRAIN = auto()
    TRAIN_LONGER = auto()
    STOP_TRAINING = auto()
    FOLLOW_TRAINING = auto()
    TRAINING_STATE = auto()


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
    longest: int = LONGEST_TEXT
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
    motion: str = ""
    """Of a row that moves an axis by itself: which :class:`runtime.latent.motion.Motion`, by name."""


CHANNEL: Final = Argument("channel", "i", 1, PARTS)
OPTIONAL_CHANNEL: Final = Argument("channel", "i", 1, PARTS, is_optional=True)
NAME: Final = Argument("name", "s")
NOTE: Final = Argument("note", "i", 0, 127, must_fit=True)
