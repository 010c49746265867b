"""A value of 14 bits that MIDI sends in two halves, taken so that it never jumps by a step of the coarse one.

MIDI 1.0 sends the coarse half first, which sets the fine one to 0, and leaves out whichever has not changed. Taken
literally, a knob turned slowly down would jump by almost a whole coarse step at each one. And some send the fine half
first. So a value here goes, at a coarse half, only as far as the nearest end of that step, which lies on the way to
wherever the fine half is going to put it; and of a sender whose fine half comes first it is taken together with that.
"""

from dataclasses import dataclass
from typing import Final

_STEP: Final = 128
_HIGHEST: Final = _STEP * _STEP - 1
_NEAR_AN_END: Final = 32
_DOUBTS: Final = 2
"""So many coarse steps in a row that fit the usual order alone end the belief in the other."""


@dataclass(slots=True)
class FineValue:
    """One controller or parameter. Both methods return where it stands, 0…1, or None if nothing new can be said."""

    _coarse: int | None = None
    _fine: int | None = None
    _value: int = 0
    _x: float | None = None
    """What was said last."""
    _is_fine_first: bool = False
    _fine_came_last: bool = False
    _doubts: int = 0

    def coarse(self, half: int) -> float | None:
        """Take the coarse half, 0…127. Of a sender that has never sent a fine one, it is all there is."""
        before, self._coarse = self._coarse, half
        if self._fine is None:
            # Also again: a button may send nothing but its press.
            self._value, self._x = _STEP * half, half / (_STEP - 1)
            return self._x
        if self._fine_came_last and before is not None:
            self._learn_order(half - before)
        self._fine_came_last = False
        lowest = _STEP * half
        if self._is_fine_first:
            return self._moved(lowest + self._fine)
        return self._moved(min(max(self._value, lowest), lowest + _STEP - 1))

    def fine(self, half: int) -> float | None:
        """Take the fine half, 0…127."""
        before, self._fine = self._fine, half
        self._fine_came_last = True
        if self._coarse is None:
            # The order in which the two are heard of at first is that in which they come.
            self._is_fine_first = True
            return None
        if self._is_fine_first and before is not None and abs(half - before) >= _STEP // 2:
            # It has gone over an end: the coarse half of this place is on its way.
            return None
        return self._moved(_STEP * self._coarse + half)

    def step(self, direction: int) -> float | None:
        """Go one step up (1) or down (−1): a fine one if a fine half was ever sent, else a coarse one.

        Without a value before it, counting begins in the middle.
        """
        size = _STEP if self._fine is None else 1
        value = _HIGHEST // 2 + 1 if self._coarse is None else self._value
        value = min(max(value + direction * size, 0), _HIGHEST)
        self._coarse = value // _STEP
        if self._fine is None:
            return self.coarse(self._coarse)
        self._fine = value % _STEP
        return self._moved(value)

    def succeed(self, previous: "FineValue") -> None:
        """Go on from where the same value stood under another table."""
        self._coarse, self._fine = previous._coarse, previous._fine
        self._value, self._x = previous._value, previous._x
        self._is_fine_first, self._doubts = previous._is_fine_first, previous._doubts
        self._fine_came_last = previous._fine_came_last

    def _moved(self, value: int) -> float | None:
        before, self._value, self._x = self._x, value, value / _HIGHEST
        return None if self._x == before else self._x

    def _learn_order(self, steps: int) -> None:
        """Doubt that fine halves come first, if the one that came last belonged to the coarse step before."""
        if not self._is_fine_first or abs(steps) != 1 or self._fine is None:
            return
        rest = self._fine if steps < 0 else _STEP - 1 - self._fine
        if rest < _NEAR_AN_END:
            self._doubts += 1
            self._is_fine_first = self._doubts < _DOUBTS
        else:
            self._doubts = 0
