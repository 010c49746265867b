"""Checkpoints that a power cut cannot spoil: a run that was killed goes on from the last complete one.

A checkpoint is written to a temporary file in the same folder, flushed to the disk and then renamed over the old one.
At every moment the name points to one complete checkpoint: the old one or the new one.
Source: T. Pillai et al., All File Systems Are Not Created Equal, OSDI 2014 (write, fsync, rename, fsync of the folder).
"""

import os
import pickle
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch

from runtime.errors import LatentbridgeError

FORMAT = 2


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a run needs to go on as if it had never stopped."""

    model: dict[str, torch.Tensor]
    average: dict[str, torch.Tensor]
    """Running average of the weights, which is what is exported."""
    optimisers: list[dict[str, Any]]
    step: int
    """Steps done. What a step draws depends on seed and step number alone, so no random state is stored."""
    trained_seconds: float
    """Time spent in training steps."""
    elapsed_seconds: float
    """Wall time since the run began, loading included; pauses between a kill and a resume are not counted."""
    settings: dict[str, Any]
    seed: int
    channels: int
    classes: tuple[str, ...]
    sounds: str
    """Hash of the training sounds: a run goes on with the sounds that it began with."""
    started_from: str
    """Name and hash of the model whose weights the run began with; empty for a cold start."""
    discriminators: dict[str, Any] | None = None
    """Judges of an adversarial run and their optimiser; None for any other run."""


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint so that ``path`` always holds a complete one, whenever the process is killed.

    Raises OSError if the disk is full or the folder is gone; the previous checkpoint is then still there.
    """
    temporary = path.with_name(path.name + ".tmp")
    document = {field.name: getattr(checkpoint, field.name) for field in fields(checkpoint)}
    with open(temporary, "wb") as file:
        torch.save({"format": FORMAT, **document}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    _flush_folder(path.parent)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint onto the CPU. Only tensors and plain values are read: a checkpoint cannot run code.

    Raises LatentbridgeError if there is none, or if the file is not a checkpoint of this version.
    """
    if not path.is_file():
        raise LatentbridgeError(
            f"There is no checkpoint at {path}.",
            "--resume goes on with a run that was interrupted.",
            "Start without --resume, or give the --out of the run that was interrupted.",
        )
    try:
        document = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, OSError, EOFError, ValueError, KeyError, pickle.UnpicklingError, zipfile.BadZipFile):
        document = None
    if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
        raise LatentbridgeError(
            f"{path} is not a checkpoint that this latentbridge can read.",
            "A checkpoint written by this version of `latentbridge train` was expected.",
            "Start without --resume.",
        )
    return Checkpoint(**document)


def _flush_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
