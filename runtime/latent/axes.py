"""A model's named axes as arrays: what a knob position means in latent space."""

import numpy as np
from numpy.typing import NDArray

from runtime.contract import Axis

Numbers = NDArray[np.float64]


class AxisDirections:
    """The axes of one model. A position is an offset in latent units along the axis' direction."""

    def __init__(self, axes: tuple[Axis, ...], latent_size: int) -> None:
        self.count = len(axes)
        self.defaults: Numbers = np.array([a.default for a in axes], np.float64)
        self._minimum = [a.minimum for a in axes]
        self._span = [a.maximum - a.minimum for a in axes]
        self._lowest: Numbers = np.array(self._minimum, np.float64)
        # A knob at its end may be a rounding beyond the maximum: what is at rest there must not be moved by limiting.
        self._highest: Numbers = np.array([max(a.maximum, a.minimum + (a.maximum - a.minimum)) for a in axes])
        self.widths: Numbers = np.array(self._span, np.float64)
        """From minimum to maximum, [axes]."""
        self._directions = np.array([a.direction for a in axes], np.float64).reshape(self.count, latent_size)

    def position(self, index: int, value: float) -> float:
        """Return the position for a control value 0…1 (values outside are clamped). Raises IndexError."""
        if not 0 <= index < self.count:
            raise IndexError(f"there is no axis {index}; the model has {self.count}")
        return self._minimum[index] + self._span[index] * min(max(value, 0.0), 1.0)

    def within(self, positions: Numbers) -> Numbers:
        """Return positions [n, axes], those beyond an end of their axis at that end; the array is used up."""
        np.minimum(positions, self._highest, out=positions)
        return np.maximum(positions, self._lowest, out=positions)

    def shares(self, positions: Numbers) -> Numbers:
        """Return positions [n, axes] as control values 0…1."""
        shares: Numbers = (positions - self._lowest) / self.widths
        return shares

    def offsets(self, positions: Numbers) -> Numbers:
        """Return the latent offsets [n, latent_size] of axis positions [n, axes].

        Each row is added up by itself: a matrix product may round differently for another number of rows.
        """
        total: Numbers = np.add.reduce(positions[:, :, None] * self._directions, axis=1)
        return total
