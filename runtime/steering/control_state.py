"""Where the controls of the instrument stand, as far as the interface knows: a mirror of the engine.

The engine says what has happened (PLAYED); this remembers the last of each. It serves clients that come late, and
whoever needs the present place, such as a random step away from it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.choke_groups import NO_GROUP, usual_groups
from runtime.events import ALL_PARTS, PARTS, Event, Kind
from runtime.latent.motion import USUAL_NUMBERS
from runtime.latent.motion import Motion as Which
from runtime.latent.state import GLIDE_SECONDS

AT_START: Final = {
    Kind.GLIDE: GLIDE_SECONDS,
    Kind.PLAY_MODE: 0.0,
    Kind.PORTAMENTO: 0.0,
    Kind.UNISON: 1.0,
    Kind.UNISON_SPREAD: 0.0,
    Kind.UNISON_WIDTH: 0.0,
    Kind.VARIATION: 0.0,
}
"""Controls of a part that are one number, whatever the model, and where they stand at the start."""
OF_THE_MIX: Final = {Kind.GAIN: 0.0, Kind.TEMPO: 120.0}
"""Those of the whole instrument."""
_LEAST_CHANGE: Final = {Kind.TEMPO: 0.02}
"""Changes too small to be told."""
MIRRORED: Final = frozenset(
    {
        Kind.LATENT,
        Kind.LATENT_DIMENSION,
        Kind.AXIS,
        Kind.MOTION,
        Kind.KEY_LATENT,
        Kind.CHOKE,
        *OF_THE_MIX,
        *AT_START,
    }
)
"""Events that leave a control somewhere else."""
Motion = tuple[float, tuple[float, ...]]
"""Amount and the motion's own numbers."""


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can change: its kind as an event, the part (0 for the whole mix), the axis or dimension.

    ``note`` is a key, or of a MOTION which one.
    """

    kind: Kind
    part: int = ALL_PARTS
    index: int = 0
    note: int = 0


def control_of(event: Event) -> Control:
    """Return what an event changes."""
    index = 0 if event.kind == Kind.CHOKE else event.index
    return Control(event.kind, event.part, index, event.note)


class ControlState:
    """Place, axes, motion, keys and plain numbers of every part, those of the mix. Not for several threads at once."""

    def __init__(self, metadata: DecoderMetadata, before: "ControlState | None" = None) -> None:
        """Start where the engine starts: default latent, default axes; the rest as on the model before."""
        self._latent_size: Final = metadata.latent_size
        self._axes: Final = len(metadata.axes)
        default_axes = [axis.rest for axis in metadata.axes]
        self._latents = [list(metadata.default_latent) for _ in range(PARTS + 1)]
        self._positions = [list(default_axes) for _ in range(PARTS + 1)]
        self._motions: list[dict[tuple[int, int], Motion]] = [{} for _ in range(PARTS + 1)]
        self._default_keys: Final = {note: tuple(latent) for note, latent in metadata.key_map.items()}
        self._keys = [dict(self._default_keys) for _ in range(PARTS + 1)]
        self._usual_groups: Final = usual_groups(metadata.pitched)
        self._groups: list[dict[int, int]] = [{} for _ in range(PARTS + 1)]
        """Choke groups as far as somebody has said."""
        self._numbers = {kind: [start] * (PARTS + 1) for kind, start in AT_START.items()}
        self._of_the_mix = dict(OF_THE_MIX)
        self._told = dict(self._of_the_mix)
        if before is not None:
            self._told = before._told
            self._numbers, self._of_the_mix, self._groups = before._numbers, before._of_the_mix, before._groups
        self._defaults: Final = (tuple(metadata.default_latent), tuple(default_axes))
        self._setters: Final[dict[Kind, Callable[[Event, int], bool]]] = {
            Kind.LATENT: self._set_latent,
            Kind.LATENT_DIMENSION: self._set_dimension,
            Kind.AXIS: self._set_axis,
            Kind.MOTION: self._set_motion,
            Kind.KEY_LATENT: self._set_key,
            Kind.CHOKE: self._set_group,
            **dict.fromkeys(AT_START, self._set_number),
        }

    def apply(self, event: Event) -> list[Control]:
        """Take over what an event changes; return what is different now, nothing if the event means nothing here."""
        if not (math.isfinite(event.value) and all(map(math.isfinite, event.values))):
            return []
        if event.kind in self._of_the_mix:
            self._of_the_mix[event.kind] = event.value
            # A clock's tempo is never quite the same twice.
            if abs(self._told[event.kind] - event.value) <= _LEAST_CHANGE.get(event.kind, 0.0):
                return []
            self._told[event.kind] = event.value
            return [Control(event.kind)]
        setter = self._setters.get(event.kind)
        if setter is None or not ALL_PARTS <= event.part <= PARTS:
            return []
        control = control_of(event)
        parts = range(1, PARTS + 1) if event.part == ALL_PARTS else (event.part,)
        return [Control(event.kind, part, control.index, control.note) for part in parts if setter(event, part)]

    def numbers(self, control: Control) -> tuple[float, ...]:
        """Return where a control stands: a place, or numbers in what its event counts in.

        A motion is its amount and its own numbers; a key its place, or nothing if it follows its part.
        """
        part = control.part
        if control.kind == Kind.LATENT:
            return tuple(self._latents[part])
        if control.kind == Kind.LATENT_DIMENSION:
            return (self._latents[part][control.index],)
        if control.kind == Kind.AXIS:
            return (self._positions[part][control.index],)
        if control.kind == Kind.MOTION:
            amount, values = self._motions[part].get((control.index, control.note), (0.0, ()))
            return (amount, *values)
        if control.kind == Kind.KEY_LATENT:
            return self._keys[part].get(control.note, ())
        if control.kind == Kind.CHOKE:
            return (float(self._group(part, control.note)),)
        return (self._numbers[control.kind][part] if control.kind in AT_START else self._of_the_mix[control.kind],)

    @property
    def axes_at_rest(self) -> tuple[float, ...]:
        """Positions of the axes, 0…1, at which they change nothing."""
        return self._defaults[1]

    def latent(self, part: int) -> tuple[float, ...]:
        """Return a part's place."""
        return tuple(self._latents[part])

    def axes(self, part: int) -> tuple[float, ...]:
        """Return the positions of a part's axes, 0…1."""
        return tuple(self._positions[part])

    def keys(self, part: int) -> dict[int, tuple[float, ...]]:
        """Return the places of the keys of a part that have one of their own."""
        return dict(self._keys[part])

    def default_key(self, note: int) -> tuple[float, ...]:
        """Return what the model itself gives a key; nothing for one that follows its part."""
        return self._default_keys.get(note, ())

    def groups(self, part: int) -> dict[int, int]:
        """Return the choke groups of the keys of a part that are in one."""
        groups = self._usual_groups | self._groups[part]
        return {note: group for note, group in groups.items() if group != NO_GROUP}

    def motions(self, part: int) -> dict[tuple[int, int], Motion]:
        """Return what moves the axes of a part: (axis, which motion) → amount and numbers."""
        return {key: motion for key, motion in self._motions[part].items() if motion[0]}

    def worth_telling(self, whole: int = 1) -> list[Control]:
        """Return what someone who knows only the defaults has to be told, and all of one part besides."""
        latent, positions = self._defaults
        controls = []
        for part in range(1, PARTS + 1):
            if part == whole or tuple(self._latents[part]) != latent:
                controls.append(Control(Kind.LATENT, part))
            for index in range(self._axes):
                if part == whole or self._positions[part][index] != positions[index]:
                    controls.append(Control(Kind.AXIS, part, index))
            for kind, start in AT_START.items():
                if part == whole or self._numbers[kind][part] != start:
                    controls.append(Control(kind, part))
            controls += [Control(Kind.MOTION, part, index, motion) for index, motion in self.motions(part)]
            controls += [Control(Kind.KEY_LATENT, part, 0, note) for note in self._changed_keys(part)]
            controls += [Control(Kind.CHOKE, part, 0, note) for note in sorted(self._groups[part])]
        return [*controls, *map(Control, OF_THE_MIX)]

    def _changed_keys(self, part: int) -> list[int]:
        """Keys of a part that play something else than the model gives them."""
        own, usual = self._keys[part], self._default_keys
        return sorted(note for note in own.keys() | usual.keys() if own.get(note) != usual.get(note))

    def _group(self, part: int, note: int) -> int:
        return self._groups[part].get(note, self._usual_groups.get(note, NO_GROUP))

    def _set_latent(self, event: Event, part: int) -> bool:
        before, after = self._latents[part], list(event.values)
        if len(after) != self._latent_size or before == after:
            return False
        self._latents[part] = after
        return True

    def _set_dimension(self, event: Event, part: int) -> bool:
        # A place is made of float32, as the engine has it, whichever way it was reached.
        value = float(np.float32(event.value))
        if not 0 <= event.index < self._latent_size or self._latents[part][event.index] == value:
            return False
        self._latents[part][event.index] = value
        return True

    def _set_axis(self, event: Event, part: int) -> bool:
        value = min(max(event.value, 0.0), 1.0)
        if not 0 <= event.index < self._axes or self._positions[part][event.index] == value:
            return False
        self._positions[part][event.index] = value
        return True

    def _set_motion(self, event: Event, part: int) -> bool:
        if not 0 <= event.index < self._axes or event.note not in Which._value2member_map_:
            return False
        usual = USUAL_NUMBERS[Which(event.note)]
        motions, key = self._motions[part], (event.index, event.note)
        # One that has ended keeps its numbers for when it begins again.
        before = motions.get(key, (0.0, usual))
        after = (event.value, (*event.values, *usual[len(event.values) :]) if event.values else before[1])
        motions[key] = after
        return before != after

    def _set_key(self, event: Event, part: int) -> bool:
        if len(event.values) not in (0, self._latent_size):
            return False
        keys, note = self._keys[part], event.note
        before = keys.pop(note, ())
        if event.values:
            keys[note] = event.values
        return before != event.values

    def _set_group(self, event: Event, part: int) -> bool:
        before, self._groups[part][event.note] = self._group(part, event.note), event.index
        return before != event.index

    def _set_number(self, event: Event, part: int) -> bool:
        numbers = self._numbers[event.kind]
        before, numbers[part] = numbers[part], max(event.value, 0.0)
        return before != numbers[part]
