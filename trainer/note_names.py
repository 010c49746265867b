"""What a file's name may say of a note: its pitch, in several possible readings, and how hard it was played.

A name can be read in more than one way: ``Cello_60_v100`` holds two numbers, ``Take2 A3 C4`` two notes. Which is
meant, and from which C the folder counts its octaves, is not for one name to tell: trainer/note_facts.py compares all
readings of a folder with its sounds.
"""

import re

SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SHARPS, FLATS = {"#", "♯", "s", "sharp"}, {"b", "♭", "flat"}
MIDDLE_C_OCTAVE = 3
"""MIDI 60 is written C3 here, as in Live and Max; half of the world writes C4."""

_NOTE = re.compile(r"(?<![A-Za-z#♯♭])([A-Ga-g])(#|♯|♭|sharp|flat|[sb](?=-?\d))?[_ ]?(-[12]|\d)(?![\d#])", re.UNICODE)
_MARKED = re.compile(r"(?<![A-Za-z])(?:pitch|note|midi|key|p|n|k|m)[ _-]?(\d{1,3})(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![A-Za-z\d.#♯♭-])(\d{1,3})(?![\d.]*\d)(?![A-Za-z])")
_VELOCITY = re.compile(r"(?<![A-Za-z])(?:velocity|vel|v)[ _-]?(\d{1,3})(?!\d)", re.IGNORECASE)
_DYNAMIC = re.compile(
    r"(?<![A-Za-z])(p{1,4}|mp|mf|f{1,4}|soft|med(?:ium)?|hard|loud|quiet)(?![A-Za-z\d])", re.IGNORECASE
)
_HELD = re.compile(r"(?<![A-Za-z])(?:hold|held)[ _-]?(\d+(?:\.\d+)?)(ms|s)(?![A-Za-z])", re.IGNORECASE)
DYNAMICS = {"pppp": 0.08, "ppp": 0.15, "pp": 0.27, "p": 0.4, "mp": 0.52, "mf": 0.64, "f": 0.77, "ff": 0.9, "fff": 1.0}
DYNAMICS |= {"ffff": 1.0, "quiet": 0.35, "soft": 0.35, "med": 0.6, "medium": 0.6, "hard": 0.9, "loud": 0.9}
MOST_LAYERS = 16
"""Velocities that are all at most this are numbers of layers."""

Reading = tuple[str, int]
"""How a name is read: ``name`` (C3), ``marked`` (p60) or ``number`` (60), and which of those it holds, from the end."""


def note_readings(stem: str) -> dict[Reading, int]:
    """Every note that a file's name (without its suffix) could mean, as MIDI notes.

    Names count their octaves as if MIDI 60 were C3; numbers are taken as they stand.
    """
    found: dict[Reading, int] = {}
    for place, match in enumerate(reversed(list(_NOTE.finditer(stem)))):
        letter, accidental, octave = match.groups()
        accidental = (accidental or "").lower()
        semitone = SEMITONES[letter.lower()] + (accidental in SHARPS) - (accidental in FLATS)
        found["name", place] = 60 + 12 * (int(octave) - MIDDLE_C_OCTAVE) + semitone
    for kind, pattern in (("marked", _MARKED), ("number", _NUMBER)):
        for place, match in enumerate(reversed(list(pattern.finditer(stem)))):
            if int(match[1]) <= 127:
                found[kind, place] = int(match[1])
    return found


def velocity_number(stem: str) -> int | None:
    """The number after ``v``, ``vel`` or ``velocity`` in a file's name; None if there is none."""
    numbers = [int(match[1]) for match in _VELOCITY.finditer(stem) if int(match[1]) <= 127]
    return numbers[-1] if numbers else None


def dynamic(stem: str) -> float | None:
    """Velocity 0…1 that a word of dynamics in a file's name stands for (pp, mf, soft …); None if there is none."""
    words = [match[1].lower() for match in _DYNAMIC.finditer(stem)]
    return DYNAMICS[words[-1]] if words else None


def held_seconds(stem: str) -> float | None:
    """How long the key was held by a file's name: ``hold800ms``, ``held_1.5s``; None if it does not say."""
    found = list(_HELD.finditer(stem))
    return float(found[-1][1]) / (1000 if found[-1][2].lower() == "ms" else 1) if found else None


def velocities(stems: list[str]) -> list[float | None]:
    """Velocity 0…1 of each name of a folder. Small numbers throughout are layers, spread evenly over the range."""
    numbers = [velocity_number(stem) for stem in stems]
    known = [number for number in numbers if number is not None]
    highest = max(known, default=0)
    full = float(highest) if 0 < highest <= MOST_LAYERS else 127.0
    return [number / full if number else dynamic(stem) for stem, number in zip(stems, numbers, strict=True)]


def written(note: int) -> str:
    """Name of a MIDI note, 60 as C3."""
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    return f"{names[note % 12]}{note // 12 - 5 + MIDDLE_C_OCTAVE}"
