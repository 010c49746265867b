"""Training beside what plays: a folder is looked into, an instrument trained in a process of its own, and heard so far.

training = Training(desk, instruments_folder(), TrainingHooks(play, say, failed))   # all for any thread; none waits
training.look("~/my drums")                         # what is in a folder, without training on it
training.start(TrainingOrder("~/my drums", "kit", minutes=20))
training.follow(True)                               # play what has been learnt so far, each time anew
training.stop(write=True)                           # or False: give up, the checkpoint stays
training.close()

What a run finds out is in its folder (trainer/diary.py); here passes only how far it is.
"""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from runtime.atomic_file import replace_text
from runtime.child_process import Child, Document
from runtime.errors import LatentbridgeError
from runtime.install_lines import training_lacks
from runtime.model_files import shipped_models
from runtime.oneshots.naming import clean_name
from runtime.steering.desk import Desk

LOOK_FILE: Final = "look.json"
RUNS: Final = "runs"
ORDER_FILE: Final = "order.json"
CHECKPOINT_FILE: Final = "checkpoint.ckpt"
KINDS: Final = ("auto", "drums", "notes")
STARTING, DONE, STOPPED, FAILED = "starting", "done", "stopped", "failed"


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """What is to be trained, as it was asked for. ``start_from`` is a model, ``none``, or empty for one that fits."""

    folder: str
    name: str
    minutes: float
    kind: str = "auto"
    start_from: str = ""


@dataclass(frozen=True, slots=True)
class TrainingHooks:
    """What training asks of the rest of the program; called from its threads."""

    play: Callable[[str], None]
    """Let the model at a path be played."""
    say: Callable[[str], None]
    failed: Callable[[LatentbridgeError], None]
    """What was asked for cannot be done."""


@dataclass(frozen=True, slots=True)
class TrainingState:
    """How the training stands that was begun last: see the row /lb/training."""

    stage: str = ""
    name: str = ""
    fraction: float = 0.0
    text: str = ""


class Training:
    """At most one training at a time, and one look at a folder."""

    def __init__(self, desk: Desk, folder: Path, hooks: TrainingHooks) -> None:
        self._desk, self._folder, self._hooks = desk, folder, hooks
        self._lock = threading.Lock()
        """Guards what follows; nothing is announced with it held."""
        self._state = TrainingState()
        self._child: Child | None = None
        self._look: Child | None = None
        self._is_busy = self._is_closed = self._is_given_up = False
        self._playable = ""
        """The latest that can be played of the training that was begun last."""
        self._follows = False

    def tell(self) -> None:
        """Tell everybody how the training stands."""
        self._tell_state()
        self._desk.announce("train/follow", int(self._follows))

    def look(self, folder: str) -> None:
        """Look into a folder of sounds; a look that is under way is given up."""
        self._beside(lambda: self._look_into(folder))

    def start(self, order: TrainingOrder) -> None:
        """Train a new instrument."""
        self._beside(lambda: self._run(lambda: self._checked(order)))

    def longer(self, name: str, minutes: float) -> None:
        """Go on with a run, from its last checkpoint, for so many minutes more."""
        self._beside(lambda: self._run(lambda: self._known(name, minutes)))

    def stop(self, write: bool) -> None:
        """End the training: write the instrument as it is by now, or give up at once."""
        with self._lock:
            child = self._child
            self._is_given_up = self._is_given_up or (child is not None and not write)
        if child is None:
            self._hooks.failed(LatentbridgeError("Nothing is being trained."))
        elif write:
            child.tell({"write": True})
        else:
            child.end(0.0)

    def follow(self, follows: bool) -> None:
        """Play what has been learnt so far from now on, whenever there is more; or no more."""
        with self._lock:
            self._follows, playable = follows, self._playable
        self.tell()
        if follows and playable:
            self._hooks.play(playable)

    def close(self) -> None:
        """End what is under way; a training can be gone on with from its last checkpoint."""
        with self._lock:
            self._is_closed = True
            children, state, is_busy = (self._child, self._look), self._state, self._is_busy
        for child in children:
            if child is not None:
                child.end(0.0)
        if is_busy:
            self._hooks.say(f"The training of {state.name} was ended. {self._how_it_goes_on(state.name)}")

    # Looking ----------------------------------------------------------------------------------------------------

    def _look_into(self, folder: str) -> None:
        _refuse_without_packages()
        path = _existing_folder(folder)
        self._make_folder(self._folder)
        into = self._folder / LOOK_FILE
        setup = {"folder": str(path), "kind": "auto", "into": str(into)}
        child = Child("trainer.look_process", sockets={}, buffers={}, setup=setup, label="The look at the folder")
        with self._lock:
            before, self._look = self._look, child
        if before is not None:
            before.end(0.0)
        try:
            while "looked" not in (answer := child.answer(None)):
                self._desk.announce("train/looking", folder, float(answer["fraction"]))
        except LatentbridgeError:
            if self._look is child and not self._is_closed:
                raise
            return  # Another folder is looked into by now.
        finally:
            child.end(1.0)
        self._desk.announce("train/looked", folder)

    # Training ---------------------------------------------------------------------------------------------------

    def _run(self, ordered: Callable[[], tuple[TrainingOrder, bool]]) -> None:
        """Train what ``ordered`` says, and whether it goes on with a run. Raises LatentbridgeError if it cannot."""
        _refuse_without_packages()
        with self._lock:
            if self._is_busy:
                raise LatentbridgeError(
                    f"{self._state.name} is being trained.", "One training at a time.", "Finish it, or give it up."
                )
            self._is_busy, self._is_given_up = True, False
        ended: Callable[[], None] | None = None
        try:
            order, goes_on = ordered()
            child = self._begin(order, goes_on)
            if child is not None:
                ended = self._watch(child, order)
        finally:
            with self._lock:
                self._is_busy, self._child = False, None
        if ended is not None:
            # Only now: who hears that it has ended may begin the next at once.
            ended()

    def _checked(self, order: TrainingOrder) -> tuple[TrainingOrder, bool]:
        """Return an order that can be carried out. Raises LatentbridgeError."""
        name = clean_name(order.name)
        if not name:
            raise LatentbridgeError("The instrument has no name.", "Letters and digits were expected.", "Name it.")
        if order.kind not in KINDS:
            raise LatentbridgeError(f"There is no kind {order.kind!r}.", f"Expected: {', '.join(KINDS)}.")
        run = self._folder / RUNS / name
        taken = (self._folder / f"{name}.onnx", run / CHECKPOINT_FILE)
        if name in shipped_models() or any(path.exists() for path in taken):
            raise LatentbridgeError(
                f"There is an instrument or a run called {name} already.", "", "Choose another name, or go on with it."
            )
        checked = replace(order, name=name, folder=str(_existing_folder(order.folder)))
        self._make_folder(run)
        replace_text(run / ORDER_FILE, json.dumps(asdict(checked)))
        return checked, False

    def _known(self, name: str, minutes: float) -> tuple[TrainingOrder, bool]:
        """Return the order of a run that can go on. Raises LatentbridgeError."""
        run = self._folder / RUNS / (clean_name(name) or "-")
        try:
            order = TrainingOrder(**json.loads((run / ORDER_FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            order = None
        if order is None or not (run / CHECKPOINT_FILE).is_file():
            raise LatentbridgeError(
                f"There is no run {name!r} to go on with.", "A run has a checkpoint after a minute.", "Train it anew."
            )
        return replace(order, minutes=minutes), True

    def _begin(self, order: TrainingOrder, goes_on: bool) -> Child | None:
        setup: Document = {
            "folder": order.folder,
            "out": str((self._folder / f"{order.name}.onnx").resolve()),
            "minutes": order.minutes,
            "kind": order.kind,
            "start_from": order.start_from,
            "resume": goes_on,
        }
        with self._lock:
            if self._is_closed:
                return None
            self._playable = ""
            self._child = Child(
                "trainer.training_process", sockets={}, buffers={}, setup=setup, label="The process that trains"
            )
        self._stands(TrainingState(STARTING, order.name))
        return self._child

    def _watch(self, child: Child, order: TrainingOrder) -> Callable[[], None]:
        """Pass on what the process says, until it is done or has gone; return what tells of that."""
        try:
            while "done" not in (answer := child.answer(None)):
                if "hearing" in answer:
                    self._can_be_played(answer["path"])
                    self._desk.announce("train/hearing", int(answer["hearing"]), answer["path"])
                else:
                    stage, fraction = answer["stage"], float(answer["fraction"])
                    self._stands(TrainingState(stage, order.name, fraction, answer["text"]))
        except LatentbridgeError as error:
            return partial(self._ended, order, error)
        else:
            return partial(self._done, order, answer["done"])
        finally:
            child.end(1.0)

    def _done(self, order: TrainingOrder, path: str) -> None:
        """Tell where the instrument is."""
        self._hooks.say(f"trained {path}")
        self._stands(TrainingState(DONE, order.name, 1.0, path))
        self._can_be_played(path)

    def _can_be_played(self, path: str) -> None:
        with self._lock:
            self._playable, follows = path, self._follows
        if follows:
            self._hooks.play(path)

    def _ended(self, order: TrainingOrder, error: LatentbridgeError) -> None:
        """Say why there is no instrument."""
        if self._is_closed:
            return
        remedy = self._how_it_goes_on(order.name)
        if self._is_given_up:
            self._stands(TrainingState(STOPPED, order.name, self._state.fraction, remedy))
            return
        told = LatentbridgeError(error.wrong, error.expected, error.remedy or remedy)
        self._stands(TrainingState(FAILED, order.name, self._state.fraction, str(told)))
        self._hooks.failed(told)

    def _how_it_goes_on(self, name: str) -> str:
        has_checkpoint = (self._folder / RUNS / name / CHECKPOINT_FILE).is_file()
        return "It can go on from its last checkpoint." if has_checkpoint else "There is nothing yet to go on from."

    def _stands(self, state: TrainingState) -> None:
        with self._lock:
            self._state = state
        self._tell_state()

    def _tell_state(self) -> None:
        with self._lock:
            state = self._state
        self._desk.announce("training", state.stage, state.name, state.fraction, state.text)

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LatentbridgeError(f"{folder} cannot be made: {error.strerror}.") from None

    def _beside(self, work: Callable[[], None]) -> None:
        threading.Thread(target=self._try, args=(work,), name="training", daemon=True).start()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except LatentbridgeError as error:
            self._hooks.failed(error)
        except OSError as error:
            # No process could be started, or a folder has gone.
            self._hooks.failed(LatentbridgeError(f"That could not be done: {error.strerror or error}."))


def _refuse_without_packages() -> None:
    if (lacks := training_lacks()) is not None:
        raise lacks


def _existing_folder(folder: str) -> Path:
    """Return a folder by its path, which may begin with ~. Raises LatentbridgeError if there is none."""
    path = Path(folder)
    with contextlib.suppress(RuntimeError):
        path = path.expanduser()
    if not folder.strip() or not path.is_dir():
        raise LatentbridgeError(
            f"There is no folder {folder!r} on the machine that plays.",
            "A folder with sounds was expected.",
            "Check the path.",
        )
    return path.resolve()
