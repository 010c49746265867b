"""How a recorded note moves while it is held: the course of its pitch, vibrato, beating, and how it dies away.

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
from scipy.fft import next_fast_len

from runtime.pitch_detection import note_to_hz

Array = npt.NDArray[np.floating[Any]]

PERIODS_PER_WINDOW = 4.5
SHORTEST_WINDOW, LONGEST_WINDOW = 1024, 8192
PARTIALS = 8
PARTIAL_RANGE_DB = 40.0
"""Partials that are weaker than the strongest by more say nothing."""
AUDIBLE_RANGE_DB = 40.0
HELD_RANGE_DB = 6.0
"""Where it is not known when the key went up, a note counts as held until it is so far below its middle level."""
SILENT_AMPLITUDE = 1e-4
NEPERS_PER_DB = math.log(10) / 20
WIDEST_COURSE_CENTS = 100.0
WIDEST_COURSE_SHARE = 2 ** (WIDEST_COURSE_CENTS / 1200) - 1
HIGHEST_SHARE = 0.45
"""Of the sample rate, where partials are looked for."""
SMOOTH_HOPS = 5
LEAST_RESPONSE = 0.3
"""A window that leaves less of a vibrato tells too little of how deep it is."""

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
"""An attack is over where the level is that near to its middle."""
LEAST_SWING, MOST_SWING = 0.02, 0.9

LEAST_DECAY_SECONDS = 0.5
"""Of the second half of a held note."""
LEAST_DECAY_DB_PER_SECOND, MOST_DECAY_DB_PER_SECOND = 2.5, 60.0
"""What falls more slowly stands."""
SWING_DB_PER_SECOND = 10.0
"""What a swing as deep as the tone itself may be taken for: half of its 9 dB within about half a second."""


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
        pitch: MIDI note with fractions, as :func:`runtime.pitch_detection.measure_pitch` finds it.
        hop_frames: how far apart the values of the course are.
        held_seconds: when the key went up; if None, when the level leaves its middle for good.
    """
    mono = np.asarray(audio, np.float64).mean(axis=0)
    if np.abs(mono).max(initial=0.0) < SILENT_AMPLITUDE:
        return STILL
    window = _window_frames(sample_rate, note_to_hz(pitch))
    levels, frequencies = _partials(mono, sample_rate, note_to_hz(pitch), hop_frames, window)
    if levels.shape[1] == 0:
        return STILL
    total = _total(levels)
    # A window that reaches before the onset hears it as a jump.
    audible = total > total.max() - AUDIBLE_RANGE_DB * NEPERS_PER_DB
    audible[: math.ceil(window / 2 / hop_frames)] = False
    if audible.sum() < SMOOTH_HOPS:
        return STILL
    strong = np.median(levels[audible], axis=0)
    strong = strong > strong.max() - PARTIAL_RANGE_DB * NEPERS_PER_DB
    levels, frequencies = levels[:, strong], frequencies[:, strong]
    course = _course(levels, frequencies, audible)
    hops_per_second = sample_rate / hop_frames
    if held_seconds is not None:
        last = min(int(np.flatnonzero(audible)[-1]) + 1, round(held_seconds * hops_per_second))
    else:
        # The end of a recording may be its release.
        last = int(np.flatnonzero(total > np.median(total[audible]) - HELD_RANGE_DB * NEPERS_PER_DB)[-1]) + 1
    held = slice(round(STEADY_FROM_SECONDS * hops_per_second), last)
    depth, rate, rise = _vibrato(100 * course[held], hops_per_second)
    if depth > 0:
        depth /= _window_response(rate * window / sample_rate)
    swing = _swing(levels[held], audible[held], hops_per_second)
    decay = _decay(levels[held], audible[held], hops_per_second, swing[0])
    return Movement(course.astype(np.float32), Modulation(depth, rate, rise, *swing, decay))


def _total(levels: Array) -> Array:
    """Logarithm of the level of all partials together, [hops]."""
    return np.asarray(np.logaddexp.reduce(2 * levels, axis=1) / 2)


def _window_frames(sample_rate: int, hz: float) -> int:
    """A window long enough to tell partials of ``hz`` apart, and no longer: it flattens what moves within it."""
    wanted = min(max(PERIODS_PER_WINDOW * sample_rate / hz, SHORTEST_WINDOW), LONGEST_WINDOW)
    return int(next_fast_len(math.ceil(wanted / 2), real=True) * 2)


def _window_response(periods: float) -> float:
    """What a Hann window leaves of a wave of which it holds so many periods."""
    return max(float(np.sinc(periods) / (1 - periods**2)), LEAST_RESPONSE) if periods < 0.99 else LEAST_RESPONSE


def _partials(mono: Array, sample_rate: int, hz: float, hop_frames: int, window: int) -> tuple[Array, Array]:
    """Logarithms of levels, and frequencies, of partials where each hop begins, each [hops, partials]."""
    step, bin_hz = hop_frames // 2, sample_rate / window
    padded = np.pad(mono, (window // 2 + step, window // 2 + step))
    begins = np.arange(len(mono) // hop_frames + 1) * hop_frames + step - step // 2
    shape = np.hanning(window + 1)[:-1]
    places = []
    for number in range(1, PARTIALS + 1):
        reach = min(WIDEST_COURSE_SHARE * number * hz, 0.4 * hz)
        low, high = math.floor((number * hz - reach) / bin_hz), math.ceil((number * hz + reach) / bin_hz) + 1
        if low >= 1 and number * hz + reach < HIGHEST_SHARE * sample_rate:
            places.append((low, high))
    parts = [
        _partials_of_some(padded, some, shape, step, places) for some in np.array_split(begins, len(begins) // 64 + 1)
    ]
    levels, bins = (np.concatenate(part) for part in zip(*parts, strict=True))
    return levels, bins * bin_hz


def _partials_of_some(
    padded: Array, begins: npt.NDArray[np.int64], shape: Array, step: int, places: list[tuple[int, int]]
) -> tuple[Array, Array]:
    """Logarithms of levels, and frequencies in bins, of the partials in some windows, each [windows, partials]."""
    window, rows = len(shape), np.arange(len(begins))
    here, later = (np.fft.rfft(np.stack([padded[b + s : b + s + window] for b in begins]) * shape) for s in (0, step))
    levels, frequencies = np.zeros((2, len(begins), len(places)))
    for column, (low, high) in enumerate(places):
        # In each window anew: a vibrato carries high partials through many bins.
        peaks = low + np.abs(here[:, low:high]).argmax(axis=1)
        advance = np.angle(later[rows, peaks] * here[rows, peaks].conj())
        drift = np.angle(np.exp(1j * (advance - 2 * np.pi * peaks * step / window)))
        off = drift * window / (2 * np.pi * step)
        frequencies[:, column] = peaks + off
        # A sine between two bins is weaker in both: the main lobe of the window.
        within = np.clip(off, -0.5, 0.5)
        lobe = np.sinc(within) / (1 - within**2)
        levels[:, column] = np.log((np.abs(here[rows, peaks]) + np.abs(later[rows, peaks])) / lobe + 1e-12)
    return levels, frequencies


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
    begins = float(time[risen[0]]) if len(risen) else 0.0
    # Full where listening begins is full from the onset, as far as can be told.
    rise = (STEADY_FROM_SECONDS + begins) / 0.7 if begins > STEADY_FROM_SECONDS else 0.0
    return depth, rate, min(rise, LONGEST_RISE_SECONDS)


def _swing(levels: Array, audible: npt.NDArray[np.bool_], hops_per_second: float) -> tuple[float, float, float]:
    """Depth, rate of a tremolo and of beating, of the held logarithmic levels [hops, partials]."""
    # A slow attack is no swing.
    total = _total(levels)
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
    is_tremolo = as_tremolo > as_beating
    # What swings as one is heard in the whole; partials that swing each for itself make the whole steadier.
    total = _total(levels)
    together = (total - trend @ np.linalg.lstsq(trend, total, rcond=None)[0])[:, None]
    what, weights = (together, 1.0) if is_tremolo else (moving, strength)
    swing = math.sqrt(2 * float((weights * (what * shape[:, None] ** 0.5).var(axis=0)).sum() / shape.mean()))
    if swing < LEAST_SWING:
        return 0.0, math.nan, math.nan
    return min(swing, MOST_SWING), tremolo if is_tremolo else 0.0, 0.0 if is_tremolo else beating


def _decay(levels: Array, audible: npt.NDArray[np.bool_], hops_per_second: float, swing: float) -> float:
    """By how many dB per second a held note falls in its second half, as long as it is heard.

    NaN if that is short, or if the fall may be a part of how its level swings.
    """
    heard = _total(levels[audible]) / NEPERS_PER_DB
    half = heard[len(heard) // 2 :]
    if len(half) < LEAST_DECAY_SECONDS * hops_per_second:
        return math.nan
    # By the middle levels of its two halves, which no swing pulls far.
    early, late = np.array_split(half, 2)
    fall = (np.median(early) - np.median(late)) / (0.5 * len(half) / hops_per_second)
    if fall < LEAST_DECAY_DB_PER_SECOND:
        return 0.0
    return math.nan if fall < SWING_DB_PER_SECOND * swing else min(float(fall), MOST_DECAY_DB_PER_SECOND)
