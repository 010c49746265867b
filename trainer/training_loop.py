"""The loop itself: one step, the running average of the weights, and what happens between steps."""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from runtime.errors import LatentbridgeError
from trainer.adversarial import Adversary, Decoded
from trainer.batches import Batch, BatchSource, seed_of_step
from trainer.checkpoint import Checkpoint
from trainer.decoders.harmonic import HarmonicDecoder
from trainer.losses import kl_loss, loudest_level, reconstruction_loss
from trainer.optimisers import make_optimisers
from trainer.partials import Partials, partials_term
from trainer.settings import LossSettings, OptimiserSettings, Settings
from trainer.time_budget import TimeBudget
from trainer.vae import VariationalAutoencoder
from trainer.workers import Workers, worker_count

LEAST_INHARMONICITY = 3e-7
"""What cannot be told from none: the ninetieth partial is 2 cents sharp."""
MOST_BAD_STEPS = 50
"""After so many steps in a row without a finite gradient the run gives up rather than waste the night."""


class TrainingStep(nn.Module):
    """Model and loss as one module, so that any strategy of lightning-fabric can wrap them."""

    def __init__(self, vae: VariationalAutoencoder, settings: LossSettings) -> None:
        super().__init__()
        self.vae, self.settings = vae, settings

    def forward(self, batch: Batch, kl_weight: float, with_sound: bool = False) -> dict[str, Tensor]:
        """Return the terms of the loss; ``total`` is what is minimised, ``kl`` is in nats.

        ``with_sound`` adds what they were computed from: ``output``, ``target``, ``latent``, as in ``Decoded``.
        """
        mean, log_variance = self.vae.encode(batch.whole)
        latent = per_clip_latent = mean + torch.exp(0.5 * log_variance) * batch.posterior_noise
        loudest = loudest_level(batch.whole if batch.played is None else batch.played, self.settings)
        crops = batch.first_hop.shape[1]
        latent, loudest = (per_clip.repeat_interleave(crops, dim=0) for per_clip in (latent, loudest))
        target, noise, first_hop = batch.target.flatten(0, 1), batch.noise.flatten(0, 1), batch.first_hop.flatten()
        hops = target.shape[-1] // self.vae.settings.hop_frames
        output, partials = self._decode(batch, latent, noise, first_hop, hops)
        terms = reconstruction_loss(output, target, self.settings, first_hop == 0, loudest, batch.window_shift)
        if partials is not None:
            middle = target.mean(dim=1)
            terms |= {"partials": partials_term(partials, middle, self.vae.settings.hop_frames)}
            terms |= self._missed(batch, per_clip_latent)
            weights = {
                "partials": self.settings.partials_weight,
                "inharmonicity": self.settings.inharmonicity_weight,
                "modulation": self.settings.modulation_weight,
            }
            # Always in this order: sums round.
            terms["total"] = terms["total"] + sum(weights[name] * terms[name] for name in weights if name in terms)
        information = kl_loss(mean, log_variance, self.settings.free_bits_nats)
        terms |= {"kl": information, "total": terms["total"] + kl_weight * information}
        return terms | ({"output": output, "target": target, "latent": per_clip_latent} if with_sound else {})

    def _decode(
        self, batch: Batch, latent: Tensor, noise: Tensor, first_hop: Tensor, hops: int
    ) -> tuple[Tensor, Partials | None]:
        """Sound of the crops, as their notes were played, and the harmonics of notes."""
        if batch.pitch is None or batch.velocity is None or batch.held_hops is None or batch.frozen_hop is None:
            ones = torch.ones_like(latent[:, :1])
            return self.vae.decode(latent, ones, 60 * ones, noise, first_hop, hops), None
        crops = batch.first_hop.shape[1]
        velocity, pitch, held_hops = (
            per_clip.repeat_interleave(crops, dim=0) for per_clip in (batch.velocity, batch.pitch, batch.held_hops)
        )
        if batch.course_semitones is not None:
            pitch = pitch + batch.course_semitones.flatten(0, 1)
        frozen_hop, decoder = batch.frozen_hop.flatten(), self.vae.decoder
        if not isinstance(decoder, HarmonicDecoder):
            raise TypeError("notes are decoded by harmonics")
        return decoder(latent, pitch, velocity, held_hops, noise, first_hop, hops, frozen_hop)

    def _missed(self, batch: Batch, latent: Tensor) -> dict[str, Tensor]:
        """How far what the decoder says of the notes, whatever their spectra, is from what was measured of them."""
        decoder = self.vae.decoder
        if batch.modulation is None or batch.inharmonicity is None or not isinstance(decoder, HarmonicDecoder):
            return {}
        wanted, counts = batch.modulation.unbind(1)
        moving = ((decoder.written_modulation(latent, batch.pitch) - wanted).abs() * counts).sum(dim=1).mean()
        stiff = torch.log(batch.inharmonicity.clamp(min=LEAST_INHARMONICITY))
        away = (decoder.log_inharmonicity(latent, batch.pitch) - stiff.nan_to_num()).abs()
        return {"modulation": moving, "inharmonicity": (away * stiff.isfinite()).mean()}


class WeightAverage:
    """Running average of a model's weights: steadier than the last step's, and what is exported.

    Polyak and Juditsky 1992, with exponential forgetting as in Tarvainen and Valpola 2017 (arXiv:1703.01780). The decay
    grows from 0.1 to ``decay``, so that short runs do not carry their random start along.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._decay = decay
        self._model = model
        self.weights = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take the model's present weights in; ``step`` counts from 0."""
        decay = min(self._decay, (1 + step) / (10 + step))
        for name, value in self._model.state_dict().items():
            if value.is_floating_point():
                self.weights[name].lerp_(value, 1 - decay)
            else:
                self.weights[name].copy_(value)

    def load(self, weights: dict[str, Tensor]) -> None:
        """Replace the average by a stored one."""
        for name, value in weights.items():
            self.weights[name].copy_(value)


def learning_rate(fraction: float, settings: OptimiserSettings, highest: float) -> float:
    """Return the learning rate at a fraction (0…1) of the run: a linear rise, then a cosine (arXiv:1608.03983)."""
    if fraction < settings.warm_up:
        # Not from exactly zero: the first step of a run counts as well.
        return highest * max(fraction / settings.warm_up, 0.01)
    progress = (fraction - settings.warm_up) / (1 - settings.warm_up)
    lowest = settings.final_learning_rate
    return lowest + (highest - lowest) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


def kl_weight(fraction: float, settings: LossSettings, warm_start: bool) -> float:
    """Return the weight of the KL term; a warm start begins with a latent space that is already in order."""
    if warm_start or settings.kl_warm_up <= 0:
        return settings.beta
    return settings.beta * min(1.0, fraction / settings.kl_warm_up)


class StopRequest:
    """Whether somebody asked the run to come to an end: once by Ctrl-C or SIGTERM, kindly; a second time it ends."""

    def __init__(self) -> None:
        self.asked = False

    def _handle(self, number: int, _frame: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    @contextmanager
    def listening(self) -> Iterator["StopRequest"]:
        """Listen to signals for as long as the context lasts; only a main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = {number: signal.signal(number, self._handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler if handler is not None else signal.SIG_DFL)


@dataclass(frozen=True)
class StepResult:
    """What a step tells those who watch: its number (from 1), share of the run (0…1), loss terms, seconds it took."""

    step: int
    fraction: float
    terms: dict[str, Tensor]
    learning_rate: float
    seconds: float


class Trainer:
    """A model in training: step after step until the time is spent, the steps are done or somebody asks to stop."""

    def __init__(
        self,
        fabric: Fabric,
        vae: VariationalAutoencoder,
        source: BatchSource,
        settings: Settings,
        warm_start: bool,
    ) -> None:
        self.fabric, self.vae, self.settings, self.warm_start = fabric, vae, settings, warm_start
        self._source = source
        optimiser = settings.optimiser
        self._highest_rate = optimiser.warm_start_learning_rate if warm_start else optimiser.learning_rate
        made = make_optimisers(vae, optimiser, self._highest_rate)
        step = TrainingStep(vae, settings.loss)
        self.module, *self.optimisers = fabric.setup(step, *made)
        workers = settings.run.workers or worker_count(optimiser.batch_clips)
        is_alone_on_cpu = fabric.device.type == "cpu" and fabric.world_size == 1
        self._workers = Workers(step, workers) if is_alone_on_cpu and workers > 1 else None
        used = settings.adversarial.used
        self.adversary = Adversary(fabric, vae.channels, settings.adversarial, source.seed) if used else None
        self.average = WeightAverage(vae, optimiser.average_decay)
        self.step = 0
        self._bad_steps = 0

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint."""
        self.vae.load_state_dict(checkpoint.model)
        self.average.load(checkpoint.average)
        for optimiser, state in zip(self.optimisers, checkpoint.optimisers, strict=True):
            optimiser.load_state_dict(state)
        if self.adversary and checkpoint.discriminators:
            self.adversary.restore(checkpoint.discriminators)
        self.step = checkpoint.step

    def run(self, budget: TimeBudget, stop: StopRequest, after_step: Callable[[StepResult], None]) -> None:
        """Train until it is time to stop; at least one step. ``after_step`` is called between steps.

        Raises LatentbridgeError if the loss is not finite for many steps in a row.
        """
        self.vae.train()
        # The next batch is drawn while this one is learnt from; torch lets go of Python's lock.
        with (
            ThreadPoolExecutor(1, thread_name_prefix="batches") as drawer,
            self._workers.ready() if self._workers else nullcontext(),
        ):
            self._run(budget, stop, after_step, drawer)
        self.vae.eval()

    def _run(
        self,
        budget: TimeBudget,
        stop: StopRequest,
        after_step: Callable[[StepResult], None],
        drawer: ThreadPoolExecutor,
    ) -> None:
        most_steps = self.settings.run.most_steps
        upcoming = drawer.submit(self._source.draw, self.step)
        while True:
            spent = stop.asked or budget.is_spent() if most_steps is None else self.step >= most_steps or stop.asked
            fraction = budget.fraction() if most_steps is None else self.step / most_steps
            # All processes of a run go by the clock of the first.
            spent, fraction = self.fabric.broadcast((spent, fraction))
            if spent and self.step > 0:
                break
            began = time.monotonic()
            rate = learning_rate(fraction, self.settings.optimiser, self._highest_rate)
            batch = upcoming.result()
            upcoming = drawer.submit(self._source.draw, self.step + 1)
            terms = self._one_step(batch.to(self.fabric.device), fraction, rate)
            self.step += 1
            budget.end_of_step()
            after_step(StepResult(self.step, fraction, terms, rate, time.monotonic() - began))

    def _one_step(self, batch: Batch, fraction: float, rate: float) -> dict[str, Tensor]:
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate
        weight = kl_weight(fraction, self.settings.loss, self.warm_start)
        if self.adversary and self.adversary.has_begun(fraction):
            terms = self._adversarial_backward(self.adversary, batch, weight, fraction, rate)
        else:
            terms = self._backward(batch, weight)
        norm = nn.utils.clip_grad_norm_(self.module.parameters(), self.settings.optimiser.clip_norm)
        if bool(torch.isfinite(norm) and torch.isfinite(terms.get("discriminator_gradient", norm))):
            for optimiser in self.optimisers:
                optimiser.step()
            self.average.update(self.step)
            self._bad_steps = 0
        else:
            self._count_bad_step()
        return terms

    def _backward(self, batch: Batch, weight: float) -> dict[str, Tensor]:
        """Set the gradients of all parameters; returns the terms of the loss, detached."""
        if self._workers:
            return self._workers.backward(batch, weight)
        terms: dict[str, Tensor] = self.module(batch, weight)
        for optimiser in self.optimisers:
            optimiser.zero_grad()
        self.fabric.backward(terms["total"])
        return {name: term.detach() for name, term in terms.items()}

    def _adversarial_backward(
        self, adversary: Adversary, batch: Batch, weight: float, fraction: float, rate: float
    ) -> dict[str, Tensor]:
        """As ``_backward``, with judges; ``total`` leaves them out, so that its curve goes on as it was."""
        terms: dict[str, Tensor] = self.module(batch, weight, with_sound=True)
        decoded = Decoded(terms.pop("output"), terms.pop("target"), terms.pop("latent"))
        seed = seed_of_step(self._source.seed, self._source.rank, self.step)
        pull, curves = adversary.challenge(terms["total"], decoded, fraction, rate / self._highest_rate, seed)
        for optimiser in self.optimisers:
            optimiser.zero_grad()
        self.fabric.backward(terms["total"] + pull)
        return {name: term.detach() for name, term in terms.items()} | curves

    def _count_bad_step(self) -> None:
        self._bad_steps += 1
        if self._bad_steps >= MOST_BAD_STEPS:
            raise LatentbridgeError(
                f"The loss was not a finite number for {MOST_BAD_STEPS} steps in a row, at step {self.step}.",
                "Training cannot go on from here.",
                "Go on from the last checkpoint with --resume, or start again with another --seed.",
            )
