"""Live's parameters: names, ranges, units, initial values and info texts of dials, numbers, toggles and buttons."""

from dataclasses import dataclass
from typing import Any, Final

from runtime.patches.instrument_facts import Knob
from runtime.patches.patch import Box, Patch, Rectangle
from runtime.patches.ports import Ports
from runtime.patches.table import Address

_UNIT_STYLES: Final = {"": 1, "ms": 2, "dB": 4, "%": 5, "semitones": 7}
_CUSTOM_UNIT: Final = 9
_WHOLE, _ENUMERATED = 1, 2
_WHOLE_STYLE: Final = 0
_STORED_ONLY: Final = 1
_PORTS: Final = {
    "live.dial": Ports(1, ("", "float")),
    "live.numbox": Ports(1, ("", "float")),
    "live.toggle": Ports(1, ("",)),
    "live.button": Ports(1, ("",)),
}
SIZES: Final = {"live.dial": (44, 48), "live.numbox": (44, 15), "live.toggle": (15, 15), "live.button": (15, 15)}
"""Width and height of each kind in pixels."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. Names: ``title`` in automation lanes, unique in its device; ``short`` under the dial."""

    kind: str
    title: str
    short: str
    about: str
    low: float = 0.0
    high: float = 1.0
    initial: float = 0.0
    unit: str = ""
    is_whole: bool = False
    is_automated: bool = True

    def attributes(self) -> dict[str, Any]:
        """Return what the box of this parameter says in the file."""
        value: dict[str, Any] = {
            "parameter_longname": self.title,
            "parameter_shortname": self.short,
            "parameter_info": self.about,
            "parameter_annotation_name": self.title,
            "parameter_invisible": 0 if self.is_automated else _STORED_ONLY,
        }
        if self.kind in ("live.toggle", "live.button"):
            value |= {"parameter_type": _ENUMERATED, "parameter_enum": ["off", "on"], "parameter_mmax": 1}
        else:
            value |= {"parameter_mmin": self.low, "parameter_mmax": self.high, **self._style()}
        if self.kind != "live.button":
            value |= {"parameter_initial": [self.initial], "parameter_initial_enable": 1}
        return {
            "parameter_enable": 1,
            "varname": self.title,
            "annotation": self.about,
            "annotation_name": self.title,
            "saved_attribute_attributes": {"valueof": value},
        }

    def _style(self) -> dict[str, Any]:
        if self.is_whole:
            return {"parameter_type": _WHOLE, "parameter_unitstyle": _WHOLE_STYLE}
        if self.unit in _UNIT_STYLES:
            return {"parameter_type": 0, "parameter_unitstyle": _UNIT_STYLES[self.unit]}
        return {"parameter_type": 0, "parameter_unitstyle": _CUSTOM_UNIT, "parameter_units": f"%.0f {self.unit}"}


def of_knob(knob: Knob) -> Parameter:
    """Return an axis as a dial in latent units, resting where the axis changes nothing."""
    about = f"{knob.title}: moves the sound along the axis {knob.name}, by {knob.about}. {knob.rest:g} changes nothing."
    return Parameter("live.dial", knob.title, knob.short_title, about, knob.low, knob.high, knob.rest)


def of_address(spoken: Address, title: str, short: str, initial: float, number: int = 0) -> Parameter:
    """Return a dial for a number that an address takes; range, unit and info text are those of the OSC table."""
    argument = spoken.argument(number)
    unit = {"beats per minute": "bpm"}.get(argument.unit, argument.unit)
    is_whole = argument.kind == "i" and argument.high <= 127
    about = spoken.row.meaning
    return Parameter("live.dial", title, short, about, argument.low, argument.high, initial, unit, is_whole)


def put(patch: Patch, parameter: Parameter, x: int, y: int, shown: tuple[int, int] | None = None) -> Box:
    """Add the box of a parameter; ``shown`` is its corner in presentation mode."""
    width, height = SIZES[parameter.kind]
    place: Rectangle | None = None if shown is None else (*shown, width, height)
    ports = _PORTS[parameter.kind]
    return patch.control(parameter.kind, (x, y, width, height), ports, place, **parameter.attributes())
