"""A note's own bend, pressure and slide: one note moves, the others hold still."""

import numpy as np
import pytest

from runtime.events import Event, Kind
from runtime.latent.motion import Motion
from tests.performance import STEADY, frequency, largest_step, level, note_off, note_on, perform, tiny

LEVEL = 2


def bend(frame: int, semitones: float, note: int = 60, part: int = 1) -> Event:
    return Event(Kind.NOTE_BEND, frame, part=part, note=note, value=semitones)


def cents(found: float, expected: float) -> float:
    return 1200 * np.log2(found / expected)


def hertz(note: float) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def near(audio: np.ndarray, note: float) -> np.ndarray:
    """What sounds within three semitones of a note."""
    spectrum = np.fft.rfft(audio)
    at = np.fft.rfftfreq(len(audio), 1 / 48_000)
    spectrum[(at < hertz(note - 3)) | (at > hertz(note + 3))] = 0
    return np.fft.irfft(spectrum, len(audio))


def test_a_note_bends_alone_while_another_holds_its_pitch_within_five_cents() -> None:
    decoder = tiny(default_latent=STEADY)
    events = [note_on(0, 48, 0.5), note_on(0, 67, 0.5), bend(10_000, 1.5, 67)]
    audio = perform(decoder, events, 60_000).audio[0, 12_000:]
    assert cents(frequency(near(audio, 48)), hertz(48)) == pytest.approx(0, abs=5)
    assert cents(frequency(near(audio, 68.5)), hertz(68.5)) == pytest.approx(0, abs=5)


def test_it_adds_to_the_bend_of_the_part_and_does_not_click() -> None:
    decoder = tiny(default_latent=STEADY)
    events = [note_on(0, 69), Event(Kind.BEND, 0, value=1.0), bend(10_000, 2.0, 69)]
    audio = perform(decoder, events, 48_000).audio[0]
    assert cents(frequency(audio[12_000:]), hertz(72)) == pytest.approx(0, abs=5)
    assert largest_step(audio[:12_000]) <= 1.05 * largest_step(audio[12_000:])


def test_what_came_before_the_note_holds_from_its_first_sample() -> None:
    decoder = tiny(default_latent=STEADY)
    early = perform(decoder, [bend(0, 2.0), note_on(100, 60)], 9_000).audio[:, 100:]
    higher = perform(decoder, [note_on(100, 62)], 9_000).audio[:, 100:]
    np.testing.assert_array_equal(early, higher)


@pytest.mark.parametrize("pedal", [0.0, 1.0])
def test_a_note_that_was_let_go_is_not_bent_by_the_next_finger_on_its_key(pedal: float) -> None:
    decoder = tiny(default_latent=STEADY, release_seconds=1.0)
    before = [Event(Kind.SUSTAIN, 0, value=pedal), note_on(0, 60), note_off(4_000)]
    left = perform(decoder, before, 20_000).audio
    bent = perform(decoder, [*before, bend(5_000, 2.0)], 20_000).audio
    np.testing.assert_array_equal(bent, left)
    new = perform(decoder, [*before, bend(5_000, 2.0), note_on(6_000, 60)], 20_000)
    assert new.engine.sounding == 2
    assert new.audio.any()


def test_of_two_strikes_of_a_drum_key_the_later_one_is_moved() -> None:
    decoder = tiny(default_latent=STEADY, pitched=False, gain_db=-12.0)
    one, two = note_on(0, 60, seed=1), note_on(3_000, 60, seed=2)
    first = perform(decoder, [one], 12_000).audio
    moved = perform(decoder, [one, two, bend(6_000, 3.0)], 12_000).audio
    alone = perform(decoder, [two, bend(6_000, 3.0)], 12_000).audio
    np.testing.assert_allclose(moved - first, alone, atol=1e-6)


def test_pressure_and_slide_of_a_note_move_its_axes_and_at_rest_move_nothing() -> None:
    decoder = tiny(default_latent=STEADY)
    moves = [Event(Kind.MOTION, 0, note=kind, index=LEVEL, value=0.25) for kind in (Motion.PRESSURE, Motion.SLIDE)]
    still = perform(decoder, [note_on(0, 60), note_on(0, 64)], 24_000).audio
    np.testing.assert_array_equal(perform(decoder, [*moves, note_on(0, 60), note_on(0, 64)], 24_000).audio, still)
    quiet = perform(decoder, [note_on(0)], 24_000).audio
    pressed = perform(decoder, [*moves, note_on(0), Event(Kind.NOTE_PRESSURE, 0, note=60, value=1.0)], 24_000).audio
    slid = perform(decoder, [*moves, note_on(0), Event(Kind.NOTE_SLIDE, 0, note=60, value=0.0)], 24_000).audio
    other = perform(decoder, [*moves, note_on(0), Event(Kind.NOTE_SLIDE, 0, note=61, value=0.0)], 24_000).audio
    late = slice(12_000, None)
    assert level(pressed[:, late]) / level(quiet[:, late]) == pytest.approx(2, rel=0.02)
    assert level(slid[:, late]) / level(quiet[:, late]) == pytest.approx(0.5, rel=0.02)
    np.testing.assert_array_equal(other, quiet)
