"""What a MIDI controller moves, as one frozen value: which source goes to which target, over which range, how bent.

The table travels from the interface to the engine as JSON (:meth:`MappingTable.to_bytes`) and is swapped whole, never
edited in place. Sources count 0…1 from end to end; a route bends that by its curve and spreads it over its range.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Self, get_args

from pydantic import TypeAdapter

from runtime.events import ALL_PARTS, PARTS

SourceKind = Literal["cc", "note", "pressure", "bend"]
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
    "random",
    "capture",
    "all notes off",
    "all sound off",
    "nothing",
]
Curve = Literal["linear", "exponential", "logarithmic", "s-curve", "switch"]

ANY_CHANNEL: Final = 0
HIGHEST_CC: Final = 119
"""Controllers above are MIDI's channel mode messages (all sound off and its kin) and cannot be given away."""
LONGEST_SMOOTHING_SECONDS: Final = 10.0
BEND_RANGE_LIMIT_SEMITONES: Final = 96.0
MOST_UNISON_VOICES: Final = 7
LARGEST_SPREAD_CENTS: Final = 100.0
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
    "random": Span(0, 1, 1, 1),
    "capture": Span(0, 1, 0, 1),
    "all notes off": Span(0, 1, 0, 1),
    "all sound off": Span(0, 1, 0, 1),
    "nothing": Span(0, 1, 0, 1),
}
PRESSED: Final[frozenset[TargetKind]] = frozenset({"random", "capture", "all notes off", "all sound off"})
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
    """What is moved: a controller or key by ``number`` (0…127), a channel's pressure or its bend wheel.

    ``channel`` is 1…16, or ANY_CHANNEL. Raises ValueError for numbers that MIDI does not have.
    """

    kind: SourceKind
    number: int = 0
    channel: int = ANY_CHANNEL

    def __post_init__(self) -> None:
        highest = {"cc": HIGHEST_CC, "note": 127}.get(self.kind, 0)
        if not 0 <= self.number <= highest or not ANY_CHANNEL <= self.channel <= PARTS:
            raise ValueError(f"{self} does not exist: numbers are 0…{highest}, channels 1…{PARTS}")

    def __str__(self) -> str:
        number = f" {self.number}" if self.kind in ("cc", "note") else ""
        return f"{self.kind}{number}" + (f" on channel {self.channel}" if self.channel else "")


@dataclass(frozen=True, slots=True)
class Target:
    """What moves with it.

    An axis is the first of ``names`` that the model has; ``or_free`` takes instead, where it has none of them, the
    first axis that no other route has taken. A latent dimension is ``number``, counted from 1.
    """

    kind: TargetKind
    names: tuple[str, ...] = ()
    number: int = 0
    or_free: bool = False

    def __str__(self) -> str:
        if self.kind == "axis":
            return "axis " + (" or ".join(self.names) or "free")
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

    def __post_init__(self) -> None:
        if not 0 <= self.bend_range_semitones <= BEND_RANGE_LIMIT_SEMITONES:
            raise ValueError(f"the bend range lies within 0…{BEND_RANGE_LIMIT_SEMITONES:g} semitones")

    def to_bytes(self) -> bytes:
        """Return the table as a JSON document."""
        return _TABLE.dump_json(self)

    @classmethod
    def from_bytes(cls, document: bytes) -> Self:
        """Return the table that :meth:`to_bytes` wrote. Raises ValueError for anything else."""
        return _TABLE.validate_json(document)  # type: ignore[return-value]


_TABLE: Final = TypeAdapter(MappingTable)

CURVES: Final[tuple[str, ...]] = get_args(Curve)
