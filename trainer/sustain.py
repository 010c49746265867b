"""At which note time a held key keeps its sound, found from how the training notes were held or ended.

The later, the more of a sound's own decay is heard under a held key; but no later than the sounds can tell.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from trainer.figures import Array, audible_frames
from trainer.pitched_clips import PitchedClip

FREEZE_MARGIN_SECONDS = 0.1
"""A held sound is learnt from crops that lie within the held part: its last middle is half a crop before the end."""
AUDIBLE_RANGE_DB = 40.0
SHARE_OF_LENGTH = 0.8
"""What ends by itself is held no later than here: recordings are often faded out at their end."""
SUSTAINED_DROP_DB = 12.0
"""A sound that has fallen by less than this, late in its length, was cut off while it sounded."""
LEAST_SUSTAINED_SHARE = 0.25
LEAST_SECONDS = 0.05


def sustain_seconds(clips: Sequence[Any], sample_rate: int) -> float:
    """Return the note time in seconds at which a held key's note time stands still.

    Where it is known when keys went up, it is just before the latest of these, a few outliers left aside. Else, if many
    sounds were cut off while they sounded, held keys must not run past the ends of these; if they died away, a held key
    dies away too.

    Args:
        clips: notes, PitchedClip or any clip with ``audio`` [channels, frames]; at least one.
        sample_rate: in Hz.
    """
    held = [min(c.held_seconds, c.seconds) for c in clips if isinstance(c, PitchedClip) and c.held_seconds is not None]
    if held:
        return max(float(np.percentile(held, 90)) - FREEZE_MARGIN_SECONDS, LEAST_SECONDS)
    sounds = [np.asarray(clip.audio, np.float32) for clip in clips]
    ends = np.array([audible_frames(sound, AUDIBLE_RANGE_DB) for sound in sounds])
    cut = np.array([_was_cut(sound[:, :end]) for sound, end in zip(sounds, ends, strict=True)])
    latest = np.percentile(ends[cut], 10) if cut.mean() >= LEAST_SUSTAINED_SHARE else np.percentile(ends, 90)
    return max(float(latest) / sample_rate * SHARE_OF_LENGTH, LEAST_SECONDS)


def _was_cut(audio: Array) -> bool:
    """Whether a sound [channels, frames] still sounds at four fifths of its length nearly as it does at its loudest."""
    parts = np.array_split((audio.astype(np.float64) ** 2).mean(0), 20)
    levels = np.sqrt([part.mean() if len(part) else 0.0 for part in parts])
    return bool(levels[14:17].mean() > levels.max() * 10 ** (-SUSTAINED_DROP_DB / 20))
