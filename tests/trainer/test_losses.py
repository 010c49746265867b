"""Claims about the losses: they know equal from unequal, quiet from loud, early from late."""

import torch

from trainer.losses import kl_loss, reconstruction_loss
from trainer.settings import LossSettings

SETTINGS = LossSettings()
FRAMES = 8192


def _strike(level: float = 1.0, delay_frames: int = 0, pitch_hz: float = 200.0) -> torch.Tensor:
    n = torch.arange(FRAMES) - delay_frames
    sound = torch.sin(2 * torch.pi * pitch_hz / SETTINGS.sample_rate * n) * torch.exp(-n / 1500.0) * (n >= 0)
    return (level * sound).expand(2, 1, FRAMES).contiguous()


def _total(output: torch.Tensor, target: torch.Tensor) -> float:
    return float(reconstruction_loss(output, target, SETTINGS)["total"])


def test_a_sound_is_no_distance_from_itself() -> None:
    assert _total(_strike(), _strike()) < 1e-3


def test_the_distance_grows_with_the_error_of_level_time_and_pitch() -> None:
    target = _strike()
    for errors in (
        [_strike(level=0.9), _strike(level=0.5), _strike(level=0.1)],
        [_strike(delay_frames=48), _strike(delay_frames=480), _strike(delay_frames=4000)],
        [_strike(pitch_hz=210), _strike(pitch_hz=260), _strike(pitch_hz=1000)],
    ):
        distances = [_total(output, target) for output in errors]
        assert distances == sorted(distances)
        assert distances[0] > 0.01


def test_silence_asked_for_and_given_has_a_finite_distance_and_gradient() -> None:
    output = torch.zeros(2, 1, FRAMES, requires_grad=True)
    terms = reconstruction_loss(output, torch.zeros(2, 1, FRAMES), SETTINGS)
    terms["total"].backward()
    assert all(torch.isfinite(term) for term in terms.values())
    assert output.grad is not None
    assert torch.isfinite(output.grad).all()


def test_both_channels_of_a_stereo_sound_are_heard() -> None:
    target = _strike().expand(2, 2, FRAMES).contiguous()
    output = target.clone()
    output[:, 1] = 0
    assert _total(target, target) < 1e-3
    assert _total(output, target) > 0.5


def test_information_is_zero_at_the_prior_and_free_below_the_free_bits() -> None:
    mean, log_variance = torch.zeros(4, 16), torch.zeros(4, 16)
    assert float(kl_loss(mean, log_variance, 0.0)) == 0.0
    assert float(kl_loss(mean, log_variance, 0.25)) == 16 * 0.25
    informed = torch.cat([3 * torch.ones(4, 1), mean[:, 1:]], dim=1)
    assert float(kl_loss(informed, log_variance, 0.25)) == 15 * 0.25 + 4.5


def test_the_first_cycles_count_one_by_one_at_the_onset_and_nowhere_else() -> None:
    target = _strike(pitch_hz=50.0)
    n = torch.arange(FRAMES)
    shifted = torch.cos(2 * torch.pi * 50.0 / SETTINGS.sample_rate * n) * torch.exp(-n / 1500.0)
    output = shifted.expand(2, 1, FRAMES).contiguous()
    at_onset = reconstruction_loss(output, target, SETTINGS, at_onset=torch.tensor([True, True]))
    later = reconstruction_loss(output, target, SETTINGS, at_onset=torch.tensor([False, False]))
    upside_down = reconstruction_loss(-target, target, SETTINGS, at_onset=torch.tensor([True, True]))
    assert float(at_onset["beginning"]) > 0.5
    assert float(later["beginning"]) == 0.0
    assert float(upside_down["total"]) < 1e-3


def test_each_sound_of_a_batch_is_judged_at_its_own_onset() -> None:
    target = _strike().expand(2, 2, FRAMES).contiguous()
    output = torch.cat([target[:1], 0.5 * target[1:]])
    first = reconstruction_loss(output, target, SETTINGS, at_onset=torch.tensor([True, False]))
    second = reconstruction_loss(output, target, SETTINGS, at_onset=torch.tensor([False, True]))
    for term in ("beginning", "loudest"):
        assert float(first[term]) < 1e-3
        assert float(second[term]) > 0.3
