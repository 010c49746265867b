"""What a model's metadata mean for its notes: gain, time rate, release and when a note is over.

The engine and the replay of a captured note both follow these, so that a note ends the same in both.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata

LOUDEST_SANE: Final = 4.0
"""A decoder whose output passes this has run wild."""
SILENCE_DB: Final = -90.0
SILENCE_SECONDS: Final = 0.05
"""A voice that stays below SILENCE_DB for so long has ended."""


@dataclass(frozen=True, slots=True)
class NoteRules:
    """Rules of one model, in hops and linear levels."""

    lead_hops: int
    longest_hops: float
    sustain_hops: float
    """Note time at which a held note is held; infinite if the model does not say."""
    slowest: float
    fastest: float
    silent_hops: int
    silent_peak: float
    releases: bool
    """Whether a note-off means anything; an unpitched model plays its sounds to the end."""
    envelope_releases: bool
    velocity_gain: bool
    model_gain: float

    @classmethod
    def of(cls, metadata: DecoderMetadata) -> Self:
        """Return the rules of a model."""
        hop_seconds = metadata.hop_seconds
        sustain = metadata.sustain_seconds
        return cls(
            lead_hops=metadata.lead_hops,
            longest_hops=metadata.longest_note_seconds / hop_seconds,
            sustain_hops=math.inf if sustain is None or not metadata.pitched else sustain / hop_seconds,
            slowest=metadata.time_rate_range[0],
            fastest=metadata.time_rate_range[1],
            silent_hops=math.ceil(SILENCE_SECONDS / hop_seconds),
            silent_peak=10 ** (SILENCE_DB / 20),
            releases=metadata.pitched,
            envelope_releases=metadata.pitched and metadata.release == "envelope",
            velocity_gain=metadata.velocity == "engine",
            model_gain=10 ** (metadata.gain_db / 20),
        )

    def gain(self, velocity: float) -> float:
        """Return the linear level of a note; a velocity that the model does not take counts squared (40 dB/decade)."""
        return self.model_gain * (velocity * velocity if self.velocity_gain else 1.0)

    def time_rates(self, note_time: NDArray[np.float64], held: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how many hops of note time the next hop takes: 1, and none once a held note is at its sustain."""
        left = np.where(held, self.sustain_hops - note_time, 1.0)
        return np.asarray(np.clip(np.clip(left, 0.0, 1.0), self.slowest, self.fastest))
