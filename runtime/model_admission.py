"""The gate that every model passes before onnxruntime opens it in a process that matters.

A shipped file is known by its hash and goes through. Any other is read as bytes (:mod:`runtime.model_guard`), then run
where it can do no harm (:mod:`runtime.model_trial`), once: what has passed is remembered.
"""

import hashlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from runtime.contract import read_decoder_metadata, read_encoder_metadata, read_model_file
from runtime.model_files import shipped_hashes
from runtime.model_guard import examine
from runtime.model_trial import try_model
from runtime.tried_models import remember_trial, remembered_trial


@dataclass(frozen=True, slots=True)
class AdmittedModel:
    """A file that may be loaded, as long as its bytes are those that were looked at."""

    path: Path
    sha256: str
    """Of the whole file, hex."""
    data: bytes = field(repr=False)
    """The whole file, as it was then."""


def admit_decoder(path: Path) -> Path:
    """Return ``path`` if its decoder may be loaded; what is odd about it is said on stderr.

    Raises LatentbridgeError if the file is no decoder, or would do harm.
    """
    return admitted_decoder(path).path


def admitted_decoder(path: Path) -> AdmittedModel:
    """Do as :func:`admit_decoder`, and say which bytes were looked at, for whoever loads the file later."""
    return _admit(path, "decoder")


def admit_encoder(path: Path) -> Path:
    """Return ``path`` if its encoder may be loaded. Raises LatentbridgeError as :func:`admit_decoder` does."""
    return _admit(path, "encoder").path


def _admit(path: Path, kind: Literal["decoder", "encoder"]) -> AdmittedModel:
    data = read_model_file(path)
    model_hash = hashlib.sha256(data).hexdigest()
    admitted = AdmittedModel(path, model_hash, data)
    if model_hash in shipped_hashes():
        return admitted
    # What can be said without running anything is said at once.
    examine(path, data)
    if kind == "decoder":
        read_decoder_metadata(path)
    else:
        read_encoder_metadata(path)
    remarks = remembered_trial(model_hash)
    if remarks is None:
        remarks = try_model(path, kind)
        remember_trial(model_hash, remarks)
    for remark in remarks:
        print(f"latentbridge: {path.name}: {remark}", file=sys.stderr, flush=True)
    return admitted
