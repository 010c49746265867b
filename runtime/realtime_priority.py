"""Real-time scheduling for the thread that makes sound, where the system grants it; playing goes on without."""

import os
import sys
from typing import Final

ENGINE_PRIORITY: Final = 50
"""Below the audio server and its clients (60 to 89 by custom), above everything that is not audio."""


def enter() -> bool:
    """Ask for SCHED_FIFO for the calling thread. Return whether the system granted it."""
    if sys.platform != "linux":
        return False
    try:
        # Threads made later inherit it: they are the sound card's.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(ENGINE_PRIORITY))
    except OSError:
        return False
    return True


def leave() -> None:
    """Back to ordinary scheduling: who renders faster than real time must not starve the rest of the machine."""
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
