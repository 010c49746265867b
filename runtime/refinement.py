"""A search over latent space for the place that sounds most like a given sound: a few hundred decodings, by itself.

Covariance matrix adaptation (Hansen, The CMA Evolution Strategy: A Tutorial, 2016, arXiv:1604.00772), in coordinates
in which the model's prior is round: directions in which the training sounds vary much are searched wide, those in which
they do not are hardly left. It begins with what is known: the encoder's answer, and training sounds that are near it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.latent.outside import DataRange
from runtime.likeness import Closeness

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]

POPULATION: Final = 16
"""Places tried at a time: the voices of one call of the decoder."""
ROUNDS: Final = 20
FIRST_STEP: Final = 0.35
"""Of the search, in deviations of the prior."""
OUTSIDE_DB: Final = 4.0
"""What one unit outside the data counts: a place has to be so much closer to be worth leaving them for; …"""
WALL_OUTSIDE, WALL_DB = 1.25, 50.0
"""… and what it counts besides so far outside, where next to nothing that was learned lies."""


class Target(Protocol):
    """What places are held to: see :class:`runtime.sample_target.SampleTarget`."""

    def beginnings(self, latents: Floats) -> list[Closeness]:
        """Return how far each place [places, latent_size] is from what a search listens to."""
        ...

    def wholes(self, latents: Floats) -> list[Closeness]:
        """Return how far each place [places, latent_size] is from the whole sound."""
        ...


@dataclass(frozen=True, slots=True)
class Refined:
    """The place found, [latent_size], how far it is from the sound, how far the first one was, and places tried."""

    latent: Floats
    closeness: Closeness
    first: Closeness
    tried: int


def refine(
    metadata: DecoderMetadata,
    first: Floats,
    target: Target,
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
    on_round: Callable[[int, float], None] = lambda done, best_db: None,
) -> Refined:
    """Return a place whose log-mel distance is at most that of ``first`` [latent_size].

    Args:
        metadata: of the model.
        first: where to begin: what the encoder says.
        target: what is searched for.
        rounds: how often POPULATION places are tried.
        seed: the same one gives the same place.
        on_round: called with the rounds done and the least log-mel distance so far.
    """
    search = _Search(metadata, first, np.random.Generator(np.random.Philox(seed)))
    data = DataRange(metadata)
    places: list[Floats] = []
    costs: list[float] = []
    least_db = np.inf
    for done in range(1, rounds + 1):
        asked = search.ask()
        heard = target.beginnings(asked)
        found = [_cost_db(data, place, closeness) for place, closeness in zip(asked, heard, strict=True)]
        search.tell(np.array(found))
        places += list(asked)
        costs += found
        least_db = min(least_db, *(closeness.log_mel_db for closeness in heard))
        on_round(done, least_db)
    best = [places[index] for index in np.argsort(costs, kind="stable")[: POPULATION - 1]]
    return _closest(data, np.stack([first, *best]), target, len(places))


def _cost_db(data: DataRange, place: Floats, closeness: Closeness) -> float:
    outside = data.outside(place.tolist())
    return closeness.cost_db + OUTSIDE_DB * max(outside - 1.0, 0.0) + WALL_DB * max(outside - WALL_OUTSIDE, 0.0)


def _closest(data: DataRange, places: Floats, target: Target, tried: int) -> Refined:
    """Hold the best places to the whole sound; the first of them is where the search began."""
    heard = target.wholes(places)
    costs = [_cost_db(data, place, closeness) for place, closeness in zip(places, heard, strict=True)]
    # What is less close than the encoder's own answer is no refinement, whatever else speaks for it.
    allowed = [i for i, closeness in enumerate(heard) if closeness.log_mel_db <= heard[0].log_mel_db]
    best = min(allowed, key=costs.__getitem__)
    return Refined(places[best], heard[best], heard[0], tried)


class _Search:
    """CMA-ES with rank-one and rank-µ updates; places are latents, coordinates inside are round in the prior."""

    def __init__(self, metadata: DecoderMetadata, first: Floats, random: np.random.Generator) -> None:
        size = metadata.latent_size
        self._random, self._size = random, size
        self._scale = _data_scale(metadata)
        self._origin = first.astype(np.float64)
        self._mean, self._step, self._covariance = np.zeros(size), FIRST_STEP, np.eye(size)
        parents = POPULATION // 2
        weights = np.log(parents + 0.5) - np.log(np.arange(1, parents + 1))
        self._weights = weights / weights.sum()
        mass = 1 / (self._weights**2).sum()
        self._mass = mass
        self._c_path = (4 + mass / size) / (size + 4 + 2 * mass / size)
        self._c_step = (mass + 2) / (size + mass + 5)
        self._c_one = 2 / ((size + 1.3) ** 2 + mass)
        self._c_many = min(1 - self._c_one, 2 * (mass - 2 + 1 / mass) / ((size + 2) ** 2 + mass))
        self._damping = 1 + 2 * max(0.0, np.sqrt((mass - 1) / (size + 1)) - 1) + self._c_step
        self._path, self._step_path = np.zeros(size), np.zeros(size)
        self._expected = np.sqrt(size) * (1 - 1 / (4 * size) + 1 / (21 * size**2))
        self._round = 0
        self._known = _known_places(metadata, first)
        self._asked = np.zeros((POPULATION, size))

    def ask(self) -> Floats:
        """Return POPULATION places to be tried; the first of the first round is the one to begin with."""
        draws = self._random.standard_normal((POPULATION, self._size))
        values, vectors = np.linalg.eigh(self._covariance)
        self._root = (vectors * np.sqrt(np.maximum(values, 1e-12))) @ vectors.T
        self._inverse_root = (vectors / np.sqrt(np.maximum(values, 1e-12))) @ vectors.T
        self._asked = self._mean + self._step * draws @ self._root
        if self._round == 0:
            known = np.linalg.solve(self._scale, (self._known - self._origin).T).T
            self._asked[: len(known)] = known
        return np.asarray((self._origin + self._asked @ self._scale.T).astype(np.float32), np.float32)

    def tell(self, costs: Numbers) -> None:
        """Take the costs of the places asked for, lower is better, and move on."""
        order = np.argsort(costs, kind="stable")
        if self._round == 0:
            # Known places say where to begin, not in which direction to go on.
            self._mean = self._asked[order[0]].copy()
            self._round = 1
            return
        steps = (self._asked[order[: len(self._weights)]] - self._mean) / self._step
        move = self._weights @ steps
        self._mean = self._mean + self._step * move
        c_step, c_path = self._c_step, self._c_path
        self._step_path = (1 - c_step) * self._step_path + np.sqrt(c_step * (2 - c_step) * self._mass) * (
            self._inverse_root @ move
        )
        length = float(np.linalg.norm(self._step_path))
        is_moving = length / np.sqrt(1 - (1 - c_step) ** (2 * self._round)) < (1.4 + 2 / (self._size + 1)) * (
            self._expected
        )
        self._path = (1 - c_path) * self._path + is_moving * np.sqrt(c_path * (2 - c_path) * self._mass) * move
        self._covariance = (
            (1 - self._c_one - self._c_many) * self._covariance
            + self._c_one * np.outer(self._path, self._path)
            + self._c_many * np.einsum("k,ki,kj->ij", self._weights, steps, steps)
        )
        self._step *= float(np.exp((c_step / self._damping) * (length / self._expected - 1)))
        self._round += 1


def _data_scale(metadata: DecoderMetadata) -> Numbers:
    """Lower-triangular factor of the mean covariance of the prior's components."""
    if not metadata.prior:
        return np.eye(metadata.latent_size)
    scales = np.array([part.scale for part in metadata.prior])
    weights = np.array([part.weight for part in metadata.prior])
    return np.asarray(np.linalg.cholesky(np.einsum("k,kij,klj->il", weights / weights.sum(), scales, scales)))


def _known_places(metadata: DecoderMetadata, first: Floats) -> Numbers:
    """The encoder's answer, the training sounds nearest to it, and places half way to them; at most POPULATION."""
    known = [first.astype(np.float64)]
    if metadata.map_points:
        points = np.array([point.latent for point in metadata.map_points])
        away = np.linalg.norm(np.linalg.solve(_data_scale(metadata), (points - first).T), axis=0)
        nearest = points[np.argsort(away, kind="stable")[: (POPULATION - 1) // 2]]
        known += [*nearest, *((nearest + first) / 2)]
    return np.array(known)
