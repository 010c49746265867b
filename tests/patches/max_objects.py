"""What each Max object does with messages, after its reference page; only what patches of ours use."""

import re
import socket
from collections import defaultdict
from typing import Any

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

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


class Stores(Object):
    """An object with a number for each inlet; the left one, or a list there, lets it act."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kept: list[Atom] = self.at_first()

    def at_first(self) -> list[Atom]:
        return [0] * self.box["numinlets"]

    def take(self, inlet: int, message: Message) -> None:
        if message != BANG:
            for number, atom in enumerate(message[: len(self.kept) - inlet], inlet):
                self.kept[number] = atom
        if inlet == 0 or isinstance(self, Pak):
            self.act()

    def act(self) -> None:
        """Say what follows from what is kept."""


class Pack(Stores):
    def at_first(self) -> list[Atom]:
        return [{"i": 0, "f": 0.0}.get(a, a) if isinstance(a, str) else a for a in self.arguments]

    def act(self) -> None:
        kinds = [float if a == "f" or isinstance(a, float) else int for a in self.arguments]
        self.give(0, *(kind(atom) for kind, atom in zip(kinds, self.kept, strict=True)))


class Pak(Pack):
    pass


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


class Send(Object):
    def take(self, inlet: int, message: Message) -> None:
        for one in list(self.world.receives[self.arguments[0]]):
            one.give(0, *message)


class Receive(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        if self.arguments:
            self.world.receives[self.arguments[0]].append(self)

    def take(self, inlet: int, message: Message) -> None:
        assert not self.arguments
        assert message[0] == "set", message
        for listening in self.world.receives.values():
            if self in listening:
                listening.remove(self)
        self.world.receives[message[1]].append(self)


class Forward(Object):
    def take(self, inlet: int, message: Message) -> None:
        if message[0] == "send":
            self.value = message[1]
        else:
            for one in list(self.world.receives.get(self.value, ())):
                one.give(0, *message)


class Loadbang(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.world.started.append(lambda: self.give(0, *BANG))


class Thisdevice(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.world.ready.append(lambda: self.give(0, *BANG))


class Patcherargs(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        said = self.patcher.arguments or self.arguments
        self.world.started.append(lambda: self.give(0, *said))


class Udpsend(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._host, self._port = str(self.arguments[0]), int(self.arguments[1])
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.world.listening.append(self)

    def take(self, inlet: int, message: Message) -> None:
        if message[0] == "host":
            self._host = str(message[1])
        elif message[0] == "port":
            self._port = int(message[1])
        else:
            assert str(message[0]).startswith("/"), message
            builder = OscMessageBuilder(str(message[0]))
            for atom in message[1:]:
                builder.add_arg(atom, {int: "i", float: "f", str: "s"}[type(atom)])
            self.world.sent.append(message)
            self.socket.sendto(builder.build().dgram, (self._host, self._port))

    def read(self) -> None:
        """Nothing is expected here; some systems report a port that nobody listens at."""
        try:
            self.socket.recv(65_535)
        except OSError:
            return


class Udpreceive(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.socket: socket.socket | None = None
        self._listen(int(self.arguments[0]))
        self.world.listening.append(self)

    def take(self, inlet: int, message: Message) -> None:
        assert message[0] == "port"
        self._listen(int(message[1]))

    def _listen(self, port: int) -> None:
        if self.socket:
            if self.socket.getsockname()[1] == port:
                return
            self.socket.close()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))

    def read(self) -> None:
        """Say what has come."""
        assert self.socket
        message = OscMessage(self.socket.recv(65_535))
        self.give(0, message.address, *message.params)


class Midi(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.world.midi[self.box["text"]].append(self)


class Poly(Stores):
    """Gives each key a voice, and lets its end have the same one."""

    held: dict[Atom, int] | None = None

    def act(self) -> None:
        self.held = self.held if self.held is not None else {}
        key, velocity = self.kept
        free = [n for n in range(1, int(self.arguments[0]) + 1) if n not in self.held.values()]
        voice = self.held.pop(key, None) if not velocity else free[0]
        if voice is None:
            return
        if velocity:
            self.held[key] = voice
        for outlet, atom in ((2, velocity), (1, key), (0, voice)):
            self.give(outlet, atom)


_SOUNDING = ("buffer~", "polybuffer~", "groove~", "line~", "sig~", "*~", "plugout~", "ezdac~", "dbtoa")
KINDS: dict[str, type[Object]] = {
    "inlet": Inlet, "outlet": Outlet, "message": MessageBox, "comment": Comment, "live.comment": Comment,
    "live.dial": Control, "live.numbox": Control, "live.toggle": Control, "dial": Control, "slider": Control,
    "number": Control, "flonum": Control, "toggle": Control, "led": Control, "button": Button, "live.button": Button,
    "pictslider": Pictslider, "multislider": Multislider, "kslider": Pair, "textedit": Pair, "dropfile": Pair,
    "t": Trigger, "route": Route, "select": Select, "prepend": Prepend, "pack": Pack, "pak": Pak, "unpack": Unpack,
    "sprintf": Sprintf, "scale": Scale, "int": Number, "float": Number, "if": If, "expr": Expr, "gate": Gate,
    "change": Change, "delay": Delay, "metro": Metro, "makenote": Makenote, "zl.slice": Slice, "zl.reg": Register,
    "zl.len": Length, "tosymbol": Tosymbol, "conformpath": Conformpath, "pattr": Pattr, "s": Send, "r": Receive,
    "forward": Forward, "loadbang": Loadbang, "live.thisdevice": Thisdevice, "patcherargs": Patcherargs,
    "udpsend": Udpsend, "udpreceive": Udpreceive, "notein": Midi, "xbendin": Midi, "touchin": Midi, "ctlin": Midi,
    "midiin": Midi, "midiout": Object, "poly": Poly,
    **{name: Operator for name in ("+", "-", "*", "/", "==")},
    **{name: Object for name in _SOUNDING},
}  # fmt: skip
