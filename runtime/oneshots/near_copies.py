"""Is a generated sound new, or nearly one of the sounds that a model was trained on?

A model carries a fingerprint of each of its training sounds (:mod:`runtime.oneshots.fingerprint`). A distance is told
relative to those among the training sounds themselves: 1 is as far as, in the median, one of them is from the nearest
other recording. `python -m benchmarks.near_copies MODEL FOLDER` says what that tells.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.oneshots.fingerprint import METHOD, ROW, distances_db, fingerprint, unpack

NEAR_COPY: Final = 0.5
"""A sound that is nearer than this to a training sound is a near copy: half as far as two recordings are."""
NEIGHBOURING_SEMITONES: Final = 6.0
"""Notes are compared with training notes up to so far away in pitch; without any, with those nearest in pitch."""


@dataclass(frozen=True, slots=True)
class NearestSound:
    """The training sound that a sound is nearest to, by its class and number, since models keep no file names."""

    number: int
    """Among the training sounds in the order of their paths, from 0; sounds held out of training are not counted."""
    class_name: str
    """Empty if it has none."""
    relative_distance: float

    @property
    def is_near_copy(self) -> bool:
        """Whether it is so near that it may be taken for that sound."""
        return self.relative_distance < NEAR_COPY


class NearCopies:
    """The training sounds of one model, to hold generated sounds against."""

    def __init__(self, metadata: DecoderMetadata) -> None:
        """Take what the metadata say; see :attr:`why_not` for a model that cannot tell."""
        self._metadata = metadata
        kept = metadata.fingerprints
        self.why_not = ""
        """Why copies cannot be told, as a sentence; empty if they can."""
        if kept is None:
            self.why_not = (
                f"{metadata.name} carries no fingerprints of its training sounds: whether a sound is new "
                "cannot be told."
            )
        elif (kept.method, kept.row_bytes) != (METHOD, ROW.itemsize):
            self.why_not = (
                f"{metadata.name} carries fingerprints of a kind that this latentbridge does not know: "
                "whether a sound is new cannot be told."
            )
        self._rows = unpack(kept.rows) if kept is not None and self.can_tell else unpack("")
        self._unit_db = kept.unit_db if kept is not None else 1.0

    @property
    def remark(self) -> str:
        """What a reader of the distances should know, as a sentence; empty if there is nothing."""
        kept, out_of = len(self._rows), self._metadata.fingerprints.out_of if self._metadata.fingerprints else 0
        if self.why_not or kept >= out_of:
            return self.why_not
        return f"{self._metadata.name} carries fingerprints of {kept} of its {out_of} training sounds."

    @property
    def can_tell(self) -> bool:
        """Whether the model carries fingerprints that are understood here."""
        return not self.why_not

    def nearest(self, audio: NDArray[np.float32], sample_rate: int, pitch: float = 60.0) -> NearestSound | None:
        """Return the training sound nearest to a sound [channels, frames]; None if that cannot be told.

        ``pitch`` is the MIDI note at which a pitched model played it. The sound should have the model's sample rate:
        what another one has above or lacks counts as a difference.
        """
        if not self.can_tell:
            return None
        is_pitched = self._metadata.pitched
        own = fingerprint(audio, sample_rate, pitch if is_pitched else None)
        chosen = self._near_in_pitch(pitch) if is_pitched else np.arange(len(self._rows))
        distances = distances_db(own, self._rows["levels"][chosen], is_pitched) / self._unit_db
        nearest = int(distances.argmin())
        label = int(self._rows["label"][chosen[nearest]])
        name = self._metadata.classes[label] if 0 <= label < len(self._metadata.classes) else ""
        return NearestSound(int(chosen[nearest]), name, float(distances[nearest]))

    def _near_in_pitch(self, pitch: float) -> NDArray[np.intp]:
        away = np.abs(self._rows["half_semitones"] / 2 - pitch)
        return np.flatnonzero(away <= max(NEIGHBOURING_SEMITONES, away.min()))
