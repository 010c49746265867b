"""How far a sound is from the one it should be, as far as ears can tell.

Spectra at several resolutions (Yamamoto et al. 2020, arXiv:1910.11480), levels in mel bands, and the level over short
stretches of time: without the last, attacks come out at half their height. Phase is left alone, because where it cannot
be foretold asking for it makes sounds quieter; but at the onset the rectified waveform is followed within milliseconds,
which tells the first cycles of a kick apart without asking which way up they are.
"""

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by

from trainer.log_mel import mel_filters, middle_and_side
from trainer.settings import LossSettings

WINDOWS_OVERLAP = 2
"""Each window steps by this part of itself. Where the windows lie is drawn anew at every step, so that no grid of times
is favoured; more overlap costs time and brings nothing."""
LEAST_SIDE = 0.1
"""A side that is smaller than this share of the sound is judged as if it were as large."""
REFERENCE_FRAMES = 2048
"""Window of the level that floors are measured from."""


@cache
def _window(frames: int, device: torch.device) -> Tensor:
    """Hann window of unit power, so that white noise of level 1 has bins of magnitude about 1 at every size."""
    window = torch.hann_window(frames, device=device)
    return window / torch.sqrt((window * window).sum())


@cache
def _filters(bands: int, frames: int, sample_rate: int, device: torch.device) -> Tensor:
    return mel_filters(bands, frames, sample_rate).to(device)


def _levels(audio: Tensor, frames: int) -> Tensor:
    """Spectrogram [sounds, time, bins], magnitudes, of ``audio`` [sounds, frames]; silence lies before and after."""
    stft = torch.stft(
        audio,
        frames,
        frames // WINDOWS_OVERLAP,
        window=_window(frames, audio.device),
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    # A gradient needs more than zero under the root; it lies far below every floor.
    return torch.sqrt(stft.real**2 + stft.imag**2 + 1e-12).transpose(-1, -2)


def loudest_level(audio: Tensor, settings: LossSettings) -> Tensor:
    """The level of the loudest mel band of whole sounds [sounds, channels, frames] at any time, [sounds]."""
    filters = _filters(settings.mel_bands, REFERENCE_FRAMES, settings.sample_rate, audio.device)
    bands = _levels(audio.flatten(0, 1), REFERENCE_FRAMES) @ filters
    return bands.amax(dim=(1, 2)).view(len(audio), -1).amax(dim=1)


def _of_sides(sizes: Tensor, sides: int) -> Tensor:
    """What errors of each side are divided by, given how large the sides are; [sounds × sides] both.

    Relative to a side that is silent any sound there would outweigh all else; relative to the whole sound it would be
    heard of last.
    """
    whole = sizes.view(-1, sides).mean(dim=1).repeat_interleave(sides)
    return torch.maximum(sizes, LEAST_SIDE * whole)


def _spectral_terms(
    output: Tensor, target: Tensor, loudest: Tensor, sides: int, frames: int, settings: LossSettings
) -> tuple[Tensor, ...]:
    """Convergence, log magnitude and log mel at one window size; ``loudest`` as of :func:`loudest_level`, [sounds]."""
    out_level, aim_level = _levels(output, frames), _levels(target, frames)
    # A steady tone stands out of its window by the root of the window's length.
    floor = (loudest * settings.level_floor * (frames / REFERENCE_FRAMES) ** 0.5).view(-1, 1, 1)
    sizes = _of_sides(aim_level.sum(dim=(1, 2)), sides) + settings.convergence_floor * aim_level[0].numel()
    convergence = ((out_level - aim_level).abs().sum(dim=(1, 2)) / sizes).mean()
    log_magnitude = (torch.log(out_level + floor) - torch.log(aim_level + floor)).abs().mean()
    bands = min(settings.mel_bands, frames // 8)
    filters = _filters(bands, frames, settings.sample_rate, output.device)
    log_mel = (torch.log(out_level @ filters + floor) - torch.log(aim_level @ filters + floor)).abs().mean()
    return convergence, log_magnitude, log_mel


def _envelope_term(output: Tensor, target: Tensor, frames: int, floor: float) -> Tensor:
    """Mean difference of the logarithms of the levels over stretches of ``frames``."""
    out, aim = (F.avg_pool1d((x * x).unsqueeze(1), frames, frames) for x in (output, target))
    return 0.5 * (torch.log(out + floor**2) - torch.log(aim + floor**2)).abs().mean()


def _loudest_term(output: Tensor, target: Tensor, at_onset: Tensor, settings: LossSettings) -> Tensor:
    """Difference of the logarithms of the level where it is highest, of sounds at their onset."""
    terms = []
    for frames in settings.loudest_frames:
        out, aim = (F.avg_pool1d((x * x).unsqueeze(1), frames, frames // 2).amax(dim=(1, 2)) for x in (output, target))
        error = 0.5 * (torch.log(out + settings.envelope_floor**2) - torch.log(aim + settings.envelope_floor**2)).abs()
        terms.append((error * at_onset).sum() / at_onset.sum().clamp(min=1))
    return torch.stack(terms).mean()


def _beginning_term(output: Tensor, target: Tensor, at_onset: Tensor, sides: int, settings: LossSettings) -> Tensor:
    """Relative error of the rectified and smoothed first stretch, of sounds at their onset.

    It follows the first cycles of a low sound one by one, whichever way up they are.
    """
    smooth = settings.beginning_smooth_frames
    out, aim = (
        F.avg_pool1d(x[:, : settings.beginning_frames].abs().unsqueeze(1), smooth, smooth // 3).squeeze(1)
        for x in (output, target)
    )
    sizes = _of_sides(aim.sum(dim=1), sides) + settings.envelope_floor * aim.shape[1]
    error = (out - aim).abs().sum(dim=1) / sizes
    return (error * at_onset).sum() / at_onset.sum().clamp(min=1)


def _sides(audio: Tensor) -> Tensor:
    """What is compared of sounds [batch, channels, frames]: mono as it is; left, right, middle and side of stereo."""
    return audio if audio.shape[1] == 1 else torch.cat([audio, middle_and_side(audio)], dim=1)


def reconstruction_loss(
    output: Tensor,
    target: Tensor,
    settings: LossSettings,
    at_onset: Tensor | None = None,
    loudest: Tensor | None = None,
    shift: float = 0.0,
) -> dict[str, Tensor]:
    """Distance between sounds, term by term, and their weighted sum as ``total``.

    Args:
        output: [batch, channels, frames], from the decoder.
        target: the same shape, from the recording.
        settings: weights and windows.
        at_onset: which of the sounds begin at their onset, [batch]; none if left out.
        loudest: :func:`loudest_level` of the sounds that ``target`` is cut from, [batch]; of ``target`` if left out.
        shift: where the windows lie, 0…1 steps of theirs.
    """
    loudest = loudest_level(target, settings) if loudest is None else loudest
    begins = torch.zeros(len(output)) if at_onset is None else at_onset
    output, target = _sides(output), _sides(target)
    sides = output.shape[1]
    loudest, begins = (per_sound.to(output).repeat_interleave(sides) for per_sound in (loudest, begins))
    output, target = output.flatten(0, 1), target.flatten(0, 1)

    def spectral_terms(frames: int) -> tuple[Tensor, ...]:
        silence = (round(shift * frames / WINDOWS_OVERLAP), 0)
        return _spectral_terms(F.pad(output, silence), F.pad(target, silence), loudest, sides, frames, settings)

    per_window = [spectral_terms(frames) for frames in settings.window_frames]
    convergence, log_magnitude, log_mel = (torch.stack(term).mean() for term in zip(*per_window, strict=True))
    envelope = torch.stack(
        [_envelope_term(output, target, frames, settings.envelope_floor) for frames in settings.envelope_frames]
    ).mean()
    beginning = _beginning_term(output, target, begins, sides, settings)
    highest = _loudest_term(output, target, begins, settings)
    total = (
        convergence
        + settings.log_magnitude_weight * log_magnitude
        + settings.log_mel_weight * log_mel
        + settings.envelope_weight * envelope
        + settings.beginning_weight * beginning
        + settings.loudest_weight * highest
    )
    return {
        "total": total,
        "convergence": convergence,
        "log_magnitude": log_magnitude,
        "log_mel": log_mel,
        "envelope": envelope,
        "beginning": beginning,
        "loudest": highest,
    }


def kl_loss(mean: Tensor, log_variance: Tensor, free_bits: float) -> Tensor:
    """Information the latent coordinate carries, in nats, summed over dimensions.

    Args:
        mean: [batch, latent_size].
        log_variance: [batch, latent_size].
        free_bits: nats per dimension, averaged over the batch, that cost nothing.
    """
    per_dimension = 0.5 * (mean**2 + torch.exp(log_variance) - 1 - log_variance).mean(dim=0)
    return torch.clamp(per_dimension, min=free_bits).sum()
