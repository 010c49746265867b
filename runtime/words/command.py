"""``latentbridge find``: the sound that words describe."""

import re
import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from runtime.contract import read_decoder_metadata
from runtime.latent_text import as_text, parse_latent
from runtime.model_files import find_model
from runtime.oneshots.writing import check_writable
from runtime.place_sound import write_place
from runtime.words.interface import Found
from runtime.words.search import WordSearch

_PRINCIPAL: Final = re.compile(r"axis_\d+$")
"""Directions that nobody has named yet say nothing to a musician."""


def find(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    text: Annotated[str, Parameter(help='What you are looking for: "short bright snare", "a bit longer".')],
    /,
    *,
    latent: Annotated[
        str | None,
        Parameter(
            help='Where "brighter" starts from, as numbers with commas: "-0.1,0.4,…"; else the model\'s default.',
            allow_leading_hyphen=True,
        ),
    ] = None,
    wav: Annotated[Path | None, Parameter(help="Write here how it sounds.")] = None,
) -> None:
    """Find a sound by words: its class, and what it is like.

    Prints its latent in one line that can be pasted after `latentbridge oneshot MODEL OUT.wav --latent`, and says how
    the words were understood. Plain words ("short bright snare") choose among the sounds the model has learned;
    comparing ones ("brighter", "a bit longer", "less noise") move on from `--latent`.
    """
    path = find_model(model)
    metadata = read_decoder_metadata(path)
    present = None if latent is None else parse_latent(latent, metadata)
    if wav is not None:
        check_writable(wav)
    found = WordSearch(metadata).find(text, present)
    print(as_text(found.latent))
    for line in described(found, metadata.name):
        print(line, file=sys.stderr)
    if wav is not None:
        write_place(path, wav, found.latent)
        print(f"{wav}: {text!r} as {metadata.name} has it", file=sys.stderr)


def described(found: Found, model: str) -> list[str]:
    """Return what was found in lines for a person."""
    width = max(len(part.words) for part in found.understood)
    lines = [f"  {part.words:<{width}}  {part.meaning}" for part in found.understood]
    for word in found.missing:
        lines.append(f"latentbridge: {model} has no axis for {word!r}; it was left out.")
    for unknown in found.unknown:
        hint = f" Did you mean {', '.join(unknown.near)}?" if unknown.near else ""
        lines.append(f"latentbridge: {unknown.word!r} means nothing here; it was left out.{hint}")
    kind = f"{found.class_name} sounds" if found.class_name else "sounds"
    places = [f"{name} {share:.0%}" for name, share in found.axes.items() if not _PRINCIPAL.match(name)]
    if places:
        lines.append(f"  among its {kind}: {', '.join(places)}")
    if found.was_held:
        lines.append("  farther does not go: beyond, the model has heard next to nothing.")
    return lines
