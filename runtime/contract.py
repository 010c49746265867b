"""What a decoder file must hold: the one place that reads, checks and writes a model's metadata.

A decoder is a streaming ONNX model, called once per hop for all sounding voices. Its tensors, in this order, all
float32, with only the voices axis symbolic:

=================  =========================  =================================================================
in  latent         [voices, latent_size]      coordinate of each voice at the end of this hop
in  pitch          [voices, 1]                MIDI note number with fractions, bend included
in  velocity       [voices, 1]                0…1
in  gate           [voices, 1]                1 while the key or pedal holds, 0 after
in  time_rate      [voices, 1]                hops of note time that pass in this hop; 0 holds
in  noise          [voices, channels, hop]    white, uniform in −1…1, from the voice's own seed
in  state_K        [voices, …]                all zeros means: a note begins at this hop
out audio          [voices, channels, hop]    nominally within ±1
out next_state_K   as state_K
=================  =========================  =================================================================

The metadata is one JSON document under the key ``latentbridge`` of the file's ``metadata_props``.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from runtime.atomic_file import replace_file
from runtime.errors import LatentbridgeError
from runtime.known_sounds import Fingerprints
from runtime.onnx_file import LARGEST_BYTES, graph_hash, read_metadata_props, with_metadata_props

CONTRACT_VERSION: Final = 1
METADATA_KEY = "latentbridge"
MAX_LATENT_SIZE = 64
"""The most latent dimensions that fit one control record (see events.py)."""
LARGEST_METADATA: Final = 16 * 2**20
"""Characters of a model's metadata; the shipped drums have some 200,000. JSON takes twenty times its length to read."""
CONTROL_INPUTS = ("latent", "pitch", "velocity", "gate", "time_rate", "noise")


class ContractError(LatentbridgeError):
    """A file that is not a decoder or encoder this runtime can play."""


def _finite(values: tuple[float, ...]) -> tuple[float, ...]:
    if not all(-1e6 < v < 1e6 for v in values):
        raise ValueError("numbers must be finite")
    return values


FiniteNumber = Annotated[float, Field(gt=-1e6, lt=1e6)]
Vector = Annotated[tuple[float, ...], AfterValidator(_finite)]
AxisName = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
MidiNote = Annotated[int, Field(ge=0, le=127)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Axis(_Document):
    """A named direction in latent space; its position is an offset, in latent units, along ``direction``."""

    name: AxisName
    direction: Vector
    minimum: FiniteNumber
    """Position at control value 0; with ``maximum`` it spans what the training data covers."""
    maximum: FiniteNumber
    default: FiniteNumber = 0.0
    descriptor: str = ""
    """What the axis was measured against, e.g. ``spectral centroid``; empty for principal directions."""
    correlation: FiniteNumber | None = None
    """Median Spearman rank correlation of position and descriptor of the decoded sound; None if not measured."""
    gradient: Vector | None = None
    """How fast the descriptor rises along each latent dimension: ``gradient @ z`` says how bright, long … a place is.
    None for principal directions."""
    cross_talk: dict[AxisName, FiniteNumber] = {}
    """How far this axis, from end to end, moves what the other axes are named after, in widths of those axes."""

    @property
    def rest(self) -> float:
        """Where its default stands between minimum and maximum, 0…1."""
        return (self.default - self.minimum) / (self.maximum - self.minimum)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.minimum <= self.default <= self.maximum or self.minimum == self.maximum:
            raise ValueError(f"axis {self.name}: needs minimum < maximum and a default between them")
        return self


class MapPoint(_Document):
    """One training sound on the two-dimensional map; ``x`` and ``y`` are 0…1."""

    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=1)]
    latent: Vector
    label: int = -1
    """Index into ``classes``; −1 for none."""


class PriorComponent(_Document):
    """One Gaussian of the mixture fitted to the latents of the training data."""

    weight: Annotated[float, Field(gt=0, le=1)]
    mean: Vector
    scale: tuple[Vector, ...]
    """Lower-triangular factor of the covariance, latent_size rows: a draw is ``mean + scale @ standard_normal``."""
    label: int = -1


class TrainingSource(_Document):
    """Where training sounds came from, and under which licence."""

    name: str
    licence: str
    attribution: str = ""
    sounds: int = 0


class EncoderReference(_Document):
    """The encoder that belongs to a decoder: file name beside it, and hash of graph and weights."""

    file: str
    hash: str


class DecoderMetadata(_Document):
    """Everything the runtime knows about a decoder besides its tensors. Times in seconds, levels in dB."""

    contract: Literal[1] = CONTRACT_VERSION
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    family: str
    pitched: bool
    sample_rate: Annotated[int, Field(ge=8000, le=192_000)]
    hop_frames: Annotated[int, Field(ge=16, le=8192)]
    channels: Annotated[int, Field(ge=1, le=2)] = 1
    latent_size: Annotated[int, Field(ge=1, le=MAX_LATENT_SIZE)]
    lead_hops: Annotated[int, Field(ge=0, le=64)] = 0
    time_rate_range: tuple[float, float] = (1.0, 1.0)
    sustain_seconds: float | None = None
    """Note time at which a held note is held (time_rate 0); absent for drums."""
    longest_note_seconds: Annotated[float, Field(gt=0, le=600)]
    release: Literal["model", "envelope"]
    release_seconds: Annotated[float, Field(ge=0, le=60)] = 0.1
    velocity: Literal["model", "engine"]
    gain_db: Annotated[float, Field(ge=-60, le=60)] = 0.0
    pitch_range: tuple[float, float] = (0.0, 127.0)
    classes: tuple[str, ...] = ()
    default_latent: Vector
    """Latent of a real training sound, the medoid."""
    axes: tuple[Axis, ...] = ()
    map_points: tuple[MapPoint, ...] = ()
    presets: dict[str, Vector] = {}
    key_map: dict[MidiNote, Vector] = {}
    """Latent that a key plays; for unpitched models the General MIDI drum keys 35–81."""
    prior: tuple[PriorComponent, ...] = ()
    outside_radius: Annotated[float, Field(gt=0)] | None = None
    """Deviations from the nearest component of the prior within which 95 % of the training sounds lie."""
    fingerprints: Fingerprints | None = None
    """Of the sounds it was trained on; None if it cannot tell what is a copy of them."""
    training_data: tuple[TrainingSource, ...] = ()
    training_settings: dict[str, Any] = {}
    settings_hash: str = ""
    parity: FiniteNumber | None = None
    """Largest absolute difference between torch and onnxruntime over ``parity_hops`` hops."""
    parity_hops: int = 0
    encoder: EncoderReference | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        low, high = self.time_rate_range
        if not 0 <= low <= 1 <= high <= 16:
            raise ValueError("time_rate_range must contain 1 and lie within 0…16")
        vectors = {"default_latent": self.default_latent}
        vectors |= {f"axis {a.name}": a.direction for a in self.axes}
        vectors |= {f"gradient of axis {a.name}": a.gradient for a in self.axes if a.gradient is not None}
        vectors |= {f"preset {n}": v for n, v in self.presets.items()}
        vectors |= {f"key {n}": v for n, v in self.key_map.items()}
        vectors |= {f"map point {i}": p.latent for i, p in enumerate(self.map_points)}
        vectors |= {f"prior mean {i}": p.mean for i, p in enumerate(self.prior)}
        for i, component in enumerate(self.prior):
            vectors |= {f"prior scale {i}, row {j}": row for j, row in enumerate(component.scale)}
            if len(component.scale) != self.latent_size:
                raise ValueError(f"prior scale {i} has {len(component.scale)} rows, latent_size is {self.latent_size}")
        for what, vector in vectors.items():
            if len(vector) != self.latent_size:
                raise ValueError(f"{what} has {len(vector)} numbers, latent_size is {self.latent_size}")
        if len({a.name for a in self.axes}) != len(self.axes):
            raise ValueError("two axes have the same name")
        labels = [p.label for p in self.map_points] + [p.label for p in self.prior]
        if any(not -1 <= label < len(self.classes) for label in labels):
            raise ValueError("a label points outside the list of classes")
        return self

    @property
    def hop_seconds(self) -> float:
        """Length of one decoder call in seconds."""
        return self.hop_frames / self.sample_rate

    def class_of(self, label: int) -> str:
        """Name of a class label; empty for −1."""
        return self.classes[label] if label >= 0 else ""


class EncoderMetadata(_Document):
    """Metadata of an encoder: one input ``audio`` [1, channels, frames], outputs ``latent`` and ``log_variance``.

    ``audio`` starts at the sound's onset, has its peak at 1 and is padded with zeros to ``frames``.
    Both outputs have the shape [1, latent_size].
    """

    contract: Literal[1] = CONTRACT_VERSION
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    sample_rate: Annotated[int, Field(ge=8000, le=192_000)]
    channels: Annotated[int, Field(ge=1, le=2)] = 1
    frames: Annotated[int, Field(ge=256, le=60 * 192_000)]
    latent_size: Annotated[int, Field(ge=1, le=MAX_LATENT_SIZE)]
    decoder_hash: str = ""
    """Hash of the decoder it was trained with."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Name, shape (a string for a symbolic axis) and element type of an input or output, as onnxruntime gives them."""

    name: str
    shape: tuple[int | str | None, ...]
    type: str


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(p) for p in first["loc"]) or "the document"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where}: {first['msg']}{more}"


def _read_document(path: Path, data: bytes, what: str) -> dict[str, Any]:
    try:
        text = read_metadata_props(data).get(METADATA_KEY)
    except (ValueError, UnicodeDecodeError) as error:
        raise ContractError(
            f"{path} is not an ONNX file ({error}).",
            f"A {what} made by `latentbridge train` was expected.",
            "Check the path; if the file was downloaded or copied, do that again.",
        ) from None
    if text is None:
        raise ContractError(
            f"{path} is an ONNX file without a `{METADATA_KEY}` entry in its metadata.",
            f"A {what} that follows the latentbridge contract was expected.",
            "Export it with `latentbridge train`, or see docs/architecture.md for the contract.",
        )
    if len(text) > LARGEST_METADATA:
        raise ContractError(
            f"The metadata of {path} holds {len(text) / 2**20:.0f} million characters.",
            f"At most {LARGEST_METADATA // 2**20} million were expected.",
            "Export the model again with `latentbridge train`.",
        )
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ContractError(
            f"The metadata of {path} is not a JSON object.", "", "Export the model again with `latentbridge train`."
        )
    if document.get("contract") != CONTRACT_VERSION:
        raise ContractError(
            f"{path} follows version {document.get('contract')!r} of the decoder contract.",
            f"This latentbridge plays version {CONTRACT_VERSION}.",
            "Update latentbridge, or train the model again.",
        )
    return document


def read_model_file(path: Path) -> bytes:
    """Return the bytes of a model file. Raises ContractError if it cannot be read or is too large to be a model."""
    try:
        with path.open("rb") as file:
            # Looked at before a byte is read: a sparse file of terabytes takes no room on the disk.
            size = os.fstat(file.fileno()).st_size
            data = file.read(LARGEST_BYTES + 1) if size <= LARGEST_BYTES else b""
    except OSError as error:
        raise ContractError(
            f"{path} cannot be read: {error.strerror}.", "A model file was expected.", "Check the path."
        ) from None
    if max(size, len(data)) > LARGEST_BYTES:
        raise ContractError(
            f"{path} holds {max(size, len(data)) / 2**20:.0f} MiB.",
            f"A model of at most {LARGEST_BYTES // 2**20} MiB was expected.",
            "Check the path; if it is the right file, train a smaller model.",
        )
    return data


def parse_decoder_metadata(path: Path, data: bytes) -> DecoderMetadata:
    """Read a decoder's metadata from the file's bytes; ``path`` is for messages. Raises ContractError."""
    document = _read_document(path, data, "decoder")
    if "decoder_hash" in document:
        raise ContractError(
            f"{path} is an encoder.", "A decoder was expected.", "Give the file without `.encoder` in its name."
        )
    try:
        return DecoderMetadata.model_validate(document)
    except ValidationError as error:
        raise ContractError(
            f"The metadata of {path} does not follow the decoder contract: {_explain(error)}.",
            "",
            "Export the model again with `latentbridge train`.",
        ) from None


def what_sounds(metadata: DecoderMetadata) -> DecoderMetadata:
    """Return metadata without map, prior and fingerprints, which say where sounds are, not how one is made.

    A tenth is left.
    """
    return metadata.model_copy(update={"map_points": (), "prior": (), "fingerprints": None})


def read_decoder_metadata(path: Path) -> DecoderMetadata:
    """Read the metadata of a decoder file without loading its graph. Raises ContractError."""
    return parse_decoder_metadata(path, read_model_file(path))


def read_encoder_metadata(path: Path) -> EncoderMetadata:
    """Read the metadata of an encoder file without loading its graph. Raises ContractError."""
    document = _read_document(path, read_model_file(path), "encoder")
    try:
        return EncoderMetadata.model_validate(document)
    except ValidationError as error:
        raise ContractError(
            f"The metadata of {path} does not follow the encoder contract: {_explain(error)}.",
            "",
            "Export the model again with `latentbridge train`.",
        ) from None


def read_hash(path: Path) -> str:
    """SHA-256 (hex) of a model file's graph and weights, metadata left out. Raises ContractError."""
    try:
        return graph_hash(read_model_file(path))
    except ValueError as error:
        raise ContractError(f"{path} is not an ONNX file ({error}).", "", "Check the path.") from None


def write_metadata(path: Path, metadata: DecoderMetadata | EncoderMetadata) -> None:
    """Replace a model's metadata in place, atomically; graph and weights keep their bytes."""
    data = with_metadata_props(read_model_file(path), {METADATA_KEY: metadata.model_dump_json()})
    replace_file(path, data)


def check_signature(path: Path, metadata: DecoderMetadata, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
    """Compare a decoder's tensors with the contract. Raises ContractError naming the first that differs."""
    states = len(inputs) - len(CONTROL_INPUTS)
    fixed: dict[str, tuple[int, ...]] = {
        "latent": (metadata.latent_size,),
        "pitch": (1,),
        "velocity": (1,),
        "gate": (1,),
        "time_rate": (1,),
        "noise": (metadata.channels, metadata.hop_frames),
        "audio": (metadata.channels, metadata.hop_frames),
    }

    def refuse(found: str, expected: str) -> ContractError:
        return ContractError(
            f"{path} does not follow the decoder contract: {found}.",
            f"Expected {expected}.",
            "Export the model again, or see docs/architecture.md for the contract.",
        )

    expected_inputs = [*CONTROL_INPUTS, *(f"state_{k}" for k in range(states))]
    expected_outputs = ["audio", *(f"next_state_{k}" for k in range(states))]
    if [t.name for t in inputs] != expected_inputs:
        raise refuse(f"its inputs are {[t.name for t in inputs]}", f"{expected_inputs}, in this order")
    if [t.name for t in outputs] != expected_outputs:
        raise refuse(f"its outputs are {[t.name for t in outputs]}", f"{expected_outputs}, in this order")
    for tensor in [*inputs, *outputs]:
        if tensor.type != "tensor(float)":
            raise refuse(f"{tensor.name} is {tensor.type}", "float32")
        if not tensor.shape or isinstance(tensor.shape[0], int):
            raise refuse(f"{tensor.name} has shape {list(tensor.shape)}", "a symbolic voices axis first")
        rest = tensor.shape[1:]
        if tensor.name in fixed and rest != fixed[tensor.name]:
            raise refuse(f"{tensor.name} has shape {list(tensor.shape)}", f"['voices', {fixed[tensor.name]}]")
        if not all(isinstance(n, int) and n > 0 for n in rest):
            raise refuse(f"{tensor.name} has shape {list(tensor.shape)}", "fixed sizes after the voices axis")
    for k in range(states):
        before, after = inputs[len(CONTROL_INPUTS) + k], outputs[1 + k]
        if before.shape[1:] != after.shape[1:]:
            raise refuse(f"state_{k} is {list(before.shape)} and next_state_{k} {list(after.shape)}", "equal shapes")
