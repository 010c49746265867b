"""Judges hear every channel, every resolution, and what is quiet."""

from dataclasses import replace

import pytest
import torch

from trainer.discriminators import Discriminators
from trainer.settings import AdversarialSettings

SETTINGS = AdversarialSettings(used=True, channels=4)


def judges(channels: int = 1, **changes: object) -> Discriminators:
    torch.manual_seed(0)
    return Discriminators(channels, replace(SETTINGS, **changes))


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_every_judge_scores_sounds_of_any_length_and_number_of_channels(channels: int) -> None:
    for frames in (300, 8192):
        found = judges(channels)(torch.randn(2, channels, frames))
        assert len(found) == len(SETTINGS.window_frames)
        for window, layers in zip(SETTINGS.window_frames, found, strict=True):
            assert layers[-1].shape[:3] == (2, 1, 1 + frames // (window // 4))
            assert all(torch.isfinite(layer).all() for layer in layers)


def test_a_judge_hears_every_channel_and_every_moment() -> None:
    audio = torch.randn(2, 2, 4096, requires_grad=True)
    for layers in judges(channels=2)(audio):
        (gradient,) = torch.autograd.grad(layers[-1].sum(), audio, retain_graph=True)
        assert (gradient.unflatten(-1, (-1, 256)).abs().amax(-1) > 0).all()


def test_a_sound_is_judged_alone() -> None:
    audio = torch.randn(3, 1, 4096)
    together, alone = judges()(audio), judges()(audio[1:2])
    for both in zip(together, alone, strict=True):
        assert torch.allclose(both[0][-1][1:2], both[1][-1], atol=1e-5)


def test_silence_has_finite_gradients() -> None:
    audio = torch.zeros(1, 1, 4096, requires_grad=True)
    torch.stack([layers[-1].sum() for layers in judges()(audio)]).sum().backward()
    assert torch.isfinite(audio.grad).all()


def test_what_is_forty_decibels_down_is_still_heard() -> None:
    """Quiet highs are where decoded sounds are dull: judges must not overlook them beside a loud low tone."""
    time = torch.arange(8192) / 48_000
    swell = torch.hann_window(8192)
    low, high = (swell * torch.sin(2 * torch.pi * hz * time) for hz in (100, 9000))
    without, with_highs = low[None, None], (low + 0.01 * high)[None, None]

    @torch.no_grad()
    def change(compression: float) -> float:
        heard = judges(compression=compression)
        pairs = zip(heard(without), heard(with_highs), strict=True)
        return min(float((a[0] - b[0]).norm() / a[0].norm()) for a, b in pairs)

    assert change(SETTINGS.compression) > 0.05
    assert change(1.0) < 0.01
