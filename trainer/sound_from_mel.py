"""A mel spectrogram as sound, without a model: by guessed phases, or by noise that is coloured like it."""

from collections.abc import Callable

import numpy as np
import torch
from scipy.sparse import csr_matrix

from trainer.features import istft, stft
from trainer.figures import FFT_FRAMES, FFT_HOP_FRAMES, Array, mel_filters
from trainer.settings import FeatureSettings

_FRAMES = FeatureSettings(FFT_FRAMES, FFT_HOP_FRAMES)
_WINDOW_SUM = float(torch.hann_window(FFT_FRAMES).sum())
"""features.stft divides by it; the magnitudes here do not."""


def power_from_mel(mel_power: Array, sample_rate: int, iterations: int = 100) -> Array:
    """Return a power spectrogram ≥ 0 [windows, 1025] whose mel bands come to ``mel_power`` [windows, 128].

    By multiplicative updates (Lee and Seung, Algorithms for Non-negative Matrix Factorization, 2000) with the filters
    held fixed: each bin follows how far the bands it belongs to are too weak or too strong.
    """
    filters = csr_matrix(mel_filters(sample_rate).astype(np.float64))
    wanted = mel_power.T.astype(np.float64)
    covered = np.asarray(filters.sum(0)).reshape(-1, 1)
    power = filters.T @ (wanted / np.asarray(filters.sum(1))) / np.maximum(covered, 1e-9)
    for _ in range(iterations):
        power *= (filters.T @ (wanted / np.maximum(filters @ power, 1e-12))) / np.maximum(covered, 1e-9)
    return np.asarray(power.T, np.float32)


def griffin_lim(magnitude: Array, frames: int, iterations: int = 32, momentum: float = 0.99) -> Array:
    """Return a waveform [frames] whose STFT has about the magnitude [windows, 1025] (Hann 2048, hop 512).

    The fast algorithm of Perraudin, Balazs and Søndergaard (A fast Griffin-Lim algorithm, WASPAA 2013), from random
    phases of a fixed seed.
    """
    wanted = torch.from_numpy(np.ascontiguousarray(magnitude.T, np.float32))
    phases = torch.rand(wanted.shape, generator=torch.Generator().manual_seed(0)) * 2 * np.pi
    spectrum = torch.polar(torch.ones_like(wanted), phases)
    before = torch.zeros_like(spectrum)
    for _ in range(iterations):
        # istft and stft together are the projection onto spectrograms that some sound has.
        now = stft(istft(wanted * spectrum, _FRAMES, frames), _FRAMES)[:, : wanted.shape[1]]
        accelerated = now + momentum * (now - before)
        spectrum = accelerated / accelerated.abs().clamp(min=1e-12)
        before = now
    return istft(wanted * spectrum, _FRAMES, frames).numpy() / _WINDOW_SUM


def coloured_noise(magnitude: Array, frames: int) -> Array:
    """Return noise [frames] whose STFT has on average the magnitude [windows, 1025] (Hann 2048, hop 512)."""
    noise = torch.randn(frames, generator=torch.Generator().manual_seed(0))
    spectrum = stft(noise, _FRAMES)[:, : len(magnitude)]
    spectrum /= spectrum.abs().square().mean().sqrt()
    wanted = torch.from_numpy(np.ascontiguousarray(magnitude.T, np.float32))
    return istft(wanted * spectrum, _FRAMES, frames).numpy() / _WINDOW_SUM


def sound_from_log_mel(
    levels_db: Array, frames: int, sample_rate: int, make: Callable[[Array, int], Array] = griffin_lim
) -> Array:
    """Return a sound [channels, frames] for a log-mel spectrogram [channels, windows, 128] of ``trainer.figures``."""
    return np.stack([make(np.sqrt(power_from_mel(10 ** (one / 10), sample_rate)), frames) for one in levels_db])
