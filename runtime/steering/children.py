"""Eight sounds near the one that a part plays, to hear and to choose from: small mutations of it, among the data.

They stray in the directions in which sounds of that kind differ (:mod:`runtime.latent.spread`), in four pairs: what
child n has more of, child 9 − n has less of. So around a square they lie opposite each other. The same seed and amount
give the same children of the same sound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from runtime.errors import LatentbridgeError
from runtime.latent.prior import FARTHEST_DEVIATIONS
from runtime.latent.spread import Spread
from runtime.steering.desk import Desk, Fact, Told, parts_of
from runtime.steering.locks import keep_locked
from runtime.steering.places import Places

CHILDREN: Final = 8
LARGEST_SEED: Final = 9999
"""Few enough to be read aloud and typed."""
_STEPS_BACK: Final = 12
_SHORTER: Final = 0.75
"""Of a mutation that leads out of the data, so much is tried next."""
_FARTHER_OUT: Final = 1.05
"""A sound that is outside itself has children too."""
_NOWHERE: Final = -1.0


@dataclass(frozen=True, slots=True)
class _Litter:
    amount: float
    seed: int
    places: tuple[tuple[float, ...], ...]


class Children:
    """Those of each part of one desk. May be called from any thread."""

    def __init__(self, desk: Desk, places: Places, generator: np.random.Generator | None = None) -> None:
        self._desk, self._places = desk, places
        self._generator = np.random.default_rng() if generator is None else generator
        self.set_model()
        desk.provide("children", self._children_numbers)
        desk.provide("child", self._child_numbers)

    def set_model(self) -> None:
        """Begin anew in the space of the desk's present model."""
        with self._desk.lock:
            self._spread = Spread.of(self._desk.metadata)
            self._litters: dict[int, _Litter] = {}

    def worth_telling(self) -> list[Fact]:
        """Return what someone who knows nothing yet has to be told."""
        return [fact for part in self._litters for fact in _facts(part)]

    def make(self, part: int, amount: float, seed: int | None = None) -> None:
        """Give a part other children: ``amount`` 1 strays as far as sounds of that kind differ, 0 not at all.

        Locked axes keep what they are named after. Without a ``seed`` one is drawn. Everybody is told.
        """
        with self._desk.lock:
            drawn = int(self._generator.integers(LARGEST_SEED + 1)) if seed is None else seed
            for one in parts_of(part):
                self._litters[one] = _Litter(amount, drawn, tuple(self._mutations(one, amount, drawn)))
                self._desk.tell(list[Told](_facts(one)))

    def take(self, part: int, number: int) -> None:
        """Send a part to a child, 1…8. Raises LatentbridgeError if there are none."""
        with self._desk.lock:
            for one in parts_of(part):
                self._places.go_to(one, self._place(one, number))

    def strike(self, part: int, number: int, note: int, velocity: float) -> None:
        """Let a child be heard without going there; see :meth:`Places.strike_at`. Raises LatentbridgeError."""
        with self._desk.lock:
            for one in parts_of(part):
                self._places.strike_at(one, self._place(one, number), note, velocity)

    def _mutations(self, part: int, amount: float, seed: int) -> Iterator[tuple[float, ...]]:
        metadata, present = self._desk.metadata, self._desk.state.latent(part)
        generator = np.random.default_rng(seed)
        deviations = generator.standard_normal((CHILDREN // 2, metadata.latent_size))
        deviations = deviations.clip(-FARTHEST_DEVIATIONS, FARTHEST_DEVIATIONS) * amount
        for strays in (*deviations, *-deviations[::-1]):
            wanted = np.array(present) + self._spread.offset(np.array(present), strays)
            place = keep_locked(metadata, self._places.locked(part), present, tuple(wanted.tolist()))
            yield self._among_the_data(part, present, place)

    def _among_the_data(self, part: int, present: tuple[float, ...], place: tuple[float, ...]) -> tuple[float, ...]:
        """Return how far the way to a place leads without leaving the data, or hardly farther out than it began."""
        start, way = np.array(present), np.array(place) - present
        farthest = max(1.0, _FARTHER_OUT * self._places.outside(part))
        for _ in range(_STEPS_BACK):
            found = tuple((start + way).astype(np.float32).tolist())
            if self._places.outside(part, found) <= farthest:
                return found
            way *= _SHORTER
        return present

    def _place(self, part: int, number: int) -> tuple[float, ...]:
        litter = self._litters.get(part)
        if litter is None:
            raise LatentbridgeError("There are no children yet.", "", "Ask for some first: /lb/children 0.3.")
        return litter.places[number - 1]

    def _children_numbers(self, fact: Fact) -> tuple[float, ...]:
        litter = self._litters.get(fact.part)
        return () if litter is None else (litter.amount, litter.seed)

    def _child_numbers(self, fact: Fact) -> tuple[float, ...]:
        litter = self._litters.get(fact.part)
        if litter is None:
            return ()
        place = litter.places[fact.detail - 1]
        return (fact.detail, *(self._places.map_of(place) or (_NOWHERE, _NOWHERE)), *place)


def _facts(part: int) -> list[Fact]:
    return [Fact("children", part), *(Fact("child", part, number) for number in range(1, CHILDREN + 1))]
