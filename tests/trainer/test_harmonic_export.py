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
from trainer.beginning import why_not
from trainer.export import export_decoder, load_weights
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


def test_a_decoder_of_notes_is_admitted_and_gives_the_same_bits_in_every_batch(tmp_path: Path) -> None:
    path, _ = _exported(tmp_path)
    assert admit_decoder(path)
    decoder = Decoder.load(path, voices=16)
    assert decoder.batch_sizes == (4, 8, 12, 16)
    voices = decoder.new_voices(16)
    voices.pitch[:], voices.velocity[:], voices.gate[:], voices.time_rate[:] = 60.0, 1.0, 1.0, 1.0
    sound = np.concatenate([decoder.decode(voices, np.arange(16))[0, 0].copy() for _ in range(20)])
    assert 0.001 < np.abs(sound).max() < 4


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
