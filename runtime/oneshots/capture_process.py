"""The process that turns captured notes into files: own decoder, low priority, told by JSON lines.

It reads what :func:`job` makes and answers ``{"path": …, "peak": …}``, ``{"sounds": true}`` for a note that has not
ended, or ``{"failed": […]}`` with the sentences of an error. Of neighbours of a note it answers for each of them, up to
the first that fails. It ends when its parent does; a file that it has not
finished by then was never there under its name.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from runtime.child_process import Document, Parent, step_back
from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.errors import LatentbridgeError
from runtime.oneshots.making import captured_note, decode_note, finish_sound, has_ended, note_arrays, note_document
from runtime.oneshots.naming import stem_of_note
from runtime.oneshots.neighbours import neighbours
from runtime.oneshots.sample_format import Audio
from runtime.oneshots.tags import Note
from runtime.oneshots.writing import write_new


def job(note: CapturedNote, stem: str, is_final: bool, neighbours: int = 0) -> Document:
    """Return what the process is told about one note; ``stem`` is a name that was asked for, or empty.

    Only a note that has ended is written, unless this is its final state. With ``neighbours`` not the note is written
    but so many of its neighbours, under the names ``stem_var01`` and so on.
    """
    arrays = {
        name: {"shape": array.shape, "data": base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()}
        for name, array in note_arrays(note).items()
    }
    # The number is not in the tags of a file, but says which neighbours the note has.
    return {
        "note": note_document(note).model_dump(mode="json"),
        "number": note.number,
        "arrays": arrays,
        "stem": stem,
        "is_final": is_final,
        "neighbours": neighbours,
    }


def main() -> None:
    """Load the model, say so, and make a file of every note that comes."""
    step_back()
    parent = Parent()
    setup = parent.setup
    try:
        decoder = Decoder.load(Path(setup["model"]), setup["voices"], setup["provider"])
    except LatentbridgeError as error:
        parent.fail(error)
        return
    parent.say({"ready": decoder.hash})
    while True:
        order = parent.listen()
        try:
            for answer in _write(decoder, Path(setup["folder"]), order):
                parent.say(answer)
        except LatentbridgeError as error:
            parent.say({"failed": [error.wrong, error.expected, error.remedy]})


def _write(decoder: Decoder, folder: Path, order: Document) -> Iterator[Document]:
    arrays = {name: _array(entry) for name, entry in order["arrays"].items()}
    note = captured_note(Note.model_validate(order["note"]), arrays, decoder.metadata)
    decoded = decode_note(decoder, note)
    stem = order["stem"] or stem_of_note(decoder.metadata.name, note.note, note.velocity)
    if order["neighbours"]:
        near = neighbours(decoder, replace(note, number=order["number"]), decoded)
        for count, one in enumerate(islice(near, order["neighbours"]), 1):
            yield _put(decoder, folder, one.note, one.sound, f"{stem}_var{count:02d}", True)
    elif order["is_final"] or has_ended(decoder, note, decoded):
        yield _put(decoder, folder, note, decoded, stem, bool(order["stem"]))
    else:
        yield {"sounds": True}


def _put(decoder: Decoder, folder: Path, note: CapturedNote, decoded: Audio, stem: str, is_given: bool) -> Document:
    sound = finish_sound(decoder, note, decoded)
    path = write_new(folder, stem, is_given, sound.audio, sound.sample_rate, sound.tags)
    return {"path": str(path), "peak": sound.peak}


def _array(entry: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    flat = np.frombuffer(base64.b64decode(entry["data"]), "<f4").astype(np.float32)
    return flat.reshape(entry["shape"])
