"""What a decoder file must hold, and that every file that does not is refused in words a musician can act on."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from runtime.contract import (
    CONTROL_INPUTS,
    LARGEST_METADATA,
    METADATA_KEY,
    Axis,
    ContractError,
    DecoderMetadata,
    EncoderMetadata,
    EncoderReference,
    MapPoint,
    PriorComponent,
    Tensor,
    check_signature,
    read_decoder_metadata,
    read_encoder_metadata,
    read_hash,
    write_metadata,
)
from runtime.model_files import SHIPPED_FOLDER, encoder_of
from runtime.onnx_file import with_metadata_props
from tests.tiny_decoder import LATENT_SIZE, TinySettings, tiny_metadata, write_tiny_decoder

SHIPPED_DECODERS = sorted(p for p in SHIPPED_FOLDER.glob("*.onnx") if not p.name.endswith(".encoder.onnx"))
SHIPPED_ENCODERS = sorted(SHIPPED_FOLDER.glob("*.encoder.onnx"))
ZEROS = (0.0,) * LATENT_SIZE
IDENTITY = tuple(tuple(float(i == j) for j in range(LATENT_SIZE)) for i in range(LATENT_SIZE))


def open_session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def tensors(found: Any) -> list[Tensor]:
    return [Tensor(t.name, tuple(t.shape), t.type) for t in found]


# --- metadata ------------------------------------------------------------------------------------------------------


def test_metadata_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_tiny_decoder(tmp_path)
    changed = tiny_metadata(
        TinySettings(),
        classes=("kick", "snare"),
        presets={"deep": (0.1, -0.2, 0.3, -0.4)},
        key_map={36: (1.0, 0.0, 0.0, 0.0)},
        map_points=(MapPoint(x=0.5, y=1.0, latent=ZEROS, label=1),),
        prior=(PriorComponent(weight=1.0, mean=ZEROS, scale=IDENTITY, label=0),),
        encoder=EncoderReference(file="tiny.encoder.onnx", hash="0" * 64),
    )
    write_metadata(path, changed)
    assert read_decoder_metadata(path) == changed


def test_a_model_keeps_its_hash_when_it_is_calibrated_again(tmp_path: Path) -> None:
    path = write_tiny_decoder(tmp_path)
    before = read_hash(path)
    write_metadata(path, read_decoder_metadata(path).model_copy(update={"gain_db": -3.0, "name": "renamed"}))
    assert read_decoder_metadata(path).gain_db == -3.0
    assert read_hash(path) == before


def test_writing_metadata_keeps_the_file_mode_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = write_tiny_decoder(tmp_path)
    path.chmod(0o640)
    write_metadata(path, read_decoder_metadata(path))
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == [path.name]


PARTS_THAT_DO_NOT_FIT = {
    "a default latent of the wrong length": {"default_latent": (0.0,)},
    "an axis of the wrong length": {"axes": (Axis(name="a", direction=(1.0,), minimum=-1, maximum=1),)},
    "two axes of one name": {"axes": (Axis(name="a", direction=ZEROS, minimum=-1, maximum=1),) * 2},
    "a preset of the wrong length": {"presets": {"x": (0.0,) * 5}},
    "a key that is no MIDI note": {"key_map": {128: ZEROS}},
    "a key's latent of the wrong length": {"key_map": {60: (0.0,)}},
    "a map point of the wrong length": {"map_points": (MapPoint(x=0, y=0, latent=(0.0,)),)},
    "a label without a class": {"map_points": (MapPoint(x=0, y=0, latent=ZEROS, label=0),)},
    "a prior with too few rows": {"prior": (PriorComponent(weight=1, mean=ZEROS, scale=IDENTITY[:2]),)},
    "a prior with a short row": {"prior": (PriorComponent(weight=1, mean=ZEROS, scale=((0.0,),) * LATENT_SIZE),)},
    "a latent that is not finite": {"default_latent": (0.0, 0.0, float("nan"), 0.0)},
    "a latent without a sensible size": {"default_latent": (1e30, 0.0, 0.0, 0.0)},
    "a rate range without 1": {"time_rate_range": (0.0, 0.5)},
    "a gain that is not finite": {"gain_db": float("inf")},
    "a name with a folder": {"name": "../x"},
    "a hop of nothing": {"hop_frames": 0},
    "three channels": {"channels": 3},
    "more latent dimensions than a record holds": {"latent_size": 65},
    "a field the contract does not know": {"colour": "red"},
}


@pytest.mark.parametrize("changes", PARTS_THAT_DO_NOT_FIT.values(), ids=PARTS_THAT_DO_NOT_FIT.keys())
def test_metadata_that_do_not_fit_together_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DecoderMetadata.model_validate(tiny_metadata(TinySettings()).model_dump() | changes)


@pytest.mark.parametrize(
    ("minimum", "default", "maximum"), [(1, 0, -1), (0, 0, 0), (0, -1, 1), (0, 2, 1)], ids=lambda v: str(v)
)
def test_an_axis_needs_a_range_that_holds_its_default(minimum: float, default: float, maximum: float) -> None:
    with pytest.raises(ValidationError):
        Axis(name="a", direction=ZEROS, minimum=minimum, default=default, maximum=maximum)


@pytest.mark.parametrize("name", ["Brightness", "a b", "", "x" * 33, "ä"])
def test_an_axis_name_can_be_part_of_an_osc_address(name: str) -> None:
    with pytest.raises(ValidationError):
        Axis(name=name, direction=ZEROS, minimum=-1, maximum=1)


# --- files that are refused, and what is said ----------------------------------------------------------------------


def with_document(path: Path, text: str) -> Path:
    path.write_bytes(with_metadata_props(path.read_bytes(), {METADATA_KEY: text}))
    return path


def documents() -> dict[str, tuple[str, str]]:
    good = tiny_metadata(TinySettings()).model_dump(mode="json")
    return {
        "no JSON": ("{", "not a JSON object"),
        "a list": ("[]", "not a JSON object"),
        "nested beyond reason": ("[" * 100_000, "not a JSON object"),
        "another version": (json.dumps(good | {"contract": 2}), "version 2"),
        "no version": (json.dumps({k: v for k, v in good.items() if k != "contract"}), "version None"),
        "a missing field": (json.dumps({k: v for k, v in good.items() if k != "hop_frames"}), "hop_frames"),
        "not a number": (json.dumps(good | {"gain_db": float("nan")}), "gain_db"),
        "two faults": (json.dumps(good | {"channels": 9, "hop_frames": 1}), "and 1 more"),
    }


@pytest.mark.parametrize("case", documents().keys())
def test_a_document_that_breaks_the_contract_is_refused_by_name_of_what_is_wrong(tmp_path: Path, case: str) -> None:
    text, said = documents()[case]
    path = with_document(write_tiny_decoder(tmp_path), text)
    with pytest.raises(ContractError, match=said) as caught:
        read_decoder_metadata(path)
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_missing_a_folder_or_no_model_is_refused(tmp_path: Path) -> None:
    sound = tmp_path / "kick.wav"
    sound.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100))
    for path in (tmp_path / "absent.onnx", tmp_path, sound):
        with pytest.raises(ContractError) as caught:
            read_decoder_metadata(path)
        assert str(path) in str(caught.value)
        assert caught.value.remedy


def test_any_other_onnx_file_is_refused_as_no_model_of_ours(tmp_path: Path) -> None:
    path = write_tiny_decoder(tmp_path)
    path.write_bytes(with_metadata_props(path.read_bytes(), {"author": "somebody"}))
    with pytest.raises(ContractError, match="without a `latentbridge` entry"):
        read_decoder_metadata(path)


def test_metadata_too_long_to_be_read_safely_are_refused(tmp_path: Path) -> None:
    """A file within its limit of bytes could hold a document that takes gigabytes as JSON."""
    path = write_tiny_decoder(tmp_path)
    text = '{"contract": 1, "presets": [' + "[]," * (LARGEST_METADATA // 3) + "[]]}"
    path.write_bytes(with_metadata_props(path.read_bytes(), {METADATA_KEY: text}))
    with pytest.raises(ContractError, match="million characters"):
        read_decoder_metadata(path)


def test_an_encoder_given_for_a_decoder_is_named_as_one(tmp_path: Path) -> None:
    path = write_tiny_decoder(tmp_path)
    encoder = EncoderMetadata(name="tiny", sample_rate=48_000, frames=48_000, latent_size=4, decoder_hash="0" * 64)
    write_metadata(path, encoder)
    assert read_encoder_metadata(path) == encoder
    with pytest.raises(ContractError, match="is an encoder"):
        read_decoder_metadata(path)


@given(text=st.text(max_size=60) | st.dictionaries(st.text(max_size=8), st.integers(), max_size=3).map(json.dumps))
def test_any_text_for_metadata_ends_in_a_contract_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.onnx"
    path.write_bytes(with_metadata_props(b"", {METADATA_KEY: text.encode("utf-8", "ignore").decode()}))
    with pytest.raises(ContractError):
        read_decoder_metadata(path)


# --- tensors -------------------------------------------------------------------------------------------------------


def signature(path: Path) -> tuple[list[Tensor], list[Tensor]]:
    session = open_session(path)
    return tensors(session.get_inputs()), tensors(session.get_outputs())


@pytest.mark.parametrize("channels", [1, 2])
def test_the_smallest_decoder_has_the_tensors_of_the_contract(tmp_path: Path, channels: int) -> None:
    path = write_tiny_decoder(tmp_path, TinySettings(channels=channels))
    metadata = read_decoder_metadata(path)
    inputs, outputs = signature(path)
    check_signature(path, metadata, inputs, outputs)
    assert [t.name for t in inputs][: len(CONTROL_INPUTS)] == list(CONTROL_INPUTS)


def altered(kept: list[Tensor], name: str, **changes: object) -> list[Tensor]:
    fields = {t.name: {"name": t.name, "shape": t.shape, "type": t.type} for t in kept}
    fields[name] |= changes
    return [Tensor(**f) for f in fields.values()]  # type: ignore[arg-type]


def test_each_tensor_that_differs_is_named(tmp_path: Path) -> None:
    path = write_tiny_decoder(tmp_path)
    metadata = read_decoder_metadata(path)
    inputs, outputs = signature(path)
    for name in CONTROL_INPUTS:
        wrong: list[dict[str, object]] = [{"type": "tensor(double)"}, {"shape": (4, 1)}, {"shape": ("voices", 999)}]
        for changes in [*wrong, {"shape": ()}, {"shape": ("voices", "size")}]:
            with pytest.raises(ContractError, match=name):
                check_signature(path, metadata, altered(inputs, name, **changes), outputs)
    with pytest.raises(ContractError, match="next_state_0"):
        check_signature(path, metadata, inputs, altered(outputs, "next_state_0", shape=("voices", 7)))
    with pytest.raises(ContractError, match="audio"):
        check_signature(path, metadata, inputs, altered(outputs, "audio", shape=("voices", 1, 1)))


def test_missing_or_swapped_tensors_are_refused(tmp_path: Path) -> None:
    path = write_tiny_decoder(tmp_path)
    metadata = read_decoder_metadata(path)
    inputs, outputs = signature(path)
    for fewer in (inputs[1:], inputs[:-1], [inputs[1], inputs[0], *inputs[2:]], inputs[:3], []):
        with pytest.raises(ContractError, match="does not follow the decoder contract"):
            check_signature(path, metadata, fewer, outputs)
    for fewer in (outputs[1:], outputs[:-1], outputs[::-1], []):
        with pytest.raises(ContractError, match="does not follow the decoder contract"):
            check_signature(path, metadata, inputs, fewer)


# --- every model that is shipped -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED_DECODERS, ids=lambda p: p.name)
def test_a_shipped_decoder_follows_the_contract(path: Path) -> None:
    metadata = read_decoder_metadata(path)
    inputs, outputs = signature(path)
    check_signature(path, metadata, inputs, outputs)
    assert metadata.name == path.name.removesuffix(".onnx")
    assert metadata.lead_hops == 0
    assert metadata.training_data, "sources and licences of its sounds are named"
    assert metadata.parity is not None
    assert metadata.parity <= 1e-3
    assert metadata.parity_hops >= 1000


@pytest.mark.parametrize("path", SHIPPED_DECODERS, ids=lambda p: p.name)
def test_a_shipped_decoder_sounds_in_every_batch_size_and_stays_finite(path: Path) -> None:
    metadata = read_decoder_metadata(path)
    session = open_session(path)
    for voices in (1, 3, 16):
        feeds = {t.name: np.zeros([voices, *t.shape[1:]], np.float32) for t in session.get_inputs()}
        feeds["latent"][:] = metadata.default_latent
        feeds["pitch"][:], feeds["velocity"][:], feeds["gate"][:], feeds["time_rate"][:] = 60, 0.8, 1, 1
        feeds["noise"][:] = np.random.default_rng(0).uniform(-1, 1, feeds["noise"].shape)
        peak = 0.0
        for _ in range(32):
            audio, *states = session.run(None, feeds)
            assert audio.shape == (voices, metadata.channels, metadata.hop_frames)
            assert np.isfinite(audio).all()
            peak = max(peak, float(np.abs(audio).max()))
            feeds |= {f"state_{k}": state for k, state in enumerate(states)}
        assert 10 ** (-60 / 20) < peak <= 4.0


@pytest.mark.parametrize("path", SHIPPED_DECODERS, ids=lambda p: p.name)
def test_a_shipped_decoder_keeps_the_names_of_its_weights(path: Path) -> None:
    import onnx

    model = onnx.load(path)
    named = [w.name for w in model.graph.initializer if "." in w.name and not w.name.startswith("onnx::")]
    assert len(named) >= 4, "`train --from` starts from named weights"
    assert {o.domain for o in model.opset_import} <= {"", "ai.onnx"}
    assert max(o.version for o in model.opset_import) >= 17


@pytest.mark.parametrize("path", SHIPPED_DECODERS, ids=lambda p: p.name)
def test_a_shipped_decoder_has_its_encoder_beside_it(path: Path) -> None:
    metadata = read_decoder_metadata(path)
    encoder = read_encoder_metadata(encoder_of(path, metadata))
    assert encoder.decoder_hash == read_hash(path)
    assert (encoder.latent_size, encoder.sample_rate) == (metadata.latent_size, metadata.sample_rate)


@pytest.mark.parametrize("path", SHIPPED_ENCODERS, ids=lambda p: p.name)
def test_a_shipped_encoder_gives_finite_numbers_of_the_right_shape(path: Path) -> None:
    metadata = read_encoder_metadata(path)
    session = open_session(path)
    (audio,) = session.get_inputs()
    assert (audio.name, list(audio.shape)) == ("audio", [1, metadata.channels, metadata.frames])
    assert [o.name for o in session.get_outputs()] == ["latent", "log_variance"]
    click = np.zeros(audio.shape, np.float32)
    click[..., 0] = 1.0
    for output in session.run(None, {"audio": click}):
        assert output.shape == (1, metadata.latent_size)
        assert np.isfinite(output).all()
