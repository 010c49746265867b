"""Choke groups: keys of which one ends what the others sound, as a hi-hat's pedal does."""

from typing import Final

from runtime.contract import DecoderMetadata

HATS: Final = (42, 44, 46)
"""General MIDI's closed, pedal and open hi-hat."""
HAT_GROUP: Final = 1
MOST_GROUPS: Final = 16


def default_groups(metadata: DecoderMetadata) -> dict[int, int]:
    """Return the choke groups (key → group from 1) that a model begins with: the hats of drums that have them."""
    return {} if metadata.pitched else {note: HAT_GROUP for note in HATS if note in metadata.key_map}
