"""A part of a held note that can be repeated for as long as a key is held, found by comparing the note with itself.

A loop is good where the sound around its end is the sound around its start, sample by sample, over a tenth of a second
and at least six periods: then level, timbre, the phase of the vibrato and that of any beating agree as well, for each
of them would make the two places different. So a loop holds whole periods, whole vibrato cycles and whole beats without
these having to be known. The file stays what the model sounded, bit by bit; where the two places differ a little, as
where parts beat against each other, the loop asks the sampler for a short crossfade.

Where no such pair of places exists there is no loop: a note that decays, a note that never comes back to where it was.
Source of the measure: the squared difference function of de Cheveigné and Kawahara, "YIN, a fundamental frequency
estimator for speech and music", JASA 111 (2002), with lags of many periods and divided by the energy of both places.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.audio_files import Audio
from runtime.oneshots.kit_sound import Loop

SHORTEST_SECONDS: Final = 0.25
"""A shorter loop is heard as a buzz of its own."""
LARGEST_MISMATCH_DB: Final = -12.0
"""Energy of the difference between the sounds around both ends, against that of the sound."""
LARGEST_LEVEL_STEP_DB: Final = 0.5
LARGEST_SPECTRUM_STEP_DB: Final = 3.0
"""Larger changes at the seam are allowed where the note itself changes as much within a window, as beating does."""
LARGEST_FALL_DB: Final = 4.0
"""A note whose level falls by more while it is held is one that decays: repeated, it would ring for ever."""
ATTACK_SECONDS: Final = 0.5
CROSSFADE_ABOVE_DB: Final = -20.0
CROSSFADE_SECONDS: Final = 0.03

_WINDOW_SECONDS: Final = 0.1
_WINDOW_PERIODS: Final = 6
_ENDS: Final = 16
"""Places that are tried as the end of a loop."""
_STARTS: Final = 8
"""Best starts for each of them that are looked at closely."""
_AS_GOOD_DB: Final = 2.0
"""A longer loop is taken before a shorter one that fits better by no more than this: it is less of a repetition."""
_NEIGHBOURHOOD_SECONDS: Final = 0.02
_SEAM_FRAMES: Final = 8
_BANDS_PER_OCTAVE: Final = 3
_LOWEST_BAND_HZ: Final = 60.0
_HEARD_BAND: Final = 1e-4
"""Bands further below the loudest are not compared: noise alone decides their level."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LoopQuality:
    """How well the end of a loop goes on into its start."""

    mismatch_db: float
    """Energy of the difference between the sounds around both ends, against that of the sound; −∞ is the same sound."""
    level_step_db: float
    """Level around the start less that around the end."""
    spectrum_step_db: float
    """Largest change of a third-octave band within 40 dB of the loudest, the level aside."""
    step: float
    """Largest step and bend of the wave at the seam, against the largest within 20 ms of it; above 1 it may click."""


@dataclass(frozen=True, slots=True)
class Restlessness:
    """How much a held note changes by itself from one window to the next: medians, in dB as in :class:`LoopQuality`."""

    level_db: float
    spectrum_db: float

    def hides(self, quality: LoopQuality) -> bool:
        """Whether nobody should hear where a loop of that quality begins again."""
        return (
            quality.step <= 1
            and quality.mismatch_db <= LARGEST_MISMATCH_DB
            and abs(quality.level_step_db) <= max(LARGEST_LEVEL_STEP_DB, self.level_db)
            and quality.spectrum_step_db <= max(LARGEST_SPECTRUM_STEP_DB, self.spectrum_db)
        )


def find_note_loop(audio: Audio, sample_rate: int, let_go_frame: int, note: int) -> Loop | None:
    """Return the best loop of a note that is held from the start of ``audio`` to ``let_go_frame``, or None.

    ``audio`` is float32 [channels, frames], ``note`` its MIDI note. What is loudest and changes most, the attack, is
    left out.
    """
    pitch_hz = 440 * 2 ** ((note - 69) / 12)
    return find_loop(audio, sample_rate, pitch_hz, round(ATTACK_SECONDS * sample_rate), let_go_frame)


def find_loop(audio: Audio, sample_rate: int, pitch_hz: float, first_frame: int, last_frame: int) -> Loop | None:
    """Return the best loop of a note, or None if none is good.

    ``audio`` is float32 [channels, frames]; between ``first_frame`` and ``last_frame`` the key is held and the attack
    is over. ``pitch_hz`` is the note's frequency.
    """
    held = audio[:, first_frame : min(last_frame, audio.shape[1])].astype(np.float64)
    window = _window_frames(sample_rate, pitch_hz)
    shortest = round(SHORTEST_SECONDS * sample_rate)
    if held.shape[1] < window + shortest or _decays(held, window):
        return None
    restlessness = measure_restlessness(held, sample_rate, window)
    best: tuple[LoopQuality, Loop] | None = None
    for loop in _candidates(held, window, shortest, round(sample_rate / pitch_hz)):
        quality = measure_loop(held, sample_rate, pitch_hz, loop)
        if restlessness.hides(quality) and (best is None or _is_better((quality, loop), best)):
            best = (quality, loop)
    if best is None:
        return None
    quality, loop = best
    crossfade = CROSSFADE_SECONDS if quality.mismatch_db > CROSSFADE_ABOVE_DB else 0.0
    return Loop(loop.first_frame + first_frame, loop.end_frame + first_frame, round(crossfade * sample_rate))


def measure_loop(audio: Audio | Numbers, sample_rate: int, pitch_hz: float, loop: Loop) -> LoopQuality:
    """Measure how a loop sounds where it begins again, any crossfade aside; ``audio`` is [channels, frames]."""
    half = _window_frames(sample_rate, pitch_hz) // 2
    half = min(half, loop.first_frame, audio.shape[1] - loop.end_frame)
    start = audio[:, loop.first_frame - half : loop.first_frame + half].astype(np.float64)
    end = audio[:, loop.end_frame - half : loop.end_frame + half].astype(np.float64)
    energies = (start**2).sum(), (end**2).sum()
    return LoopQuality(
        mismatch_db=_db(((start - end) ** 2).sum(), sum(energies) / 2),
        level_step_db=_db(*energies),
        spectrum_step_db=_spectrum_step_db(_bands(start, sample_rate), _bands(end, sample_rate)),
        step=_step(audio, sample_rate, loop),
    )


def measure_restlessness(held: Numbers, sample_rate: int, window: int) -> Restlessness:
    """Measure how much a held note, [channels, frames], changes between windows of ``window`` frames."""
    windows = [held[:, at : at + window] for at in range(0, held.shape[1] - window + 1, window)]
    bands = [_bands(part, sample_rate) for part in windows]
    if len(windows) < 2:
        return Restlessness(0.0, 0.0)
    levels = [abs(_db((b**2).sum(), (a**2).sum())) for a, b in pairwise(windows)]
    spectra = [_spectrum_step_db(b, a) for a, b in pairwise(bands)]
    return Restlessness(float(np.median(levels)), float(np.median(spectra)))


def repeat_loop(audio: Audio, loop: Loop, frames: int) -> Audio:
    """Return ``frames`` frames of a note whose loop is repeated, as a sampler plays it while the key is held.

    The crossfade is a straight line, as samplers have it for sounds that are alike.
    """
    length, fade = loop.end_frame - loop.first_frame, min(loop.crossfade_frames, loop.first_frame)
    once = audio[:, : loop.end_frame].copy()
    if fade:
        share = np.arange(1, fade + 1, dtype=np.float32) / fade
        before_start = audio[:, loop.first_frame - fade : loop.first_frame]
        once[:, -fade:] = once[:, -fade:] * (1 - share) + before_start * share
    index = np.arange(frames)
    late = index >= loop.end_frame
    index[late] = loop.first_frame + (index[late] - loop.first_frame) % length
    return once[:, index]


def _window_frames(sample_rate: int, pitch_hz: float) -> int:
    return 2 * round(sample_rate * max(_WINDOW_SECONDS, _WINDOW_PERIODS / pitch_hz) / 2)


def _decays(held: Numbers, window: int) -> bool:
    """Whether a note falls while it is held: the loudest window of its second half against that of its first.

    The loudest, since a note that beats comes back to its level and one that decays does not.
    """
    half = held.shape[1] // 2
    energy = np.concatenate([[0.0], np.cumsum((held**2).sum(0))])
    windows = energy[window:] - energy[:-window]
    return _db(windows[: half - window + 1].max(initial=0), windows[half:].max(initial=0)) > LARGEST_FALL_DB


def _candidates(held: Numbers, window: int, shortest: int, period: int) -> list[Loop]:
    """Return pairs of places around which the held part, [channels, frames], sounds most alike."""
    frames, half = held.shape[1], window // 2
    size = 1 << (frames + window - 1).bit_length()
    spectrum = np.fft.rfft(held.astype(np.float32), size)
    energy = np.concatenate([[0.0], np.cumsum((held**2).sum(0))])
    loops = []
    for end in np.linspace(half + shortest, frames - half, _ENDS + 1)[1:].astype(int):
        around = held[:, end - half : end + half]
        starts = int(end) - shortest - half + 1
        likeness = spectrum * np.conj(np.fft.rfft(around.astype(np.float32), size))
        product = np.fft.irfft(likeness, size)[:, :starts].sum(0)
        energies = energy[window : window + starts] - energy[:starts] + (around**2).sum()
        mismatch = 1 - 2 * product / np.maximum(energies, 1e-30)
        loops += [_at_the_smoothest(held, start + half, int(end), half) for start in _lowest(mismatch, period)]
    return loops


def _lowest(mismatch: Numbers, period: int) -> list[int]:
    """Return the places of the lowest values that are at least half a period apart."""
    left = mismatch.copy()
    places: list[int] = []
    while len(places) < _STARTS and np.isfinite(left[place := int(np.argmin(left))]):
        places.append(place)
        left[max(place - period // 2, 0) : place + period // 2 + 1] = np.inf
    return places


def _at_the_smoothest(held: Numbers, start: int, end: int, half: int) -> Loop:
    """Slide both ends of a loop together, by a quarter of the window at most, to where they differ least."""
    reach = half // 2
    before, after = reach + _SEAM_FRAMES // 2, min(reach + _SEAM_FRAMES // 2, held.shape[1] - end)
    difference = held[:, start - before : start + after] - held[:, end - before : end + after]
    nearby = np.convolve((difference**2).sum(0), np.ones(_SEAM_FRAMES), "valid")
    shift = int(np.argmin(nearby)) - reach
    return Loop(start + shift, end + shift)


def _is_better(one: tuple[LoopQuality, Loop], other: tuple[LoopQuality, Loop]) -> bool:
    lengths = [loop.end_frame - loop.first_frame for _, loop in (one, other)]
    allowance_db = _AS_GOOD_DB if lengths[0] > lengths[1] else -_AS_GOOD_DB
    return one[0].mismatch_db < other[0].mismatch_db + allowance_db


def _bands(sound: Numbers, sample_rate: int) -> Numbers:
    """Return the energy in each third of an octave, the channels together."""
    frames = sound.shape[1]
    power = (np.abs(np.fft.rfft(sound * np.hanning(frames))) ** 2).sum(0)
    count = int(np.log2(sample_rate / 2 / _LOWEST_BAND_HZ) * _BANDS_PER_OCTAVE)
    edges_hz = _LOWEST_BAND_HZ * 2 ** (np.arange(count + 1) / _BANDS_PER_OCTAVE)
    edges = np.ceil(edges_hz * frames / sample_rate).astype(int)
    return np.diff(np.concatenate([[0.0], np.cumsum(power)])[np.minimum(edges, len(power))])


def _spectrum_step_db(bands: Numbers, others: Numbers) -> float:
    heard = bands + others > (bands + others).max() * _HEARD_BAND
    steps = 10 * np.log10((bands[heard] + 1e-30) / (others[heard] + 1e-30))
    return float(np.abs(steps - _db(bands.sum(), others.sum())).max(initial=0.0))


def _step(audio: Audio | Numbers, sample_rate: int, loop: Loop) -> float:
    """Return the largest first and second difference at the seam, each against the largest in its neighbourhood."""
    near = round(_NEIGHBOURHOOD_SECONDS * sample_rate)
    before = audio[:, max(loop.end_frame - near, 0) : loop.end_frame]
    after = audio[:, loop.first_frame : loop.first_frame + near]
    joined = np.concatenate([before, after], axis=1).astype(np.float64)
    seam = before.shape[1]
    ratios = []
    for order in (1, 2):
        own = max(np.abs(np.diff(side, order)).max(initial=1e-9) for side in (before, after))
        ratios.append(np.abs(np.diff(joined[:, seam - order : seam + order], order)).max() / own)
    return float(max(ratios))


def _db(power: float, reference: float) -> float:
    return float(10 * np.log10((power + 1e-30) / (reference + 1e-30)))
