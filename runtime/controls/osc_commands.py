"""What OSC messages do that are more than an event: each action of the table to what it asks of the steering."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from runtime.controls.osc_schema import Action
from runtime.controls.osc_table import Destination
from runtime.steering.desk import Sender
from runtime.steering.steering import Steering
from runtime.training import Training, TrainingOrder


@dataclass(frozen=True, slots=True)
class Command:
    """A message that has been read. Arguments that were left out are missing from the end."""

    destination: Destination
    arguments: list[float | str]
    sender: Sender

    @property
    def part(self) -> int:
        """The part it speaks to."""
        return self.destination.part

    def number(self, place: int, default: float = 0.0) -> float:
        """Return an argument that is a number, or its default."""
        return float(self.arguments[place]) if place < len(self.arguments) else default

    def whole(self, place: int) -> int:
        """Return an argument that is a whole number."""
        return int(self.arguments[place])

    def text(self, place: int) -> str:
        """Return an argument that is a text, empty if it was left out."""
        return str(self.arguments[place]) if place < len(self.arguments) else ""


def _random(steering: Steering, told: Command) -> None:
    steering.places.random(told.part, told.number(0), told.number(1, 1.0), told.text(2))


def _map_note(steering: Steering, told: Command) -> None:
    steering.places.strike(told.part, told.number(0), told.number(1), told.whole(2), told.number(3) / 127)


def _children(steering: Steering, told: Command) -> None:
    steering.children.make(told.part, told.number(0), told.whole(1) if len(told.arguments) > 1 else None)


def _child_note(steering: Steering, told: Command) -> None:
    steering.children.strike(told.part, told.whole(0), told.whole(1), told.number(2) / 127)


def _lock_axis(steering: Steering, told: Command) -> None:
    steering.places.lock(told.part, told.destination.index, bool(told.number(0)), told.sender)


def _lock_key(steering: Steering, told: Command) -> None:
    steering.keys.lock(told.part, told.whole(0), bool(told.number(1)), told.sender)


COMMANDS: Final[dict[Action, Callable[[Steering, Command], None]]] = {
    Action.RANDOM: _random,
    Action.MAP: lambda s, told: s.places.map(told.part, told.number(0), told.number(1), told.sender),
    Action.MAP_NOTE: _map_note,
    Action.CHILDREN: _children,
    Action.CHILD: lambda s, told: s.children.take(told.part, told.whole(0)),
    Action.CHILD_NOTE: _child_note,
    Action.MORPH: lambda s, told: s.places.morph(told.part, told.number(0), told.number(1), told.sender),
    Action.STORE_CORNER: lambda s, told: s.store_corner(told.part, told.text(0), told.text(1)),
    Action.UNDO: lambda s, told: s.places.undo(told.part),
    Action.REDO: lambda s, told: s.places.redo(told.part),
    Action.LOCK_AXIS: _lock_axis,
    Action.PRESET: lambda s, told: s.recall(told.part, told.text(0)),
    Action.SAVE_PRESET: lambda s, told: s.save_preset(told.part, told.text(0)),
    Action.DELETE_PRESET: lambda s, told: s.delete_preset(told.text(0)),
    Action.LIST_PRESETS: lambda s, told: s.list_presets(),
    Action.FIND: lambda s, told: s.find(told.part, told.text(0)),
    Action.STORE_KEY: lambda s, told: s.keys.store(told.part, told.whole(0)),
    Action.CLEAR_KEY: lambda s, told: s.keys.clear(told.part, told.whole(0)),
    Action.RESET_KEY: lambda s, told: s.keys.reset(told.part, told.whole(0)),
    Action.SWAP_KEYS: lambda s, told: s.keys.swap(told.part, told.whole(0), told.whole(1)),
    Action.REROLL_KEY: lambda s, told: s.keys.reroll(told.part, told.whole(0), told.number(1, 1.0)),
    Action.LOCK_KEY: _lock_key,
    Action.CHOKE_KEY: lambda s, told: s.keys.choke(told.part, told.whole(0), told.whole(1), told.sender),
    Action.KIT: lambda s, told: s.load_kit(told.part, told.text(0)),
    Action.SAVE_KIT: lambda s, told: s.save_kit(told.part, told.text(0)),
    Action.DELETE_KIT: lambda s, told: s.delete_kit(told.text(0)),
    Action.REROLL_KIT: lambda s, told: s.keys.reroll_all(told.part, told.number(0, 1.0)),
    Action.LIST_KITS: lambda s, told: s.list_kits(),
    Action.LEARN: lambda s, told: s.learning.learn(told.text(0)),
    Action.UNLEARN: lambda s, told: s.learning.unlearn(told.text(0)),
}
"""Actions that move or keep something; each may raise LatentbridgeError."""


def _train(training: Training, told: Command) -> None:
    training.start(TrainingOrder(told.text(0), told.text(1), told.number(2), told.text(3) or "auto", told.text(4)))


TRAINING_COMMANDS: Final[dict[Action, Callable[[Training, Command], None]]] = {
    Action.LOOK_AT_FOLDER: lambda training, told: training.look(told.text(0)),
    Action.TRAIN: _train,
    Action.TRAIN_LONGER: lambda training, told: training.longer(told.text(0), told.number(1)),
    Action.STOP_TRAINING: lambda training, told: training.stop(bool(told.whole(0))),
    Action.FOLLOW_TRAINING: lambda training, told: training.follow(bool(told.whole(0))),
    Action.TRAINING_STATE: lambda training, told: training.tell(),
}
"""Actions of training; none waits, and what cannot be done is told later."""
