"""Where the controls of the instrument stand, as far as the interface knows: a mirror of the engine.

The engine says what has happened (PLAYED); this remembers the last of each. It serves clients that come late, and
whoever needs the present place, such as a random step away from it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, PARTS, Event, Kind
from runtime.latent.state import GLIDE_SECONDS

AT_START: Final = {
    Kind.GLIDE: GLIDE_SECONDS,
    Kind.PLAY_MODE: 0.0,
    Kind.PORTAMENTO: 0.0,
    Kind.UNISON: 1.0,
    Kind.UNISON_SPREAD: 0.0,
    Kind.UNISON_WIDTH: 0.0,
}
"""Controls of a part that are one number, whatever the model, and where they stand at the start."""
MIRRORED: Final = frozenset({Kind.LATENT, Kind.LATENT_DIMENSION, Kind.AXIS, Kind.GAIN, *AT_START})
"""Events that leave a control somewhere else."""


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can change: its kind as an event, the part (0 for the whole mix), the axis or dimension."""

    kind: Kind
    part: int = ALL_PARTS
    index: int = 0


class ControlState:
    """Place, axes and plain numbers of every part, gain of the mix. Not for several threads at once."""

    def __init__(self, metadata: DecoderMetadata, before: "ControlState | None" = None) -> None:
        """Start where the engine starts: default latent, default axes; the rest as on the model before."""
        self._latent_size: Final = metadata.latent_size
        self._axes: Final = len(metadata.axes)
        default_axes = [(axis.default - axis.minimum) / (axis.maximum - axis.minimum) for axis in metadata.axes]
        self._latents = [list(metadata.default_latent) for _ in range(PARTS + 1)]
        self._positions = [list(default_axes) for _ in range(PARTS + 1)]
        self._numbers = {kind: [start] * (PARTS + 1) for kind, start in AT_START.items()}
        self._gain_db = 0.0
        if before is not None:
            self._numbers, self._gain_db = before._numbers, before._gain_db
        self._defaults: Final = (tuple(metadata.default_latent), tuple(default_axes))
        self._setters: Final[dict[Kind, Callable[[Event, int], bool]]] = {
            Kind.LATENT: self._set_latent,
            Kind.LATENT_DIMENSION: self._set_dimension,
            Kind.AXIS: self._set_axis,
            **dict.fromkeys(AT_START, self._set_number),
        }

    def apply(self, event: Event) -> list[Control]:
        """Take over what an event changes; return what is different now, nothing if the event means nothing here."""
        if not (math.isfinite(event.value) and all(map(math.isfinite, event.values))):
            return []
        if event.kind == Kind.GAIN:
            before, self._gain_db = self._gain_db, event.value
            return [Control(Kind.GAIN)] if before != event.value else []
        setter = self._setters.get(event.kind)
        if setter is None or not ALL_PARTS <= event.part <= PARTS:
            return []
        parts = range(1, PARTS + 1) if event.part == ALL_PARTS else (event.part,)
        return [Control(event.kind, part, event.index) for part in parts if setter(event, part)]

    def numbers(self, control: Control) -> tuple[float, ...]:
        """Return where a control stands: a place, or one number (in seconds, dB or whatever its event counts in)."""
        part = control.part
        if control.kind == Kind.LATENT:
            return tuple(self._latents[part])
        if control.kind == Kind.LATENT_DIMENSION:
            return (self._latents[part][control.index],)
        if control.kind == Kind.AXIS:
            return (self._positions[part][control.index],)
        return (self._numbers[control.kind][part],) if control.kind in AT_START else (self._gain_db,)

    def latent(self, part: int) -> tuple[float, ...]:
        """Return a part's place."""
        return tuple(self._latents[part])

    def worth_telling(self) -> list[Control]:
        """Return what someone who knows only the defaults has to be told, and all of part 1 besides."""
        latent, positions = self._defaults
        controls = []
        for part in range(1, PARTS + 1):
            if part == 1 or tuple(self._latents[part]) != latent:
                controls.append(Control(Kind.LATENT, part))
            for index in range(self._axes):
                if part == 1 or self._positions[part][index] != positions[index]:
                    controls.append(Control(Kind.AXIS, part, index))
            for kind, start in AT_START.items():
                if part == 1 or self._numbers[kind][part] != start:
                    controls.append(Control(kind, part))
        return [*controls, Control(Kind.GAIN)]

    def _set_latent(self, event: Event, part: int) -> bool:
        before, after = self._latents[part], list(event.values)
        if len(after) != self._latent_size or before == after:
            return False
        self._latents[part] = after
        return True

    def _set_dimension(self, event: Event, part: int) -> bool:
        if not 0 <= event.index < self._latent_size or self._latents[part][event.index] == event.value:
            return False
        self._latents[part][event.index] = event.value
        return True

    def _set_axis(self, event: Event, part: int) -> bool:
        value = min(max(event.value, 0.0), 1.0)
        if not 0 <= event.index < self._axes or self._positions[part][event.index] == value:
            return False
        self._positions[part][event.index] = value
        return True

    def _set_number(self, event: Event, part: int) -> bool:
        numbers = self._numbers[event.kind]
        before, numbers[part] = numbers[part], max(event.value, 0.0)
        return before != numbers[part]
