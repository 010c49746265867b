"""One training run, readable as a story: samples, model, loop, calibration, export."""

import time

_STARTED = time.monotonic()
"""Taken before torch is loaded: ``--minutes`` counts the loading as well."""

import dataclasses  # noqa: E402
import math  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Annotated  # noqa: E402

from cyclopts import Parameter  # noqa: E402
from lightning_fabric import Fabric  # noqa: E402

from runtime.contract import DecoderMetadata, read_decoder_metadata  # noqa: E402
from runtime.errors import LatentbridgeError  # noqa: E402
from trainer.batches import BatchSource  # noqa: E402
from trainer.beginning import (  # noqa: E402
    Kind,
    TrainingRequest,
    check_request,
    check_resumable,
    model_name,
    open_fabric,
    prepare_run_folder,
    settings_for,
    sounds_hash,
    training_split,
    warm_start,
)
from trainer.checkpoint import Checkpoint, load_checkpoint, save_checkpoint  # noqa: E402
from trainer.evaluation import results_table  # noqa: E402
from trainer.finishing import EndCosts, FinishPlan, OutputFiles, preliminary_metadata, rehearse, write_model  # noqa: E402
from trainer.hearing import Hearings  # noqa: E402
from trainer.journal import Journal  # noqa: E402
from trainer.pitched_clips import with_movement  # noqa: E402
from trainer.progress import FINISHING, MEASURING, REHEARSING, TRAINING, Hearing, Report, StepSeen  # noqa: E402
from trainer.provenance import Provenance, training_sources  # noqa: E402
from trainer.reading import ReadFolder, read_folder  # noqa: E402
from trainer.samples import SampleSet, Split  # noqa: E402
from trainer.settings import AdversarialSettings, Settings, as_document  # noqa: E402
from trainer.time_budget import TimeBudget  # noqa: E402
from trainer.training_loop import StepResult, StopRequest, Trainer  # noqa: E402
from trainer.vae import VariationalAutoencoder  # noqa: E402


def main(
    folder: Path,
    /,
    *,
    out: Path,
    minutes: float = 20.0,
    kind: Kind = "auto",
    device: str = "auto",
    start_from: Annotated[str | None, Parameter(name="--from")] = None,
    resume: Annotated[bool, Parameter(negative="")] = False,
    seed: int = 0,
    adversarial: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Turn a folder of one-shot samples into an instrument you can play.

    Put your sounds into a folder; folders inside it (kicks, snares, hats …) become classes. When the time is up there
    are NAME.onnx, which you play with `latentbridge play NAME.onnx`, NAME.encoder.onnx, which finds the place of a
    sound of yours in it, and NAME.png, a picture of originals beside what the instrument makes of them. Ctrl-C ends
    earlier and still writes the instrument.

    Parameters
    ----------
    folder
        Folder of sounds: WAV, AIFF, FLAC, OGG or MP3, of any sample rate.
    out
        Where to write the instrument, for example kit.onnx.
    minutes
        Time until the instrument is written, everything included.
    kind
        drums for sounds that every key plays as they are; notes for a pitched instrument; auto listens, reads the file
        names, and says why it chose which.
    device
        auto takes a CUDA graphics card if one works, else the processor. Or cpu, cuda, cuda:1, mps.
    start_from
        Instrument to begin with: a path, the name of a shipped one, or none. Left out: the shipped one, if it fits.
    resume
        Go on with a run that was interrupted, even by a power cut. Give the same folder and options.
    seed
        Another number makes another instrument from the same sounds.
    adversarial
        Let discriminators judge the sounds in the last part of the run. For graphics cards: steps take several times
        as long.
    """
    request = TrainingRequest(folder, out, minutes, kind, device, start_from, resume, seed)
    settings = Settings(adversarial=AdversarialSettings(used=adversarial))
    with Report(settings.run.plain_line_seconds) as report:
        train(request, settings, report, started=_STARTED)


def train(
    request: TrainingRequest,
    settings: Settings,
    report: Report,
    started: float | None = None,
    stop: StopRequest | None = None,
) -> Path:
    """Train a model and write it; returns the decoder's path.

    Args:
        request: what was asked for.
        settings: every number of the run.
        report: where to tell how it goes.
        started: ``time.monotonic()`` when the minutes began to count; now if None.
        stop: where somebody may ask for an early end, besides by Ctrl-C.

    Raises LatentbridgeError for whatever the person who asked can mend.
    """
    started = time.monotonic() if started is None else started
    check_request(request)
    fabric = open_fabric(request.device)
    fabric.launch()
    if not fabric.is_global_zero:
        report.be_quiet()
    run = _begin(request, settings, report, fabric, started)
    costs = _rehearse(run, report)
    # Until here Ctrl-C simply ends the run: there is nothing yet that would be worth writing.
    stop = stop or StopRequest()
    with stop.listening():
        _train_until_done(run, _finish_plan(run, costs, request.minutes), stop, report)
        return _finish(run, costs, stop, report)


@dataclass
class _Run:
    """What the parts of the story share."""

    request: TrainingRequest
    settings: Settings
    files: OutputFiles
    samples: SampleSet
    clips: Split
    sounds: str
    provenance: Provenance
    trainer: Trainer
    budget: TimeBudget
    hearings: Hearings | None = None
    """If somebody listens."""

    @property
    def metadata(self) -> DecoderMetadata:
        """Of the decoder as it is before calibration."""
        return preliminary_metadata(self.settings, self.samples.channels, self.provenance)


def _begin(request: TrainingRequest, settings: Settings, report: Report, fabric: Fabric, started: float) -> _Run:
    """Read the sounds, build the model, and take over the weights of a finished model or of an interrupted run."""
    files = OutputFiles.beside(request.out)
    checkpoint = load_checkpoint(files.checkpoint) if request.resume else None
    found = read_folder(request.folder, request.kind, settings, report)
    kind, samples = found.kind, _with_movement(found, settings, report)
    settings = settings_for(kind, settings)
    sounds = sounds_hash(samples.clips)
    if checkpoint is not None:
        check_resumable(checkpoint, settings, samples.channels, sounds, request.seed)
        report.resumed(checkpoint.step)
    fabric.seed_everything(request.seed, verbose=False)
    vae = VariationalAutoencoder(settings.model, samples.channels)
    if checkpoint is None:
        started_from, line = warm_start(vae, request.start_from, kind, settings, samples.channels)
    else:
        started_from, line = checkpoint.started_from, f"going on after step {checkpoint.step}"
    report.say(line)
    if settings.adversarial.used:
        report.say(_adversarial_line(settings.adversarial, fabric.device.type))
    clips = training_split(samples, settings.run)
    source = BatchSource(
        clips.training, settings.model, settings.optimiser, settings.augmentation, request.seed, fabric.global_rank
    )
    trainer = Trainer(fabric, vae, source, settings, warm_start=bool(started_from))
    budget = TimeBudget(request.minutes, started)
    if checkpoint is not None:
        trainer.restore(checkpoint)
        budget = TimeBudget(request.minutes, started, checkpoint.elapsed_seconds, checkpoint.trained_seconds)
    provenance = Provenance(
        name=model_name(request.out),
        sources=training_sources(samples, request.folder),
        seed=request.seed,
        started_from=started_from,
        device=str(fabric.device),
    )
    return _Run(request, settings, files, samples, clips, sounds, provenance, trainer, budget)


def _adversarial_line(settings: AdversarialSettings, device: str) -> str:
    """Return what ``--adversarial`` costs, in one line; ``device`` is cpu, cuda or mps."""
    slow = "; on a processor that leaves few steps, a graphics card is advised" if device == "cpu" else ""
    return f"adversarial after {settings.begins:.0%} of the run: each step then takes several times as long{slow}"


def _with_movement(found: ReadFolder, settings: Settings, report: Report) -> SampleSet:
    """Sounds as they are trained on: of notes also how they move."""
    if found.kind == "drums":
        return found.samples
    report.stage(MEASURING, 0.5)
    rate, hop_frames = settings.model.sample_rate, settings.model.hop_frames
    return dataclasses.replace(found.samples, clips=with_movement(found.samples.clips, rate, hop_frames))


def _rehearse(run: _Run, report: Report) -> EndCosts:
    """Find out how long the end will take, so that it can be kept free."""
    fabric, files = run.trainer.fabric, run.files
    costs = None
    if fabric.is_global_zero:
        report.stage(REHEARSING, 0.0)
        prepare_run_folder(files.run_folder, run.request.resume)
        report.say(f"checkpoints and TensorBoard: {files.run_folder}")
        costs = rehearse(run.trainer.vae, run.metadata, files, run.clips.training, run.settings)
    shared: EndCosts = fabric.broadcast(costs)
    return shared


def _finish_plan(run: _Run, costs: EndCosts, minutes: float) -> FinishPlan:
    return costs.plan(run.metadata, len(run.clips.training), run.settings, minutes)


def _train_until_done(run: _Run, plan: FinishPlan, stop: StopRequest, report: Report) -> None:
    """Train for as long as the minutes allow, telling how it goes and saving every so often."""
    trainer, budget = run.trainer, run.budget
    budget.begin_training(plan.seconds)
    if not trainer.fabric.is_global_zero:
        trainer.run(budget, stop, after_step=lambda result: None)
        return
    journal = Journal(run.files.run_folder, run.clips.training, run.settings.model.sample_rate, trainer.step)
    journal.sounds(trainer.vae, trainer.step)
    watch = _Watch(run, journal, report)
    watch.begin()
    trainer.run(budget, stop, watch.after_step)
    report.end_of_stage()
    watch.save()
    journal.close()
    if stop.asked:
        report.say(f"stopped on request after {trainer.step} steps; writing the instrument as it is by now")


class _Watch:
    """What happens beside training: a line now and then, curves, sounds, checkpoints, what somebody wants to hear."""

    def __init__(self, run: _Run, journal: Journal, report: Report) -> None:
        self._run, self._journal, self._report = run, journal, report
        self._saved = self._pictured = time.monotonic()
        self._smooth_loss: float | None = None
        if report.listens:
            listening = run.files.run_folder, run.metadata, run.clips, run.samples.classes, run.settings.run
            run.hearings = Hearings(*listening)

    def begin(self) -> None:
        """Hear what a run begins with, unless that is nothing."""
        if self._run.provenance.started_from or self._run.trainer.step:
            self._hear()

    def after_step(self, result: StepResult) -> None:
        """Look at the clock and do what is due."""
        settings, budget, now = self._run.settings.run, self._run.budget, time.monotonic()
        if result.step % settings.scalar_steps == 0:
            self._journal.losses(result)
        loss = float(result.terms["total"])
        # A step without a finite loss is left out by the trainer, and must not spoil all that is told from then on.
        if self._smooth_loss is None or not math.isfinite(self._smooth_loss):
            self._smooth_loss = loss
        elif math.isfinite(loss):
            self._smooth_loss = 0.95 * self._smooth_loss + 0.05 * loss
        minutes = max(self._run.budget.seconds_left(), 0.0) / 60
        details = f"step {result.step}, loss {self._smooth_loss:.3f}, {minutes:.1f} minutes left"
        self._report.passed(
            StepSeen(
                result.step, self._smooth_loss, self._run.budget.elapsed_seconds(), self._run.budget.seconds_left()
            )
        )
        self._report.stage(TRAINING, result.fraction, details)
        if now - self._saved >= settings.checkpoint_seconds:
            self.save()
            self._saved = time.monotonic()
        if now - self._pictured >= settings.picture_seconds:
            self._journal.sounds(self._run.trainer.vae, result.step)
            self._pictured = time.monotonic()
        hearings = self._run.hearings
        if hearings and hearings.is_due(budget.training_seconds_left()):
            self._hear()

    def _hear(self) -> None:
        trainer, hearings = self._run.trainer, self._run.hearings
        if hearings:
            _hear(lambda: hearings.take(trainer.vae, trainer.average.weights, trainer.step), self._report)

    def save(self) -> None:
        """Write a checkpoint from which the run can go on."""
        run, trainer = self._run, self._run.trainer
        checkpoint = Checkpoint(
            model=trainer.vae.state_dict(),
            average=trainer.average.weights,
            optimisers=[optimiser.state_dict() for optimiser in trainer.optimisers],
            step=trainer.step,
            trained_seconds=run.budget.trained_seconds(),
            elapsed_seconds=run.budget.elapsed_seconds(),
            settings=as_document(run.settings),
            seed=run.request.seed,
            channels=run.samples.channels,
            classes=run.samples.classes,
            sounds=run.sounds,
            started_from=run.provenance.started_from,
            discriminators=trainer.adversary.state() if trainer.adversary else None,
        )
        try:
            save_checkpoint(run.files.checkpoint, checkpoint)
        except OSError as error:
            self._report.say(f"the checkpoint could not be written ({error.strerror}); training goes on without it")


def _hear(listen: Callable[[], Hearing], report: Report) -> None:
    """Tell what was heard; that it could not be is told too, and no reason to lose what was learnt."""
    try:
        report.heard(listen())
    except (LatentbridgeError, OSError) as error:
        report.say(f"what has been learnt could not be heard: {error}")


def _finish(run: _Run, costs: EndCosts, stop: StopRequest, report: Report) -> Path:
    """Write the instrument from the averaged weights and say how good it is."""
    trainer = run.trainer
    if trainer.fabric.is_global_zero:
        # Whoever ends a run early does not want to wait as long as at the end of the whole.
        minutes = run.budget.elapsed_seconds() / 60 if stop.asked else run.request.minutes
        plan = _finish_plan(run, costs, minutes)
        if stop.asked:
            run.budget.end_within(plan.seconds)
        report.stage(FINISHING, 0.0, f"{plan.seconds:.0f} s")
        trainer.vae.load_state_dict(trainer.average.weights)
        details = {"steps": trainer.step, "trained_seconds": round(run.budget.trained_seconds())}
        metadata = run.metadata.model_copy(update={"training_settings": run.metadata.training_settings | details})
        figures = write_model(
            trainer.vae,
            metadata,
            run.files,
            run.clips,
            run.samples.classes,
            run.settings,
            plan,
            run.budget.seconds_left,
        )
        if hearings := run.hearings:
            _hear(lambda: hearings.of_the_finished(run.files.decoder, run.files.encoder, trainer.step), report)
        for line in results_table(figures) if figures else ():
            report.say(line)
        report.say(f"originals beside reconstructions: {run.files.picture}")
        report.say(f"written after {run.budget.elapsed_seconds() / 60:.1f} minutes: {run.files.decoder}")
        if not any(axis.descriptor for axis in read_decoder_metadata(run.files.decoder).axes):
            # Named axes take minutes of listening, which a short run does not have.
            report.say(f"its knobs have numbers; to find names: latentbridge calibrate {run.files.decoder} FOLDER")
        report.say(f"play it: latentbridge play {run.files.decoder}")
    trainer.fabric.barrier()
    return run.files.decoder
