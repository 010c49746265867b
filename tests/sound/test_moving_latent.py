"""The latent moves while notes sound: it arrives when it should, and nothing clicks."""

import numpy as np
import pytest

from runtime.events import Event, Kind
from tests.performance import PURE, STEADY, largest_step, level, note_on, perform, tiny
from tests.tiny_decoder import TinySettings

BRIGHT = (1.0, -1.0, 0.5, 16.0)


@pytest.mark.parametrize("glide_seconds", [0.0, 0.04])
@pytest.mark.parametrize("spacing", [1, 100, 256, 4_000])
def test_a_moved_note_makes_no_step_that_the_unmoved_one_does_not_make(glide_seconds: float, spacing: int) -> None:
    decoder = tiny(default_latent=STEADY)
    moves = [
        Event(Kind.LATENT, 1_000 + n * spacing, values=(BRIGHT, STEADY)[n % 2])
        for n in range(min(8_000 // spacing, 200) | 1)
    ]
    moved = perform(decoder, [note_on(0), *moves], 12_000, glide_seconds=glide_seconds).audio[0]
    unmoved = [
        perform(decoder, [Event(Kind.GLIDE, 0), Event(Kind.LATENT, 0, values=z), note_on(0)], 12_000).audio[0]
        for z in (STEADY, BRIGHT)
    ]
    assert level(moved - unmoved[0]) > 1e-3
    assert largest_step(moved) <= 1.05 * max(map(largest_step, unmoved))


@pytest.mark.parametrize("kind", [Kind.LATENT, Kind.LATENT_DIMENSION, Kind.AXIS])
def test_a_move_arrives_after_its_glide_and_not_before(kind: Kind) -> None:
    decoder = tiny(TinySettings(), default_latent=STEADY)
    target = {Kind.LATENT: {"values": (-1.0, -1.0, 1.0, 16.0)}, Kind.LATENT_DIMENSION: {"index": 2, "value": 1.0}}
    move = Event(kind, 10_000, **target.get(kind, {"index": 2, "value": 0.75}))
    audio = perform(decoder, [note_on(0), Event(Kind.GLIDE, 0, value=0.1), move], 24_000).audio[0]
    before, halfway, arrived = (level(audio[at : at + 1_000]) for at in (9_000, 12_200, 15_400))
    assert halfway / before == pytest.approx(2**0.5, rel=0.1)
    assert arrived / before == pytest.approx(2, rel=0.01)


def test_a_move_that_brings_its_own_time_takes_that() -> None:
    decoder = tiny(default_latent=STEADY)
    move = Event(Kind.AXIS, 10_000, index=2, value=0.75, values=(0.005,))
    audio = perform(decoder, [note_on(0), Event(Kind.GLIDE, 0, value=10.0), move], 14_000).audio[0]
    assert level(audio[11_000:]) / level(audio[8_000:10_000]) == pytest.approx(2, rel=0.01)


def test_a_part_moves_alone() -> None:
    decoder = tiny(default_latent=STEADY)
    still = perform(decoder, [note_on(0)], 9_000).audio
    other = perform(decoder, [note_on(0), Event(Kind.LATENT, 100, part=2, values=BRIGHT)], 9_000).audio
    np.testing.assert_array_equal(still, other)


def test_a_drum_key_plays_the_place_the_key_map_gives_it() -> None:
    decoder = tiny(pitched=False, default_latent=PURE, key_map={38: (-1.0, -1.0, -2.0, 0.0)})
    kick, snare = (perform(decoder, [note_on(0, key)], 4_800).audio for key in (36, 38))
    assert level(kick) / level(snare) == pytest.approx(4, rel=0.05)


def test_a_key_can_be_given_a_place_and_have_it_taken_away() -> None:
    decoder = tiny(default_latent=STEADY)
    quiet = (-1.0, -1.0, -3.0, 16.0)
    give, take = Event(Kind.KEY_LATENT, 0, note=60, values=quiet), Event(Kind.KEY_LATENT, 100, note=60)
    part, key, back = (
        level(perform(decoder, [*events, note_on(200)], 9_000).audio) for events in ([], [give], [give, take])
    )
    assert key == pytest.approx(part / 8, rel=0.01)
    assert back == part


def test_a_place_of_the_wrong_size_is_counted_and_changes_nothing() -> None:
    decoder = tiny()
    wrong = [
        Event(Kind.LATENT, 0, values=(1.0,)),
        Event(Kind.LATENT_DIMENSION, 0, index=4, value=1.0),
        Event(Kind.AXIS, 0, index=9, value=1.0),
        Event(Kind.LATENT, 0, values=(1.0, float("nan"), 0.0, 0.0)),
        Event(Kind.LATENT, 0, values=(1.0, 1e300, 0.0, 0.0)),
        Event(Kind.GAIN, 0, value=float("inf")),
        Event(Kind.BEND, 0, part=17, value=1.0),
        Event(Kind.NOTE_ON, 0, note=200, value=1.0),
        Event(Kind.READY, 0),
    ]
    performance = perform(decoder, [*wrong, note_on(0, seed=1)], 2_000)
    np.testing.assert_array_equal(performance.audio, perform(decoder, [note_on(0, seed=1)], 2_000).audio)
    assert performance.engine.statistics.bad_events == len(wrong)
    assert len(performance.engine.played) == 1
