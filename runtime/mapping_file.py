"""A mapping as people write it: a TOML file, and the words of ``--capture-key``.

::

    bend_range_semitones = 2

    [[route]]
    source = "cc 20"
    target = "axis brightness"
    range = [0, 1]
    curve = "exponential"

Whatever is wrong in it is told by file, line and entry, with what was found and what is allowed.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from runtime.contract import DecoderMetadata
from runtime.errors import LatentbridgeError
from runtime.events import ALL_PARTS, PARTS
from runtime.mapping_moves import unknown_targets
from runtime.mapping_table import (
    ANY_CHANNEL,
    BEND_RANGE_LIMIT_SEMITONES,
    CURVES,
    DEFAULT_CAPTURE,
    HIGHEST_CC,
    LONGEST_SMOOTHING_SECONDS,
    MOST_MPE_MEMBERS,
    SMOOTHED,
    TARGETS,
    Curve,
    MappingTable,
    Route,
    Source,
    VelocityCurve,
)
from runtime.mapping_words import SOURCE_FORMS, TARGET_FORMS, parse_source, parse_target

ALLOWED: Final = {
    "source": SOURCE_FORMS,
    "target": TARGET_FORMS,
    "range": "two numbers, [at the source's lowest, at its highest]",
    "curve": ", ".join(f'"{curve}"' for curve in CURVES),
    "smoothing_ms": f"0…{LONGEST_SMOOTHING_SECONDS * 1000:g}",
    "channel": f"1…{PARTS}, or no such entry for all",
    "part": f"1…{PARTS}, 0 for all, or no such entry for that of the channel",
    "bend_range_semitones": f"0…{BEND_RANGE_LIMIT_SEMITONES:g}",
    "defaults": "true or false",
    "mpe": f"true ({MOST_MPE_MEMBERS} member channels), false, or how many: 0…{MOST_MPE_MEMBERS}",
    "program_changes": "true or false",
    "capture": f'a list of sources, such as "note 24" or "cc 119 on channel 2": {SOURCE_FORMS}',
    "velocity": "a section [velocity] with range and curve",
    "route": "sections [[route]] with source, target, range, curve, smoothing_ms, channel, part",
}
"""Every entry of a mapping file, and what may stand there."""
_REMEDY: Final = "See docs/mapping.md."
_LARGEST_BYTES: Final = 1 << 20
_Parsed = TypeVar("_Parsed")


def _checked(parse: Callable[[str], _Parsed]) -> AfterValidator:
    """A field that stays the text it was, once it has been understood."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


def _members(entry: Any) -> Any:
    """Return how many member channels an entry ``mpe`` means."""
    return MOST_MPE_MEMBERS * entry if isinstance(entry, bool) else entry


Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


class _Entries(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _RouteEntry(_Entries):
    source: Annotated[str, _checked(parse_source)]
    target: Annotated[str, _checked(parse_target)]
    range: Ends | None = None
    curve: Curve = "linear"
    smoothing_ms: Annotated[float, Field(ge=0, le=LONGEST_SMOOTHING_SECONDS * 1000)] | None = None
    channel: Annotated[int, Field(ge=1, le=PARTS)] | None = None
    part: Annotated[int, Field(ge=ALL_PARTS, le=PARTS)] | None = None


class _VelocityEntry(_Entries):
    range: Ends = [0.0, 1.0]
    curve: Curve = "linear"


class _MappingFile(_Entries):
    bend_range_semitones: Annotated[float, Field(ge=0, le=BEND_RANGE_LIMIT_SEMITONES)] = 2.0
    defaults: bool = True
    mpe: Annotated[int, BeforeValidator(_members), Field(ge=0, le=MOST_MPE_MEMBERS)] = 0
    program_changes: bool = True
    capture: list[Annotated[str, _checked(parse_source)]] | None = None
    velocity: _VelocityEntry = _VelocityEntry()
    route: list[_RouteEntry] = []


def load_mapping(path: Path) -> MappingTable:
    """Read a mapping file. Raises LatentbridgeError naming line and entry of the first thing that is wrong."""
    return parse_mapping(_read(path), str(path))


def parse_mapping(text: str, name: str = "the mapping") -> MappingTable:
    """Read the text of a mapping file; ``name`` is for messages. Raises LatentbridgeError."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LatentbridgeError(f"{name} is not TOML: {_sentence(str(error))}", "", _REMEDY) from None
    try:
        file = _MappingFile.model_validate(document)
    except ValidationError as error:
        raise _explain(error.errors()[0], text, name) from None
    routes = tuple(_route(entry, number, text, name) for number, entry in enumerate(file.route))
    try:
        low, high = file.velocity.range
        velocity = VelocityCurve(low, high, file.velocity.curve)
    except ValueError as error:
        raise _wrong(name, text, ("velocity", "range"), file.velocity.range, str(error)) from None
    captures = file.capture
    return MappingTable(
        routes=routes,
        defaults=file.defaults,
        capture=usual_capture(routes, file.defaults) if captures is None else tuple(map(parse_source, captures)),
        bend_range_semitones=file.bend_range_semitones,
        velocity=velocity,
        mpe_members=file.mpe,
        program_changes=file.program_changes,
    )


def usual_capture(routes: Sequence[Route], defaults: bool) -> tuple[Source, ...]:
    """Return what captures unless a file says so itself: one's own use of a capture key replaces the usual ones."""
    if not defaults or any(route.target.kind == "capture" for route in routes):
        return ()
    sources = {route.source for route in routes}
    return tuple(source for source in DEFAULT_CAPTURE if source not in sources)


def parse_capture_key(text: str) -> tuple[Source, ...]:
    """Return what ``--capture-key`` means: ``24``, ``note 24``, ``cc 119``, several with commas, or ``none``.

    Raises LatentbridgeError.
    """
    if text.strip().lower() == "none":
        return ()
    sources = []
    for word in text.split(","):
        try:
            source = parse_source(f"note {word}" if word.strip().isdigit() else word)
        except ValueError:
            source = None
        if source is None or source.kind not in ("note", "cc"):
            raise LatentbridgeError(
                f"{word.strip()!r} is no capture key.",
                f'A note or a controller was expected: "note 24" or "24", "cc 119" (0…{HIGHEST_CC}), or "none".',
                "Several are separated by commas.",
            )
        sources.append(source)
    return tuple(sources)


def check_mapping(table: MappingTable, metadata: DecoderMetadata) -> None:
    """Raise LatentbridgeError if a route names an axis or a latent dimension that this model does not have."""
    missing = unknown_targets(table, metadata)
    if missing:
        axes = ", ".join(axis.name for axis in metadata.axes) or "none"
        raise LatentbridgeError(
            f"The mapping has a route to {missing[0]}, which {metadata.name} does not have.",
            f"Its axes: {axes}; its latent dimensions: 1…{metadata.latent_size}.",
            'Change the route, or use "axis free" for the first axis that no other route takes.',
        )


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise LatentbridgeError(f"{path} is too large for a mapping.", "At most 1 MiB was expected.", _REMEDY)
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LatentbridgeError(
            f"{path} cannot be read: {error.strerror}.", "A mapping file (TOML) was expected.", "Check the path."
        ) from None
    except UnicodeDecodeError:
        raise LatentbridgeError(
            f"{path} is not text in UTF-8.", "A mapping file (TOML) was expected.", _REMEDY
        ) from None


def _route(entry: _RouteEntry, number: int, text: str, name: str) -> Route:
    target = parse_target(entry.target)
    span = TARGETS[target.kind]
    if entry.smoothing_ms is not None and target.kind not in SMOOTHED:
        allowed = "Only axes and latent dimensions are smoothed"
        raise _wrong(name, text, ("route", number, "smoothing_ms"), entry.smoothing_ms, allowed)
    low, high = entry.range or (span.default_low, span.default_high)
    source = parse_source(entry.source, entry.channel or ANY_CHANNEL)
    if entry.channel not in (None, source.channel):
        raise _wrong(name, text, ("route", number, "channel"), entry.channel, f"The source says: {source}")
    try:
        return Route(
            source,
            target,
            low,
            high,
            entry.curve,
            # By its digits: a number that was divided would not always be the one that is written.
            None if entry.smoothing_ms is None else float(Decimal(repr(entry.smoothing_ms)).scaleb(-3)),
            entry.part,
        )
    except ValueError as error:
        raise _wrong(name, text, ("route", number, "range"), entry.range, str(error)) from None


def _explain(error: ErrorDetails, text: str, name: str) -> LatentbridgeError:
    """Turn pydantic's first complaint into the house's three sentences."""
    where = error["loc"]
    if error["type"] == "extra_forbidden":
        sections: dict[int | str, type[_Entries]] = {"route": _RouteEntry, "velocity": _VelocityEntry}
        entries = sections.get(where[0], _MappingFile)
        return _wrong(name, text, where, None, f"Entries here: {', '.join(entries.model_fields)}")
    names = [part for part in where if isinstance(part, str) and part in ALLOWED]
    allowed = f"Allowed: {ALLOWED[names[-1]]}"
    if error["type"] == "missing":
        return LatentbridgeError(f"{_place(name, text, where[:-1])} has no {where[-1]}.", f"{allowed}.", _REMEDY)
    return _wrong(name, text, where, error["input"], allowed)


def _wrong(name: str, text: str, where: tuple[int | str, ...], found: Any, allowed: str) -> LatentbridgeError:
    what = "is not known" if found is None else f"is {_shortened(found)}"
    return LatentbridgeError(f"{_place(name, text, where)} {what}.", _sentence(allowed), _REMEDY)


def _place(name: str, text: str, where: tuple[int | str, ...]) -> str:
    """Say where an entry stands: file, line, and the entry's name."""
    at = 0
    words = []
    lines = text.splitlines()
    for part in where:
        if part == "route":
            words.append("route")
        elif isinstance(part, int):
            if words and words[-1] == "route":
                words[-1] = f"route {part + 1}"
                headers = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*route\s*]]", line)]
                at = headers[part] if part < len(headers) else at
        else:
            words.append(part)
            pattern = rf"\s*(\[\s*)?[\"']?{re.escape(part)}\b"
            at = next((n for n in range(at, len(lines)) if re.match(pattern, lines[n])), at)
    return f"{name}, line {at + 1}: {', '.join(words) or 'the file'}"


def _shortened(found: Any) -> str:
    text = repr(found)
    return text if len(text) <= 60 else text[:57] + "…"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
