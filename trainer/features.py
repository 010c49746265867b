"""Clips → complex STFT features, cached on disk by content and settings; log-mel views for encoders and pictures.

The cache keeps of each file the trimmed, resampled clip and its complex STFT, so that a second run neither decodes nor
resamples nor transforms. With the default window an hour of mono sound takes about 0.7 GB as clips and 2.8 GB as STFT;
``FeatureSettings.largest_cache_gigabytes`` bounds the whole.
"""

import hashlib
import math
import os
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from torch import Tensor

from runtime.audio_files import Audio, printable, read_oneshot
from runtime.errors import LatentbridgeError
from trainer.settings import FeatureSettings, SampleSettings, settings_hash

_FORMAT_VERSION = 2
"""Goes up when reading, trimming or the layout of an entry changes, so that old entries are not found any more."""
_LARGEST_FILE_BYTES = 512 * 2**20
_LEVEL_FLOOR = 1e-5


def stft(audio: Tensor, settings: FeatureSettings) -> Tensor:
    """Complex STFT with a Hann window. ``audio`` [..., frames] → complex64 [..., window_frames / 2 + 1, hops].

    Hop k is centred on frame k · hop_frames; there are ⌈frames / hop_frames⌉ + 1 of them. A window has unit gain: a
    full-scale sinusoid has the magnitude 0.5.
    """
    flat = audio.reshape(-1, audio.shape[-1])
    # Whole hops, so that the last frames lie under as many windows as all others.
    flat = torch.nn.functional.pad(flat, (0, -flat.shape[-1] % settings.hop_frames))
    window = torch.hann_window(settings.window_frames, device=audio.device)
    spectrum = torch.stft(
        flat,
        settings.window_frames,
        settings.hop_frames,
        window=window,
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    return (spectrum / window.sum()).reshape(*audio.shape[:-1], *spectrum.shape[-2:])


def istft(spectrum: Tensor, settings: FeatureSettings, frames: int) -> Tensor:
    """Inverse of :func:`stft`: complex [..., bins, hops] → float32 [..., frames], by weighted overlap-add.

    Source: Griffin and Lim, Signal Estimation from Modified Short-Time Fourier Transform, 1984, equation 6.
    """
    window = torch.hann_window(settings.window_frames, device=spectrum.device)
    flat = spectrum.reshape(-1, *spectrum.shape[-2:]) * window.sum()
    audio = torch.istft(flat, settings.window_frames, settings.hop_frames, window=window, center=True, length=frames)
    return audio.reshape(*spectrum.shape[:-2], frames)


@lru_cache(maxsize=16)
def mel_filters(bands: int, window_frames: int, sample_rate: int, lowest_hz: float, highest_hz: float) -> Tensor:
    """Triangles of area 1 per bin on the mel scale, [bands, window_frames / 2 + 1].

    Mel is 2595 · log10(1 + f / 700) (O'Shaughnessy, Speech Communication, 1987). A band narrower than a bin takes its
    value from the bins beside its centre, so that no band is empty.
    """
    low, high = (2595 * math.log10(1 + hz / 700) for hz in (lowest_hz, min(highest_hz, sample_rate / 2)))
    edges = 700 * (10 ** (np.linspace(low, high, bands + 2) / 2595) - 1)
    bin_hz = sample_rate / window_frames
    hz = np.arange(window_frames // 2 + 1) * bin_hz
    left = np.minimum(edges[:-2], edges[1:-1] - bin_hz)[:, None]
    right = np.maximum(edges[2:], edges[1:-1] + bin_hz)[:, None]
    centre = edges[1:-1, None]
    triangles = np.clip(np.minimum((hz - left) / (centre - left), (right - hz) / (right - centre)), 0, None)
    return torch.from_numpy((triangles / triangles.sum(axis=1, keepdims=True)).astype(np.float32))


def log_mel(
    audio: Tensor,
    sample_rate: int,
    settings: FeatureSettings,
    bands: int = 80,
    lowest_hz: float = 20.0,
    highest_hz: float = 20_000.0,
) -> Tensor:
    """Mel-band level in dB. ``audio`` [batch, channels, frames] → [batch, channels, bands, hops], floor −100 dB."""
    magnitude = stft(audio, settings).abs()
    filters = mel_filters(bands, settings.window_frames, sample_rate, lowest_hz, highest_hz).to(audio.device)
    return 20 * torch.log10((filters @ magnitude).clamp(min=_LEVEL_FLOOR))


_READING = threading.Lock()
"""Held while an entry is read: numpy parses its header with Python's own parser, which in Python 3.11 fails where two
threads happen to use it at once (SystemError: AST constructor recursion depth mismatch)."""


@dataclass(frozen=True, slots=True)
class CachedSound:
    """What the cache keeps of a file: :class:`runtime.audio_files.OneShot`, and the key under which it is kept."""

    audio: Audio
    peak: float
    was_cut: bool
    is_stereo: bool
    key: str


class ClipCache:
    """Read sounds and their STFT on disk, by the SHA-256 of a file's content and the settings.

    Args:
        samples: sample rate and longest clip.
        features: window, hop and the largest size of the cache.
        folder: where entries lie; the default is the user's cache folder for latentbridge.

    Entries are written to a temporary file and renamed, so that several runs can share a folder; an entry that is
    damaged is made again. A folder that cannot be written only costs time.
    """

    def __init__(
        self, samples: SampleSettings, features: FeatureSettings | None = None, folder: Path | None = None
    ) -> None:
        self._samples, self._features = samples, features or FeatureSettings()
        self._folder = folder or Path(platformdirs.user_cache_dir("latentbridge")) / "clips"
        # The bound on the size of the cache does not change what is in it.
        alike = [samples, FeatureSettings(self._features.window_frames, self._features.hop_frames)]
        self._settings_hash = hashlib.sha256("/".join(settings_hash(s) for s in alike).encode()).hexdigest()[:16]

    def sound(self, path: Path, channels: int | None) -> CachedSound:
        """Return a file's sound, from the cache if it is there. Raises LatentbridgeError as ``read_oneshot`` does."""
        key = f"{_content_hash(path)}-{self._settings_hash}-{channels or 0}-{_FORMAT_VERSION}"
        stored = self._stored(key)
        if stored is not None:
            return stored
        oneshot = read_oneshot(path, self._samples.sample_rate, channels, self._samples.longest_seconds)
        sound = CachedSound(oneshot.audio, oneshot.peak, oneshot.was_cut, oneshot.is_stereo, key)
        self._store(sound)
        return sound

    def spectrum(self, sound: CachedSound) -> NDArray[np.complex64]:
        """Return a sound's STFT, complex64 [channels, bins, hops], from the cache if it is there."""
        try:
            with _READING, np.load(self._entry(sound.key), allow_pickle=False) as entry:
                stored: NDArray[np.complex64] = entry["spectrum"]
                return stored
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return self._transform(sound.audio)

    def prune(self) -> None:
        """Remove the entries that were used longest ago until the cache is within its bound."""
        entries = []
        for entry in self._folder.glob("*/*.npz"):
            try:
                status = entry.stat()
            except OSError:
                continue  # Another run removed it meanwhile.
            entries.append((status.st_mtime, status.st_size, entry))
        excess = sum(size for _, size, _ in entries) - self._features.largest_cache_gigabytes * 1e9
        for _, size, entry in sorted(entries):
            if excess <= 0:
                return
            entry.unlink(missing_ok=True)
            excess -= size

    def _entry(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.npz"

    def _transform(self, audio: Audio) -> NDArray[np.complex64]:
        spectrum: NDArray[np.complex64] = stft(torch.from_numpy(audio), self._features).numpy()
        return spectrum

    def _stored(self, key: str) -> CachedSound | None:
        path = self._entry(key)
        try:
            with _READING, np.load(path, allow_pickle=False) as entry:
                audio, facts = entry["audio"], entry["facts"]
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            # Damaged, e.g. by a full disk: the zip format's checksums tell. It is made again.
            return None
        return CachedSound(audio, float(facts[0]), bool(facts[1]), bool(facts[2]), key)

    def _store(self, sound: CachedSound) -> None:
        path = self._entry(sound.key)
        facts = np.array([sound.peak, sound.was_cut, sound.is_stereo], np.float64)
        name = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, audio=sound.audio, facts=facts, spectrum=self._transform(sound.audio))
            os.replace(name, path)
        except OSError:
            # A full or read-only disk: the sound is in memory, the next run will read it again.
            Path(name).unlink(missing_ok=True) if name else None


def _content_hash(path: Path) -> str:
    """SHA-256 of a file's content. Raises LatentbridgeError if it cannot be read or is no size for a sound."""
    try:
        # Named pipes and devices would be waited on for ever.
        if path.is_file() and path.stat().st_size <= _LARGEST_FILE_BYTES:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LatentbridgeError(
            f"{printable(path)} cannot be read ({error.strerror}).",
            "A sound file was expected.",
            "Check its permissions.",
        ) from None
    if path.is_file():
        raise LatentbridgeError(
            f"{printable(path)} is too large: {path.stat().st_size / 1e9:.1f} GB.",
            "A one-shot was expected.",
            "Cut it into one-shots.",
        )
    raise LatentbridgeError(f"{printable(path)} is no file.", "A sound file was expected.", "Check the path.")
