"""What each of the sixteen parts holds besides its place in latent space: pedal, bend, wheels, how its keys play."""

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.choke_groups import HATS, HATS_GROUP, NO_GROUP
from runtime.engine.noise import key_seed, strike_seed
from runtime.engine.unison import ONE_VOICE, Unison
from runtime.events import PARTS, Kind
from runtime.latent.motion import NEUTRAL_SLIDE
from runtime.latent.state import KEYS

_UNSAID: Final = -1

WHEELS: Final = {Kind.NOTE_BEND: 0, Kind.NOTE_PRESSURE: 1, Kind.NOTE_SLIDE: 2}
"""Where each of a note's own wheels stands in an array of them."""
WHEELS_AT_REST: Final = np.array([0.0, 0.0, NEUTRAL_SLIDE])


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
    pressure: NDArray[np.float64] = field(default_factory=lambda: np.zeros(PARTS))
    slide: NDArray[np.float64] = field(default_factory=lambda: np.full(PARTS, NEUTRAL_SLIDE))
    wheels: NDArray[np.float64] = field(default_factory=lambda: np.tile(WHEELS_AT_REST, (PARTS, KEYS, 1)))
    """What the note of each key has of its own, [parts, keys, wheels]."""
    choke_groups: NDArray[np.int64] = field(default_factory=lambda: np.full((PARTS, KEYS), _UNSAID))
    """Of each key: a number, NO_GROUP, or less where nobody has said anything."""
    sustain: list[bool] = field(default_factory=lambda: [False] * PARTS)
    variation: list[float] = field(default_factory=lambda: [0.0] * PARTS)
    mode: list[PlayMode] = field(default_factory=lambda: [PlayMode.POLY] * PARTS)
    portamento_seconds: list[float] = field(default_factory=lambda: [0.0] * PARTS)
    unison: list[Unison] = field(default_factory=lambda: [ONE_VOICE] * PARTS)

    def succeed(self, before: "Parts") -> None:
        """Take over where all controls of another model's parts stand."""
        for control in fields(self):
            getattr(self, control.name)[:] = getattr(before, control.name)

    def choked_by(self, part: int, note: int, pitched: bool) -> frozenset[int]:
        """Return the other keys of a part that a key ends when it is struck.

        Until it is told otherwise the hats of an unpitched model are one group.
        """
        groups = self.choke_groups[part]
        group = int(groups[note])
        if group == _UNSAID:
            group = HATS_GROUP if not pitched and note in HATS else NO_GROUP
        if group == NO_GROUP:
            return frozenset()
        keys = set(np.flatnonzero(groups == group).tolist())
        if group == HATS_GROUP and not pitched:
            keys |= {hat for hat in HATS if groups[hat] == _UNSAID}
        return frozenset(keys - {note})

    def seed(self, part: int, note: int, pitched: bool, strike: int) -> int:
        """Return the seed of a note that came without one; ``strike`` counts the notes since the start.

        A key of an unpitched model sounds the same at every strike until its part has some variation. Notes of a
        pitched model always differ, as the bows and breaths they stand for do.
        """
        if pitched or self.variation[part] > 0:
            return strike_seed(strike)
        return key_seed(note)
