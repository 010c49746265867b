"""What a run begins with: the options checked, the device, the weights of a finished model or of an interrupted run."""

import dataclasses
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from lightning_fabric import Fabric

from runtime.contract import DecoderMetadata, read_decoder_metadata, read_hash
from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of, find_model, shipped_models
from trainer.checkpoint import Checkpoint
from trainer.export import load_weights
from trainer.samples import Clip, SampleSet, Split, split
from trainer.settings import (
    NOTES_AUGMENTATION,
    NOTES_MODEL,
    NOTES_OPTIMISER,
    AdversarialSettings,
    ModelSettings,
    OptimiserSettings,
    RunSettings,
    Settings,
    from_document,
)
from trainer.vae import HARMONIC, VariationalAutoencoder

SHORTEST_MINUTES = 0.5
COLD_START = "none"
Kind = Literal["auto", "drums", "notes"]


@dataclass(frozen=True)
class TrainingRequest:
    """What was asked for on the command line."""

    folder: Path
    out: Path
    minutes: float
    kind: Kind
    device: str
    start_from: str | None
    """Name or path of a model, ``none``, or None for a shipped model that fits."""
    resume: bool
    seed: int


def check_request(request: TrainingRequest) -> None:
    """Refuse what cannot end well before any time is spent. Raises LatentbridgeError."""
    out = request.out
    if out.suffix != ".onnx" or out.name.endswith(".encoder.onnx") or not out.stem.strip("."):
        raise LatentbridgeError(
            f"--out {out} is not a name for a model.", "A file name like kit.onnx was expected.", "Add .onnx to it."
        )
    if out.is_dir():
        raise LatentbridgeError(f"--out {out} is a folder.", "A file name like kit.onnx was expected.", "Add a name.")
    if not SHORTEST_MINUTES <= request.minutes <= 60 * 24 * 30:
        raise LatentbridgeError(
            f"--minutes {request.minutes:g} is not a time a model can be trained in.",
            f"At least {SHORTEST_MINUTES:g} minutes were expected.",
            "Twenty minutes make a first playable model.",
        )
    if request.start_from not in (None, COLD_START):
        find_model(request.start_from)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise LatentbridgeError(
            f"Nothing can be written in {out.parent}: {error.strerror}.", "", "Give --out in a folder of yours."
        ) from None


def model_name(out: Path) -> str:
    """Return the name a model carries inside: letters, digits, ``_``, ``.`` and ``-``, at most 64."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", out.stem)[:64]


def open_fabric(device: str) -> Fabric:
    """Return lightning-fabric for a device: ``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps``.

    ``auto`` means CUDA where torch can really compute on it, else the CPU. Several GPUs are used with ``cuda``, several
    machines when started by torchrun or a cluster's own launcher. On the CPU an operator has one thread; the others are
    for trainer/workers.py.
    Raises LatentbridgeError if the device does not work.
    """
    kind, _, number = device.partition(":")
    if kind == "auto":
        kind = "cuda" if _works("cuda") else "cpu"
    if kind not in ("cpu", "cuda", "mps") or (number and not number.isdecimal()):
        raise LatentbridgeError(
            f"--device {device} is not known.", "auto, cpu, cuda, cuda:1 or mps was expected.", "Leave --device out."
        )
    if kind != "cpu" and not _works(device if number else kind):
        raise LatentbridgeError(
            f"--device {device} does not work on this machine.",
            "A device was expected on which torch can compute.",
            "Leave --device out to use what works, or see `latentbridge doctor`.",
        )
    if kind == "cpu":
        torch.set_num_threads(1)
    # torchrun and clusters say in the environment how many processes there are, here and in all.
    here, everywhere = (int(os.environ.get(name, "1")) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    if everywhere > 1:
        return Fabric(accelerator=kind, devices=here, num_nodes=everywhere // here, strategy="ddp")
    if kind == "cpu":
        return Fabric(accelerator="cpu", devices=1)
    return Fabric(accelerator=kind, devices=[int(number)] if number else "auto")


def _works(device: str) -> bool:
    """Whether torch really computes on a device; a driver that is too old is only noticed when something runs."""
    try:
        return float(torch.fft.rfft(torch.ones(8, device=device)).abs().sum()) > 0
    except (RuntimeError, AssertionError, NotImplementedError):
        return False


def settings_for(kind: str, settings: Settings) -> Settings:
    """Return the settings of a run of a kind, ``drums`` or ``notes``; those that are given are of drums."""
    if kind == "drums":
        return settings
    usual = settings.model == ModelSettings()
    model = NOTES_MODEL if usual else dataclasses.replace(settings.model, family=HARMONIC)
    optimiser = NOTES_OPTIMISER if settings.optimiser == OptimiserSettings() else settings.optimiser
    return dataclasses.replace(settings, model=model, augmentation=NOTES_AUGMENTATION, optimiser=optimiser)


def sounds_hash(clips: Sequence[Clip]) -> str:
    """Return 16 hexadecimal digits that differ when the training sounds differ."""
    digests = sorted(sha256(np.ascontiguousarray(clip.audio)).digest() for clip in clips)
    return sha256(b"".join(digests)).hexdigest()[:16]


def training_split(samples: SampleSet, settings: RunSettings) -> Split:
    """Return what is trained on and what is kept back; small folders are used whole."""
    if len(samples.clips) < settings.least_sounds_to_hold_out:
        return Split(samples.clips, ())
    return split(samples, settings.held_out_share, settings.split_seed)


def settings_of(metadata: DecoderMetadata) -> Settings | None:
    """Return the settings a model was trained with, or None if it does not tell or was made by another version."""
    try:
        return from_document(Settings, metadata.training_settings["settings"])
    except (KeyError, TypeError, AttributeError):
        return None


FREE_TO_DIFFER = ("longest_seconds", "encoder_attack_frames", "transient_hops", "trunk_layer_scale", "encoder_dropout")
"""Numbers of the architecture under which weights mean the same, as long as they have the same shapes."""


def why_not(metadata: DecoderMetadata, settings: Settings) -> str | None:
    """Why the weights of a finished model mean nothing in the one to be trained, as words after its name; None if not.

    Channels may differ: mono starts stereo and stereo starts mono.
    """
    if metadata.family != settings.model.family or metadata.pitched != (settings.model.family == HARMONIC):
        return f"is a {'pitched' if metadata.pitched else metadata.family} model"
    if metadata.encoder is None:
        return "has no encoder"
    try:
        theirs = from_document(ModelSettings, metadata.training_settings["settings"]["model"])
    except (KeyError, TypeError):
        return "was built by another version"
    for name, ours in dataclasses.asdict(settings.model).items():
        if name not in FREE_TO_DIFFER and getattr(theirs, name) != ours:
            return f"has {name.replace('_', ' ')} {getattr(theirs, name)} where {ours} is needed"
    return None


def warm_start(
    vae: VariationalAutoencoder, start_from: str | None, kind: str, settings: Settings, channels: int
) -> tuple[str, str]:
    """Take over the weights of a finished model where there is one that fits.

    Returns its name and hash (empty for a cold start) and a line for the person who waits. Raises LatentbridgeError if
    a model was asked for by name that does not fit.
    """
    if start_from == COLD_START:
        return "", "starting from nothing, as asked"
    path = shipped_models().get(kind) if start_from is None else find_model(start_from)
    if path is None:
        return "", f"starting from nothing: there is no shipped model {kind!r} to start from"
    metadata = read_decoder_metadata(path)
    reason = why_not(metadata, settings)
    if reason is None and load_weights(vae, path, encoder_of(path, metadata)):
        reason = "has layers of another kind or size"
    if reason is not None and start_from is None:
        return "", f"starting from nothing: the shipped model {kind!r} {reason}"
    if reason is not None:
        raise LatentbridgeError(
            f"{path} cannot be started from: it has another architecture ({metadata.name} {reason}).",
            f"A {settings.model.family} model made by this version was expected.",
            "Use --from none to start from nothing.",
        )
    line = f"starting from the weights of {metadata.name} ({path})"
    if metadata.channels != channels:
        line += ", a mono model: all sounds begin in the middle" if channels == 2 else ", a stereo model: its middle"
    return f"{metadata.name} {read_hash(path)}", line


def check_resumable(checkpoint: Checkpoint, settings: Settings, channels: int, sounds: str, seed: int) -> None:
    """Refuse to go on with a run under other conditions than it began with. Raises LatentbridgeError."""
    differences = []
    if from_document(ModelSettings, checkpoint.settings["model"]) != settings.model:
        differences.append("the architecture")
    if checkpoint.channels != channels or checkpoint.sounds != sounds:
        differences.append("the sounds in the folder")
    judges = from_document(AdversarialSettings, checkpoint.settings.get("adversarial", {}))
    if judges != settings.adversarial and (judges.used or settings.adversarial.used):
        differences.append("--adversarial" if judges.used != settings.adversarial.used else "the discriminators")
    if checkpoint.seed != seed:
        differences.append(f"--seed (it was {checkpoint.seed})")
    if differences:
        raise LatentbridgeError(
            f"This run cannot be resumed: {' and '.join(differences)} changed since it began.",
            "--resume goes on with the same folder and options.",
            "Start without --resume, or put things back as they were.",
        )


def prepare_run_folder(folder: Path, resume: bool) -> None:
    """Make the run's folder; a new run removes the curves of an earlier one, which would be drawn into its own.

    An earlier checkpoint stays until the first new one replaces it: forgetting --resume costs nothing for a minute.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if resume:
        return
    for curves in folder.glob("events.out.tfevents.*"):
        curves.unlink()
