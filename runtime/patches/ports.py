"""How many inlets and outlets Max gives an object box, by its name and arguments.

Max reads these numbers from the file before it makes the object. Names are those of the Max 8 reference,
https://docs.cycling74.com; only what the patches use is listed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ports:
    """Number of inlets, and what each outlet sends: ``""`` is anything."""

    inlets: int
    outlets: tuple[str, ...]


_Rule = Callable[[list[str]], Ports]
_FIXED: Final = {
    "append": Ports(1, ("",)),
    "buffer~": Ports(1, ("float", "bang")),
    "change": Ports(1, ("", "int", "int")),
    "clip": Ports(3, ("",)),
    "conformpath": Ports(1, ("", "int")),
    "ctlin": Ports(1, ("int", "int")),
    "dbtoa": Ports(1, ("",)),
    "deferlow": Ports(1, ("",)),
    "delay": Ports(2, ("bang",)),
    "ezdac~": Ports(2, ()),
    "fromsymbol": Ports(1, ("",)),
    "float": Ports(2, ("float",)),
    "forward": Ports(1, ()),
    "if": Ports(2, ("",)),
    "int": Ports(2, ("int",)),
    "kslider": Ports(2, ("int", "int")),
    "line~": Ports(2, ("signal", "bang")),
    "live.thisdevice": Ports(1, ("bang", "int", "int")),
    "loadbang": Ports(1, ("bang",)),
    "makenote": Ports(3, ("float", "float")),
    "metro": Ports(2, ("bang",)),
    "midiin": Ports(1, ("int",)),
    "midiout": Ports(1, ()),
    "notein": Ports(1, ("int", "int", "int")),
    "patcherargs": Ports(1, ("", "")),
    "pattr": Ports(1, ("", "", "")),
    "plugout~": Ports(2, ("signal", "signal")),
    "poly": Ports(2, ("int", "int", "int")),
    "polybuffer~": Ports(1, ("", "")),
    "prepend": Ports(1, ("",)),
    "print": Ports(1, ()),
    "scale": Ports(6, ("",)),
    "sig~": Ports(1, ("signal",)),
    "speedlim": Ports(2, ("",)),
    "tosymbol": Ports(1, ("",)),
    "touchin": Ports(1, ("int", "int")),
    "udpreceive": Ports(1, ("",)),
    "udpsend": Ports(1, ()),
    "uzi": Ports(2, ("bang", "bang", "int")),
    "xbendin": Ports(1, ("int", "int")),
    "zl.join": Ports(2, ("", "")),
    "zl.reg": Ports(2, ("", "")),
    "zl.rev": Ports(2, ("", "")),
    "zl.slice": Ports(2, ("", "")),
    "zl.len": Ports(2, ("", "")),
}
_OPERATORS: Final = ("+", "-", "*", "/", ">", "<", "==", "!=", "!-", "&&", "%", "pow")


def ports_of(text: str) -> Ports:
    """Return inlets and outlets of an object box. Raises KeyError for an object that no patch uses yet."""
    name, *words = text.split()
    arguments = words[: next((i for i, word in enumerate(words) if word.startswith("@")), len(words))]
    if name in _FIXED:
        return _FIXED[name]
    if name in _OPERATORS:
        compares = name in (">", "<", "==", "!=", "&&")
        return Ports(2, ("float" if any("." in a for a in arguments) and not compares else "int",))
    if name in ("*~", "+~"):
        return Ports(2, ("signal",))
    return _RULES[name](arguments)


def _numbers(arguments: list[str]) -> tuple[str, ...]:
    return tuple("float" if "." in argument else "int" for argument in arguments)


def _trigger(arguments: list[str]) -> Ports:
    kinds = {"b": "bang", "i": "int", "f": "float", "l": "", "s": ""}
    return Ports(1, tuple(kinds.get(argument, "") for argument in arguments))


def _unpack(arguments: list[str]) -> Ports:
    kinds = {"i": "int", "f": "float", "s": ""}
    return Ports(1, tuple(kinds.get(argument, "float" if "." in argument else "int") for argument in arguments))


def _select(arguments: list[str]) -> Ports:
    return Ports(max(2, len(arguments) + 1), ("bang",) * len(arguments) + ("",))


_RULES: Final[dict[str, _Rule]] = {
    "t": _trigger,
    "trigger": _trigger,
    "unpack": _unpack,
    "pack": lambda a: Ports(len(a), ("",)),
    "pak": lambda a: Ports(len(a), ("",)),
    "route": lambda a: Ports(len(a) + 1, ("",) * (len(a) + 1)),
    "select": _select,
    "sel": _select,
    "switch": lambda a: Ports(int(a[0]) + 1, ("",)),
    "sprintf": lambda a: Ports(max(1, sum(word.count("%") for word in a)), ("",)),
    "expr": lambda a: Ports(1, ("",)),
    "gate": lambda a: Ports(2, ("",) * int(a[0] if a else 1)),
    "send": lambda a: Ports(1, ()),
    "s": lambda a: Ports(1, ()),
    "receive": lambda a: Ports(0 if a else 1, ("",)),
    "r": lambda a: Ports(0 if a else 1, ("",)),
    "groove~": lambda a: Ports(3, ("signal",) * (int(a[1]) if len(a) > 1 else 1) + ("signal",)),
}
