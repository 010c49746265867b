"""What all Max objects have in common: atoms, messages, cords, and numbers kept for each inlet."""

import re
from collections import defaultdict
from typing import Any

Atom = int | float | str
Message = tuple[Atom, ...]
BANG: Message = ("bang",)


def atoms_of(text: str) -> tuple[Atom, ...]:
    """Return the atoms of a text: whole numbers, numbers with a point, words."""
    return tuple(_atom(word) for word in text.replace("\\,", ",").split())


def _atom(word: str) -> Atom:
    if re.fullmatch(r"-?\d+", word):
        return int(word)
    return float(word) if re.fullmatch(r"-?\d*\.\d*", word) and word not in (".", "-.") else word


class Object:
    """A box. ``cords`` leads from each outlet to inlets of others."""

    def __init__(self, box: dict[str, Any], patcher: Any, arguments: tuple[Atom, ...]) -> None:
        self.box, self.patcher, self.world, self.arguments = box, patcher, patcher.world, arguments
        self.cords: dict[int, list[tuple[Object, int]]] = defaultdict(list)
        self.value: Any = None
        self.taken: list[tuple[int, Message]] = []
        """Everything that has come in."""

    def give(self, outlet: int, *message: Atom) -> None:
        """Send a message out of an outlet."""
        assert outlet < self.box["numoutlets"], f"{self.box} has no outlet {outlet}"
        for target, inlet in self.cords[outlet]:
            assert inlet < target.box["numinlets"], f"{target.box} has no inlet {inlet}"
            target.taken.append((inlet, message))
            target.take(inlet, message)

    def take(self, inlet: int, message: Message) -> None:
        """Do what the object does with a message."""


class Inlet(Object):
    """Comes from the box of the subpatch."""


class Outlet(Object):
    """Leads on from the box of the subpatch."""

    leads_to: tuple[Object, int] | None = None

    def take(self, inlet: int, message: Message) -> None:
        if self.leads_to:
            self.leads_to[0].give(self.leads_to[1], *message)


class Stores(Object):
    """An object with a number for each inlet; the left one, or a list there, lets it act."""

    acts_on_every_inlet = False

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kept: list[Atom] = self.at_first()

    def at_first(self) -> list[Atom]:
        return [0] * self.box["numinlets"]

    def take(self, inlet: int, message: Message) -> None:
        if message != BANG:
            for number, atom in enumerate(message[: len(self.kept) - inlet], inlet):
                self.kept[number] = atom
        if inlet == 0 or self.acts_on_every_inlet:
            self.act()

    def act(self) -> None:
        """Say what follows from what is kept."""
