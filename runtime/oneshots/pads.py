"""The sixteen pads: the keys from C1 up, and what each of them plays at a moment."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

FIRST_PAD: Final = 36
"""C1, where drum racks, MPCs and most controllers have their first pad."""
PADS: Final = range(FIRST_PAD, FIRST_PAD + 16)


@dataclass(frozen=True, slots=True)
class Pad:
    """What a key plays: its place in latent space, that of its part and the part's axes included."""

    note: int
    latent: tuple[float, ...]
    choke_group: int = 0


def as_documents(pads: Sequence[Pad]) -> list[dict[str, Any]]:
    """Return pads as they go between processes."""
    return [asdict(pad) for pad in pads]


def from_documents(documents: Sequence[dict[str, Any]]) -> tuple[Pad, ...]:
    """Return what :func:`as_documents` made documents of."""
    return tuple(Pad(one["note"], tuple(one["latent"]), one["choke_group"]) for one in documents)
