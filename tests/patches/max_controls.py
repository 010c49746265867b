"""What Max's dials, sliders, buttons and message boxes do with messages, after their reference pages."""

import re
from typing import Any

from tests.patches.max_object import BANG, Atom, Message, Object, atoms_of


class MessageBox(Object):
    """Says what it holds, with what came in the place of $1, $2 …"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.value = atoms_of(self.box.get("text", ""))

    def take(self, inlet: int, message: Message) -> None:
        if inlet == 1 or message[0] == "set":
            self.value = message if inlet == 1 else message[1:]
            return
        came = () if message == BANG else message
        said = tuple(
            came[int(str(a)[1:]) - 1] if re.fullmatch(r"\$\d", str(a)) and len(came) >= int(str(a)[1:]) else a
            for a in self.value
        )
        if said:
            self.give(0, *said)


class Comment(Object):
    """Shows a text."""

    def take(self, inlet: int, message: Message) -> None:
        if message[0] == "set":
            self.value = message[1:]


class Control(Object):
    """A dial, number or switch: a number is kept and said, ``set`` only kept, a bang says it again."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        value = self.box.get("saved_attribute_attributes", {}).get("valueof", {})
        self.low, self.high = value.get("parameter_mmin"), value.get("parameter_mmax")
        self.is_whole = value.get("parameter_type") in (1, 2) or self.box["maxclass"] in ("toggle", "led")
        self.value = value.get("parameter_initial", [0])[0]

    def take(self, inlet: int, message: Message) -> None:
        if message[0] == "set":
            self.value = self._kept(message[1])
            return
        if message != BANG:
            self.value = self._kept(message[0])
        if self.box["numoutlets"]:
            self.give(0, self.value)

    def _kept(self, number: Atom) -> Atom:
        assert not isinstance(number, str), f"{self.box.get('varname')} was sent {number!r}"
        if self.low is not None and self.high is not None:
            number = min(max(number, self.low), self.high)
        return round(number) if self.is_whole else float(number)


class Button(Object):
    """Says bang, whatever comes."""

    def take(self, inlet: int, message: Message) -> None:
        self.give(0, *BANG)


class Pictslider(Object):
    """Two numbers; either said says both, the right one first."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.value = [0, 0]

    def take(self, inlet: int, message: Message) -> None:
        is_set = message[0] == "set"
        self.value[inlet] = round(float(message[1 if is_set else 0]))
        if not is_set:
            self.give(1, self.value[1])
            self.give(0, self.value[0])


class Multislider(Object):
    """A list: said when it comes, kept by ``setlist``; ``set`` keeps one number, counted from 1."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.value = [0.0] * self.box["size"]

    def take(self, inlet: int, message: Message) -> None:
        if message[0] == "setlist":
            self.value = list(message[1:])
        elif message[0] == "set":
            self.value[int(message[1]) - 1] = message[2]
        else:
            self.value = list(message)
            self.give(0, *message)


class Pair(Object):
    """A keyboard or a field of text: a test says what it says."""
