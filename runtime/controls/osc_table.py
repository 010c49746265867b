"""Every OSC address there is: the one table from which packets are read, feedback is built and docs/osc.md is written.

Rows are for one part or for the whole instrument. A row of a part speaks to part 1, or to the part that its ``channel``
argument names; the same address with ``/lb/part/N`` in place of ``/lb``, without that argument, speaks to part N.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.controls.osc_guard import OscArgument
from runtime.controls.osc_rows import devices, exploring, instrument, keys, motion, place, playing, training
from runtime.controls.osc_schema import CHANNEL, PREFIX, Action, Argument, ErrorCode, MessageError, Row
from runtime.events import ALL_PARTS, PARTS

TABLE: Final = (
    *instrument.ROWS,
    *place.ROWS,
    *exploring.ROWS,
    *motion.ROWS,
    *playing.ROWS,
    *keys.ROWS,
    *devices.ROWS,
    *training.ROWS,
)
_OF_ALL: Final = frozenset({Action.ALL_OFF, Action.CAPTURE, Action.CAPTURE_VARIATIONS})
"""What speaks to all parts unless it names one."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an address leads: row, part, axis or dimension (from 0), and the arguments in this way of writing it."""

    row: Row
    part: int
    index: int
    arguments: tuple[Argument, ...]


def destinations(metadata: DecoderMetadata) -> dict[str, Destination]:
    """Return every literal address of a model's instrument; there are no others."""
    found = {}
    for row in (row for row in TABLE if row.action is not None):
        for address, index in _spelt_out(row.address, metadata):
            whole = ALL_PARTS if row.action in _OF_ALL else 1
            found[address] = Destination(row, whole, index, row.arguments)
            if row.is_of_part:
                own = tuple(argument for argument in row.arguments if argument.name != CHANNEL.name)
                for part in range(1, PARTS + 1):
                    found[of_part(address, part)] = Destination(row, part, index, own)
    return found


def of_part(address: str, part: int) -> str:
    """Return the address that speaks to a part in particular, such as ``/lb/part/3/z``."""
    return f"{PREFIX}/part/{part}{address.removeprefix(PREFIX)}"


def _spelt_out(address: str, metadata: DecoderMetadata) -> list[tuple[str, int]]:
    if address.endswith("/N"):
        return [(f"{address[:-1]}{index + 1}", index) for index in range(metadata.latent_size)]
    if "/NAME" in address:
        return [(address.replace("/NAME", f"/{axis.name}"), index) for index, axis in enumerate(metadata.axes)]
    return [(address, 0)]


def read_arguments(
    address: str, expected: Sequence[Argument], given: Sequence[OscArgument] | None, latent_size: int
) -> list[float | str]:
    """Return a message's arguments as the table wants them: numbers clamped, whole ones rounded, texts cut.

    Numbers may come as any type of number. Optional arguments that were left out are missing from the list.
    Raises MessageError.
    """
    wanted = [argument for argument in expected for _ in range(latent_size if argument.per_dimension else 1)]
    if given is None:
        raise MessageError(ErrorCode.ARGUMENT_TYPE, f"{address} takes {_in_words(expected, latent_size)}")
    fewest = sum(not argument.is_optional for argument in wanted)
    if not fewest <= len(given) <= len(wanted):
        count = len(given)
        raise MessageError(
            ErrorCode.ARGUMENT_COUNT, f"{address} takes {_in_words(expected, latent_size)}; {count} came"
        )
    return [_read(address, argument, value) for argument, value in zip(wanted, given, strict=False)]


def _read(address: str, argument: Argument, value: OscArgument) -> float | str:
    if argument.kind == "s":
        return (value if isinstance(value, str) else f"{value:g}")[: argument.longest]
    if isinstance(value, str):
        raise MessageError(ErrorCode.ARGUMENT_TYPE, f"{address}: {argument.name} is a number, not text")
    clamped = min(max(value, argument.low), argument.high)
    if argument.must_fit and round(clamped) != value:
        raise MessageError(
            ErrorCode.NOT_POSSIBLE,
            f"{address}: {argument.name} is a whole number within {argument.low:g}…{argument.high:g}",
        )
    return float(round(clamped) if argument.kind == "i" else clamped)


def _in_words(expected: Sequence[Argument], latent_size: int) -> str:
    words = [
        f"{latent_size} numbers" if a.per_dimension else f"[{a.name}]" if a.is_optional else a.name for a in expected
    ]
    return ", ".join(words) or "no arguments"
