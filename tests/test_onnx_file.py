"""The reading of ONNX files without the onnx package agrees with that package, bit by bit where it matters."""

import hashlib

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.onnx_file import (
    METADATA_FIELD,
    graph_hash,
    read_metadata_props,
    with_metadata_props,
    without_metadata_props,
)
from tests.tiny_decoder import write_tiny_decoder

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture(scope="module")
def model_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_tiny_decoder(tmp_path_factory.mktemp("model")).read_bytes()


def test_metadata_reads_as_the_onnx_package_wrote_it(model_bytes: bytes) -> None:
    model = onnx.load_from_string(model_bytes)
    assert read_metadata_props(model_bytes) == {entry.key: entry.value for entry in model.metadata_props}


@given(props=st.dictionaries(TEXTS, TEXTS, max_size=4))
def test_replaced_metadata_reads_back_in_the_onnx_package(model_bytes: bytes, props: dict[str, str]) -> None:
    changed = with_metadata_props(model_bytes, props)
    assert read_metadata_props(changed) == props
    assert {entry.key: entry.value for entry in onnx.load_from_string(changed).metadata_props} == props


def test_replacing_metadata_leaves_graph_and_weights_as_they_are(model_bytes: bytes) -> None:
    changed = with_metadata_props(model_bytes, {"a": "b" * 1000})
    assert without_metadata_props(changed) == without_metadata_props(model_bytes)
    assert onnx.load_from_string(changed).graph == onnx.load_from_string(model_bytes).graph


def test_the_hash_covers_the_weights_and_not_the_metadata(model_bytes: bytes) -> None:
    model = onnx.load_from_string(model_bytes)
    assert graph_hash(with_metadata_props(model_bytes, {"latentbridge": "{}"})) == graph_hash(model_bytes)
    weights = model.graph.initializer[0]
    weights.raw_data = bytes([weights.raw_data[0] ^ 1]) + weights.raw_data[1:]
    assert graph_hash(model.SerializeToString()) != graph_hash(model_bytes)


def test_the_hash_is_the_sha256_of_the_file_saved_without_metadata(model_bytes: bytes) -> None:
    model = onnx.load_from_string(model_bytes)
    del model.metadata_props[:]
    assert graph_hash(model_bytes) == hashlib.sha256(model.SerializeToString()).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\xff" * 40,
        bytes([METADATA_FIELD << 3 | 2]) + b"\x80",
        bytes([METADATA_FIELD << 3 | 2, 100]) + b"short",
        b"\x0b",
        b"\x00\x00",
    ],
    ids=["a WAV file", "all ones", "a size that never ends", "a field past the end", "a group", "field number 0"],
)
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a protobuf"):
        read_metadata_props(data)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        kept = without_metadata_props(data)
    except ValueError:
        return
    assert len(kept) <= len(data)


def test_a_model_cut_anywhere_loses_its_metadata_but_never_reads_wrong(model_bytes: bytes) -> None:
    whole = read_metadata_props(model_bytes)
    for end in range(0, len(model_bytes), 97):
        try:
            props = read_metadata_props(model_bytes[:end])
        except ValueError:
            continue
        assert props in ({}, whole)
