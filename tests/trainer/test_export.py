"""Claims about exported files: they follow the contract, play what was trained, and carry what training needs."""

import copy
import dataclasses
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

import trainer.export
from runtime.contract import (
    CONTROL_INPUTS,
    DecoderMetadata,
    EncoderMetadata,
    Tensor,
    check_signature,
    read_decoder_metadata,
    read_encoder_metadata,
)
from runtime.errors import LatentbridgeError
from trainer.export import export_decoder, export_encoder, load_weights
from trainer.settings import ModelSettings
from trainer.vae import FAMILY, VariationalAutoencoder

SMALL = dataclasses.replace(
    ModelSettings(),
    longest_seconds=0.5,
    trunk_channels=48,
    trunk_blocks=2,
    condition_channels=32,
    oscillators=96,
    encoder_channels=24,
)


def _decoder_metadata(channels: int) -> DecoderMetadata:
    return DecoderMetadata(
        name="small",
        family=FAMILY,
        pitched=False,
        sample_rate=SMALL.sample_rate,
        hop_frames=SMALL.hop_frames,
        channels=channels,
        latent_size=SMALL.latent_size,
        longest_note_seconds=SMALL.longest_seconds,
        release="model",
        velocity="engine",
        default_latent=(0.0,) * SMALL.latent_size,
    )


def _encoder_metadata(channels: int) -> EncoderMetadata:
    frames = SMALL.encoder_frames
    return EncoderMetadata(name="small", sample_rate=48_000, channels=channels, frames=frames, latent_size=16)


def _model(channels: int = 1) -> VariationalAutoencoder:
    torch.manual_seed(3)
    return VariationalAutoencoder(SMALL, channels)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("channels", [1, 2])
def test_an_exported_decoder_follows_the_contract_and_tells_its_parity(channels: int, tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    written = export_decoder(_model(channels), _decoder_metadata(channels), path)
    assert read_decoder_metadata(path) == written
    assert written.parity is not None
    assert written.parity < 1e-4
    assert written.parity_hops == 1000
    session = _session(path)
    tensors = [
        [Tensor(t.name, tuple(t.shape), t.type) for t in side()] for side in (session.get_inputs, session.get_outputs)
    ]
    check_signature(path, written, *tensors)
    assert [p.name for p in tmp_path.iterdir()] == ["small.onnx"]


def test_a_voice_sounds_the_same_to_the_bit_in_batches_of_4_8_12_and_16(tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    export_decoder(_model(), _decoder_metadata(1), path)
    session = _session(path)
    random = np.random.default_rng(0)
    shapes = [(t.name, t.shape[1:]) for t in session.get_inputs()]
    hops = [{name: random.uniform(-1, 1, (16, *shape)).astype(np.float32) for name, shape in shapes} for _ in range(20)]
    for hop in hops:
        hop["time_rate"] = np.abs(hop["time_rate"])
    states = [name for name, _ in shapes][len(CONTROL_INPUTS) :]

    def played(voices: int) -> np.ndarray:
        held = {name: np.zeros_like(hops[0][name][:voices]) for name in states}
        audio = []
        for hop in hops:
            controls = {name: hop[name][:voices] for name in CONTROL_INPUTS}
            out, *after = session.run(None, controls | held)
            held = dict(zip(states, after, strict=True))
            audio.append(out)
        return np.concatenate(audio, axis=-1)

    sixteen = played(16)
    assert sixteen.std() > 0.01
    for voices in (4, 8, 12):
        assert np.array_equal(played(voices), sixteen[:voices])


def test_an_exported_encoder_hears_what_the_trained_one_hears(tmp_path: Path) -> None:
    path = tmp_path / "small.encoder.onnx"
    model = _model(2)
    export_encoder(model, _encoder_metadata(2), path)
    assert read_encoder_metadata(path).frames == SMALL.encoder_frames
    audio = torch.rand(1, 2, SMALL.encoder_frames) * 2 - 1
    latent, log_variance = _session(path).run(["latent", "log_variance"], {"audio": audio.numpy()})
    model.eval()
    with torch.no_grad():
        mean, expected_log_variance = model.encode(audio)
    np.testing.assert_allclose(latent, mean.numpy(), atol=1e-3)
    np.testing.assert_allclose(log_variance, expected_log_variance.numpy(), atol=1e-3)


def test_exporting_leaves_the_model_as_it_is(tmp_path: Path) -> None:
    model = _model()
    before = copy.deepcopy(model.state_dict())
    export_decoder(model, _decoder_metadata(1), tmp_path / "small.onnx")
    export_encoder(model, _encoder_metadata(1), tmp_path / "small.encoder.onnx")
    assert model.training
    assert model.encoder.dropout.training
    assert all(torch.equal(weights, before[name]) for name, weights in model.state_dict().items())


def test_a_decoder_that_would_play_something_else_is_refused_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = trainer.export._decoder_graph

    def wrong(decoder: torch.nn.Module, latent_size: int) -> bytes:
        altered = copy.deepcopy(decoder)
        with torch.no_grad():
            altered.transient.write.bias.add_(0.1)
        return right(altered, latent_size)

    monkeypatch.setattr(trainer.export, "_decoder_graph", wrong)
    with pytest.raises(LatentbridgeError, match="differs"):
        export_decoder(_model(), _decoder_metadata(1), tmp_path / "small.onnx")
    assert list(tmp_path.iterdir()) == []


def test_training_goes_on_from_the_weights_of_exported_files(tmp_path: Path) -> None:
    decoder_path, encoder_path = tmp_path / "small.onnx", tmp_path / "small.encoder.onnx"
    trained = _model()
    export_decoder(trained, _decoder_metadata(1), decoder_path)
    export_encoder(trained, _encoder_metadata(1), encoder_path)
    torch.manual_seed(99)
    fresh = VariationalAutoencoder(SMALL, 1)
    assert load_weights(fresh, decoder_path, encoder_path) == []
    pairs = zip(fresh.parameters(), trained.parameters(), strict=True)
    assert all(torch.equal(ours, theirs) for ours, theirs in pairs)


def test_a_stereo_model_that_starts_from_a_mono_one_sounds_like_it_on_both_sides(tmp_path: Path) -> None:
    decoder_path, encoder_path = tmp_path / "small.onnx", tmp_path / "small.encoder.onnx"
    mono, stereo = _model(1), VariationalAutoencoder(SMALL, 2)
    export_decoder(mono, _decoder_metadata(1), decoder_path)
    export_encoder(mono, _encoder_metadata(1), encoder_path)
    assert load_weights(stereo, decoder_path, encoder_path) == []
    mono.eval(), stereo.eval()
    sound, noise = torch.rand(1, 1, 8 * 256) * 2 - 1, torch.rand(1, 1, 8 * 256) * 2 - 1
    with torch.no_grad():
        mean, _ = mono.encode(sound)
        torch.testing.assert_close(stereo.encode(sound.expand(1, 2, -1))[0], mean, atol=1e-4, rtol=0)
        one, begin = torch.ones(1, 1), torch.zeros(1, dtype=torch.long)
        left_and_right = stereo.decode(mean, one, one, noise.expand(1, 2, -1), begin, 8)
        middle = mono.decode(mean, one, one, noise, begin, 8)
    torch.testing.assert_close(left_and_right, middle.expand(1, 2, -1), atol=1e-5, rtol=0)


def test_weights_that_do_not_fit_are_named_and_left_alone(tmp_path: Path) -> None:
    decoder_path, encoder_path = tmp_path / "small.onnx", tmp_path / "small.encoder.onnx"
    export_decoder(_model(), _decoder_metadata(1), decoder_path)
    export_encoder(_model(), _encoder_metadata(1), encoder_path)
    other = VariationalAutoencoder(dataclasses.replace(SMALL, noise_bands=20), 1)
    before = other.decoder.noise_bands.write.weight.clone()
    missing = load_weights(other, decoder_path, encoder_path)
    assert missing == ["decoder.noise_bands.write.weight", "decoder.noise_bands.write.bias"]
    assert torch.equal(other.decoder.noise_bands.write.weight, before)


def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.onnx"
    path.write_text("no model at all")
    with pytest.raises(LatentbridgeError, match=r"notes\.onnx"):
        load_weights(_model(), path, path)
