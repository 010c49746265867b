"""What Max's objects that sort, keep, count and delay messages do, after their reference pages."""

import re
from typing import Any

from tests.patches.max_object import BANG, Atom, Message, Object, Stores, atoms_of


class Trigger(Object):
    def take(self, inlet: int, message: Message) -> None:
        for number, kind in reversed(list(enumerate(self.arguments))):
            if kind == "b":
                self.give(number, *BANG)
            elif kind in ("i", "f"):
                first = 0 if isinstance(message[0], str) else message[0]
                self.give(number, int(first) if kind == "i" else float(first))
            else:
                assert kind in ("l", "s")
                self.give(number, *message)


class Route(Object):
    def take(self, inlet: int, message: Message) -> None:
        for number, wanted in enumerate(self.arguments):
            if wanted in ("int", "float") and len(message) == 1 and type(message[0]).__name__ == wanted:
                return self.give(number, *message)
            if message[0] == wanted:
                return self.give(number, *(message[1:] or BANG))
        return self.give(len(self.arguments), *message)


class Select(Object):
    def take(self, inlet: int, message: Message) -> None:
        for number, wanted in enumerate(self.arguments):
            if message[0] == wanted:
                return self.give(number, *BANG)
        return self.give(len(self.arguments), *message)


class Prepend(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.value = self.arguments

    def take(self, inlet: int, message: Message) -> None:
        # Its own first word may be "set"; one that comes changes what it puts in front.
        if message[0] == "set":
            self.value = message[1:]
        else:
            self.give(0, *self.value, *message)


class Pack(Stores):
    def at_first(self) -> list[Atom]:
        return [{"i": 0, "f": 0.0}.get(a, a) if isinstance(a, str) else a for a in self.arguments]

    def act(self) -> None:
        kinds = [float if a == "f" or isinstance(a, float) else int for a in self.arguments]
        self.give(0, *(kind(atom) for kind, atom in zip(kinds, self.kept, strict=True)))


class Pak(Pack):
    acts_on_every_inlet = True


class Unpack(Object):
    def take(self, inlet: int, message: Message) -> None:
        for number in reversed(range(min(len(message), len(self.arguments)))):
            kind, atom = self.arguments[number], message[number]
            if kind == "s" or isinstance(atom, str):
                assert kind == "s", f"{self.box['text']} was sent {message}"
                self.give(number, atom)
            else:
                self.give(number, float(atom) if kind == "f" or isinstance(kind, float) else int(atom))


class Sprintf(Stores):
    def at_first(self) -> list[Atom]:
        return [""] * self.box["numinlets"]

    def act(self) -> None:
        text = " ".join(str(a) for a in self.arguments)
        kinds = iter(re.findall(r"%(s|ld)", text))
        kept = [int(atom) if next(kinds) == "ld" and atom != "" else atom for atom in self.kept]
        if "" in kept:
            return  # Max would say it half empty; nothing here may depend on that.
        self.give(0, *atoms_of(text.replace("%ld", "%d") % tuple(kept)))


class Scale(Object):
    def take(self, inlet: int, message: Message) -> None:
        low, high, to_low, to_high = (float(a) for a in self.arguments)
        assert all(isinstance(a, float) for a in self.arguments), "whole numbers would be rounded"
        self.give(0, (float(message[0]) - low) / (high - low) * (to_high - to_low) + to_low)


class Operator(Stores):
    def at_first(self) -> list[Atom]:
        return [0, self.arguments[0]]

    def act(self) -> None:
        sign, is_float = self.box["text"].split()[0], isinstance(self.arguments[0], float)
        left, right = (float(a) if is_float else int(a) for a in self.kept)
        results = {"+": left + right, "-": left - right, "*": left * right, "==": int(left == right)}
        self.give(0, results[sign] if sign in results else left / right if is_float else left // right)


class Number(Stores):
    """``int`` and ``float``."""

    def at_first(self) -> list[Atom]:
        return [self.arguments[0] if self.arguments else 0]

    def take(self, inlet: int, message: Message) -> None:
        if message != BANG:
            self.kept[0] = message[0]
        if inlet == 0:
            kind = int if self.box["text"].startswith("int") else float
            self.give(0, kind(self.kept[0]))


class If(Stores):
    def act(self) -> None:
        condition, then, otherwise = re.fullmatch(r"if (.*) then (.*) else (.*)", self.box["text"]).groups()  # type: ignore[union-attr]
        chosen = then if self._worth(condition) else otherwise
        self.give(0, self._worth(chosen))

    def _worth(self, word: str) -> int:
        return int(self.kept[int(word[2:]) - 1]) if word.startswith("$i") else int(word)


class Expr(Object):
    def take(self, inlet: int, message: Message) -> None:
        assert self.box["text"] == "expr pow(2.\\,$f1)"
        self.give(0, 2.0 ** float(message[0]))


class Gate(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.value = self.arguments[1] if len(self.arguments) > 1 else 0

    def take(self, inlet: int, message: Message) -> None:
        if inlet == 0:
            self.value = int(message[0])
        elif self.value:
            self.give(int(self.value) - 1, *message)


class Change(Object):
    def take(self, inlet: int, message: Message) -> None:
        if message[0] != (0 if self.value is None else self.value):
            self.value = message[0]
            self.give(0, *message)


class Delay(Object):
    timer: int | None = None

    def take(self, inlet: int, message: Message) -> None:
        assert (inlet, message) == (0, BANG)
        self.world.call_off(self.timer)
        self.timer = self.world.after(float(self.arguments[0]), lambda: self.give(0, *BANG))


class Metro(Object):
    timer: int | None = None

    def take(self, inlet: int, message: Message) -> None:
        self.world.call_off(self.timer)
        if message[0]:
            self._tick()

    def _tick(self) -> None:
        self.timer = self.world.after(float(self.arguments[0]), self._tick)
        self.give(0, *BANG)


class Makenote(Object):
    kept: Atom = 0

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kept = self.arguments[0]

    def take(self, inlet: int, message: Message) -> None:
        if inlet == 1 or len(message) > 1:
            self.kept = message[-1]
        if inlet == 0:
            note = message[0]
            self.world.after(float(self.arguments[1]), lambda: self._say(note, 0))
            self._say(note, self.kept)

    def _say(self, note: Atom, velocity: Atom) -> None:
        self.give(1, velocity)
        self.give(0, note)


class Slice(Object):
    def take(self, inlet: int, message: Message) -> None:
        first = int(self.arguments[0])
        if message[first:]:
            self.give(1, *message[first:])
        self.give(0, *message[:first])


class Register(Object):
    """``zl.reg``: keeps a list from the right, says it for a bang."""

    def take(self, inlet: int, message: Message) -> None:
        if message != BANG:
            self.value = message
        if inlet == 0 and self.value:
            self.give(0, *self.value)


class Length(Object):
    def take(self, inlet: int, message: Message) -> None:
        self.give(0, len(message))


class Tosymbol(Object):
    def take(self, inlet: int, message: Message) -> None:
        self.give(0, " ".join(str(a) for a in message))


class Conformpath(Object):
    """Paths of this system are Max's own here."""

    def take(self, inlet: int, message: Message) -> None:
        self.give(1, 1)
        self.give(0, message[0])


class Pattr(Object):
    """Keeps a message with the set, says it when it comes and for a bang; a number 0 at first."""

    def take(self, inlet: int, message: Message) -> None:
        if message != BANG:
            self.value = message
        self.give(0, *(self.value or (0,)))
