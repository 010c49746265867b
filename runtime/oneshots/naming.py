"""Names of one-shot files: what the note was, in words a sampler understands, or what a client asked for."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SUFFIX: Final = ".wav"
PLAN_FILE: Final = "kit.json"
"""In the folder of every kit."""
_LONGEST_NAME: Final = 64
_PITCH_CLASSES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_RESERVED: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))]
)
"""Names that Windows keeps for devices, whatever the ending."""


def note_name(note: int) -> str:
    """Return a MIDI note in words; 60 is C3, as in Live and Max."""
    return f"{_PITCH_CLASSES[note % 12]}{note // 12 - 2}"


def stem_of_note(model: str, note: int, velocity: float) -> str:
    """Return the beginning of a captured note's file name, such as ``drums_C3_v100``; ``velocity`` is 0…1."""
    return f"{clean_name(model) or 'model'}_{note_name(note)}_v{round(velocity * 127):03d}"


def clean_name(text: str) -> str:
    """Return what is left of a name from outside when only a plain file name may remain; empty if nothing is.

    No folders, no dots or dashes in front, ASCII only (accents are dropped, other letters left out), at most 64
    characters.
    """
    plain = unicodedata.normalize("NFKD", text[:1024]).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._#+-]", "_", plain)
    plain = re.sub(r"\.wave?$", "", plain, flags=re.IGNORECASE).replace(" ", "_").lstrip("._-")[:_LONGEST_NAME]
    if not re.search(r"[A-Za-z0-9]", plain):
        return ""
    plain = plain.rstrip("._")
    return f"_{plain}" if plain.partition(".")[0].lower() in _RESERVED else plain


def free_names(folder: Path, stem: str, is_given: bool, suffix: str = SUFFIX) -> Iterator[str]:
    """Yield names to try in ``folder``, from the first number above those in use; the caller takes what is free.

    A name that was given is used as it is once; a name made from the note always carries a number. ``suffix`` ends
    each; folders have none.
    """
    if is_given:
        yield f"{stem}{suffix}"
    pattern = re.compile(re.escape(stem) + r"_([0-9]{4,9})" + re.escape(suffix), re.IGNORECASE)
    used = (int(match[1]) for file in folder.iterdir() if (match := pattern.fullmatch(file.name)))
    number = max(used, default=1 if is_given else 0)
    while True:
        number += 1
        yield f"{stem}_{number:04d}{suffix}"


def note_number(text: str) -> int:
    """Return the MIDI note that is written as :func:`note_name` does (``C3``, ``f#2``, ``Bb-1``) or as its number.

    Raises ValueError for anything else.
    """
    match = re.fullmatch(r"([a-g])([#b]?)(-?\d)", text.strip().lower())
    if match is None and not re.fullmatch(r"\d{1,3}", text.strip()):
        raise ValueError(f"{text[:20]!r} is no note")
    note = int(text) if match is None else _PITCH_CLASSES.index(match[1].upper()) + 12 * (int(match[3]) + 2)
    note += {"#": 1, "b": -1}.get(match[2] if match else "", 0)
    if not 0 <= note <= 127:
        raise ValueError(f"{text[:20]!r} is outside C-2 to G8")
    return note
