"""The sum of all voices: gain, limiter, the end."""

import numpy as np
import pytest

from runtime.events import Event, Kind
from tests.performance import STEADY, largest_step, level, note_on, perform, tiny
from tests.tiny_decoder import LEVEL, TinySettings


def test_gain_turns_the_mix_without_a_click() -> None:
    decoder = tiny(default_latent=STEADY)
    plain = perform(decoder, [note_on(0)], 12_000).audio[0]
    turned = perform(decoder, [note_on(0), Event(Kind.GAIN, 5_001, value=-12.0)], 12_000).audio[0]
    np.testing.assert_array_equal(turned[:5_002], plain[:5_002])
    np.testing.assert_allclose(turned[5_001 + 960 :], plain[5_001 + 960 :] * 10 ** (-12 / 20), rtol=1e-6)
    assert largest_step(turned) <= 1.01 * largest_step(plain)


def test_gain_stays_within_its_range() -> None:
    decoder = tiny(TinySettings("constant"))
    for asked, given in ((100.0, 6.0), (-100.0, -60.0)):
        audio = perform(decoder, [Event(Kind.GAIN, 0, value=asked), note_on(2_000)], 4_000).audio
        assert audio[0, 3_000] == pytest.approx(LEVEL * 10 ** (given / 20), rel=1e-5)


def test_sixteen_loud_voices_never_pass_full_scale() -> None:
    decoder = tiny(default_latent=STEADY, gain_db=12.0)
    audio = perform(decoder, [note_on(n, 60 + n) for n in range(16)], 12_000).audio
    assert np.abs(audio).max() == 1.0


def test_what_stays_below_full_scale_is_not_touched() -> None:
    decoder = tiny(TinySettings("constant"), velocity="model")
    audio = perform(decoder, [note_on(0), note_on(0, 61), note_on(0, 62), note_on(0, 63)], 4_000).audio
    assert (audio == 4 * LEVEL).all()


def test_after_a_loud_moment_the_limiter_lets_go() -> None:
    decoder = tiny(default_latent=STEADY, gain_db=11.0, release_seconds=0.01)
    quiet = [note_on(0, 60, 0.5)]
    loud = [e for n in range(4) for e in (note_on(10_000, 70 + n), Event(Kind.NOTE_OFF, 12_000, note=70 + n))]
    audio = perform(decoder, [*quiet, *loud], 60_000).audio[0]
    untouched = perform(decoder, quiet, 60_000).audio[0]
    assert level(audio[13_000:13_400]) < 0.9 * level(untouched[13_000:13_400])
    np.testing.assert_array_equal(audio[30_000:], untouched[30_000:])


def test_stop_fades_everything_out_and_says_when_it_is_silent() -> None:
    decoder = tiny(default_latent=STEADY)
    plain = perform(decoder, [note_on(0)], 9_000).audio[0]
    performance = perform(decoder, [note_on(0), Event(Kind.STOP, 3_000)], 9_000)
    silent = performance.engine.stopped_at
    assert silent is not None
    assert 3_000 < silent < 3_000 + 4_800
    assert not performance.audio[:, silent:].any()
    assert largest_step(performance.audio[0]) <= 1.01 * largest_step(plain)
