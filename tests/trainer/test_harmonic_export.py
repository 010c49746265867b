"""Claims about exported decoders of notes: they follow the contract and play what torch plays; drums are untouched."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.model_admission import admit_decoder
from runtime.model_files import encoder_of, find_model
from tests.performance import SAMPLE_RATE, level, note_off, note_on, perform
from tests.trainer.small_run import short_parity
from trainer.beginning import why_not
from trainer.export import export_decoder, load_weights
from trainer.mono_and_stereo import to_mono, to_stereo
from trainer.settings import NOTES_MODEL, ModelSettings, Settings, as_document, from_document
from trainer.vae import FAMILY, HARMONIC, VariationalAutoencoder

SMALL = dataclasses.replace(
    NOTES_MODEL,
    longest_seconds=0.5,
    trunk_channels=48,
    trunk_blocks=2,
    condition_channels=32,
    encoder_channels=24,
)


def _exported(folder: Path, channels: int = 1) -> tuple[Path, DecoderMetadata]:
    torch.manual_seed(3)
    metadata = DecoderMetadata(
        name="small",
        family=HARMONIC,
        pitched=True,
        sample_rate=SMALL.sample_rate,
        hop_frames=SMALL.hop_frames,
        channels=channels,
        latent_size=SMALL.latent_size,
        time_rate_range=(0.0, 1.0),
        sustain_seconds=0.3,
        longest_note_seconds=SMALL.longest_seconds,
        release="model",
        velocity="model",
        default_latent=(0.0,) * SMALL.latent_size,
    )
    path = folder / "small.onnx"
    return path, export_decoder(VariationalAutoencoder(SMALL, channels), metadata, path)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_decoder_of_notes_plays_alike_in_torch_and_onnxruntime_however_it_is_played(
    channels: int, tmp_path: Path
) -> None:
    _, metadata = _exported(tmp_path, channels)
    assert metadata.parity is not None
    assert metadata.parity < 2e-4
    assert metadata.parity_hops == 1000


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DecoderMetadata]:
    with short_parity():
        return _exported(tmp_path_factory.mktemp("small"))


def test_a_decoder_of_notes_is_admitted_and_gives_the_same_bits_in_every_batch(exported) -> None:
    path, _ = exported
    assert admit_decoder(path)
    decoder = Decoder.load(path, voices=16)
    assert decoder.batch_sizes == (4, 8, 12, 16)
    voices = decoder.new_voices(16)
    voices.pitch[:], voices.velocity[:], voices.gate[:], voices.time_rate[:] = 60.0, 1.0, 1.0, 1.0
    sound = np.concatenate([decoder.decode(voices, np.arange(16))[0, 0].copy() for _ in range(20)])
    assert 0.001 < np.abs(sound).max() < 4


def test_a_key_held_longer_than_any_note_sounds_until_it_goes_up_and_then_ends(exported) -> None:
    path, metadata = exported
    decoder = Decoder.load(path, voices=4)
    up = round(1.8 * SAMPLE_RATE)
    assert up > 3 * metadata.longest_note_seconds * SAMPLE_RATE
    sound = perform(decoder, [note_on(0, 60), note_off(up, 60)], up + SAMPLE_RATE).audio[0]
    early, late = (level(sound[at : at + SAMPLE_RATE // 4]) for at in (SAMPLE_RATE // 2, up - SAMPLE_RATE // 4))
    assert late == pytest.approx(early, rel=0.05)
    assert level(sound[up + SAMPLE_RATE // 3 : up + SAMPLE_RATE // 2]) < 0.1 * early
    assert not sound[-SAMPLE_RATE // 4 :].any()


def test_a_stereo_instrument_of_notes_starts_from_a_mono_one_and_gives_it_back() -> None:
    torch.manual_seed(3)
    mono, stereo = VariationalAutoencoder(SMALL, 1).eval(), VariationalAutoencoder(SMALL, 2).eval()
    ours = {name: weights.detach() for name, weights in mono.named_parameters()}
    fresh = {name: weights.detach() for name, weights in stereo.named_parameters()}
    started = to_stereo(ours, fresh)
    assert {name: weights.shape for name, weights in started.items()} == {n: w.shape for n, w in fresh.items()}
    stereo.load_state_dict(started, strict=False)
    latent, noise, one = torch.randn(1, 16), torch.rand(1, 2, 20 * 256) * 2 - 1, torch.ones(1, 1)
    begin = torch.zeros(1, dtype=torch.long)
    with torch.no_grad():
        left, right = stereo.decode(latent, one, 50 * one, noise, begin, 20)[0]
        middle = mono.decode(latent, one, 50 * one, noise[:, :1], begin, 20)[0, 0]
    torch.testing.assert_close((left + right) / 2, middle, atol=1e-6, rtol=0)
    assert -45 < 20 * torch.log10((left - right).std() / (left + right).std()) < -35
    given_back = to_mono(started, ours)
    assert all(torch.equal(given_back[name], weights) for name, weights in ours.items())


def test_the_shipped_drums_still_start_a_training_of_drums_and_none_of_notes() -> None:
    path = find_model("drums")
    decoder = Decoder.load(path, voices=4)
    assert why_not(decoder.metadata, Settings()) is None
    started = VariationalAutoencoder(ModelSettings(), 1)
    assert load_weights(started, path, encoder_of(path, decoder.metadata)) == []
    assert why_not(decoder.metadata, Settings(model=NOTES_MODEL)) is not None


def test_checkpoints_from_before_there_were_notes_are_those_of_drums(tmp_path: Path) -> None:
    document = as_document(ModelSettings())
    for name in ("family", "harmonics", "harmonic_points_per_hop", "envelope_bands", "attack_hops"):
        del document[name]
    settings = from_document(ModelSettings, document)
    assert settings == ModelSettings()
    assert settings.family == FAMILY
