"""Sources and targets of a mapping in words, such as ``cc 74`` and ``axis brightness``, for files and for messages.

The words are those that ``str()`` gives of a :class:`Source` or a :class:`Target`: each comes back from its own.
"""

import re
from typing import Final

from runtime.mapping_table import (
    ANY_CHANNEL,
    AXIS_NAME,
    FREE,
    HIGHEST_DIMENSION,
    HIGHEST_NUMBERS,
    SOURCE_KINDS,
    TARGETS,
    Source,
    Target,
)

SOURCE_FORMS: Final = ", ".join(
    f'"{kind} 0" … "{kind} {HIGHEST_NUMBERS[kind]}"' if kind in HIGHEST_NUMBERS else f'"{kind}"'
    for kind in SOURCE_KINDS
)
_IN_MORE_WORDS: Final = frozenset({"axis", "latent"})
TARGET_FORMS: Final = f'"axis NAME", "axis {FREE}", "latent 1" …, ' + ", ".join(
    f'"{kind}"' for kind in TARGETS if kind not in _IN_MORE_WORDS
)


def parse_source(text: str, channel: int = ANY_CHANNEL) -> Source:
    """Return the source that words such as ``cc 74``, ``note 36`` or ``bend on channel 2`` mean.

    ``channel`` is for words that name none. Raises ValueError with what is allowed.
    """
    words = " ".join(text.lower().split())
    match = re.fullmatch(r"([a-z0-9]+)(?: ([0-9]{1,5}))?(?: on channel ([0-9]{1,2}))?", words)
    kind = next((kind for kind in SOURCE_KINDS if match and kind == match[1]), None)
    if match and kind and (match[2] is not None) == (kind in HIGHEST_NUMBERS) and match[3] != "0":
        try:
            return Source(kind, int(match[2] or 0), int(match[3] or channel))
        except ValueError:
            pass
    raise ValueError(f"{text!r} is none of {SOURCE_FORMS}")


def parse_target(text: str) -> Target:
    """Return the target that words such as ``axis attack``, ``latent 3`` or ``map x`` mean. Raises ValueError.

    ``axis decay or release or free`` is the first of these that a model has.
    """
    words = " ".join(text.lower().split())
    if re.fullmatch(rf"axis {AXIS_NAME}( or {AXIS_NAME})*", words):
        names = words.removeprefix("axis ").split(" or ")
        or_free = names[-1] == FREE
        names = names[:-1] if or_free else names
        if FREE not in names:
            return Target("axis", tuple(names), or_free=or_free)
    elif (match := re.fullmatch(r"latent ([1-9][0-9]?)", words)) and int(match[1]) <= HIGHEST_DIMENSION:
        return Target("latent", number=int(match[1]))
    kind = next((kind for kind in TARGETS if kind == words and kind not in _IN_MORE_WORDS), None)
    if kind is None:
        raise ValueError(f"{text!r} is none of {TARGET_FORMS}")
    return Target(kind)
