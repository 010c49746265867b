"""Loading a decoder: what is refused, with which words, and what a batch does to a voice."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime
import pytest

from runtime.contract import ContractError
from runtime.engine.decoder import Decoder
from runtime.errors import LatentbridgeError
from tests.tiny_decoder import TinySettings, write_tiny_decoder


def test_a_decoder_is_loaded_with_its_metadata_and_hash(tmp_path: Path) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path), 16)
    assert decoder.metadata.name == "tiny"
    assert len(decoder.hash) == 64
    assert decoder.provider == "cpu"


def test_batches_in_steps_of_four_are_used_where_they_give_the_same_bits(tmp_path: Path) -> None:
    assert Decoder.load(write_tiny_decoder(tmp_path), 14).batch_sizes == (4, 8, 12, 16)


@pytest.mark.parametrize("behaviour", ["nan", "infinite"])
def test_bad_numbers_are_no_difference(tmp_path: Path, behaviour: str) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings(behaviour)), 8)
    assert decoder.batch_sizes == (4, 8)


def test_a_model_whose_voices_depend_on_the_batch_gets_one_size(tmp_path: Path) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings(batch_dependent=True)), 16)
    assert decoder.batch_sizes == (16,)


def test_a_model_whose_voices_hear_each_other_decodes_them_one_at_a_time(tmp_path: Path) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings(hears_the_loudest=True)), 16)
    assert decoder.batch_sizes == (1,)


@pytest.mark.parametrize("batch_dependent", [False, True])
def test_a_voice_decodes_to_the_same_bits_in_any_row_beside_any_others(tmp_path: Path, batch_dependent: bool) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings(batch_dependent=batch_dependent)), 16)
    random = np.random.default_rng(3)
    latent, noise = random.normal(size=4), random.uniform(-1, 1, (1, 256))
    heard = []
    for rows in ([5], [0, 1, 5], [9, 5, 2, 3, 4, 15, 7], [5, *range(5), *range(6, 16)]):
        voices = decoder.new_voices(16)
        voices.latent[:] = random.normal(size=(16, 4))
        voices.latent[5], voices.noise[5], voices.pitch[5], voices.time_rate[5] = latent, noise, 60, 1
        for _ in range(3):
            sound = decoder.decode(voices, np.array(rows))
        heard.append(sound[rows.index(5)].copy())
    assert heard[0].any()
    for sound in heard[1:]:
        np.testing.assert_array_equal(sound, heard[0])


def test_only_the_decoded_rows_move_on(tmp_path: Path) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path), 16)
    voices = decoder.new_voices(16)
    voices.time_rate[:] = 1
    decoder.decode(voices, np.array([2, 11]))
    assert np.flatnonzero(voices.states[1][:, 0]).tolist() == [2, 11]
    voices.begin(11)
    assert np.flatnonzero(voices.states[1].any(axis=1)).tolist() == [2]


def test_a_call_that_fails_gives_nan_instead_of_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path), 16)

    def lose_the_device(*_: object) -> None:
        raise RuntimeError("Error in execution: the device is gone")

    monkeypatch.setattr(decoder, "_session", SimpleNamespace(run_with_iobinding=lose_the_device))
    assert np.isnan(decoder.decode(decoder.new_voices(2), np.array([0, 1]))).all()


def changed(path: Path, change) -> Path:
    model = onnx.load(path)
    change(model)
    onnx.save(model, path)
    return path


def test_a_graph_of_another_shape_is_refused_by_name(tmp_path: Path) -> None:
    def rename(model: onnx.ModelProto) -> None:
        for value in (*model.graph.input, *model.graph.node[0].input):
            if getattr(value, "name", "") == "velocity":
                value.name = "loudness"

    with pytest.raises(ContractError, match=r"inputs are .*loudness"):
        Decoder.load(changed(write_tiny_decoder(tmp_path), rename), 16)


def test_an_operator_that_is_not_standard_is_refused(tmp_path: Path) -> None:
    def foreign(model: onnx.ModelProto) -> None:
        model.graph.node[0].op_type = "Wobble"

    with pytest.raises(ContractError, match="onnxruntime cannot load"):
        Decoder.load(changed(write_tiny_decoder(tmp_path), foreign), 16)


def test_a_graph_that_fails_when_it_runs_is_refused(tmp_path: Path) -> None:
    def reach_too_far(model: onnx.ModelProto) -> None:
        last = next(node for node in model.graph.node if node.output[0] == "audio")
        last.op_type = "Gather"
        last.input.append("channel_7")
        last.attribute.append(onnx.helper.make_attribute("axis", 1))
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([7]), "channel_7"))

    with pytest.raises(ContractError, match="loads but does not run"):
        Decoder.load(changed(write_tiny_decoder(tmp_path), reach_too_far), 16)


@pytest.mark.parametrize("content", [b"", b"RIFF....WAVE", b"\x08\x08" * 50])
def test_a_file_that_is_no_decoder_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "not.onnx"
    path.write_bytes(content)
    with pytest.raises(ContractError):
        Decoder.load(path, 16)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"nowhere\.onnx cannot be read"):
        Decoder.load(tmp_path / "nowhere.onnx", 16)


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_provider_counts_only_if_a_session_really_runs_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # onnxruntime names providers whose libraries are missing, and falls back to the processor without an error.
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["DmlExecutionProvider"])
    with pytest.raises(LatentbridgeError, match="'directml' does not run here: its libraries"):
        Decoder.load(write_tiny_decoder(tmp_path), 16, "directml")


@pytest.mark.parametrize("provider", ["coreml", "abacus"])
def test_a_provider_that_is_not_here_is_refused(tmp_path: Path, provider: str) -> None:
    with pytest.raises(LatentbridgeError, match=f"'{provider}' does not run here"):
        Decoder.load(write_tiny_decoder(tmp_path), 16, provider)
