"""Choke groups: keys of which one ends what the others sound, as a hi-hat's pedal does."""

from typing import Final

HATS: Final = (42, 44, 46)
"""General MIDI's closed, pedal and open hat, which on every drum kit end each other."""
HATS_GROUP: Final = 1
NO_GROUP: Final = 0
MOST_GROUPS: Final = 16


def usual_groups(is_pitched: bool) -> dict[int, int]:
    """Return the groups (key → group) of keys of which nobody has said anything."""
    return {} if is_pitched else dict.fromkeys(HATS, HATS_GROUP)
