"""What the sixteen pads of a part play at this moment, for whoever writes them down."""

import numpy as np

from runtime.latent.axes import AxisDirections
from runtime.oneshots.pads import PADS, Pad
from runtime.steering.desk import Desk


def pads_of(desk: Desk, part: int) -> tuple[Pad, ...]:
    """Return the pads of a part 1…16: keys without a place of their own have their part's, axes move them all."""
    with desk.lock:
        metadata, state = desk.metadata, desk.state
        directions = AxisDirections(metadata.axes, metadata.latent_size)
        positions = np.array([[directions.position(index, value) for index, value in enumerate(state.axes(part))]])
        offset = directions.offsets(positions)[0]
        keys, groups = state.keys(part), state.groups(part)
        return tuple(
            Pad(
                note,
                tuple((np.asarray(keys.get(note, state.latent(part))) + offset).astype(np.float32).tolist()),
                groups.get(note, 0),
            )
            for note in PADS
        )
