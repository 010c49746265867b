"""Model files that mean harm, or were made by somebody careless: tiny decoders with one thing changed."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from runtime.contract import METADATA_KEY
from tests.tiny_decoder import TinySettings, write_tiny_decoder

Change = Callable[[onnx.ModelProto], None]
FAR = 100.0
"""Latents beyond this are where models begin to misbehave that do so far away."""
NEAR = 2.0
"""The same of one that does so nearby."""
LOW_KEYS = (20.0, 30.0)
"""Keys of a model that plays nothing else."""


def write_changed(folder: Path, change: Change, settings: TinySettings | None = None, **metadata: object) -> Path:
    """Write a tiny decoder named hostile after ``change``, which may leave it invalid; returns its path."""
    path = write_tiny_decoder(folder, settings, name="hostile", **metadata)
    model = onnx.load(path)
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def _constant(model: onnx.ModelProto, name: str, value: object) -> str:
    model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    return name


def _before_audio(model: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> None:
    """Put nodes that turn ``sound`` into ``audio`` at the end of the graph."""
    last = next(node for node in model.graph.node if node.output[0] == "audio")
    last.output[0] = "sound"
    model.graph.node.extend(nodes)


def _add_harm(model: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> None:
    """Add what ``nodes`` compute as ``harm`` to the audio."""
    _before_audio(model, [*nodes, helper.make_node("Add", ["sound", "harm"], ["audio"])])


# --- what can be read off the bytes --------------------------------------------------------------------------------


def external_weights(model: onnx.ModelProto) -> None:
    """Say that the first weights are in another file."""
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")


def external_entry_alone(model: onnx.ModelProto) -> None:
    """Name a file for the first weights without saying that they are elsewhere."""
    model.graph.initializer[0].external_data.add(key="location", value="../../etc/passwd")


def external_location_alone(model: onnx.ModelProto) -> None:
    """Say that the first weights are elsewhere without naming where."""
    model.graph.initializer[0].data_location = TensorProto.EXTERNAL


def external_constant(model: onnx.ModelProto) -> None:
    """Hide weights outside the file in an attribute of an operator; onnxruntime reads memory by this name."""
    value = TensorProto(dims=[4], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    value.external_data.add(key="location", value="*/_ORT_MEM_ADDR_/*")
    value.external_data.add(key="offset", value="4096")
    model.graph.node.append(helper.make_node("Constant", [], ["unused"], value=value))


def own_function(model: onnx.ModelProto) -> None:
    """Define a function, even one that looks harmless."""
    opset = [helper.make_opsetid("", 17)]
    body = [helper.make_node("Identity", ["x"], ["y"])]
    model.functions.append(helper.make_function("mine", "Same", ["x"], ["y"], body, opset))


def _branch(name: str) -> onnx.GraphProto:
    out = helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
    value = numpy_helper.from_array(np.zeros(1, np.float32))
    return helper.make_graph([helper.make_node("Constant", [], [name], value=value)], name, [], [out])


def branching(model: onnx.ModelProto) -> None:
    """Add an If."""
    condition = _constant(model, "condition", True)
    model.graph.node.append(
        helper.make_node("If", [condition], ["unused"], then_branch=_branch("a"), else_branch=_branch("b"))
    )


def endless_loop(model: onnx.ModelProto) -> None:
    """Add a Loop of 2⁶² rounds."""
    rounds, go_on = _constant(model, "rounds", 2**62), _constant(model, "go_on", True)
    counter = helper.make_tensor_value_info("i", TensorProto.INT64, [])
    conditions = [helper.make_tensor_value_info(name, TensorProto.BOOL, []) for name in ("before", "after")]
    body = [helper.make_node("Identity", ["before"], ["after"])]
    graph = helper.make_graph(body, "body", [counter, conditions[0]], [conditions[1]])
    model.graph.node.append(helper.make_node("Loop", [rounds, go_on], [], body=graph))


def scanning(model: onnx.ModelProto) -> None:
    """Add a Scan over the voices."""
    element = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("one", "same")]
    graph = helper.make_graph([helper.make_node("Identity", ["one"], ["same"])], "body", element[:1], element[1:])
    model.graph.node.append(helper.make_node("Scan", ["pitch"], ["unused"], body=graph, num_scan_inputs=1))


def foreign_domain(model: onnx.ModelProto) -> None:
    """Use an operator of onnxruntime's own."""
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    model.graph.node.append(helper.make_node("FastGelu", ["latent"], ["unused"], domain="com.microsoft"))


def sparse_weights(model: onnx.ModelProto) -> None:
    """Add a weight of 4 TB in a hundred bytes."""
    values = numpy_helper.from_array(np.ones(1, np.float32), "sparse")
    indices = numpy_helper.from_array(np.zeros(1, np.int64), "indices")
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [10**6, 10**6]))


def training_procedure(model: onnx.ModelProto) -> None:
    """Bring an algorithm along."""
    model.training_info.add().algorithm.name = "algorithm"


def hundred_thousand_nodes(model: onnx.ModelProto) -> None:
    """Send the sound through 100,000 operators."""
    names = ["sound", *(f"x{k}" for k in range(99_999)), "audio"]
    _before_audio(model, [helper.make_node("Neg", [before], [after]) for before, after in pairwise(names)])


# --- what only shows when it runs ----------------------------------------------------------------------------------


GREEDY_BYTES = 2 * 10**9


def asks_for_much_memory(model: onnx.ModelProto) -> None:
    """Ask for GREEDY_BYTES while running."""
    _ask_for(model, GREEDY_BYTES)


def asks_for_hundred_gigabytes(model: onnx.ModelProto) -> None:
    """Ask for what no musician's computer has."""
    _ask_for(model, 100 * 10**9)


def _ask_for(model: onnx.ModelProto, size_bytes: int) -> None:
    shape = _constant(model, "shape", np.array([size_bytes // 4], np.int64))
    nodes = [
        helper.make_node("ReduceMax", ["pitch"], ["highest"], keepdims=0),
        helper.make_node("Expand", ["highest", shape], ["huge"]),
        helper.make_node("ReduceMax", ["huge"], ["harm"], keepdims=0),
    ]
    _add_harm(model, nodes)


def huge_state(model: onnx.ModelProto) -> None:
    """Keep a state of 2 GB per voice."""
    shape = ["voices", GREEDY_BYTES // 4]
    for name, values in (("state_3", model.graph.input), ("next_state_3", model.graph.output)):
        values.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    model.graph.node.append(helper.make_node("Identity", ["state_3"], ["next_state_3"]))


def takes_minutes(model: onnx.ModelProto) -> None:
    """Multiply matrices of 4,000 × 4,000 a hundred times."""
    shape = _constant(model, "shape", np.array([4_000, 4_000], np.int64))
    nodes = [
        helper.make_node("ReduceMax", ["pitch"], ["highest"], keepdims=0),
        helper.make_node("Expand", ["highest", shape], ["m0"]),
        *(helper.make_node("MatMul", [f"m{k}", f"m{k}"], [f"m{k + 1}"]) for k in range(100)),
        helper.make_node("ReduceMax", ["m100"], ["harm"], keepdims=0),
    ]
    _add_harm(model, nodes)


def _distance(model: onnx.ModelProto, limit: float, control: str = "latent") -> list[onnx.NodeProto]:
    """Nodes that tell ``is_far``, [voices, 1, 1]: whether a voice has a control value beyond ``limit``."""
    axes = _constant(model, "latent_axis", np.array([1], np.int64))
    return [
        helper.make_node("Abs", [control], ["sizes"]),
        helper.make_node("ReduceMax", ["sizes"], ["size"], axes=[1], keepdims=1),
        helper.make_node("Unsqueeze", ["size", axes], ["size_of_voice"]),
        helper.make_node("Greater", ["size_of_voice", _constant(model, "limit", np.float32(limit))], ["is_far"]),
    ]


def _nan_beyond(model: onnx.ModelProto, limit: float, control: str = "latent") -> None:
    nan = _constant(model, "nan", np.float32(np.nan))
    where = helper.make_node("Where", ["is_far", nan, "sound"], ["audio"])
    _before_audio(model, [*_distance(model, limit, control), where])


def nan_far_away(model: onnx.ModelProto) -> None:
    """Give NaN for the voices whose latents are beyond FAR, and for these alone."""
    _nan_beyond(model, FAR)


def nan_nearby(model: onnx.ModelProto) -> None:
    """Give NaN for the voices whose latents are beyond NEAR."""
    _nan_beyond(model, NEAR)


def nan_above_low_keys(model: onnx.ModelProto) -> None:
    """Give NaN for notes above LOW_KEYS."""
    _nan_beyond(model, LOW_KEYS[1] + 1, "pitch")


def fail_far_away(model: onnx.ModelProto) -> None:
    """Reach past the end of a list as soon as one voice's latents are beyond FAR."""
    nodes = [
        *_distance(model, FAR),
        helper.make_node("Cast", ["is_far"], ["index"], to=TensorProto.INT64),
        helper.make_node("Gather", [_constant(model, "list", np.zeros(1, np.float32)), "index"], ["harm"]),
    ]
    _add_harm(model, nodes)


def crash_far_away(model: onnx.ModelProto) -> None:
    """Divide −2⁶³ by −1 as soon as a latent is beyond FAR: the result fits no register, and x86 ends the process."""
    smallest, one = (_constant(model, f"whole_{n}", np.array([n], np.int64)) for n in (-(2**63), 1))
    nodes = [
        *_distance(model, FAR),
        helper.make_node("Where", ["is_far", smallest, one], ["dividend"]),
        helper.make_node("Div", ["dividend", _constant(model, "divisor", np.array([-1], np.int64))], ["divided"]),
        helper.make_node("Cast", ["divided"], ["harm"], to=TensorProto.FLOAT),
    ]
    _add_harm(model, nodes)


def without_metadata(model: onnx.ModelProto) -> None:
    """Be a model of somebody else."""
    kept = [entry for entry in model.metadata_props if entry.key != METADATA_KEY]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
