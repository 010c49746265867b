"""Real-time scheduling for the thread that makes sound, where the system grants it; playing goes on without."""

import os
import sys
from typing import Final

ENGINE_PRIORITY: Final = 4
"""Just below the clients of a JACK server started without ``-P`` (5, the server itself 10): what hands a block over
must never wait for what computes the next ones. Above everything that is not real-time."""
BEHIND_THE_SOUND_PRIORITY: Final = ENGINE_PRIORITY - 1


def enter() -> bool:
    """Ask for SCHED_FIFO for the calling thread. Return whether the system granted it."""
    # Threads made later inherit it: they are the sound card's.
    return _ask_for(ENGINE_PRIORITY)


def enter_behind_the_sound() -> bool:
    """Ask for the same for a thread that works in the engine's process and may not hold up the sound.

    An ordinary thread would: whoever takes the processor from it while it holds Python's lock would keep the lock from
    the thread that makes sound.
    """
    return _ask_for(BEHIND_THE_SOUND_PRIORITY)


def _ask_for(priority: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except OSError:
        return False
    return True


def leave() -> None:
    """Back to ordinary scheduling: who renders faster than real time must not starve the rest of the machine."""
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
