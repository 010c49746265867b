"""Keys of a choke group end each other, quickly and without a click."""

import numpy as np
import pytest

from runtime.engine.replay import render_note
from runtime.events import Event, Kind
from tests.performance import STEADY, largest_step, level, note_on, perform, tiny
from tests.tiny_decoder import TinySettings

CLOSED, PEDAL, OPEN, SNARE = 42, 44, 46, 38
AT = 9_001


def drums(**metadata: object):
    return tiny(TinySettings(decay_seconds=2.0), pitched=False, gain_db=-12.0, **metadata)


@pytest.mark.parametrize("by", [CLOSED, PEDAL])
def test_an_open_hat_is_choked_by_a_closed_one_without_a_click(by: int) -> None:
    decoder = drums(default_latent=STEADY)
    both = perform(decoder, [note_on(0, OPEN), note_on(AT, by)], 24_000).audio
    closed = perform(decoder, [note_on(AT, by)], 24_000).audio
    left = both - closed
    assert level(left[:, AT - 2_000 : AT]) > 0.01
    assert np.abs(left[:, AT + 480 :]).max() < 1e-6
    assert largest_step(left[:, 100:]) <= 1.05 * largest_step(left[:, 100:AT])


@pytest.mark.parametrize(("first", "second", "part"), [(OPEN, SNARE, 1), (CLOSED, CLOSED, 1), (OPEN, CLOSED, 2)])
def test_other_keys_the_same_key_and_other_parts_choke_nothing(first: int, second: int, part: int) -> None:
    decoder = drums(default_latent=STEADY)
    performance = perform(decoder, [note_on(0, first), note_on(AT, second, part=part)], 24_000)
    assert performance.engine.sounding == 2


def test_groups_can_be_made_and_hats_let_go() -> None:
    decoder = drums(default_latent=STEADY)
    groups = [Event(Kind.CHOKE, 0, part=0, note=key, index=5) for key in (SNARE, 40)]
    free = Event(Kind.CHOKE, 0, part=0, note=OPEN, index=0)
    assert perform(decoder, [*groups, note_on(0, SNARE), note_on(AT, 40)], 24_000).engine.sounding == 1
    assert perform(decoder, [free, note_on(0, OPEN), note_on(AT, CLOSED)], 24_000).engine.sounding == 2
    assert perform(decoder, [free, note_on(0, PEDAL), note_on(AT, CLOSED)], 24_000).engine.sounding == 1


def test_the_keys_of_a_pitched_model_are_no_hats() -> None:
    decoder = tiny(default_latent=STEADY)
    assert perform(decoder, [note_on(0, OPEN), note_on(AT, CLOSED)], 24_000).engine.sounding == 2


def test_a_choked_hat_is_captured_whole() -> None:
    decoder = tiny(pitched=False)
    choked = perform(decoder, [note_on(0, OPEN), note_on(2_000, CLOSED)], 4_000)
    whole = perform(decoder, [note_on(0, OPEN)], 200_000).audio[:1]
    replayed = render_note(decoder, choked.history.note(0))
    assert choked.history.note(0).interrupted_frame == 2_000
    np.testing.assert_array_equal(replayed, whole[:, : replayed.shape[1]])
