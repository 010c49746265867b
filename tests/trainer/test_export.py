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
from tests.trainer.small_run import short_parity
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


def _export(model: VariationalAutoencoder, folder: Path, channels: int = 1) -> tuple[Path, Path]:
    """Write decoder and encoder of a model whose parity is no matter here; returns their places."""
    decoder_path, encoder_path = folder / "small.onnx", folder / "small.encoder.onnx"
    with short_parity():
        export_decoder(model, _decoder_metadata(channels), decoder_path)
    export_encoder(model, _encoder_metadata(channels), encoder_path)
    return decoder_path, encoder_path


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
    session = _session(_export(_model(), tmp_path)[0])
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
    _export(model, tmp_path)
    assert model.training
    assert model.encoder.training
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
    trained = _model()
    decoder_path, encoder_path = _export(trained, tmp_path)
    torch.manual_seed(99)
    fresh = VariationalAutoencoder(SMALL, 1)
    assert load_weights(fresh, decoder_path, encoder_path) == []
    pairs = zip(fresh.parameters(), trained.parameters(), strict=True)
    assert all(torch.equal(ours, theirs) for ours, theirs in pairs)


def _started_from(trained: VariationalAutoencoder, channels: int, folder: Path) -> VariationalAutoencoder:
    """A fresh model with the weights of the files of another."""
    decoder_path, encoder_path = _export(trained, folder, trained.channels)
    torch.manual_seed(99)
    started = VariationalAutoencoder(SMALL, channels)
    assert load_weights(started, decoder_path, encoder_path) == []
    return started.eval()


def _played(model: VariationalAutoencoder, latent: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    one, begin = torch.ones(1, 1), torch.zeros(1, dtype=torch.long)
    with torch.no_grad():
        return model.eval().decode(latent, one, one, noise, begin, noise.shape[-1] // SMALL.hop_frames)


def _db(audio: torch.Tensor) -> float:
    return float(10 * torch.log10((audio**2).mean()))


def test_a_stereo_model_that_starts_from_a_mono_one_plays_it_in_the_middle(tmp_path: Path) -> None:
    mono = _model(1)
    stereo = _started_from(mono, 2, tmp_path)
    latent, noise = torch.randn(1, SMALL.latent_size), torch.rand(1, 2, 20 * 256) * 2 - 1
    left, right = _played(stereo, latent, noise)[0]
    middle = _played(mono, latent, noise[:, :1])[0, 0]
    torch.testing.assert_close((left + right) / 2, middle, atol=1e-6, rtol=0)
    assert -43 < _db(left - right) - _db(left + right) < -37, "the side is faint, and there to be learnt"
    assert abs(_db(left) - _db(right)) < 0.1
    # What is tonal is on both sides the same but for the phase of that faint side.
    tonal = _played(stereo, latent, 0 * noise)[0]
    torch.testing.assert_close(tonal, _played(mono, latent, 0 * noise[:, :1])[0].expand(2, -1), atol=0.01, rtol=0)


def test_a_stereo_model_that_starts_from_a_mono_one_hears_the_middle_as_it_did(tmp_path: Path) -> None:
    mono = _model(1)
    stereo = _started_from(mono, 2, tmp_path)
    mono.eval()
    for frames in (5_000, SMALL.encoder_frames):
        sound = torch.rand(1, 1, frames) * 2 - 1
        with torch.no_grad():
            heard, expected = stereo.encode(sound.expand(1, 2, -1)), mono.encode(sound)
        torch.testing.assert_close(heard, expected, atol=1e-5, rtol=0)


def test_a_mono_model_that_starts_from_a_stereo_one_plays_and_hears_its_middle(tmp_path: Path) -> None:
    stereo = _model(2)
    mono = _started_from(stereo, 1, tmp_path)
    latent, noise = torch.randn(1, SMALL.latent_size), torch.rand(1, 2, 20 * 256) * 2 - 1
    middle = _played(stereo, latent, noise).mean(dim=1, keepdim=True)
    torch.testing.assert_close(_played(mono, latent, noise[:, :1]), middle, atol=1e-6, rtol=0)
    sound = torch.rand(1, 1, 9_000) * 2 - 1
    with torch.no_grad():
        expected = stereo.eval().encode(sound.expand(1, 2, -1))
        torch.testing.assert_close(mono.encode(sound), expected, atol=1e-5, rtol=0)


def test_mono_to_stereo_and_back_changes_no_weight(tmp_path: Path) -> None:
    mono = _model(1)
    again = _started_from(_started_from(mono, 2, tmp_path), 1, tmp_path)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(again.parameters(), mono.parameters(), strict=True))


def test_where_some_weights_do_not_fit_they_are_named_and_none_is_taken(tmp_path: Path) -> None:
    decoder_path, encoder_path = _export(_model(), tmp_path)
    torch.manual_seed(99)
    other = VariationalAutoencoder(dataclasses.replace(SMALL, noise_bands=20), 1)
    before = copy.deepcopy(other.state_dict())
    missing = load_weights(other, decoder_path, encoder_path)
    assert missing == ["decoder.noise_bands.write.weight", "decoder.noise_bands.write.bias"]
    assert all(torch.equal(weights, before[name]) for name, weights in other.state_dict().items())


def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.onnx"
    path.write_text("no model at all")
    with pytest.raises(LatentbridgeError, match=r"notes\.onnx"):
        load_weights(_model(), path, path)
