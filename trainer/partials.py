"""How loud each partial of a recorded note is, and how far the decoder's harmonics are from that.

A spectrum is mostly what lies between partials, so a loss that compares spectra says little, and with much noise, of
each of them. Where a partial stands out of the recording its level can simply be read: the short-time spectrum at its
frequency, under a window long enough to tell it from its neighbours. Where it does not, what is there is a limit: what
is not heard as a partial is noise. Partials that stand between others (an organ's low stops) are only ever limited: no
window of a crop is long enough to tell them from those beside them; the spectra have to do.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

WINDOW_FRAMES = (1024, 2048, 4096)
PERIODS_PER_WINDOW = 5.0
"""So far apart partials are told from each other by a Hann window."""
STANDS_OUT = 3.0
"""How many times as strong as what lies between partials a partial is that is read: 10 dB."""
RANGE_DB = 70.0
"""Partials this far below the loudest of their crop count as silent."""
LIMIT_WEIGHT = 0.5
FASTEST_FREQUENCY = 0.4
"""Turns per frame beyond which harmonics fade."""


@dataclass(frozen=True)
class Partials:
    """The harmonics of crops where each hop ends: amplitude and frequency in turns per frame, each [rows, hops, count].

    Of a stereo sound the amplitude is that of the middle.
    """

    amplitude: Tensor
    frequency: Tensor


def partials_term(partials: Partials, target: Tensor, hop_frames: int) -> Tensor:
    """Mean difference, in nepers, between the levels of harmonics and those of the partials of recordings.

    Args:
        partials: of the decoder.
        target: what was recorded, [rows, frames], frames = hops · hop_frames.
        hop_frames: how far apart the hops are.

    Returns:
        The mean over crops of the mean over what is told of each: partials that stand out, and limits that are passed.
        0 if nothing is.
    """
    with torch.no_grad():
        level, stands_out, is_known = read_partials(target, partials.frequency, hop_frames)
        loudest = (level * stands_out * is_known).amax(dim=(1, 2), keepdim=True)
        floor = loudest * 10 ** (-RANGE_DB / 20)
        is_known = is_known & (loudest > 0)
        aim = torch.log(torch.maximum(level, floor).clamp(min=1e-9))
    above = torch.log(partials.amplitude + 0.1 * floor + 1e-9) - aim
    error = torch.where(stands_out, above.abs(), LIMIT_WEIGHT * torch.relu(above)) * is_known
    counts = (is_known & (stands_out | (above > 0))).sum(dim=(1, 2))
    # Row by row: of low notes few hops are read, and they are to count as much.
    per_row = error.sum(dim=(1, 2)) / counts.clamp(min=1)
    return per_row.sum() / (counts > 0).sum().clamp(min=1)


def read_partials(audio: Tensor, frequency: Tensor, hop_frames: int) -> tuple[Tensor, Tensor, Tensor]:
    """Read the amplitudes of sines in a recording.

    Args:
        audio: [rows, frames].
        frequency: at the end of each hop, turns per frame, [rows, hops, count].
        hop_frames: length of a hop.

    Returns:
        Amplitude; whether it stands out of what lies between partials; and whether anything is known of it: near the
        ends of a recording and near half of the sample rate nothing is. Each [rows, hops, count].
    """
    hops = frequency.shape[1]
    # The lowest of the harmonics proper is how far apart they are.
    apart = torch.diff(frequency[..., :2], dim=-1).abs().mean(dim=(1, 2))
    wanted = PERIODS_PER_WINDOW / apart.clamp(min=1e-6)
    level, between, is_known = torch.zeros_like(frequency), torch.zeros_like(frequency), frequency < FASTEST_FREQUENCY
    for size, window in enumerate(WINDOW_FRAMES):
        smaller = WINDOW_FRAMES[size - 1] if size else 0
        is_last = size == len(WINDOW_FRAMES) - 1
        own = ((wanted > smaller) & ((wanted <= window) | is_last)).nonzero().flatten()
        if not len(own):
            continue
        first, last = math.ceil(window / 2 / hop_frames) - 1, hops - math.ceil(window / 2 / hop_frames) - 1
        if last < first:
            is_known[own] = False
            continue
        is_known[own, :first] = False
        is_known[own, last + 1 :] = False
        begin = (first + 1) * hop_frames - window // 2
        pieces = audio[own, begin:].unfold(-1, window, hop_frames)[:, : last - first + 1]
        spectrum = torch.fft.rfft(pieces * torch.hann_window(window, device=audio.device)).abs() * (4 / window)
        at = frequency[own, first : last + 1] * window
        level[own, first : last + 1] = _magnitude(spectrum, at)
        half = 0.5 * apart[own, None, None] * window
        between[own, first : last + 1] = torch.maximum(_magnitude(spectrum, at - half), _magnitude(spectrum, at + half))
    return level, level > STANDS_OUT * between, is_known


def _magnitude(spectrum: Tensor, at: Tensor) -> Tensor:
    """Amplitude of a sine at a place between bins, read at the nearest; [rows, hops, bins], [rows, hops, count]."""
    nearest = at.round().clamp(0, spectrum.shape[-1] - 1)
    off = (at - nearest).clamp(-0.5, 0.5)
    # The main lobe of the Hann window.
    lobe = torch.sinc(off) / (1 - off * off)
    return spectrum.gather(-1, nearest.long()) / lobe
