"""Claims about keys of pitched models: one note at a time, slides, and several voices to a key."""

import numpy as np
import pytest

from runtime.engine.render import Engine, EngineSettings
from runtime.engine.replay import render_note
from runtime.engine.unison import Unison
from runtime.events import ALL_PARTS, Clock, Event, Kind, midi_event
from runtime.mapping import MappingTable
from tests.performance import HOP, SAMPLE_RATE, Audio, frequency, largest_step, level, note_off, note_on, perform, tiny
from tests.tiny_decoder import TinySettings

END = 48_000
SINE = (-1.0, -1.0, 0.0, 16.0)
"""Steady, without partials or noise."""
MODEL = tiny(
    TinySettings(behaviour="gated"), pitched=True, release="envelope", release_seconds=0.02, default_latent=SINE
)
POLY, MONO, LEGATO = (Event(Kind.PLAY_MODE, part=ALL_PARTS, value=float(mode)) for mode in range(3))


def hertz(note: float) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def cents(audio: Audio, note: float) -> float:
    """How far a steady sound is from a note."""
    return 1200 * np.log2(frequency(audio) / hertz(note))


def unison(voices: int, spread_cents: float = 0.0, width: float = 0.0) -> list[Event]:
    kinds = (Kind.UNISON, Kind.UNISON_SPREAD, Kind.UNISON_WIDTH)
    return [Event(kind, value=float(value)) for kind, value in zip(kinds, (voices, spread_cents, width), strict=True)]


def slide(seconds: float) -> Event:
    return Event(Kind.PORTAMENTO, value=seconds)


@pytest.mark.parametrize("mode", [MONO, LEGATO], ids=["mono", "legato"])
def test_one_note_at_a_time_and_the_key_before_sounds_again_when_the_last_goes_up(mode: Event) -> None:
    events = [mode, note_on(0, 60), note_on(12_000, 67), note_off(24_000, 67), note_off(36_000, 60)]
    sound = perform(MODEL, events, END).audio[0]
    for start, note in ((4_000, 60), (16_000, 67), (28_000, 60)):
        assert abs(cents(sound[start : start + 8_000], note)) < 2
        assert level(sound[start : start + 8_000]) == pytest.approx(level(sound[4_000:12_000]), rel=0.02)
    assert np.abs(sound[40_000:]).max() == 0
    two = perform(MODEL, [POLY, *events[1:]], END).audio[0]
    assert level(two[16_000:24_000]) > 1.3 * level(sound[16_000:24_000])


def test_a_key_that_goes_up_below_the_last_one_changes_nothing() -> None:
    for mode in (MONO, LEGATO):
        events = [mode, note_on(0, 60), note_on(12_000, 67)]
        still = perform(MODEL, events, END).audio
        np.testing.assert_array_equal(perform(MODEL, [*events, note_off(24_000, 60)], END).audio, still)


def test_legato_goes_on_without_a_new_attack_and_mono_begins_anew() -> None:
    decaying = tiny(TinySettings(decay_seconds=0.1), pitched=True, default_latent=(-1.0, -1.0, 0.0, 0.0))
    events = [note_on(0, 60), note_on(9_600, 67)]
    after = slice(9_700, 10_200)
    legato = perform(decaying, [LEGATO, *events], END)
    assert level(legato.audio[0, after]) < 0.3 * level(perform(decaying, [MONO, *events], END).audio[0, after])
    assert legato.engine.statistics.notes == 1


def test_legato_after_all_keys_have_gone_up_is_a_new_note_without_a_slide() -> None:
    events = [LEGATO, slide(0.5), note_on(0, 60), note_off(9_000, 60), note_on(20_000, 67)]
    done = perform(MODEL, events, END)
    assert done.engine.statistics.notes == 2
    assert abs(cents(done.audio[0, 21_000:29_000], 67)) < 2


def test_a_pedal_that_holds_a_note_does_not_make_the_next_key_slide() -> None:
    pedal = Event(Kind.SUSTAIN, value=1.0)
    done = perform(MODEL, [LEGATO, slide(0.5), pedal, note_on(0, 60), note_off(9_000, 60), note_on(20_000, 67)], END)
    assert done.engine.statistics.notes == 2
    assert done.engine.sounding == 1
    assert abs(cents(done.audio[0, 21_000:29_000], 67)) < 2


@pytest.mark.parametrize("mode", [POLY, MONO, LEGATO], ids=["poly", "mono", "legato"])
def test_a_slide_is_a_straight_line_in_semitones_and_ends_in_tune(mode: Event) -> None:
    seconds, start = 0.4, 12_000
    events = [mode, slide(seconds), note_on(0, 48), note_on(start, 60)]
    if mode is POLY:
        events.append(note_off(start - 3_000, 48))
    sound = perform(MODEL, events, END).audio[0]
    for part in (0.25, 0.5, 0.75):
        middle = start + round(part * seconds * SAMPLE_RATE)
        # A hop goes from the pitch at the beginning of the one before to that at its own.
        heard = sound[middle + HOP - 1_000 : middle + HOP + 1_000]
        assert 69 + 12 * np.log2(frequency(heard) / 440) == pytest.approx(48 + 12 * part, abs=0.05)
    assert abs(cents(sound[start + 20_000 :], 60)) < 2
    assert largest_step(sound[start - 2_000 : start + 20_000]) < 1.2 * largest_step(sound[start + 20_000 :])


def test_the_first_note_slides_from_nowhere() -> None:
    np.testing.assert_array_equal(
        perform(MODEL, [slide(0.5), note_on(0, 60, seed=1)], END).audio,
        perform(MODEL, [note_on(0, 60, seed=1)], END).audio,
    )


def test_a_slide_that_is_overtaken_goes_on_from_where_it_is() -> None:
    events = [LEGATO, slide(0.4), note_on(0, 48), note_on(12_000, 60), note_on(12_000 + 9_600, 48)]
    sound = perform(MODEL, events, END).audio[0]
    turn = 12_000 + 9_600
    assert 69 + 12 * np.log2(frequency(sound[turn - 600 : turn + 600]) / 440) == pytest.approx(54, abs=0.4)
    assert abs(cents(sound[turn + 20_000 :], 48)) < 2


def test_unison_voices_are_as_far_apart_as_asked_and_centred() -> None:
    sound = perform(MODEL, [*unison(3, spread_cents=40), note_on(0, 69)], 4 * END).audio[0]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 4 * len(sound)))
    bins = np.fft.rfftfreq(4 * len(sound), 1 / SAMPLE_RATE)
    peaks = [bins[i] for i in range(1, len(bins) - 1) if spectrum[i - 1] < spectrum[i] > spectrum[i + 1]]
    strong = [p for p in peaks if 400 < p < 480 and spectrum[np.searchsorted(bins, p)] > 0.3 * spectrum.max()]
    found = [1200 * np.log2(p / 440) for p in strong]
    assert found == pytest.approx([-20, 0, 20], abs=0.5)


def test_as_many_voices_as_asked_share_the_power_of_one() -> None:
    alone = level(perform(MODEL, [note_on(0, 69)], 3 * END).audio)
    many = perform(MODEL, [*unison(5, spread_cents=60), note_on(0, 69)], 3 * END)
    assert many.engine.sounding == 5
    assert level(many.audio) == pytest.approx(alone, rel=0.05)


def test_width_sets_voices_apart_and_none_keeps_them_in_the_middle() -> None:
    middle = perform(MODEL, [*unison(2, spread_cents=30), note_on(0, 69)], END).audio
    np.testing.assert_array_equal(middle[0], middle[1])
    wide = perform(MODEL, [*unison(2, spread_cents=30, width=1.0), note_on(0, 69)], 4 * END).audio
    assert abs(1200 * np.log2(frequency(wide[0]) / 440) + 15) < 0.5
    assert abs(1200 * np.log2(frequency(wide[1]) / 440) - 15) < 0.5


def test_a_key_in_unison_goes_up_as_one_and_costs_as_many_voices() -> None:
    events = [*unison(3, spread_cents=30), note_on(0, 60), note_on(10, 64), note_off(20_000, 60)]
    engine = Engine(MODEL, EngineSettings(6))
    for event in events:
        engine.post(event)
    engine.render(10_000)
    assert engine.sounding == 6
    engine.render(20_000)
    assert engine.sounding == 3
    engine.post(note_on(engine.frame, 67))
    engine.post(note_on(engine.frame + 10, 71))
    engine.render(4_000)
    assert engine.sounding == 6
    assert engine.statistics.stolen_voices == 3


def test_unison_with_fewer_voices_than_asked_for_takes_what_there_is() -> None:
    done = perform(MODEL, [*unison(7), note_on(0, 60)], END, voices=4)
    assert done.engine.sounding == 4


@pytest.mark.parametrize("together", [Unison(), Unison(3, 30.0, 0.0), Unison(4, 30.0, 0.7)], ids=str)
def test_a_captured_note_is_what_was_heard_to_the_bit_slide_and_unison_included(together: Unison) -> None:
    events = [LEGATO, slide(0.1), *unison(together.voices, together.spread_cents, together.width)]
    events += [note_on(0, 60, seed=3), note_on(8_000, 67), note_off(20_000, 67), note_off(24_000, 60)]
    noisy = tiny(TinySettings(behaviour="gated"), pitched=True, release="envelope", default_latent=(0.0, 0.5, 0.0, 8.0))
    done = perform(noisy, events, END)
    note = done.history.last()
    assert note is not None
    assert note.unison == together
    assert done.history.count == 1
    again = render_note(noisy, note)
    assert again.shape[0] == (2 if together.width else 1)
    np.testing.assert_array_equal(done.audio[:, : again.shape[1]], np.broadcast_to(again, (2, again.shape[1])))
    assert again.shape[1] > 24_000


def test_a_drum_knows_no_modes() -> None:
    drum = tiny(pitched=False)
    notes = [note_on(0, 36), note_on(2_000, 38), note_off(3_000, 38)]
    plain = perform(drum, notes, END).audio
    changed = perform(drum, [LEGATO, slide(0.3), *unison(3, 30.0, 1.0), *notes], END)
    np.testing.assert_array_equal(changed.audio, plain)


def test_modes_are_told_by_midi_as_the_standard_says() -> None:
    def control(frame: int, number: int, value: int) -> Event:
        return midi_event(bytes((0xB0, number, value)), frame, Clock.FRAME)

    keys = [note_on(10, 60), note_on(12_000, 67)]
    told = [control(0, 68, 127), control(1, 5, 64)]
    done = perform(MODEL, [*told, *keys], END, mapping=MappingTable())
    assert done.engine.statistics.notes == 1
    halfway = done.audio[0, 12_000 + HOP : 12_000 + 9 * HOP]
    assert hertz(60.5) < frequency(halfway) < hertz(66.5)
    for message, notes in ((control(2, 68, 0), 2), (control(2, 126, 1), 1), (control(2, 127, 0), 2)):
        done = perform(MODEL, [*told, message, control(3, 65, 0), *keys], END, mapping=MappingTable())
        assert done.engine.sounding == notes
