"""What each of the sixteen parts holds besides its place in latent space: pedal, bend, how its keys play."""

from dataclasses import dataclass, field, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from runtime.engine.noise import key_seed, strike_seed
from runtime.engine.unison import ONE_VOICE, Unison
from runtime.events import PARTS


class PlayMode(IntEnum):
    """What a key does while others of its part are held; only pitched models know more than one mode."""

    POLY = 0
    """Sounds beside them."""
    MONO = 1
    """Begins a new note and ends theirs; when it goes up, the one struck last before it begins anew."""
    LEGATO = 2
    """Takes their note over, which slides to its pitch and goes on; when it goes up, the note slides back."""


@dataclass(slots=True)
class Parts:
    """Controls of all parts, indexed 0…15."""

    bend_semitones: NDArray[np.float64] = field(default_factory=lambda: np.zeros(PARTS))
    pressure: list[float] = field(default_factory=lambda: [0.0] * PARTS)
    slide: list[float] = field(default_factory=lambda: [0.0] * PARTS)
    sustain: list[bool] = field(default_factory=lambda: [False] * PARTS)
    variation: list[float] = field(default_factory=lambda: [0.0] * PARTS)
    mode: list[PlayMode] = field(default_factory=lambda: [PlayMode.POLY] * PARTS)
    portamento_seconds: list[float] = field(default_factory=lambda: [0.0] * PARTS)
    unison: list[Unison] = field(default_factory=lambda: [ONE_VOICE] * PARTS)

    def succeed(self, before: "Parts") -> None:
        """Take over where all controls of another model's parts stand."""
        for control in fields(self):
            getattr(self, control.name)[:] = getattr(before, control.name)

    def seed(self, part: int, note: int, pitched: bool, strike: int) -> int:
        """Return the seed of a note that came without one; ``strike`` counts the notes since the start.

        A key of an unpitched model sounds the same at every strike until its part has some variation. Notes of a
        pitched model always differ, as the bows and breaths they stand for do.
        """
        if pitched or self.variation[part] > 0:
            return strike_seed(strike)
        return key_seed(note)
