"""The process that finds places of samples while an instrument plays: own models, low priority, told by JSON lines.

It is told ``{"sample": path, "refine": true, "seed": 0}`` and answers with ``{"encoded": …}``, a document of
:mod:`runtime.encoded`, or ``{"failed": […]}`` with the sentences of an error. While it searches it says
``{"tried": share}``, 0…1. With ``"is_copy": true`` the sample is a copy that is ours: beside it the files of
:mod:`runtime.comparison` are written before the answer. It ends when its parent does, in the middle of a search too.
"""

import os
from collections.abc import Callable
from pathlib import Path

from runtime.atomic_file import why_not_written
from runtime.child_process import Document, Parent, step_back
from runtime.comparison import write_comparison
from runtime.encoded import Encoded, as_document
from runtime.encoder import hear_sample
from runtime.errors import LatentbridgeError
from runtime.refinement import ROUNDS
from runtime.sample_place import SampleEncoder


def main() -> None:
    """Load the model, say so, and find the place of every sample that comes."""
    step_back()
    parent, parent_id = Parent(), os.getppid()
    try:
        encoder = SampleEncoder(Path(parent.setup["model"]))
    except LatentbridgeError as error:
        parent.fail(error)
        return
    parent.say({"ready": True})

    def on_round(done: int, best_db: float) -> None:
        if os.getppid() != parent_id:
            raise SystemExit(0)
        parent.say({"tried": done / ROUNDS})

    while True:
        order = parent.listen()
        try:
            encoded = _encode(encoder, order, on_round)
        except LatentbridgeError as error:
            parent.say({"failed": [_of_a_copy(error.wrong, order), error.expected, error.remedy]})
        else:
            parent.say({"encoded": as_document(encoded)})


def _encode(encoder: SampleEncoder, order: Document, on_round: Callable[[int, float], None]) -> Encoded:
    sample = Path(order["sample"])
    heard = hear_sample(encoder.encoder_metadata, sample)
    encoded = encoder.encode_heard(heard, bool(order["refine"]), seed=int(order["seed"]), on_round=on_round)
    if order["is_copy"]:
        try:
            write_comparison(encoder.decoder, heard, encoded, sample.parent, sample.name)
        except OSError as error:
            raise why_not_written(sample.parent, error.errno or 0, error.strerror or str(error)) from None
    return encoded


def _of_a_copy(wrong: str, order: Document) -> str:
    """Whoever brought a sound knows it by its name, and not where we have put it."""
    return wrong.replace(f"{Path(order['sample']).parent}{os.sep}", "") if order["is_copy"] else wrong
