"""What a note does: when it starts, how high and loud it is, when it ends."""

import numpy as np
import pytest

from runtime.engine.envelope import Adsr
from runtime.events import ALL_PARTS, Event, Kind
from tests.performance import (
    PURE,
    SAMPLE_RATE,
    STEADY,
    frequency,
    largest_step,
    level,
    note_off,
    note_on,
    perform,
    tiny,
)
from tests.tiny_decoder import LEVEL, TinySettings


@pytest.mark.parametrize("frame", [0, 1, 127, 128, 1000, 1023])
def test_a_note_starts_at_exactly_its_frame(frame: int) -> None:
    audio = perform(tiny(default_latent=PURE), [note_on(frame)], 2048).audio
    assert not audio[:, :frame].any()
    assert audio[:, frame].all()


@pytest.mark.parametrize(("note", "bend"), [(21, 0.0), (60, 0.0), (69, 0.0), (69, 0.37), (100, -2.0)])
def test_a_note_is_in_tune_within_five_cents(note: int, bend: float) -> None:
    events = [Event(Kind.BEND, 0, value=bend), note_on(0, note)]
    audio = perform(tiny(default_latent=STEADY), events, SAMPLE_RATE).audio
    wanted = 440 * 2 ** ((note + bend - 69) / 12)
    assert abs(1200 * np.log2(frequency(audio[0]) / wanted)) < 5


def test_bend_reaches_notes_that_sound_and_only_those_of_its_part() -> None:
    events = [note_on(0, 69), note_on(0, 81, part=2), Event(Kind.BEND, 24_000, value=1.0)]
    decoder = tiny(default_latent=STEADY)
    bent = perform(decoder, events, 2 * SAMPLE_RATE).audio[0, SAMPLE_RATE:]
    alone = perform(decoder, [note_on(0, 81, part=2)], 2 * SAMPLE_RATE).audio[0, SAMPLE_RATE:]
    assert abs(1200 * np.log2(frequency(bent - alone) / (440 * 2 ** (1 / 12)))) < 5


def test_twice_the_velocity_is_12_db_louder_where_the_engine_takes_it() -> None:
    decoder = tiny(default_latent=STEADY)
    soft, hard = (perform(decoder, [note_on(0, value=v)], 4800).audio for v in (0.4, 0.8))
    assert level(hard) / level(soft) == pytest.approx(4, rel=1e-5)


def test_velocity_is_left_to_a_model_that_takes_it() -> None:
    decoder = tiny(velocity="model")
    soft, hard = (perform(decoder, [note_on(0, value=v)], 4800).audio for v in (0.4, 0.8))
    np.testing.assert_array_equal(soft, hard)


def test_the_models_gain_counts() -> None:
    plain, louder = (perform(tiny(gain_db=g), [note_on(0, seed=5)], 4800).audio for g in (0.0, 6.0))
    assert level(louder) / level(plain) == pytest.approx(10 ** (6 / 20), rel=1e-5)


def test_a_pitched_note_that_is_let_go_dies_away_within_its_release_without_a_click() -> None:
    decoder = tiny(default_latent=STEADY, release_seconds=0.1)
    held = perform(decoder, [note_on(0)], 20_000).audio[0]
    performance = perform(decoder, [note_on(0), note_off(9_000)], 20_000)
    audio = performance.audio[0]
    np.testing.assert_array_equal(audio[:9_001], held[:9_001])
    assert audio[9_000 : 9_000 + 4_799].any()
    assert not audio[9_000 + 4_800 :].any()
    assert largest_step(audio) <= largest_step(held) * 1.01
    assert performance.engine.sounding == 0


def test_an_unpitched_sound_rings_on_after_its_note_off() -> None:
    decoder = tiny(pitched=False)
    struck = perform(decoder, [note_on(0)], 9_000).audio
    let_go = perform(decoder, [note_on(0), note_off(300)], 9_000).audio
    np.testing.assert_array_equal(struck, let_go)


def test_a_model_that_releases_itself_gets_the_gate_instead_of_an_envelope() -> None:
    decoder = tiny(default_latent=STEADY, release="model")
    held = perform(decoder, [note_on(0)], 9_000).audio
    let_go = perform(decoder, [note_on(0), note_off(300)], 9_000)
    np.testing.assert_array_equal(held, let_go.audio)
    gate = let_go.history.last().gate
    assert gate[:2].tolist() == [1, 1]
    assert not gate[2:].any()


def test_a_model_that_releases_itself_frees_its_voice_when_it_has() -> None:
    decoder = tiny(TinySettings("gated"), release="model", default_latent=STEADY)
    performance = perform(decoder, [note_on(0), note_off(3_000)], 9_000)
    assert performance.audio[0, :3_072].all()
    assert not performance.audio[0, 3_072 + 256 :].any()
    assert performance.engine.sounding == 0


def test_attack_and_decay_of_the_envelope_are_as_long_as_set() -> None:
    adsr = Adsr(attack_seconds=0.01, decay_seconds=0.1, sustain_level=0.5, release_seconds=0.1)
    decoder = tiny(TinySettings("constant"))
    audio = perform(decoder, [note_on(0)], 9_600, adsr=adsr).audio[0] / LEVEL
    assert audio[0] == 0
    assert audio[480] == pytest.approx(1)
    assert audio[240] == pytest.approx(0.5)
    assert (np.diff(audio[480 : 480 + 4_800]) <= 0).all()
    assert audio[480 + 2_400] == pytest.approx(0.5625)
    assert audio[480 + 4_800 :] == pytest.approx(0.5)


def test_the_pedal_holds_what_is_let_go_and_lets_it_go_when_it_comes_up() -> None:
    decoder = tiny(default_latent=STEADY)
    pedal = [Event(Kind.SUSTAIN, 100, value=1.0), Event(Kind.SUSTAIN, 9_000, value=0.0)]
    with_pedal = perform(decoder, [note_on(0), note_off(3_000), *pedal], 20_000).audio
    held = perform(decoder, [note_on(0), note_off(9_000)], 20_000).audio
    np.testing.assert_array_equal(with_pedal, held)


def test_the_pedal_does_not_hold_a_key_that_is_still_down_when_it_comes_up() -> None:
    decoder = tiny(default_latent=STEADY)
    pedal = [Event(Kind.SUSTAIN, 100, value=1.0), Event(Kind.SUSTAIN, 3_000, value=0.0)]
    with_pedal = perform(decoder, [note_on(0), note_off(9_000), *pedal], 20_000).audio
    np.testing.assert_array_equal(with_pedal, perform(decoder, [note_on(0), note_off(9_000)], 20_000).audio)


def test_a_key_struck_again_is_let_go_by_one_note_off() -> None:
    events = [note_on(0), note_on(2_000), note_off(8_000)]
    assert perform(tiny(default_latent=STEADY), events, 7_000).engine.sounding == 1
    performance = perform(tiny(default_latent=STEADY), events, 20_000)
    assert performance.engine.sounding == 0
    assert not performance.audio[:, 11_000:].any()


def test_all_notes_off_is_as_if_every_key_and_pedal_went_up() -> None:
    decoder = tiny(default_latent=STEADY)
    events = [Event(Kind.SUSTAIN, 0, value=1.0), note_on(0), note_off(100), note_on(0, 67)]
    panic = perform(decoder, [*events, Event(Kind.ALL_NOTES_OFF, 5_000)], 20_000).audio
    by_hand = perform(decoder, [*events, note_off(5_000, 67), Event(Kind.SUSTAIN, 5_000)], 20_000).audio
    np.testing.assert_array_equal(panic, by_hand)
    assert not panic[:, 10_000:].any()
    later = [Event(Kind.ALL_NOTES_OFF, 5_000), note_on(6_000), note_off(7_000)]
    assert perform(decoder, [*events, *later], 20_000).engine.sounding == 0


def test_all_notes_off_of_one_part_leaves_the_others() -> None:
    events = [note_on(0), note_on(0, part=2), Event(Kind.ALL_NOTES_OFF, 5_000, part=2)]
    assert perform(tiny(default_latent=STEADY), events, 20_000).engine.sounding == 1


@pytest.mark.parametrize("pitched", [True, False])
def test_all_sound_off_silences_within_five_milliseconds_without_a_click(pitched: bool) -> None:
    decoder = tiny(default_latent=STEADY, pitched=pitched)
    notes = [note_on(0, 60), note_on(7, 64)]
    free = perform(decoder, notes, 12_000).audio[0]
    performance = perform(decoder, [*notes, Event(Kind.ALL_SOUND_OFF, 5_001, part=ALL_PARTS)], 12_000)
    audio = performance.audio[0]
    np.testing.assert_array_equal(audio[:5_001], free[:5_001])
    assert not audio[5_001 + 240 :].any()
    assert largest_step(audio) <= largest_step(free) * 1.01
    assert performance.engine.sounding == 0


def test_a_held_note_stands_still_at_its_sustain_and_goes_on_when_let_go() -> None:
    decoder = tiny(
        TinySettings(decay_seconds=0.1), default_latent=PURE, release="model", time_rate_range=(0.0, 1.0),
        sustain_seconds=0.1, longest_note_seconds=2.0,
    )  # fmt: skip
    performance = perform(decoder, [note_on(0), note_off(240_000)], 300_000)
    sustained = performance.audio[0, 24_000:240_000]
    levels = [level(part) for part in np.split(sustained, 8)]
    assert max(levels) / min(levels) < 1.01
    assert level(performance.audio[0, 270_000:]) < 1e-3 * levels[0]
    assert frequency(sustained[:48_000]) == pytest.approx(440 * 2 ** (-9 / 12), rel=1e-4)


def test_a_model_that_cannot_hold_is_not_asked_to() -> None:
    performance = perform(tiny(sustain_seconds=0.1), [note_on(0)], 24_000)
    assert (performance.history.last().time_rate == 1).all()


def test_a_note_ends_at_the_longest_note_without_a_click() -> None:
    decoder = tiny(TinySettings("constant"), longest_note_seconds=0.5, pitched=False)
    performance = perform(decoder, [note_on(0)], 30_000)
    ends = -(-24_000 // 256) * 256
    assert performance.audio[0, : ends - 240] == pytest.approx(LEVEL)
    assert not performance.audio[0, ends:].any()
    assert largest_step(performance.audio[0, 1:]) < LEVEL / 100
    assert performance.engine.sounding == 0


def test_a_voice_is_free_again_after_fifty_milliseconds_of_silence() -> None:
    decoder = tiny(TinySettings("silent"), pitched=False)
    assert perform(decoder, [note_on(0)], 2_048).engine.sounding == 1
    assert perform(decoder, [note_on(0)], 2_400 + 256).engine.sounding == 0


def test_every_strike_of_a_drum_key_is_the_same_until_there_is_variation() -> None:
    decoder = tiny(pitched=False)
    first, again, varied = 100, 150_001, 300_007
    events = [note_on(first), note_on(again), Event(Kind.VARIATION, 300_000, value=0.5), note_on(varied)]
    audio = perform(decoder, events, 450_000).audio
    strikes = [audio[:, frame : frame + 140_000] for frame in (first, again, varied)]
    assert strikes[0].any()
    np.testing.assert_array_equal(strikes[0], strikes[1])
    assert np.abs(strikes[0] - strikes[2]).max() > 0.01


def test_a_given_seed_gives_the_same_samples_and_another_does_not() -> None:
    decoder = tiny()
    one, same, other = (perform(decoder, [note_on(0, seed=s)], 9_000).audio for s in (7, 7, 8))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.01


def test_notes_of_a_pitched_model_differ_in_their_noise() -> None:
    audio = perform(tiny(), [note_on(0), note_off(10_000), note_on(100_000)], 150_000).audio
    assert np.abs(audio[:, :9_000] - audio[:, 100_000:109_000]).max() > 0.01


def test_a_stereo_model_fills_both_channels_and_a_mono_one_gives_both_the_same() -> None:
    stereo = perform(tiny(TinySettings(channels=2)), [note_on(0)], 4_800).audio
    assert np.abs(stereo[0] - stereo[1]).max() > 0.01
    mono = perform(tiny(), [note_on(0)], 4_800).audio
    np.testing.assert_array_equal(mono[0], mono[1])


def test_the_lead_of_a_model_is_over_when_its_note_begins() -> None:
    plain = perform(tiny(), [note_on(0, seed=3)], 9_000).audio
    led = perform(tiny(lead_hops=2), [note_on(100, seed=3)], 9_000).audio
    np.testing.assert_array_equal(led[:, 100:8_000], plain[:, 512 : 512 + 7_900])
