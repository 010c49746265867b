"""What a player hears of a note besides what ``trainer.figures`` measures: pitch, vibrato, beating, release.

All are of the sound as it is played again, at its own pitch and velocity, the key held as long as it was:

* pitch: |cents| between what was asked for and what sounds, measured as the pitch of samples is;
* vibrato: how far the pitch moves about its mean (median deviation), in cents, decoded minus original;
* beating: how far the level swings about its course (standard deviation of 10 ms RMS about a mean over half a second)
  while the key is held, in dB, decoded minus original; a note that is held for less than a second has no such figure;
* release: mean |dB| between the levels of 10 ms stretches, each counted from the level at which the key went up, from
  there until the original has fallen by 40 dB or ends.
"""

from dataclasses import dataclass

import numpy as np

from runtime.pitch_detection import measure_pitch
from trainer.figures import Array, envelope
from trainer.pitched_clips import PitchedClip

STRETCHES_PER_SECOND = 100
_ATTACK_STRETCHES = 15
_TREND_STRETCHES = 51
_LEAST_STRETCHES = 100
_LEVEL_STRETCHES = 5
_RELEASE_RANGE_DB = 40.0
_LEAST_RELEASE_STRETCHES = 5


@dataclass(frozen=True)
class NoteFigures:
    """Distances between a note as it is played again and its original; NaN where there is none."""

    pitch_cents: float
    vibrato_cents: float
    beating_db: float
    release_db: float


def note_figures(clip: PitchedClip, decoded: Array, sample_rate: int) -> NoteFigures:
    """Measure a decoded note [channels, frames] against the clip that it was made from."""
    original = np.asarray(clip.audio, np.float32)
    made = decoded[:, : original.shape[1]]
    real_pitch, made_pitch = (measure_pitch(sound, sample_rate, near_note=clip.pitch) for sound in (original, made))
    # Averaged over channels in power: what two channels cancel is heard all the same.
    real, again = (_levels_db(sound, sample_rate) for sound in (original, made))
    key_up = len(real) if clip.held_seconds is None else round(clip.held_seconds * STRETCHES_PER_SECOND)
    return NoteFigures(
        pitch_cents=100 * abs(made_pitch.note - clip.pitch),
        vibrato_cents=made_pitch.spread_cents - real_pitch.spread_cents,
        beating_db=_swing_db(again[:key_up]) - _swing_db(real[:key_up]),
        release_db=_release_db(real, again, key_up),
    )


def _levels_db(audio: Array, sample_rate: int) -> Array:
    power: Array = (10 ** (envelope(audio, sample_rate) / 10)).mean(0)
    return 10 * np.log10(power)


def _swing_db(levels: Array) -> float:
    """How far levels in dB swing about their moving mean; NaN if there are too few."""
    held = levels[_ATTACK_STRETCHES:]
    if len(held) < _LEAST_STRETCHES:
        return float("nan")
    # Ten milliseconds hold no whole number of cycles: the level of a steady tone goes up and down a little.
    held = np.convolve(held, np.ones(3) / 3, "valid")
    trend = np.convolve(held, np.ones(_TREND_STRETCHES) / _TREND_STRETCHES, "valid")
    edge = _TREND_STRETCHES // 2
    return float(np.std(held[edge:-edge] - trend))


def _release_db(real: Array, made: Array, key_up: int) -> float:
    """Mean |dB| between two courses of level after the key went up; NaN where too little is left to say."""
    begin = max(key_up - _LEVEL_STRETCHES, 0)
    if key_up >= len(real) or begin == key_up:
        return float("nan")
    real_fall, made_fall = (levels[key_up:] - levels[begin:key_up].mean() for levels in (real, made))
    silent = np.flatnonzero(real_fall < -_RELEASE_RANGE_DB)
    end = int(silent[0]) + 1 if len(silent) else len(real_fall)
    if end < _LEAST_RELEASE_STRETCHES:
        return float("nan")
    real_fall, made_fall = (np.maximum(fall[:end], -_RELEASE_RANGE_DB) for fall in (real_fall, made_fall))
    return float(np.abs(real_fall - made_fall).mean())
