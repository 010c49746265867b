"""Level of a voice as a function of the frame: attack, decay, sustain, release, and the short fade of a sudden end.

Nothing here has a memory, so a level is the same however a note is cut into blocks. Only +, −, × and ÷ are used, which
round alike for every length and alignment of an array; exp and sin need not.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Frames = NDArray[np.int64]

NEVER: Final = 1 << 62
"""A frame that does not come: the release of a note that is held, the end of one that has none yet."""
FADE_SECONDS: Final = 0.005
"""Length of every fade that only has to avoid a click."""
_SHORTEST_RELEASE_SECONDS: Final = 0.003


@dataclass(frozen=True, slots=True)
class Adsr:
    """The engine's envelope, for models whose metadata say ``release: envelope``. ``sustain_level`` is 0…1."""

    attack_seconds: float = 0.0
    decay_seconds: float = 0.0
    sustain_level: float = 1.0
    release_seconds: float = 0.1


@dataclass(frozen=True, slots=True)
class Envelope:
    """An :class:`Adsr` in whole frames of one sample rate; also the fade of a voice that is cut."""

    attack_frames: int
    decay_frames: int
    sustain_level: float
    release_frames: int
    fade_frames: int

    @classmethod
    def of(cls, adsr: Adsr, sample_rate: int, hop_frames: int) -> Self:
        """Return the envelope in frames. The fade is at most a hop long: that much of a voice is always at hand."""
        return cls(
            attack_frames=round(adsr.attack_seconds * sample_rate),
            decay_frames=round(adsr.decay_seconds * sample_rate),
            sustain_level=adsr.sustain_level,
            release_frames=round(max(adsr.release_seconds, _SHORTEST_RELEASE_SECONDS) * sample_rate),
            fade_frames=min(round(FADE_SECONDS * sample_rate), hop_frames),
        )

    @property
    def is_flat(self) -> bool:
        """Whether a held note keeps level 1 from its first frame on."""
        return self.attack_frames == 0 and self.sustain_level == 1.0

    def held(self, since_onset: Frames) -> NDArray[np.float64]:
        """Level of a held note, frames after its onset. Any shape."""
        falling = np.clip(1.0 - (since_onset - self.attack_frames) / max(self.decay_frames, 1), 0.0, 1.0)
        level = self.sustain_level + (1.0 - self.sustain_level) * (falling * falling * falling)
        if self.decay_frames == 0:
            level = np.full(since_onset.shape, self.sustain_level)
        if self.attack_frames:
            level = np.where(since_onset < self.attack_frames, since_onset / self.attack_frames, level)
        return level

    def level(
        self, frames: Frames, onset: Frames | np.int64, release: Frames | np.int64, fade: Frames | np.int64
    ) -> Floats:
        """Level of voices at ``frames``; the arguments broadcast, e.g. [frames] and [voices, 1].

        ``onset``, ``release`` and ``fade`` are the frames at which each begins (NEVER where it does not). The release
        is a cubic fall, close to an exponential one at the beginning, that does reach 0.
        """
        left = _left(frames, release, self.release_frames)
        level = left * left * left * self.fade(frames, fade)
        if not self.is_flat:
            level *= self.held(np.minimum(frames, release) - onset)
        return level.astype(np.float32)

    def window(self) -> Floats:
        """The fade that avoids a click by itself, [fade_frames]."""
        return self.fade(np.arange(self.fade_frames), np.int64(0)).astype(np.float32)

    def fade(self, frames: Frames, begin: Frames | np.int64) -> NDArray[np.float64]:
        """The fade that avoids a click: 1 until ``begin``, 0 after ``fade_frames``, smooth at both ends."""
        left = _left(frames, begin, self.fade_frames)
        return left * left * (3.0 - 2.0 * left)


def _left(frames: Frames, begin: Frames | np.int64, length: int) -> NDArray[np.float64]:
    """How much of a fall is still to come: 1 until ``begin``, 0 from ``length`` frames later on."""
    return np.asarray(np.maximum(1.0 - np.maximum(frames - begin, 0) / length, 0.0))
