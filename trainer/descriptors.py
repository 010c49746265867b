"""What a musician hears of one sound, as numbers: how bright, how slow to begin, how long, how noisy, how low it is.

Every descriptor is in a unit in which equal steps sound about equal: octaves of frequency or time, dB, semitones. None
has a threshold that one partial or one window could pass alone, so that a knob that is turned steadily gives a number
that moves steadily: centres of gravity and mean times rather than peaks and crossings. NaN is what a sound does not
have, such as the pitch drop of a hi-hat.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.figures import FFT_FRAMES, FFT_HOP_FRAMES, SILENT_AMPLITUDE, spectrogram

Array = npt.NDArray[np.floating[Any]]

FINE_FRAMES, FINE_HOP_FRAMES = 8192, 2048
LOW_END_HZ = 200.0
"""Below it is the low end: the body of a kick, the lowest toms."""
LOW_END_SLOPE = 6
SMOOTH_SECONDS = 0.003
RISE_SHARE = 0.7
"""The attack is the rise to this share of the loudest moment; how long the very top takes is hardly heard as attack."""
SHORTEST_ATTACK_SECONDS = 0.0005
DECAY_RANGE_DB = 40.0
NOISE_FRAMES, NOISE_HOP_FRAMES = 1024, 512
NOISE_BINS = 13
"""How many bins of 47 Hz are compared with each other to tell a line from noise."""
NOISE_HZ = (150.0, 16_000.0)
NOISE_RANGE_DB = 80.0
DROP_HZ = (30.0, 800.0)
"""Where the pitch of a drum falls."""
DROP_EARLY_SECONDS, DROP_LATE_SECONDS = (0.0, 0.05), (0.1, 0.3)
LEAST_LOW_SHARE_DB, LEAST_TONE_SHARE_DB = -10.0, -2.0
"""A sound whose part below 1 kHz is weaker, or is spread wider than one line, has no pitch that could drop."""


@dataclass(frozen=True)
class Heard:
    """One sound, with what several descriptors need of it worked out once.

    ``waveform`` is mono [frames] from the key press on; ``pitch`` the MIDI note that was played, NaN for drums.
    """

    waveform: Array
    sample_rate: int
    pitch: float = math.nan

    @cached_property
    def power(self) -> Array:
        """Power spectrogram [windows, 1025]: Hann 2048, window k centred on frame 512 k."""
        return np.abs(spectrogram(np.asarray(self.waveform, np.float32))) ** 2

    @cached_property
    def fine_power(self) -> Array:
        """Power spectrogram that tells partials apart [windows, 4097]: Hann 8192, window k begins at frame 2048 k."""
        kept = np.asarray(self.waveform, np.float32)
        padded = np.pad(kept, (0, max(0, FINE_FRAMES - len(kept))))
        windows = np.lib.stride_tricks.sliding_window_view(padded, FINE_FRAMES)[::FINE_HOP_FRAMES]
        return np.abs(np.fft.rfft(windows * np.hanning(FINE_FRAMES + 1)[:-1].astype(np.float32))) ** 2

    @cached_property
    def hz(self) -> Array:
        """Frequency of each bin of ``power`` [1025]."""
        return np.fft.rfftfreq(FFT_FRAMES, 1 / self.sample_rate)


@dataclass(frozen=True)
class Descriptor:
    """A descriptor that may become a named axis.

    ``says`` is for the musician: what is measured and in which unit. ``least_travel`` is how much of it a knob must
    move from end to end to be worth its name: some three times what can just be heard.
    """

    name: str
    says: str
    unit: str
    measure: Callable[[Heard], float]
    least_travel: float


def describe(waveform: Array, sample_rate: int, pitch: float, descriptors: Sequence[Descriptor]) -> Array:
    """Return the descriptors of one sound, mono [frames], as [descriptors]; of silence all are NaN."""
    if float(np.abs(waveform).max(initial=0.0)) < SILENT_AMPLITUDE:
        return np.full(len(descriptors), np.nan)
    heard = Heard(waveform, sample_rate, pitch)
    return np.array([descriptor.measure(heard) for descriptor in descriptors])


# --- spectrum ------------------------------------------------------------------------------------------------------


def brightness_octaves(heard: Heard) -> float:
    """Centroid of the magnitude spectrum, added up over the sound, in octaves above 1 Hz."""
    magnitude = np.sqrt(heard.power).sum(0)
    return math.log2(max(float(magnitude @ heard.hz / max(magnitude.sum(), 1e-12)), 1.0))


def low_end_db(heard: Heard) -> float:
    """Energy below 200 Hz against that above, in dB; the border is a slope of 18 dB per octave on both sides.

    What is 50 dB below the other is taken for that, since it is not heard.
    """
    energy = heard.power.sum(0)
    low = float(energy @ (1 / (1 + (heard.hz / LOW_END_HZ) ** LOW_END_SLOPE)))
    whole = float(energy.sum())
    return 10 * math.log10((low + 1e-5 * whole) / (whole - low + 1e-5 * whole))


def noisiness_db(heard: Heard) -> float:
    """How much like noise the spectrum is, from about −15 dB (lines) to about −2 dB (noise).

    Spectral flatness (geometric over arithmetic mean of power, Gray and Markel 1974, doi:10.1109/TASSP.1974.1162572)
    among 13 neighbouring bins of 47 Hz, so that the colour of the sound says nothing. Its mean over windows and octaves
    from 150 Hz to 16 kHz, weighted by magnitude.
    """
    power = _short_power(heard.waveform)
    hz = np.fft.rfftfreq(NOISE_FRAMES, 1 / heard.sample_rate)
    within = (hz >= NOISE_HZ[0]) & (hz <= NOISE_HZ[1])
    power, hz = power[:, within] + power.max() * 10 ** (-NOISE_RANGE_DB / 10), hz[within]
    mean = _running_mean(power)
    flatness_db = 10 / math.log(10) * (_running_mean(np.log(power)) - np.log(mean))
    weights = np.sqrt(mean) / hz
    return float((flatness_db * weights).sum() / weights.sum())


def _short_power(waveform: Array) -> Array:
    padded = np.pad(np.asarray(waveform, np.float32), NOISE_FRAMES // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, NOISE_FRAMES)[::NOISE_HOP_FRAMES]
    return np.abs(np.fft.rfft(windows * np.hanning(NOISE_FRAMES + 1)[:-1].astype(np.float32))).astype(np.float64) ** 2


def _running_mean(values: Array) -> Array:
    """Mean of 13 neighbours in each row [windows, bins]; at the edges the last bin stands for what is missing."""
    half = NOISE_BINS // 2
    sums = np.cumsum(np.pad(values, ((0, 0), (half + 1, half)), mode="edge"), axis=1)
    return np.asarray((sums[:, NOISE_BINS:] - sums[:, :-NOISE_BINS]) / NOISE_BINS)


# --- time ----------------------------------------------------------------------------------------------------------


def attack_octaves(heard: Heard) -> float:
    """How slowly a sound begins, in octaves of seconds: one more is an attack twice as long.

    The mean, over all levels up to 70 % of the loudest moment, of the time at which |x|, smoothed by 6 ms, is first
    there. A sound that begins at once has half a millisecond.
    """
    shape = np.hanning(2 * round(SMOOTH_SECONDS * heard.sample_rate) + 1)
    level = np.convolve(np.abs(heard.waveform), shape / shape.sum(), "same")
    top = RISE_SHARE * float(level.max())
    risen = int((level >= top).argmax()) + 1
    reached = np.minimum(np.maximum.accumulate(level[:risen]) / top, 1.0)
    return math.log2(float((1 - reached).sum()) / heard.sample_rate + SHORTEST_ATTACK_SECONDS)


def decay_octaves(heard: Heard) -> float:
    """How long a sound lasts, in octaves of seconds: one more is twice as long.

    The mean, over all levels from 0 to −40 dB, of the time at which the energy that is still to come (Schroeder 1965,
    doi:10.1121/1.1909343) has fallen there.
    """
    energy = np.cumsum(np.asarray(heard.waveform, np.float64)[::-1] ** 2)[::-1]
    level_db = np.maximum(10 * np.log10(energy / energy[0] + 1e-12), -DECAY_RANGE_DB)
    return math.log2(max(float((1 + level_db / DECAY_RANGE_DB).sum()), 1.0) / heard.sample_rate)


# --- pitch ---------------------------------------------------------------------------------------------------------


def pitch_drop_semitones(heard: Heard) -> float:
    """How far the pitch falls: from that of the first 50 ms to that of 100 to 300 ms, in semitones.

    Pitch is the mean instantaneous frequency of the analytic signal between 30 and 800 Hz, weighted by power. NaN for a
    sound without a low tone.
    """
    if not has_low_tone(heard):
        return math.nan
    signal, rate = _low_band(heard)
    turning = signal[1:] * signal[:-1].conj()
    early, late = (
        float(np.angle(turning[round(begin * rate) : round(end * rate)].sum())) * rate / (2 * math.pi)
        for begin, end in (DROP_EARLY_SECONDS, DROP_LATE_SECONDS)
    )
    return 12 * math.log2(max(early, DROP_HZ[0]) / max(late, DROP_HZ[0]))


def has_low_tone(heard: Heard) -> bool:
    """Whether a sound has most of its power below 1 kHz, nearly all of that in one line: kicks, toms, low percussion.

    By the windows from 40 to 250 ms, where the pitch has fallen.
    """
    energy = heard.power.sum(0)
    low = (heard.hz >= DROP_HZ[0]) & (heard.hz <= 1000.0)
    if energy[low].sum() < 10 ** (LEAST_LOW_SHARE_DB / 10) * energy.sum():
        return False
    begin, end = (round(seconds * heard.sample_rate / FFT_HOP_FRAMES) for seconds in (0.04, 0.25))
    tail = heard.power[begin:end, low].sum(0)
    top = int(tail.argmax())
    return float(tail[max(top - 2, 0) : top + 3].sum()) >= 10 ** (LEAST_TONE_SHARE_DB / 10) * max(
        float(tail.sum()), 1e-20
    )


def _low_band(heard: Heard) -> tuple[npt.NDArray[np.complexfloating[Any, Any]], float]:
    """Analytic signal of what lies between 30 and 800 Hz, at a low sample rate, and that rate in Hz."""
    kept = heard.waveform[: round(0.4 * heard.sample_rate)]
    size = 1 << (2 * len(kept) - 1).bit_length()
    spectrum = np.fft.rfft(kept, size)
    hz = np.arange(len(spectrum)) * heard.sample_rate / size
    ratio = (hz / DROP_HZ[0]) ** 4
    spectrum *= ratio / (1 + ratio) / (1 + (hz / DROP_HZ[1]) ** 8)
    bins = 1 << round(4 * DROP_HZ[1] * size / heard.sample_rate).bit_length()
    signal = np.fft.ifft(spectrum[:bins])
    rate = bins * heard.sample_rate / size
    return signal[: round(len(kept) / heard.sample_rate * rate)], rate


# --- which there are -----------------------------------------------------------------------------------------------

BRIGHTNESS = Descriptor("brightness", "spectral centroid", "octaves", brightness_octaves, 0.5)
ATTACK = Descriptor("attack", "time to rise", "octaves", attack_octaves, 0.75)
DECAY = Descriptor("decay", "time to die away", "octaves", decay_octaves, 0.5)

DRUM_DESCRIPTORS: tuple[Descriptor, ...] = (
    BRIGHTNESS,
    ATTACK,
    DECAY,
    Descriptor("noisiness", "spectral flatness", "dB", noisiness_db, 1.0),
    Descriptor("low_end", "energy below 200 Hz against the rest", "dB", low_end_db, 4.0),
    Descriptor("pitch_drop", "fall of the pitch", "semitones", pitch_drop_semitones, 1.0),
)
"""What is asked of drums, the most wanted first."""
