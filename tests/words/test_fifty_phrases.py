"""Fifty phrases, and more: each names the class and the directions that a musician would mean by it."""

import numpy as np
import pytest

from runtime.contract import DecoderMetadata
from runtime.words.search import WordSearch
from tests.words.synthetic_instruments import DRUM_AXES, NOTE_AXES, NOTES, instrument

DRUMS = instrument()
ORCHESTRA = instrument(NOTES, NOTE_AXES, pitched=True)

UP, DOWN = 1, -1

OF_DRUMS = {
    # phrase: (class, {axis: direction})
    "kick": ("kick", {}),
    "bd": ("kick", {}),
    "Bass Drum": ("kick", {}),
    "a hand clap": ("clap", {}),
    "short bright snare": ("snare", {"decay": DOWN, "brightness": UP}),
    "bright, short snare!": ("snare", {"decay": DOWN, "brightness": UP}),
    "dark snare": ("snare", {"brightness": DOWN}),
    "very dark kick": ("kick", {"brightness": DOWN}),
    "a slightly noisy rimshot": ("rim", {"noisiness": UP}),
    "clean tom": ("tom", {"noisiness": DOWN}),
    "deep boomy kick": ("kick", {"low_end": UP, "decay": UP}),
    "boomy bassdrum": ("kick", {"low_end": UP, "decay": UP}),
    "punchy kick": ("kick", {"attack": DOWN, "low_end": UP, "decay": DOWN}),
    "tight sd": ("snare", {"decay": DOWN, "attack": DOWN}),
    "snappy snare drum": ("snare", {"attack": DOWN, "decay": DOWN}),
    "a soft tom": ("tom", {"attack": UP, "brightness": DOWN}),
    "hard snare": ("snare", {"attack": DOWN, "brightness": UP}),
    "open hi-hat": ("hat", {"decay": UP}),
    "closed hihat": ("hat", {"decay": DOWN}),
    "open hat, very bright": ("hat", {"decay": UP, "brightness": UP}),
    "dry hh": ("hat", {"decay": DOWN}),
    "long crash": ("cymbal", {"decay": UP}),
    "thin clap": ("clap", {"low_end": DOWN}),
    "fat snare with a long tail": ("snare", {"low_end": UP, "decay": UP}),
    "a kick with more bass": ("kick", {"low_end": UP}),
    "kick with less click": ("kick", {"attack": UP}),
    "snare without noise": ("snare", {"noisiness": DOWN}),
    "not too bright snare": ("snare", {"brightness": DOWN}),
    "snare, not bright": ("snare", {"brightness": DOWN}),
    "a warm cowbell": ("percussion", {"brightness": DOWN, "low_end": UP}),
    "zappy tom": ("tom", {"pitch_drop": UP}),
    "kick with a pitch drop": ("kick", {"pitch_drop": UP}),
    "the brightest snare": ("snare", {"brightness": UP}),
    "the least noisy hat": ("hat", {"noisiness": DOWN}),
    "as short a snare as possible": ("snare", {"decay": DOWN}),
    "snare as short as possible": ("snare", {"decay": DOWN}),
    "extremely long cymbal": ("cymbal", {"decay": UP}),
    "airy shaker": ("percussion", {"brightness": UP, "noisiness": UP}),
    # From here on from where one is.
    "brighter": ("", {"brightness": UP}),
    "a bit longer": ("", {"decay": UP}),
    "much punchier": ("", {"attack": DOWN, "low_end": UP, "decay": DOWN}),
    "darker and shorter": ("", {"brightness": DOWN, "decay": DOWN}),
    "less noise, more punch": ("", {"noisiness": DOWN, "attack": DOWN, "low_end": UP}),
    "a bit less bright": ("", {"brightness": DOWN}),
    "more bright": ("", {"brightness": UP}),
    "too long": ("", {"decay": DOWN}),
    "too noisy": ("", {"noisiness": DOWN}),
    "tighter": ("", {"decay": DOWN, "attack": DOWN}),
    "make it a lot deeper": ("", {"low_end": UP}),
    "slightly cleaner please": ("", {"noisiness": DOWN}),
    "less boomy": ("", {"low_end": DOWN, "decay": DOWN}),
    "longer, a lot": ("", {"decay": UP}),
    "softer attack": ("", {"attack": UP}),
    "a snare with a fast decay": ("snare", {"decay": DOWN}),
    "more attack": ("", {"attack": DOWN}),
    "drier": ("", {"decay": DOWN}),
    "fatter!": ("", {"low_end": UP}),
}

OF_NOTES = {
    "grand piano": ("grand_piano", {}),
    "piano": ("grand_piano", {}),
    "bright rhodes": ("electric_piano", {"brightness": UP}),
    "a mellow electric guitar": ("electric_guitar", {"brightness": DOWN}),
    "breathy flute": ("flute", {"noisiness": UP}),
    "soft string section": ("strings", {"attack": UP, "brightness": DOWN}),
    "pipe organ, very hollow": ("church_organ", {"hollowness": UP}),
    "rich strings": ("strings", {"harmonic_tilt": UP}),
    "upright bass": ("acoustic_bass", {}),
    "metallic piano": ("grand_piano", {"inharmonicity": UP}),
    "less metallic": ("", {"inharmonicity": DOWN}),
    "a slower attack": ("", {"attack": UP}),
}


def _position(metadata: DecoderMetadata, axis: str, latent: tuple[float, ...]) -> float:
    return latent[[one.name for one in metadata.axes].index(axis)]


def _usual(metadata: DecoderMetadata, axis: str, class_name: str) -> np.ndarray:
    label = metadata.classes.index(class_name)
    return np.array([_position(metadata, axis, p.latent) for p in metadata.map_points if p.label == label])


@pytest.mark.parametrize(
    ("metadata", "phrase", "class_name", "directions"),
    [(DRUMS, phrase, *wanted) for phrase, wanted in OF_DRUMS.items()]
    + [(ORCHESTRA, phrase, *wanted) for phrase, wanted in OF_NOTES.items()],
    ids=[*OF_DRUMS, *OF_NOTES],
)
def test_a_phrase_is_understood_as_a_musician_means_it(
    metadata: DecoderMetadata, phrase: str, class_name: str, directions: dict[str, int]
) -> None:
    found = WordSearch(metadata).find(phrase)
    assert (found.unknown, found.missing) == ((), ())
    if class_name:
        # Among the sounds of that class, on the side that was asked for.
        assert found.class_name == class_name
        assert found.steps == {}
        for axis, direction in directions.items():
            usual = np.median(_usual(metadata, axis, class_name))
            assert direction * (_position(metadata, axis, found.latent) - usual) > 0.05
        return
    assert set(directions) <= set(found.steps)
    for axis, direction in directions.items():
        before = _position(metadata, axis, metadata.default_latent)
        assert direction * (_position(metadata, axis, found.latent) - before) > 0.05


def test_there_are_at_least_fifty() -> None:
    assert len(OF_DRUMS) >= 50
    assert {axis for _, directions in OF_DRUMS.values() for axis in directions} == set(DRUM_AXES)
