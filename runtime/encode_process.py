"""The process that finds places of samples while an instrument plays: own models, low priority, told by JSON lines.

It is told ``{"sample": path, "refine": true, "seed": 0}`` and answers with ``{"encoded": …}``, a document of
:mod:`runtime.encoded`, or ``{"failed": […]}`` with the sentences of an error. While it searches it says
``{"tried": share}``, 0…1. It ends when its parent does, in the middle of a search too.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Final

from runtime.child_process import Parent
from runtime.encoded import as_document
from runtime.errors import LatentbridgeError
from runtime.refinement import ROUNDS
from runtime.sample_place import SampleEncoder

_NICENESS: Final = 10
"""A search has time; the sound that plays meanwhile has not."""


def main() -> None:
    """Load the model, say so, and find the place of every sample that comes."""
    # Ctrl-C is for the program that plays, which ends this one when it has finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(_NICENESS)
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
            sample, refine, seed = Path(order["sample"]), bool(order["refine"]), int(order["seed"])
            encoded = encoder.encode(sample, refine, seed=seed, on_round=on_round)
        except LatentbridgeError as error:
            parent.say({"failed": [error.wrong, error.expected, error.remedy]})
        else:
            parent.say({"encoded": as_document(encoded)})
