"""The envelope: levels that depend on the frame alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.envelope import NEVER, Adsr, Envelope
from tests.performance import note_on, perform, tiny
from tests.tiny_decoder import LEVEL, TinySettings

adsrs = st.builds(Adsr, st.floats(0, 0.05), st.floats(0, 0.05), st.floats(0, 1), st.floats(0, 0.05))


def levels(adsr: Adsr, first: int, frames: int, release: int = NEVER, fade: int = NEVER) -> np.ndarray:
    at = np.arange(first, first + frames)
    return Envelope.of(adsr, 48_000, 256).level(at, np.int64(0), np.int64(release), np.int64(fade))


@given(adsrs, st.integers(0, 5_000), st.integers(0, 5_000), st.integers(1, 5_999))
def test_a_level_is_the_same_in_any_block(adsr: Adsr, release: int, fade: int, split: int) -> None:
    whole = levels(adsr, 0, 6_000, release, fade)
    parts = [levels(adsr, 0, split, release, fade), levels(adsr, split, 6_000 - split, release, fade)]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


@given(adsrs, st.integers(0, 5_000))
def test_levels_stay_between_nothing_and_full_and_a_release_never_rises(adsr: Adsr, release: int) -> None:
    level = levels(adsr, 0, 9_000, release)
    assert level.min() >= 0
    assert level.max() <= 1
    assert (np.diff(level[release:]) <= 0).all()
    assert not level[release + max(round(adsr.release_seconds * 48_000), 144) :].any()


@given(adsrs.filter(lambda a: a.attack_seconds > 0.003 and a.decay_seconds > 0.003), st.integers(0, 5_000))
def test_no_level_jumps(adsr: Adsr, release: int) -> None:
    assert np.abs(np.diff(levels(adsr, 0, 9_000, release, release + 50))).max() < 0.025


def test_a_flat_envelope_is_exactly_one_until_the_release() -> None:
    assert (levels(Adsr(), 0, 1_000, 900)[:901] == 1).all()


def test_without_a_decay_a_note_stands_at_its_sustain_at_once() -> None:
    assert (levels(Adsr(sustain_level=0.5), 0, 100) == 0.5).all()
    audio = perform(tiny(TinySettings("constant")), [note_on(0)], 256, adsr=Adsr(sustain_level=0.5)).audio
    assert (audio == LEVEL / 2).all()


def test_a_fade_is_never_longer_than_a_hop() -> None:
    assert Envelope.of(Adsr(), 48_000, 256).fade_frames == 240
    assert Envelope.of(Adsr(), 48_000, 64).fade_frames == 64
