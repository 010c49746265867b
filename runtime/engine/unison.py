"""One key that sounds as several voices: a little out of tune with each other, side by side between the speakers."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Floats
from runtime.engine.noise import other_seed

CHANNELS: Final = 2
"""Of the mix, whatever the model's."""


@dataclass(frozen=True, slots=True)
class Unison:
    """How many voices a key has, and how far apart they are."""

    voices: int = 1
    spread_cents: float = 0.0
    """From the lowest voice to the highest."""
    width: float = 0.0
    """0 keeps all voices in the middle, 1 puts the outermost ones fully left and right."""

    @property
    def detune_semitones(self) -> Floats:
        """How far each voice is from the pitch of the key, [voices]."""
        return (self._places() * (self.spread_cents / 200)).astype(np.float32)

    @property
    def sides(self) -> Floats:
        """Levels of each voice left and right, [voices, 2]: equal power from side to side, as loud together as one."""
        if self.voices == 1:
            return np.ones((1, 2), np.float32)
        angles = (1 + self.width * self._places()) * (math.pi / 4)
        return (np.stack([np.cos(angles), np.sin(angles)], axis=1) * math.sqrt(2 / self.voices)).astype(np.float32)

    def seeds(self, seed: int) -> list[int]:
        """Seeds of the voices' noise; the first is the note's own."""
        return [seed, *(other_seed(seed, voice) for voice in range(1, self.voices))]

    def _places(self) -> NDArray[np.float64]:
        return np.linspace(-1.0, 1.0, self.voices) if self.voices > 1 else np.zeros(1)


@dataclass(frozen=True, slots=True)
class Slide:
    """How the pitch of a note comes from another."""

    from_pitch: float
    """Note number, with fractions."""
    frames: int


@dataclass(frozen=True, slots=True)
class OneOfUnison:
    """What sets one voice apart from the others of its key, and its note from others."""

    unison: Unison | None
    """All of them, for the first, by which the note is remembered; None for the others."""
    detune_semitones: float = 0.0
    sides: tuple[float, float] = (1.0, 1.0)
    """Levels left and right."""
    slide: Slide | None = None
    offset: NDArray[np.float64] | None = None
    """How far the note strays from the place of its key, [latent_size]: the same for all voices of the key."""
    place: NDArray[np.float64] | None = None
    """Where the note is instead of at the place of its key, [latent_size]."""


ONE_VOICE: Final = Unison()
ALONE: Final = OneOfUnison(ONE_VOICE)
"""The voice of a key that has no other, at the pitch of the key."""
