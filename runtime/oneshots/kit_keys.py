"""Which key of a kit plays what: drums where General MIDI has them, sixteen from C1 up; notes over their range.

A drum rack's sixteen pads begin at C1 (MIDI 36) in Live, on MPCs and most controllers, and there General MIDI has its
kick, snare, toms and hats. So a kit is on the pads, and a drum loop as a MIDI file plays it as it is.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.engine.choke_groups import NO_GROUP, usual_groups

FIRST_KEY: Final = 36
"""C1."""
_KEYS: Final = 128
_WORDS: Final = ("kick", "snare", "hat", "clap", "tom", "cymbal", "rim", "percussion")
"""What classes of drums are called, or begin with; the order in which a small kit takes them."""
_SECOND: Final = ("hat", "tom", "kick", "snare", "percussion", "cymbal", "hat", "tom")
"""What a kit of sixteen takes besides one of each: three hats choke each other, three toms make a fill."""
_PLACES: Final = {
    "kick": (36,),
    "rim": (37,),
    "snare": (38, 40),
    "clap": (39,),
    "tom": (41, 43, 45, 47, 48, 50),
    "hat": (42, 44, 46),
    "cymbal": (49, 51, 52, 53, 55, 57, 59),
}
"""Keys of General MIDI's drums, as far as their classes are known."""


def _word(name: str) -> str:
    """Return what a class of drums is called here; nothing for one that General MIDI does not have."""
    return next((word for word in _WORDS if name.casefold().startswith(word)), "")


def drum_classes(metadata: DecoderMetadata, count: int, wanted: Sequence[int] = ()) -> list[int]:
    """Return the labels (−1 without classes) of so many drums: equally of those wanted, else as kits have them.

    As long as there are at least as many sounds as classes, every class has one.
    """
    if wanted:
        cycle = list(wanted)
    else:
        known = {word: [k for k, name in enumerate(metadata.classes) if _word(name) == word] for word in _WORDS}
        others = [k for k, name in enumerate(metadata.classes) if not _word(name)]
        first = [label for word in _WORDS for label in known[word]] + others
        cycle = first + [label for word in _SECOND for label in known[word][:1]] + others
    return [cycle[k % len(cycle)] if cycle else -1 for k in range(count)]


def drum_keys(metadata: DecoderMetadata, labels: Sequence[int]) -> list[int | None]:
    """Return a key for each sound: that of its drum in General MIDI where it is free, else the lowest free one from C1.

    Kits of more sounds than keys go on below C1; sounds for which no key is left have None.
    """
    order = [*range(FIRST_KEY, _KEYS), *range(FIRST_KEY - 1, -1, -1)]
    keys: list[int | None] = [None] * len(labels)
    free = dict.fromkeys(order[: len(labels)])
    for place, label in enumerate(labels):
        word = _word(metadata.class_of(label))
        own = next((key for key in _PLACES.get(word, ()) if key in free), None)
        if own is not None:
            keys[place] = own
            del free[own]
    rest = iter(list(free))
    return [next(rest, None) if key is None else key for key in keys]


def choke_group(metadata: DecoderMetadata, label: int, key: int | None) -> int:
    """Return the choke group of a key: hats on the keys of hats end each other, as when playing."""
    is_hat = _word(metadata.class_of(label)) == "hat"
    return usual_groups(metadata.pitched).get(key if key is not None and is_hat else -1, NO_GROUP)


def key_ranges(notes: Sequence[int], lowest: int, highest: int) -> list[tuple[int, int]]:
    """Return which keys each of some rising notes plays: those nearest to it, from ``lowest`` to ``highest``."""
    ends = [(below + above) // 2 for below, above in pairwise(notes)] + [highest]
    return list(zip([lowest, *(end + 1 for end in ends[:-1])], ends, strict=True))


def velocity_ranges(layers: int) -> list[tuple[int, int]]:
    """Return lowest and highest velocity of each layer, the softest first."""
    ends = [round(127 * layer / layers) for layer in range(layers + 1)]
    return [(below + 1, end) for below, end in pairwise(ends)]


def numbered(labels: Sequence[int]) -> list[int]:
    """Return for each sound how many of its class there are up to it, from 1."""
    counted: Counter[int] = Counter()
    numbers = []
    for label in labels:
        counted[label] += 1
        numbers.append(counted[label])
    return numbers
