"""The process that trains while an instrument plays: at the lowest priority, and watched from the page.

It is told everything at once: ``{"folder", "out", "minutes", "kind", "start_from", "resume"}`` as the command line has
them, but that a run that goes on has so many minutes more. It says what :class:`trainer.diary.Diary` tells, and at the
end ``{"done": path}`` or the sentences of an error. ``{"write": true}`` ends the training early, and the instrument is
written as it is by then. It ends with its parent.
"""

import time

_STARTED = time.monotonic()

import json  # noqa: E402
import os  # noqa: E402
import threading  # noqa: E402
import warnings  # noqa: E402
from pathlib import Path  # noqa: E402

from runtime.child_process import Parent, step_back  # noqa: E402
from runtime.errors import LatentbridgeError  # noqa: E402

_NICENESS = 19
"""As far back as it goes: whoever plays meanwhile comes first."""


def main() -> None:
    """Train as the parent says."""
    step_back(_NICENESS)
    _leave_a_processor()
    # What libraries say of themselves is for nobody who plays.
    warnings.simplefilter("ignore")
    parent = Parent()
    try:
        _train(parent)
    except LatentbridgeError as error:
        parent.fail(error)
    except (RuntimeError, MemoryError, OSError) as error:
        # A graphics card without memory, a disk that has gone: whatever was saved until then stays.
        words = " ".join(str(error).split())[:300]
        parent.fail(LatentbridgeError(f"Training ended by {type(error).__name__}: {words}", "", "Go on with the run."))


def _leave_a_processor() -> None:
    """Keep to all processors but one, where the system can: priority alone does not keep memory and caches free."""
    if hasattr(os, "sched_getaffinity"):
        ours = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, ours[:-1] or ours)


def _train(parent: Parent) -> None:
    # Only here, since torch takes seconds to load.
    from trainer.beginning import TrainingRequest
    from trainer.checkpoint import load_checkpoint
    from trainer.diary import Diary
    from trainer.finishing import OutputFiles
    from trainer.hearing import forget_all_but
    from trainer.settings import Settings
    from trainer.train import train
    from trainer.training_loop import StopRequest

    order, stop = parent.setup, StopRequest()
    files = OutputFiles.beside(Path(order["out"]))
    minutes = float(order["minutes"])
    if order["resume"]:
        minutes += load_checkpoint(files.checkpoint).elapsed_seconds / 60

    def listen() -> None:
        # Unbuffered: Python cannot end in good order while a thread waits within a buffer of its own.
        with open(os.dup(0), "rb", buffering=0) as said:
            for line in said:
                stop.asked = stop.asked or bool(json.loads(line).get("write"))
        os._exit(1)

    threading.Thread(target=listen, name="parent", daemon=True).start()
    request = TrainingRequest(
        Path(order["folder"]),
        files.decoder,
        minutes,
        order["kind"],
        device="auto",
        start_from=order["start_from"] or None,
        resume=bool(order["resume"]),
        seed=0,
    )
    diary = Diary(files.run_folder, parent.say)
    decoder = train(request, Settings(), diary, _STARTED, stop)
    # The one that plays may be opened once more before the finished one does.
    forget_all_but(1, files.run_folder)
    diary.done()
    parent.say({"done": str(decoder)})
