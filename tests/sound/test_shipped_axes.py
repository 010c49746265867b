"""The knobs of the shipped models do what their names say: heard from places that calibration did not use."""

from functools import cache

import numpy as np
import pytest

from runtime.contract import DecoderMetadata, read_decoder_metadata
from runtime.model_files import encoder_of, find_model
from trainer.axis_measurement import along, drawn, figures_of, hear
from trainer.exported import ExportedModel
from trainer.named_axes import asked
from trainer.settings import AxisSettings

STARTS, POSITIONS, SECONDS, SEED = 20, 5, 0.6, 4_000_000
KEYS = np.arange(48.0, 73.0)


@cache
def shipped(name: str) -> ExportedModel:
    path = find_model(name)
    return ExportedModel(path, encoder_of(path, read_decoder_metadata(path)))


def names_of(metadata: DecoderMetadata) -> set[str]:
    return {axis.name for axis in metadata.axes}


def test_the_drums_have_the_knobs_a_drummer_asks_for() -> None:
    assert names_of(shipped("drums").metadata) >= {"brightness", "attack", "decay", "noisiness", "low_end"}


def test_the_notes_have_knobs_for_tone_breath_and_attack() -> None:
    assert names_of(shipped("notes").metadata) >= {"brightness", "attack", "noisiness", "harmonic_tilt"}


def test_no_shipped_model_offers_a_name_that_was_not_measured_to_be_kept() -> None:
    for model in ("drums", "notes"):
        for axis in shipped(model).metadata.axes:
            is_numbered = axis.name.startswith("axis_")
            assert is_numbered == (not axis.descriptor)
            assert is_numbered or (axis.correlation or 0.0) >= 0.9


@pytest.mark.parametrize(
    ("model", "name"), [("drums", "brightness"), ("drums", "decay"), ("notes", "brightness"), ("notes", "attack")]
)
def test_a_knob_moves_what_it_is_named_after_all_the_way(model: str, name: str) -> None:
    metadata = shipped(model).metadata
    axis = next(axis for axis in metadata.axes if axis.name == name)
    descriptors = [one for one in asked(metadata, AxisSettings())[0] if one.name == axis.name]
    places = drawn(metadata, KEYS, STARTS, SEED)
    steps = np.linspace(axis.minimum, axis.maximum, POSITIONS)
    latents = along(places, np.array(axis.direction), steps)
    figures = figures_of(hear(shipped(model), latents, places.pitches, descriptors, SECONDS), 0)
    assert figures.correlation >= 0.9
    assert figures.travel(0) >= descriptors[0].least_travel
