"""Variations of a sound that are still that kind of sound, from its level to its attack.

Everything keeps the onset at frame 0 and sounds nothing before it: the equaliser has minimum phase, and speed changes
by band-limited interpolation whose ringing before the onset is dropped. An amount of 0 switches an effect off.

Some of it is there so that a latent space has somewhere to go. A folder may hold one flute, and nothing that is a
brighter or a breathier flute: without variations each instrument is an island, and no knob leads anywhere from it.
"""

import math
from functools import cache

import torch
from torch import Tensor

from trainer.settings import AugmentationSettings

_EQUALISER_HZ = (80.0, 250.0, 800.0, 2500.0, 6000.0, 12_000.0)
_EQUALISER_TAPS = 1024
_SIZE_STEP = 512
"""Transforms have sizes that are multiples of this: quick, and a grid of speeds finer than 10 cents at 2 s."""
_RINGING_FRAMES = 512
_FADE_FRAMES = 240
_LONGEST_GAIN_DB = 12.0
_TILT_CENTRE_HZ = 800.0
_MOST_TILT_DB = 15.0
"""A tilt raises no band by more: what was hiss far below a note would become its loudest part."""
_QUIETEST_BREATH_DB = -50.0
_BREATH_TABLE_FRAMES = 2**18
_BREATH_BLOCK = 480
"""Frames over which the level is taken that breath follows: 10 ms."""
_LEVEL, _POLARITY, _SPEED, _DECAY, _SATURATION, _TOUCHED, _TILT, _BREATH, _BREATH_PLACE, _ATTACK = range(10)
_EQUALISER = 10
"""Columns of the numbers that are drawn for each clip; those of the equaliser's bands come last."""


def draw_numbers(clips: int, generator: torch.Generator) -> Tensor:
    """Return what decides how each clip is varied, uniform in 0…1, [clips, numbers].

    The numbers do not depend on the settings, so that switching one effect off leaves the others as they were.
    """
    return torch.rand(clips, _EQUALISER + len(_EQUALISER_HZ), generator=generator)


def vary(audio: Tensor, numbers: Tensor, settings: AugmentationSettings, sample_rate: int = 48_000) -> Tensor:
    """Return clips as the numbers drawn say; the same numbers do to another clip what they do to this one.

    Args:
        audio: float32 [batch, channels, frames], each clip from its onset; zeros after its end.
        numbers: of :func:`draw_numbers`, [batch, numbers].
        settings: how far each effect may go; 0 is off.
        sample_rate: of the audio, in Hz.

    Returns:
        float32 [batch, channels, frames]; the peak of each clip that is not silent lies between 0 and
        −``gain_range_db``.
    """
    changed = audio.clone()
    touched = torch.nonzero(numbers[:, _TOUCHED] >= settings.untouched_share).flatten()
    if len(touched):
        changed[touched] = _vary(audio[touched], numbers[touched], settings, sample_rate)
    polarity = torch.where(numbers[:, _POLARITY] < settings.polarity_share, -1.0, 1.0)
    gain = polarity * 10 ** (-settings.gain_range_db * numbers[:, _LEVEL] / 20)
    return _peak_one(changed) * gain.to(audio)[:, None, None]


def _vary(audio: Tensor, numbers: Tensor, settings: AugmentationSettings, sample_rate: int) -> Tensor:
    """Breath, speed, tone, decay, saturation and attack, by the numbers drawn for each clip; the level is left open."""
    frames = audio.shape[-1]
    signed = 2 * numbers - 1
    # Zeros at the end of a batch cost as much as sound: only the sounding part is worked on.
    length = sounding_frames(audio)
    varied = audio[..., :length]
    if settings.breath_db:
        varied = _breathe(varied, settings.breath_db * numbers[:, _BREATH], numbers[:, _BREATH_PLACE])
    speed = 2 ** (settings.speed_octaves * signed[:, _SPEED])
    band_db = settings.equaliser_db * signed[:, _EQUALISER:] + _tilted(
        settings.tilt_db_per_octave * signed[:, _TILT : _TILT + 1]
    )
    if settings.speed_octaves or bool(band_db.any()):
        varied = _respeed_and_equalise(varied, speed, band_db, sample_rate, frames)
    if settings.decay_octaves:
        varied = _change_decay(varied, 2 ** (settings.decay_octaves * signed[:, _DECAY]), sample_rate)
    varied = _peak_one(varied)
    if settings.saturation_db:
        varied = _saturate(varied, settings.saturation_db * numbers[:, _SATURATION])
    if settings.attack_seconds:
        # The cube: a quick attack and a tenth of a second are both common.
        varied = _rise(varied, settings.attack_seconds * numbers[:, _ATTACK] ** 3, sample_rate)
    return torch.nn.functional.pad(varied, (0, frames - varied.shape[-1]))


def sounding_frames(audio: Tensor) -> int:
    """Frames until the last sample of the batch that is not zero; at least one."""
    loudest = audio.abs().amax(dim=(0, 1))
    sounding = torch.nonzero(loudest)
    return int(sounding[-1]) + 1 if len(sounding) else 1


def _peak_one(audio: Tensor) -> Tensor:
    peak = audio.abs().amax(dim=(1, 2), keepdim=True)
    return audio / torch.where(peak > 1e-6, peak, torch.ones_like(peak))


def _respeed_and_equalise(
    audio: Tensor, speed: Tensor, equaliser_db: Tensor, sample_rate: int, longest_frames: int
) -> Tensor:
    """Filter and resample each clip in one transform; the level is left open.

    ``speed`` is [batch], ``equaliser_db`` [batch, bands].
    A spectrum of another size is the same sound at another rate. The zeros behind the clip take up what the filter
    rings on and what interpolation rings ahead, which wraps around to there.
    """
    size = -(-(audio.shape[-1] + _EQUALISER_TAPS + _RINGING_FRAMES) // _SIZE_STEP) * _SIZE_STEP
    spectrum = torch.fft.rfft(audio, size)
    if bool(equaliser_db.any()):
        taps = _minimum_phase(equaliser_db.to(audio), sample_rate)
        spectrum = spectrum * torch.fft.rfft(taps, size)[:, None]
    sizes = [max(1, round(size / float(ratio) / _SIZE_STEP)) * _SIZE_STEP if ratio != 1 else size for ratio in speed]
    length = min(longest_frames, max(sizes) - _RINGING_FRAMES)
    result = audio.new_zeros(*audio.shape[:2], length)
    for clip, one, wanted in zip(result, spectrum, sizes, strict=True):
        # irfft takes the lowest bins or pads with silence, whichever the wanted size needs.
        changed = torch.fft.irfft(one, wanted)[:, : min(length, wanted - _RINGING_FRAMES)]
        clip[:, : changed.shape[-1]] = changed
        if wanted - _RINGING_FRAMES > length:
            fade = min(_FADE_FRAMES, length)
            clip[:, -fade:] *= torch.linspace(1, 0, fade, device=audio.device)
    return result


def _minimum_phase(band_db: Tensor, sample_rate: int) -> Tensor:
    """Taps [batch, taps] of filters whose gain runs through ``band_db`` [batch, bands] over log frequency.

    The folded cepstrum of a gain is that of the minimum-phase filter that has it (Oppenheim and Schafer,
    Discrete-Time Signal Processing, section 13.5).
    """
    hz = torch.fft.rfftfreq(_EQUALISER_TAPS, 1 / sample_rate, device=band_db.device).clamp(min=1)
    centres = torch.tensor(_EQUALISER_HZ, device=band_db.device).log2()
    place = torch.bucketize(hz.log2(), centres).clamp(1, len(centres) - 1)
    weight = ((hz.log2() - centres[place - 1]) / (centres[place] - centres[place - 1])).clamp(0, 1)
    decibels = band_db[:, place - 1] * (1 - weight) + band_db[:, place] * weight
    cepstrum = torch.fft.irfft(decibels * (math.log(10) / 20), _EQUALISER_TAPS)
    cepstrum[:, 1 : _EQUALISER_TAPS // 2] *= 2
    cepstrum[:, _EQUALISER_TAPS // 2 + 1 :] = 0
    return torch.fft.irfft(torch.fft.rfft(cepstrum).exp(), _EQUALISER_TAPS)


def _change_decay(audio: Tensor, rate: Tensor, sample_rate: int) -> Tensor:
    """Make each clip decay ``rate`` [batch] times as fast, by a slope in dB on top of its own.

    Its own slope is taken from where the energy that is still to come has fallen by 20 dB (Schroeder, New Method of
    Measuring Reverberation Time, 1965). A slower decay raises the tail by 12 dB at most, so that noise stays noise.
    """
    block = 256
    padded = torch.nn.functional.pad(audio, (0, -audio.shape[-1] % block))
    energy = padded.square().sum(dim=1).reshape(len(audio), -1, block).sum(dim=2)
    to_come = energy.flip(1).cumsum(1).flip(1)
    blocks_to_20_db = (to_come > 0.01 * to_come[:, :1]).sum(dim=1).clamp(min=2)
    own_slope_db = -20 / (blocks_to_20_db * block / sample_rate)
    extra_db_per_frame = own_slope_db * (rate.to(audio) - 1) / sample_rate
    frames = torch.arange(audio.shape[-1], device=audio.device)
    gain_db = (extra_db_per_frame[:, None] * frames).clamp(max=_LONGEST_GAIN_DB)
    return audio * (gain_db * (math.log(10) / 20)).exp()[:, None]


def _saturate(audio: Tensor, drive_db: Tensor) -> Tensor:
    """A soft clipper, ``drive_db`` [batch] above the level at which it begins to be heard; 0 leaves a clip as it is."""
    drive = (0.3 * 10 ** (drive_db.to(audio) / 20))[:, None, None]
    is_driven = (drive_db.to(audio) > 0)[:, None, None]
    return torch.where(is_driven, torch.tanh(drive * audio) / torch.tanh(drive), audio)


def _tilted(db_per_octave: Tensor) -> Tensor:
    """Gains [batch, bands] in dB of a spectrum that is tilted about its middle; ``db_per_octave`` is [batch, 1]."""
    octaves = (torch.tensor(_EQUALISER_HZ) / _TILT_CENTRE_HZ).log2()
    return (db_per_octave * octaves).clamp(max=_MOST_TILT_DB)


@cache
def _breath_table() -> Tensor:
    """Noise of unit power that falls by 6 dB per octave above 500 Hz, as many notes do; [frames], always the same."""
    white = torch.randn(_BREATH_TABLE_FRAMES, generator=torch.Generator().manual_seed(0))
    spectrum = torch.fft.rfft(white)
    number = torch.arange(len(spectrum)).clamp(min=_BREATH_TABLE_FRAMES // 96)
    noise = torch.fft.irfft(spectrum / number, _BREATH_TABLE_FRAMES)
    return noise / noise.square().mean().sqrt()


def _breathe(audio: Tensor, above_quietest_db: Tensor, place: Tensor) -> Tensor:
    """Add noise that comes and goes with each clip, so far above −50 dB of its level; 0 leaves a clip as it is.

    ``above_quietest_db`` is [batch]; ``place`` [batch], 0…1, is where in the table of noise it begins.
    """
    blocks = torch.nn.functional.pad(audio.square().mean(dim=1, keepdim=True), (0, -audio.shape[-1] % _BREATH_BLOCK))
    power = torch.nn.functional.avg_pool1d(blocks, _BREATH_BLOCK)
    smooth = torch.nn.functional.interpolate(power, blocks.shape[-1], mode="linear")[..., : audio.shape[-1]]
    table = _breath_table().to(audio)
    begins = (place * _BREATH_TABLE_FRAMES).long()[:, None]
    noise = table[(begins + torch.arange(audio.shape[-1])) % _BREATH_TABLE_FRAMES][:, None]
    level = 10 ** ((_QUIETEST_BREATH_DB + above_quietest_db) / 20) * (above_quietest_db > 0)
    return audio + level.to(audio)[:, None, None] * smooth.sqrt() * noise


def _rise(audio: Tensor, seconds: Tensor, sample_rate: int) -> Tensor:
    """Let each clip rise over so many ``seconds`` [batch], as half of a cosine; nothing sounds earlier or later."""
    time = torch.arange(audio.shape[-1], device=audio.device) / sample_rate
    share = (time / seconds.to(audio).clamp(min=1e-6)[:, None]).clamp(max=1)
    return audio * (0.5 - 0.5 * torch.cos(math.pi * share))[:, None]
