"""Moves to other places in latent space: at random, across the map, between corners, and back again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from runtime.errors import LatentbridgeError
from runtime.events import ALL_PARTS, Event, Kind, Steering
from runtime.latent.axes import AxisDirections
from runtime.latent.interpolation import corner_weights, morph
from runtime.latent.outside import DataRange
from runtime.latent.prior import class_label, draw
from runtime.latent.sound_map import SoundMap
from runtime.steering.desk import Desk, Fact, Sender, parts_of, spoken_of
from runtime.steering.history import Stand
from runtime.steering.keys import Keys
from runtime.steering.locks import keep_locked

CORNERS: Final = ("A", "B", "C", "D")
"""Of the square that morphs cross: left and right below, left and right above."""
_STANDS_IN: Final = {"A": "BCD", "B": "ADC", "C": "ADB", "D": "BCA"}
"""Which corners take the place of one that holds nothing, the first that does: so two corners span a line."""

_SAME_POSITION: Final = 1e-6
"""Positions of axes nearer than this are told apart by rounding alone."""


@dataclass(slots=True)
class _Part:
    corners: dict[str, Stand] = field(default_factory=dict)
    morph: tuple[float, float] = (0.0, 0.0)
    map: tuple[float, float] | None = None
    """Where the map was touched, for a control that moves along one side only."""
    locked: set[int] = field(default_factory=set)


class Places:
    """Moves the parts of one desk. May be called from any thread."""

    def __init__(self, desk: Desk, keys: Keys, generator: np.random.Generator | None = None) -> None:
        self._desk, self._keys = desk, keys
        self._generator = np.random.default_rng() if generator is None else generator
        self._learn()
        desk.provide("outside", lambda fact: (self.outside(fact.part),))
        desk.provide("map", lambda fact: self.map_place(fact.part))
        desk.provide("morph", lambda fact: self._part(fact.part).morph)
        desk.provide("corner", lambda fact: (fact.detail,))
        desk.provide("lock", lambda fact: (int(fact.detail in self._part(fact.part).locked),))

    def set_model(self) -> None:
        """Move about in the space of the desk's present model; corners and locks are forgotten."""
        with self._desk.lock:
            self._learn()

    def worth_telling(self, whole: int = 1) -> list[Fact]:
        """Return what someone who knows nothing yet has to be told; of one part even what is as at first."""
        at_rest = (self._desk.metadata.default_latent, self._desk.state.axes_at_rest)
        facts = []
        for part in parts_of(ALL_PARTS):
            stand = self._desk.stand(part)
            if part == whole or (stand.latent, stand.axes) != at_rest:
                facts += [Fact("outside", part), Fact("map", part)]
        for part, own in self._parts.items():
            facts += [Fact("morph", part)] if own.corners else []
            facts += [Fact("corner", part, CORNERS.index(name)) for name in sorted(own.corners)]
            facts += [Fact("lock", part, axis) for axis in sorted(own.locked)]
        return facts

    # Moves ------------------------------------------------------------------------------------------------------

    def go_to(
        self,
        part: int,
        latent: tuple[float, ...],
        axes: Iterable[float] | None = None,
    ) -> None:
        """Send a part, or every part, to a place, and to positions of its axes 0…1 where given. Can be undone alone.

        Everybody is told, whoever asked included: nobody sent this place.
        """
        # Remembered once, so that a fader moved a moment later is undone apart from it.
        with self._desk.jump(part):
            self._move(part, latent, axes, remembers=False)

    def random(
        self,
        part: int,
        amount: float,
        temperature: float = 1.0,
        class_name: str = "",
    ) -> None:
        """Send a part towards a random place of a class, or of any; locked axes keep what they are named after.

        Raises LatentbridgeError if the model has no such class.
        """
        with self._desk.lock:
            metadata, present = self._desk.metadata, self._desk.state.latent(max(part, 1))
            label = class_label(metadata, class_name) if class_name else None
            place = draw(metadata, self._generator, amount, present, temperature, label)
            self.go_to(part, keep_locked(metadata, self._part(max(part, 1)).locked, present, place))

    def map(self, part: int, x: float | None, y: float | None, sender: Sender = None) -> None:
        """Send a part to the sound at a place of the map, 0…1 each; None leaves one where it is.

        Raises LatentbridgeError if the model has no map.
        """
        with self._desk.lock:
            for one in parts_of(part):
                own = self._part(one)
                before_x, before_y = own.map or self._map.place_of(self._desk.state.latent(one))
                place = (before_x if x is None else x, before_y if y is None else y)
                self._move(one, self._map.latent(*place))
                own.map = place
                self._desk.tell([Fact("map", one)], sender)

    def morph(self, part: int, x: float | None, y: float | None, sender: Sender = None) -> None:
        """Send a part to a place between the corners stored, 0…1 each; None leaves one where it is.

        Raises LatentbridgeError if no corner holds anything.
        """
        with self._desk.lock:
            for one in parts_of(part):
                own = self._part(one)
                corners = self._corners(one)
                at = (own.morph[0] if x is None else x, own.morph[1] if y is None else y)
                own.morph = at
                weights = corner_weights(len(corners), *at)
                positions = weights @ np.array([corner.axes for corner in corners]).reshape(len(corners), -1)
                self._move(one, morph([corner.latent for corner in corners], *at), positions.tolist())
                self._desk.tell([Fact("morph", one)], sender)

    def store_corner(self, part: int, letter: str, stand: Stand | None = None) -> None:
        """Keep where a part stands, or ``stand``, as a corner A…D. Raises LatentbridgeError for another letter."""
        name = letter.strip().upper()
        if name not in CORNERS:
            raise LatentbridgeError(f"There is no corner {letter!r}.", "A, B, C or D was expected.")
        with self._desk.lock:
            for one in parts_of(part):
                self._part(one).corners[name] = stand or self._desk.stand(one)
                self._desk.tell([Fact("corner", one, CORNERS.index(name))])

    def strike(self, part: int, x: float, y: float, note: int, velocity: float) -> None:
        """Let a place of the map, 0…1 each, be heard without going there. Raises LatentbridgeError without a map."""
        with self._desk.lock:
            self.strike_at(part, self._map.latent(x, y), note, velocity)

    def strike_at(self, part: int, latent: tuple[float, ...], note: int, velocity: float) -> None:
        """Let a note sound at a place, or with ``velocity`` 0 let it go; velocity counts 0…1."""
        kind = Kind.NOTE_ON if velocity > 0 else Kind.NOTE_OFF
        for one in parts_of(part):
            self._desk.do(Event(kind, part=one, note=note, value=velocity, values=latent if velocity > 0 else ()))

    def undo(self, part: int) -> None:
        """Send a part back to where it stood before the last gesture, its keys too.

        Raises LatentbridgeError if there was none.
        """
        self._step(part, is_undo=True)

    def redo(self, part: int) -> None:
        """Undo the last undoing. Raises LatentbridgeError if there was none, or the part has moved since."""
        self._step(part, is_undo=False)

    def lock(self, part: int, axis: int, is_locked: bool, sender: Sender = None) -> None:
        """Let random places keep what an axis is named after, or no more."""
        with self._desk.lock:
            for one in parts_of(part):
                locked = self._part(one).locked
                locked.add(axis) if is_locked else locked.discard(axis)
                self._desk.tell([Fact("lock", one, axis)], sender)

    def steer(self, event: Event) -> None:
        """Do what a MIDI control asks for (STEER). Raises LatentbridgeError where that is not possible."""
        what, part, value = Steering(event.index), event.part, event.value
        if what in (Steering.MAP_X, Steering.MAP_Y):
            self.map(part, *((value, None) if what is Steering.MAP_X else (None, value)))
        elif what in (Steering.MORPH_X, Steering.MORPH_Y):
            self.morph(part, *((value, None) if what is Steering.MORPH_X else (None, value)))
        else:
            self._step(part, is_undo=what is Steering.UNDO)

    # Questions --------------------------------------------------------------------------------------------------

    def locked(self, part: int) -> frozenset[int]:
        """Return the axes of a part that are locked."""
        return frozenset(self._part(part).locked)

    def outside(self, part: int, latent: tuple[float, ...] | None = None) -> float:
        """Return how far outside the data a part stands, or would at ``latent``, axes included: up to 1 is inside."""
        stand = self._desk.stand(part)
        positions = [self._directions.position(index, value) for index, value in enumerate(stand.axes)]
        place = stand.latent if latent is None else latent
        return self._range.outside(self._directions.offsets(np.array([positions]))[0] + place)

    def map_place(self, part: int) -> tuple[float, ...]:
        """Return where a part is on the map; nothing if the model has none."""
        if not len(self._map):
            return ()
        own, latent = self._part(part), self._desk.state.latent(part)
        if own.map is not None and self._map.latent(*own.map) == latent:
            return own.map
        own.map = None
        return self._map.place_of(latent)

    def map_of(self, latent: tuple[float, ...]) -> tuple[float, ...]:
        """Return about where on the map a place is; nothing if the model has none, or it is another model's place."""
        is_ours = len(latent) == self._desk.metadata.latent_size
        return self._map.place_of(latent) if is_ours and len(self._map) else ()

    def _learn(self) -> None:
        metadata = self._desk.metadata
        self._map, self._range = SoundMap(metadata.map_points), DataRange(metadata)
        self._directions = AxisDirections(metadata.axes, metadata.latent_size)
        self._parts: dict[int, _Part] = {}

    def _part(self, part: int) -> _Part:
        return self._parts.setdefault(part, _Part())

    def _move(
        self, part: int, latent: tuple[float, ...], axes: Iterable[float] | None = None, remembers: bool = True
    ) -> None:
        desk, positions = self._desk, list(axes or ())
        desk.do(Event(Kind.LATENT, part=part, values=latent), remembers=remembers)
        for one in parts_of(part):
            for index, (now, position) in enumerate(zip(desk.state.axes(one), positions, strict=False)):
                if abs(now - position) > _SAME_POSITION:
                    desk.do(Event(Kind.AXIS, part=one, index=index, value=position), remembers=remembers)

    def _step(self, part: int, is_undo: bool) -> None:
        with self._desk.lock:
            history, moved = self._desk.history, False
            for one in parts_of(part):
                present = self._desk.stand(one)
                stand = history.undo(one, present) if is_undo else history.redo(one, present)
                if stand is not None:
                    moved = True
                    self._return_to(one, stand)
            if not moved:
                raise LatentbridgeError(f"There is nothing to {'undo' if is_undo else 'redo'}.")

    def _return_to(self, part: int, stand: Stand) -> None:
        self._desk.do(Event(Kind.LATENT, part=part, values=stand.latent), remembers=False)
        for index, (now, then) in enumerate(zip(self._desk.state.axes(part), stand.axes, strict=True)):
            if abs(now - then) > _SAME_POSITION:
                self._desk.do(Event(Kind.AXIS, part=part, index=index, value=then), remembers=False)
        self._keys.return_to(part, stand)

    def _corners(self, part: int) -> list[Stand]:
        own = self._part(part)
        if not own.corners:
            raise LatentbridgeError(
                "There is nothing to morph between.",
                "",
                f"Store at least two corners first: /lb/{spoken_of('morph/store', part)} A.",
            )
        names = [next(c for c in (name, *_STANDS_IN[name]) if c in own.corners) for name in CORNERS]
        return [own.corners[name] for name in names]
