"""Tempo and beat from MIDI clock: 24 ticks a beat, start, continue, stop and song position.

Ticks arrive with jitter, so a straight line is drawn through the last of them; its slope is the tempo and its end the
beat. As many ticks are used as lie on one line: after a change of tempo only those since.
Source: MIDI 1.0 Detailed Specification, System Real Time Messages.
"""

from collections import deque
from typing import Final

import numpy as np

from runtime.events import ALL_PARTS, Event, Kind
from runtime.latent.beats import FASTEST_BPM, SLOWEST_BPM

TICKS_PER_BEAT: Final = 24
SONG_POSITION, TICK, START, CONTINUE, STOP = 0xF2, 0xF8, 0xFA, 0xFB, 0xFC
CLOCK_MESSAGES: Final = frozenset({SONG_POSITION, TICK, START, CONTINUE, STOP})
"""Status bytes that a :class:`MidiClock` understands."""
_TICKS_PER_SIXTEENTH: Final = 6
_WINDOWS: Final = (96, 48, 24, 12, 6)
"""Ticks through which a line is drawn: the longest stretch that is straight."""
_TELLING_TICKS: Final = 6
"""Something new is told at most four times a beat."""
_PAUSE_SECONDS: Final = 0.5
"""After no tick for so long the next one is the first."""
_STRAIGHT_SECONDS: Final = 0.001
"""How far the newest ticks may lie off the line, if the others do not scatter more."""
_SAME_SECONDS: Final = 0.0005
_SAME_TEMPO: Final = 2e-4
"""Less than this is not worth an event."""


class MidiClock:
    """What one sender of MIDI clock says. Frames are those at which its messages happen, in their order."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate: Final = sample_rate
        self._frames: deque[int] = deque(maxlen=_WINDOWS[0] + 1)
        """The last ticks."""
        self._since_told = 0
        self._tick = -1
        """Number of the last tick, counted in the song where there is one."""
        self._song_tick = 0
        """Number of the song's next tick."""
        self._is_running = False
        self._jumps = self._has_jumped = False
        """Whether the next tick is another one of the song, and whether one was that nobody has been told of."""
        self._told: tuple[float, float, int] | None = None
        """Beats per frame, and a beat and its frame."""

    def hear(self, data: bytes, frame: int) -> Event | None:
        """Take a message of ``CLOCK_MESSAGES``; return a TEMPO event for this very frame if there is news."""
        status = data[0]
        if status == TICK:
            return self._heard_tick(frame)
        if status == START or (status == SONG_POSITION and len(data) == 3):
            self._song_tick = 0 if status == START else (data[1] | data[2] << 7) * _TICKS_PER_SIXTEENTH
        if status == STOP:
            self._is_running = False
        elif status in (START, CONTINUE):
            self._is_running = self._jumps = self._has_jumped = True
        return None

    def _heard_tick(self, frame: int) -> Event | None:
        # Ticks go on in most studios while the song stands still, and so does what follows the beat.
        self._tick = self._song_tick if self._jumps else self._tick + 1
        self._jumps = False
        self._song_tick += self._is_running
        if self._frames and frame - self._frames[-1] > _PAUSE_SECONDS * self._sample_rate:
            self._frames.clear()
        self._frames.append(frame)
        self._since_told += 1
        if len(self._frames) <= _WINDOWS[-1] or (self._since_told < _TELLING_TICKS and not self._has_jumped):
            return None
        self._since_told, self._has_jumped = 0, False
        tick_frames, last_frame = self._line()
        beat_seconds = TICKS_PER_BEAT * tick_frames / self._sample_rate
        if not 60 / FASTEST_BPM <= beat_seconds <= 60 / SLOWEST_BPM:
            return None
        return self._tell(tick_frames, last_frame, frame)

    def _line(self) -> tuple[float, float]:
        """Return the length of a tick, and the frame at which the last one was due."""
        heard = np.array(self._frames, np.float64)
        slope = last = 0.0
        for window in _WINDOWS:
            if window >= len(heard) and window > _WINDOWS[-1]:
                window = len(heard) - 1
            ticks = heard[-window - 1 :]
            at = np.arange(-window, 1.0)
            slope, last = _fit(at, ticks)
            off = ticks - (last + slope * at)
            scatter = float(np.median(np.abs(off)))
            # A tick that came far too late says nothing about the others.
            usual = np.abs(off) <= max(4 * scatter, _STRAIGHT_SECONDS * self._sample_rate)
            if not usual.all() and np.count_nonzero(usual) > 3:
                slope, last = _fit(at[usual], ticks[usual])
                off = ticks - (last + slope * at)
            newest = max(4, window // 8)
            bent = max(abs(float(np.median(off[-newest:]))), abs(float(np.median(off[:newest]))))
            if bent <= max(_STRAIGHT_SECONDS * self._sample_rate, 1.5 * scatter):
                break
        return slope, last

    def _tell(self, tick_frames: float, last_frame: float, frame: int) -> Event | None:
        per_frame = 1 / (TICKS_PER_BEAT * tick_frames)
        beat = self._tick / TICKS_PER_BEAT + (frame - last_frame) * per_frame
        if self._told is not None:
            old_per_frame, old_beat, old_frame = self._told
            off_beats = old_beat + (frame - old_frame) * old_per_frame - beat
            is_same = abs(per_frame / old_per_frame - 1) < _SAME_TEMPO
            if is_same and abs(off_beats) < _SAME_SECONDS * self._sample_rate * per_frame:
                return None
        self._told = (per_frame, beat, frame)
        whole = np.floor(beat)
        # Apart, since one number of a record would be too coarse for the beat of a long set.
        values = (float(whole), float(np.float32(beat - whole)))
        return Event(Kind.TEMPO, frame, part=ALL_PARTS, value=per_frame * self._sample_rate * 60, values=values)


def _fit(at: np.ndarray, frames: np.ndarray) -> tuple[float, float]:
    """Return slope, and value at 0, of the line of least squares."""
    middle, mean = float(at.mean()), float(frames.mean())
    slope = float(((at - middle) * (frames - mean)).sum() / np.square(at - middle).sum())
    return slope, mean - slope * middle
