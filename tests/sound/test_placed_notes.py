"""A note with a place of its own: it sounds there and stays there, and nothing else hears of it."""

import numpy as np
import pytest

from runtime.engine.parts import PlayMode
from runtime.events import Event, Kind
from tests.performance import STEADY, level, note_off, note_on, perform, tiny

LOUD = (-1.0, -1.0, 1.0, 16.0)
ELSEWHERE = (-1.0, -1.0, -1.0, 16.0)
FRAMES = 9_000


def placed(frame: int, note: int = 72, latent: tuple[float, ...] = LOUD) -> Event:
    return Event(Kind.NOTE_ON, frame, note=note, value=0.8, seed=5, values=latent)


def plain(frame: int, note: int = 72) -> Event:
    return Event(Kind.NOTE_ON, frame, note=note, value=0.8, seed=5)


@pytest.mark.parametrize("pitched", [True, False])
def test_it_sounds_as_the_part_would_at_that_place(pitched: bool) -> None:
    decoder = tiny(pitched=pitched, default_latent=STEADY, key_map={72: ELSEWHERE})
    there = [Event(Kind.GLIDE, 0), Event(Kind.KEY_LATENT, 0, note=72), Event(Kind.LATENT, 0, values=LOUD), plain(0)]
    np.testing.assert_array_equal(perform(decoder, [placed(0)], FRAMES).audio, perform(decoder, there, FRAMES).audio)


def test_it_stays_where_it_is_when_part_and_key_go_elsewhere() -> None:
    decoder = tiny(default_latent=STEADY)
    moves = [Event(Kind.LATENT, 500, values=ELSEWHERE), Event(Kind.KEY_LATENT, 500, note=72, values=ELSEWHERE)]
    np.testing.assert_array_equal(
        perform(decoder, [placed(0), *moves], FRAMES).audio, perform(decoder, [placed(0)], FRAMES).audio
    )


def test_axes_move_it_as_they_move_all_of_its_part() -> None:
    decoder = tiny(default_latent=STEADY)
    turned = perform(decoder, [placed(0), Event(Kind.AXIS, 2_000, index=2, value=0.0)], FRAMES).audio[0]
    assert level(turned[7_000:]) < 0.5 * level(turned[1_000:2_000])


def test_the_next_note_of_the_key_is_at_the_place_of_the_key_again() -> None:
    decoder = tiny(pitched=False, default_latent=STEADY)
    after = perform(decoder, [placed(0), Event(Kind.ALL_SOUND_OFF, 4_000), plain(6_144)], 12_000).audio
    alone = perform(decoder, [plain(6_144)], 12_000).audio
    np.testing.assert_array_equal(after[:, 6_144:], alone[:, 6_144:])


@pytest.mark.parametrize("mode", [PlayMode.MONO, PlayMode.LEGATO])
def test_it_leaves_a_melody_of_one_note_at_a_time_alone(mode: PlayMode) -> None:
    decoder = tiny(default_latent=STEADY)
    melody = [Event(Kind.PLAY_MODE, 0, value=mode), plain(0, 60), plain(3_000, 64), note_off(6_000, 64)]
    both = [*melody[:2], placed(1_000), melody[2], note_off(4_000, 72), melody[3]]
    alone = perform(decoder, melody, 20_000).audio
    beside = perform(decoder, both, 20_000).audio
    assert level(beside[:, 1_000:2_000] - alone[:, 1_000:2_000]) > 0.01
    np.testing.assert_allclose(beside[:, 18_000:], alone[:, 18_000:], atol=1e-6)


def test_a_sweep_over_many_places_takes_one_voice_and_no_other_key_s() -> None:
    decoder = tiny(pitched=False, default_latent=STEADY)
    sweep = [placed(600 * n) for n in range(1, 9)]
    swept = perform(decoder, [plain(0, 40), *sweep], FRAMES, voices=2)
    # What sounds in the end is the key that was struck first, and the last place.
    both = perform(decoder, [plain(0, 40), sweep[-1]], FRAMES, voices=2)
    np.testing.assert_allclose(swept.audio[:, 7_000:], both.audio[:, 7_000:], atol=1e-6)


def test_a_place_of_another_model_begins_no_note_and_is_counted() -> None:
    decoder = tiny(default_latent=STEADY)
    result = perform(decoder, [placed(0, latent=(0.0,))], 2_000)
    assert level(result.audio) == 0
    assert note_on(0).values == ()
