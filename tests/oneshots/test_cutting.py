"""A decoded note becomes a sound that starts at once, ends without a click and never clips."""

import numpy as np
import pytest

from runtime.errors import LatentbridgeError
from runtime.oneshots.cutting import LOUDEST_PEAK, QUIETEST_PEAK, Audio, apply_cut, choose_cut
from runtime.oneshots.tags import Cut
from tests.oneshots.sounds import SAMPLE_RATE, strike


def finished(audio: Audio, quietest_peak: float = 0.0) -> Audio:
    return apply_cut(audio, choose_cut(audio, SAMPLE_RATE, quietest_peak))


def peak(audio: Audio) -> float:
    return float(np.abs(audio).max())


def test_silence_around_a_sound_is_cut_away() -> None:
    sound = strike(24_000)
    silence = np.zeros((1, 12_000), np.float32)
    cut = choose_cut(np.concatenate([silence, sound, silence], axis=1), SAMPLE_RATE)
    assert abs(cut.first_frame - 12_000) <= 48
    assert cut.last_frame <= 36_480


def test_a_sound_ends_at_nothing_however_abruptly_it_was_decoded() -> None:
    sound = finished(np.full((1, 9_600), 0.5, np.float32))
    assert sound[0, -1] == 0.0
    assert np.abs(np.diff(sound[0, -240:])).max() < 0.01


@pytest.mark.parametrize("level", [0.2, 0.7, 0.95])
def test_a_level_that_fits_is_kept_bit_for_bit(level: float) -> None:
    audio = strike()
    audio *= np.float32(level / peak(audio))
    cut = choose_cut(audio, SAMPLE_RATE, QUIETEST_PEAK)
    assert cut.gain == 1.0
    kept = apply_cut(audio, cut)
    assert np.array_equal(kept[:, :1_000], audio[:, cut.first_frame : cut.first_frame + 1_000])


def test_a_sound_that_would_clip_is_turned_down_and_no_further() -> None:
    assert peak(finished(strike() * np.float32(6))) == pytest.approx(LOUDEST_PEAK, rel=1e-6)


def test_a_captured_soft_strike_stays_softer_than_a_hard_one() -> None:
    assert peak(finished(strike() * np.float32(0.01))) == pytest.approx(0.01 * peak(strike()), rel=1e-5)


def test_a_commanded_sound_is_raised_to_a_peak_that_can_be_heard() -> None:
    assert peak(finished(strike() * np.float32(0.01), QUIETEST_PEAK)) == pytest.approx(QUIETEST_PEAK, rel=1e-6)


def test_both_channels_are_treated_alike() -> None:
    audio = strike(channels=2) * np.float32([[4.0], [0.4]])
    sound = finished(audio)
    assert peak(sound[:1]) / peak(sound[1:]) == pytest.approx(peak(audio[:1]) / peak(audio[1:]), rel=1e-5)


@pytest.mark.parametrize("audio", [np.zeros((1, 4_800)), np.full((1, 4_800), 1e-5), np.zeros((2, 0))])
def test_a_silent_note_is_refused_in_words(audio: Audio) -> None:
    with pytest.raises(LatentbridgeError, match="silent"):
        choose_cut(audio.astype(np.float32), SAMPLE_RATE)


@pytest.mark.parametrize(("first", "last"), [(0, 5_000), (100, 100), (200, 100), (4_801, 4_802)])
def test_a_cut_that_does_not_fit_the_note_is_refused(first: int, last: int) -> None:
    with pytest.raises(LatentbridgeError, match="does not fit this model"):
        apply_cut(strike(4_801), Cut(first_frame=first, last_frame=last))
