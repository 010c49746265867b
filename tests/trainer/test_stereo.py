"""Claims about stereo: what is in the middle stays there, what is wide stays wide, and what leans, leans as a whole."""

import dataclasses

import pytest
import torch

from trainer.decoders.spectral_noise import SpectralNoiseDecoder
from trainer.decoders.stereo import IMAGE_REACH, left_and_right
from trainer.log_mel import LogMel, middle_and_side
from trainer.losses import reconstruction_loss
from trainer.settings import LossSettings, ModelSettings
from trainer.vae import VariationalAutoencoder

SMALL = dataclasses.replace(
    ModelSettings(),
    longest_seconds=0.5,
    trunk_channels=24,
    trunk_blocks=2,
    condition_channels=16,
    oscillators=64,
    noise_bands=12,
    encoder_channels=24,
)
HOP = SMALL.hop_frames
HOPS = 60


def _db(power: torch.Tensor) -> float:
    return float(10 * torch.log10(power.mean()))


def _played(decoder: SpectralNoiseDecoder, noise_level: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Left and right of one note."""
    torch.manual_seed(2)
    noise = noise_level * (torch.rand(1, 2, HOPS * HOP) * 2 - 1)
    with torch.no_grad():
        left, right = decoder(torch.randn(1, SMALL.latent_size), noise, torch.zeros(1, dtype=torch.long), HOPS)[0]
    return left, right


def _decoder(side_level: float, lean: float = 0.0, width: float = 0.0) -> SpectralNoiseDecoder:
    """An untrained decoder whose noise has one level in the middle and another on the side (natural logarithms)."""
    torch.manual_seed(1)
    decoder = SpectralNoiseDecoder(SMALL, 2).eval()
    with torch.no_grad():
        noise = decoder.noise_bands.write
        noise.weight.zero_()
        noise.bias.view(2, -1)[0] = -1.0
        noise.bias.view(2, -1)[1] = side_level
        partials = decoder.oscillators.write
        partials.weight[2 * SMALL.oscillators :] = 0.0
        partials.bias.view(2, 2, -1)[1, 0] = side_level - 4.5
        decoder.transient.write.weight.zero_()
        decoder.image.place.bias[SMALL.noise_bands :] = lean / IMAGE_REACH
        decoder.image.place.bias[: SMALL.noise_bands] = width / IMAGE_REACH
    return decoder


def test_noise_in_the_middle_is_the_same_on_both_sides() -> None:
    left, right = _played(_decoder(side_level=-30.0))
    assert _db(left**2) > -20
    assert _db((left - right) ** 2) < _db((left + right) ** 2) - 100


def test_noise_as_loud_on_the_side_as_in_the_middle_is_wide() -> None:
    left, right = _played(_decoder(side_level=-1.0))
    assert abs(float(torch.corrcoef(torch.stack([left, right]))[0, 1])) < 0.1
    assert _db(left**2) == pytest.approx(_db(right**2), abs=0.5)


@pytest.mark.parametrize(("lean", "louder"), [(20.0, 0), (-20.0, 1)])
@pytest.mark.parametrize("noise_level", [0.0, 1.0])
def test_what_leans_all_the_way_sounds_on_one_side_alone(lean: float, louder: int, noise_level: float) -> None:
    sides = _played(_decoder(side_level=-30.0, lean=lean), noise_level)
    assert _db(sides[louder] ** 2) > -60
    assert _db(sides[1 - louder] ** 2) < _db(sides[louder] ** 2) - 100


def test_half_a_lean_makes_one_side_three_times_as_large_as_the_other() -> None:
    left, right = _played(_decoder(side_level=-30.0, lean=0.5493))  # tanh: 0.5
    torch.testing.assert_close(left, 3 * right, atol=1e-4, rtol=1e-3)


def test_no_width_silences_the_side_and_leaves_the_middle_as_it_is() -> None:
    wide, narrow = (torch.stack(_played(_decoder(side_level=-1.0, width=width))) for width in (0.0, -30.0))
    torch.testing.assert_close(narrow.sum(dim=0), wide.sum(dim=0), atol=1e-5, rtol=0)
    assert _db((wide[0] - wide[1]) ** 2) > -20
    assert _db((narrow[0] - narrow[1]) ** 2) < -120


def test_middle_and_side_of_left_and_right_are_what_they_were_made_of() -> None:
    sides = torch.randn(3, 2, 50)
    torch.testing.assert_close(middle_and_side(left_and_right(sides)), sides)


def test_middle_side_and_balance_are_heard_each_by_itself() -> None:
    hears = LogMel(512, 30, bands=20, sample_rate=48_000, channels=2)
    middle, side = torch.rand(2, 1, 1, 7_000) * 2 - 1
    narrow, wide, leftish, rightish = (
        hears(left_and_right(torch.cat([middle, share], dim=1))).unflatten(1, (3, 20))[0]
        for share in (0 * side, 0.5 * side, 0.5 * middle, -0.5 * middle)
    )
    for other in (wide, leftish, rightish):
        torch.testing.assert_close(other[0], narrow[0], atol=1e-4, rtol=0)
    assert not narrow[1:].any()
    assert (wide[1, :, :25] > 0.5).all()
    # Three times the amplitude: the logarithm of 3, wherever there is sound.
    torch.testing.assert_close(leftish[2, :, :25], torch.full((20, 25), 1.0986), atol=0.01, rtol=0)
    torch.testing.assert_close(rightish[2], -leftish[2], atol=1e-3, rtol=0)


def test_the_encoder_tells_wide_from_narrow_and_left_from_right() -> None:
    torch.manual_seed(0)
    vae = VariationalAutoencoder(SMALL, 2).eval()
    one, other = torch.rand(2, 1, 1, 12_000) * 2 - 1
    narrow, wide = torch.cat([one, one], dim=1), torch.cat([one, other], dim=1)
    leftish = torch.cat([one, 0.2 * one], dim=1)
    with torch.no_grad():
        places = [vae.encode(sound)[0] for sound in (narrow, wide, leftish, leftish.flip(1))]
    for i, place in enumerate(places):
        assert all((place - other_place).abs().max() > 0.01 for other_place in places[i + 1 :])


def test_every_parameter_of_a_stereo_model_takes_part_in_training() -> None:
    torch.manual_seed(0)
    vae = VariationalAutoencoder(SMALL, 2)
    sounds, noise = torch.rand(2, 4, 2, 20 * HOP) * 2 - 1
    one = torch.ones(4, 1)
    output, mean, log_variance = vae(sounds, one, 60 * one, noise, torch.zeros(4, dtype=torch.long), 20)
    (reconstruction_loss(output, sounds, LossSettings())["total"] + log_variance.sum() + mean.sum()).backward()
    idle = [name for name, weights in vae.named_parameters() if weights.grad is None or not weights.grad.any()]
    assert idle == []


def _distance(output: torch.Tensor, target: torch.Tensor) -> float:
    return float(reconstruction_loss(output, target, LossSettings())["total"])


def test_what_is_as_loud_on_both_sides_but_wide_is_far_from_what_is_in_the_middle() -> None:
    torch.manual_seed(0)
    one, other, third = torch.rand(3, 2, 1, 8192) * 2 - 1
    narrow, wide = torch.cat([one, one], dim=1), torch.cat([one, other], dim=1)
    # Other noise of the same kind is as near as noise can be.
    assert _distance(wide, narrow) > 2 * _distance(torch.cat([third, third], dim=1), narrow)
    assert _distance(narrow, wide) > 2 * _distance(torch.cat([third, other.flip(-1)], dim=1), wide)


def test_sides_against_each_other_are_far_from_sides_together() -> None:
    tone = torch.sin(0.05 * torch.arange(8192)).expand(2, 1, -1)
    together, against = torch.cat([tone, tone], dim=1), torch.cat([tone, -tone], dim=1)
    assert _distance(together, together) < 1e-3
    assert _distance(against, together) > 2


def test_a_faint_side_of_a_sound_in_the_middle_is_an_error_in_proportion_to_the_sound() -> None:
    n = torch.arange(8192)
    middle = (torch.sin(0.02 * n) * torch.exp(-n / 3000)).expand(2, 1, -1)
    target = left_and_right(torch.cat([middle, 0 * middle], dim=1))
    faint = left_and_right(torch.cat([middle, 0.01 * middle], dim=1))
    terms = reconstruction_loss(faint, target, LossSettings(), at_onset=torch.ones(2))
    assert 0 < float(terms["convergence"]) < 0.06
    assert 0 < float(terms["beginning"]) < 0.06
