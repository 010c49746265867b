"""Low-frequency oscillators: one for each axis of each part, free or in time with the beat.

Only +, −, ×, ÷ and rounding down are used, which give the same bits however many voices are asked for together; numpy's
sine need not.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np

from runtime.events import PARTS
from runtime.latent.beats import Beats
from runtime.latent.cycles import Cycles
from runtime.latent.glide import Frames, Numbers, Rows

FASTEST_HZ: Final = 50.0
MOST_PER_BEAT: Final = 32.0
RAMP_SECONDS: Final = 0.01
"""Time in which a wave that jumps gets from one level to the other."""
_LONGEST_RAMP: Final = 0.45
"""In cycles: a square that is too fast for its ramp becomes a triangle, nearly."""
_STEPS: Final = 1 << 14
"""Random steps before they come again."""
_STEPS_KEY: Final = 0x6C66
_GOLDEN: Final = 0.6180339887498949
_DELAY, _RISE, _STEEPNESS, _RAMP = range(4)
_SINE: Final = (1.5707963267948966, -0.6459640975062462, 0.07969262624616703, -0.004681754135318687, 0.000160441184787)
"""sin(x·π/2) for x in −1…1, by its Taylor series up to the ninth power: within 4 in a million."""


class Shape(IntEnum):
    """How a wave goes, from −1 to 1. Where phase 0 is: sine and triangle rise through 0, saws begin, squares go up."""

    SINE = 0
    TRIANGLE = 1
    SAW_UP = 2
    SAW_DOWN = 3
    SQUARE = 4
    RANDOM = 5
    """A new level in each cycle, held."""


@lru_cache(maxsize=1)
def _random_levels() -> Numbers:
    """Return levels uniform in −1…1, [_STEPS], the same on every machine."""
    words = np.random.Philox(key=_STEPS_KEY).random_raw(_STEPS)
    levels: Numbers = (words >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0
    return levels


class Lfos:
    """The oscillators of all parts, 0…15."""

    def __init__(self, axes: int, beats: Beats) -> None:
        self._beats, self._sample_rate = beats, beats.sample_rate
        self._cycles = Cycles(axes, beats.sample_rate)
        self._form = np.zeros((PARTS, 4, axes))
        self._form[:, _RISE], self._form[:, _STEEPNESS], self._form[:, _RAMP] = 0.5, 1.0, 0.1
        self._shape = np.full((PARTS, axes), Shape.TRIANGLE, np.int8)
        self._has_sine = self._has_random = False
        self._per_beat: dict[tuple[int, int], tuple[float, float]] = {}
        """Of those in time with the beat: cycles per beat, and phase."""
        self._phase = np.zeros((PARTS, axes))
        first = np.arange(PARTS * axes) * _GOLDEN % 1.0 * _STEPS
        self._first_step = first.astype(np.int64).reshape(axes, PARTS).T.copy()
        _random_levels()

    def set(self, part: int, axis: int, numbers: Sequence[float], frame: int, is_new: bool) -> None:
        """Set rate (Hz, or cycles per beat), shape, whether it follows the beat (0 or 1) and phase (in cycles).

        Phases of free ones count from frame 0; when the rate of one that moves changes, its phase goes on from where
        it is. Raises ValueError for a shape that there is not.
        """
        rate, shape, follows_beat, phase = numbers
        form = Shape(round(shape))
        shift = phase - float(self._phase[part, axis])
        self._phase[part, axis] = phase
        was_free = self._per_beat.pop((part, axis), None) is None
        if follows_beat >= 0.5:
            per_beat = min(max(rate, 0.0), MOST_PER_BEAT)
            self._per_beat[part, axis] = (per_beat, phase)
            cycles, per_frame = self._in_time(per_beat, phase, frame)
        else:
            per_frame = min(max(rate, 0.0), FASTEST_HZ) / self._sample_rate
            goes_on = was_free and not is_new
            cycles = self._cycles.one(part, axis, frame) + shift if goes_on else per_frame * frame + phase
        (self._cycles.place if is_new else self._cycles.go_on)(part, axis, frame, cycles, per_frame)
        self._shape[part, axis] = form
        self._set_form(part, axis, form, per_frame)
        self._has_sine = bool((self._shape == Shape.SINE).any())
        self._has_random = bool((self._shape == Shape.RANDOM).any())

    def follow_beats(self, frame: int) -> None:
        """Go on with the beats as they are since ``frame``."""
        for (part, axis), (per_beat, phase) in self._per_beat.items():
            cycles, per_frame = self._in_time(per_beat, phase, frame)
            self._cycles.go_on(part, axis, frame, cycles, per_frame)
            self._set_form(part, axis, Shape(int(self._shape[part, axis])), per_frame)

    def _in_time(self, per_beat: float, phase: float, frame: int) -> tuple[float, float]:
        return self._beats.at(frame) * per_beat + phase, self._beats.per_frame * per_beat

    def _set_form(self, part: int, axis: int, shape: Shape, per_frame: float) -> None:
        """Say how the wave is made of a tent that rises for part of the cycle, and is cut off where it is too steep."""
        ramp = min(max(RAMP_SECONDS * self._sample_rate * per_frame, 1e-9), _LONGEST_RAMP)
        delay = 0.0 if shape in (Shape.SAW_UP, Shape.SAW_DOWN, Shape.RANDOM) else 0.25
        rise = {Shape.SAW_UP: 1.0 - ramp, Shape.SAW_DOWN: ramp}.get(shape, 0.5)
        steepness = 0.5 / ramp if shape is Shape.SQUARE else 1.0
        self._form[part, :, axis] = delay, rise, steepness, ramp

    def values(self, parts: Rows, frames: Frames) -> Numbers:
        """Return the waves of ``parts`` [n] at ``frames`` [n], [n, axes] in −1…1."""
        form = self._form[parts]
        cycles = self._cycles.at(parts, frames) + form[:, _DELAY]
        whole = np.floor(cycles)
        x = cycles - whole
        rise = form[:, _RISE]
        wave = np.minimum(x / rise, (1.0 - x) / (1.0 - rise)) * 2.0 - 1.0
        wave *= form[:, _STEEPNESS]
        np.maximum(np.minimum(wave, 1.0, out=wave), -1.0, out=wave)
        if self._has_sine or self._has_random:
            shape = self._shape[parts]
            if self._has_sine:
                wave = np.where(shape == Shape.SINE, _sine(wave), wave)
            if self._has_random:
                steps = whole.astype(np.int64) + self._first_step[parts]
                wave = np.where(shape == Shape.RANDOM, _held(steps, x / form[:, _RAMP]), wave)
        return wave


def _sine(x: Numbers) -> Numbers:
    square = x * x
    total = np.full_like(x, _SINE[-1])
    for factor in _SINE[-2::-1]:
        total *= square
        total += factor
    total *= x
    return total


def _held(steps: Frames, passed: Numbers) -> Numbers:
    """Return the random level of each step, coming from that before while ``passed`` is below 1."""
    levels = _random_levels()
    before, now = levels[(steps - 1) % _STEPS], levels[steps % _STEPS]
    return before + (now - before) * np.minimum(passed, 1.0)
