"""A varied clip is still that sound: it begins at its onset, and each effect does what its name says and no more."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from trainer.augmentation import draw_numbers, vary
from trainer.settings import AugmentationSettings

RATE = 48_000
OFF = AugmentationSettings(
    gain_range_db=0.0,
    untouched_share=0.0,
    polarity_share=0.0,
    speed_octaves=0.0,
    decay_octaves=0.0,
    equaliser_db=0.0,
    saturation_db=0.0,
)
FULL = AugmentationSettings(untouched_share=0.0)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def augment(audio: torch.Tensor, settings: AugmentationSettings, generator: torch.Generator) -> torch.Tensor:
    """Clips varied as a training step varies them."""
    return vary(audio, draw_numbers(len(audio), generator), settings, RATE)


def drums(batch: int = 8, channels: int = 1, frames: int = 24_000) -> torch.Tensor:
    """Noise and a tone that decay, peak 1; the last quarter is silent."""
    time = torch.arange(frames) / RATE
    noise = torch.randn(batch, channels, frames, generator=seeded(9)) * torch.exp(-time / 0.03)
    tone = torch.cos(2 * torch.pi * 200 * time) * torch.exp(-time / 0.1)
    audio = 0.3 * noise + tone
    audio[..., frames * 3 // 4 :] = 0
    return audio / audio.abs().amax(dim=(1, 2), keepdim=True)


def test_amounts_of_zero_change_nothing() -> None:
    audio = drums()
    torch.testing.assert_close(augment(audio, OFF, seeded()), audio, atol=1e-6, rtol=0)


def test_the_generator_alone_decides() -> None:
    audio = drums()
    first, again, other = (augment(audio, FULL, seeded(s)) for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    torch.manual_seed(5)
    assert torch.equal(augment(audio, FULL, seeded(1)), first)


def test_switching_one_effect_off_leaves_the_draws_of_the_others() -> None:
    audio = drums()
    only_polarity = augment(audio, replace(OFF, polarity_share=0.5), seeded(3))
    signs = torch.sign(only_polarity[:, 0, 0] * audio[:, 0, 0])
    assert set(signs.tolist()) == {-1.0, 1.0}
    with_gain = augment(audio, replace(OFF, polarity_share=0.5, gain_range_db=6.0), seeded(3))
    assert torch.equal(torch.sign(with_gain[:, 0, 0] * audio[:, 0, 0]), signs)


def test_every_clip_keeps_its_onset_its_length_and_a_sane_peak() -> None:
    audio = drums(batch=32)
    varied = augment(audio, FULL, seeded())
    assert varied.shape == audio.shape
    assert varied.dtype == torch.float32
    assert bool(torch.isfinite(varied).all())
    peaks = varied.abs().amax(dim=(1, 2))
    assert bool((peaks <= 1 + 1e-5).all())
    assert bool((peaks >= 10 ** (-6 / 20) - 1e-5).all())
    # Half a millisecond after frame 0 the attack is there.
    assert bool((varied[..., :24].abs().amax(dim=(1, 2)) > 0.25 * peaks).all())


def test_how_loud_a_clip_comes_in_does_not_matter() -> None:
    audio = drums()
    quiet = augment(0.05 * audio, FULL, seeded())
    torch.testing.assert_close(quiet, augment(audio, FULL, seeded()), atol=1e-5, rtol=0)


def test_silence_and_single_frames_stay_finite() -> None:
    audio = torch.zeros(3, 1, 4800)
    audio[1, 0, 0] = 1.0
    audio[2] = 1e-9
    varied = augment(audio, FULL, seeded())
    assert bool(torch.isfinite(varied).all())
    assert float(varied[0].abs().max()) == 0
    assert float(varied[1].abs().max()) > 0.4


def test_speed_moves_pitch_and_length_together() -> None:
    time = torch.arange(RATE) / RATE
    tone = torch.sin(2 * torch.pi * 1000 * time) * (time < 0.5)
    varied = augment(tone.expand(24, 1, -1).clone(), replace(OFF, speed_octaves=0.4), seeded())[:, 0]
    lengths = torch.tensor([int(torch.nonzero(clip.abs() > 0.1)[-1]) / (0.5 * RATE) for clip in varied])
    spectrum = torch.fft.rfft(varied[:, :12_000] * torch.hann_window(12_000), 4 * RATE).abs()
    pitches = spectrum.argmax(dim=1) / 4 / 1000
    torch.testing.assert_close(pitches * lengths, torch.ones(24), atol=0.01, rtol=0)
    octaves = pitches.log2()
    assert float(octaves.abs().max()) <= 0.41
    assert float(octaves.max()) > 0.2
    assert float(octaves.min()) < -0.2


def test_nothing_sounds_before_the_attack_nor_wraps_to_the_end() -> None:
    """Interpolation and filters ring; what rings ahead of the onset must not come back at the end."""
    click = torch.zeros(16, 1, 9600)
    click[:, :, 0] = 1.0
    varied = augment(click, replace(OFF, speed_octaves=0.4, equaliser_db=6.0), seeded())
    assert bool((varied[:, 0].abs().argmax(dim=1) == 0).all())
    # The filter has 1,024 taps, and the slowest speed is 2^−0.4.
    assert float(varied[..., 1400:].abs().max()) < 10 ** (-55 / 20)


def test_the_rate_of_decay_changes_by_the_drawn_factor() -> None:
    time = torch.arange(RATE) / RATE
    sound = (torch.randn(24, 1, RATE, generator=seeded(4)) * torch.exp(-time / 0.08)).clamp(-3, 3)

    def rate(audio: torch.Tensor) -> np.ndarray:
        early, late = audio[:, 0, :2400].square().mean(1), audio[:, 0, 4800:7200].square().mean(1)
        return 10 * np.log10((early / late).numpy())

    ratio = np.log2(rate(augment(sound, replace(OFF, decay_octaves=0.7), seeded())) / rate(sound))
    assert np.abs(ratio).max() < 0.85
    assert ratio.max() > 0.3
    assert ratio.min() < -0.3


def test_the_equaliser_stays_within_its_bands_gain() -> None:
    impulse = torch.zeros(24, 1, 8192)
    impulse[:, :, 0] = 1.0
    # The gain common to all bands goes into the peak, so bands are compared with each other.
    varied = augment(impulse, replace(OFF, equaliser_db=6.0), seeded())
    decibels = 20 * torch.log10(torch.fft.rfft(varied[:, 0]).abs() + 1e-9)
    spread = decibels.amax(dim=1) - decibels.amin(dim=1)
    assert 9.0 < float(spread.max()) < 12.5
    assert float(spread.min()) > 1.0


def test_saturation_adds_overtones_and_keeps_the_peak() -> None:
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(RATE) / RATE).expand(16, 1, -1).clone()
    varied = augment(tone, replace(OFF, saturation_db=12.0), seeded())
    spectrum = torch.fft.rfft(varied[:, 0]).abs()
    third = 20 * torch.log10(spectrum[:, 3000] / spectrum[:, 1000])
    assert float(third.max()) > -25
    assert float(third.max()) < -10
    torch.testing.assert_close(varied.abs().amax(dim=(1, 2)), torch.ones(16), atol=1e-5, rtol=0)


def test_a_tilt_changes_the_slope_of_the_spectrum_and_nothing_else() -> None:
    """Harmonics of 200 Hz, all alike: the levels of what comes out are the filter."""
    time, numbers = torch.arange(RATE) / RATE, torch.arange(1, 41)
    tone = torch.cos(2 * torch.pi * 200 * time * numbers[:, None]).sum(0).expand(24, 1, -1).clone()
    varied = augment(tone, replace(OFF, tilt_db_per_octave=5.0), seeded())[:, 0]
    spectrum = torch.fft.rfft(varied[:, RATE // 4 : -RATE // 4] * torch.hann_window(RATE // 2)).abs()
    levels_db = 20 * torch.log10(spectrum[:, 100 * numbers]).numpy()
    octaves = np.log2(numbers.numpy())
    slopes = np.array([np.polyfit(octaves, row, 1)[0] for row in levels_db])
    rest = np.array([row - np.polyval(np.polyfit(octaves, row, 1), octaves) for row in levels_db])
    assert slopes.min() < -3.0 < 3.0 < slopes.max()
    assert np.abs(slopes).max() < 5.3
    assert np.abs(rest).max() < 1.0, "a straight slope"


def test_breath_is_noise_that_comes_and_goes_with_the_note() -> None:
    time = torch.arange(RATE) / RATE
    tone = (torch.cos(2 * torch.pi * 440 * time) * torch.exp(-time / 0.2)).expand(24, 1, -1).clone()
    varied = augment(tone, replace(OFF, breath_db=34.0), seeded())[:, 0]
    scale = (varied * tone[:, 0]).sum(1, keepdim=True) / tone[:, 0].square().sum(1, keepdim=True)
    noise = varied - scale * tone[:, 0]
    early, late = (
        10 * torch.log10(noise[:, part].square().mean(1) / tone[:, 0, part].square().mean(1))
        for part in (slice(0, 9600), slice(24_000, 33_600))
    )
    assert -51 < float(early.min()) < -40, "the quietest breath is hardly there"
    assert -22 < float(early.max()) < -15
    assert float((early - late).abs().max()) < 2.5, "it dies away as the note does"


def test_an_attack_is_longer_and_the_note_is_the_same_after_it() -> None:
    tone = torch.ones(40, 1, RATE)
    varied = augment(tone, replace(OFF, attack_seconds=0.3), seeded())[:, 0]
    half = (varied < 0.5).sum(1) / RATE
    assert float(half.min()) < 0.002
    assert 0.08 < float(half.max()) <= 0.15
    assert bool((varied[:, 14_401:] == 1).all())
    assert bool((varied.diff(dim=1) >= -1e-6).all())


def test_the_same_numbers_do_the_same_to_another_sound() -> None:
    """Two notes of one instrument have to stay one instrument."""
    settings = replace(OFF, tilt_db_per_octave=5.0, equaliser_db=6.0, attack_seconds=0.3)
    numbers = draw_numbers(8, seeded(5))
    impulse = torch.zeros(8, 1, 9600)
    impulse[..., 0] = 1
    both = [vary(sound, numbers, replace(settings, attack_seconds=0.0), RATE) for sound in (impulse, 0.1 * impulse)]
    torch.testing.assert_close(both[0], both[1], atol=1e-6, rtol=0)
    assert not torch.allclose(both[0], vary(impulse, draw_numbers(8, seeded(6)), settings, RATE))


def test_some_clips_stay_as_they_are() -> None:
    audio = drums(batch=400, frames=2400)
    settings = replace(FULL, untouched_share=0.3, gain_range_db=0.0, polarity_share=0.0)
    same = (augment(audio, settings, seeded()) - audio).abs().amax(dim=(1, 2)) < 1e-5
    assert 0.22 < float(same.float().mean()) < 0.38


def test_stereo_sides_are_varied_alike() -> None:
    audio = drums(channels=2)
    audio[:, 1] = 0.5 * audio[:, 0]
    varied = augment(audio, replace(FULL, saturation_db=0.0), seeded())
    torch.testing.assert_close(varied[:, 1], 0.5 * varied[:, 0], atol=1e-5, rtol=0)


@pytest.mark.parametrize("frames", [1, 2, 240, 511])
def test_very_short_batches_work(frames: int) -> None:
    varied = augment(torch.ones(2, 1, frames), FULL, seeded())
    assert varied.shape == (2, 1, frames)
    assert bool(torch.isfinite(varied).all())
