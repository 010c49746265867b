"""From the model's rate to the output's: one linear-phase FIR on the mix, of constant delay, the same in any blocks.

The ratio of the two rates is a fraction, ``up / down``; output frame *n* lies at *n* × ``down`` / ``up`` frames of the
engine. Each output frame is a sum over a fixed number of engine frames, weighted by one of ``up`` rows of coefficients
(a polyphase filter bank), and delayed by ``centre_frames`` of the engine. All places are computed from absolute frame
numbers in whole numbers, so nothing drifts, and the same frames come out however they are cut into blocks.

The filter is a windowed sinc whose −6 dB point is the lower rate's Nyquist frequency. What is folded back or mirrored
stays in the band above ``pass_hz``, where nobody hears it; that makes the transition twice as wide and the delay half
as long as one that is closed at the Nyquist frequency. The window is Kaiser's: from a stop band of *A* dB and a
transition of *w* radians per sample follow β = 0.1102 (A − 8.7) and a length of 1 + (A − 7.95) / (2.285 w).

Source: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS 1974; the formulas
as in Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.6. Polyphase structure: R. E. Crochiere and
L. R. Rabiner, Multirate Digital Signal Processing, 1983, chapter 3.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from runtime.errors import LatentbridgeError

Floats = NDArray[np.float32]

PASS_HZ: Final = 20_000.0
"""Flat up to here, and clean of aliases and images, where the rates allow it."""
STOP_DB: Final = 100.0
LONGEST_DELAY_SECONDS: Final = 0.001
MOST_PHASES: Final = 4096
"""Rows of coefficients that are still worth their memory; every pair of rates in use needs far fewer."""
_CHANNELS: Final = 2
_PIECE_FRAMES: Final = 256
"""Frames computed at a time, so that the products stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class ConversionFilter:
    """The coefficients for one pair of rates."""

    up: int
    down: int
    pass_hz: float
    centre_frames: int
    """Delay in frames of the engine; a row spans twice as many."""
    rows: Floats
    """[up, 2 × centre_frames]: row *r* is for output frames that lie *r* / up before an engine frame."""

    @classmethod
    def design(cls, engine_rate: int, output_rate: int) -> Self:
        """Design the filter. Raises LatentbridgeError for rates whose ratio needs too many coefficients."""
        common = math.gcd(engine_rate, output_rate)
        up, down = output_rate // common, engine_rate // common
        if up > MOST_PHASES:
            raise LatentbridgeError(
                f"The output runs at {output_rate} Hz, which cannot be made of {engine_rate} Hz.",
                "A usual rate was expected: 44100, 48000, 88200 or 96000 Hz.",
                "Set the device or the JACK server to one of them.",
            )
        nyquist = min(engine_rate, output_rate) / 2
        # The window is as long as the delay twice; no narrower transition fits into it.
        narrowest_hz = (STOP_DB - 7.95) / (2.285 * 2 * math.pi * (2 * LONGEST_DELAY_SECONDS - 6 / engine_rate))
        pass_hz = min(PASS_HZ, nyquist - narrowest_hz / 2)
        width_radians = 2 * math.pi * 2 * (nyquist - pass_hz) / engine_rate
        centre = math.ceil((STOP_DB - 7.95) / (2.285 * width_radians) / 2)
        taps = np.arange(2 * centre)
        at = centre - taps[None] - np.arange(up)[:, None] / up
        cutoff = 2 * nyquist / engine_rate
        inside = np.sqrt(np.maximum(0.0, 1.0 - (at / centre) ** 2))
        beta = 0.1102 * (STOP_DB - 8.7)
        rows = cutoff * np.sinc(cutoff * at) * np.i0(beta * inside) / np.i0(beta)
        # A steady level stays what it was in every phase.
        rows /= rows.sum(axis=1, keepdims=True)
        return cls(up, down, pass_hz, centre, rows.astype(np.float32))


class RateConversion:
    """A stream of stereo audio from one rate to another. Nothing grows; a call costs in proportion to its frames.

    "Engine frames" are those of ``engine_rate``, "output frames" those of ``output_rate``, both counted from 0.
    """

    def __init__(self, engine_rate: int, output_rate: int) -> None:
        """Design the filter; rates in Hz. Raises LatentbridgeError, see :meth:`ConversionFilter.design`."""
        self.engine_rate: Final = engine_rate
        self.output_rate: Final = output_rate
        self.filter: Final = ConversionFilter.design(engine_rate, output_rate)
        self._span: Final = 2 * self.filter.centre_frames
        self._input = np.zeros((_CHANNELS, self._span + _PIECE_FRAMES), np.float32)
        """Engine frames from ``_input_begin`` to ``taken``; before the first one there was silence."""
        self._input_begin = -self._span
        # Made once: each call of sliding_window_view leaves some memory behind, and this must run for hours.
        self._windows = sliding_window_view(self._input, self._span, axis=1)
        self._products = np.zeros((_CHANNELS, _PIECE_FRAMES, self._span), np.float32)
        self.taken = 0
        """Engine frames taken so far."""
        self.made = 0
        """Output frames made so far."""

    @property
    def delay_seconds(self) -> float:
        """From a sample that goes in to its middle in what comes out, at all frequencies alike."""
        return self.filter.centre_frames / self.engine_rate

    @property
    def delay_output_frames(self) -> int:
        """What an event has to be granted for the conversion, in output frames: the filter, and rounding to frames.

        An event granted so much is never placed at an engine frame that :meth:`engine_frames_for` has asked for.
        """
        up, down, centre = self.filter.up, self.filter.down, self.filter.centre_frames
        return -(-(2 * centre + 3) * up // (2 * down)) - 1

    def engine_frame(self, output_frame: int) -> int:
        """Return the engine frame whose sound is at ``output_frame``, to the nearest."""
        up, down = self.filter.up, self.filter.down
        return (output_frame * down + up // 2) // up - self.filter.centre_frames

    def engine_frames_for(self, output_frames: int) -> int:
        """Return how many engine frames, from the first, so many output frames are made of."""
        up, down = self.filter.up, self.filter.down
        return max(0, -(-(output_frames - 1) * down // up))

    def convert(self, block: Floats) -> Floats:
        """Take the next engine frames [2, frames] and return the output frames [2, …] that they complete."""
        frames, first = block.shape[1], self.made
        out = np.empty((_CHANNELS, self._complete(self.taken + frames) - first), np.float32)
        for at in range(0, frames, _PIECE_FRAMES):
            self._take(block[:, at : at + _PIECE_FRAMES])
            complete = self._complete(self.taken)
            for begin in range(self.made, complete, _PIECE_FRAMES):
                end = min(begin + _PIECE_FRAMES, complete)
                self._fill(begin, out[:, begin - first : end - first])
                self.made = end
        return out

    def _complete(self, engine_frames: int) -> int:
        """Return how many output frames so many engine frames suffice for."""
        return engine_frames * self.filter.up // self.filter.down + 1 if engine_frames else 0

    def _take(self, piece: Floats) -> None:
        """Append a piece to the input, and forget what the next output frame no longer reaches."""
        kept = self.taken - self._span - self._input_begin
        self._input[:, : self._span] = self._input[:, kept : kept + self._span]
        self._input_begin = self.taken - self._span
        self._input[:, self._span : self._span + piece.shape[1]] = piece
        self.taken += piece.shape[1]

    def _fill(self, begin: int, out: Floats) -> None:
        """Compute output frames from ``begin`` on into ``out`` [2, at most _PIECE_FRAMES].

        Each frame is a sum of its own along the last axis, always of the same length, so that its neighbours in the
        call do not matter; a matrix product would round differently for other shapes.
        """
        up, down = self.filter.up, self.filter.down
        frames = out.shape[1]
        places = np.arange(begin, begin + frames) * down
        after = -(-places // up)
        windows = self._windows[:, after - self._span - self._input_begin]
        products = self._products[:, :frames]
        np.multiply(windows, self.filter.rows[after * up - places], out=products)
        np.add.reduce(products, axis=2, out=out)


def rate_conversion(engine_rate: int, output_rate: int) -> RateConversion | None:
    """Return what converts between two rates in Hz, or None where they are the same and there is nothing to do."""
    return None if engine_rate == output_rate else RateConversion(engine_rate, output_rate)
