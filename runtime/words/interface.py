"""What it means to find a sound by words, whatever finds it.

:class:`runtime.words.search.WordSearch` does it by a table of words and a model's named axes. An encoder of text and
audio would be another :class:`TextToPlace`, and nothing that asks would have to change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Understood:
    """Words of the text and what they were taken to mean, both for the person who wrote them."""

    words: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that means nothing here, and known words that are spelled like it."""

    word: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The place that a text means.

    ``latent`` (latent_size numbers, rounded to float32) is all of it: played with every axis at rest, it sounds as
    found. ``axes`` says where it lies along each named axis: the share of the sounds of its class that are less bright,
    less long …, 0…1. ``missing`` are words about axes that the model does not have. ``steps`` are the moves from the
    present place in widths of each axis, signed, of a text that was relative to it, else empty. ``outside`` is how far
    outside the data it is (up to 1 is inside), and ``was_held`` that the words would have led farther than the data go.
    """

    latent: tuple[float, ...]
    axes: dict[str, float]
    class_name: str
    understood: tuple[Understood, ...]
    unknown: tuple[Unknown, ...]
    missing: tuple[str, ...]
    steps: dict[str, float]
    outside: float
    was_held: bool = False


class TextToPlace(Protocol):
    """Finds places of one model by words."""

    def find(self, text: str, present: Sequence[float] | None = None) -> Found:
        """Return the place that ``text`` means.

        ``present`` (latent_size numbers) is where "brighter" starts from; the model's default if None. Raises
        LatentbridgeError if nothing of the text is understood, naming what would be.
        """
        ...
