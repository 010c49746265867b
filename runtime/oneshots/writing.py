"""WAV files put in place whole or not at all, and never over anything that is not ours.

A sound is first written to a temporary file in the same folder and then given its name. Nothing that exists under that
name is touched, a link least of all: a hard link cannot be made where a name exists, whatever it is. So a crash, a
full disk or a second program in the same folder can spoil no file, and a reader of the folder sees only whole ones.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from runtime.atomic_file import give_name, why_not_written
from runtime.errors import LatentbridgeError
from runtime.oneshots import sampler_chunk
from runtime.oneshots.kit_sound import Loop
from runtime.oneshots.naming import free_names
from runtime.oneshots.sample_format import Audio
from runtime.oneshots.tags import CHUNK_LETTERS, ForSamplers, TagDocument, Tags, comment, is_ours, pack
from runtime.oneshots.wav_file import write_wav


def write_new(folder: Path, stem: str, is_given: bool, audio: Audio, sample_rate: int, tags: Tags) -> Path:
    """Write a sound under a name that is still free in ``folder``, and return its path.

    ``audio`` is float32 [channels, frames]; the name is ``stem`` with a number as :func:`free_names` says.
    Raises LatentbridgeError if the folder is gone, read-only or full; then nothing of the file is left.
    """
    with _temporary(folder, folder / stem, _content(audio, sample_rate, tags)) as temporary:
        for name in free_names(folder, stem, is_given):
            if give_name(temporary, folder / name):
                return folder / name
    raise AssertionError("names never run out")


def write_named(path: Path, audio: Audio, sample_rate: int, tags: Tags) -> None:
    """Write a sound under the name that was asked for; only a file that latentbridge wrote is replaced.

    ``audio`` is float32 [channels, frames]. Raises LatentbridgeError if something else has that name, or the folder is
    gone, read-only or full; then what was there is untouched.
    """
    check_writable(path)
    with _temporary(path.parent, path, _content(audio, sample_rate, tags)) as temporary:
        if not give_name(temporary, path):
            check_writable(path)
            os.replace(temporary, path)


def make_folder(folder: Path) -> None:
    """Make a folder for captures if there is none. Raises LatentbridgeError if nothing can be written there.

    Cheap enough for a thread that has other things to do: nothing is written on trial.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise LatentbridgeError(f"{folder} is not a folder.", "", "Choose another folder.") from None
    except OSError as error:
        raise why_not_written(folder, error.errno or 0, error.strerror or str(error)) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise why_not_written(folder, errno.EACCES)


def check_writable(path: Path) -> None:
    """Raise LatentbridgeError if :func:`write_named` would refuse the name; call it before a long computation."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        if path.parent.is_dir():
            return
        raise why_not_written(path, errno.ENOENT) from None
    if path.is_dir():
        raise LatentbridgeError(f"{path} is a folder.", "The name of a WAV file was expected.", f"Try {path}/sound.wav")
    if not stat.S_ISREG(mode) or not is_ours(path):
        what = "is a link" if stat.S_ISLNK(mode) else "exists already and was not written by latentbridge"
        raise LatentbridgeError(f"{path} {what}.", "It is left as it is.", "Choose another name, or remove it first.")


TEMPORARY_PATTERN: Final = ".latentbridge-*-*.tmp"
"""What names of temporary files look like, of any process."""


def temporary_prefix(process_id: int) -> str:
    """Return how the names of a process's temporary files begin, for whoever has to kill it and clear up."""
    return f".latentbridge-{process_id}-"


def _content(audio: Audio, sample_rate: int, tags: Tags) -> Callable[[BinaryIO], None]:
    chunks = [*_for_samplers(tags.document, sample_rate), (CHUNK_LETTERS, pack(tags))]
    return lambda file: write_wav(file, audio, sample_rate, comment(tags), chunks, tags.document.written.layout)


def _for_samplers(document: TagDocument, sample_rate: int) -> list[tuple[bytes, bytes]]:
    told = document.for_samplers or (ForSamplers(root_note=document.note.note) if document.note else None)
    if told is None:
        return []
    loop = None if told.loop is None else Loop(*told.loop)
    return [(sampler_chunk.CHUNK_LETTERS, sampler_chunk.payload(sample_rate, told.root_note, told.sharp_cents, loop))]


@contextlib.contextmanager
def _temporary(folder: Path, path: Path, write: Callable[[BinaryIO], None]) -> Iterator[Path]:
    """Write a temporary file in ``folder`` and remove that name afterwards; errors are told about ``path``."""
    temporary = folder / f"{temporary_prefix(os.getpid())}{secrets.token_hex(8)}.tmp"
    try:
        # O_EXCL: a name that exists, even as a dangling link, is never opened.
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(file)
                file.flush()
                # A disk may only say here that it is full.
                os.fsync(file.fileno())
            yield temporary
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
    except OSError as error:
        raise why_not_written(path, error.errno or 0, error.strerror or str(error)) from None
