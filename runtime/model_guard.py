"""What is read of an ONNX file's bytes before anything else opens it: whether it holds only what a model here may hold.

onnxruntime follows what a file says: it opens other files for weights, runs graphs within graphs for as long as they
ask, and makes dense what is written as sparse. None of this is of use to a streaming decoder or an encoder, so a file
that asks for it is refused unseen. The rest, which no reading can tell, is for :mod:`runtime.model_trial`.
Source: onnx.proto (ModelProto and the messages in it); flatbuffers' file identifiers.
"""

from pathlib import Path
from typing import Final

from runtime.contract import ContractError
from runtime.onnx_file import fields

MOST_NODES: Final = 10_000
"""Operators of a graph. The shipped decoder has some 300; at a microsecond each, ten thousand are two hops of 5 ms."""
_MOST_PARTS: Final = 1_000_000
"""Fields that are looked at in the whole file."""

_NESTED: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph"},
    "graph": {1: "node", 5: "tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 10: "tensor"},
    "tensor": {},
}
"""Message → its fields that hold another message which is looked into. A field may come several times: all count."""
_STORED_OUTSIDE: Final = "weights that are stored outside the file"
_CONTROL_FLOW: Final = "control flow (an operator such as If, Loop or Scan, which runs a graph of its own)"
_SPARSE: Final = "sparse weights, which may be small in the file and huge in memory"
_REFUSED: Final[dict[str, dict[int, str]]] = {
    "model": {20: "a training procedure", 25: "functions of its own"},
    "graph": {15: _SPARSE},
    "node": {},
    "attribute": {6: _CONTROL_FLOW, 11: _CONTROL_FLOW, 22: _SPARSE, 23: _SPARSE},
    "tensor": {13: _STORED_OUTSIDE},
}
"""Message → its fields that may not be there, and what they would bring."""
_NODE_DOMAIN: Final = 7
_TENSOR_LOCATION: Final = 14
_STANDARD_DOMAINS: Final = (b"", b"ai.onnx")
_FLATBUFFER_IDENTIFIER: Final = b"ORTM"
"""At byte 4 of onnxruntime's own format, which it takes for that even if the bytes are an ONNX file as well."""


def examine(path: Path, data: bytes) -> None:
    """Read the bytes of a model file and refuse what no model here needs; ``path`` is for messages.

    Takes time in proportion to the number of operators, not to the size of the weights. Raises ContractError.
    """
    if data[4:8] == _FLATBUFFER_IDENTIFIER:
        raise _refused(path, "a graph in onnxruntime's own format")
    try:
        _Examination(path, data).look_into("model", 0, len(data))
    except ValueError as error:
        raise ContractError(
            f"{path} is not an ONNX file ({error}).",
            "A model made by `latentbridge train` was expected.",
            "Check the path; if the file was downloaded or copied, do that again.",
        ) from None


def _refused(path: Path, what: str) -> ContractError:
    return ContractError(
        f"{path} holds {what}.",
        f"A graph of at most {MOST_NODES} standard ONNX operators with its weights inside was expected.",
        "Export it again with `latentbridge train`; if it came from elsewhere, ask whoever made it, or leave it alone.",
    )


class _Examination:
    """One walk through a file, in the order of its bytes; counts what it has seen."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        self._data = data
        self._nodes = 0
        self._parts = 0

    def look_into(self, message: str, begin: int, end: int) -> None:
        """Walk through one message. Raises ContractError, or ValueError if it is not a message at all."""
        nested, refused = _NESTED[message], _REFUSED[message]
        for number, _, payload, stop in fields(self._data, begin, end):
            self._parts += 1
            if self._parts > _MOST_PARTS:
                raise _refused(self._path, f"more than {_MOST_PARTS} parts")
            if number in refused:
                raise _refused(self._path, refused[number])
            self._check_value(message, number, payload, stop)
            if number in nested:
                self._count_nodes(nested[number])
                self.look_into(nested[number], payload, stop)

    def _count_nodes(self, message: str) -> None:
        self._nodes += message == "node"
        if self._nodes > MOST_NODES:
            raise _refused(self._path, f"more than {MOST_NODES} operators")

    def _check_value(self, message: str, number: int, payload: int, stop: int) -> None:
        """Refuse a field by what it says, not by its being there."""
        if message == "node" and number == _NODE_DOMAIN and self._data[payload:stop] not in _STANDARD_DOMAINS:
            domain = self._data[payload : min(stop, payload + 40)].decode("utf-8", "replace")
            raise _refused(self._path, f"an operator of another domain than the standard one, {domain!r}")
        if message == "tensor" and number == _TENSOR_LOCATION and self._data[payload:stop] != b"\x00":
            raise _refused(self._path, _STORED_OUTSIDE)
