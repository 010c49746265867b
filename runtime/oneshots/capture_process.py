"""The process that turns captured notes into files: own decoder, low priority, told by JSON lines.

It reads what :func:`job` makes and answers ``{"path": …, "peak": …}``, ``{"sounds": true}`` for a note that has not
ended, or ``{"failed": […]}`` with the sentences of an error. It ends when its parent does; a file that it has not
finished by then was never there under its name.
"""

import base64
import os
import signal
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

from runtime.child_process import Document, Parent
from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.errors import LatentbridgeError
from runtime.oneshots.making import captured_note, decode_note, finish_sound, has_ended, note_arrays, note_document
from runtime.oneshots.naming import stem_of_note
from runtime.oneshots.tags import Note
from runtime.oneshots.writing import write_new

_NICENESS: Final = 10
"""Rendering a capture has time; the sound that plays meanwhile has not."""


def job(note: CapturedNote, stem: str, is_final: bool) -> Document:
    """Return what the process is told about one note; ``stem`` is a name that was asked for, or empty.

    Only a note that has ended is written, unless this is its final state.
    """
    arrays = {
        name: {"shape": array.shape, "data": base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()}
        for name, array in note_arrays(note).items()
    }
    return {"note": note_document(note).model_dump(mode="json"), "arrays": arrays, "stem": stem, "is_final": is_final}


def main() -> None:
    """Load the model, say so, and make a file of every note that comes."""
    _step_back()
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
            parent.say(_write(decoder, Path(setup["folder"]), order))
        except LatentbridgeError as error:
            parent.say({"failed": [error.wrong, error.expected, error.remedy]})


def _step_back() -> None:
    # Ctrl-C is for the program that plays, which ends this one when it has finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(_NICENESS)


def _write(decoder: Decoder, folder: Path, order: Document) -> Document:
    arrays = {name: _array(entry) for name, entry in order["arrays"].items()}
    note = captured_note(Note.model_validate(order["note"]), arrays, decoder.metadata)
    decoded = decode_note(decoder, note)
    if not (order["is_final"] or has_ended(decoder, note, decoded)):
        return {"sounds": True}
    sound = finish_sound(decoder, note, decoded)
    stem = order["stem"] or stem_of_note(decoder.metadata.name, note.note, note.velocity)
    path = write_new(folder, stem, bool(order["stem"]), sound.audio, sound.sample_rate, sound.tags)
    return {"path": str(path), "peak": sound.peak}


def _array(entry: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    flat = np.frombuffer(base64.b64decode(entry["data"]), "<f4").astype(np.float32)
    return flat.reshape(entry["shape"])
