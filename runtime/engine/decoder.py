"""A decoder file as something that turns rows of control values into rows of audio, in one onnxruntime session.

The session runs on one thread, in graph order, at a fixed optimisation level: what it computes depends on nothing but
its inputs. Whether it also depends on how many voices share a call is not taken on trust: :meth:`Decoder.warm_up`
tries it and keeps to batch sizes that give the same bits (onnxruntime gave equal results for 4, 8, 12 and 16 voices,
but not for 1, 2, 3 and 6).

Arrays of voices have the slot as their first axis; a call decodes any choice of slots.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import onnxruntime
import onnxruntime.capi.onnxruntime_pybind11_state
from numpy.typing import NDArray

from runtime.contract import (
    CONTROL_INPUTS,
    ContractError,
    DecoderMetadata,
    Tensor,
    check_signature,
    parse_decoder_metadata,
    read_model_file,
)
from runtime.engine.subnormals import subnormals_flushed
from runtime.errors import LatentbridgeError
from runtime.latent.spread import Spread
from runtime.onnx_file import graph_hash

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

PROVIDERS: Final = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
}
"""Names of providers as a user writes them, and as onnxruntime does."""
BATCH_STEP: Final = 4
"""Batches are padded to a multiple of this, where that is proved not to change a bit."""
_PROOF_ROUNDS: Final = 3
_PROOF_HOPS: Final = 3
_SILENT: Final = 4
"""Severity above which onnxruntime prints: nothing but what ends the process."""


@dataclass(frozen=True, slots=True)
class VoiceArrays:
    """Inputs and states of all voices, one row per slot; made by :meth:`Decoder.new_voices`, float32.

    ``latent`` [slots, latent_size]; ``pitch``, ``velocity``, ``gate``, ``time_rate`` [slots, 1];
    ``noise`` [slots, channels, hop]; ``states`` one array per state tensor, zeros where a note begins.
    """

    latent: Floats
    pitch: Floats
    velocity: Floats
    gate: Floats
    time_rate: Floats
    noise: Floats
    states: tuple[Floats, ...]

    @property
    def controls(self) -> tuple[Floats, ...]:
        """The arrays in the order of the decoder's control inputs."""
        return (self.latent, self.pitch, self.velocity, self.gate, self.time_rate, self.noise)

    def begin(self, slot: int) -> None:
        """Clear a slot's states: its next hop is the first of a note."""
        for state in self.states:
            state[slot] = 0.0


@dataclass(frozen=True, slots=True)
class DecoderFacts:
    """What the bytes of a decoder file say, for whoever has read them before."""

    metadata: DecoderMetadata
    graph_hash: str
    spread: Spread | None = None
    """Where the metadata come without the prior."""


class Decoder:
    """One loaded decoder. Not shared between threads; each call overwrites the audio of the call before."""

    def __init__(self, path: Path, data: bytes, voices: int, provider: str, facts: DecoderFacts | None = None) -> None:
        """Take the bytes of a decoder file; see :meth:`load`."""
        if voices < 1:
            raise ValueError(f"a decoder needs at least one voice, not {voices}")
        self.path: Final = path
        self.metadata: Final = facts.metadata if facts else parse_decoder_metadata(path, data)
        self.hash: Final = facts.graph_hash if facts else graph_hash(data)
        self.spread: Final = (facts and facts.spread) or Spread.of(self.metadata)
        """How sounds of one kind differ."""
        self.provider: Final = provider
        self.voices: Final = voices
        self._session = open_session(path, data, provider)
        self._subnormals_flushed = subnormals_flushed()
        inputs, outputs = _tensors(self._session.get_inputs()), _tensors(self._session.get_outputs())
        check_signature(path, self.metadata, inputs, outputs)
        self._state_shapes = tuple(tuple(int(n or 0) for n in t.shape[1:]) for t in inputs[len(CONTROL_INPUTS) :])
        most = -(-voices // BATCH_STEP) * BATCH_STEP
        self._batch = self.new_voices(most)
        self._next_states = tuple(np.zeros_like(state) for state in self._batch.states)
        self._batch_audio = np.zeros((most, self.metadata.channels, self.metadata.hop_frames), np.float32)
        self._audio = np.zeros_like(self._batch_audio)
        self._bindings: dict[int, Any] = {}
        self._proved = False
        self.batch_sizes: tuple[int, ...] = tuple(range(BATCH_STEP, most + 1, BATCH_STEP))
        """Batch sizes in use, smallest first. One alone if they do not all give the same bits."""

    @classmethod
    def load(
        cls, path: Path, voices: int, provider: str = "cpu", sha256: str = "", facts: DecoderFacts | None = None
    ) -> Self:
        """Load a decoder and warm it up.

        ``voices`` is how many may sound together, ``provider`` a key of ``PROVIDERS``; with ``sha256`` no other bytes
        than those are loaded, and ``facts`` about them need not be read again. Raises ContractError if
        the file is not a decoder, or not that one, LatentbridgeError if the provider does not run here.
        """
        data = read_model_file(path)
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            raise ContractError(f"{path} has changed since it was looked at.", "", "Choose it again.")
        return cls.of(path, data, voices, provider, facts)

    @classmethod
    def of(cls, path: Path, data: bytes, voices: int, provider: str, facts: DecoderFacts | None = None) -> Self:
        """Do as :meth:`load` with the bytes of a file; ``path`` is for messages."""
        decoder = cls(path, data, voices, provider, facts)
        decoder.warm_up()
        return decoder

    @property
    def hop_frames(self) -> int:
        """Frames of one decoder call."""
        return self.metadata.hop_frames

    def new_voices(self, slots: int) -> VoiceArrays:
        """Return inputs and states for ``slots`` voices, all zero: every one is about to begin a note."""
        meta = self.metadata
        latent = np.zeros((slots, meta.latent_size), np.float32)
        noise = np.zeros((slots, meta.channels, meta.hop_frames), np.float32)
        pitch, velocity, gate, time_rate = (np.zeros((slots, 1), np.float32) for _ in range(4))
        states = tuple(np.zeros((slots, *shape), np.float32) for shape in self._state_shapes)
        return VoiceArrays(latent, pitch, velocity, gate, time_rate, noise, states)

    def decode(self, voices: VoiceArrays, rows: Rows) -> Floats:
        """Decode one hop of the slots ``rows`` (at most ``self.voices``) and move their states on.

        Returns audio [len(rows), channels, hop], valid until the next call. A call that fails, as when a graphics card
        is lost, gives NaN: the engine silences such voices and goes on.
        """
        largest = self.batch_sizes[-1]
        for start in range(0, len(rows), largest):
            some = rows[start : start + largest]
            size = next(size for size in self.batch_sizes if size >= len(some))
            audio = self._audio[start : start + len(some)]
            try:
                self._run(voices, some, size, audio)
            except _RUN_ERRORS:
                audio[:] = np.nan
        return self._audio[: len(rows)]

    def _run(self, voices: VoiceArrays, rows: Rows, size: int, audio: Floats) -> None:
        """Decode ``rows`` as the first of a batch of ``size``; the other rows hold whatever they held before."""
        count = len(rows)
        batch = self._batch
        for source, target in zip((*voices.controls, *voices.states), (*batch.controls, *batch.states), strict=True):
            np.take(source, rows, axis=0, out=target[:count], mode="clip")
        with self._subnormals_flushed:
            self._session.run_with_iobinding(self._binding(size))
        audio[:] = self._batch_audio[:count]
        for target, following in zip(voices.states, self._next_states, strict=True):
            target[rows] = following[:count]

    def warm_up(self) -> None:
        """Run every batch size until it is warm, and keep only batch sizes that give the same bits (once).

        Where sizes differ, one fixed size is kept: the largest in which a voice's place does not matter either.
        """
        if self._proved:
            return
        try:
            sizes = self.batch_sizes
            if not self._same_bits(sizes):
                self.batch_sizes = next((s,) for s in (*reversed(sizes), 1) if s == 1 or self._same_bits((s,)))
        except _RUN_ERRORS as error:
            raise ContractError(
                f"{self.path} loads but does not run: {_first_line(error)}",
                "A decoder that runs on rows of voices was expected.",
                "Export the model again with `latentbridge train`.",
            ) from None
        self._proved = True

    def _binding(self, size: int) -> Any:
        """Return the binding of the preallocated arrays' first ``size`` rows (made on first use)."""
        if size not in self._bindings:
            binding = self._session.io_binding()
            states = [f"state_{k}" for k in range(len(self._state_shapes))]
            names = [*CONTROL_INPUTS, *states]
            for name, array in zip(names, (*self._batch.controls, *self._batch.states), strict=True):
                shape = (size, *array.shape[1:])
                binding.bind_input(name, "cpu", 0, np.float32, shape, array.ctypes.data)
            names = ["audio", *(f"next_{name}" for name in states)]
            for name, array in zip(names, (self._batch_audio, *self._next_states), strict=True):
                shape = (size, *array.shape[1:])
                binding.bind_output(name, "cpu", 0, np.float32, shape, array.ctypes.data)
            self._bindings[size] = binding
        return self._bindings[size]

    def _same_bits(self, sizes: tuple[int, ...]) -> bool:
        """Whether random voices get the same bits in every batch size, at every place, beside any others."""
        most = self._audio.shape[0]
        for attempt in range(_PROOF_ROUNDS):
            in_order = np.arange(most, dtype=np.intp)
            wanted = self._proof_run(attempt, in_order, sizes[-1])
            for size in sizes:
                order = np.random.Generator(np.random.Philox(key=size)).permutation(most).astype(np.intp)
                # Some are left out, or all would have the same others beside them in a batch that holds everyone.
                some = order[: most - most // 3]
                got = self._proof_run(attempt, some, size)
                if not all(np.array_equal(a[some], b[some], equal_nan=True) for a, b in zip(wanted, got, strict=True)):
                    return False
        return True

    def _proof_run(self, seed: int, order: Rows, size: int) -> list[Floats]:
        """Decode some hops of random voices, those of ``order``, ``size`` at a time; arrays by slot."""
        random = np.random.Generator(np.random.Philox(key=seed))
        most, meta = self._audio.shape[0], self.metadata
        voices = self.new_voices(most)
        audio = np.zeros((most, _PROOF_HOPS, *self._audio.shape[1:]), np.float32)
        for hop in range(_PROOF_HOPS):
            voices.latent[:] = random.standard_normal((most, meta.latent_size))
            voices.pitch[:] = random.uniform(meta.pitch_range[0], meta.pitch_range[1], (most, 1))
            voices.velocity[:] = random.uniform(0, 1, (most, 1))
            voices.gate[:] = random.integers(0, 2, (most, 1))
            voices.time_rate[:] = random.uniform(meta.time_rate_range[0], meta.time_rate_range[1], (most, 1))
            voices.noise[:] = random.uniform(-1, 1, voices.noise.shape)
            for start in range(0, len(order), size):
                rows = order[start : start + size]
                found = self._audio[: len(rows)]
                self._run(voices, rows, size, found)
                audio[rows, hop] = found
        return [audio, *voices.states]


ORT_ERRORS: Final[tuple[type[Exception], ...]] = tuple(
    error
    for error in vars(onnxruntime.capi.onnxruntime_pybind11_state).values()
    if isinstance(error, type) and issubclass(error, Exception)
)
"""Everything onnxruntime raises about a model; the classes have no base of their own."""
_RUN_ERRORS: Final[tuple[type[Exception], ...]] = (*ORT_ERRORS, RuntimeError)
"""What a call may raise; with bound arrays it is RuntimeError."""


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip()


def _tensors(nodes: Any) -> list[Tensor]:
    return [Tensor(node.name, tuple(node.shape), node.type) for node in nodes]


def open_session(path: Path, data: bytes, provider: str) -> Any:
    """Return an onnxruntime session on one thread. Raises ContractError, or LatentbridgeError about the provider."""
    name = PROVIDERS.get(provider)
    if name is None or name not in onnxruntime.get_available_providers():
        raise _no_provider(provider, "it is not part of the installed onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Fixed, since the same model gives other bits at another level.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.use_deterministic_compute = True
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = _SILENT
    onnxruntime.set_default_logger_severity(_SILENT)
    try:
        with _as_file(data) as source:
            session = onnxruntime.InferenceSession(source, options, providers=[name])
    except ORT_ERRORS as error:
        raise ContractError(
            f"onnxruntime cannot load {path}: {_MEMORY_FILE.sub(path.name, _first_line(error))}",
            "A decoder of standard ONNX operators with its weights inside was expected.",
            "Export the model again with `latentbridge train`.",
        ) from None
    if session.get_providers()[0] != name:
        # onnxruntime falls back to the processor without an error where the card or its libraries are missing.
        raise _no_provider(provider, "its libraries or its device are missing")
    return session


_MEMORY_FILE: Final = re.compile(r"/proc/self/fd/\d+")


@contextlib.contextmanager
def _as_file(data: bytes) -> Iterator[str | bytes]:
    """Name a file of exactly these bytes where the system has such without a disk; else give the bytes themselves.

    Opening bytes, onnxruntime copies and reads them while it holds Python's lock, opening a file it lets go of it: a
    model is loaded beside a thread that makes sound.
    """
    if not hasattr(os, "memfd_create"):
        yield data
        return
    with os.fdopen(os.memfd_create("latentbridge-model"), "wb", buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        yield f"/proc/self/fd/{file.fileno()}"


def _no_provider(provider: str, why: str) -> LatentbridgeError:
    return LatentbridgeError(
        f"The provider {provider!r} does not run here: {why}.",
        f"Expected one of {', '.join(PROVIDERS)} that this machine has.",
        "Use `cpu`, or see `latentbridge doctor`.",
    )
