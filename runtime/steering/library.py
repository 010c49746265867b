"""The player's own folder: presets, kits and learned knobs as TOML files that a person can read and mend.

One that cannot be understood is named with what is wrong in it, and never written over.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from runtime.errors import LatentbridgeError
from runtime.oneshots.naming import clean_name

LARGEST_BYTES: Final = 4 * 2**20
LONGEST_NAME: Final = 64
LATENT_LIMIT: Final = 10.0
"""No place lies farther out in any dimension: as far as OSC goes."""
_Document = TypeVar("_Document", bound="TomlDocument")


class TomlDocument(BaseModel):
    """A document of the library; unknown entries are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def folder_name(model: str) -> str:
    """Return a model's name as a file may have it on any system."""
    return clean_name(model) or "model"


def reader(kind: type[_Document]) -> Callable[[Path], _Document]:
    """Return a function that reads such a document. It raises LatentbridgeError if a file is none."""
    return lambda path: read_document(path, kind)


def read_document(path: Path, kind: type[_Document]) -> _Document:
    """Return what a file holds. Raises LatentbridgeError if it cannot be read or is not such a document."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _wrong(path, "it is too large")
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise _wrong(path, f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _wrong(path, "it is not text in UTF-8") from None
    except ValidationError as error:
        raise _wrong(path, first_of(error)) from None
    except (ValueError, RecursionError) as error:
        # Not only TOMLDecodeError: a number of thousands of digits raises what Python's own does.
        raise _wrong(path, f"it is not TOML ({error})") from None


def text_of(heading: str, document: TomlDocument) -> str:
    """Return a document as the text of a file, under a comment. Raises LatentbridgeError if it is too large."""
    # Loaded when something is written, by the thread that writes: a start must not wait for it.
    import tomlkit

    content = tomlkit.dumps(_plain(document.model_dump(exclude_defaults=True)))
    text = f"# {heading}\n# Comments are not kept when it is written again.\n\n{content}"
    if len(text.encode()) > LARGEST_BYTES:
        raise LatentbridgeError("There are too many presets for one file.", "", "Delete some.")
    return text


def first_of(error: ValidationError) -> str:
    """Return the first thing that is wrong with a document: where, and what."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def check_name(name: str, what: str) -> str:
    """Return a name that was given, without spaces around it. Raises LatentbridgeError for one that is none."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable() or plain.isdecimal():
        raise LatentbridgeError(
            f"{name[:LONGEST_NAME]!r} is no name for a {what}.",
            f"Up to {LONGEST_NAME} letters and spaces were expected, not a number alone.",
        )
    return plain


def shortest(values: tuple[float, ...]) -> tuple[float, ...]:
    """Return numbers of float32 in the shortest form that gives the same float32 again, for people to read."""
    return tuple(float(str(np.float32(value))) for value in values)


def _plain(value: Any) -> Any:
    """Return a document as TOML knows it: text for keys, lists for tuples."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _wrong(path: Path, what: str) -> LatentbridgeError:
    return LatentbridgeError(
        f"{path} is left as it is: {what}.", "A file written by latentbridge was expected.", "Mend it, or move it away."
    )
