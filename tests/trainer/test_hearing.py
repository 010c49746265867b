"""What has been learnt so far can be played and heard while a run goes on, and takes its share of the time only."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from matplotlib.image import imread

from runtime.contract import read_decoder_metadata
from runtime.model_admission import admitted_decoder
from runtime.model_files import encoder_of
from tests.trainer.small_run import ONESHOTS, short_parity, small_request, small_settings
from trainer.beginning import training_split
from trainer.exported import ExportedModel
from trainer.figures import at_figure_rate, compare
from trainer.finishing import OutputFiles, preliminary_metadata
from trainer.hearing import KEPT, SOUNDS, Hearings
from trainer.progress import Hearing, Report
from trainer.provenance import Provenance
from trainer.samples import Split, load_folder
from trainer.settings import RunSettings, Settings
from trainer.train import train
from trainer.vae import VariationalAutoencoder

SETTINGS = small_settings()


@pytest.fixture(scope="module")
def clips() -> Split:
    samples = load_folder(ONESHOTS, SETTINGS.samples)
    return training_split(samples, replace(SETTINGS.run, least_sounds_to_hold_out=2, held_out_share=0.4))


@pytest.fixture(scope="module")
def vae() -> VariationalAutoencoder:
    torch.manual_seed(3)
    return VariationalAutoencoder(SETTINGS.model, channels=1)


def hearings(folder: Path, clips: Split, settings: RunSettings = SETTINGS.run, clock=lambda: 0.0) -> Hearings:
    classes = load_folder(ONESHOTS, SETTINGS.samples).classes
    provenance = Provenance(name="kit", sources=(), seed=0, started_from="", device="cpu")
    return Hearings(folder, preliminary_metadata(SETTINGS, 1, provenance), clips, classes, settings, clock)


def average_of(vae: VariationalAutoencoder, factor: float = 1.0) -> dict[str, torch.Tensor]:
    return {name: factor * value for name, value in vae.state_dict().items()}


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory, clips: Split, vae: VariationalAutoencoder) -> tuple[Path, Hearing]:
    folder = tmp_path_factory.mktemp("run")
    return folder, hearings(folder, clips).take(vae, average_of(vae, 0.9), step=7)


def test_what_is_heard_is_an_instrument_that_passes_the_gate_and_has_all_that_play_needs(heard) -> None:
    _, hearing = heard
    metadata = read_decoder_metadata(admitted_decoder(hearing.decoder).path)
    assert encoder_of(hearing.decoder, metadata).is_file()
    assert metadata.name == "kit"
    assert set(metadata.key_map) == set(range(35, 82))
    assert metadata.axes
    assert metadata.prior
    assert len(metadata.map_points) > 3


def test_it_plays_the_average_of_the_weights_and_leaves_the_model_as_it_is(heard, vae, clips) -> None:
    _, hearing = heard
    exported = ExportedModel(hearing.decoder, hearing.decoder.with_suffix(".encoder.onnx"))
    averaged = VariationalAutoencoder(SETTINGS.model, channels=1)
    averaged.load_state_dict(average_of(vae, 0.9))
    clip = clips.training[0]
    whole = np.zeros((1, 1, SETTINGS.model.encoder_frames), np.float32)
    whole[0, :, : clip.audio.shape[1]] = clip.audio[:, : whole.shape[-1]]
    with torch.no_grad():
        places = [model.eval().encode(torch.from_numpy(whole))[0][0].numpy() for model in (averaged, vae)]
    found = exported.encode([clip.audio])[0][0]
    assert np.abs(found - places[0]).max() < 1e-4
    assert np.abs(found - places[1]).max() > 1e-2


def test_each_sound_lies_beside_what_the_instrument_makes_of_it_with_the_distance_of_the_figures(heard, clips) -> None:
    folder, hearing = heard
    assert len(hearing.sounds) == SOUNDS
    assert sum(sound.is_held_out for sound in hearing.sounds) == SOUNDS // 3
    by_name = {clip.path.stem: clip for clip in (*clips.training, *clips.held_out)}
    for sound in hearing.sounds:
        clip = by_name[sound.name]
        assert sound.is_held_out == (clip in clips.held_out)
        original, rate = soundfile.read(folder / "sounds" / f"sound_{sound.number}.original.wav", always_2d=True)
        assert rate == SETTINGS.model.sample_rate
        assert np.abs(original.T - 0.9 * clip.audio).max() < 1e-3
        decoded, _ = soundfile.read(folder / "sounds" / f"sound_{sound.number}.decoded.wav", always_2d=True)
        assert len(decoded) == len(original)
        assert np.abs(decoded).max() > 0.5
        figures = compare(*(at_figure_rate(wave.T.astype(np.float32), rate) for wave in (original, decoded)), 187.5)
        assert sound.distance_db == pytest.approx(figures.log_mel_db, abs=0.2)
        pictures = [
            imread(folder / "sounds" / f"sound_{sound.number}.{which}.png") for which in ("original", "decoded")
        ]
        assert pictures[0].shape == pictures[1].shape
        assert pictures[0].std() > 0.05


def test_hearings_take_their_share_of_the_time_and_none_at_the_very_end(tmp_path: Path, clips, vae) -> None:
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 2.0
        return now

    listening = hearings(tmp_path, clips, replace(SETTINGS.run, hearing_seconds=20.0, hearing_share=0.05), clock)
    now = 15.0
    assert not listening.is_due(1000.0)
    now = 25.0
    assert listening.is_due(1000.0)
    # By this clock a hearing takes two seconds, which is worth forty; but the first says nothing of the next.
    for worth_seconds in (20.0, 40.0):
        listening.take(vae, average_of(vae), step=1)
        heard = now
        now = heard + worth_seconds - 5.0
        assert not listening.is_due(1000.0)
        now = heard + worth_seconds
        assert listening.is_due(1000.0)
    assert not listening.is_due(7.0), "what nobody could play any more is not made"


def test_the_latest_instruments_are_kept_and_a_run_that_goes_on_counts_on(tmp_path: Path, clips, vae) -> None:
    first = hearings(tmp_path, clips)
    for step in range(KEPT + 1):
        first.take(vae, average_of(vae), step)
    assert sorted(path.name for path in (tmp_path / "playable").iterdir()) == ["0002", "0003", "0004", "0005"]
    assert hearings(tmp_path, clips).take(vae, average_of(vae), 9).number == KEPT + 2


class Listening(Report):
    """A report that listens and keeps what it hears."""

    listens = True

    def __init__(self) -> None:
        super().__init__(plain_line_seconds=60.0)
        self.hearings: list[Hearing] = []
        self.steps: list[int] = []

    def heard(self, hearing: Hearing) -> None:
        assert hearing.decoder.is_file()
        self.hearings.append(hearing)

    def passed(self, step) -> None:
        self.steps.append(step.step)


def test_a_run_is_heard_while_it_trains_and_learns_on_as_if_nobody_listened(tmp_path: Path) -> None:
    run = RunSettings(most_steps=5, hearing_seconds=0.0, hearing_share=1e9)
    settings: Settings = small_settings(run)
    weights = []
    for name, report in (("heard", Listening()), ("alone", Report(60.0))):
        request = small_request(ONESHOTS, tmp_path / f"{name}.onnx", minutes=60.0)
        with short_parity():
            train(request, settings, report)
        weights.append(torch.load(OutputFiles.beside(request.out).checkpoint, weights_only=True)["model"])
        if isinstance(report, Listening):
            assert [hearing.step for hearing in report.hearings] == [1, 2, 3, 4, 5, 5]
            assert report.hearings[-1].decoder == request.out, "in the end the finished instrument is heard"
            assert report.steps == [1, 2, 3, 4, 5]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
