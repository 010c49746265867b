"""Playing harder sounds brighter where the real notes do, and the figure says when a model does not follow."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.trainer.synthetic_notes import RATE, tone
from trainer.pitched_clips import PitchedClip, Playing
from trainer.velocity_response import velocity_response

NOTES = range(48, 78, 3)


def played(note: float, velocity: float, follows: float) -> np.ndarray:
    """A tone whose partials fall off less the harder it is played, more so on high keys."""
    slope = 3.0 - follows * 1.5 * velocity * (note / 60)
    return tone(note, 1.0, np.arange(1, 30) ** -slope)


def recorded() -> list[PitchedClip]:
    return [
        PitchedClip(
            Path("a.wav"), 0, played(note, velocity, 1.0), 1.0, str(note), 1.0, pitch=float(note), velocity=velocity
        )
        for note in NOTES
        for velocity in (0.3, 0.6, 0.9)
    ]


class Player:
    """Plays tones as an exported model plays notes."""

    metadata = SimpleNamespace(sample_rate=RATE)

    def __init__(self, follows: float) -> None:
        self.follows = follows

    def encode(self, clips: Any) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((len(clips), 2), np.float32), np.ones((len(clips), 2), np.float32)

    def decode(self, latents: np.ndarray, seconds: float, playing: Playing) -> np.ndarray:
        notes = zip(playing.pitch.tolist(), playing.velocity.tolist(), strict=True)
        return np.stack([played(pitch, velocity, self.follows) for pitch, velocity in notes])


def test_a_model_that_follows_the_velocity_rises_as_the_real_notes_do() -> None:
    found = velocity_response(Player(1.0), recorded())  # type: ignore[arg-type]
    assert found is not None
    assert found.keys == len(NOTES)
    assert found.real_octaves > 0.3
    assert found.made_octaves == pytest.approx(found.real_octaves, abs=0.02)
    assert found.rank_correlation > 0.95


def test_a_model_that_is_deaf_to_velocity_does_not_rise() -> None:
    found = velocity_response(Player(0.0), recorded())  # type: ignore[arg-type]
    assert found is not None
    assert found.made_octaves == pytest.approx(0, abs=0.02)


def test_one_velocity_to_a_key_tells_nothing() -> None:
    assert velocity_response(Player(1.0), recorded()[::3]) is None  # type: ignore[arg-type]
