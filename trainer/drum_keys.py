"""Which real sound each General MIDI drum key plays.

A class of sounds is recognised by its folder's name, or by the file's name where folders say nothing. Within a family
(kicks, hats, …) keys and sounds are put in the same order, e.g. toms from dark to bright and hats from short to long,
and each key gets its own sound as long as there are enough.
Source of the keys: General MIDI Level 1 percussion key map (MIDI Association, RP-003), notes 35–81.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

import numpy as np

FIRST_KEY, LAST_KEY = 35, 81
MANY_PER_KEY = 5


Trait = Literal["brightness", "seconds"]


@dataclass(frozen=True)
class Family:
    """One kind of drum: the words that name it, and its keys in ascending order of a trait of the sound."""

    name: str
    words: tuple[str, ...]
    keys: tuple[int, ...]
    order: Trait


FAMILIES: tuple[Family, ...] = (
    Family("rim", ("rim", "rimshot", "sidestick", "stick", "xstick"), (37,), "brightness"),
    Family("clap", ("clap", "handclap", "clp", "snap"), (39,), "seconds"),
    Family("hat", ("hat", "hats", "hihat", "hh", "chh", "ohh", "hh_o", "hh_c"), (42, 44, 46), "seconds"),
    Family("ride", ("ride",), (53, 51, 59), "brightness"),
    Family("crash", ("crash", "splash", "china"), (55, 52, 57, 49), "seconds"),
    Family("cymbal", ("cymbal", "cym"), (55, 53, 51, 59, 52, 57, 49), "seconds"),
    Family("kick", ("kick", "bassdrum", "bd", "kik"), (35, 36), "brightness"),
    Family("snare", ("snare", "sd", "sn", "snr"), (38, 40), "brightness"),
    Family("tom", ("tom", "toms", "lt", "mt", "ht"), (41, 43, 45, 47, 48, 50), "brightness"),
    Family("conga", ("conga", "bongo"), (64, 63, 62, 61, 60), "brightness"),
    Family("timbale", ("timbale",), (66, 65), "brightness"),
    Family("agogo", ("agogo", "cowbell", "bell", "cow"), (56, 68, 67), "brightness"),
    Family("shaker", ("shaker", "cabasa", "maracas", "tambourine", "shake", "tamb"), (54, 70, 69), "seconds"),
    Family("block", ("woodblock", "block", "clave", "wood"), (77, 76, 75), "brightness"),
    Family("triangle", ("triangle",), (80, 81), "seconds"),
    Family("percussion", ("perc", "percussion", "fx", "electronic", "elec", "misc", "noise"), (), "brightness"),
)
_STAND_INS = {
    "rim": ("snare", "block"),
    "clap": ("snare",),
    "hat": ("shaker", "cymbal", "crash"),
    "ride": ("cymbal", "crash"),
    "crash": ("cymbal", "ride"),
    "cymbal": ("crash", "ride"),
    "snare": ("clap",),
    "tom": ("conga", "timbale", "kick"),
}
"""What plays a family's keys when the folder has no sound of that family; all others are played by percussion."""


def family_of(name: str) -> str | None:
    """Return the family that a folder or file name speaks of, or None: ``Kicks``, ``hh_closed 02`` and ``BD-909``."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()
    words = re.findall(r"[a-z]+", spaced)
    joined = "".join(words)
    for family in FAMILIES:
        for word in family.words:
            plain = word.replace("_", "")
            if word in words or f"{plain}s" in words or (len(plain) >= 4 and plain in joined) or joined == plain:
                return family.name
    return None


_GENERIC = ("percussion", "cymbal", None)
"""Families whose folders hold many kinds of sound: there a file's name may say more."""


def family_of_file(folder: str, stem: str) -> str | None:
    """Return the family of a sound by the name of its class and its file: ``cymbals/ride_02`` is a ride."""
    family = family_of(folder)
    return family_of(stem) or family if family in _GENERIC else family


@dataclass(frozen=True)
class DrumSound:
    """What choosing needs to know of one training sound.

    ``distance`` says how far what the model makes of it is from the original, in any unit, and ``place`` where it is in
    latent space, the same everywhere where nobody looked.
    """

    family: str | None
    brightness: float
    seconds: float
    distance: float = 0.0
    place: tuple[float, ...] = ()


def choose_sounds(sounds: Sequence[DrumSound]) -> dict[int, int]:
    """Return for each key 35–81 the index of the sound that it plays.

    Without any recognised family the keys are spread over all sounds from dark to bright.
    """
    members: dict[str, list[int]] = {}
    for i, sound in enumerate(sounds):
        if sound.family is not None:
            members.setdefault(sound.family, []).append(i)
    if not members:
        return _spread(tuple(range(FIRST_KEY, LAST_KEY + 1)), range(len(sounds)), sounds, "brightness")
    known_percussion = members.get("percussion", [])
    rest = known_percussion or [i for i, sound in enumerate(sounds) if sound.family is None] or range(len(sounds))
    chosen: dict[int, int] = {}
    # Those that have sounds of their own choose before those that borrow.
    for family in sorted(FAMILIES, key=lambda family: family.name not in members):
        pool = _pool(family.name, members)
        if pool:
            keys = tuple(key for key in family.keys if key not in chosen)
            chosen |= _spread(keys, pool, sounds, family.order, set(chosen.values()))
    left = tuple(key for key in range(FIRST_KEY, LAST_KEY + 1) if key not in chosen)
    return chosen | _spread(left, rest, sounds, "brightness", set(chosen.values()))


def _pool(name: str, members: dict[str, list[int]]) -> list[int]:
    for candidate in (name, *_STAND_INS.get(name, ())):
        if members.get(candidate):
            return members[candidate]
    return []


def _spread(
    keys: Sequence[int],
    pool: Sequence[int],
    sounds: Sequence[DrumSound],
    trait: Trait,
    taken: AbstractSet[int] = frozenset(),
) -> dict[int, int]:
    """Give keys, in their order, to sounds in the order of a trait: distinct ones while there are enough.

    The sounds are cut into as many equal stretches as there are keys, and each key takes from the middle half of its
    stretch, whose ends are what the class is rarely known for. Where many are left, the odd half of them is left out
    too: by the stretch, not by the family, in which the rarer kind (an open hat among closed ones) is odd as a whole.
    Of what remains it is the sound that the model plays most like the original, none that another key has ``taken`` if
    that can be, and among equals the middle one.
    """
    ranked = sorted(pool, key=lambda i: (getattr(sounds[i], trait), i))
    chosen = {}
    for k, key in enumerate(keys):
        begin, end = k * len(ranked) / len(keys), (k + 1) * len(ranked) / len(keys)
        middle = min(int((begin + end) / 2), len(ranked) - 1)
        quarter = (end - begin) / 4 if end - begin >= MANY_PER_KEY else 0.0
        begin, end = begin + quarter, end - quarter
        stretch = ranked[int(begin) : min(max(int(end), int(begin) + 1), len(ranked))]

        def rank(i: int, middle: int = middle) -> tuple[bool, float, int]:
            return i in taken, sounds[i].distance, abs(ranked.index(i) - middle)

        chosen[key] = min(_typical(stretch, sounds), key=rank)
    return chosen


def _typical(stretch: Sequence[int], sounds: Sequence[DrumSound]) -> Sequence[int]:
    """Return the half of many sounds that is nearest to their median in latent space; all of a few."""
    if len(stretch) < MANY_PER_KEY:
        return stretch
    places = np.array([sounds[i].place for i in stretch])
    oddness = np.linalg.norm(places - np.median(places, axis=0), axis=1)
    return [stretch[k] for k in np.argsort(oddness, kind="stable")[: (len(stretch) + 1) // 2]]
