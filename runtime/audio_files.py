"""A sound file of any common kind → float32 audio that starts at its onset.

The trainer and ``latentbridge encode`` both read sounds through :func:`read_oneshot`, so that an encoder meets in use
exactly what it met in training.

Arrays are [channels, frames], float32, nominally within ±1.
"""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from runtime.errors import LatentbridgeError

Audio = NDArray[np.float32]

AUDIO_SUFFIXES: Final = frozenset(
    {
        ".wav",
        ".wave",
        ".aif",
        ".aiff",
        ".aifc",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".mp3",
        ".w64",
        ".rf64",
        ".au",
        ".snd",
    }
    | {".caf"}
)
"""File name endings (lower case) that are taken for sounds."""

MAX_SAMPLES: Final = 48_000 * 2 * 300
"""Largest frames × channels that is read: five minutes of stereo at 48 kHz, 115 MB."""
SAMPLE_RATE_RANGE_HZ: Final = (1_000, 1_536_000)
READABLE: Final = "WAV, AIFF, FLAC, OGG or MP3"

_READ_BLOCK_FRAMES: Final = 65_536
_SILENT_PEAK: Final = 10 ** (-72 / 20)
"""Below this peak a file holds no sound but the last bits of its converter."""
_UNLIKELY_PEAK: Final = 1e6


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A sound from its onset to the end of its tail.

    ``audio`` is [channels, frames]; it holds the frames ``first_frame`` up to, not including, ``last_frame`` of the
    audio that was handed in, faded at the end.
    """

    audio: Audio
    first_frame: int
    last_frame: int


@dataclass(frozen=True, slots=True)
class OneShot:
    """One sound, ready for an encoder: it starts at its onset and its peak is 1.

    ``audio`` is [channels, frames] at the wanted rate; ``peak`` is the peak it had in the file (1 = full scale);
    ``was_cut`` says that the sound went on after the longest length that was allowed, and was faded there;
    ``is_stereo`` that the file's sides differ by more than their level.
    """

    audio: Audio
    peak: float
    was_cut: bool
    is_stereo: bool


def printable(path: Path) -> str:
    """A path as text that can be printed: bytes that are no UTF-8 (old archives have them) become question marks."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _refuse(path: Path, wrong: str, remedy: str) -> LatentbridgeError:
    return LatentbridgeError(f"{printable(path)} {wrong}.", f"A sound file was expected: {READABLE}.", remedy)


def _open(path: Path) -> soundfile.SoundFile:
    """Open a file for reading; every way libsndfile refuses becomes one kind of error."""
    try:
        if not path.is_file():
            # Also keeps named pipes and devices away, on which opening would wait for ever.
            what = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
            raise _refuse(path, what, "Check the path.")
        if path.stat().st_size == 0:
            raise _refuse(path, "is empty (0 bytes)", "Copy or export it again.")
        with path.open("rb"):
            pass
    except OSError as error:
        raise _refuse(path, f"cannot be read ({error.strerror})", "Check the path and its permissions.") from None
    try:
        # Bytes where the system has them: a name need not be text there.
        return soundfile.SoundFile(os.fsencode(path) if os.name == "posix" else str(path))
    except (soundfile.SoundFileError, RuntimeError, TypeError, ValueError, OSError) as error:
        raise _refuse(
            path,
            f"cannot be read as sound ({_reason(error)})",
            "If it plays elsewhere, save it as WAV; else leave it out.",
        ) from None


def _check_size(path: Path, frames: int, channels: int, rate: int, wanted_rate: int) -> None:
    low, high = SAMPLE_RATE_RANGE_HZ
    if not low <= rate <= high:
        raise _refuse(path, f"says its sample rate is {rate} Hz", f"Rates from {low} to {high} Hz are read.")
    # The resampled sound has to fit as well: a rate of 1 kHz would grow 48 times.
    if max(frames, math.ceil(frames * wanted_rate / rate)) * channels > MAX_SAMPLES:
        raise _refuse(
            path,
            f"is too long: {frames / rate:.0f} s with {channels} channel{'s' if channels > 1 else ''}",
            f"At most {MAX_SAMPLES / channels / max(rate, wanted_rate):.0f} s of such a file are read; "
            "cut it into one-shots.",
        )


def _read_frames(path: Path, wanted_rate: int) -> tuple[NDArray[np.float32], int]:
    """Return the file's samples [frames, channels] and its rate.

    The number of frames in a header may be unknown, an estimate (MP3) or a lie; size is checked before and after.
    """
    with _open(path) as file:
        rate, channels = int(file.samplerate), int(file.channels)
        is_known = file.frames < 2**62
        _check_size(path, file.frames if is_known else 0, channels, rate, wanted_rate)
        try:
            samples = _known_frames(file) if is_known else _unknown_frames(file)
        except (soundfile.SoundFileError, RuntimeError, ValueError, OSError) as error:
            raise _refuse(path, f"is damaged ({_reason(error)})", "Copy or export it again.") from None
        frames = len(samples)
        _check_size(path, frames, channels, rate, wanted_rate)
        if is_known and path.suffix.lower() != ".mp3" and frames < file.frames:
            raise _refuse(
                path, f"is damaged: it says {file.frames} frames and holds {frames}", "Copy or export it again."
            )
    if not frames:
        raise _refuse(path, "holds no sound (0 frames)", "Export it again or leave it out.")
    return samples, rate


def _known_frames(file: soundfile.SoundFile) -> NDArray[np.float32]:
    """Read block by block: large reads of FLAC files with many channels come back empty."""
    blocks: list[NDArray[np.float32]] = [np.zeros((0, file.channels), np.float32)]
    while len(block := file.read(_READ_BLOCK_FRAMES, dtype="float32", always_2d=True)):
        blocks.append(block)
    return np.concatenate(blocks)


def _unknown_frames(file: soundfile.SoundFile) -> NDArray[np.float32]:
    """Read what a streaming encoder wrote without saying how much (FLAC: 0 frames, reported as 2^63 − 1).

    soundfile seeks after a read, which fails in such a file; the samples have arrived by then.
    """
    room = np.full((MAX_SAMPLES // file.channels + 1, file.channels), np.nan, np.float32)
    try:
        file.read(out=room)
    except soundfile.SoundFileError:
        if np.isnan(room[0]).all():
            raise
    return room[: int(np.isnan(room).all(axis=1).argmax())].copy()


def _reason(error: Exception) -> str:
    """What libsndfile says of a file that is there, without its prefixes."""
    said = str(getattr(error, "error_string", error)).rstrip(". ").removeprefix("Error : ")
    # Of a RIFF header without sound behind it libsndfile says that the file does not exist.
    return "it is damaged" if "does not exist" in said else said


_LAYOUTS: Final = {3: "LRC", 4: "LRlr", 5: "LRClr", 6: "LRC-lr", 7: "LRC-clr", 8: "LRC-lrlr"}
"""Order of the channels in a file with so many of them: sides, centre, surrounds (small), low frequencies (-)."""


def _side_gains(channels: int, side: str) -> NDArray[np.float32]:
    """Gain of each channel of a file in the left (L) or right (R) side of its stereo mix; they sum to 1."""
    layout = _LAYOUTS.get(channels, "LR" * channels)[:channels]
    gains = {side: 1.0, "C": math.sqrt(0.5), "c": 0.5, side.lower(): math.sqrt(0.5)}
    found = np.array([gains.get(channel, 0.0) for channel in layout], np.float32)
    return np.asarray(found / found.sum(), np.float32)


def mix_channels(audio: Audio, channels: int) -> Audio:
    """Mix [channels, frames] down or copy it up to ``channels`` (1 or 2) channels.

    Files with more than two channels are taken in the order of WAV (left, right, centre, low frequencies, …) and
    mixed as in Recommendation ITU-R BS.775-3, without the low-frequency channel. A stereo sound whose sides cancel
    becomes mono by its louder side.
    """
    if audio.shape[0] > 2:
        audio = np.stack([(_side_gains(audio.shape[0], side) @ audio) for side in "LR"])
    if audio.shape[0] == channels:
        return np.ascontiguousarray(audio)
    if channels == 2:
        return np.repeat(audio, 2, axis=0)
    mono: Audio = audio.mean(axis=0, keepdims=True, dtype=np.float32)
    powers = np.square(audio, dtype=np.float64).mean(axis=1)
    if float(np.square(mono, dtype=np.float64).mean()) < 0.1 * float(powers.max()):
        # The loss of a hard-panned sound is 6 dB; more than 10 dB means that the sides are in opposite phase.
        return np.ascontiguousarray(audio[int(powers.argmax())][None])
    return mono


def read_audio(path: Path, sample_rate: int, channels: int | None = None) -> Audio:
    """Read a sound file and resample it to ``sample_rate`` Hz. Returns float32 [channels, frames].

    ``channels`` is 1 or 2; None keeps a mono file mono and makes everything else stereo.
    Raises LatentbridgeError if the file is missing, empty, damaged, silent, not finite, of an unknown kind, or longer
    than ``MAX_SAMPLES`` allows; that is checked before its samples are read.
    """
    samples, rate = _read_frames(path, sample_rate)
    if not np.isfinite(samples).all():
        raise _refuse(path, "holds samples that are not numbers (NaN or infinite)", "Export it again or leave it out.")
    audio = mix_channels(np.ascontiguousarray(samples.T), channels or min(samples.shape[1], 2))
    audio = _without_offset(audio)
    peak = float(np.abs(audio).max())
    if peak > _UNLIKELY_PEAK:
        raise _refuse(path, f"has a peak of {peak:.3g} times full scale", "Export it again or leave it out.")
    if peak < _SILENT_PEAK:
        raise _refuse(path, f"is silent (peak {_decibels(peak):.0f} dBFS)", "Leave it out.")
    if rate != sample_rate:
        audio = np.ascontiguousarray(soxr.resample(audio.T, rate, sample_rate, quality="HQ").T, dtype=np.float32)
    if not audio.shape[1]:
        raise _refuse(path, "holds less than one sample at the wanted rate", "Leave it out.")
    return audio


def read_oneshot(path: Path, sample_rate: int, channels: int | None, longest_seconds: float) -> OneShot:
    """Read a sound as an encoder wants it: from its onset, peak 1, at most ``longest_seconds`` long.

    Raises LatentbridgeError as :func:`read_audio` does.
    """
    native = read_audio(path, sample_rate)
    audio = trim(mix_channels(native, channels or native.shape[0]), sample_rate).audio
    longest_frames = round(longest_seconds * sample_rate)
    was_cut = audio.shape[1] > longest_frames
    if was_cut:
        audio = fade_out(audio[:, :longest_frames], round(0.05 * sample_rate))
    peak = float(np.abs(audio).max())
    if peak < _SILENT_PEAK:
        raise _refuse(path, f"is silent in its first {longest_seconds:g} s", "Leave it out.")
    normalised = np.ascontiguousarray(audio / np.float32(peak), dtype=np.float32)
    return OneShot(normalised, peak, was_cut, _is_stereo(native))


def _is_stereo(audio: Audio) -> bool:
    """Whether what one side does not share with the other is above −20 dB; a panned mono sound is not stereo."""
    if audio.shape[0] < 2:
        return False
    left, right = audio[0].astype(np.float64), audio[1].astype(np.float64)
    powers = float(left @ left) * float(right @ right)
    return powers > 0 and 1 - float(left @ right) ** 2 / powers > 0.01


def _decibels(amplitude: float) -> float:
    return 20 * math.log10(max(amplitude, 1e-9))


def _without_offset(audio: Audio) -> Audio:
    """Remove a constant offset. The median finds it: a decaying sound rests near its offset most of the time."""
    offset = np.median(audio, axis=1, keepdims=True).astype(np.float32)
    peak = np.abs(audio).max(axis=1, keepdims=True)
    is_offset = np.abs(offset) > np.maximum(0.003 * peak, 2**-9)
    return np.asarray(audio - np.where(is_offset, offset, np.float32(0)), dtype=np.float32)


def fade_out(audio: Audio, frames: int) -> Audio:
    """Return a copy of [channels, frames] whose last ``frames`` frames fall to zero along half a cosine."""
    frames = min(frames, audio.shape[1])
    faded = audio.copy()
    if frames:
        faded[:, -frames:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, frames + 1) / frames)).astype(np.float32)
    return faded


# --- where a sound begins and ends ---------------------------------------------------------------------------------

_ONSET_BLOCK_SECONDS: Final = 0.0005
_AUDIBLE: Final = 10 ** (-60 / 20)
_ATTACK: Final = 10 ** (-36 / 20)
_LONGEST_PRE_ECHO_SECONDS: Final = 0.03
_TAIL_BLOCK_SECONDS: Final = 0.01
_TAIL_LEVEL: Final = 10 ** (-72 / 20)
_TAIL_FADE_SECONDS: Final = 0.005


def trim(audio: Audio, sample_rate: int) -> Trimmed:
    """Cut silence, hiss and pre-echo before the onset, and the silent tail. ``audio`` is [channels, frames].

    The first frame that is kept is the first that can be heard of the attack; a sound that swells keeps its swell, and
    a sound that begins with its first frame keeps that. The tail ends where it falls for good to 72 dB below the peak,
    or into a steady hiss, and is faded over 5 ms. Raises LatentbridgeError if there is no sound at all.
    """
    level = np.abs(audio).max(axis=0) if audio.size else np.zeros(0, np.float32)
    peak = float(level.max(initial=0))
    if not 0 < peak < math.inf:
        raise LatentbridgeError(
            "There is no sound: the audio is empty, silent or not finite.", "", "Leave this sound out."
        )
    first = _onset(level / peak, sample_rate)
    last = first + _tail_end(level[first:] / peak, sample_rate)
    kept = audio[:, first:last]
    if last < audio.shape[1] or level[-1] > _AUDIBLE * peak:
        kept = fade_out(kept, min(round(_TAIL_FADE_SECONDS * sample_rate), (last - first) // 4))
    return Trimmed(np.ascontiguousarray(kept), first, last)


def _block_peaks(level: NDArray[np.float32], block_frames: int) -> NDArray[np.float32]:
    blocks = -(-len(level) // block_frames)
    padded = np.zeros(blocks * block_frames, np.float32)
    padded[: len(level)] = level
    return np.asarray(padded.reshape(blocks, block_frames).max(axis=1), np.float32)


def _is_steady(peaks: NDArray[np.float32], within: float) -> bool:
    """Whether the first and the last half of a stretch have the same level, within a factor."""
    if len(peaks) < 8:
        return False
    first, last = np.split(peaks[: len(peaks) // 2 * 2], 2)
    before, after = float(np.median(first)), float(np.median(last))
    return before > 0 and 1 / within < after / before < within


def _onset(level: NDArray[np.float32], sample_rate: int) -> int:
    """First frame of the attack; ``level`` is |x| over its peak.

    From the first block that holds the attack (36 dB below the peak) one walks back as long as the level falls: down
    a steep attack to its foot, but not into pre-echo (what coders of MP3 and OGG leave before an attack) nor hiss.
    A rise of more than 30 ms that is no steady hiss is a swell and belongs to the sound from where it can be heard.
    """
    block_frames = max(1, round(_ONSET_BLOCK_SECONDS * sample_rate))
    peaks = _block_peaks(level, block_frames)
    audible = int(np.argmax(peaks > _AUDIBLE))
    block = int(np.argmax(peaks > _ATTACK))
    is_swell = (block - audible) * _ONSET_BLOCK_SECONDS > _LONGEST_PRE_ECHO_SECONDS
    if is_swell and not _is_steady(peaks[audible:block], within=2.0):
        block = audible
    # What was there 5 to 30 ms before the attack is no part of it.
    floor = 2 * float(np.median(peaks[max(0, block - 60) : max(0, block - 10)])) if block > 10 else 0.0
    while block > 0 and peaks[block - 1] > max(_AUDIBLE, floor) and peaks[block - 1] < 0.8 * peaks[block]:
        block -= 1
    before = float(peaks[max(0, block - 20) : block].max(initial=0))
    threshold = max(_AUDIBLE, min(1.5 * before, 0.5 * float(peaks[block])))
    start = block * block_frames
    return start + int(np.argmax(level[start : start + block_frames] > threshold))


def _tail_end(level: NDArray[np.float32], sample_rate: int) -> int:
    """Number of frames until the tail has fallen for good; ``level`` is |x| over the sound's peak, from its onset."""
    block_frames = max(1, round(_TAIL_BLOCK_SECONDS * sample_rate))
    peaks = _block_peaks(level, block_frames)
    threshold = _TAIL_LEVEL
    rest = peaks[len(peaks) * 2 // 3 : -1]
    if _is_steady(rest, within=1.2) and float(np.median(rest)) < 10 ** (-45 / 20):
        threshold = max(threshold, 1.3 * float(np.median(rest)))
    above = np.flatnonzero(peaks > threshold)
    return min(len(level), (int(above[-1]) + 1) * block_frames) if len(above) else len(level)
