"""How a recorded note moves while it is held: the course of its pitch, its vibrato, and the beating of its partials.

Phases say it. Around each hop every partial's phase advance is its frequency (Flanagan and Golden 1966), and partials
move together where the pitch does. What is left when the mean is taken away is the *pitch course*, which a decoder is
given in training, so that it need not learn where each recording's vibrato happened to stand.

Of notes that are held long enough it is also measured how such a note moves at all, for a decoder that has to go on
moving under a held key: rate, depth and rise of a vibrato; and how deep and how fast the levels of partials swing. Two
sources that are a little apart in pitch beat k times as fast in partial k (a chorus, two strings of a piano); a tremolo
is as fast in all. Which of the two it is, is the one that explains more of what is seen.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.pitch_detection import note_to_hz

Array = npt.NDArray[np.floating[Any]]

PERIODS_PER_WINDOW = 4.5
SHORTEST_WINDOW, LONGEST_WINDOW = 1024, 8192
PARTIALS = 8
PARTIAL_RANGE_DB = 40.0
"""Partials that are weaker than the strongest by more say nothing."""
AUDIBLE_RANGE_DB = 40.0
WIDEST_COURSE_CENTS = 100.0
SMOOTH_HOPS = 5

STEADY_FROM_SECONDS = 0.15
LEAST_VIBRATO_SECONDS = 0.6
"""Three periods of a slow vibrato; a note that is held for less says nothing of it."""
VIBRATO_HZ = (3.5, 9.0)
LEAST_VIBRATO_CENTS = 1.5
LEAST_EXPLAINED = 0.3
"""Share of the pitch's movement that one rate must explain to be a vibrato."""
LONGEST_RISE_SECONDS = 1.5

LEAST_SWING_SECONDS = 1.2
TREMOLO_HZ = (2.0, 12.0)
BEATING_HZ = (0.3, 4.0)
FASTEST_SWING_HZ = 15.0
RISEN_WITHIN_NEPERS = 0.2
LEAST_SWING, MOST_SWING = 0.02, 0.9

LEAST_DECAY_SECONDS = 0.5
"""Of the second half of a held note."""
LEAST_DECAY_DB_PER_SECOND, MOST_DECAY_DB_PER_SECOND = 2.5, 60.0
"""What falls more slowly stands."""
SWING_DB_PER_SECOND = 7.0
"""What a swing as deep as the tone itself may be taken for: half of its 9 dB within a bit more than half a second."""


@dataclass(frozen=True, slots=True)
class Modulation:
    """How a note moves; NaN is what its recording does not tell.

    ``vibrato_cents`` is the amplitude of its vibrato (0: none), ``vibrato_hz`` the rate, ``vibrato_rise_seconds`` how
    long it takes to be full. ``swing`` (0…1) is how deep the levels of partials go up and down, as of a tone of
    amplitude 1 with a second of that amplitude; partial k does so ``tremolo_hz + k · beating_hz`` times per second.
    ``decay_db_per_second`` is how fast a held note dies away in the end; 0: not at all.
    """

    vibrato_cents: float = math.nan
    vibrato_hz: float = math.nan
    vibrato_rise_seconds: float = math.nan
    swing: float = math.nan
    tremolo_hz: float = math.nan
    beating_hz: float = math.nan
    decay_db_per_second: float = math.nan


@dataclass(frozen=True, eq=False)
class Movement:
    """How a note moved, and would: ``course_semitones`` is its pitch about the mean where each hop begins, [hops]."""

    course_semitones: npt.NDArray[np.float32]
    modulation: Modulation


STILL = Movement(np.zeros(1, np.float32), Modulation())
"""What is known of a note of which nothing was measured."""


def measure_movement(
    audio: Array, sample_rate: int, pitch: float, hop_frames: int, held_seconds: float | None
) -> Movement:
    """Measure how a note moves.

    Args:
        audio: [channels, frames], onset at frame 0.
        sample_rate: in Hz.
        pitch: MIDI note with fractions, as :func:`trainer.pitch_detection.measure_pitch` finds it.
        hop_frames: how far apart the values of the course are.
        held_seconds: when the key went up; if None, as long as the note is audible.
    """
    mono = np.asarray(audio, np.float64).mean(axis=0)
    levels, frequencies, audible = _partials(mono, sample_rate, note_to_hz(pitch), hop_frames)
    if levels.shape[1] == 0 or audible.sum() < SMOOTH_HOPS:
        return STILL
    course = _course(levels, frequencies, audible)
    last = int(np.flatnonzero(audible)[-1]) + 1
    if held_seconds is not None:
        last = min(last, round(held_seconds * sample_rate / hop_frames))
    hops_per_second = sample_rate / hop_frames
    held = slice(round(STEADY_FROM_SECONDS * hops_per_second), last)
    swing = _swing(levels[held], audible[held], hops_per_second)
    modulation = Modulation(
        *_vibrato(100 * course[held], hops_per_second),
        *swing,
        _decay(levels[held], audible[held], hops_per_second, swing[0]),
    )
    return Movement(course.astype(np.float32), modulation)


def _partials(mono: Array, sample_rate: int, hz: float, hop_frames: int) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Logarithms of levels and frequencies of partials at each hop, each [hops, partials], and where they are heard."""
    wanted = PERIODS_PER_WINDOW * sample_rate / hz
    window = 1 << math.ceil(math.log2(min(max(wanted, SHORTEST_WINDOW), LONGEST_WINDOW)))
    step = hop_frames // 2
    padded = np.pad(mono, (window // 2 + step, window // 2 + step))
    begins = np.arange(len(mono) // hop_frames + 1) * hop_frames + step - step // 2
    shape = np.hanning(window + 1)[:-1]
    here, later = (
        np.fft.rfft(np.stack([padded[b + shift : b + shift + window] for b in begins]) * shape) for shift in (0, step)
    )
    numbers = np.arange(1, PARTIALS + 1)
    bins = np.round(numbers * hz * window / sample_rate).astype(int)
    bins = bins[bins < 0.42 * window]
    advance = np.angle(later[:, bins] * here[:, bins].conj())
    expected = 2 * np.pi * bins * step / window
    drift = np.angle(np.exp(1j * (advance - expected)))
    frequencies = bins * sample_rate / window + drift * sample_rate / (2 * np.pi * step)
    levels = np.log(np.abs(here[:, bins]) + np.abs(later[:, bins]) + 1e-12)
    # Strongest partials of the whole note; the others are other things that happen to be there.
    total = np.logaddexp.reduce(2 * levels, axis=1) / 2 if levels.shape[1] else np.full(len(levels), -np.inf)
    audible = total > total.max(initial=-np.inf) - AUDIBLE_RANGE_DB * math.log(10) / 20
    audible &= begins >= step  # The first window lies half before the onset.
    audible[: math.ceil(window / 2 / hop_frames)] = False
    if not audible.any():
        return levels[:, :0], frequencies[:, :0], audible
    mean = np.median(levels[audible], axis=0)
    strong = mean > mean.max(initial=-np.inf) - PARTIAL_RANGE_DB * math.log(10) / 20
    return levels[:, strong], frequencies[:, strong], audible


def _course(levels: Array, frequencies: Array, audible: npt.NDArray[np.bool_]) -> Array:
    """Semitones about the mean, [hops]: what the partials agree on, weighted by amplitude, smoothed a little."""
    middle = np.median(frequencies[audible], axis=0)
    semitones = 12 * np.log2(np.maximum(frequencies, 1.0) / np.maximum(middle, 1.0))
    bounded = np.clip(semitones, -WIDEST_COURSE_CENTS / 100, WIDEST_COURSE_CENTS / 100)
    weights = np.exp(levels - levels.max(axis=1, keepdims=True))
    # A partial whose frequency is nowhere near is noise there.
    weights *= np.abs(semitones) < WIDEST_COURSE_CENTS / 100
    known = audible & (weights.sum(axis=1) > 0.3)
    if known.sum() < SMOOTH_HOPS:
        return np.zeros(len(levels))
    at = np.flatnonzero(known)
    course = (weights[at] * bounded[at]).sum(axis=1) / weights[at].sum(axis=1)
    course = np.interp(np.arange(len(levels)), at, course)
    shape = np.hanning(SMOOTH_HOPS + 2)[1:-1]
    edge = SMOOTH_HOPS // 2
    smooth = np.convolve(np.pad(course, edge, mode="edge"), shape / shape.sum(), "valid")
    # The pitch that was measured is the mean while the note sounds.
    return np.asarray(smooth - smooth[at].mean())


def _vibrato(cents: Array, hops_per_second: float) -> tuple[float, float, float]:
    """Depth in cents, rate in Hz and rise in seconds of the vibrato in a held pitch course, [hops]."""
    if len(cents) < LEAST_VIBRATO_SECONDS * hops_per_second:
        return math.nan, math.nan, math.nan
    time = np.arange(len(cents)) / hops_per_second
    moving = cents - np.polyval(np.polyfit(time, cents, 2), time)
    rates = np.arange(VIBRATO_HZ[0], VIBRATO_HZ[1], 0.05)
    shape = np.hanning(len(moving) + 2)[1:-1]
    waves = np.exp(-2j * np.pi * rates[:, None] * time) * shape
    depths = 2 * np.abs(waves @ moving) / shape.sum()
    best = int(depths.argmax())
    depth, rate = float(depths[best]), float(rates[best])
    explained = 0.5 * depth**2 / max(float((shape * moving**2).sum() / shape.sum()), 1e-9)
    is_peak = 0 < best < len(rates) - 1
    if depth < LEAST_VIBRATO_CENTS or explained < LEAST_EXPLAINED or not is_peak:
        return 0.0, math.nan, math.nan
    period = max(round(hops_per_second / rate), 1)
    turning = moving * np.exp(-2j * np.pi * rate * time)
    course = 2 * np.abs(np.convolve(turning, np.ones(period) / period, "same"))
    risen = np.flatnonzero(course > 0.7 * depth)
    rise = min(float(time[risen[0]]) / 0.7, LONGEST_RISE_SECONDS) if len(risen) else 0.0
    return depth, rate, rise


def _swing(levels: Array, audible: npt.NDArray[np.bool_], hops_per_second: float) -> tuple[float, float, float]:
    """Depth, rate of a tremolo and of beating, of the held logarithmic levels [hops, partials]."""
    # A slow attack is no swing.
    total = np.logaddexp.reduce(2 * levels, axis=1) / 2
    risen = np.flatnonzero(total > np.median(total) - RISEN_WITHIN_NEPERS) if len(total) else total
    levels, audible = (x[risen[0] :] if len(risen) else x for x in (levels, audible))
    if len(levels) < LEAST_SWING_SECONDS * hops_per_second or audible.mean() < 0.95:
        return math.nan, math.nan, math.nan
    time = np.arange(len(levels)) / hops_per_second
    trend = np.polynomial.polynomial.polyvander(time - time.mean(), 3)
    moving = levels - trend @ np.linalg.lstsq(trend, levels, rcond=None)[0]
    strength = np.exp(2 * (levels.mean(axis=0) - levels.mean(axis=0).max()))
    strength /= strength.sum()
    rates = np.arange(0.1, FASTEST_SWING_HZ, 0.05)
    shape = np.hanning(len(moving) + 2)[1:-1]
    waves = np.exp(-2j * np.pi * rates[:, None] * time) * shape
    power = (2 * np.abs(waves @ moving) / shape.sum()) ** 2

    def heard(rates_hz: Array, multiples: Array) -> tuple[float, float]:
        """Best of some rates, and how much power it explains where partials swing at multiples of it."""
        at = np.clip(np.round((rates_hz[:, None] * multiples - rates[0]) / 0.05).astype(int), 0, len(rates) - 1)
        within = rates_hz[:, None] * multiples < rates[-1]
        scores = (strength * within * power[at, np.arange(power.shape[1])]).sum(axis=1)
        return float(rates_hz[scores.argmax()]), float(scores.max())

    count = power.shape[1]
    tremolo, as_tremolo = heard(np.arange(*TREMOLO_HZ, 0.05), np.ones(count))
    beating, as_beating = heard(np.arange(*BEATING_HZ, 0.05), np.arange(1, count + 1, dtype=float))
    swing = math.sqrt(2 * float((strength * (moving * shape[:, None] ** 0.5).var(axis=0)).sum() / shape.mean()))
    if swing < LEAST_SWING:
        return 0.0, math.nan, math.nan
    is_tremolo = as_tremolo > as_beating
    return min(swing, MOST_SWING), tremolo if is_tremolo else 0.0, 0.0 if is_tremolo else beating


def _decay(levels: Array, audible: npt.NDArray[np.bool_], hops_per_second: float, swing: float) -> float:
    """By how many dB per second a held note falls in its second half, as long as it is heard.

    NaN if that is short, or if the fall may be a part of how its level swings.
    """
    heard = np.logaddexp.reduce(2 * levels[audible], axis=1) * (10 / math.log(10))
    half = heard[len(heard) // 2 :]
    if len(half) < LEAST_DECAY_SECONDS * hops_per_second:
        return math.nan
    # By the middle levels of its two halves, which no swing pulls far.
    early, late = np.array_split(half, 2)
    fall = (np.median(early) - np.median(late)) / (0.5 * len(half) / hops_per_second)
    if fall < LEAST_DECAY_DB_PER_SECOND:
        return 0.0
    return math.nan if fall < SWING_DB_PER_SECOND * swing else min(float(fall), MOST_DECAY_DB_PER_SECOND)
