"""The player's own folder: presets, kits and learned knobs as TOML files that a person can read and mend.

Files are replaced whole. One that cannot be understood is named with the line that is wrong and never written over.
"""

import tomllib
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import platformdirs
import tomlkit
from pydantic import BaseModel, ConfigDict, ValidationError

from runtime.atomic_file import replace_text
from runtime.errors import LatentbridgeError

LARGEST_BYTES: Final = 4 * 2**20
LONGEST_NAME: Final = 64
_Document = TypeVar("_Document", bound="TomlDocument")


class TomlDocument(BaseModel):
    """A document of the library; unknown entries are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def data_folder() -> Path:
    """Return the folder of the user's own presets, kits and mappings."""
    return platformdirs.user_data_path("latentbridge")


def read_document(path: Path, kind: type[_Document]) -> _Document | None:
    """Return what a file holds, None if there is none. Raises LatentbridgeError if it is not such a document."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _wrong(path, "it is too large")
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _wrong(path, f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _wrong(path, "it is not text in UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _wrong(path, f"it is not TOML ({error})") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _wrong(path, f"{where}: {first['msg']}" if where else first["msg"]) from None


def write_document(path: Path, heading: str, document: TomlDocument) -> None:
    """Put a document in the place of a file; ``heading`` becomes a comment. Raises LatentbridgeError."""
    content = tomlkit.dumps(_plain(document.model_dump(exclude_defaults=True)))
    replace_text(path, f"# {heading}\n\n{content}")


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
