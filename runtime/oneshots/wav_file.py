"""WAV files with chunks of our own: written bit by bit here, so that equal samples are equal bytes.

A RIFF file is a list of chunks (four letters, size, bytes, padded to even length). Readers pass over those they do not
know, so our chunk stands after the sound and no sampler stumbles over it.
Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991).
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from runtime.errors import LatentbridgeError
from runtime.oneshots.sample_format import IN_24_BITS, Audio, SampleFormat

_PCM, _IEEE_FLOAT = 1, 3
_LARGEST_BYTES: Final = 2**32 - 2**25
"""RIFF counts in 32 bits; room is left for the chunks after the sound."""
_MOST_CHUNKS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a WAV file: its four letters, where its bytes begin in the file, and how many there are."""

    letters: bytes
    start: int
    size: int


def _refuse(path: Path, wrong: str, remedy: str = "Check the path.") -> LatentbridgeError:
    return LatentbridgeError(f"{path} {wrong}.", "A WAV file was expected.", remedy)


def hash_of_samples(audio: Audio, layout: SampleFormat = IN_24_BITS) -> str:
    """SHA-256 (hex) of the samples of a sound [channels, frames] as a file of this layout stores them."""
    digest = hashlib.sha256()
    for block in layout.encode(audio):
        digest.update(block)
    return digest.hexdigest()


def _chunk(letters: bytes, payload: bytes) -> bytes:
    return letters + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def _info_list(texts: dict[bytes, str]) -> bytes:
    entries = (_chunk(letters, text.encode("ascii", "replace") + b"\0") for letters, text in texts.items())
    return _chunk(b"LIST", b"INFO" + b"".join(entries))


def write_wav(
    file: BinaryIO,
    audio: Audio,
    sample_rate: int,
    texts: dict[bytes, str],
    chunks: Sequence[tuple[bytes, bytes]],
    layout: SampleFormat = IN_24_BITS,
) -> None:
    """Write [channels, frames] float32 as a WAV file, of 24 bits unless ``layout`` says otherwise.

    ``texts`` are entries of the INFO list (such as ``ICMT``, a comment that players show); ``chunks`` follow it.
    Raises LatentbridgeError if the sound is too long for a WAV file, OSError as the file does.
    """
    channels, frames = audio.shape
    frame_bytes = channels * layout.sample_bytes
    data_bytes = frames * frame_bytes
    if data_bytes > _LARGEST_BYTES:
        minutes = _LARGEST_BYTES / frame_bytes / sample_rate / 60
        raise LatentbridgeError(
            f"The sound is {frames / sample_rate / 60:.0f} minutes long.",
            f"A WAV file holds at most {minutes:.0f} minutes of it.",
            "Write it in parts.",
        )
    after = _info_list(texts) + b"".join(_chunk(letters, payload) for letters, payload in chunks)
    padding = b"\0" * (data_bytes % 2)
    head = b"WAVE" + _format_chunks(channels, frames, sample_rate, layout) + b"data" + struct.pack("<I", data_bytes)
    file.write(b"RIFF" + struct.pack("<I", len(head) + data_bytes + len(padding) + len(after)) + head)
    for block in layout.encode(audio):
        file.write(block)
    file.write(padding + after)


def _format_chunks(channels: int, frames: int, sample_rate: int, layout: SampleFormat) -> bytes:
    """Return the ``fmt`` chunk; floating point has a longer one, and says in ``fact`` how many frames there are."""
    frame_bytes = channels * layout.sample_bytes
    numbers = (channels, sample_rate, sample_rate * frame_bytes, frame_bytes, 8 * layout.sample_bytes)
    if not layout.is_float:
        return _chunk(b"fmt ", struct.pack("<HHIIHH", _PCM, *numbers))
    long_layout = struct.pack("<HHIIHHH", _IEEE_FLOAT, *numbers, 0)
    return _chunk(b"fmt ", long_layout) + _chunk(b"fact", struct.pack("<I", frames))


def chunks_of(path: Path, file: BinaryIO) -> list[Chunk]:
    """List the chunks of an open WAV file. ``path`` is for messages. Raises LatentbridgeError if it is none."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise _refuse(path, "is not a WAV file")
    end = file.seek(0, 2)
    found: list[Chunk] = []
    at = 12
    while at + 8 <= end and len(found) < _MOST_CHUNKS:
        file.seek(at)
        letters, size = struct.unpack("<4sI", file.read(8))
        if at + 8 + size > end:
            raise _refuse(
                path, f"is damaged: a part of it says {size} bytes and {end - at - 8} are left", "Copy it again."
            )
        found.append(Chunk(letters, at + 8, size))
        at += 8 + size + size % 2
    return found


def read_chunk(path: Path, letters: bytes, most_bytes: int) -> bytes | None:
    """Return the bytes of the first chunk with these letters; None if the WAV file has none.

    Raises LatentbridgeError if the file cannot be read, is no WAV file, is damaged, or the chunk has more than
    ``most_bytes`` bytes.
    """
    try:
        # Anything but a plain file (a pipe, a device) could keep us waiting for ever.
        if not path.is_file():
            raise _refuse(path, "is not a file" if path.exists() else "does not exist")
        with path.open("rb") as file:
            for chunk in chunks_of(path, file):
                if chunk.letters == letters:
                    if chunk.size > most_bytes:
                        raise _refuse(path, f"has {chunk.size} bytes of {letters.decode('ascii', 'replace')} data")
                    file.seek(chunk.start)
                    return file.read(chunk.size)
    except OSError as error:
        raise _refuse(path, f"cannot be read ({error.strerror})") from None
    return None
