"""Sounds for a kit, of given classes and none like another: several are drawn for each place, the least alike stays.

That is Mitchell's best-candidate sampling (SIGGRAPH 1991), with sounds for points: what is compared is what is heard,
not where it lies in latent space, where equal distances may be a shade or another instrument. Unlike the farthest of a
large pool it does not collect oddities.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.engine.noise import LARGEST_SEED
from runtime.engine.replay import planned_note, render_notes
from runtime.errors import LatentbridgeError
from runtime.latent.outside import DataRange
from runtime.latent.prior import draw
from runtime.oneshots.kit_looks import Audio, Levels, Looks, levels_of

NearCopy = Callable[[Audio], bool]
"""Whether a sound [channels, frames], at the model's rate and at most PREVIEW_SECONDS long, is too near to a training
sound, so that another one has to be drawn."""

PREVIEW_SECONDS: Final = 0.6
"""How much of a sound is made to choose it by: of drums nearly all, of notes the attack and what follows."""
MOST_CANDIDATES: Final = 8
"""Sounds drawn for each place in a kit of usual size …"""
CANDIDATES_IN_ALL: Final = 600
"""… and about in all where there are many places; never fewer than two for each."""
VELOCITY: Final = 100 / 127
NEAR: Final = 0.35
"""How far from a place its surroundings reach, on the way to any other sound."""
_SILENT_PEAK: Final = 10 ** (-60 / 20)
_MOST_ROUNDS: Final = 12
_MOST_DRAWS: Final = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to sound at one place of a kit: a class (−1 for any) and the note that the model plays."""

    label: int
    note: int
    held_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sound that was chosen."""

    latent: tuple[float, ...]
    seed: int
    nearest: int
    """Which other of the chosen sounds is most like it; −1 if it is alone …"""
    nearest_db: float
    """… and how far it is: mean difference of log-mel levels, infinite if it is alone."""


def choose(
    decoder: Decoder,
    wishes: Sequence[Wish],
    generator: np.random.Generator,
    near: tuple[float, ...] | None = None,
    is_near_copy: NearCopy | None = None,
    progress: Callable[[int, int], Any] = lambda done, of: None,
    candidates: int | None = None,
) -> list[Chosen]:
    """Choose a sound for each wish.

    ``near`` keeps to the surroundings of a place (:data:`NEAR` of the way from it), ``is_near_copy`` says what is to be
    drawn again, ``progress`` is told how many sounds are drawn, of how many; ``candidates`` are drawn for each wish, as
    many as usual if None. Raises LatentbridgeError if a class is not known, or nothing of it sounds.
    """
    fresh = _Candidates(decoder, generator, near)
    each = candidates or min(max(round(CANDIDATES_IN_ALL / max(len(wishes), 1)), 2), MOST_CANDIDATES)
    found: list[list[_Candidate]] = [[] for _ in wishes]
    for _ in range(_MOST_ROUNDS):
        places = [place for place, have in enumerate(found) if not have for _ in range(each)]
        if not places:
            break
        drawn = [(place, *fresh.draw(wishes[place])) for place in places]
        notes = (
            planned_note(decoder.metadata, wishes[place].note, VELOCITY, latent, seed, wishes[place].held_seconds)
            for place, latent, seed in drawn
        )
        for done, (number, audio) in enumerate(render_notes(decoder, notes, fresh.preview_frames), 1):
            place, latent, seed = drawn[number]
            if float(np.abs(audio).max(initial=0)) > _SILENT_PEAK and not (is_near_copy and is_near_copy(audio)):
                levels = levels_of(audio, decoder.metadata.sample_rate)
                found[place].append(_Candidate(number, latent, seed, levels))
            progress(done, len(drawn))
    if not all(found):
        label = wishes[found.index([])].label
        what = f"of the class {decoder.metadata.class_of(label)} " if label >= 0 else ""
        raise LatentbridgeError(
            f"{decoder.metadata.name} gives no sound {what}that a kit can use.",
            f"Of {each * _MOST_ROUNDS} drawn, all were silent or too near to a sound that it was trained on.",
            "Choose other classes, or another seed.",
        )
    # Sounds come in the order in which they end, which is not for chance to depend on.
    return _least_alike([sorted(candidates, key=lambda one: one.number) for candidates in found])


@dataclass(frozen=True, slots=True)
class _Candidate:
    number: int
    latent: tuple[float, ...]
    seed: int
    levels: Levels


class _Candidates:
    """Draws places that the model knows, and that belong to the class that is wanted."""

    def __init__(self, decoder: Decoder, generator: np.random.Generator, near: tuple[float, ...] | None = None) -> None:
        self._metadata: DecoderMetadata = decoder.metadata
        self._generator, self._near = generator, near
        self._range = DataRange(decoder.metadata)
        self.preview_frames = round(PREVIEW_SECONDS * decoder.metadata.sample_rate)

    def draw(self, wish: Wish) -> tuple[tuple[float, ...], int]:
        """Return a place inside the data, nearest to its own class where the prior knows the class, and a seed."""
        label = wish.label if wish.label >= 0 else None
        amount = 1.0 if self._near is None else NEAR
        is_known = wish.label in self._range.labels and label is not None and self._near is None
        for _ in range(_MOST_DRAWS):
            latent = draw(self._metadata, self._generator, amount, self._near, label=label)
            is_own = not is_known or self._range.label(latent) == wish.label
            if is_own and self._range.outside(latent) <= 1:
                break
        return latent, int(self._generator.integers(1, LARGEST_SEED, endpoint=True))


def _least_alike(places: Sequence[Sequence[_Candidate]]) -> list[Chosen]:
    """Choose one of each place's candidates, one place after the other: the farthest from all that are chosen."""
    looks, picked = Looks(len(places)), []
    nearest, far = np.full(len(places), -1), np.full(len(places), np.inf)
    for place, candidates in enumerate(places):
        rows = [looks.distances_db(one.levels) for one in candidates]
        best = int(np.argmax([row.min() for row in rows])) if place else 0
        picked.append(candidates[best])
        looks.add(candidates[best].levels)
        closer = rows[best] < far[:place]
        far[:place][closer], nearest[:place][closer] = rows[best][closer], place
        if place:
            nearest[place], far[place] = rows[best].argmin(), rows[best].min()
    return [
        Chosen(one.latent, one.seed, int(other), float(db)) for one, other, db in zip(picked, nearest, far, strict=True)
    ]
