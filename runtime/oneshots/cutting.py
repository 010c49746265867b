"""From a decoded note to the sound in the file: frames kept, gain, fade, rate. All is kept, so it can be redone."""

from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from runtime.audio_files import fade_out, trim
from runtime.errors import LatentbridgeError
from runtime.oneshots.tags import Cut

Audio = NDArray[np.float32]

LOUDEST_PEAK: Final = 0.99
"""A louder sound is turned down to this peak: 24 bits hold nothing above 1, and converters overshoot near it."""
QUIETEST_PEAK: Final = 0.125
"""A sound made by command has at least this peak (−18 dBFS), so that nobody takes it for silence."""
_SILENT_PEAK: Final = 10 ** (-90 / 20)
_FADE_SECONDS: Final = 0.005


def choose_cut(audio: Audio, sample_rate: int, quietest_peak: float = 0.0) -> Cut:
    """Decide how a decoded note [channels, frames] becomes a file: silence trimmed, a fade at the end, no clipping.

    The level is kept where it can be, so that a soft strike stays softer than a hard one; a peak below
    ``quietest_peak`` is raised to it. Raises LatentbridgeError if there is nothing to hear.
    """
    peak = float(np.abs(audio).max(initial=0.0))
    if not np.isfinite(peak) or peak < _SILENT_PEAK:
        raise LatentbridgeError(
            "The note is silent: there is nothing to write.", "", "Choose another latent, note or velocity."
        )
    trimmed = trim(audio, sample_rate)
    frames = trimmed.last_frame - trimmed.first_frame
    kept_peak = float(np.abs(audio[:, trimmed.first_frame : trimmed.last_frame]).max())
    wanted = min(max(kept_peak, quietest_peak), LOUDEST_PEAK)
    return Cut(
        first_frame=trimmed.first_frame,
        last_frame=trimmed.last_frame,
        gain=float(np.float32(wanted / kept_peak)),
        fade_frames=min(round(_FADE_SECONDS * sample_rate), frames // 4),
    )


def apply_cut(audio: Audio, cut: Cut) -> Audio:
    """Return the sound [channels, frames] that a cut makes of a decoded note.

    Raises LatentbridgeError if the note has fewer frames than the cut keeps, as a damaged file may say.
    """
    if not cut.first_frame < cut.last_frame <= audio.shape[1]:
        raise LatentbridgeError(
            f"Frames {cut.first_frame} to {cut.last_frame} should be kept, but the note has {audio.shape[1]}.",
            "",
            "The file does not fit this model: use it as latentbridge wrote it.",
        )
    kept = audio[:, cut.first_frame : cut.last_frame] * np.float32(cut.gain)
    return fade_out(kept, cut.fade_frames)


def at_rate(audio: Audio, sample_rate: int, wanted_rate: int | None) -> Audio:
    """Bring a sound [channels, frames] to another rate in Hz (None: its own), all of it at once, float32."""
    if wanted_rate is None or wanted_rate == sample_rate:
        return audio
    return np.ascontiguousarray(soxr.resample(audio.T, sample_rate, wanted_rate, quality="VHQ").T, np.float32)
