"""What a WAV of ours says about itself: enough to make the same sound again.

The tags are one chunk of the file, ``ltbr``: four bytes ``LB1`` and zero, the size of what follows when unpacked
(32 bits, little-endian), then zlib data: a 32-bit length, a JSON document of that length, and the arrays the document
lists, as little-endian float32, one after the other. The control path is stored as the engine's own numbers, not as
decimals, so that it comes back bit by bit.
"""

import json
import platform
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from math import prod
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runtime import __version__
from runtime.errors import LatentbridgeError
from runtime.mapping_table import LARGEST_SPREAD_CENTS, MOST_UNISON_VOICES
from runtime.oneshots.naming import note_name
from runtime.oneshots.sample_format import Bits, SampleFormat
from runtime.oneshots.wav_file import read_chunk

CHUNK_LETTERS: Final = b"ltbr"
MOST_PACKED_BYTES: Final = 2**24
MOST_UNPACKED_BYTES: Final = 2**26
"""Larger chunks are refused: an hour-long note with 64 latent dimensions would not need as much."""
MOST_ARRAYS: Final = 32

_MAGIC: Final = b"LB1\0"

Array = NDArray[np.float32]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Frames = Annotated[int, Field(ge=0, lt=2**40)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class MadeWith(_Document):
    """What computed the samples. Equal values promise equal samples; other kernels differ in the last bits."""

    latentbridge: Annotated[str, Field(max_length=64)]
    onnxruntime: Annotated[str, Field(max_length=64)]
    numpy: Annotated[str, Field(max_length=64)]
    provider: Annotated[str, Field(max_length=64)]
    voices: Annotated[int, Field(ge=1, le=1024)]
    """Voices the decoder was loaded for: where its batches are not bit-equal, this fixes their size."""
    processor: Annotated[str, Field(max_length=256)]


class Cut(_Document):
    """How a decoded note became the sound in the file, in this order: frames kept, gain, fade at the end."""

    first_frame: Frames
    last_frame: Frames
    """The first frame that is left out."""
    gain: Annotated[float, Field(gt=0, lt=1e6)] = 1.0
    """A factor, applied as float32."""
    fade_frames: Frames = 0


class EnvelopeFrames(_Document):
    """The engine's envelope of the note, in frames; see :class:`runtime.engine.envelope.Envelope`."""

    attack_frames: Annotated[int, Field(ge=0, lt=2**31)]
    decay_frames: Annotated[int, Field(ge=0, lt=2**31)]
    sustain_level: Annotated[float, Field(ge=0, le=1)]
    release_frames: Annotated[int, Field(ge=1, lt=2**31)]
    fade_frames: Annotated[int, Field(ge=1, lt=2**31)]


class UnisonVoices(_Document):
    """The voices of one key; see :class:`runtime.engine.unison.Unison`."""

    voices: Annotated[int, Field(ge=1, le=MOST_UNISON_VOICES)] = 1
    spread_cents: Annotated[float, Field(ge=0, le=LARGEST_SPREAD_CENTS)] = 0.0
    width: Annotated[float, Field(ge=0, le=1)] = 0.0


class Note(_Document):
    """The note as the engine played it, its control path aside. Frames count from its onset."""

    part: Annotated[int, Field(ge=1, le=16)] = 1
    note: Annotated[int, Field(ge=0, le=127)]
    velocity: Annotated[float, Field(ge=0, le=1)]
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    release_frame: Frames | None = None
    interrupted_frame: Frames | None = None
    envelope: EnvelopeFrames
    unison: UnisonVoices = UnisonVoices()


class PlayedBy(_Document):
    """The rules the note was played by, from the model's metadata, which may be calibrated anew while the hash stays.

    See :class:`runtime.engine.rules.NoteRules`.
    """

    lead_hops: Annotated[int, Field(ge=0, le=64)]
    longest_hops: Annotated[float, Field(gt=0, le=1e6)]
    sustain_hops: Annotated[float | None, Field(ge=0, le=1e6)] = None
    slowest: Annotated[float, Field(ge=0, le=1)]
    fastest: Annotated[float, Field(ge=1, le=16)]
    silent_hops: Annotated[int, Field(ge=1, le=10_000)]
    silent_peak: Annotated[float, Field(ge=0, le=1)]
    releases: bool
    envelope_releases: bool
    velocity_gain: bool
    model_gain: Annotated[float, Field(gt=0, le=1000)]


class Written(_Document):
    """How the sound went into the file after the cut: brought to the file's rate, then rounded to its format."""

    bits: Bits = "24"
    dither_seed: Annotated[int, Field(ge=0, lt=2**64)] = 1
    """Where the dither of 16 bits comes from."""
    sample_rate: Annotated[int, Field(ge=8_000, le=384_000)] | None = None
    """In Hz; None is the model's own."""
    soxr: Annotated[str, Field(max_length=64)] = ""
    """Version of what changed the rate; empty if nothing had to."""

    @property
    def layout(self) -> SampleFormat:
        """The format of the samples."""
        return SampleFormat(self.bits, self.dither_seed)


class ForSamplers(_Document):
    """What a sampler is told: the key at which the file plays as it is, how sharp it is, and a loop in its frames."""

    root_note: Annotated[int, Field(ge=0, le=127)]
    sharp_cents: Annotated[float, Field(ge=-1200, le=1200)] = 0.0
    loop: tuple[Frames, Frames] | None = None
    """First frame, and the first that is not played."""
    loop_crossfade_frames: Frames = 0
    """Over how much the loop is blended with what stands before it; the ``smpl`` chunk has no word for that."""


class ArrayShape(_Document):
    """Name and shape of one of the float32 arrays that follow the document."""

    name: Annotated[str, Field(max_length=32)]
    shape: Annotated[tuple[Annotated[int, Field(ge=0, le=2**24)], ...], Field(max_length=3)]


class TagDocument(_Document):
    """The JSON part of the tags."""

    kind: Literal["oneshot", "reconstruction", "render"]
    model: Annotated[str, Field(max_length=64)]
    model_hash: Hash
    """SHA-256 of the decoder's graph and weights."""
    made_with: MadeWith
    sound_hash: Hash
    """SHA-256 of the samples as the file stores them."""
    name: Annotated[str, Field(max_length=64)] = ""
    """What the sound is called in its kit."""
    source: Annotated[str, Field(max_length=255)] = ""
    """Name of the file that was encoded or rendered; empty for a note that was played."""
    note: Note | None = None
    played_by: PlayedBy | None = None
    cut: Cut | None = None
    written: Written = Written()
    for_samplers: ForSamplers | None = None
    """Of a note of which nothing is said here, samplers are told its key."""
    arrays: Annotated[tuple[ArrayShape, ...], Field(max_length=MOST_ARRAYS)] = ()
    """Only in a file; :class:`Tags` holds the arrays themselves."""


@dataclass(frozen=True, slots=True)
class Tags:
    """A tag document with its arrays by name (float32, shapes as the document lists them)."""

    document: TagDocument
    arrays: Mapping[str, Array]


def made_with(provider: str, voices: int) -> MadeWith:
    """Describe this installation, with the provider (such as ``cpu``) that decodes and how many voices it does."""
    return MadeWith(
        latentbridge=__version__,
        onnxruntime=_installed_version("onnxruntime", "onnxruntime-gpu"),
        numpy=np.__version__,
        provider=provider,
        voices=voices,
        processor=_processor()[:256],
    )


@cache
def _installed_version(*distributions: str) -> str:
    for distribution in distributions:
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return "unknown"


@cache
def _processor() -> str:
    """Machine and processor model: kernels are chosen by it, and so are the last bits of a sound."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.system()} {platform.machine()} {next(names, platform.processor())}".strip()


def pack(tags: Tags) -> bytes:
    """Return the tags as the payload of their chunk. Raises ValueError if they are larger than may be read again."""
    shapes = tuple(ArrayShape(name=name, shape=array.shape) for name, array in tags.arrays.items())
    document = tags.document.model_copy(update={"arrays": shapes}).model_dump_json(exclude_none=True).encode()
    arrays = b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in tags.arrays.values())
    unpacked = struct.pack("<I", len(document)) + document + arrays
    if len(unpacked) > MOST_UNPACKED_BYTES or len(shapes) > MOST_ARRAYS:
        raise ValueError(f"tags of {len(unpacked)} bytes are too large to be read again")
    packed = _MAGIC + struct.pack("<I", len(unpacked)) + zlib.compress(unpacked, 6)
    if len(packed) > MOST_PACKED_BYTES:
        raise ValueError(f"tags of {len(packed)} bytes when packed are too large to be read again")
    return packed


def unpack(payload: bytes) -> Tags:
    """Return the tags in a chunk's payload. Raises ValueError, with a reason in words, if they are damaged."""
    if len(payload) < 8 or payload[:2] != _MAGIC[:2]:
        raise ValueError("they do not begin as they should")
    if payload[:4] != _MAGIC:
        raise ValueError("they follow another layout than this latentbridge knows")
    (size,) = struct.unpack_from("<I", payload, 4)
    if size > MOST_UNPACKED_BYTES:
        raise ValueError(f"they say that they are {size} bytes long")
    unpacked = _decompress(payload[8:], size)
    (length,) = struct.unpack_from("<I", unpacked)
    if 4 + length > size:
        raise ValueError("their document runs past the end")
    document = _parse(unpacked[4 : 4 + length])
    arrays = _arrays(document, unpacked[4 + length :])
    return Tags(document.model_copy(update={"arrays": ()}), arrays)


def _decompress(packed: bytes, size: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        # One byte more than promised is enough to see that there is more; a bomb is never unpacked.
        unpacked = unpacker.decompress(packed, size + 1)
    except zlib.error:
        raise ValueError("they are damaged") from None
    if len(unpacked) != size or not unpacker.eof or size < 4:
        raise ValueError("they are not as long as they say")
    return unpacked


def _parse(document: bytes) -> TagDocument:
    try:
        return TagDocument.model_validate(json.loads(document))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise ValueError("their document is no JSON") from None


def _arrays(document: TagDocument, data: bytes) -> dict[str, Array]:
    if sum(4 * prod(entry.shape) for entry in document.arrays) != len(data):
        raise ValueError("their control path is not as long as they say")
    arrays: dict[str, Array] = {}
    at = 0
    for entry in document.arrays:
        count = prod(entry.shape)
        array = np.frombuffer(data, "<f4", count, at).astype(np.float32).reshape(entry.shape)
        if not np.isfinite(array).all():
            raise ValueError(f"{entry.name} of their control path holds a number that is not finite")
        arrays[entry.name] = array
        at += 4 * count
    return arrays


def read_tags(path: Path) -> Tags:
    """Return the tags inside a WAV file. Raises LatentbridgeError if there are none or they are damaged."""
    payload = read_chunk(path, CHUNK_LETTERS, MOST_PACKED_BYTES)
    if payload is None:
        raise LatentbridgeError(
            f"{path} does not say how it was made.",
            "A WAV file written by latentbridge was expected.",
            "An editor that saved the file again may have left it out: use the file as latentbridge wrote it.",
        )
    try:
        return unpack(payload)
    except ValueError as error:
        raise LatentbridgeError(
            f"What {path} says about how it was made cannot be read: {error}.",
            "A WAV file written by latentbridge was expected.",
            "Copy the file again, or update latentbridge.",
        ) from None


def is_ours(path: Path) -> bool:
    """Whether a file is a WAV file that latentbridge wrote."""
    try:
        return read_chunk(path, CHUNK_LETTERS, MOST_PACKED_BYTES) is not None
    except LatentbridgeError:
        return False


def comment(tags: Tags) -> dict[bytes, str]:
    """Return the texts that players show (INFO entries): the software, and in words what the sound is."""
    document = tags.document
    what = {"oneshot": "one-shot", "reconstruction": "reconstruction", "render": "rendering"}[document.kind]
    parts = [f"{what} by latentbridge", f"model {document.model} ({document.model_hash[:12]})"]
    if document.note is not None:
        note, velocity = document.note.note, round(document.note.velocity * 127)
        parts += [f"note {note_name(note)} ({note})", f"velocity {velocity}", f"seed {document.note.seed}"]
    latent = tags.arrays.get("latent")
    if latent is not None and len(latent):
        parts.append("latent " + " ".join(f"{value:.3f}" for value in latent[0]))
    if document.source:
        parts.append(f"from {document.source}")
    name = {b"INAM": document.name} if document.name else {}
    return name | {b"ICMT": ", ".join(parts), b"ISFT": f"latentbridge {document.made_with.latentbridge}"}
