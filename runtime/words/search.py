"""What a phrase means → a place: among the training sounds of a class, or by steps from where one is.

"Short bright snare" is looked for among the snares on the model's map: each is as bright as ``gradient @ latent`` says,
and bright means brighter than most *snares*. The sound nearest to all that was asked for is chosen; what it still lacks
is added along the axes. "Brighter" moves the present place along the axes. No step leads farther outside the data than
``FARTHEST_OUTSIDE``, or than the place it began with.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.contract import Axis, DecoderMetadata
from runtime.errors import LatentbridgeError
from runtime.latent.outside import DataRange
from runtime.words.interface import Found
from runtime.words.parsing import Parser, Phrase
from runtime.words.vocabulary import VERY

Numbers = NDArray[np.float64]

STEP: Final = 0.2
"""How much of an axis' width "brighter" moves it."""
FARTHEST_OUTSIDE: Final = 1.1
MOST_PUSH: Final = 0.35
"""How much of an axis' width may be added to a sound of the map."""
_UNASKED: Final = 0.05
"""How much an axis of which nothing was said counts: of two equally bright snares the more usual one."""
_LEAST_SPREAD: Final = 1e-6
_FEW: Final = 8
"""A class of fewer sounds does not tell what is much in it."""
_BISECTIONS: Final = 12


class WordSearch:
    """Finds places of one model by the table of words: see :class:`runtime.words.interface.TextToPlace`."""

    def __init__(self, metadata: DecoderMetadata) -> None:
        self._metadata = metadata
        self.parser: Final = Parser(metadata)
        self._names = [axis.name for axis in metadata.axes]
        size = metadata.latent_size
        self._gradients = np.array([gradient_of(axis) for axis in metadata.axes]).reshape(-1, size)
        self._directions = np.array([axis.direction for axis in metadata.axes], np.float64).reshape(-1, size)
        self._widths = np.array([axis.maximum - axis.minimum for axis in metadata.axes])
        self._range = DataRange(metadata)
        self._points = np.array([point.latent for point in metadata.map_points], np.float64).reshape(-1, size)
        self._labels = np.array([point.label for point in metadata.map_points], np.int64)

    def find(self, text: str, present: Sequence[float] | None = None) -> Found:
        """Return the place that ``text`` means.

        ``present`` (latent_size numbers) is where "brighter" starts from; the model's default if None. Raises
        LatentbridgeError if nothing of the text is understood, naming what would be.
        """
        phrase = self.parser.parse(text)
        if not phrase.understood:
            raise self._nothing(text, phrase)
        start = np.asarray(self._metadata.default_latent if present is None else present, np.float64)
        wishes = np.array([phrase.wishes.get(name, 0.0) for name in self._names])
        labels = phrase.labels
        if not labels and present is not None and (here := self._range.label(start.tolist())) >= 0:
            labels = (here,)
        among = self._sounds_of(labels)
        steps: dict[str, float] = {}
        if self._is_step(phrase, present is not None, start):
            place, was_held = self._step(start, wishes)
            steps = {name: float(STEP * wish) for name, wish in zip(self._names, wishes, strict=True) if wish}
        elif len(phrase.labels) == 1 and not wishes.any() and self._class_of(labels) in self._metadata.presets:
            place, was_held = np.asarray(self._metadata.presets[self._class_of(labels)]), False
        else:
            place, was_held = self._push(among, self._nearest(among, wishes), wishes)
        latent = tuple(place.astype(np.float32).tolist())
        return Found(
            latent=latent,
            axes=dict(zip(self._names, self._shares(among, place), strict=True)),
            class_name=self._class_of(phrase.labels) or self._metadata.class_of(self._range.label(latent)),
            understood=phrase.understood,
            unknown=phrase.unknown,
            missing=phrase.missing,
            steps=steps,
            outside=self._range.outside(latent),
            was_held=was_held,
        )

    # --- among the sounds of a class -------------------------------------------------------------------------------

    def _sounds_of(self, labels: tuple[int, ...]) -> Numbers:
        """The known places of some classes, of all if none is named, [sounds, latent_size]; at least one."""
        is_wanted = np.isin(self._labels, labels) if labels else np.ones(len(self._labels), bool)
        found = self._points[is_wanted]
        if len(found) < _FEW:
            parts = [part.mean for part in self._metadata.prior if not labels or part.label in labels]
            found = np.concatenate([found, np.array(parts, np.float64).reshape(-1, found.shape[1])])
        return found if len(found) else np.asarray(self._metadata.default_latent, np.float64)[None]

    def _targets(self, among: Numbers, wishes: Numbers) -> tuple[Numbers, Numbers]:
        """The value of each axis' descriptor that is asked for (the usual one where nothing is), and its spread."""
        values = among @ self._gradients.T
        middle = np.median(values, axis=0)
        # Of a class of few sounds nobody knows how much is much: what is much for all sounds is halved.
        wide = (self._points if len(self._points) > 1 else among) @ self._gradients.T
        spread = values.std(axis=0) if len(among) >= _FEW else 0.5 * wide.std(axis=0)
        spread = np.maximum(spread, np.maximum(_LEAST_SPREAD, 0.05 * self._widths * self._rates()))
        targets = middle + wishes * spread
        if len(among) >= _FEW:
            shares = np.array([NormalDist().cdf(wish) for wish in wishes])
            ranked = np.array([np.quantile(column, share) for column, share in zip(values.T, shares, strict=True)])
            is_utmost = np.abs(wishes) > VERY
            farther = np.where(wishes > 0, np.maximum(targets, ranked), np.minimum(targets, ranked))
            targets = np.where(is_utmost, farther, ranked)
        return np.where(wishes != 0, targets, middle), spread

    def _rates(self) -> Numbers:
        """How fast each descriptor moves with its own axis."""
        return np.asarray(np.abs(np.einsum("ij,ij->i", self._gradients, self._directions)))

    def _nearest(self, among: Numbers, wishes: Numbers) -> Numbers:
        """The known place nearest to what is asked for."""
        targets, spread = self._targets(among, wishes)
        away = (among @ self._gradients.T - targets) / spread
        # Darker than dark enough is not as wrong as too bright.
        away = np.where(away * np.sign(wishes) > 0, 0.5 * away, away)
        weights = np.where(wishes != 0, 1.0, _UNASKED)
        usual = np.array([self._range.outside(place) for place in among])
        middle = np.median(among, axis=0)
        oddness = ((among - middle) ** 2).sum(axis=1) / max(float(((among - middle) ** 2).sum(axis=1).mean()), 1e-12)
        costs = away**2 @ weights + _UNASKED * (oddness + np.maximum(usual - 1, 0) * 10)
        return np.asarray(among[int(np.argmin(costs))])

    def _push(self, among: Numbers, place: Numbers, wishes: Numbers) -> tuple[Numbers, bool]:
        """Move a known place along the axes by what it lacks of what is asked for."""
        asked = np.flatnonzero(wishes)
        if not len(asked):
            return place, False
        targets, _ = self._targets(among, wishes)
        lacking = (targets - self._gradients @ place)[asked]
        lacking = np.where(lacking * wishes[asked] > 0, lacking, 0.0)
        rates = self._gradients[asked] @ self._directions[asked].T
        moves = np.linalg.lstsq(rates, lacking, rcond=1e-3)[0]
        most = MOST_PUSH * self._widths[asked]
        moves = np.where(moves * wishes[asked] > 0, moves.clip(-most, most), 0.0)
        return self._held(place, moves @ self._directions[asked])

    # --- from the present place ------------------------------------------------------------------------------------

    def _is_step(self, phrase: Phrase, is_somewhere: bool, start: Numbers) -> bool:
        """Whether a phrase speaks of the present place: "a brighter snare" does so only where one is at a snare."""
        if not phrase.is_relative or not phrase.labels:
            return phrase.is_relative
        return is_somewhere and self._range.label(start.tolist()) in phrase.labels

    def _step(self, start: Numbers, wishes: Numbers) -> tuple[Numbers, bool]:
        return self._held(start, (STEP * wishes * self._widths) @ self._directions)

    def _held(self, start: Numbers, move: Numbers) -> tuple[Numbers, bool]:
        """Go from ``start`` as much of ``move`` as stays near the data, and say whether that is less than all."""
        limit = max(FARTHEST_OUTSIDE, self._range.outside(start.tolist()))
        if self._range.outside((start + move).tolist()) <= limit:
            return start + move, False
        inside, beyond = 0.0, 1.0
        for _ in range(_BISECTIONS):
            middle = (inside + beyond) / 2
            is_inside = self._range.outside((start + middle * move).tolist()) <= limit
            inside, beyond = (middle, beyond) if is_inside else (inside, middle)
        return start + inside * move, True

    # --- what is said about it -------------------------------------------------------------------------------------

    def _shares(self, among: Numbers, place: Numbers) -> list[float]:
        """Of each axis the share of sounds that have less of it than this place, 0…1."""
        values, own = among @ self._gradients.T, self._gradients @ place
        less, same = (values < own - _LEAST_SPREAD).mean(axis=0), (np.abs(values - own) <= _LEAST_SPREAD).mean(axis=0)
        return [float(share) for share in less + 0.5 * same]

    def _class_of(self, labels: tuple[int, ...]) -> str:
        return self._metadata.class_of(labels[0]) if len(labels) == 1 else ""

    def _nothing(self, text: str, phrase: Phrase) -> LatentbridgeError:
        """What to say of a text of which nothing is understood."""
        name, known = self._metadata.name, self.parser.known_words()
        classes = f"It knows the classes {', '.join(self._metadata.classes)}" if self._metadata.classes else ""
        qualities = f"the words {', '.join(known)}" if known else ""
        expected = f"{classes} and {qualities}." if classes and qualities else f"{classes or 'It knows ' + qualities}."
        if not classes and not qualities:
            expected = "It has neither classes nor named axes."
        if phrase.missing:
            missing = ", ".join(repr(word) for word in phrase.missing)
            return LatentbridgeError(
                f"{name} has no axis for {missing}.", expected, "Name one of these, or calibrate the model again."
            )
        near = [word for unknown in phrase.unknown for word in unknown.near]
        remedy = f"Did you mean {', '.join(dict.fromkeys(near))}?" if near else 'Try something like "a short one".'
        wrong = f"Nothing of {text[:60]!r} is understood." if text.strip() else "There are no words."
        return LatentbridgeError(wrong, expected, remedy)


def gradient_of(axis: Axis) -> Numbers:
    """Return how fast an axis' descriptor rises along each latent dimension; for one without a descriptor, its own."""
    if axis.gradient is not None:
        return np.asarray(axis.gradient, np.float64)
    direction = np.asarray(axis.direction, np.float64)
    return direction / max(float(direction @ direction), 1e-12)
