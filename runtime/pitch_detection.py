"""The pitch of one sound: which note, how far from it in cents, how sure that is.

In two passes. The first finds the period: the normalised difference function of YIN (de Cheveigné and Kawahara 2002,
doi:10.1121/1.1458024), its median over many stretches of the steady part, so that one bad stretch decides nothing. The
second measures partials by the advance of their phase (Flanagan and Golden 1966) and fits f(k) = k·f₀·√(1 + B·k²), the
partials of a stiff string (Fletcher 1964), so that stretched partials do not pull the pitch. Frequencies are averaged
under a window over the steady part, so that a vibrato's mean is measured, wherever it begins and ends.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

LOWEST_HZ, HIGHEST_HZ = 25.0, 5000.0
STEADY_RANGE_DB = 30.0
"""The steady part ends where the level has fallen this far."""
ATTACK_SECONDS, LONGEST_SECONDS = 0.04, 2.0
SHORTEST_SECONDS = 0.06
"""A sound that is audible for less has no pitch that could be told."""
MOST_STRETCHES = 24
CLEARLY_PERIODIC = 0.12
"""A shorter period is preferred to one that fits better by less than this."""
MOST_PARTIALS = 10
WIDEST_DEVIATION_CENTS = 80.0
"""Stretches whose period is further from that of the whole sound do not count as steady."""
MOST_INHARMONICITY = 0.005
FIT_CENTS = 5.0
"""Partials that fit no worse than this, on average, are those of a string or pipe."""
LEAST_PARTIALS = 4
"""Fewer do not tell how they are stretched."""
_FIT_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Pitch:
    """What was measured of a sound.

    ``note`` is a MIDI note number with fractions; 69 is 440 Hz. ``confidence`` (0…1) says how periodic and how steady
    the sound is: above ``CONFIDENT`` it can be played as a note. ``spread_cents`` is how far its pitch moves about the
    mean (median deviation). ``inharmonicity`` is B of f(k) = k·f₀·√(1 + B·k²), NaN if the partials do not tell.
    """

    note: float
    confidence: float
    spread_cents: float
    inharmonicity: float = math.nan

    @property
    def hz(self) -> float:
        """Frequency of the first partial."""
        return note_to_hz(self.note)


NO_PITCH = Pitch(math.nan, 0.0, math.nan)
CONFIDENT = 0.6


def note_to_hz(note: float) -> float:
    """Frequency of a MIDI note number with fractions, equal temperament at 440 Hz."""
    return float(440.0 * 2 ** ((note - 69.0) / 12))


def hz_to_note(hz: float) -> float:
    """MIDI note number, with fractions, of a frequency."""
    return float(69.0 + 12 * math.log2(hz / 440.0))


def measure_pitch(audio: Array, sample_rate: int, near_note: float | None = None) -> Pitch:
    """Measure the pitch of a sound.

    Args:
        audio: [channels, frames], onset at frame 0.
        sample_rate: in Hz.
        near_note: a note that the sound is known to be near to, within a semitone and a half; it leaves only its
            tuning to be measured.

    Returns:
        The pitch; ``NO_PITCH`` where nothing repeats.
    """
    mono = np.asarray(audio, np.float64).mean(axis=0)
    steady = _steady_part(mono, sample_rate)
    if steady is None:
        return NO_PITCH
    lags, difference = _difference_functions(steady, sample_rate)
    period = _period(lags, np.median(difference, axis=0), sample_rate, near_note)
    if period is None:
        return NO_PITCH
    frequencies, periodicity = _track(lags, difference, period, sample_rate)
    # Where the track runs off its lags there is no frequency, and nothing that is near.
    cents = 1200 * np.log2(np.where(frequencies > 0, frequencies, np.nan) * period / sample_rate)
    is_near = (np.abs(cents) < WIDEST_DEVIATION_CENTS) & (periodicity > 0.5)
    if is_near.sum() < max(2, 0.25 * len(cents)):
        return NO_PITCH
    centre = float(np.median(frequencies[is_near]))
    spread = float(np.median(np.abs(cents[is_near] - np.median(cents[is_near]))))
    confidence = float(np.median(periodicity) * is_near.mean() / (1 + (spread / 40) ** 2))
    refined, inharmonicity = _refine(steady, sample_rate, centre)
    return Pitch(hz_to_note(refined), min(max(confidence, 0.0), 1.0), spread, inharmonicity)


# --- the steady part -----------------------------------------------------------------------------------------------


def _steady_part(mono: Array, sample_rate: int) -> Array | None:
    """What follows the attack until the level has fallen far; None if hardly anything is audible."""
    block = max(sample_rate // 200, 1)
    blocks = len(mono) // block
    if blocks == 0:
        return None
    level = np.sqrt((mono[: blocks * block].reshape(blocks, block) ** 2).mean(axis=1))
    loudest = int(level.argmax())
    if level[loudest] < 1e-6:
        return None
    audible = np.flatnonzero(level > level[loudest] * 10 ** (-STEADY_RANGE_DB / 20))
    last = int(audible[-1]) + 1
    if (last - audible[0]) * block < SHORTEST_SECONDS * sample_rate:
        return None
    # A slow attack ends where most of the level is there, not at the loudest moment of a long swell.
    risen = int(np.flatnonzero(level > 0.5 * level[loudest])[0])
    begin = min(risen * block + round(ATTACK_SECONDS * sample_rate), (risen + last) * block // 2)
    return mono[begin : min(last * block, begin + round(LONGEST_SECONDS * sample_rate))]


# --- the period ----------------------------------------------------------------------------------------------------


def _difference_functions(steady: Array, sample_rate: int) -> tuple[Array, Array]:
    """Lags in frames, and YIN's normalised difference at them, of some stretches [stretches, lags]."""
    most = min(math.ceil(sample_rate / LOWEST_HZ), len(steady) // 2)
    window = min(max(most, 1024), len(steady) - most)
    length = window + most
    begins = np.unique(np.linspace(0, len(steady) - length, MOST_STRETCHES).astype(int))
    stretches = np.stack([steady[begin : begin + length] for begin in begins])
    size = 1 << (length + window - 1).bit_length()
    spectrum = np.fft.rfft(stretches, size)
    head = np.fft.rfft(stretches[:, :window], size)
    correlation = np.fft.irfft(spectrum * head.conj(), size)[:, :most]
    energy = np.cumsum(np.pad(stretches**2, ((0, 0), (1, 0))), axis=1)
    moved = energy[:, window : window + most] - energy[:, :most]
    difference = np.maximum(moved[:, :1] + moved - 2 * correlation, 0.0)
    sums = np.cumsum(difference[:, 1:], axis=1) + 1e-12 * moved[:, :1] + 1e-30
    normalised = np.ones_like(difference)
    normalised[:, 1:] = difference[:, 1:] * np.arange(1, most) / sums
    return np.arange(most, dtype=np.float64), normalised


def _period(lags: Array, difference: Array, sample_rate: int, near_note: float | None) -> float | None:
    """The shortest lag, in frames, at which the difference has about its deepest minimum."""
    shortest, longest = sample_rate / HIGHEST_HZ, lags[-1] - 1
    if near_note is not None:
        around = sample_rate / note_to_hz(near_note)
        shortest, longest = around * 2 ** (-1.5 / 12), min(around * 2 ** (1.5 / 12), longest)
    is_minimum = np.zeros(len(difference), bool)
    is_minimum[1:-1] = (difference[1:-1] <= difference[:-2]) & (difference[1:-1] < difference[2:])
    is_minimum &= (lags >= shortest - 1) & (lags <= longest + 1)
    places = np.flatnonzero(is_minimum)
    if not len(places):
        return None
    deepest = float(difference[places].min())
    if deepest > 0.6:
        return None
    # Between two frames the minimum lies deeper than at either; a short period must not lose by that.
    depths = np.array([_parabola(difference, int(place))[1] for place in places])
    first = int(places[np.flatnonzero(depths <= depths.min() + CLEARLY_PERIODIC)[0]])
    return _parabola(difference, first)[0]


def _parabola(values: Array, place: int) -> tuple[float, float]:
    """Place and depth of the minimum of the parabola through three values; ``place`` is the middle one."""
    before, here, after = (float(values[place + step]) for step in (-1, 0, 1))
    bend = before - 2 * here + after
    if bend <= 0:
        return float(place), here
    shift = 0.5 * (before - after) / bend
    return place + shift, here - 0.25 * (before - after) * shift


def _track(lags: Array, difference: Array, period: float, sample_rate: int) -> tuple[Array, Array]:
    """Frequency and periodicity (1 − difference) of each stretch, at its deepest minimum near ``period``."""
    first = max(1, math.floor(period * 2 ** (-1.5 / 12)))
    last = min(len(lags) - 2, math.ceil(period * 2 ** (1.5 / 12)))
    places = first + difference[:, first : last + 1].argmin(axis=1)
    found = [_parabola(row, int(place)) for row, place in zip(difference, places, strict=True)]
    periods, depths = np.array(found).T
    return sample_rate / periods, np.clip(1 - depths, 0.0, 1.0)


# --- the partials --------------------------------------------------------------------------------------------------


def _refine(steady: Array, sample_rate: int, hz: float) -> tuple[float, float]:
    """Frequency of the first partial and inharmonicity, from the partials of a sound whose pitch is about known."""
    length = 1 << math.ceil(math.log2(max(4096 * sample_rate / 48_000, 8 * sample_rate / hz)))
    while length > 512 and length + length // 8 > len(steady):
        length //= 2
    step = length // 8
    if length + step > len(steady) or length < 3 * sample_rate / hz:
        return hz, math.nan
    begins = np.unique(np.linspace(0, len(steady) - length - step, 2 * MOST_STRETCHES).astype(int))
    window = np.hanning(length + 1)[:-1]
    here, later = (
        np.fft.rfft(np.stack([steady[b + shift : b + shift + length] for b in begins]) * window) for shift in (0, step)
    )
    partials = _partials(here, later, step, sample_rate / length, sample_rate, hz)
    if not partials:
        return hz, math.nan
    return _fit(partials, hz)


def _partials(
    here: npt.NDArray[Any], later: npt.NDArray[Any], step: int, bin_hz: float, sample_rate: int, hz: float
) -> list[tuple[int, float, float]]:
    """Number, mean frequency and mean power of each partial that stands out."""
    power = np.abs(here) ** 2
    rows = np.arange(len(here))
    found: list[tuple[int, float, float]] = []
    times = np.hanning(len(here) + 2)[1:-1]
    stretch = 1.0
    for number in range(1, MOST_PARTIALS + 1):
        centre = number * hz * stretch
        reach = min(0.04 * centre, 0.4 * hz)
        low, high = math.floor((centre - reach) / bin_hz), math.ceil((centre + reach) / bin_hz) + 1
        if centre > min(0.45 * sample_rate, 12_000) or low < 1:
            continue
        # In each stretch anew: a vibrato carries high partials through many bins.
        peaks = low + power[:, low:high].argmax(axis=1)
        if not low < np.median(peaks) < high - 1:
            continue
        advance = np.angle(later[rows, peaks] * here[rows, peaks].conj())
        expected = 2 * np.pi * peaks * bin_hz * step / sample_rate
        drift = np.angle(np.exp(1j * (advance - expected)))
        frequencies = peaks * bin_hz + drift * sample_rate / (2 * np.pi * step)
        level = power[rows, peaks]
        weights = times * (level > 1e-3 * level.max())
        frequency = float((weights * frequencies).sum() / weights.sum())
        found.append((number, frequency, float(level.mean())))
        # Stretched partials drift away from multiples: the next one is looked for where this one points.
        stretch = min(max(frequency / (number * hz), 0.99), 1.03)
    loudest = max((power for _, _, power in found), default=0.0)
    return [partial for partial in found if partial[2] > loudest * 1e-4]


def _fit(partials: list[tuple[int, float, float]], hz: float) -> tuple[float, float]:
    """First partial and B of the partials' best fit, by least squares of (f/k)² over k², weighted by amplitude."""
    number, frequency, power = (np.array(column, np.float64) for column in zip(*partials, strict=True))
    ratio = (frequency / number / hz) ** 2
    weights = power**0.25 * np.sqrt(number)
    base, bend, errors = 1.0, 0.0, 600 * np.log2(ratio / np.median(ratio))
    for _ in range(_FIT_ROUNDS):
        # Weighted anew each time, so that a partial of another series loses its say.
        say = weights / (1 + np.abs(errors))
        base, bend = float((say * ratio).sum() / say.sum()), 0.0
        if len(partials) >= LEAST_PARTIALS:
            slope, level = np.polyfit(number**2, ratio, 1, w=np.sqrt(say))
            if level > 0 and 0 < slope / level < MOST_INHARMONICITY:
                base, bend = float(level), float(slope / level)
        errors = 600 * np.log2(ratio / (base * (1 + bend * number**2)))
    if float((weights * np.abs(errors)).sum() / weights.sum()) > FIT_CENTS:
        # Not a string: a bell, a bar, or two notes. What most of the power agrees on is what is heard.
        order = np.argsort(ratio)
        half = int(np.searchsorted(np.cumsum(weights[order]), 0.5 * weights.sum()))
        return hz * math.sqrt(float(ratio[order[half]])), math.nan
    return hz * math.sqrt(base * (1 + bend)), bend if len(partials) >= LEAST_PARTIALS else math.nan
