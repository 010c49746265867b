"""From voices to the two channels that leave the engine: sum, tails, gain, limiter."""

from typing import Final

import numpy as np

from runtime.engine.decoder import Floats
from runtime.engine.limiter import Limiter
from runtime.engine.stats import Statistics
from runtime.engine.tails import Tails
from runtime.engine.unison import CHANNELS
from runtime.engine.voices import Voices
from runtime.events import PARTS
from runtime.latent.glide import Glides

GAIN_GLIDE_SECONDS: Final = 0.02
"""Time that the gain of the mix takes to a new value."""
STOP_SECONDS: Final = 0.03
"""Length of the fade with which the whole mix ends."""


class Mixer:
    """Mixes one chunk at a time: voices up to any frame of it, as often as needed, then the rest."""

    def __init__(
        self, voices: Voices, tails: Tails, statistics: Statistics, sample_rate: int, keeps_parts: bool = False
    ) -> None:
        self._voices, self._tails, self._statistics = voices, tails, statistics
        self._hop: Final = voices.hop_frames
        self._bus = np.zeros((CHANNELS, self._hop), np.float32)
        self._of_parts = np.zeros((PARTS, *self._bus.shape), np.float32) if keeps_parts else None
        self._gains = np.ones(self._hop)
        self._gain = Glides(np.ones((1, 1)))
        self._row = np.zeros(self._hop, np.intp)
        self._glide_frames = round(GAIN_GLIDE_SECONDS * sample_rate)
        self._stop_frames = round(STOP_SECONDS * sample_rate)
        self.limiter: Final = Limiter(sample_rate, self._hop)
        self._is_limited = True
        self._chunk = self._gains_to = 0
        self.mixed_to = 0
        """Voices have been mixed up to this frame."""

    def mix(self, until: int) -> None:
        """Decode and sum the voices up to ``until``, in the order in which their notes began."""
        if until <= self.mixed_to:
            return
        voices, begin = self._voices, self.mixed_to
        voices.sample(until)
        voices.decode()
        if voices.order:
            here = slice(begin - self._chunk, until - self._chunk)
            bus = self._bus[:, here]
            sounds = voices.read(begin, until - begin)
            for sound in sounds:
                bus += sound
            if self._of_parts is not None:
                for slot, sound in zip(voices.order, sounds, strict=True):
                    self._of_parts[voices.part[slot], :, here] += sound
        voices.forget_silent(until)
        self.mixed_to = until

    def set_gain(self, gain_db: float, frame: int) -> None:
        """Send the gain of the mix to ``gain_db``, from ``frame`` on."""
        self._fill_gains(frame)
        self._gain.move(0, np.array([10 ** (gain_db / 20)]), frame, self._glide_frames)

    def fade_out(self, frame: int) -> int:
        """Let the whole mix fade to nothing from ``frame`` on; returns the first silent frame."""
        self._fill_gains(frame)
        self._gain.move(0, np.zeros(1), frame, self._stop_frames)
        return frame + self._stop_frames

    def succeed(self, before: "Mixer", frame: int) -> None:
        """Begin at ``frame``, at the gain to which the mixer before was sent."""
        self._chunk = self._gains_to = self.mixed_to = frame
        self._gain.move(0, before._gain.target[0], frame, 0)
        self.limiter.succeed(before.limiter)
        # What it mixes from now on is a part of this mix, and is limited with it.
        before._is_limited = False

    def _fill_gains(self, until: int) -> None:
        begin, end = self._gains_to - self._chunk, until - self._chunk
        if end > begin:
            frames = np.arange(self._gains_to, until)
            self._gains[begin:end] = self._gain.values(self._row[: end - begin], frames)[:, 0]
            self._gains_to = until

    def finish(self, out: Floats, beside: Floats | None = None, stems: Floats | None = None) -> None:
        """Mix the chunk to its end, write it to ``out`` [2, frames], and begin the next.

        What is to be heard ``beside`` it [2, frames], finite, is added before the limiter. What each part gives to the
        mix, gain and limiter included, is written to ``stems`` [parts, 2, frames]: their sum is ``out``.
        """
        frames = out.shape[1]
        end = self._chunk + frames
        self.mix(end)
        bus = self._bus[:, :frames]
        of_parts = None if self._of_parts is None else self._of_parts[:, :, :frames]
        self._tails.take(bus, of_parts)
        self._fill_gains(end)
        gains = self._gains[:frames].astype(np.float32)
        bus *= gains
        out[:] = bus
        finite = np.isfinite(out)
        if not finite.all():
            self._statistics.bad_mixes += 1
            out[~finite] = 0.0
        if beside is not None:
            out += beside
        divisor = self.limiter.apply(out) if self._is_limited else None
        if of_parts is not None and stems is not None:
            np.multiply(of_parts, gains, out=stems)
            stems[:, ~finite] = 0.0
            if divisor is not None:
                stems /= divisor
            of_parts[:] = 0.0
        bus[:] = 0.0
        self._chunk = self._gains_to = end
