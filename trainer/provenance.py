"""Where a model comes from: the sounds, their licences, the settings and the versions that made it."""

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime
import torch

from runtime import __version__
from runtime.contract import TrainingSource
from trainer.samples import SampleSet
from trainer.settings import Settings, as_document

UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True)
class Provenance:
    """What a finished model tells about how it was made."""

    name: str
    sources: tuple[TrainingSource, ...]
    seed: int
    started_from: str
    """Name and hash of the model whose weights the run began with; empty for a cold start."""
    device: str

    def training_settings(self, settings: Settings) -> dict[str, Any]:
        """Return what is written under ``training_settings`` in the metadata."""
        return {
            "settings": as_document(settings),
            "seed": self.seed,
            "started_from": self.started_from,
            "device": self.device,
            "versions": {
                "latentbridge": __version__,
                "torch": torch.__version__,
                "onnxruntime": onnxruntime.__version__,
                "python": platform.python_version(),
            },
        }


def training_sources(samples: SampleSet, folder: Path) -> tuple[TrainingSource, ...]:
    """Return where the sounds came from; a folder that does not say is one source of unknown licence."""
    if samples.sources:
        return samples.sources
    name = folder.resolve().name.encode("utf-8", "replace").decode()
    return (TrainingSource(name=name, licence=UNKNOWN_LICENCE, sounds=len(samples.clips)),)
