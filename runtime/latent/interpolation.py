"""Places between up to four others: a morph, driven by two controls.

Corners lie at the corners of a square: the first at (0, 0), the second at (1, 0), the third at (0, 1), the fourth at
(1, 1). Between them the way is straight; see benchmarks/interpolation.py for what a curved one would do.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_CORNERS: Final = 4


def corner_weights(corners: int, x: float, y: float) -> NDArray[np.float64]:
    """Return the share of each corner at (x, y), each 0…1 and taken to the edge outside: [corners], adding up to 1.

    Bilinear for four corners. Of three, the third has the whole side y = 1; of two, y does nothing.
    Raises ValueError if there are none, or more than four.
    """
    if not 1 <= corners <= MOST_CORNERS:
        raise ValueError(f"a morph has 1 to {MOST_CORNERS} corners, not {corners}")
    x, y = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
    if corners == 1:
        return np.ones(1)
    if corners == 2:
        return np.array([1 - x, x])
    below = [(1 - x) * (1 - y), x * (1 - y)]
    return np.array([*below, y] if corners == 3 else [*below, (1 - x) * y, x * y])


def morph(corners: Sequence[Sequence[float]], x: float, y: float = 0.0) -> tuple[float, ...]:
    """Return the latent at (x, y) between one to four corners, each latent_size numbers; rounded to float32.

    Exact at the corners and continuous between them. Raises ValueError for no corners, or more than four.
    """
    weights = corner_weights(len(corners), x, y)
    return tuple((weights @ np.asarray(corners, np.float64)).astype(np.float32).tolist())
