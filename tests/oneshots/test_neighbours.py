"""Neighbours of a note: of its kind, all different, the same for the same strike, and moving as it moved."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.engine.replay import planned_note
from runtime.latent.outside import DataRange
from runtime.model_files import find_model
from runtime.oneshots.fingerprint import distances_db, fingerprint
from runtime.oneshots.making import decode_note
from runtime.oneshots.neighbours import UNPITCHED_APART_DB, Neighbour, neighbours
from tests.performance import STEADY, tiny

KICK, LOW_TOM = 36, 45


@pytest.fixture(scope="module")
def drums() -> Decoder:
    return Decoder.load(find_model("drums"), 16)


def near(decoder: Decoder, note: CapturedNote, count: int) -> list[Neighbour]:
    return list(islice(neighbours(decoder, note, decode_note(decoder, note)), count))


@pytest.mark.parametrize("key", [KICK, LOW_TOM])
def test_all_can_be_told_apart_and_are_of_the_class(drums: Decoder, key: int) -> None:
    note, data, rate = planned_note(drums.metadata, key, 0.8), DataRange(drums.metadata), drums.metadata.sample_rate
    found = near(drums, note, 6)
    sounds = [decode_note(drums, note), *(one.sound for one in found)]
    looks = np.stack([fingerprint(sound, rate, None) for sound in sounds])
    apart = np.stack([distances_db(one, looks, is_pitched=False) for one in looks])
    assert apart[~np.eye(len(looks), dtype=bool)].min() >= UNPITCHED_APART_DB
    places = [one.note.latent[0].tolist() for one in found]
    assert {data.label(place) for place in places} == {data.label(note.latent[0].tolist())}
    assert max(map(data.outside, places)) <= 1


def test_a_strike_has_its_own_neighbours_and_the_next_strike_others(drums: Decoder) -> None:
    note = planned_note(drums.metadata, KICK, 0.8)
    first, again, next_strike = (near(drums, one, 1)[0] for one in (note, note, replace(note, number=1)))
    assert np.array_equal(first.note.latent, again.note.latent)
    assert np.array_equal(first.sound, again.sound)
    assert not np.array_equal(first.note.latent, next_strike.note.latent)


def test_what_moved_while_the_note_sounded_moves_in_its_neighbours() -> None:
    decoder = tiny(default_latent=STEADY)
    note = planned_note(decoder.metadata, 60, 0.8, held_seconds=0.2)
    moving = replace(note, latent=note.latent + np.linspace(0, 1, note.hops, dtype=np.float32)[:, None])
    (found,) = near(decoder, moving, 1)
    assert np.ptp(found.note.latent - moving.latent, axis=0).max() < 1e-5
    assert found.note.seed == moving.seed


def test_a_model_whose_sounds_are_all_alike_gives_what_it_has() -> None:
    decoder = tiny(default_latent=(0.0, 0.0, 0.0, 0.0), prior=NARROW)
    assert len(near(decoder, planned_note(decoder.metadata, 60, 0.8, held_seconds=0.1), 2)) == 2


NARROW = [{"weight": 1.0, "mean": [0.0] * 4, "scale": (1e-4 * np.eye(4)).tolist()}]
