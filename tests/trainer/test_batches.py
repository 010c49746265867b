"""What a training step hears: fair draws, crops at the onset, and the same for the same seed."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from tests.trainer.small_run import small_settings
from trainer.batches import BatchSource
from trainer.pitched_clips import PitchedClip
from trainer.settings import AugmentationSettings

MODEL = small_settings().model
PLAIN = AugmentationSettings(
    untouched_share=1.0, polarity_share=0.0, gain_range_db=0.0, saturation_db=0.0, speed_octaves=0.0, decay_octaves=0.0
)


@dataclass(frozen=True)
class Sound:
    audio: np.ndarray
    group: str


def tone(hz: float, seconds: float = 0.3) -> np.ndarray:
    time = np.arange(round(seconds * MODEL.sample_rate)) / MODEL.sample_rate
    return np.cos(2 * np.pi * hz * time)[None].astype(np.float32)


def source(clips: list[Sound], seed: int = 0, rank: int = 0, augmentation: AugmentationSettings = PLAIN) -> BatchSource:
    optimiser = replace(small_settings().optimiser, batch_clips=16, crop_hops=8)
    return BatchSource(clips, MODEL, optimiser, augmentation, seed, rank)


def test_twenty_velocities_of_one_snare_count_once() -> None:
    clips = [Sound(tone(100), "kick"), *(Sound(tone(2000), "snare") for _ in range(20))]
    batches = [source(clips).draw(step).whole for step in range(30)]
    spectra = torch.fft.rfft(torch.cat(batches)[:, 0]).abs()
    share_of_kicks = float((spectra.argmax(1) < 500 * spectra.shape[1] / 24_000).float().mean())
    assert 0.4 < share_of_kicks < 0.6


def test_every_clip_is_heard_at_its_onset_and_later_and_crops_are_what_the_encoder_heard() -> None:
    later = set()
    for step in range(20):
        batch = source([Sound(tone(333), "a"), Sound(tone(77, 0.1), "b")]).draw(step)
        assert torch.equal(batch.first_hop[:, 0], torch.zeros(len(batch.first_hop), dtype=torch.long))
        later |= set(batch.first_hop[:, 1].tolist())
        for whole, firsts, targets in zip(batch.whole, batch.first_hop, batch.target, strict=True):
            for first, target in zip(firsts, targets, strict=True):
                begin = int(first) * MODEL.hop_frames
                heard = whole[:, begin : begin + target.shape[-1]]
                # The encoder is handed no more than what sounds; silence follows.
                assert torch.equal(target[:, : heard.shape[1]], heard)
                assert not target[:, heard.shape[1] :].any()
                # A crop that begins after the sound would teach nothing but silence.
                assert target.abs().max() > 0 or begin <= 0.1 * MODEL.sample_rate
    assert len(later) > 20


def test_the_encoder_is_given_peaks_of_one_whatever_augmentation_does() -> None:
    strong = replace(AugmentationSettings(), gain_range_db=24.0, untouched_share=0.0)
    whole = source([Sound(tone(200), "a")], augmentation=strong).draw(0).whole
    assert torch.allclose(whole.abs().amax((1, 2)), torch.ones(len(whole)), atol=1e-5)


def test_a_step_draws_the_same_whatever_was_drawn_before_and_other_seeds_and_ranks_draw_otherwise() -> None:
    clips = [Sound(tone(50 * i), f"sound {i}") for i in range(1, 20)]
    fresh, used = source(clips), source(clips)
    for step in range(5):
        used.draw(step)
    again, first = used.draw(7), fresh.draw(7)
    assert all(torch.equal(getattr(again, name), getattr(first, name)) for name in ("whole", "target", "noise"))
    for other in (source(clips, seed=1), source(clips, rank=1)):
        assert not torch.equal(other.draw(7).noise, first.noise)


def note(hz: float, label: int) -> PitchedClip:
    pitch = 69 + 12 * math.log2(hz / 440)
    return PitchedClip(Path(f"{hz}.wav"), label, tone(hz), 1.0, f"{label} {hz}", 0.3, pitch=pitch)


def test_what_is_done_to_a_note_is_done_to_the_other_one_that_the_encoder_hears_instead() -> None:
    """One latent is to be a bright flute: a dark one at another key would teach that it says nothing of brightness."""
    noisy = replace(PLAIN, untouched_share=0.0, equaliser_db=0.0, breath_db=50.0)
    optimiser = replace(small_settings().optimiser, batch_clips=16, crop_hops=8, other_note_share=1.0)
    batch = BatchSource([note(400, 0), note(1200, 0)], MODEL, optimiser, noisy, 0).draw(0)
    assert batch.played is not None

    def breath_db(sounds: torch.Tensor) -> torch.Tensor:
        """What lies away from the partial, against the whole."""
        spectrum = torch.fft.rfft(sounds[:, 0, :12_000] * torch.hann_window(12_000)).abs().square()
        around = spectrum.argmax(1, keepdim=True) + torch.arange(-8, 9)
        return 10 * torch.log10(1 - spectrum.gather(1, around).sum(1) / spectrum.sum(1))

    other = (batch.whole[..., :12_000] - batch.played[..., :12_000]).abs().amax((1, 2)) > 0.5
    assert 4 <= int(other.sum()) <= 12, "half of the time it is the other note"
    heard, played = breath_db(batch.whole), breath_db(batch.played)
    assert float(played.max() - played.min()) > 20
    assert float((heard - played).abs().max()) < 2.0
