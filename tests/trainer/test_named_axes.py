"""Named axes are found where they are, measured as they work, and left out where they do not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from runtime.contract import PriorComponent, read_decoder_metadata, read_hash
from tests.tiny_decoder import LATENT_SIZE, TinySettings
from tests.tiny_encoder import write_tiny_model
from trainer import calibration
from trainer.axis_measurement import AxisFigures, Places, cross_talk, rank_correlation
from trainer.axis_trial import Way, distances, independent_directions
from trainer.descriptors import DRUM_DESCRIPTORS
from trainer.exported import ExportedModel
from trainer.named_axes import Found, Known, common_covariance, measured, named_axes, slope
from trainer.settings import AxisSettings, CalibrationSettings

TONE, NOISE, LEVEL, DECAY = range(LATENT_SIZE)
"""What the latent dimensions of the tiny decoder are."""
SETTINGS = AxisSettings(
    pairs=400, trial_starts=12, trial_positions=5, starts=20, positions=5, drum_seconds=0.4, widest_deviations=2.0
)
SPREAD = 0.35
PRIOR = (PriorComponent(weight=1.0, mean=(0.0,) * 4, scale=tuple(tuple(row) for row in SPREAD * np.eye(4))),)


def known(sounds: int = 200) -> Known:
    means = SPREAD * np.random.default_rng(0).normal(size=(sounds, LATENT_SIZE))
    return Known(means, np.full_like(means, 1e-4), np.full(sounds, 60.0))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ExportedModel:
    path = write_tiny_model(tmp_path_factory.mktemp("tiny"), TinySettings(decay_seconds=0.06), pitched=False)
    return ExportedModel(path, path.with_name("tiny.encoder.onnx"))


@pytest.fixture(scope="module")
def found(tiny: ExportedModel) -> Found:
    return named_axes(tiny, PRIOR, known(), SETTINGS)


@pytest.mark.parametrize(("name", "dimension", "share"), [("noisiness", NOISE, 0.5), ("decay", DECAY, 0.9)])
def test_an_axis_points_where_the_decoder_has_what_it_is_named_after(
    found: Found, name: str, dimension: int, share: float
) -> None:
    direction = np.array({axis.name: axis for axis in found.axes}[name].direction)
    assert np.linalg.norm(direction) == pytest.approx(SPREAD, rel=0.01), "position 1 is one deviation"
    assert direction[dimension] > share * np.linalg.norm(direction), direction


def test_no_axis_moves_what_none_is_named_after(found: Found) -> None:
    for axis in found.axes:
        assert abs(axis.direction[LEVEL]) < 0.4 * np.linalg.norm(axis.direction), axis


def test_what_the_decoder_cannot_do_is_not_offered(found: Found) -> None:
    assert not {"attack", "pitch_drop"} & {axis.name for axis in found.axes}


def test_every_axis_keeps_its_word_and_leaves_the_others_alone(found: Found) -> None:
    assert {"noisiness", "decay"} <= {axis.name for axis in found.axes}
    for axis in found.axes:
        assert axis.correlation is not None
        assert axis.correlation >= 0.9
        assert axis.minimum < 0.0 == axis.default < axis.maximum
        assert set(axis.cross_talk) == {other.name for other in found.axes} - {axis.name}
    talk = {axis.name: axis.cross_talk for axis in found.axes}
    # Noise is what makes this decoder bright: those two can hardly be told apart, length can.
    others = [*talk["decay"].values(), *(moved["decay"] for name, moved in talk.items() if name != "decay")]
    assert max(map(abs, others)) < 0.4


def test_the_gradient_tells_bright_places_from_dark_ones(found: Found) -> None:
    gradient = np.array({axis.name: axis for axis in found.axes}["decay"].gradient)
    assert gradient[DECAY] == pytest.approx(1.0, abs=0.25), "one octave of seconds per unit"


def test_the_same_model_gets_the_same_axes_again(tiny: ExportedModel) -> None:
    short = replace(SETTINGS, pairs=64, trial_starts=8, starts=8)
    once, again = (named_axes(tiny, PRIOR, known(), short).axes for _ in range(2))
    assert once == again != ()


def test_without_time_to_listen_nothing_is_named(tiny: ExportedModel) -> None:
    assert named_axes(tiny, PRIOR, known(), SETTINGS.within(10)).axes == ()


def test_less_time_means_fewer_sounds_of_each_kind() -> None:
    full = AxisSettings()
    assert full.within(10**9) == full
    half = full.within(10_000)
    assert 0 < half.pairs / full.pairs < 1
    assert half.starts / full.starts == pytest.approx(half.pairs / full.pairs, abs=0.01)


# --- the parts -----------------------------------------------------------------------------------------------------


def test_a_slope_is_found_under_jumps() -> None:
    random = np.random.default_rng(1)
    steps = random.normal(size=(800, 6))
    rises = steps @ [1.0, 0, 0, -2.0, 0, 0] + random.normal(size=800)
    rises[::50] += 1000.0
    found = slope(steps, rises)
    assert np.corrcoef(found, [1.0, 0, 0, -2.0, 0, 0])[0, 1] > 0.98


def test_of_too_few_sounds_there_is_no_slope() -> None:
    rises = np.full(100, np.nan)
    rises[:10] = 1.0
    assert np.isnan(slope(np.random.default_rng(2).normal(size=(100, 6)), rises)).all()


def test_directions_move_their_own_gradient_and_no_other() -> None:
    gradients = np.random.default_rng(3).normal(size=(4, 16))
    moved = gradients @ independent_directions(gradients, ridge=1e-9).T
    assert np.allclose(moved, np.diag(np.diag(moved)), atol=1e-6)
    assert (np.diag(moved) > 0).all()


@pytest.mark.parametrize(
    ("course", "is_offered"),
    [((0.0, 0.3, 0.6, 0.9, 1.2), True), ((0.0, 0.1, 0.2, 0.3, 0.4), False), ((0.0, 0.9, 0.2, 1.6, 1.0), False)],
)
def test_a_knob_must_move_far_enough_and_steadily_to_be_offered(course: tuple[float, ...], is_offered: bool) -> None:
    places = Places(np.zeros((30, LATENT_SIZE)), np.full(30, 60.0))
    brightness = np.broadcast_to(np.array(course)[:, None], (30, 5, 1))
    offered = measured(
        lambda latents, pitches, which: brightness,
        places,
        {0: Way(np.eye(LATENT_SIZE)[TONE], 2.0)},
        np.eye(1, LATENT_SIZE),
        DRUM_DESCRIPTORS[:1],
        len(course),
    )
    assert [axis.name for axis in offered.axes] == ["brightness"] * is_offered


def test_rank_correlation_asks_for_enough_positions_and_counts_a_still_knob_as_dead() -> None:
    assert rank_correlation(np.array([1.0, 2, 3, 5, 90])) == pytest.approx(1.0)
    assert rank_correlation(np.array([1.0, np.nan, 3, 5, 90])) == pytest.approx(1.0)
    assert np.isnan(rank_correlation(np.array([1.0, np.nan, np.nan, 5, np.nan])))
    assert rank_correlation(np.ones(5)) == 0.0


def test_cross_talk_is_in_widths_of_the_axis_that_is_moved() -> None:
    first = AxisFigures(0, np.ones(3), np.array([[2.0, 1.0]] * 3))
    second = AxisFigures(1, np.ones(3), np.array([[-0.5, 10.0]] * 3))
    assert cross_talk([first, second]) == pytest.approx(np.array([[1.0, 0.1], [-0.25, 1.0]]))


def test_distances_are_deviations_from_the_nearest_region() -> None:
    far = PriorComponent(weight=1.0, mean=(10.0, 0, 0, 0), scale=tuple(tuple(row) for row in 2 * np.eye(4)))
    places = np.array([[SPREAD, 0, 0, 0], [14.0, 0, 0, 0]])
    assert distances([*PRIOR, far], places) == pytest.approx([1.0, 2.0])
    assert common_covariance([*PRIOR, far])[0, 0] == pytest.approx((SPREAD**2 + 4) / 2)


# --- the command ---------------------------------------------------------------------------------------------------


def test_calibrating_names_axes_and_touches_no_weight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    oneshots = Path(__file__).parent.parent / "data" / "oneshots"
    path = write_tiny_model(tmp_path, TinySettings(decay_seconds=0.06), pitched=False)
    before = read_hash(path)
    quick = CalibrationSettings(
        named_axes=replace(SETTINGS, pairs=48, trial_starts=8, starts=8), most_map_points=20, level_sounds=20
    )
    monkeypatch.setattr(calibration, "CalibrationSettings", lambda: quick)
    calibration.main(str(path), oneshots)
    said = capsys.readouterr()
    assert read_hash(path) == before
    metadata = read_decoder_metadata(path)
    assert metadata.classes
    assert "decay" in {axis.name for axis in metadata.axes}
    assert "decay" in said.out
    assert str(path) in said.out
    assert "calibrating tiny" in said.err
