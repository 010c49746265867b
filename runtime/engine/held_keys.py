"""Which keys of a part are held, in the order they were struck: what a part with one note at a time needs."""

from typing import Final

from runtime.events import PARTS


class HeldKeys:
    """Keys and velocities of all parts, indexed 0…15."""

    def __init__(self) -> None:
        self._keys: Final[list[dict[int, float]]] = [{} for _ in range(PARTS)]

    def press(self, part: int, note: int, velocity: float) -> None:
        """A key goes down; it is the last one now."""
        self._keys[part].pop(note, None)
        self._keys[part][note] = velocity

    def release(self, part: int, note: int) -> bool:
        """A key goes up; returns whether it was down."""
        return self._keys[part].pop(note, None) is not None

    def last(self, part: int) -> tuple[int, float] | None:
        """Return note and velocity of the key struck last among those that are held, or None."""
        keys = self._keys[part]
        return next(reversed(keys.items())) if keys else None

    def forget(self, part: int) -> None:
        """Take all keys of a part for released."""
        self._keys[part].clear()
