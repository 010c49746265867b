"""Kits beside the captures: folders with a plan of a kit in them, each to be had as one ZIP file."""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from runtime.oneshots.naming import PLAN_FILE

_BLOCK_BYTES: Final = 1 << 18


class KitFolders:
    """Kits that lie directly in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> dict[str, Path]:
        """Return every kit: name → folder. Only these can be asked for, so that no name leads elsewhere."""
        try:
            entries = [entry for entry in self._folder.iterdir() if not entry.name.startswith(".")]
        except OSError:
            return {}
        return {entry.name: entry for entry in entries if (entry / PLAN_FILE).is_file() and not entry.is_symlink()}

    def documents(self) -> list[dict[str, Any]]:
        """Return what the page is told of each, newest first: name, files, seconds since 1970."""
        found = []
        for name, folder in self.names().items():
            # It may have gone since it was listed.
            with contextlib.suppress(OSError):
                seconds = (folder / PLAN_FILE).stat().st_mtime
                found.append({"name": name, "files": len(list(folder.glob("*.wav"))), "modified_seconds": seconds})
        return sorted(found, key=lambda kit: (-float(str(kit["modified_seconds"])), str(kit["name"])))

    def as_zip(self, folder: Path) -> Response:
        """Return an answer that is the folder as a ZIP file, made while it is sent."""
        headers = {"content-disposition": f"attachment; filename*=utf-8''{quote(folder.name)}.zip"}
        return StreamingResponse(_zipped(folder), media_type="application/zip", headers=headers)


class _Outbox:
    """A file that can only be written, and from which what was written is taken."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits here for anything but :meth:`take`."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def _zipped(folder: Path) -> Iterator[bytes]:
    """Yield a ZIP file block by block; sounds are hardly smaller when packed, so none is."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(folder.iterdir()):
            # What a process is writing at this moment begins with a dot.
            if file.name.startswith(".") or file.is_symlink() or not file.is_file():
                continue
            entry = zipfile.ZipInfo.from_file(file, f"{folder.name}/{file.name}", strict_timestamps=False)
            with file.open("rb") as read, archive.open(entry, "w") as packed:
                while block := read.read(_BLOCK_BYTES):
                    packed.write(block)
                    yield outbox.take()
    yield outbox.take()
