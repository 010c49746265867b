"""Claims about a training of notes: from a folder of tones to an instrument that is in tune, and what it was told."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from runtime.contract import read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.pitch_detection import measure_pitch
from tests.trainer.small_run import short_parity, small_request, small_settings
from tests.trainer.synthetic_notes import RATE, noise, tone
from trainer import evaluation, tuning
from trainer.batches import BatchSource
from trainer.exported import ExportedModel
from trainer.pitched_clips import PitchedClip, with_movement
from trainer.progress import Report
from trainer.settings import NOTES_AUGMENTATION, OptimiserSettings, RunSettings
from trainer.train import train
from trainer.training_loop import TrainingStep
from trainer.tuning import tuning_errors_cents, tuning_line
from trainer.vae import VariationalAutoencoder
from trainer.workers import Workers

NOTES = (45, 52, 57, 64, 69, 76)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("notes")
    for instrument, decay in (("horn", 0.5), ("pluck", 6.0)):
        (made / instrument).mkdir()
        for note in NOTES:
            path = made / instrument / f"{instrument}_p{note}_v{60 + note % 3 * 20}_hold300ms.wav"
            soundfile.write(path, 0.9 * tone(note + 0.06, 0.45, decay=decay)[0], RATE)
    soundfile.write(made / "pluck" / "noise.wav", 0.9 * noise(0.3)[0], RATE)
    return made


def _trained(folder: Path, out: Path, kind: str, steps: int = 3) -> Path:
    settings = small_settings(RunSettings(most_steps=steps))
    with Report(60.0) as report, short_parity():
        return train(small_request(folder, out, kind=kind), settings, report)


def test_a_folder_of_notes_becomes_an_instrument_that_is_in_tune(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _trained(folder, tmp_path / "tones.onnx", "auto")
    said = capsys.readouterr()
    told = said.out + said.err
    assert "kind: notes (file names say notes" in told
    assert "noise.wav" in told
    metadata = read_decoder_metadata(path)
    assert (metadata.pitched, metadata.velocity, metadata.release) == (True, "model", "model")
    assert metadata.time_rate_range == (0.0, 1.0)
    assert metadata.sustain_seconds is not None
    assert metadata.key_map == {}
    assert set(metadata.presets) == {"horn", "pluck"}
    model = ExportedModel(path, path.with_suffix(".encoder.onnx"))
    latents = np.tile(np.array(metadata.default_latent, np.float32), (4, 1))
    errors = tuning_errors_cents(model, latents, [42, 55, 60, 79])
    assert np.abs(errors).max() < 3
    assert tuning_line(errors).startswith("pitch of 4 sounds: 0.")
    tuning.main(str(path), folder)
    assert "100% within 10 cents; 0 without a pitch" in capsys.readouterr().out
    evaluation.main(str(path), folder, out=tmp_path / "evaluation", random_sounds=4)
    told = capsys.readouterr().out
    assert "pitch cents | vibrato cents | release dB |" in told, "no note is long enough to beat"
    assert "### Played\n\npitch of 12 sounds: 0." in told
    figures = json.loads((tmp_path / "evaluation" / "figures.json").read_text())
    assert len(figures["playing"]["tuning_cents"]) == 12
    model_row = figures["halves"]["training"]["rows"]["model"]["median"]
    assert model_row["pitch_cents"] < 3


def test_a_folder_without_any_pitch_is_refused_as_notes(tmp_path: Path) -> None:
    (tmp_path / "hiss").mkdir()
    for seed in range(3):
        sound = np.random.default_rng(seed).standard_normal(12_000) * 0.2
        soundfile.write(tmp_path / "hiss" / f"{'abc'[seed]}.wav", sound, RATE)
    with pytest.raises(LatentbridgeError, match="None of the 3 sounds has a pitch"):
        _trained(tmp_path / "hiss", tmp_path / "out.onnx", "notes")


def _clips() -> list[PitchedClip]:
    return [
        PitchedClip(
            Path(f"{label}_{note}.wav"),
            label,
            tone(note, 0.4),
            1.0,
            f"{label}/{note}",
            0.4,
            pitch=note + 0.06,
            velocity=0.5 + 0.1 * label,
            held_seconds=0.3,
        )
        for label in range(3)
        for note in NOTES
    ]


def test_a_batch_of_notes_tells_how_each_was_played_and_hears_its_own_instrument() -> None:
    optimiser = OptimiserSettings(batch_clips=8, crop_hops=16, other_note_share=1.0, frozen_share=1.0)
    source = BatchSource(_clips(), small_settings().model, optimiser, NOTES_AUGMENTATION, seed=3)
    batch = source.draw(0)
    assert batch.pitch is not None
    assert batch.velocity is not None
    assert batch.held_hops is not None
    assert batch.frozen_hop is not None
    assert {round(float(p) - 0.06) for p in batch.pitch} <= set(NOTES)
    torch.testing.assert_close(batch.held_hops, torch.full((8,), 0.3 * RATE / 256))
    assert not torch.isfinite(batch.frozen_hop[:, 0]).any(), "a crop at the onset always runs"
    # What a crop is cut from is the note that was said, what the encoder hears another of the same instrument.
    heard = [measure_pitch(whole.numpy(), RATE).note for whole in batch.whole]
    assert any(abs(note - float(pitch)) > 0.5 for note, pitch in zip(heard, batch.pitch, strict=True))


def test_a_step_learns_from_notes_of_which_little_is_known_and_never_from_numbers_that_are_none() -> None:
    silent = replace(_clips()[0], audio=np.zeros((1, 19_200), np.float32), group="silent")
    clips = [*with_movement(_clips(), RATE, 256), silent, replace(_clips()[5], inharmonicity=1e-4, group="stiff")]
    settings = small_settings()
    model = replace(settings.model, family="harmonic")
    source = BatchSource(clips, model, OptimiserSettings(batch_clips=6, crop_hops=16), NOTES_AUGMENTATION, seed=3)
    torch.manual_seed(0)
    step = TrainingStep(VariationalAutoencoder(model, 1), settings.loss)
    workers = Workers(step, 2)
    seen = set()
    with workers.ready():
        for number in range(12):
            batch = source.draw(number)
            terms = workers.backward(batch, 0.0005)
            assert all(bool(torch.isfinite(term).all()) for term in terms.values())
            assert all(p.grad is None or bool(torch.isfinite(p.grad).all()) for p in step.parameters())
            assert {"partials", "modulation", "inharmonicity"} <= set(terms)
            assert batch.inharmonicity is not None
            seen |= {bool(known) for known in torch.isfinite(batch.inharmonicity).flatten()}
    assert seen == {False, True}, "notes with and without a known stretch"


def test_frozen_crops_are_those_that_lie_within_the_held_part() -> None:
    optimiser = OptimiserSettings(batch_clips=8, crop_hops=16, frozen_share=1.0)
    clips = [replace(clip, held_seconds=held) for clip in _clips() for held in (None, 0.1)]
    source = BatchSource(clips, small_settings().model, optimiser, NOTES_AUGMENTATION, seed=3)
    for step in range(6):
        batch = source.draw(step)
        assert batch.frozen_hop is not None
        assert batch.held_hops is not None
        frozen = torch.isfinite(batch.frozen_hop[:, 1])
        assert bool((batch.first_hop[frozen, 1] + 16 <= batch.held_hops[frozen]).all())
        assert bool((batch.frozen_hop[frozen, 1] == batch.first_hop[frozen, 1] + 8).all())
