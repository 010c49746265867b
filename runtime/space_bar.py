"""The space bar of the terminal as a button, while the terminal is ours; put back as it was at the end."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

_KEY_POLL_SECONDS: Final = 0.03


@contextlib.contextmanager
def watch_space_bar(on_press: Callable[[], None]) -> Iterator[bool]:
    """Call ``on_press``, from a thread, at every press; yields whether there is a terminal to press it in.

    With stdin closed, redirected, or a terminal in whose foreground we are not, nothing is watched.
    """
    if sys.platform == "win32":
        yield _watch_console(on_press)
        return
    descriptor = _foreground_terminal()
    if descriptor is None:
        yield False
        return
    with _single_keys(descriptor):
        threading.Thread(target=_read_keys, args=(descriptor, on_press), name="space bar", daemon=True).start()
        yield True


def _foreground_terminal() -> int | None:
    try:
        descriptor = sys.stdin.fileno()
        ours = os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except (AttributeError, OSError, ValueError):
        # No stdin at all, or one that is no file.
        return None
    return descriptor if ours else None


if sys.platform != "win32":
    import signal
    import termios
    import tty

    @contextlib.contextmanager
    def _single_keys(descriptor: int) -> Iterator[None]:
        before = termios.tcgetattr(descriptor)
        # Sent to the background later, reading a key or putting the terminal back must not stop the music.
        for number in (signal.SIGTTIN, signal.SIGTTOU):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCONT, lambda *_: tty.setcbreak(descriptor))
        tty.setcbreak(descriptor)
        try:
            yield
        finally:
            signal.signal(signal.SIGCONT, signal.SIG_DFL)
            with contextlib.suppress(termios.error):
                # The terminal may have been closed under us.
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def _read_keys(descriptor: int, on_press: Callable[[], None]) -> None:
        while True:
            try:
                key = os.read(descriptor, 1)
            except OSError:
                return
            if not key:
                return
            if key == b" ":
                on_press()

else:
    import msvcrt

    def _watch_console(on_press: Callable[[], None]) -> bool:
        if sys.stdin is None or not sys.stdin.isatty():
            return False

        def watch() -> None:
            while True:
                # Waiting inside getwch would swallow Ctrl-C.
                if msvcrt.kbhit():
                    if msvcrt.getwch() == " ":
                        on_press()
                else:
                    time.sleep(_KEY_POLL_SECONDS)

        threading.Thread(target=watch, name="space bar", daemon=True).start()
        return True
