"""A step on several processors of one machine: each worker learns from its share of the batch.

The operators of a step are small, and threads that split one operator wait for each other longer than they work. Here
every worker is a thread that goes through the whole step with clips of its own, on weights that all share; only their
gradients are added up, in one order, so that a step is the same to the bit whichever worker is done first.
"""

import copy
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from trainer.batches import Batch

LEAST_CLIPS = 2
"""Clips a worker needs, so that its share of a step is worth the handing over."""


def worker_count(batch_clips: int) -> int:
    """Return how many workers suit this machine's processors and a batch of so many clips."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(processors, batch_clips // LEAST_CLIPS))


class Workers:
    """Computes loss and gradients of batches; the weights are those of ``module`` and are read where they lie.

    Args:
        module: takes a batch and the weight of the KL term, returns the terms of the loss with their sum as ``total``.
        count: how many workers; each gets at least one clip.
    """

    def __init__(self, module: nn.Module, count: int) -> None:
        self._module = module
        self._modules = [module, *(_with_the_same_weights(module) for _ in range(count - 1))]
        self._pool: ThreadPoolExecutor | None = None

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Keep threads at hand for as long as the context lasts."""
        for module in self._modules:
            module.train(self._module.training)
        with ThreadPoolExecutor(len(self._modules), thread_name_prefix="worker") as self._pool:
            yield
        self._pool = None

    def backward(self, batch: Batch, kl_weight: float) -> dict[str, Tensor]:
        """Set the gradients of the module's parameters for a batch; returns the mean terms of the loss, detached."""
        if self._pool is None:
            raise RuntimeError("Workers.backward needs Workers.ready")
        shares = batch.shares(len(self._modules))
        sizes = [len(share.whole) / len(batch.whole) for share in shares]
        jobs = [
            self._pool.submit(_learn, module, share, kl_weight)
            for module, share in zip(self._modules, shares, strict=False)
        ]
        results = [job.result() for job in jobs]
        for index, parameter in enumerate(self._module.parameters()):
            parameter.grad = _weighted_sum([gradients[index] for _, gradients in results], sizes)
        return {name: _weighted_sum([terms[name] for terms, _ in results], sizes) for name in results[0][0]}


def _with_the_same_weights(module: nn.Module) -> nn.Module:
    """A second module whose parameters are the first one's memory, with gradients of its own."""
    twin = copy.deepcopy(module)
    for own, first in zip(twin.parameters(), module.parameters(), strict=True):
        own.data = first.data
    return twin


def _learn(module: nn.Module, share: Batch, kl_weight: float) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
    terms = module(share, kl_weight)
    gradients = torch.autograd.grad(
        terms["total"], list(module.parameters()), allow_unused=True, materialize_grads=True
    )
    return {name: term.detach() for name, term in terms.items()}, gradients


def _weighted_sum(values: list[Tensor], weights: list[float]) -> Tensor:
    total = values[0] * weights[0]
    for value, weight in zip(values[1:], weights[1:], strict=True):
        total.add_(value, alpha=weight)
    return total
