"""What is watched while an instrument plays, when a part of it is called dead, and what is done then.

Watched, ten times a second:

- The processes. One that has gone is dead.
- The engine's count of rounds and blocks. It goes on in every state, idle, in freewheel or without an output, ten times
  a second at least; an engine whose count stands still for eight looks is stuck. Looks are counted, not seconds: when
  the computer or this process has slept, the engine gets its eight looks all the same.
- What a sound card has taken, as long as the engine goes round: PortAudio falls silent without a word when a device
  dies. JACK says when it goes, and may stand still for as long as one of its clients likes.

Done: whatever is dead, the engine is ended and a new one started, since a process that is killed waits for nobody, be
it a model that hangs or a device that cannot be closed. JACK's client stays, with all its connections, unless JACK has
gone. An output that has gone is waited for. The new engine is set up as the old one stood (:mod:`runtime.standing`), so
what is lost is the notes that sounded. An engine that dies at once, three times in a row, ends the program.

Another output that somebody wishes for is got in the same way, but not waited for.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from runtime.engine_link import EngineError, EngineLink
from runtime.errors import LatentbridgeError
from runtime.meters import Meter
from runtime.sound_report import OutputChoice, SoundReport

LOOK_SECONDS: Final = 0.1
STUCK_LOOKS: Final = 8
SILENT_LOOKS: Final = 7
AT_ONCE_SECONDS: Final = 3.0
"""An engine that lives no longer than this has died at once."""
MOST_DEATHS_AT_ONCE: Final = 3
_RETRY_SECONDS: Final = 0.5


class Failure(Enum):
    """What can go wrong with the sound as a whole."""

    ENGINE_ENDED = auto()
    ENGINE_STUCK = auto()
    JACK_GONE = auto()
    DEVICE_SILENT = auto()


_DEATHS: Final = {
    Failure.ENGINE_ENDED: "The engine has ended unexpectedly.",
    Failure.ENGINE_STUCK: "The engine is stuck.",
}


class Watch:
    """Tells from counters whether engine and sound card go on. One for each engine."""

    def __init__(self, has_sound_card: bool) -> None:
        self._has_sound_card = has_sound_card
        self._rounds = self._taken = -1
        self._still_looks = self._silent_looks = 0

    def look(self, rounds: int, taken: int) -> Failure | None:
        """Look once: the engine's count of rounds, and whatever changes when the output takes a block."""
        goes_round = rounds != self._rounds
        self._still_looks = 0 if goes_round else self._still_looks + 1
        if taken != self._taken:
            self._silent_looks = 0
        elif goes_round:
            # An engine that stands still gives the card nothing to take.
            self._silent_looks += 1
        self._rounds, self._taken = rounds, taken
        if self._still_looks >= STUCK_LOOKS:
            return Failure.ENGINE_STUCK
        if self._has_sound_card and self._silent_looks >= SILENT_LOOKS:
            return Failure.DEVICE_SILENT
        return None


@dataclass(frozen=True, slots=True)
class SoundNews:
    """Who is told; all are called from the supervision's thread."""

    lost: Callable[[str], None]
    """Nothing sounds any more: a sentence says why, and what is being done."""
    back: Callable[[SoundReport], None]
    """It sounds again, perhaps with another block or delay; :meth:`EngineLink.listen` is to be called anew."""
    refused: Callable[[LatentbridgeError], None]
    """Another output was wished for and cannot be had; the one before comes back."""
    given_up: Callable[[LatentbridgeError], None]
    """It will not sound again."""


class Supervision:
    """Watches a link that has been started, from a thread of its own."""

    def __init__(self, link: EngineLink, report: SoundReport, news: SoundNews) -> None:
        """Take what is to be watched; nothing is before :meth:`begin`."""
        self._link, self._report, self._news = link, report, news
        self._deaths_at_once = 0
        self._up_since = 0.0
        self._wishes: queue.SimpleQueue[OutputChoice] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervision", daemon=True)

    def begin(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def wish(self, choice: OutputChoice) -> None:
        """Let the sound go to another output; from any thread. If that cannot be had, the one before is taken again."""
        self._wishes.put(choice)

    def close(self) -> None:
        """Watch no more. The link is to be ended before, which frees this from what it may be waiting for."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        watch = self._new_watch()
        while not self._ended.wait(LOOK_SECONDS) and not self._link.has_ended:
            meters = self._link.meters
            failure = self._gone() or watch.look(meters[Meter.ENGINE_ROUNDS], meters[Meter.OUTPUT_TAKEN_NS])
            if failure:
                self._replace(failure)
            elif not self._wishes.empty():
                self._change(self._wishes.get())
            else:
                continue
            watch = self._new_watch()

    def _new_watch(self) -> Watch:
        return Watch(has_sound_card=not self._link.uses_jack and self._report.output != "null")

    def _gone(self) -> Failure | None:
        """Return which process has ended, if one has. Without its server JACK's goes first."""
        if self._link.uses_jack and not self._link.runs("jack"):
            return Failure.JACK_GONE
        return None if self._link.runs("engine") else Failure.ENGINE_ENDED

    def _replace(self, failure: Failure) -> None:
        """Start anew what is dead, and all that hangs on it, until it sounds again or there is no hope."""
        if self._link.has_ended:
            return
        sentence = self._sentence(failure)
        self._link.take_down(jack_too=failure is Failure.JACK_GONE)
        self._news.lost(sentence)
        if failure in _DEATHS and self._has_died(_DEATHS[failure]):
            return
        self._bring_up()

    def _change(self, choice: OutputChoice) -> None:
        """Let the sound go elsewhere, or back to where it went if that cannot be."""
        before = self._link.choice
        self._link.take_down(jack_too=True)
        self._news.lost(f"The output is being changed to {choice.output}.")
        self._link.choose(choice)
        try:
            self._report = self._link.bring_up(wait=False)
        except LatentbridgeError as error:
            if self._link.has_ended:
                return
            self._news.refused(error)
            self._link.take_down(jack_too=True)
            self._link.choose(before)
            self._bring_up()
        else:
            self._up_since = time.monotonic()
            self._news.back(self._report)

    def _bring_up(self) -> None:
        """Start anew what was taken down, again and again, until it sounds or there is no hope."""
        while not self._link.has_ended:
            try:
                self._report = self._link.bring_up()
            except LatentbridgeError as another:
                if self._link.has_ended or (isinstance(another, EngineError) and self._has_died(another.wrong)):
                    return
                self._link.take_down(jack_too=self._link.uses_jack and not self._link.runs("jack"))
                self._ended.wait(_RETRY_SECONDS)
            else:
                self._up_since = time.monotonic()
                self._news.back(self._report)
                return

    def _has_died(self, how: str) -> bool:
        """Count a death of the engine; give up, and return True, when there have been too many at once."""
        at_once = self._up_since and time.monotonic() - self._up_since < AT_ONCE_SECONDS
        self._deaths_at_once = self._deaths_at_once + 1 if at_once else 0
        self._up_since = time.monotonic()
        if self._deaths_at_once < MOST_DEATHS_AT_ONCE:
            return False
        self._news.given_up(
            LatentbridgeError(
                f"The engine has been started {MOST_DEATHS_AT_ONCE} times and failed at once each time. {how}",
                "",
                "Play again; if it happens again, try another model, and report it.",
            )
        )
        return True

    def _sentence(self, failure: Failure) -> str:
        if failure is Failure.JACK_GONE:
            reason = self._link.why_ended("jack")
            return f"JACK has gone{f' ({reason})' if reason else ''}. Its return is waited for."
        if failure is Failure.DEVICE_SILENT:
            return f"The output {self._report.output} has stopped taking sound. Its return is waited for."
        return f"{_DEATHS[failure]} A new one takes its place; notes that sounded are gone."
