"""What a MIDI controller moves, as one frozen value: which source goes to which target, over which range, how bent.

The table travels from the interface to the engine as JSON (:meth:`MappingTable.to_bytes`) and is swapped whole, never
edited in place. Sources count 0…1 from end to end; a route bends that by its curve and spreads it over its range.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Self, get_args

from pydantic import TypeAdapter

from runtime.events import ALL_PARTS, PARTS

SourceKind = Literal["cc", "note", "pressure", "bend", "cc14", "nrpn"]
TargetKind = Literal[
    "axis",
    "latent",
    "gain",
    "glide",
    "variation",
    "bend",
    "pressure",
    "slide",
    "mode",
    "portamento",
    "unison",
    "spread",
    "width",
    "sustain",
    "tempo",
    "map x",
    "map y",
    "morph x",
    "morph y",
    "random",
    "undo",
    "redo",
    "capture",
    "all notes off",
    "all sound off",
    "nothing",
]
Curve = Literal["linear", "exponential", "logarithmic", "s-curve", "switch"]

SOURCE_KINDS: Final[tuple[SourceKind, ...]] = get_args(SourceKind)
"""Where a kind stands here is what a HEARD event calls it; new kinds come last."""
ANY_CHANNEL: Final = 0
HIGHEST_CC: Final = 119
"""Controllers above are MIDI's channel mode messages (all sound off and its kin) and cannot be given away."""
FINE_CONTROLLERS: Final = 32
"""Controllers 0…31 have a fine half of their own, 32 above them."""
HIGHEST_NUMBERS: Final[dict[SourceKind, int]] = {
    "cc": HIGHEST_CC,
    "note": 127,
    "cc14": FINE_CONTROLLERS - 1,
    "nrpn": 16_383,
}
"""Kinds of source that come by number, from 0 to this."""
MOST_MPE_MEMBERS: Final = 15
LONGEST_SMOOTHING_SECONDS: Final = 10.0
BEND_RANGE_LIMIT_SEMITONES: Final = 96.0
MOST_UNISON_VOICES: Final = 7
LARGEST_SPREAD_CENTS: Final = 100.0
AXIS_NAME: Final = r"[a-z0-9_]{1,32}"
FREE: Final = "free"
"""In the place of an axis' name: the first that no other route has taken."""
HIGHEST_DIMENSION: Final = 99
_TAPER: Final = 31.0
"""An exponential curve has given 15 % of its way at half the knob's, as an audio potentiometer does."""


class Span(NamedTuple):
    """What a target's numbers mean: how far a route may reach, and how far it does unless told otherwise."""

    lowest: float
    highest: float
    default_low: float
    default_high: float
    unit: str = ""


TARGETS: Final[dict[TargetKind, Span]] = {
    "axis": Span(0, 1, 0, 1),
    "latent": Span(-10, 10, -3, 3),
    "gain": Span(-60, 6, -60, 6, "dB"),
    "glide": Span(0, 10_000, 0, 1000, "ms"),
    "variation": Span(0, 1, 0, 1),
    "bend": Span(-BEND_RANGE_LIMIT_SEMITONES, BEND_RANGE_LIMIT_SEMITONES, -2, 2, "semitones"),
    "pressure": Span(0, 1, 0, 1),
    "slide": Span(0, 1, 0, 1),
    "mode": Span(0, 2, 0, 2),
    "portamento": Span(0, 10_000, 0, 1000, "ms"),
    "unison": Span(1, MOST_UNISON_VOICES, 1, MOST_UNISON_VOICES, "voices"),
    "spread": Span(0, LARGEST_SPREAD_CENTS, 0, 50, "cents"),
    "width": Span(0, 1, 0, 1),
    "sustain": Span(0, 1, 0, 1),
    "tempo": Span(20, 300, 60, 180, "bpm"),
    "map x": Span(0, 1, 0, 1),
    "map y": Span(0, 1, 0, 1),
    "morph x": Span(0, 1, 0, 1),
    "morph y": Span(0, 1, 0, 1),
    "random": Span(0, 1, 1, 1),
    "undo": Span(0, 1, 0, 1),
    "redo": Span(0, 1, 0, 1),
    "capture": Span(0, 1, 0, 1),
    "all notes off": Span(0, 1, 0, 1),
    "all sound off": Span(0, 1, 0, 1),
    "nothing": Span(0, 1, 0, 1),
}
PRESSED: Final[frozenset[TargetKind]] = frozenset(
    {"random", "undo", "redo", "capture", "all notes off", "all sound off"}
)
"""Targets that happen once at a press (a value from 64 on), not at every movement."""
SMOOTHED: Final[frozenset[TargetKind]] = frozenset({"axis", "latent"})

_SHAPES: Final[dict[Curve, Callable[[float], float]]] = {
    "linear": lambda x: x,
    "exponential": lambda x: ((1 + _TAPER) ** x - 1) / _TAPER,
    "logarithmic": lambda x: math.log1p(_TAPER * x) / math.log1p(_TAPER),
    "s-curve": lambda x: x * x * (3 - 2 * x),
    "switch": lambda x: 1.0 if x >= 0.5 else 0.0,
}


@dataclass(frozen=True, slots=True)
class Source:
    """What is moved: a controller, key or parameter by ``number``, a channel's pressure or its bend wheel.

    "cc14" is a controller 0…31 with its fine half, the one 32 above; "nrpn" a non-registered parameter 0…16383.
    ``channel`` is 1…16, or ANY_CHANNEL. Raises ValueError for numbers that MIDI does not have.
    """

    kind: SourceKind
    number: int = 0
    channel: int = ANY_CHANNEL

    def __post_init__(self) -> None:
        highest = HIGHEST_NUMBERS.get(self.kind, 0)
        if not 0 <= self.number <= highest or not ANY_CHANNEL <= self.channel <= PARTS:
            raise ValueError(f"{self} does not exist: numbers are 0…{highest}, channels 1…{PARTS}")

    @property
    def halves(self) -> "tuple[Source, ...]":
        """The two controllers that a fine one consists of; other sources have none."""
        if self.kind != "cc14":
            return ()
        return tuple(Source("cc", self.number + half, self.channel) for half in (0, FINE_CONTROLLERS))

    def __str__(self) -> str:
        number = f" {self.number}" if self.kind in HIGHEST_NUMBERS else ""
        return f"{self.kind}{number}" + (f" on channel {self.channel}" if self.channel else "")


@dataclass(frozen=True, slots=True)
class Target:
    """What moves with it.

    An axis is the first of ``names`` that the model has; ``or_free`` takes instead, where it has none of them, the
    first axis that no other route has taken. A latent dimension is ``number``, counted from 1. Raises ValueError for
    what no words could name (:func:`runtime.mapping_words.parse_target`).
    """

    kind: TargetKind
    names: tuple[str, ...] = ()
    number: int = 0
    or_free: bool = False

    def __post_init__(self) -> None:
        is_axis = self.kind == "axis"
        if is_axis != bool(self.names or self.or_free):
            raise ValueError("an axis, and nothing else, has names of 1…32 letters or is the first that is free")
        if not all(re.fullmatch(AXIS_NAME, name) and name != FREE for name in self.names):
            raise ValueError(f"the name of an axis has 1…32 of a…z, 0…9 and _, and is not {FREE!r}")
        if self.number not in (range(1, HIGHEST_DIMENSION + 1) if self.kind == "latent" else (0,)):
            raise ValueError(f"latent dimensions are 1…{HIGHEST_DIMENSION}, and nothing else has a number")

    def __str__(self) -> str:
        if self.kind == "axis":
            return "axis " + " or ".join((*self.names, *((FREE,) if self.or_free else ())))
        return f"latent {self.number}" if self.kind == "latent" else self.kind


@dataclass(frozen=True, slots=True)
class Route:
    """One source to one target. ``low`` and ``high`` are in the target's units (:data:`TARGETS`); they may be swapped.

    ``smoothing_seconds`` is how long an axis or a latent dimension takes to a new place; None: as long as its part says
    (GLIDE). ``part`` is the part that is moved; None: that of the channel. Raises ValueError for numbers out of range.
    """

    source: Source
    target: Target
    low: float = 0.0
    high: float = 1.0
    curve: Curve = "linear"
    smoothing_seconds: float | None = None
    part: int | None = None

    def __post_init__(self) -> None:
        span = TARGETS[self.target.kind]
        if not all(span.lowest <= end <= span.highest for end in (self.low, self.high)):
            limits = f"{span.lowest:g}…{span.highest:g} {span.unit}".rstrip()
            raise ValueError(f"the range of {self.target} lies within {limits}")
        if self.smoothing_seconds is not None and not 0 <= self.smoothing_seconds <= LONGEST_SMOOTHING_SECONDS:
            raise ValueError(f"smoothing takes 0…{LONGEST_SMOOTHING_SECONDS:g} seconds")
        if self.smoothing_seconds is not None and self.target.kind not in SMOOTHED:
            raise ValueError(f"only axes and latent dimensions take seconds to move, not {self.target}")
        if self.part is not None and not ALL_PARTS <= self.part <= PARTS:
            raise ValueError(f"parts are 1…{PARTS}, or {ALL_PARTS} for all")

    def value(self, x: float) -> float:
        """Return the target's value for a source at ``x`` (0…1)."""
        return self.low + (self.high - self.low) * _SHAPES[self.curve](x)


@dataclass(frozen=True, slots=True)
class VelocityCurve:
    """How hard a key has to be struck: velocity 1…127 becomes ``low`` … ``high`` along the curve.

    Equal ends make every note equally loud. A note-on is never silent, so the result stays at least 1/127.
    """

    low: float = 0.0
    high: float = 1.0
    curve: Curve = "linear"

    def __post_init__(self) -> None:
        if not all(0 <= end <= 1 for end in (self.low, self.high)):
            raise ValueError("velocities lie within 0…1")

    def value(self, x: float) -> float:
        """Return the velocity 0…1 of a key struck with ``x`` (0…1)."""
        return max(self.low + (self.high - self.low) * _SHAPES[self.curve](x), 1 / 127)


@dataclass(frozen=True, slots=True)
class ProgramPlace:
    """Where a program change sends its part: the whole latent, and axes by their index, each at 0…1 of its range.

    Axes that are not named stay where they were turned. Raises ValueError for numbers that are not finite or outside.
    """

    latent: tuple[float, ...]
    axes: tuple[tuple[int, float], ...] = ()

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, self.latent)):
            raise ValueError("the latent of a program is finite: 1…64 numbers")
        if not all(index >= 0 and 0 <= position <= 1 for index, position in self.axes):
            raise ValueError("the axes of a program are counted from 0, and their positions lie within 0…1")


def _knob(number: int, *names: str) -> Route:
    return Route(Source("cc", number), Target("axis", names, or_free=True))


DEFAULT_ROUTES: Final = (
    # The sound controllers of the MIDI standard (70…79) where their names fit, then the wheel.
    _knob(74, "brightness"),
    _knob(73, "attack"),
    _knob(72, "decay", "release"),
    _knob(71, "noisiness"),
    _knob(1),
    Route(Source("cc", 64), Target("sustain")),
    Route(Source("pressure"), Target("pressure")),
)
DEFAULT_CAPTURE: Final = (Source("note", 24), Source("cc", 119))
"""The lowest key of a large keyboard, and a controller that nothing else uses."""


@dataclass(frozen=True, slots=True)
class MappingTable:
    """Everything that translates MIDI for one instrument. ``MappingTable()`` is what plays without a mapping file."""

    routes: tuple[Route, ...] = ()
    """A source named here, on its channels, goes nowhere else by default."""
    defaults: bool = True
    """Whether sources that no route names go where :data:`DEFAULT_ROUTES` say."""
    capture: tuple[Source, ...] = DEFAULT_CAPTURE
    """Keys (any velocity) and controllers (from 64 on) that write the note played last as a one-shot."""
    bend_range_semitones: float = 2.0
    """Reach of the bend wheel either way, until a channel is told otherwise by RPN 0."""
    velocity: VelocityCurve = VelocityCurve()
    mpe_members: int = 0
    """Member channels of MPE's lower zone, until channel 1 is told otherwise by RPN 6; 0 is no zone."""
    programs: tuple[ProgramPlace, ...] | None = None
    """Where program changes go, in order of their numbers; None: to the model's own presets."""
    program_changes: bool = True
    """Whether program changes mean anything."""

    def __post_init__(self) -> None:
        if not 0 <= self.bend_range_semitones <= BEND_RANGE_LIMIT_SEMITONES:
            raise ValueError(f"the bend range lies within 0…{BEND_RANGE_LIMIT_SEMITONES:g} semitones")
        if not 0 <= self.mpe_members <= MOST_MPE_MEMBERS:
            raise ValueError(f"the lower zone of MPE has 0…{MOST_MPE_MEMBERS} member channels")

    def to_bytes(self) -> bytes:
        """Return the table as a JSON document."""
        return _TABLE.dump_json(self)

    @classmethod
    def from_bytes(cls, document: bytes) -> Self:
        """Return the table that :meth:`to_bytes` wrote. Raises ValueError for anything else."""
        return _TABLE.validate_json(document)  # type: ignore[return-value]


_TABLE: Final = TypeAdapter(MappingTable)

CURVES: Final[tuple[str, ...]] = get_args(Curve)
