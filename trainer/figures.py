"""How far one sound is from another: the figures that models are judged by, and what each of them means.

Both sounds are resampled to 44.1 kHz (soxr). They begin together: an original at its onset, as the trainer cuts it, a
decoded sound at its key press, so that one that comes late is late in every figure. They are compared over the length
of the original (what is missing is silence, what goes on is not heard), both with their peak at 1 except for the level.
Stereo sounds are compared channel by channel.

* log-mel: mean |dB| over 128 mel bands from 20 to 20,000 Hz, FFT 2048, hop 512, floor 80 dB below each sound's maximum;
* envelope: mean |dB| of the RMS of 10 ms stretches, floor 60 dB below each sound's maximum;
* attack: |difference| of the 10–90 % rise times of |x| smoothed over 1.5 ms;
* onset: |difference| of the times at which that smoothed |x| passes 10 % of its maximum;
* centroid: |octaves| between the centroids of the magnitude spectra, added up over the sound;
* hop lines: how far multiples of the model's hop rate (sample rate / hop) stand above the middles between them, mean
  dB of all lines up to 20 kHz, decoded minus original: a buzz. Over the original's audible part (60 dB), by one Hann
  window; a sound with less than 43 ms (at 187.5 Hz) of it has no such figure;
* pre-echo: RMS before the original first passes 10 % of its peak, in dB below the sound's own peak, floor −60 dB,
  decoded minus original; a sound that does so within half a millisecond has no such figure;
* peak: |dB| between the peaks; loudness: |dB| between the RMS of the loudest 50 ms;
* pitch, vibrato, beating, release: of notes alone, see ``trainer/note_figures.py``.

A figure that a sound does not have is NaN and left out of means and medians.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from runtime.likeness import (
    FFT_FRAMES,
    FFT_HOP_FRAMES,
    FIGURE_RATE_HZ,
    MEL_RANGE_DB,
    Array,
    at_figure_rate,
    at_peak_1,
    envelope,
    log_mel,
    mel_filters,
    mel_levels_db,
    spectrogram,
)

__all__ = [
    "FFT_FRAMES",
    "FFT_HOP_FRAMES",
    "FIGURE_RATE_HZ",
    "MEL_RANGE_DB",
    "Array",
    "at_figure_rate",
    "envelope",
    "log_mel",
    "mel_filters",
]
"""The part that ``latentbridge encode`` measures by as well, under the names that the trainer knows it by."""

SILENT_AMPLITUDE = 1e-5
"""Peaks and loudness below −100 dB of full scale are taken for that; a sound below it has no attack."""
_LEAST_LINE_BINS = 8
_LEAST_PRE_ECHO_SECONDS = 0.0005


@dataclass(frozen=True)
class Figures:
    """Distances between a decoded sound and its original; lower is better."""

    log_mel_db: float
    envelope_db: float
    attack_ms: float
    onset_ms: float
    centroid_octaves: float
    hop_lines_db: float
    pre_echo_db: float
    peak_db: float
    loudness_db: float
    pitch_cents: float = float("nan")
    vibrato_cents: float = float("nan")
    beating_db: float = float("nan")
    release_db: float = float("nan")


NAMES = tuple(field.name for field in fields(Figures))


def compare(original: Array, decoded: Array, hop_rate_hz: float) -> Figures:
    """Measure a decoded sound [channels, frames] against its original [channels, frames], both at 44.1 kHz.

    ``hop_rate_hz`` is sample rate / hop of the model: where its lines would be.
    """
    frames = original.shape[1]
    made_as_loud = decoded[:, :frames]
    made_as_loud = np.pad(made_as_loud, ((0, 0), (0, frames - made_as_loud.shape[1])))
    real, made = at_peak_1(original), at_peak_1(made_as_loud)
    magnitudes = [np.abs(spectrogram(sound)) for sound in (real, made)]
    real_mel, made_mel = (mel_levels_db(magnitude**2, FIGURE_RATE_HZ) for magnitude in magnitudes)
    real_rise, made_rise = (rise_seconds(sound, FIGURE_RATE_HZ) for sound in (real, made))
    centroids = [centroid_hz(magnitude) for magnitude in magnitudes]
    audible = real[:, : audible_frames(real)], made[:, : audible_frames(real)]
    real_lines, made_lines = (hop_lines_db(sound, hop_rate_hz, FIGURE_RATE_HZ) for sound in audible)
    early = first_rise_frame(real)
    return Figures(
        log_mel_db=float(np.abs(real_mel - made_mel).mean()),
        envelope_db=float(np.abs(envelope(real, FIGURE_RATE_HZ) - envelope(made, FIGURE_RATE_HZ)).mean()),
        attack_ms=1e3 * abs((real_rise[1] - real_rise[0]) - (made_rise[1] - made_rise[0])),
        onset_ms=1e3 * abs(real_rise[0] - made_rise[0]),
        centroid_octaves=float(abs(np.log2(centroids[0] / centroids[1]))),
        hop_lines_db=made_lines - real_lines,
        pre_echo_db=early_level_db(made, early) - early_level_db(real, early),
        peak_db=abs(peak_db(made_as_loud) - peak_db(original)),
        loudness_db=abs(loudness_db(made_as_loud, FIGURE_RATE_HZ) - loudness_db(original, FIGURE_RATE_HZ)),
    )


def medians(figures: Sequence[Figures]) -> dict[str, float]:
    """Return the median of each figure, of the sounds that have it; a figure that none has is left out."""
    return {name: round(float(np.median(values)), 2) for name, values in _columns(figures).items()}


def means(figures: Sequence[Figures]) -> dict[str, float]:
    """Return the mean of each figure, of the sounds that have it; a figure that none has is left out."""
    return {name: round(float(np.mean(values)), 2) for name, values in _columns(figures).items()}


def _columns(figures: Sequence[Figures]) -> dict[str, list[float]]:
    rows = [asdict(one) for one in figures]
    columns = {name: [row[name] for row in rows if np.isfinite(row[name])] for name in NAMES}
    return {name: values for name, values in columns.items() if values}


# --- spectrum ------------------------------------------------------------------------------------------------------


def centroid_hz(magnitude: Array) -> float:
    """Return the centroid of a magnitude spectrogram [..., windows, 1025] at 44.1 kHz, added up over the sound."""
    spectrum = magnitude.reshape(-1, magnitude.shape[-1]).sum(0)
    hz = np.fft.rfftfreq(FFT_FRAMES, 1 / FIGURE_RATE_HZ)
    return float(max(spectrum @ hz / max(spectrum.sum(), 1e-10), 1.0))


def hop_lines_db(audio: Array, hop_rate_hz: float, sample_rate: int) -> float:
    """Return how far multiples of the hop rate stand above the middles between them, mean dB of the lines.

    ``audio`` is [channels, frames]; NaN if it is too short to tell the lines apart.
    """
    frames = audio.shape[1]
    spacing = frames * hop_rate_hz / sample_rate
    if spacing < _LEAST_LINE_BINS:
        return float("nan")
    spectrum = (np.abs(np.fft.rfft(audio * np.hanning(frames))) ** 2).mean(0)
    highest = min(20_000.0, 0.49 * sample_rate)
    lines = np.arange(1, int(highest / hop_rate_hz))
    near = np.arange(-1, 2)
    line = spectrum[np.round(lines * spacing).astype(int)[:, None] + near].mean(1)
    between = spectrum[np.round((lines + 0.5) * spacing).astype(int)[:, None] + near].mean(1)
    # Nothing 90 dB below the strongest bin counts: there are only rounding errors there.
    floor = max(float(spectrum.max()) * 1e-9, 1e-20)
    return float(np.mean(10 * np.log10((line + floor) / (between + floor))))


# --- time ----------------------------------------------------------------------------------------------------------


def rise_seconds(audio: Array, sample_rate: int) -> tuple[float, float]:
    """Return when |x| of [channels, frames], smoothed over 1.5 ms, first reaches 10 and 90 % of its maximum.

    NaN for silence.
    """
    level = np.abs(audio).mean(0)
    if level.max(initial=0.0) < SILENT_AMPLITUDE:
        return float("nan"), float("nan")
    frames = max(1, round(0.0015 * sample_rate))
    smooth = np.convolve(level, np.ones(frames) / frames)
    low, high = ((smooth >= share * smooth.max()).argmax() / sample_rate for share in (0.1, 0.9))
    return float(low), float(high)


def audible_frames(audio: Array, range_db: float = 60.0) -> int:
    """Return the number of frames until [channels, frames] stays ``range_db`` below its peak."""
    level = np.abs(audio).max(0)
    return int(np.flatnonzero(level >= 10 ** (-range_db / 20) * level.max(initial=0.0))[-1]) + 1


def first_rise_frame(audio: Array) -> int:
    """Return the first frame at which [channels, frames] passes 10 % of its peak."""
    level = np.abs(audio).max(0)
    return int((level >= 0.1 * level.max(initial=0.0)).argmax())


def early_level_db(audio: Array, end_frame: int) -> float:
    """Return the RMS of the frames before ``end_frame`` of [channels, frames] at 44.1 kHz and peak 1, in dB.

    At least −60 dB; NaN if there are too few of them to say.
    """
    if end_frame < _LEAST_PRE_ECHO_SECONDS * FIGURE_RATE_HZ:
        return float("nan")
    return float(10 * np.log10(max(float((audio[:, :end_frame] ** 2).mean()), 1e-6)))


# --- level ---------------------------------------------------------------------------------------------------------


def peak_db(audio: Array) -> float:
    """Return the peak of [channels, frames] in dB of full scale."""
    return float(20 * np.log10(max(float(np.abs(audio).max(initial=0.0)), SILENT_AMPLITUDE)))


def loudness_db(audio: Array, sample_rate: int) -> float:
    """Return the RMS of the loudest 50 ms of [channels, frames] in dB of full scale."""
    stretch = round(0.05 * sample_rate)
    power = (audio.astype(np.float64) ** 2).mean(0)
    energy = np.concatenate([[0.0], np.cumsum(np.pad(power, (0, max(0, stretch - len(power)))))])
    loudest = float((energy[stretch:] - energy[:-stretch]).max()) / stretch
    return float(10 * np.log10(max(loudest, SILENT_AMPLITUDE**2)))
