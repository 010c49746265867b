"""The process that writes the pads as a kit: own decoder, low priority, and gone when the kit is there.

It is told everything at once and says ``{"folder": path}`` when it has made one, ``{"done": files, "of": files}`` as it
goes, and at the end ``{"files": count}``, or the sentences of an error.
"""

import os
from pathlib import Path

from runtime.atomic_file import why_not_written
from runtime.child_process import Document, Parent, step_back
from runtime.engine.decoder import Decoder
from runtime.errors import LatentbridgeError
from runtime.oneshots.instruments import write_instruments
from runtime.oneshots.kit_making import make_kit
from runtime.oneshots.kit_pads import plan_pads
from runtime.oneshots.kit_plan import write_plan
from runtime.oneshots.naming import clean_name, free_names
from runtime.oneshots.pads import from_documents
from runtime.oneshots.writing import make_folder


def main() -> None:
    """Write the kit that the parent tells of."""
    step_back()
    parent, parent_id = Parent(), os.getppid()
    try:
        parent.say({"files": _write(parent, parent.setup, parent_id)})
    except LatentbridgeError as error:
        parent.fail(error)


def _write(parent: Parent, setup: Document, parent_id: int) -> int:
    decoder = Decoder.load(Path(setup["model"]), setup["voices"], setup["provider"])
    captures = Path(setup["captures"])
    make_folder(captures)
    given = clean_name(setup["name"])
    folder = _new_folder(captures, given or f"{clean_name(decoder.metadata.name) or 'model'}_kit", bool(given))
    parent.say({"folder": str(folder)})
    plan = plan_pads(decoder, from_documents(setup["pads"]), folder.name)
    write_plan(folder, plan)

    def tell(done: int, of: int) -> None:
        if os.getppid() != parent_id:
            raise SystemExit(0)
        parent.say({"done": done, "of": of})

    write_instruments(folder, make_kit(decoder, plan, folder, progress=tell))
    return len(plan.sounds)


def _new_folder(parent: Path, stem: str, is_given: bool) -> Path:
    """Make a folder that was not there and return it. Raises LatentbridgeError if that is not possible."""
    for name in free_names(parent, stem, is_given, suffix=""):
        try:
            (parent / name).mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise why_not_written(parent / name, error.errno or 0, error.strerror or str(error)) from None
        return parent / name
    raise AssertionError("names never run out")
