"""Files replaced whole or not at all, and why one cannot be written, in a sentence."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from runtime.errors import LatentbridgeError

_REASONS: Final = {
    errno.ENOSPC: ("the disk is full", "Free some space, or choose another folder."),
    errno.EDQUOT: ("your share of the disk is full", "Free some space, or choose another folder."),
    errno.EFBIG: ("the file would be larger than allowed", "Choose another folder."),
    errno.EROFS: ("the disk is read-only", "Choose another folder."),
    errno.EACCES: ("writing there is not allowed", "Choose another folder, or change its permissions."),
    errno.EPERM: ("writing there is not allowed", "Choose another folder, or change its permissions."),
    errno.ENOENT: ("the folder does not exist", "Make the folder, or choose another."),
    errno.ENOTDIR: ("the folder does not exist", "Make the folder, or choose another."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
}
_NO_HARD_LINKS: Final = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EMLINK}
"""What file systems without hard links (FAT, exFAT, some network drives) answer."""
_USUAL_MODE: Final = 0o666


def why_not_written(path: Path, number: int, otherwise: str = "") -> LatentbridgeError:
    """Return the sentences for an ``errno`` of writing ``path``; ``otherwise`` is the reason for unusual ones."""
    reason, remedy = _REASONS.get(number, (otherwise, "Choose another folder."))
    return LatentbridgeError(f"{path} cannot be written: {reason}.", "", remedy)


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file, or make it; a reader or a crash sees the old one or the new one, whole.

    A link stays one, and what it points to is replaced. Raises OSError; then what was there is untouched.
    """
    replace_written(path, lambda file: file.write(data))


def replace_written(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """As :func:`replace_file`, with what ``write`` writes into an open file: for more than should stand in memory."""
    path = path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else _USUAL_MODE & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            # A disk may only say here that it is full.
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _umask() -> int:
    """Return what new files may not be. It can only be asked for by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def replace_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 as :func:`replace_file` does, and its folder if need be. Raises LatentbridgeError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except OSError as error:
        raise why_not_written(path, error.errno or 0, error.strerror or str(error)) from None


def move_new(source: Path, target: Path) -> bool:
    """Move a file to a name on the same disk that nothing has; False, and nothing is done, if something has it.

    Whenever this is interrupted, the file is there, under one name or under both. Raises OSError as the folders do.
    """
    if not give_name(source, target):
        return False
    source.unlink(missing_ok=True)
    return True


def give_name(temporary: Path, path: Path) -> bool:
    """Give a finished file a name that nothing has; False if something has it. Raises OSError as the folder does.

    The file may keep its first name as well, which is for the caller to remove.
    """
    try:
        os.link(temporary, path)
        return True
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
    # No hard links here: reserve the name, then move the file over what we have just made ourselves.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        return False
    try:
        os.replace(temporary, path)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True
