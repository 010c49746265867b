"""What is carried over when an instrument that has learnt on takes the place of itself, as while it is trained.

Places, axes and the keys' own sounds stay where they are: in a latent space that has moved a little they mean nearly
what they meant. Another instrument begins at its default place.
"""

from dataclasses import dataclass
from typing import Self

from runtime.contract import DecoderMetadata
from runtime.events import PARTS, Event, Kind
from runtime.steering.desk import Desk
from runtime.steering.history import Stand


def is_same_instrument(before: DecoderMetadata, after: DecoderMetadata) -> bool:
    """Whether a model is another state of one that went before, by its name and what a place in it consists of."""
    return (before.name, before.latent_size, before.pitched) == (after.name, after.latent_size, after.pitched)


@dataclass(frozen=True, slots=True)
class Carried:
    """Where parts stood that had moved, the names of the axes then, and keys that played something else than usual."""

    stands: dict[int, Stand]
    axis_names: tuple[str, ...]
    keys: dict[tuple[int, int], tuple[float, ...]]
    """Of (part, key); an empty place is that of the part."""

    @classmethod
    def of(cls, desk: Desk) -> Self:
        """Take down how everything stands now."""
        metadata, state = desk.metadata, desk.state
        at_rest = (tuple(metadata.default_latent), tuple(state.axes_at_rest))
        stands = {part: desk.stand(part) for part in range(1, PARTS + 1)}
        stands = {part: stand for part, stand in stands.items() if (stand.latent, stand.axes) != at_rest}
        keys = {}
        for part in range(1, PARTS + 1):
            own = state.keys(part)
            for note in own.keys() | metadata.key_map.keys():
                if own.get(note, ()) != state.default_key(note):
                    keys[part, note] = own.get(note, ())
        return cls(stands, tuple(axis.name for axis in metadata.axes), keys)

    def put_back(self, desk: Desk) -> None:
        """Let everything stand so again, axes by their names. There is no undoing it."""
        names = [axis.name for axis in desk.metadata.axes]
        for part, stand in self.stands.items():
            desk.do(Event(Kind.LATENT, part=part, values=stand.latent), remembers=False)
            for name, position in zip(self.axis_names, stand.axes, strict=True):
                if name in names:
                    index = names.index(name)
                    desk.do(Event(Kind.AXIS, part=part, index=index, value=position), remembers=False)
        for (part, note), latent in self.keys.items():
            desk.do(Event(Kind.KEY_LATENT, part=part, note=note, values=latent))
