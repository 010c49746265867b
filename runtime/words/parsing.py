"""A phrase → what it says: kinds of sound, and how far along which axis.

Words are taken from left to right, the longest known run of up to three at a time: "open hi hat" before "hi hat". An
amount ("a bit", "much"), a "more", a "not" or a "too" speaks of the next quality; an amount at the end of a phrase, of
the last.
"""

import difflib
import math
import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.words import vocabulary as words
from runtime.words.interface import Understood, Unknown

_FORMS: Final = {form: (adjective, which) for form, adjective, which in words.all_qualities()}
_LONGEST_RUN: Final = 3
_NEAR: Final = 0.74
_MILD: Final = 0.35
"""What is left of "not bright": a little darker than most, no more."""
_MOST_NEAR: Final = 5
"""For so many unknown words, known ones spelled like them are looked for."""
LONGEST_TEXT: Final = 500
_LONGEST_WORD: Final = 32


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a text says.

    ``labels`` are the classes it may mean, none if it names none; ``wishes`` how far along which axis, in deviations,
    signed; ``is_relative`` whether it compares with what there is. ``missing`` are words about axes that this model
    does not have.
    """

    labels: tuple[int, ...] = ()
    wishes: dict[str, float] = field(default_factory=dict)
    is_relative: bool = False
    understood: tuple[Understood, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pending:
    """What has been said of a quality that is still to come."""

    amount: float | None = None
    sign: float = 1.0
    is_negated: bool = False
    is_too: bool = False
    is_compared: bool = False
    said: tuple[str, ...] = ()

    def saying(self, run: str) -> "_Pending":
        return replace(self, said=(*self.said, run))


_NOTHING: Final = _Pending()


class Parser:
    """Reads phrases about one model's sounds."""

    def __init__(self, metadata: DecoderMetadata) -> None:
        self._axes = {axis.name for axis in metadata.axes}
        self._classes = _class_names(metadata)
        self._class_list = metadata.classes

    def parse(self, text: str) -> Phrase:
        """Return what a text says; nothing is raised for a text that says nothing."""
        reading = _Reading(self)
        tokens = tokens_of(text)
        while tokens:
            for length in range(min(_LONGEST_RUN, len(tokens)), 0, -1):
                if reading.take(" ".join(tokens[:length])):
                    break
            else:
                length = 1
                # A text of hundreds of unknown words must not keep whoever reads messages.
                is_early = len(reading.unknown) < _MOST_NEAR
                reading.unknown.append(Unknown(tokens[0], self.near(tokens[0]) if is_early else ()))
            tokens = tokens[length:]
        return reading.end()

    def labels_of(self, run: str) -> tuple[int, ...]:
        """Return the classes that a run of words means, none if it is no name of one."""
        return self._classes.get(run) or self._classes.get(run.replace(" ", "")) or ()

    def quality(self, run: str) -> tuple[dict[str, float], int] | None:
        """Return what an adjective in any form says of the axes, and which form it is; None for another word."""
        found = _FORMS.get(run)
        return (dict(words.QUALITIES[found[0]]), found[1]) if found else None

    def has_axis(self, meaning: dict[str, float]) -> bool:
        """Whether this model has an axis for a word: one of at least half the weight of the first that it speaks of."""
        least = 0.5 * abs(next(iter(meaning.values())))
        return any(axis in self._axes and abs(weight) >= least for axis, weight in meaning.items())

    def known_axes(self, meaning: dict[str, float]) -> dict[str, float]:
        """Return the part of a meaning for which this model has axes."""
        return {axis: weight for axis, weight in meaning.items() if axis in self._axes}

    def class_names(self, labels: tuple[int, ...]) -> str:
        """Return the names of classes in one line."""
        return " or ".join(self._class_list[label] for label in labels)

    def known_words(self) -> tuple[str, ...]:
        """Return the adjectives and things that say something of this model, in alphabetical order."""
        tables = (words.ALONE, words.THINGS)
        return tuple(sorted({w for table in tables for w, meaning in table.items() if self.has_axis(dict(meaning))}))

    def near(self, word: str) -> tuple[str, ...]:
        """Return at most three known words that are spelled like this one."""
        known = {*_FORMS, *words.THINGS, *self._classes}
        usable = sorted(name for name in known if self._means_something(name))
        return tuple(difflib.get_close_matches(word, usable, 3, _NEAR))

    def _means_something(self, name: str) -> bool:
        if name in self._classes:
            return True
        quality = self.quality(name)
        return self.has_axis(quality[0] if quality else dict(words.THINGS[name]))


class _Reading:
    """One text while it is being read."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._pending = _NOTHING
        self._last: tuple[dict[str, float], float, Understood] | None = None
        self.labels: tuple[int, ...] = ()
        self.wishes: dict[str, float] = {}
        self.is_relative = False
        self.understood: list[Understood] = []
        self.unknown: list[Unknown] = []
        self.missing: list[str] = []

    def take(self, run: str) -> bool:
        """Take a run of words if it means something, and say whether it did."""
        if self._take_modifier(run):
            return True
        labels = self._parser.labels_of(run)
        thing = words.THINGS.get(run)
        is_asked_for = self._pending != _NOTHING
        # "Less bass" is about low frequencies, "a bass" is an instrument.
        if labels and not (thing and is_asked_for):
            self._take_class(run, labels)
        elif (quality := self._parser.quality(run)) is not None:
            self._take_quality(run, *quality)
        elif thing is not None:
            self._take_quality(run, dict(thing), words.PLAIN_FORM)
        elif (kind := next(iter(words.names_of(run)), "")) in words.NARROWER:
            wider, meaning = words.NARROWER[kind]
            labels = self._parser.labels_of(wider)
            if not labels:
                return False
            self._take_class(run, labels)
            self._pending = _NOTHING
            self._take_quality(run, dict(meaning), words.PLAIN_FORM)
        else:
            return run in words.FILLERS
        return True

    def end(self) -> Phrase:
        """Return what the whole text says."""
        left = self._pending
        if left.amount is not None and self._last is not None:
            # "As short as possible", "longer, a lot": the amount comes after.
            meaning, before, said = self._last
            strength = math.copysign(left.amount, before)
            self._add(meaning, strength - before)
            at = self.understood.index(said)
            self.understood[at] = Understood(" ".join((said.words, *left.said)), _meaning(meaning, strength))
        elif left.said:
            self.unknown += [Unknown(word) for word in left.said]
        return Phrase(
            self.labels,
            self.wishes,
            self.is_relative,
            tuple(self.understood),
            tuple(self.unknown),
            tuple(self.missing),
        )

    def _take_modifier(self, run: str) -> bool:
        before = self._pending
        if run in words.AMOUNTS:
            self._pending = replace(before.saying(run), amount=words.AMOUNTS[run])
        elif run in words.MORE or run in words.LESS:
            sign = -before.sign if run in words.LESS else before.sign
            self._pending = replace(before.saying(run), sign=sign, is_compared=True)
        elif run in words.MOST or run in words.LEAST:
            sign = -before.sign if run in words.LEAST else before.sign
            self._pending = replace(before.saying(run), sign=sign, amount=words.UTMOST)
        elif run in words.NEGATIONS:
            self._pending = replace(before.saying(run), is_negated=not before.is_negated)
        elif run in words.TOO:
            self._pending = replace(before.saying(run), is_too=True)
        else:
            return False
        return True

    def _take_class(self, run: str, labels: tuple[int, ...]) -> None:
        before, self._pending = self._pending, _NOTHING
        if before.is_negated:
            # Which other class is meant instead nobody can know.
            self.unknown.append(Unknown(" ".join((*before.said, run))))
            return
        self.unknown += [Unknown(word) for word in before.said]
        # "Electric guitar" is one instrument, "kick or snare" are two.
        both = tuple(label for label in self.labels if label in labels)
        self.labels = both or (*self.labels, *labels)
        self.understood.append(Understood(run, f"class {self._parser.class_names(labels)}"))

    def _take_quality(self, run: str, meaning: dict[str, float], form: int) -> None:
        said, self._pending = self._pending, _NOTHING
        if not self._parser.has_axis(meaning):
            self.missing.append(run)
            return
        strength = said.amount if said.amount is not None else words.PLAIN
        if form == words.SUPERLATIVE:
            strength = words.UTMOST
        is_thing = run in words.THINGS
        if said.is_too and not said.is_negated:
            # "Too long" complains of what there is: shorter.
            strength, is_relative = -strength, True
        else:
            is_relative = said.is_compared or form == words.COMPARATIVE
            if said.is_negated:
                # "No noise" means none; "not noisy" only that there should not be much.
                strength = -words.VERY if is_thing and said.amount is None else -_MILD
        self.is_relative |= is_relative
        known = {axis: said.sign * weight for axis, weight in self._parser.known_axes(meaning).items()}
        self._add(known, strength)
        spoken = Understood(" ".join((*said.said, run)), _meaning(known, strength))
        self.understood.append(spoken)
        self._last = (known, strength, spoken)

    def _add(self, meaning: dict[str, float], strength: float) -> None:
        for axis, weight in meaning.items():
            self.wishes[axis] = self.wishes.get(axis, 0.0) + weight * strength


def tokens_of(text: str) -> list[str]:
    """Return the words of a text, in small letters; hyphens and signs part words."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold().replace("’", "'")
    return [word[:_LONGEST_WORD] for word in re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)]


def _meaning(meaning: dict[str, float], strength: float) -> str:
    """What was understood of each axis, for a person."""
    parts = [f"{axis} {_much(weight * strength)}" for axis, weight in meaning.items()]
    return ", ".join(parts)


def _much(deviations: float) -> str:
    direction, size = ("up" if deviations > 0 else "down"), abs(deviations)
    if size < 0.75:
        return f"{direction} a bit"
    return direction if size < 1.4 else f"{direction} a lot" if size < 2.2 else f"{direction} as far as it goes"


_Names = dict[str, tuple[int, ...]]


def _class_names(metadata: DecoderMetadata) -> _Names:
    """Every name by which a class of this model can be called → the classes that it may mean.

    A class' own name means that class; a name of the same kind, the classes of that kind; a word of several classes'
    names ("organ"), all of these.
    """
    own: _Names = {}
    alike: _Names = {}
    parts: _Names = {}
    for label, name in enumerate(metadata.classes):
        spelled = tokens_of(name.replace("_", " "))
        plain = " ".join(spelled)
        for form in _numbers(plain):
            own[form] = (*own.get(form, ()), label)
        for other in words.names_of(plain) or words.names_of(_singular(plain)):
            for form in _numbers(other):
                alike[form] = (*alike.get(form, ()), label)
        for part in spelled if len(spelled) > 1 else ():
            # A folder "short kicks" does not take the word away from all others.
            also = () if words.names_of(plain) else words.names_of(part) or words.names_of(_singular(part))
            for form in (*_numbers(part), *also) if part not in _FORMS else ():
                parts[form] = (*parts.get(form, ()), label)
    for kind, (wider, _) in words.NARROWER.items():
        # "Hat" means open and closed ones where a model keeps them apart.
        for name in words.names_of(wider):
            alike[name] = tuple(dict.fromkeys((*alike.get(name, ()), *alike.get(kind, ()))))
    merged = {name: labels for name, labels in {**parts, **alike, **own}.items() if labels}
    merged |= {name.replace(" ", ""): labels for name, labels in merged.items()} | merged
    return {name: tuple(dict.fromkeys(labels)) for name, labels in merged.items() if name not in words.FILLERS}


def _numbers(name: str) -> tuple[str, ...]:
    """One and many of a name."""
    return (name, _singular(name)) if name.endswith("s") else (name, name + "s")


def _singular(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
