"""What the interface asks of the engine when another model is to be played."""

import json
from dataclasses import asdict, dataclass
from typing import Final, Self

HISTORIES: Final = ("history", "other history")
"""Names of the buffers that keep notes: that of the model played now, and that of the one before it or after it."""

MOST_ORDERS: Final = 65_535
"""Orders are numbered 1…this, then from 1 again: an answer holds no larger number."""


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """A model that has passed the gate, and where its notes are to be kept."""

    path: str
    sha256: str
    """Of the whole file, as it was when it passed."""
    history: int
    """Which of ``HISTORIES``; the other one still belongs to the model that plays."""
    number: int
    """How many orders there have been, by which the answer is known."""
    metadata: str
    """What sounds of the model's metadata, as JSON: read and checked by the interface, which has the time for it."""
    graph_hash: str
    """Of graph and weights, as :func:`runtime.contract.read_hash` says."""
    spread: str
    """What variation needs of the prior, see :class:`runtime.latent.spread.Spread`."""

    def to_bytes(self) -> bytes:
        """Return the document that travels in chunks."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, document: bytes) -> Self:
        """Read what :meth:`to_bytes` wrote. Raises ValueError for anything else."""
        try:
            return cls(**json.loads(document))
        except TypeError:
            raise ValueError("this is no order of a model") from None
