"""What was played, as a text file that plays again: a line about the instrument, then a line for each event.

Each line is one JSON object. The first is a :class:`LogHeader`; every other holds ``frame`` and ``kind``, and of the
fields of :class:`runtime.events.Event` those that are not zero. Numbers are written so that they read back as the same
floats. The engine's echoes are logged, not what was asked of it: after mapping, at the frame they happened, with the
seed that was chosen. So the same log gives the same samples. Where an engine died and another took its place, the log
says so: the new one begins with nothing sounding, and what was set again for it follows. Where another model took over,
while notes of the one before rang out, the line names it. Where a note was captured, a line says which: it changes no
sound, but a kit can be made of such notes.
"""

import json
import math
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runtime.contract import MAX_LATENT_SIZE, DecoderMetadata
from runtime.errors import LatentbridgeError
from runtime.events import PARTS, Event, Kind, original
from runtime.latent.state import GLIDE_SECONDS
from runtime.oneshots.tags import MadeWith, made_with

FORMAT: Final = "latentbridge event log 1"
_MODEL_CHANGED: Final = "model_changed"
_CAPTURED: Final = "captured"
_KINDS: Final = {
    kind.name.lower(): kind for kind in Kind if kind < Kind.CYCLE and kind not in (Kind.MIDI, Kind.MAPPING, Kind.MODEL)
} | {"engine_replaced": Kind.ENGINE_REPLACED, _MODEL_CHANGED: Kind.MODEL_CHANGED}
_LONGEST_LINE: Final = 16_384
_HASH: Final = "[0-9a-f]{64}"
_ModelName = Annotated[str, Field(max_length=64)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LogHeader(_Line):
    """Which instrument a log was played on, and with which settings: what the samples depend on besides events."""

    format: Literal["latentbridge event log 1"] = FORMAT
    model: _ModelName
    model_hash: Annotated[str, Field(pattern=rf"^{_HASH}$")]
    sample_rate: Annotated[int, Field(ge=8000, le=192_000)]
    hop_frames: Annotated[int, Field(ge=16, le=8192)]
    voices: Annotated[int, Field(ge=1, le=256)]
    glide_seconds: Annotated[float, Field(ge=0, le=60)]
    made_with: MadeWith

    @classmethod
    def of(
        cls,
        metadata: DecoderMetadata,
        model_hash: str,
        provider: str,
        voices: int,
        glide_seconds: float = GLIDE_SECONDS,
    ) -> Self:
        """Describe an engine that is about to play."""
        return cls(
            model=metadata.name,
            model_hash=model_hash,
            sample_rate=metadata.sample_rate,
            hop_frames=metadata.hop_frames,
            voices=voices,
            glide_seconds=glide_seconds,
            made_with=made_with(provider, voices),
        )


class _EventLine(_Line):
    """One event as it stands in the log."""

    frame: Annotated[int, Field(ge=0, lt=2**53)]
    kind: str
    part: Annotated[int, Field(ge=0, le=PARTS)] = 1
    note: Annotated[int, Field(ge=0, le=127)] = 0
    index: Annotated[int, Field(ge=0, lt=2**16)] = 0
    value: _Number = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**64)] = 0
    values: Annotated[tuple[_Number, ...], Field(max_length=MAX_LATENT_SIZE)] = ()
    model: _ModelName = ""
    model_hash: Annotated[str, Field(pattern=rf"^({_HASH})?$")] = ""


@dataclass(frozen=True, slots=True)
class LaterModel:
    """A model that was played in the course of a performance, by name and hash."""

    name: str
    hash: str


class EventLog:
    """Writes a log, line by line, so that a crash loses nothing but the last. A context manager."""

    def __init__(self, path: Path, header: LogHeader) -> None:
        """Begin a log in the place of any there. Raises LatentbridgeError if ``path`` holds something else."""
        self._path = path
        try:
            # A device or a pipe is the user's choice (/dev/stdout); an ordinary file must be a log, or empty.
            if path.is_file() and path.stat().st_size and not _is_log(path):
                raise LatentbridgeError(
                    f"{path} exists already and is not an event log.", "It is left as it is.", "Choose another name."
                )
            self._file = path.open("w", encoding="utf-8", newline="\n", buffering=1)
            self._lock = threading.Lock()
            self._latest_frame = 0
            self._write(header.model_dump(mode="json"))
        except OSError as error:
            raise self._unwritable(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def write(self, echo: Event) -> None:
        """Add a PLAYED echo, or an engine's replacement. Raises LatentbridgeError when the disk takes no more."""
        event = original(echo) if echo.kind is Kind.PLAYED else echo
        line: dict[str, Any] = {"frame": event.time, "kind": event.kind.name.lower()}
        for name, default in (("part", 1), ("note", 0), ("index", 0), ("value", 0.0), ("seed", 0), ("values", ())):
            value = getattr(event, name)
            if value != default:
                line[name] = value
        with self._lock:
            self._latest_frame = max(self._latest_frame, event.time)
            self._add(line)

    def write_model(self, frame: int, model: str, model_hash: str) -> None:
        """Say which model is played from a frame on. Raises LatentbridgeError when the disk takes no more."""
        with self._lock:
            self._latest_frame = max(self._latest_frame, frame)
            self._add({"frame": frame, "kind": _MODEL_CHANGED, "model": model, "model_hash": model_hash})

    def write_capture(self, part: int, note: int, onset_frame: int) -> None:
        """Say that the note which a part began at a frame was captured; from any thread.

        Raises LatentbridgeError when the disk takes no more.
        """
        line = {"kind": _CAPTURED, "part": part, "note": note, "seed": onset_frame}
        with self._lock:
            self._add({"frame": self._latest_frame} | line)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _add(self, line: dict[str, Any]) -> None:
        try:
            self._write(line)
        except OSError as error:
            raise self._unwritable(error) from None

    def _write(self, document: dict[str, Any]) -> None:
        self._file.write(json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n")

    def _unwritable(self, error: OSError) -> LatentbridgeError:
        reason = error.strerror or os.strerror(error.errno or 0)
        return LatentbridgeError(f"The event log {self._path} cannot be written: {reason}.", "", "Choose another file.")


def _is_log(path: Path) -> bool:
    with path.open("rb") as file:
        return FORMAT.encode() in file.read(len(FORMAT) + 64)


@dataclass(frozen=True, slots=True)
class CapturedStrike:
    """A note that was captured: its part (1…16) and key, and the frame of the performance at which it began."""

    part: int
    note: int
    onset_frame: int


@dataclass(frozen=True, slots=True)
class Take:
    """A log that has been read."""

    header: LogHeader
    events: list[Event]
    """With clock FRAME, in the order in which they happened."""
    models: list[LaterModel]
    """Those played later; a MODEL_CHANGED event's index says which, counted from 0."""
    captured: list[CapturedStrike]
    """Notes that were captured, in the order in which that was asked for."""


def read_event_log(path: Path) -> Take:
    """Return what a log holds.

    A last line that was cut off, as by a crash, is left out. Raises LatentbridgeError with the number of a line that
    is wrong.
    """
    header: LogHeader | None = None
    events: list[Event] = []
    models: list[LaterModel] = []
    captured: list[CapturedStrike] = []
    for number, text in _lines(path):
        try:
            if header is None:
                header = LogHeader.model_validate_json(text)
            else:
                event = _event(text, events[-1].time if events else 0, models, captured)
                events += [event] if event is not None else []
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise _wrong(path, number, f"{where}: {first['msg']}" if where else first["msg"]) from None
        except ValueError as error:
            raise _wrong(path, number, str(error)) from None
    if header is None:
        raise _wrong(path, 1, "the file is empty")
    return Take(header, events, models, captured)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a file that are complete, and those that are not if they read as JSON."""
    number = 0
    try:
        with path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE + 1):
                number += 1
                if len(line) > _LONGEST_LINE:
                    raise _wrong(path, number, "it is longer than any line of a log")
                try:
                    text = line.decode("utf-8")
                except UnicodeDecodeError:
                    raise _wrong(path, number, "it is not text") from None
                if line.endswith(b"\n") or _is_json(text):
                    yield number, text
                elif number == 1:
                    raise _wrong(path, number, "it is not a JSON object")
    except OSError as error:
        raise LatentbridgeError(
            f"{path} cannot be read: {error.strerror}.", "An event log was expected.", "Check the path."
        ) from None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _event(text: str, earliest: int, models: list[LaterModel], captured: list[CapturedStrike]) -> Event | None:
    """Read a line; a model that it names is added to ``models``, and a note that was captured, to ``captured``."""
    line = _EventLine.model_validate_json(text)
    if line.kind == _CAPTURED:
        captured.append(CapturedStrike(max(line.part, 1), line.note, line.seed))
        return None
    if line.kind not in _KINDS:
        raise ValueError(f"there is no kind of event named {line.kind!r}")
    if line.frame < earliest:
        raise ValueError(f"frame {line.frame} comes after frame {earliest}")
    if (line.kind == _MODEL_CHANGED) != bool(line.model_hash):
        raise ValueError(f"a hash of a model belongs to {_MODEL_CHANGED!r}, and to nothing else")
    if line.kind == _MODEL_CHANGED:
        models.append(LaterModel(line.model, line.model_hash))
        return Event(Kind.MODEL_CHANGED, line.frame, index=len(models) - 1)
    if not all(math.isfinite(v) for v in line.values):
        raise ValueError("a value is not finite")
    return Event(
        _KINDS[line.kind], line.frame, part=line.part, note=line.note, index=line.index, value=line.value,
        seed=line.seed, values=line.values,
    )  # fmt: skip


def _wrong(path: Path, number: int, what: str) -> LatentbridgeError:
    return LatentbridgeError(
        f"Line {number} of {path} is wrong: {what}.",
        "An event log written by `latentbridge play --log` was expected.",
        "Mend or remove the line.",
    )


@dataclass(frozen=True, slots=True)
class Section:
    """What one engine played; events and frames count from its own beginning."""

    first_frame: int
    """Where it began in the whole performance."""
    events: tuple[Event, ...]
    lost_after_frames: int | None = None
    """How long it was heard, if another engine had to take its place; None for the last one."""
    model: int | None = None
    """Which of the later models it began with; None for the one of the header."""


def sections(events: Sequence[Event]) -> list[Section]:
    """Return what each engine of a log played, in order; one section where no engine was replaced."""
    found = []
    first_frame, own = 0, list[Event]()
    begun_with: int | None = None
    model: int | None = None
    for event in events:
        if event.kind is Kind.ENGINE_REPLACED:
            heard_to = max(min(event.seed, event.time), first_frame)
            found.append(Section(first_frame, tuple(own), heard_to - first_frame, begun_with))
            first_frame, own, begun_with = event.time, [], model
        else:
            own.append(event.at(event.time - first_frame))
            model = event.index if event.kind is Kind.MODEL_CHANGED else model
    return [*found, Section(first_frame, tuple(own), model=begun_with)]
