"""Judges pull at the decoder, by a set share, and change nothing about a run that did not ask for them."""

import re
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from runtime.contract import read_decoder_metadata, read_hash
from runtime.errors import LatentbridgeError
from tests.trainer.small_run import ONESHOTS, short_parity, small_request, small_settings
from tests.trainer.test_training_run import Transcript
from trainer import training_loop
from trainer.adversarial import Adversary, Decoded, balanced, feature_loss, judges_loss, realness_loss
from trainer.batches import BatchSource
from trainer.beginning import check_resumable, settings_of
from trainer.checkpoint import load_checkpoint
from trainer.samples import load_folder
from trainer.settings import AdversarialSettings, RunSettings, Settings, as_document, from_document
from trainer.time_budget import TimeBudget
from trainer.train import train
from trainer.training_loop import StopRequest, Trainer, TrainingStep
from trainer.vae import VariationalAutoencoder

JUDGED = AdversarialSettings(used=True, begins=0.5, ramp=0.2, channels=4)


def judged_run(out: Path, adversarial: AdversarialSettings = JUDGED, at_step=None, steps: int = 8, **changes) -> str:
    """Train a small model for a few steps; returns what the run said."""
    settings = replace(small_settings(RunSettings(most_steps=steps, scalar_steps=1)), adversarial=adversarial)
    transcript = Transcript(at_step)
    with short_parity():
        train(small_request(ONESHOTS, out, minutes=60.0, **changes), settings, transcript)
    return "\n".join(transcript.lines)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("judged") / "kit.onnx"
    return out, judged_run(out)


def test_a_judged_run_that_was_stopped_resumes_to_the_same_end(finished, tmp_path: Path) -> None:
    out = tmp_path / "stopped.onnx"

    def ctrl_c_at_six(step: int) -> None:
        if step == 6:
            signal.raise_signal(signal.SIGINT)

    assert "stopped on request after 6 steps" in judged_run(out, at_step=ctrl_c_at_six)
    assert "going on after step 6" in judged_run(out, resume=True)
    assert read_hash(out) == read_hash(finished[0])


def test_a_run_does_not_go_on_with_judges_that_it_began_without_or_the_other_way_round(finished) -> None:
    judged = load_checkpoint(finished[0].parent / "runs" / "kit" / "checkpoint.ckpt")
    before_there_were_judges = {name: value for name, value in judged.settings.items() if name != "adversarial"}
    plain = replace(judged, settings=before_there_were_judges)
    settings = {True: replace(small_settings(), adversarial=JUDGED), False: small_settings()}
    for checkpoint, used in ((judged, True), (plain, False)):
        conditions = (checkpoint.channels, checkpoint.sounds, checkpoint.seed)
        check_resumable(checkpoint, settings[used], *conditions)
        with pytest.raises(LatentbridgeError, match="--adversarial changed since it began"):
            check_resumable(checkpoint, settings[not used], *conditions)


def test_the_cost_is_said_and_the_curves_are_drawn(finished) -> None:
    out, said = finished
    assert re.search(r"^adversarial after 50% of the run: .*several times as long.*processor", said, re.MULTILINE)
    curves = EventAccumulator(str(out.parent / "runs" / "kit"))
    curves.Reload()
    for name in ("discriminator", "discriminator_gradient", "realness", "features"):
        assert [point.step for point in curves.Scalars(f"loss/{name}")] == [5, 6, 7, 8]
    settings = settings_of(read_decoder_metadata(out))
    assert settings is not None
    assert settings.adversarial == JUDGED


def test_checkpoints_and_settings_from_before_there_were_judges_are_read(finished, tmp_path: Path) -> None:
    out, _ = finished
    document = torch.load(out.parent / "runs" / "kit" / "checkpoint.ckpt", weights_only=True)
    assert document.pop("discriminators")
    torch.save(document, tmp_path / "old.ckpt")
    assert load_checkpoint(tmp_path / "old.ckpt").discriminators is None
    settings = as_document(small_settings())
    del settings["adversarial"]
    assert from_document(Settings, settings) == small_settings()


class _Rig:
    """A small model with one batch, and judges."""

    def __init__(self, **changes: object) -> None:
        self.settings = replace(small_settings(), adversarial=replace(JUDGED, **changes))
        self.fabric = Fabric(accelerator="cpu", devices=1)
        torch.manual_seed(0)
        self.vae = VariationalAutoencoder(self.settings.model, 1)
        clips = load_folder(ONESHOTS, self.settings.samples).clips
        parts = (self.settings.model, self.settings.optimiser, self.settings.augmentation)
        self.source = BatchSource(clips, *parts, 0)
        self.step = TrainingStep(self.vae, self.settings.loss)
        self.adversary = Adversary(self.fabric, 1, self.settings.adversarial, 0)

    def trainer(self, steps: int) -> Trainer:
        """The model in training for so many steps."""
        settings = replace(self.settings, run=replace(self.settings.run, most_steps=steps))
        return Trainer(self.fabric, self.vae, self.source, settings, warm_start=False)

    def weights_after(self, steps: int) -> list[torch.Tensor]:
        """Weights of the model after training."""
        self.trainer(steps).run(TimeBudget(60, 0.0), StopRequest(), after_step=lambda result: None)
        return list(self.vae.state_dict().values())

    def gradients(self, fraction: float | None) -> dict[str, torch.Tensor]:
        """Gradients of one step at a fraction of the run; None leaves the judges out."""
        terms = self.step(self.source.draw(0), 0.001, with_sound=True)
        loss = terms["total"]
        if fraction is not None:
            decoded = Decoded(terms["output"], terms["target"], terms["latent"])
            loss = loss + self.adversary.challenge(loss, decoded, fraction, 1.0, seed=0)[0]
        self.vae.zero_grad()
        loss.backward()
        return {name: parameter.grad.clone() for name, parameter in self.vae.named_parameters()}


def test_the_decoder_learns_from_judges_and_the_encoder_does_not() -> None:
    rig = _Rig()
    plain, judged = rig.gradients(None), rig.gradients(1.0)
    for name, gradient in judged.items():
        difference = float((gradient - plain[name]).norm() / (plain[name].norm() + 1e-9))
        if name.startswith("encoder."):
            assert difference < 1e-4, name
    changed = [n for n in judged if n.startswith("decoder.") and not torch.allclose(judged[n], plain[n], rtol=1e-2)]
    assert len(changed) > len([n for n in judged if n.startswith("decoder.")]) / 2


def test_the_judges_say_rises_from_nothing() -> None:
    rig = _Rig()
    plain = torch.cat([g.flatten() for g in rig.gradients(None).values()])
    pulled = [
        float((torch.cat([g.flatten() for g in rig.gradients(fraction).values()]) - plain).norm())
        for fraction in (0.5, 0.55, 0.7, 0.9)
    ]
    assert pulled[0] < 1e-5 * float(plain.norm())
    assert pulled[0] < pulled[1] < min(pulled[2:])


def test_judges_pull_each_sound_by_a_share_of_what_the_loss_pulls_it() -> None:
    torch.manual_seed(0)
    opinion, loss = torch.randn(3, 2, 100), torch.randn(3, 2, 100)
    loss[1] *= 1e-6
    opinion[2] = 0
    pull = balanced(1e5 * opinion, loss, 0.5)
    norms = [float(pull[i].norm() / loss[i].norm()) for i in range(3)]
    assert norms == pytest.approx([0.5, 0.5, 0.0], rel=1e-3)
    assert torch.isfinite(pull).all()


def test_judges_learn_to_tell_two_kinds_of_sound_and_pull_one_towards_the_other() -> None:
    """Real: tones; decoded: noise. The judges find out, and following them makes noise less unreal to them."""
    adversary = Adversary(Fabric(accelerator="cpu", devices=1), 1, replace(JUDGED, window_frames=(512, 256)), seed=0)
    time = torch.arange(4096) / 48_000
    losses = []
    for step in range(40):
        generator = torch.Generator().manual_seed(step)
        tones = torch.sin(2 * torch.pi * (200 + 2000 * torch.rand(4, 1, 1, generator=generator)) * time)
        latent = torch.randn(4, 1, generator=generator, requires_grad=True)
        noise = torch.randn(4, 1, 4096, generator=generator) + 0 * latent[:, :, None]
        loss = (noise - tones).abs().mean()
        pull, curves = adversary.challenge(loss, Decoded(noise, tones, latent), 1.0, 1.0, step)
        losses.append(float(curves["discriminator"]))
    assert losses[0] == pytest.approx(2.0, abs=0.3)
    assert max(losses[-5:]) < 1.0
    (direction,) = torch.autograd.grad(pull, noise)
    judges = adversary._judges.requires_grad_(False)
    before, after = (realness_loss(judges(x)) for x in (noise, noise - 0.1 * direction / direction.std()))
    assert after < before


def test_what_is_the_same_has_no_feature_loss_and_hinges_are_met_with_a_margin_of_one() -> None:
    features = [[torch.randn(2, 3, 4, 5), torch.full((2, 1, 4, 5), 1.5)]]
    low = [[features[0][0], torch.full((2, 1, 4, 5), -1.5)]]
    assert float(feature_loss(features, low)) == 0
    assert float(judges_loss(features, low)) == 0
    assert float(judges_loss(low, features)) == 5
    assert float(realness_loss(low)) == 1.5


def same(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_equal_steps_give_equal_weights_with_judges_and_other_weights_without() -> None:
    weights = _Rig().weights_after(4)
    assert same(weights, _Rig().weights_after(4))
    assert not same(weights, _Rig(used=False).weights_after(4))


def test_until_the_judges_begin_a_run_is_the_run_without_them() -> None:
    assert same(_Rig(begins=1.0).weights_after(3), _Rig(used=False).weights_after(3))


def test_judges_draw_nothing_from_the_run() -> None:
    rig = _Rig()
    before = torch.get_rng_state()
    Adversary(rig.fabric, 2, JUDGED, seed=3)
    rig.gradients(1.0)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_step_that_is_not_finite_leaves_judges_and_model_as_they_were_and_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training_loop, "MOST_BAD_STEPS", 3)
    rig = _Rig(begins=0.0, ramp=0.0)
    trainer = rig.trainer(1)
    batch = rig.source.draw(0)
    batch.target[0, 0, 0, 100] = torch.nan

    def weights() -> list[torch.Tensor]:
        assert trainer.adversary is not None
        return [x.clone() for x in (*rig.vae.state_dict().values(), *trainer.adversary.state()["judges"].values())]

    before = weights()
    for _ in range(2):
        trainer._one_step(batch, 0.5, 1e-3)
    assert same(before, weights())
    with pytest.raises(LatentbridgeError, match="not a finite number for 3 steps"):
        trainer._one_step(batch, 0.5, 1e-3)
    trainer._one_step(rig.source.draw(0), 0.5, 1e-3)
    assert not same(before, weights())
