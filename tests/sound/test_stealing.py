"""More notes than voices: who has to go, and that it is not heard as a click."""

import numpy as np
import pytest

from runtime.events import Event, Kind
from tests.performance import STEADY, Performance, largest_step, note_off, note_on, perform, tiny

CHORD = [note_on(10 * n, 50 + n, 0.5) for n in range(16)]


def sounding(performance: Performance) -> set[int]:
    voices = performance.engine._instrument.voices
    return {int(voices.note[slot]) for slot in voices.order}


def test_sixteen_notes_sound_together_and_the_seventeenth_takes_the_place_of_the_oldest() -> None:
    decoder = tiny(default_latent=STEADY)
    sixteen = perform(decoder, CHORD, 4_000)
    assert sounding(sixteen) == set(range(50, 66))
    assert sixteen.engine.statistics.stolen_voices == 0
    more = perform(decoder, [*CHORD, note_on(3_000, 80)], 4_000)
    assert sounding(more) == {*range(51, 66), 80}
    assert more.engine.statistics.stolen_voices == 1


def test_a_released_note_goes_before_a_held_one() -> None:
    decoder = tiny(default_latent=STEADY, release_seconds=2.0)
    events = [*CHORD, note_off(2_000, 57), note_on(3_000, 80)]
    assert sounding(perform(decoder, events, 4_000)) == {*range(50, 66), 80} - {57}


def test_a_quiet_note_goes_before_a_louder_one_that_is_older() -> None:
    chord = [note_on(10 * n, 50 + n, 0.1 if n == 9 else 0.5) for n in range(16)]
    assert 59 not in sounding(perform(tiny(default_latent=STEADY), [*chord, note_on(3_000, 80)], 4_000))


def test_of_two_chords_at_once_the_new_one_sounds() -> None:
    old = [note_on(0, 30 + n, 0.5) for n in range(16)]
    new = [note_on(3_000, 60 + n, 0.5) for n in range(16)]
    performance = perform(tiny(default_latent=STEADY), [*old, *new], 4_000)
    assert sounding(performance) == set(range(60, 76))
    assert performance.engine.statistics.stolen_voices == 16


@pytest.mark.parametrize("frame", [2_559, 2_560, 2_561, 2_700, 2_815])
def test_stealing_does_not_click(frame: int) -> None:
    decoder = tiny(default_latent=STEADY, voices=4)
    # The newcomer is all but silent, so that what is heard is the end of the old note, at any place of its hop.
    events = [note_on(0, 60), note_on(frame, 72, 0.001)]
    stolen = perform(decoder, events, 6_000, voices=1).audio[0]
    free = perform(decoder, [note_on(0, 60)], 6_000, voices=1).audio[0]
    np.testing.assert_array_equal(stolen[:frame], free[:frame])
    assert largest_step(stolen) <= 1.05 * largest_step(free)
    assert np.abs(stolen[frame + 240 :]).max() < 1e-5
    assert np.abs(stolen[frame : frame + 20]).max() > 0.01


def test_the_end_of_a_stolen_note_is_more_of_its_sound_not_a_thump() -> None:
    # One frame of the hop is left: what follows has to be made from what has been heard.
    stolen = perform(tiny(default_latent=STEADY), [note_on(0, 84), note_on(2_559, 72, 0.001)], 6_000, voices=1).audio[0]
    end = stolen[2_559 : 2_559 + 150]
    assert np.count_nonzero(np.diff(np.sign(end))) >= 5


def test_a_note_stolen_at_its_first_frame_leaves_nothing() -> None:
    decoder = tiny(default_latent=STEADY, voices=4)
    both = perform(decoder, [note_on(500, 60), note_on(500, 72, seed=9)], 3_000, voices=1).audio
    np.testing.assert_array_equal(both, perform(decoder, [note_on(500, 72, seed=9)], 3_000, voices=1).audio)


def test_a_voice_that_has_just_ended_is_taken_before_any_that_sounds() -> None:
    decoder = tiny(default_latent=STEADY, release_seconds=0.01)
    events = [*CHORD, note_off(2_000, 57), note_on(2_480, 80)]
    performance = perform(decoder, events, 4_000, [4_000])
    assert performance.engine.statistics.stolen_voices == 0
    assert sounding(performance) == {*range(50, 66), 80} - {57}


def test_a_note_that_is_being_cut_goes_first() -> None:
    decoder = tiny(default_latent=STEADY)
    chord = [note_on(10 * n, 50 + n, 0.5, part=2 if n == 9 else 1) for n in range(16)]
    events = [*chord, Event(Kind.ALL_SOUND_OFF, 3_000, part=2), note_on(3_100, 80)]
    assert sounding(perform(decoder, events, 3_150)) == {*range(50, 66), 80} - {59}
