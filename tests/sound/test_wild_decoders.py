"""A decoder that runs wild is never heard: its voice is silenced, gently, and counted."""

import numpy as np
import pytest

from tests.performance import HOP, STEADY, largest_step, note_on, perform, tiny
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
