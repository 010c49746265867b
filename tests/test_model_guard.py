"""A file that asks for what no model needs is refused by reading its bytes; onnxruntime never sees it."""

import contextlib
from pathlib import Path

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.contract import ContractError
from runtime.model_files import SHIPPED_FOLDER
from runtime.model_guard import MOST_NODES, examine
from runtime.onnx_file import LARGEST_BYTES, fields
from tests import hostile_models
from tests.command_line import latentbridge_here
from tests.hostile_models import Change, write_changed
from tests.tiny_decoder import write_tiny_decoder
from tests.tiny_encoder import write_tiny_model

REFUSED: dict[str, tuple[Change, str]] = {
    "weights in another file": (hostile_models.external_weights, "stored outside the file"),
    "the name of another file": (hostile_models.external_entry_alone, "stored outside the file"),
    "a place outside": (hostile_models.external_location_alone, "stored outside the file"),
    "a constant in another's memory": (hostile_models.external_constant, "stored outside the file"),
    "a function": (hostile_models.own_function, "functions of its own"),
    "If": (hostile_models.branching, "control flow"),
    "Loop": (hostile_models.endless_loop, "control flow"),
    "Scan": (hostile_models.scanning, "control flow"),
    "a foreign operator": (hostile_models.foreign_domain, "'com.microsoft'"),
    "sparse weights": (hostile_models.sparse_weights, "sparse weights"),
    "a training procedure": (hostile_models.training_procedure, "a training procedure"),
    "100,000 operators": (hostile_models.hundred_thousand_nodes, f"more than {MOST_NODES} operators"),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_no_decoder_needs_is_refused_and_named(change: Change, said: str, tmp_path: Path) -> None:
    path = write_changed(tmp_path, change)
    with pytest.raises(ContractError, match=r"hostile\.onnx holds .*standard ONNX operators") as refusal:
        examine(path, path.read_bytes())
    assert said in refusal.value.wrong
    assert refusal.value.remedy


@pytest.mark.parametrize("model", sorted(SHIPPED_FOLDER.glob("*.onnx")), ids=lambda path: path.name)
def test_models_as_the_trainer_exports_them_pass(model: Path) -> None:
    examine(model, model.read_bytes())


def test_tiny_models_pass(tmp_path: Path) -> None:
    decoder = write_tiny_model(tmp_path)
    for path in (decoder, decoder.with_name("tiny.encoder.onnx")):
        examine(path, path.read_bytes())


def test_a_second_graph_in_the_file_is_looked_into_as_well(tmp_path: Path) -> None:
    """Protobuf readers merge a field that comes twice: what stands in the second one counts."""
    harmless = write_tiny_decoder(tmp_path).read_bytes()
    extra = onnx.ModelProto()
    hostile_models.endless_loop(extra)
    both = harmless + extra.SerializeToString()
    assert {node.op_type for node in onnx.load_from_string(both).graph.node} >= {"Loop", "Sin"}
    with pytest.raises(ContractError, match="control flow"):
        examine(tmp_path / "both.onnx", both)


def test_a_field_number_that_other_readers_would_cut_short_is_no_way_around(tmp_path: Path) -> None:
    """A tag of 33 bits that ends in that of `functions`: readers of 32 bits see the function."""
    hidden = bytes([0xCA, 0x81, 0x80, 0x80, 0x10, 0])
    with pytest.raises(ContractError, match="is not an ONNX file"):
        examine(tmp_path / "hidden.onnx", write_tiny_decoder(tmp_path).read_bytes() + hidden)


def test_bytes_that_onnxruntime_would_take_for_its_own_format_are_refused(tmp_path: Path) -> None:
    """An ONNX file may begin with a text of our choosing, so both formats fit into one file."""
    both = bytes([0x12, 60, 0, 0]) + b"ORTM" + bytes(54)
    assert [number for number, *_ in fields(both)][:1] == [2], "it reads as an ONNX file that begins with its maker"
    with pytest.raises(ContractError, match="onnxruntime's own format"):
        examine(tmp_path / "both.onnx", both + write_tiny_decoder(tmp_path).read_bytes())


def test_a_file_cut_anywhere_is_refused_or_harmless(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.own_function)
    data = path.read_bytes()
    refused = 0
    for end in range(0, len(data), 41):
        try:
            examine(path, data[:end])
        except ContractError:
            refused += 1
    assert refused > 100


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(ContractError):
        examine(Path("any.onnx"), data)


def test_a_file_of_a_million_empty_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="parts"):
        examine(tmp_path / "dust.onnx", b"\x08\x00" * 1_000_000)


@pytest.mark.parametrize("command", ["info", "oneshot"])
def test_a_file_of_three_gigabytes_is_refused_without_being_read(tmp_path: Path, command: str) -> None:
    path = write_tiny_decoder(tmp_path, name="huge")
    with path.open("r+b") as file:
        file.truncate(3 * 2**30)
    words = [command, "huge.onnx"] + (["a.wav"] if command == "oneshot" else [])
    done = latentbridge_here(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "huge.onnx holds 3072 MiB." in done.stderr
    assert f"at most {LARGEST_BYTES // 2**20} MiB" in done.stderr
