"""Where model files are: by path, by the name of a shipped or trained one, by hash; and a decoder's encoder."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from runtime.contract import ContractError, DecoderMetadata, read_hash
from runtime.data_folder import instruments_folder
from runtime.errors import LatentbridgeError

SHIPPED_FOLDER: Final = Path(__file__).resolve().parent.parent / "models"
"""Models that come with latentbridge: beside the packages, whatever the current folder is."""

_SUFFIX: Final = ".onnx"
_ENCODER_SUFFIX: Final = ".encoder.onnx"
_SHIPPED_HASHES: Final = "SHA256SUMS"
"""In the shipped folder: what `sha256sum *.onnx` says of its models."""


def decoder_files(folder: Path) -> list[Path]:
    """Return the decoder files directly in a folder, by name; none if the folder cannot be read."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return []
    return [f for f in files if f.name.endswith(_SUFFIX) and not f.name.endswith(_ENCODER_SUFFIX) and f.is_file()]


def shipped_models() -> dict[str, Path]:
    """Return the shipped models, name → file."""
    return {file.name.removesuffix(_SUFFIX): file for file in decoder_files(SHIPPED_FOLDER)}


def named_models() -> dict[str, Path]:
    """Return the models that have a name of their own, name → file: shipped ones, then those trained from the page."""
    trained = {file.name.removesuffix(_SUFFIX): file for file in decoder_files(instruments_folder())}
    shipped = shipped_models()
    return shipped | {name: file for name, file in trained.items() if name not in shipped}


def playable_models(folder: Path) -> list[str]:
    """Return what :func:`find_model` finds: shipped and trained models by name, other decoders of a folder by path."""
    named = named_models()
    known = {file.resolve() for file in named.values()}
    return [*named, *(str(file.resolve()) for file in decoder_files(folder) if file.resolve() not in known)]


def shipped_hashes() -> frozenset[str]:
    """Return the SHA-256 (hex) of every shipped file, whole; a file that was put into the folder later is not one."""
    try:
        lines = (SHIPPED_FOLDER / _SHIPPED_HASHES).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(line.split()[0] for line in lines if line.strip())


def find_model(name: str) -> Path:
    """Return the file that MODEL means on the command line: a path, or the name of a shipped or trained model.

    A bare name means that model even where the current folder holds something of that name.
    Raises LatentbridgeError, with what there is, if there is no such file.
    """
    named = named_models()
    if name in named:
        return named[name]
    # Unlike a Path, os.path takes a name that is far too long for one that does not exist.
    if os.path.isfile(name):
        return Path(name)
    raise _no_model(name, named)


def _no_model(name: str, named: dict[str, Path]) -> LatentbridgeError:
    is_folder = os.path.isdir(name)
    near = [name + _SUFFIX] if os.path.isfile(name + _SUFFIX) else decoder_files(Path(name) if is_folder else Path())
    return LatentbridgeError(
        f"{name} is a folder, not a model." if is_folder else f"There is no model {name!r}.",
        "A path was expected, or the name of a shipped or trained model"
        + (f": {', '.join(named)}." if named else f"; {SHIPPED_FOLDER} holds none."),
        f"Did you mean {near[0]}?"
        if near
        else "Check the name, or train one: latentbridge train FOLDER --out NAME.onnx",
    )


def find_by_hash(wanted_hash: str, folders: Iterable[Path]) -> Path | None:
    """Return the first decoder in ``folders`` whose graph and weights have this hash; None if there is none."""
    for folder in folders:
        for file in decoder_files(folder):
            try:
                if read_hash(file) == wanted_hash:
                    return file
            except ContractError:
                continue  # A damaged or unreadable neighbour is not what is looked for.
    return None


def encoder_of(model_path: Path, metadata: DecoderMetadata) -> Path:
    """Return the encoder file beside a decoder, its hash checked.

    Raises LatentbridgeError if the model has none, the file is missing, or it belongs to another decoder.
    """
    reference = metadata.encoder
    if reference is None:
        raise LatentbridgeError(
            f"{model_path} has no encoder.", "", "Train the model again: `latentbridge train` writes both."
        )
    # Only the name counts: metadata is no reason to read files elsewhere. A copy may have been renamed with its model.
    names = (Path(reference.file.replace("\\", "/")).name, model_path.name.removesuffix(_SUFFIX) + _ENCODER_SUFFIX)
    found = [file for name in dict.fromkeys(names) if (file := model_path.with_name(name or "-")).is_file()]
    for file in found:
        if read_hash(file) == reference.hash:
            return file
    if found:
        raise LatentbridgeError(
            f"{found[0]} is not the encoder that {model_path.name} was trained with.",
            f"Its hash should begin {reference.hash[:12]}.",
            "Copy both files of the model again, from the same place.",
        )
    raise LatentbridgeError(
        f"The encoder {names[0]} of {model_path.name} is missing.",
        f"It was expected in {model_path.parent.resolve()}.",
        "Copy it beside the model.",
    )
