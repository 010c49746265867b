"""Claims about beginning with a finished model: which ones serve, and what is said of those that do not."""

import dataclasses
from pathlib import Path

import pytest
import torch

import trainer.beginning
from runtime.contract import read_decoder_metadata, write_metadata
from runtime.errors import LatentbridgeError
from tests.trainer.small_run import short_parity, small_settings
from trainer.beginning import warm_start
from trainer.finishing import export_pair, preliminary_metadata
from trainer.provenance import Provenance
from trainer.settings import Settings
from trainer.vae import VariationalAutoencoder


def _settings(**model: object) -> Settings:
    settings = small_settings()
    return dataclasses.replace(settings, model=dataclasses.replace(settings.model, **model))


def _finished(folder: Path, settings: Settings, channels: int = 1) -> Path:
    """Files of an untrained model, as the end of a run writes them."""
    path = folder / "base.onnx"
    provenance = Provenance(name="base", sources=(), seed=0, started_from="", device="cpu")
    torch.manual_seed(1)
    vae = VariationalAutoencoder(settings.model, channels)
    with short_parity():
        export_pair(vae, preliminary_metadata(settings, channels, provenance), path, folder / "base.encoder.onnx")
    return path


def _begin(base: Path | None, settings: Settings, channels: int = 1) -> tuple[VariationalAutoencoder, str, str]:
    torch.manual_seed(2)
    vae = VariationalAutoencoder(settings.model, channels)
    name, line = warm_start(vae, None if base is None else str(base), "drums", settings, channels)
    return vae, name, line


def _is_fresh(vae: VariationalAutoencoder) -> bool:
    torch.manual_seed(2)
    fresh = VariationalAutoencoder(vae.settings, vae.channels)
    return all(torch.equal(ours, theirs) for ours, theirs in zip(vae.parameters(), fresh.parameters(), strict=True))


@pytest.mark.parametrize(("theirs", "ours", "said"), [(1, 2, "a mono model"), (2, 1, "a stereo model"), (1, 1, "")])
def test_mono_starts_stereo_and_stereo_starts_mono_and_it_is_said(
    tmp_path: Path, theirs: int, ours: int, said: str
) -> None:
    base = _finished(tmp_path, _settings(), theirs)
    vae, name, line = _begin(base, _settings(), ours)
    assert name.startswith("base ")
    assert line.startswith("starting from the weights of base")
    assert said in line
    assert ("model" in line) == bool(said)
    assert not _is_fresh(vae)


def test_another_length_or_dropout_is_no_obstacle_where_all_layers_have_the_same_size(tmp_path: Path) -> None:
    base = _finished(tmp_path, _settings(longest_seconds=0.5, encoder_dropout=0.3, transient_hops=2))
    vae, name, _ = _begin(base, _settings(longest_seconds=0.52))
    assert name.startswith("base ")
    assert not _is_fresh(vae)


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        ({"longest_seconds": 2.0}, "has layers of another kind or size"),
        ({"oscillators": 48}, "has oscillators 48 where 32 is needed"),
        ({"oscillator_highest_hz": 9000.0}, "has oscillator highest hz 9000.0 where 18000.0 is needed"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_by_name_and_passed_over_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: dict[str, float], reason: str
) -> None:
    base = _finished(tmp_path, _settings(**theirs))
    with pytest.raises(LatentbridgeError, match=reason):
        _begin(base, _settings())
    monkeypatch.setattr(trainer.beginning, "shipped_models", lambda: {"drums": base})
    vae, name, line = _begin(None, _settings())
    assert name == ""
    assert line == f"starting from nothing: the shipped model 'drums' {reason}"
    assert _is_fresh(vae)


def test_a_model_of_another_version_is_passed_over_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = _finished(tmp_path, _settings())
    metadata = read_decoder_metadata(base)
    settings = metadata.training_settings["settings"]
    settings["model"]["number_of_the_future"] = 3
    write_metadata(base, metadata)
    monkeypatch.setattr(trainer.beginning, "shipped_models", lambda: {"drums": base})
    _, name, line = _begin(None, _settings())
    assert (name, line) == ("", "starting from nothing: the shipped model 'drums' was built by another version")
