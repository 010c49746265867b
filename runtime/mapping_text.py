"""A mapping table as a file that people read and change; :mod:`runtime.mapping_file` reads it back."""

from decimal import Decimal
from typing import Final

from runtime.mapping_file import usual_capture
from runtime.mapping_table import SMOOTHED, TARGETS, MappingTable, Route, VelocityCurve

_HEADING: Final = "# Which knob moves what; docs/mapping.md says what may stand here."


def format_mapping(table: MappingTable) -> str:
    """Return the text of a mapping file, from which ``parse_mapping`` makes an equal table.

    What is as usual is left out. Smoothing is written to the microsecond. Programs are not written: where program
    changes go is known by whoever keeps the presets.
    """
    usual = MappingTable()
    entries = []
    if table.bend_range_semitones != usual.bend_range_semitones:
        entries.append(f"bend_range_semitones = {_number(table.bend_range_semitones)}")
    if table.mpe_members:
        entries.append(f"mpe = {table.mpe_members}")
    if not table.program_changes:
        entries.append("program_changes = false")
    if not table.defaults:
        entries.append("defaults = false")
    if table.capture != usual_capture(table.routes, table.defaults):
        entries.append(f"capture = [{', '.join(_quoted(source) for source in table.capture)}]")
    sections = [_HEADING, "\n".join(entries), _velocity(table.velocity), *map(_route, table.routes)]
    return "\n\n".join(section for section in sections if section) + "\n"


def _velocity(curve: VelocityCurve) -> str:
    if curve == VelocityCurve():
        return ""
    return f"[velocity]\nrange = {_range(curve.low, curve.high)}\ncurve = {_quoted(curve.curve)}"


def _route(route: Route) -> str:
    span = TARGETS[route.target.kind]
    channel = route.source.channel
    words = str(route.source).partition(" on channel ")[0]
    lines = ["[[route]]", f"source = {_quoted(words)}"]
    if channel:
        lines.append(f"channel = {channel}")
    lines.append(f"target = {_quoted(route.target)}")
    if (route.low, route.high) != (span.default_low, span.default_high):
        lines.append(f"range = {_range(route.low, route.high)}")
    if route.curve != "linear":
        lines.append(f"curve = {_quoted(route.curve)}")
    if route.smoothing_seconds is not None and route.target.kind in SMOOTHED:
        lines.append(f"smoothing_ms = {_milliseconds(route.smoothing_seconds)}")
    if route.part is not None:
        lines.append(f"part = {route.part}")
    return "\n".join(lines)


def _range(low: float, high: float) -> str:
    return f"[{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    """Write a number so that it is read as the same one."""
    return repr(float(value)).removesuffix(".0")


def _milliseconds(seconds: float) -> str:
    return f"{Decimal(repr(round(float(seconds), 6))).scaleb(3).normalize():f}"


def _quoted(words: object) -> str:
    # Words of sources, targets and curves hold nothing that TOML would want escaped.
    return f'"{words}"'
