"""Registered and non-registered parameters of MIDI: which one a channel's data entry speaks to.

Controllers 101 and 100 select a registered parameter by its halves, 99 and 98 a non-registered one; data entry (6 and
38), increment (96) and decrement (97) then go to it until another is selected. 127/127 selects none.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from runtime.mapping_table import MOST_MPE_MEMBERS

DATA_COARSE, DATA_FINE, DATA_UP, DATA_DOWN = 6, 38, 96, 97
NRPN_FINE, NRPN_COARSE, RPN_FINE, RPN_COARSE = 98, 99, 100, 101
DATA: Final = frozenset({DATA_COARSE, DATA_FINE, DATA_UP, DATA_DOWN})
SELECTION: Final = frozenset({NRPN_FINE, NRPN_COARSE, RPN_FINE, RPN_COARSE})
_NONE: Final = 127


class Parameter(NamedTuple):
    """A parameter by its halves, 0…127 each."""

    registered: bool
    coarse: int
    fine: int

    @property
    def number(self) -> int:
        """Both halves as one number, 0…16383."""
        return self.coarse << 7 | self.fine


NO_PARAMETER: Final = Parameter(True, _NONE, _NONE)
BEND_RANGE: Final = Parameter(True, 0, 0)
"""RPN 0: the reach of the bend wheel, in semitones (coarse) and cents (fine)."""
MPE_CONFIGURATION: Final = Parameter(True, 0, 6)
"""RPN 6 on channel 1: how many member channels MPE's lower zone has (coarse), 0 for no zone."""

MASTER_CHANNEL: Final = 1
"""The channel that speaks for all notes of MPE's lower zone."""


def is_zone(channel: int, members: int) -> bool:
    """Whether MPE_CONFIGURATION, told so on a channel 1…16, sets up or ends the lower zone."""
    return channel == MASTER_CHANNEL and members <= MOST_MPE_MEMBERS


@dataclass(slots=True)
class Selection:
    """The parameter that one channel has selected."""

    parameter: Parameter = NO_PARAMETER

    @property
    def nrpn(self) -> int | None:
        """Number of the non-registered parameter that is selected, 0…16383, if it is one. 127/127 is none."""
        is_one = not self.parameter.registered and self.parameter[1:] != NO_PARAMETER[1:]
        return self.parameter.number if is_one else None

    def hear(self, number: int, value: int) -> None:
        """Take one of the four controllers that select; others change nothing."""
        if number not in SELECTION:
            return
        registered = number in (RPN_COARSE, RPN_FINE)
        coarse, fine = self.parameter[1:] if registered == self.parameter.registered else NO_PARAMETER[1:]
        if number in (RPN_COARSE, NRPN_COARSE):
            coarse = value
        else:
            fine = value
        self.parameter = Parameter(registered, coarse, fine)

    def messages(self) -> list[tuple[int, int]]:
        """Return controllers and values that select the same again."""
        registered, coarse, fine = self.parameter
        numbers = (RPN_COARSE, RPN_FINE) if registered else (NRPN_COARSE, NRPN_FINE)
        return list(zip(numbers, (coarse, fine), strict=True))
