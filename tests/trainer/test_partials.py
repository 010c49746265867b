"""Claims about reading the partials of a recording, and about what a decoder's harmonics are told of them."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from runtime.pitch_detection import note_to_hz
from tests.trainer.synthetic_notes import RATE, tone
from trainer.decoders.harmonics import partial_numbers
from trainer.partials import Partials, partials_term, read_partials

HOP, HOPS = 256, 32
COUNT = 40


def _frequencies(note: float, hops: int = HOPS) -> Tensor:
    return (partial_numbers(COUNT) * note_to_hz(note) / RATE).expand(1, hops, COUNT)


def _crop(audio: np.ndarray) -> Tensor:
    return torch.from_numpy(audio[:, RATE // 2 : RATE // 2 + HOPS * HOP])


@pytest.mark.parametrize("note", [40, 57.4, 76])
def test_partials_of_a_tone_are_read_within_half_a_decibel_and_noise_is_not_read(note: float) -> None:
    partials = np.array([1.0, 0.5, 0.0, 0.25, 0.1])
    sound = tone(note, 1.0, partials, breath=1e-3)
    level, stands_out, is_known = read_partials(_crop(sound), _frequencies(note), HOP)
    here = HOPS // 2
    assert bool(is_known[0, here, :5].all())
    for number in (1, 2, 4, 5):
        assert bool(stands_out[0, here, number - 1])
        read = 20 * math.log10(float(level[0, here, number - 1]))
        # The tone was brought to peak 1: what each partial is, its neighbours say.
        beside = 20 * math.log10(float(level[0, here, 0]))
        assert read - beside == pytest.approx(20 * math.log10(partials[number - 1]), abs=0.5)
    assert not bool(stands_out[0, here, 2])
    assert not stands_out[0, here, 6:30].float().mean() > 0.2


def test_nothing_is_said_of_the_ends_of_a_crop_or_of_partials_beyond_half_of_the_sample_rate() -> None:
    _, _, is_known = read_partials(_crop(tone(90, 1.0)), _frequencies(90), HOP)
    assert not bool(is_known[0, 0].any())
    assert not bool(is_known[0, -1].any())
    assert not bool(is_known[0, :, 20:36].any()), "the 21st partial of this note is at 31 kHz"


def test_the_term_is_the_distance_in_nepers_and_draws_harmonics_to_where_partials_are() -> None:
    target = _crop(tone(57, 1.0, np.array([1.0, 0.5, 0.25])))
    frequency = _frequencies(57)
    right, _, _ = read_partials(target, frequency, HOP)
    middle = right[:, HOPS // 2 : HOPS // 2 + 1].expand(-1, HOPS, -1)
    assert float(partials_term(Partials(middle, frequency), target, HOP)) < 0.05
    assert float(partials_term(Partials(middle * math.e, frequency), target, HOP)) > 0.7
    quiet = torch.full_like(frequency, 1e-4).requires_grad_()
    partials_term(Partials(quiet, frequency), target, HOP).backward()
    assert quiet.grad is not None
    assert bool((quiet.grad[0, HOPS // 2, :3] < 0).all()), "they are to become louder"
    assert bool((quiet.grad[0, HOPS // 2, 5:] >= 0).all()), "where nothing is they are not"


def test_of_silence_nothing_is_known() -> None:
    frequency = _frequencies(57)
    loud = torch.ones_like(frequency)
    assert float(partials_term(Partials(loud, frequency), torch.zeros(1, HOPS * HOP), HOP)) == 0.0
