"""A search comes closer, never farther, stays near the data, and finds the same place again."""

from pathlib import Path

import numpy as np
import pytest

from runtime.contract import PriorComponent
from runtime.engine.decoder import Decoder, Floats
from runtime.latent.outside import DataRange
from runtime.likeness import Closeness
from runtime.refinement import refine
from runtime.sample_target import SampleTarget, held_seconds
from runtime.trial_sounds import Strike, play_places
from tests.tiny_decoder import LATENT_SIZE, write_tiny_decoder
from tests.trainer.synthetic_notes import tone

RATE = 48_000
ROUNDS = 15
FIRST = np.zeros(LATENT_SIZE, np.float32)
HIDDEN = np.array([0.7, -0.6, 0.0, -1.0], np.float32)
"""Bright, hardly any noise, half as long: a place that a search is to find. Of its level nothing is heard."""
NARROW = (
    PriorComponent(weight=1.0, mean=(0.0,) * LATENT_SIZE, scale=tuple(tuple(row) for row in 0.2 * np.eye(LATENT_SIZE))),
)


def tiny(folder: Path, **metadata: object) -> Decoder:
    return Decoder.load(write_tiny_decoder(folder, pitched=False, **metadata), 16)


def sound_of(decoder: Decoder, place: Floats, strike: Strike | None = None) -> Floats:
    return play_places(decoder, place[None], strike or Strike(), 0.6)[0]


def test_a_search_finds_the_place_of_a_sound_the_decoder_made(tmp_path: Path) -> None:
    decoder = tiny(tmp_path)
    found = refine(decoder.metadata, FIRST, SampleTarget(decoder, sound_of(decoder, HIDDEN)), rounds=ROUNDS)
    assert found.closeness.log_mel_db < 0.15 * found.first.log_mel_db
    assert np.abs(found.latent - HIDDEN)[[0, 1, 3]].max() < 0.25


def test_a_search_is_never_farther_than_where_it_began(tmp_path: Path) -> None:
    decoder = tiny(tmp_path)
    target = SampleTarget(decoder, sound_of(decoder, HIDDEN))
    # Where it begins at the very place, a search of two rounds finds nothing better.
    found = refine(decoder.metadata, HIDDEN, target, rounds=2)
    assert np.array_equal(found.latent, HIDDEN)
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 24_000)).astype(np.float32)
    for seed in range(3):
        found = refine(decoder.metadata, HIDDEN, SampleTarget(decoder, noise), rounds=3, seed=seed)
        assert found.closeness.log_mel_db <= found.first.log_mel_db


class Trap:
    """Everywhere but where the search begins the envelope is right and the spectrum farther off."""

    def beginnings(self, latents: Floats) -> list[Closeness]:
        return self.wholes(latents)

    def wholes(self, latents: Floats) -> list[Closeness]:
        return [Closeness(2.0, 40.0) if np.array_equal(place, HIDDEN) else Closeness(2.1, 0.0) for place in latents]


def test_no_envelope_is_worth_a_spectrum_that_is_farther_off(tmp_path: Path) -> None:
    found = refine(tiny(tmp_path).metadata, HIDDEN, Trap(), rounds=2)
    assert np.array_equal(found.latent, HIDDEN)
    assert found.closeness.log_mel_db == found.first.log_mel_db == 2.0


def test_equal_seeds_find_equal_places_and_others_others(tmp_path: Path) -> None:
    decoder = tiny(tmp_path)
    target = SampleTarget(decoder, sound_of(decoder, HIDDEN))
    once, again, other = (refine(decoder.metadata, FIRST, target, rounds=4, seed=seed).latent for seed in (1, 1, 2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_a_search_stays_near_the_data(tmp_path: Path) -> None:
    decoder = tiny(tmp_path, prior=NARROW, outside_radius=3.0)
    target = SampleTarget(decoder, sound_of(decoder, 2 * HIDDEN))
    found = refine(decoder.metadata, FIRST, target, rounds=ROUNDS)
    assert found.closeness.log_mel_db < found.first.log_mel_db
    assert DataRange(decoder.metadata).outside(found.latent.tolist()) < 1.5
    assert DataRange(decoder.metadata).outside((2 * HIDDEN).tolist()) > 3


def test_a_long_sound_is_judged_by_all_of_it(tmp_path: Path) -> None:
    decoder = tiny(tmp_path)
    slow = np.array([0.0, 0.0, 0.0, 1.5], np.float32)
    audio = play_places(decoder, slow[None], Strike(), 3.0)[0]
    target = SampleTarget(decoder, audio)
    (whole,), (beginning,) = target.wholes(FIRST[None]), target.beginnings(FIRST[None])
    assert whole.log_mel_db > beginning.log_mel_db + 1
    found = refine(decoder.metadata, FIRST, target, rounds=ROUNDS)
    assert found.closeness == target.wholes(found.latent[None])[0]
    assert found.closeness.log_mel_db < 0.3 * whole.log_mel_db


def test_a_note_is_held_to_notes_of_its_own_pitch(tmp_path: Path) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path), 16)
    sound = sound_of(decoder, HIDDEN, Strike(note=57.37))
    target = SampleTarget(decoder, sound)
    assert target.note == pytest.approx(57.37, abs=0.02)
    assert target.wholes(HIDDEN[None])[0].log_mel_db < 0.5
    assert SampleTarget(decoder, np.random.default_rng(0).uniform(-1, 1, (1, 20_000)).astype(np.float32)).note is None


def test_a_key_went_up_before_a_note_falls_fast_and_never_for_one_that_dies_away() -> None:
    held = tone(57, 1.5)
    held[:, RATE:] *= np.exp(-40 * np.arange(held.shape[1] - RATE) / RATE)
    assert held_seconds(held, RATE) == pytest.approx(1.0, abs=0.05)
    string = tone(57, 1.5, decay=3.0)
    assert held_seconds(string, RATE) == pytest.approx(1.5, abs=0.01)
