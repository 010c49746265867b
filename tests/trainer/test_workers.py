"""Workers share a step: the same gradients, whoever computes them."""

import numpy as np
import pytest
import torch

from tests.trainer.small_run import small_settings
from trainer.batches import Batch, BatchSource
from trainer.samples import Clip
from trainer.settings import OptimiserSettings
from trainer.training_loop import TrainingStep
from trainer.vae import VariationalAutoencoder
from trainer.workers import Workers, worker_count

SETTINGS = small_settings()


def _clips() -> list[Clip]:
    random = np.random.default_rng(0)
    fall = np.exp(-np.arange(12_000) / 3000)
    sounds = [(random.uniform(-1, 1, (1, 12_000)) * fall).astype(np.float32) for _ in range(5)]
    return [Clip(None, -1, sound, 1.0, f"sound {i}", 0.25, False, "") for i, sound in enumerate(sounds)]  # type: ignore[arg-type]


@pytest.fixture
def step() -> TrainingStep:
    torch.manual_seed(0)
    return TrainingStep(VariationalAutoencoder(SETTINGS.model, 1), SETTINGS.loss)


@pytest.fixture
def batch() -> Batch:
    optimiser = OptimiserSettings(batch_clips=5, crop_hops=8)
    return BatchSource(_clips(), SETTINGS.model, optimiser, SETTINGS.augmentation, seed=0).draw(0)


def _gradients(step: TrainingStep, batch: Batch, workers: int) -> list[torch.Tensor]:
    together = Workers(step, workers)
    with together.ready():
        together.backward(batch, 1e-3)
    return [parameter.grad.clone() for parameter in step.parameters()]


def test_two_workers_give_the_gradients_of_their_shares_weighted_by_clips(step: TrainingStep, batch: Batch) -> None:
    shares = batch.shares(2)
    assert sorted(len(share.whole) for share in shares) == [2, 3]
    expected = [torch.zeros_like(parameter) for parameter in step.parameters()]
    for share in shares:
        step.zero_grad()
        step(share, 1e-3)["total"].backward()
        for total, parameter in zip(expected, step.parameters(), strict=True):
            if parameter.grad is not None:
                total += parameter.grad * len(share.whole) / 5
    for found, wanted in zip(_gradients(step, batch, 2), expected, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-7, rtol=1e-5)


def test_a_shared_step_is_the_same_to_the_bit_every_time(step: TrainingStep, batch: Batch) -> None:
    first = _gradients(step, batch, 3)
    for _ in range(3):
        assert all(torch.equal(a, b) for a, b in zip(first, _gradients(step, batch, 3), strict=True))


def test_workers_see_the_weights_as_the_optimiser_leaves_them(step: TrainingStep, batch: Batch) -> None:
    together = Workers(step, 2)
    with together.ready():
        before = together.backward(batch, 1e-3)["total"]
        with torch.no_grad():
            step.vae.decoder.oscillators.write.bias.view(2, -1)[0] += 30.0
        after = together.backward(batch, 1e-3)["total"]
    alone = sum(step(share, 1e-3)["total"] * len(share.whole) / 5 for share in batch.shares(2))
    assert abs(float(after) - float(before)) > 0.5
    assert float(after) == pytest.approx(float(alone), rel=1e-5)


def test_a_worker_has_at_least_two_clips() -> None:
    assert worker_count(1) == worker_count(3) == 1
    assert worker_count(64) >= 1
