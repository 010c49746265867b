"""Small decoders that obey the contract, built in milliseconds, so that tests need no trained model.

Each is a sine at the played pitch plus noise, decaying with note time. The latent dimensions mean:

0  tone, from a pure sine (−1 and below) to a bright mixture of partials (1 and above)
1  noise, from none (−1 and below) to much (1 and above)
2  level, in steps of 6 dB: 0 is the level as built
3  decay time, one octave of seconds per unit

State: phase in cycles; note time in hops and the started flag; the previous hop's latent, pitch and gate.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from runtime.contract import METADATA_KEY, Axis, DecoderMetadata

LATENT_SIZE = 4
LEVEL = 0.25
"""Peak of the sine in a tiny decoder's sound at its onset."""

Behaviour = Literal["tone", "gated", "constant", "silent", "nan", "infinite", "runaway"]
"""What the audio is: a decaying tone; one that follows the gate; LEVEL throughout; nothing; or a tone that turns bad at
BAD_AT_HOPS."""
BAD_AT_HOPS = 4
"""Note time in hops at which the decoders that misbehave begin to."""


@dataclass(frozen=True)
class TinySettings:
    """What a tiny decoder can vary. ``decay_seconds`` is the time to 1/e at latent 0."""

    behaviour: Behaviour = "tone"
    channels: int = 1
    hop_frames: int = 256
    sample_rate: int = 48_000
    decay_seconds: float = 0.25
    opset: int = 17
    batch_dependent: bool = False
    """Multiply by a number that depends on how many voices share the call, as a kernel that is not bit-equal does."""
    hears_the_loudest: bool = False
    """Multiply by a number that depends on the loudest voice of the call, as weights in eight bits do."""


class _Graph:
    """Collects nodes, so that a formula reads top to bottom."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}

    def constant(self, value: object, dtype: type = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(value, dtype)
        return name

    def __call__(self, op: str, *inputs: str | float, out: str = "", **attributes: object) -> str:
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, names, [out], **attributes))
        return out

    def column(self, tensor: str, first: int, last: int) -> str:
        ends = [self.constant([n], np.int64) for n in (first, last, 1)]
        return self("Slice", tensor, *ends)


def _tone(g: _Graph, s: TinySettings) -> None:
    """Audio and next states of every decoder here; [voices, hop] inside, [voices, channels, hop] outside."""
    started = g.column("state_1", 1, 2)
    ramp = g.constant(np.arange(1, s.hop_frames + 1)[None] / s.hop_frames)
    now = g("Concat", "latent", "pitch", "gate", axis=1)
    before = g("Add", g("Mul", "state_2", started), g("Mul", now, g("Sub", 1.0, started)))
    step = g("Sub", now, before)

    def control(k: int) -> str:
        return g("Add", g.column(before, k, k + 1), g("Mul", g.column(step, k, k + 1), ramp))

    cycles = g("Mul", g("Exp", g("Mul", g("Sub", control(LATENT_SIZE), 69.0), np.log(2) / 12)), 440 / s.sample_rate)
    phase = g("Add", "state_0", g("CumSum", cycles, g.constant(1, np.int64)))
    phase = g("Sub", phase, g("Floor", phase))
    g("Slice", phase, *(g.constant([n], np.int64) for n in (s.hop_frames - 1, s.hop_frames, 1)), out="next_state_0")
    time = g("Add", g.column("state_1", 0, 1), g("Mul", "time_rate", ramp))
    ended = g("Add", g.column("state_1", 0, 1), "time_rate")
    g("Concat", ended, g("Add", g("Mul", started, 0.0), 1.0), axis=1, out="next_state_1")
    g("Identity", now, out="next_state_2")

    decay = g("Mul", g("Exp", g("Mul", control(3), -np.log(2))), -s.hop_frames / s.sample_rate / s.decay_seconds)
    level = g("Mul", g("Exp", g("Mul", control(2), np.log(2))), LEVEL)
    envelope = g("Mul", g("Exp", g("Mul", time, decay)), level)
    bright = g("Clip", g("Mul", g("Add", control(0), 1.0), 0.5), 0.0, 1.0)
    noisy = g("Clip", g("Mul", g("Add", control(1), 1.0), 0.25), 0.0, 0.5)
    turn = g("Mul", phase, 2 * np.pi)
    partials = g("Mul", g("Sin", g("Mul", turn, 3.0)), bright)
    sound = g("Add", g("Sin", turn), g("Mul", partials, 0.3))
    channels = []
    for channel in range(s.channels):
        noise = g(
            "Squeeze",
            g("Slice", "noise", *(g.constant([n], np.int64) for n in (channel, channel + 1, 1))),
            g.constant([1], np.int64),
        )
        mixed = g("Mul", g("Add", sound, g("Mul", noise, noisy)), envelope)
        channels.append(g("Unsqueeze", _behave(g, s, mixed, time, control(LATENT_SIZE + 1)), g.constant([1], np.int64)))
    audio = g("Concat", *channels, axis=1)
    if s.batch_dependent:
        count = g("Cast", g("Gather", g("Shape", audio), g.constant(0, np.int64)), to=TensorProto.FLOAT)
        audio = g("Mul", audio, g("Add", g("Mul", count, 1e-4), 1.0))
    if s.hears_the_loudest:
        loudest = g("ReduceMax", g("Abs", audio), keepdims=0)
        audio = g("Mul", audio, g("Add", g("Mul", loudest, 1e-4), 1.0))
    g("Identity", audio, out="audio")


def _behave(g: _Graph, s: TinySettings, audio: str, time: str, gate: str) -> str:
    if s.behaviour == "tone":
        return audio
    if s.behaviour == "gated":
        return g("Mul", audio, gate)
    if s.behaviour in ("constant", "silent"):
        return g("Add", g("Mul", audio, 0.0), LEVEL if s.behaviour == "constant" else 0.0)
    bad = g("Greater", time, float(BAD_AT_HOPS))
    values = {"nan": np.nan, "infinite": np.inf, "runaway": 1000.0}
    return g("Where", bad, g.constant(values[s.behaviour]), audio)


def tiny_metadata(settings: TinySettings, **changes: object) -> DecoderMetadata:
    """Metadata that fits a tiny decoder; ``changes`` replace fields."""
    fields: dict[str, object] = {
        "name": "tiny",
        "family": "tiny",
        "pitched": True,
        "sample_rate": settings.sample_rate,
        "hop_frames": settings.hop_frames,
        "channels": settings.channels,
        "latent_size": LATENT_SIZE,
        "longest_note_seconds": 4.0,
        "release": "envelope",
        "release_seconds": 0.05,
        "velocity": "engine",
        "default_latent": (0.0,) * LATENT_SIZE,
        "axes": tuple(
            Axis(name=name, direction=tuple(float(i == k) for i in range(LATENT_SIZE)), minimum=-2.0, maximum=2.0)
            for k, name in enumerate(("tone", "noise", "level", "decay"))
        ),
    }
    return DecoderMetadata.model_validate(fields | changes)


def write_tiny_decoder(folder: Path, settings: TinySettings | None = None, **metadata: object) -> Path:
    """Write ``folder/NAME.onnx`` (NAME from the metadata) and return its path; ``metadata`` replaces fields."""
    settings = settings or TinySettings()
    document = tiny_metadata(settings, **metadata)
    graph = _Graph()
    _tone(graph, settings)
    block = ["voices", settings.channels, settings.hop_frames]
    shapes = {"latent": ["voices", LATENT_SIZE], "noise": block, "audio": block}
    shapes |= {name: ["voices", 1] for name in ("pitch", "velocity", "gate", "time_rate")}
    states = (1, 2, LATENT_SIZE + 2)
    inputs = ["latent", "pitch", "velocity", "gate", "time_rate", "noise", *(f"state_{k}" for k in range(3))]
    outputs = ["audio", *(f"next_state_{k}" for k in range(3))]
    shapes |= {f"{prefix}state_{k}": ["voices", n] for k, n in enumerate(states) for prefix in ("", "next_")}

    def tensors(names: list[str]) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in names]

    weights = [numpy_helper.from_array(value, name) for name, value in graph.constants.items()]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "tiny", tensors(inputs), tensors(outputs), weights),
        opset_imports=[helper.make_opsetid("", settings.opset)],
        ir_version=8,
    )
    helper.set_model_props(model, {METADATA_KEY: document.model_dump_json()})
    path = folder / f"{document.name}.onnx"
    onnx.save(model, path)
    return path
