"""``latentbridge patches``: patches for Max, Max for Live and Pure Data, written for one model."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from runtime.atomic_file import replace_file, why_not_written
from runtime.contract import read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.model_files import find_model
from runtime.patches.files import patch_files
from runtime.patches.instrument_facts import InstrumentFacts


def patches(
    out: Annotated[Path, Parameter(help="The folder to write to; it is made if need be.")],
    /,
    *,
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")] = "drums",
) -> None:
    """Write patches for Max, Max for Live and Pure Data.

    Dials bear the names and ranges of the model's axes. Files of the same names are replaced, others left alone.
    Nothing has to be installed or compiled: docs/max-live-pd.md shows the way to sound.
    """
    files = patch_files(InstrumentFacts.of(read_decoder_metadata(find_model(model))))
    _make_folder(out)
    for name, content in files.items():
        try:
            replace_file(out / name, content)
        except OSError as error:
            raise why_not_written(out / name, error.errno or 0, error.strerror or str(error)) from None
    print(
        f"{len(files)} patches for {model} in {out}. Open latentbridge.maxpat, LB Instrument.amxd or latentbridge.pd."
    )


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise LatentbridgeError(f"{out} is a file.", "A folder to write patches to was expected.") from None
    except OSError as error:
        raise why_not_written(out, error.errno or 0, error.strerror or str(error)) from None
