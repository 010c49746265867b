"""A decoder that runs wild is never heard: its voice is silenced, gently, and counted."""

import numpy as np
import pytest

from runtime.events import Event, Kind
from tests.performance import HOP, STEADY, largest_step, note_off, note_on, perform, tiny
from tests.tiny_decoder import BAD_AT_HOPS, TinySettings

WILD = ["nan", "infinite", "runaway"]


@pytest.mark.parametrize("behaviour", WILD)
@pytest.mark.parametrize("onset", [0, 100])
def test_a_wild_voice_fades_from_its_last_good_sample(behaviour: str, onset: int) -> None:
    sane = perform(tiny(default_latent=STEADY), [note_on(onset)], 4_000).audio[0]
    performance = perform(tiny(TinySettings(behaviour), default_latent=STEADY), [note_on(onset)], 4_000)
    audio = performance.audio[0]
    turns = onset + BAD_AT_HOPS * HOP
    np.testing.assert_array_equal(audio[:turns], sane[:turns])
    assert np.isfinite(audio).all()
    assert largest_step(audio) <= 1.05 * largest_step(sane)
    assert not audio[turns + 240 :].any()
    assert performance.engine.statistics.bad_voices == 1
    assert performance.engine.sounding == 0


@pytest.mark.parametrize("behaviour", WILD)
def test_the_other_voices_do_not_notice(behaviour: str) -> None:
    decoder = tiny(TinySettings(behaviour), default_latent=STEADY)
    late = [note_on(900, 64, 0.5, seed=2)]
    both = perform(decoder, [note_on(0, 60, 0.001, seed=1), *late], 4_000)
    alone = perform(decoder, late, 4_000)
    assert both.engine.statistics.bad_voices == 2
    np.testing.assert_allclose(both.audio, alone.audio, atol=1e-6)


def test_a_voice_that_begins_wild_is_never_heard() -> None:
    decoder = tiny(TinySettings("infinite"), default_latent=(0.0, 0.0, 50.0, 0.0))
    performance = perform(decoder, [note_on(0)], 4_000)
    assert not performance.audio.any()
    assert performance.engine.statistics.bad_voices == 1


def test_a_slot_is_good_again_after_a_wild_voice() -> None:
    decoder = tiny(TinySettings("nan"), default_latent=STEADY)
    again = perform(decoder, [note_on(0, seed=1), note_on(5_000, seed=1)], 9_000, voices=1).audio
    np.testing.assert_array_equal(again[:, :4_000], again[:, 5_000:9_000])


@pytest.mark.parametrize("behaviour", WILD)
def test_wild_voices_that_are_taken_away_end_the_same_in_any_blocks(behaviour: str) -> None:
    decoder = tiny(TinySettings(behaviour), voices=4)
    random = np.random.Generator(np.random.Philox(key=11))
    for _ in range(12):
        starts = np.sort(random.integers(0, 3_000, 40)).tolist()
        events = [note_on(frame, 50 + n % 17, 0.2 + n / 50, part=1 + n % 2) for n, frame in enumerate(starts)]
        events += [note_off(frame + 300, 50 + n % 17, part=1 + n % 2) for n, frame in enumerate(starts)]
        events.append(Event(Kind.ALL_SOUND_OFF, 1_500, part=2))
        regular = perform(decoder, events, 4_500)
        odd = perform(decoder, events, 4_500, random.integers(1, 90, 4_500).tolist())
        assert regular.engine.statistics.stolen_voices
        assert regular.engine.statistics.bad_voices
        np.testing.assert_array_equal(regular.audio, odd.audio)
        assert regular.engine.statistics == odd.engine.statistics
