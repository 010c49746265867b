"""What moves axes by itself or by the hands that play: LFO, drift, velocity, keys, pressure, slide.

A motion moves one axis of one part by its amount, −1…1 in widths of the axis (from minimum to maximum). All motions of
an axis add up; the axis never leaves its range. Amounts glide as axes do. Asked for any frame and any voices, together
or one by one, the answer is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from runtime.events import PARTS
from runtime.latent.beats import Beats
from runtime.latent.drift import Drifts
from runtime.latent.follower import Followers
from runtime.latent.glide import Frames, Glides, Numbers, Rows
from runtime.latent.lfo import Lfos

MIDDLE_KEY: Final = 60.0
"""C3, where key tracking leaves an axis alone."""
NEUTRAL_SLIDE: Final = 0.5
"""Where MPE's slide leaves an axis alone, and stands until it is moved."""


class Motion(IntEnum):
    """What moves an axis, and by how much where the amount is 1. The motion's own numbers stand in brackets."""

    LFO = 0
    """A wave from −1 to 1 (rate in Hz, or in cycles per beat; a :class:`runtime.latent.lfo.Shape`; 1 if it follows the
    beat; phase 0…1)."""
    DRIFT = 1
    """A slow wandering, within −1…1 for 95 of 100 parts of the time (time constant in seconds)."""
    VELOCITY = 2
    """For the whole part: up to the velocity of each note that begins, and down again (time constant in seconds)."""
    STRIKE = 3
    """For each voice its own velocity: −1 for the softest, 0 for half, 1 for the hardest."""
    KEY = 4
    """For each voice its key, in octaves above C3 (MIDI 60); slides between keys count."""
    PRESSURE = 5
    """Pressure of the part and of the note together, 0…1."""
    SLIDE = 6
    """Slide of the part and of the note together, −1…1: both rest in the middle of their way."""


USUAL_NUMBERS: Final[dict[Motion, tuple[float, ...]]] = {
    Motion.LFO: (1.0, 0.0, 0.0, 0.0),
    Motion.DRIFT: (2.0,),
    Motion.VELOCITY: (0.5,),
    Motion.STRIKE: (),
    Motion.KEY: (),
    Motion.PRESSURE: (),
    Motion.SLIDE: (),
}
"""Each motion's own numbers where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What the hands that play do to each of some voices, [n] each."""

    velocity: Numbers
    pitch: Numbers
    """Note number, with fractions while it slides from key to key."""
    pressure: Numbers
    """0…1."""
    slide: Numbers
    """−1…1."""


class Motions:
    """All motions of the sixteen parts of one model. Parts are 0…15 here."""

    def __init__(self, axes: int, sample_rate: int) -> None:
        self._axes = axes
        self.beats = Beats(sample_rate)
        self._lfos = Lfos(axes, self.beats)
        self._drifts = Drifts(axes, sample_rate)
        self._followers = Followers(axes, sample_rate)
        self._amounts = Glides(np.zeros((PARTS, len(Motion) * axes)))
        self._numbers: dict[tuple[int, int, Motion], tuple[float, ...]] = {}
        """The own numbers of each motion that has been set."""
        self._active: set[Motion] = set()
        """Motions that move anything; some that have come to rest may still be among them."""
        self._is_stale = False

    def set(
        self,
        part: int,
        axis: int,
        motion: Motion,
        amount: float,
        numbers: Sequence[float],
        frame: int,
        glide_frames: int,
    ) -> None:
        """Let an axis be moved, or with amount 0 no more.

        With no ``numbers`` of its own the motion keeps those it has; of some, those that are missing are the usual
        ones. Raises IndexError for an axis and ValueError for a shape that there is not.
        """
        if not 0 <= axis < self._axes:
            raise IndexError(f"there is no axis {axis}; the model has {self._axes}")
        column = int(motion) * self._axes + axis
        is_new = float(self._amounts.at(part, frame)[column]) == 0.0
        own = self._own(motion)
        if own is not None and (numbers or is_new):
            which, usual = (part, axis, motion), USUAL_NUMBERS[motion]
            rounded = tuple(float(np.float32(number)) for number in numbers[: len(usual)])
            complete = (*rounded, *usual[len(rounded) :]) if numbers else self._numbers.get(which, usual)
            own(part, axis, complete, frame, is_new)
            self._numbers[which] = complete
        self._amounts.move_one(part, column, min(max(amount, -1.0), 1.0), frame, glide_frames)
        self._active.add(motion)
        self._is_stale = True

    def _columns(self, motion: Motion) -> slice:
        """Where a motion's amounts stand, one for each axis."""
        return slice(motion * self._axes, (motion + 1) * self._axes)

    def _own(self, motion: Motion) -> Callable[[int, int, Sequence[float], int, bool], None] | None:
        if motion is Motion.LFO:
            return self._lfos.set
        if motion is Motion.DRIFT:
            return self._drifts.set
        return self._followers.set if motion is Motion.VELOCITY else None

    def set_tempo(self, beats_per_minute: float, beat: float | None, frame: int) -> None:
        """Change the tempo from ``frame`` on, which is ``beat``; see :meth:`runtime.latent.beats.Beats.set`."""
        self.beats.set(beats_per_minute, beat, frame)
        self._lfos.follow_beats(frame)

    def strike(self, part: int, velocity: float, frame: int) -> None:
        """Hear that a note of a part begins."""
        if Motion.VELOCITY not in self._active:
            return
        # What has come to rest may be among the active ones or not, as blocks fall; it is to hear nothing.
        own = self._columns(Motion.VELOCITY)
        if self._amounts.target[part, own].any() or self._amounts.at(part, frame)[own].any():
            self._followers.strike(part, velocity, frame)

    def is_moving(self, first_frame: int) -> bool:
        """Whether anything moves any axis from a frame on."""
        if self._is_stale and first_frame >= self._amounts.settled_at:
            self._is_stale = False
            self._active = {motion for motion in self._active if self._amounts.target[:, self._columns(motion)].any()}
        return bool(self._active)

    def values(self, parts: Rows, frames: Frames, hands: Hands) -> Numbers:
        """Return how far axes are moved in ``parts`` [n] at ``frames`` [n], in widths, [n, axes]."""
        amounts = self._amounts.values(parts, frames)
        total = np.zeros((len(parts), self._axes))
        for motion in Motion:
            if motion in self._active:
                total += amounts[:, self._columns(motion)] * self._signal(motion, parts, frames, hands)
        return total

    def _signal(self, motion: Motion, parts: Rows, frames: Frames, hands: Hands) -> Numbers:
        """Return what an amount of 1 adds, [n, axes] or [n, 1]."""
        if motion is Motion.LFO:
            return self._lfos.values(parts, frames)
        if motion is Motion.DRIFT:
            return self._drifts.values(parts, frames)
        if motion is Motion.VELOCITY:
            return self._followers.values(parts, frames)
        if motion is Motion.STRIKE:
            return (2.0 * hands.velocity - 1.0)[:, None]
        if motion is Motion.KEY:
            return ((hands.pitch - MIDDLE_KEY) / 12.0)[:, None]
        return (hands.pressure if motion is Motion.PRESSURE else hands.slide)[:, None]
