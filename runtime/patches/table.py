"""What the patches say and hear, looked up in the table of OSC addresses: none of them can drift from it."""

from dataclasses import dataclass
from typing import Final

from runtime.controls.osc_schema import PREFIX, Argument, Row
from runtime.controls.osc_table import TABLE

_ROWS: Final = {row.address: row for row in TABLE}
_HEARD: Final = frozenset(feedback.address for row in TABLE for feedback in row.feedback)


@dataclass(frozen=True, slots=True)
class Address:
    """One address of one model's instrument: as it is sent, without ``/lb``, and its row of the table."""

    tail: str
    row: Row

    @property
    def whole(self) -> str:
        """Return it as it speaks to part 1."""
        return PREFIX + self.tail

    def argument(self, number: int = 0) -> Argument:
        """Return one of its arguments, with range and unit."""
        return self.row.arguments[number]


def address(pattern: str, name: str = "") -> Address:
    """Return an address by the table's way of writing it, such as ``axis/NAME``. Raises KeyError if there is none."""
    row = _ROWS[f"{PREFIX}/{pattern}"]
    return Address(row.address.removeprefix(PREFIX).replace("NAME", name), row)


def heard(pattern: str, name: str = "") -> str:
    """Return the address of a feedback message. Raises KeyError if the instrument never sends it."""
    whole = f"{PREFIX}/{pattern}"
    if whole not in _HEARD:
        raise KeyError(whole)
    return whole.replace("NAME", name)
