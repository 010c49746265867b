"""A note captured from the history is the note that was heard."""

import numpy as np
import pytest

from runtime.engine.replay import planned_note, render_note
from runtime.events import ALL_PARTS, Event, Kind
from tests.performance import STEADY, Audio, note_off, note_on, perform, tiny
from tests.tiny_decoder import TinySettings

ONSET = 1_003
MOVES = [
    e
    for n in range(40)
    for e in (
        Event(Kind.AXIS, ONSET + 300 * n, index=n % 4, value=0.5 + 0.3 * np.sin(n)),
        Event(Kind.BEND, ONSET + 277 * n, value=np.sin(n / 3)),
    )
]


def heard_and_replayed(decoder, events: list[Event]) -> tuple[Audio, Audio]:
    performance = perform(decoder, events, 260_000, [480] * 600)
    replayed = render_note(decoder, performance.history.last())
    return performance.audio[: decoder.metadata.channels, ONSET:], replayed


@pytest.mark.parametrize(
    ("settings", "metadata"),
    [
        (TinySettings(), {}),
        (TinySettings(), {"pitched": False}),
        (TinySettings(decay_seconds=0.05), {"release": "model", "velocity": "model"}),
        (TinySettings(), {"lead_hops": 2}),
        (TinySettings(channels=2), {"time_rate_range": (0.0, 1.0), "sustain_seconds": 0.1}),
        (TinySettings("constant"), {"longest_note_seconds": 0.3, "gain_db": -9.0, "pitched": False}),
    ],
    ids=["pitched", "unpitched", "model release", "lead", "sustained stereo", "longest"],
)
def test_the_replay_of_a_note_is_what_was_heard(settings: TinySettings, metadata: dict[str, object]) -> None:
    heard, replayed = heard_and_replayed(
        tiny(settings, **metadata), [note_on(ONSET, value=0.7), note_off(20_000), *MOVES]
    )
    assert replayed.any()
    np.testing.assert_array_equal(replayed, heard[:, : replayed.shape[1]])
    assert not heard[:, replayed.shape[1] :].any()


def test_the_replays_of_all_notes_add_up_to_the_mix() -> None:
    decoder = tiny(gain_db=-20.0)
    events = [e for n in range(16) for e in (note_on(50 * n, 50 + n, 0.5), note_off(9_000 + 60 * n, 50 + n))]
    performance = perform(decoder, [*events, *MOVES], 60_000)
    mix = np.zeros((1, 60_000), np.float32)
    for number in range(16):
        note = performance.history.note(number)
        sound = render_note(decoder, note)
        mix[:, note.onset_frame : note.onset_frame + sound.shape[1]] += sound
    np.testing.assert_array_equal(mix[0], performance.audio[0])


def test_a_stolen_or_silenced_note_is_replayed_whole() -> None:
    decoder = tiny(pitched=False)
    whole, _ = heard_and_replayed(decoder, [note_on(ONSET)])
    cut = [note_on(ONSET), Event(Kind.ALL_SOUND_OFF, 3_000, part=ALL_PARTS)]
    heard, replayed = heard_and_replayed(decoder, cut)
    assert not heard[:, 3_000:].any()
    assert perform(decoder, cut, 9_000).history.last().hops == -(-(3_000 - ONSET) // decoder.hop_frames)
    np.testing.assert_array_equal(replayed, whole[:, : replayed.shape[1]])
    assert not whole[:, replayed.shape[1] :].any()


def test_a_note_that_still_sounds_is_replayed_as_if_let_go_now() -> None:
    decoder = tiny(release_seconds=0.1)
    events = [note_on(ONSET), *MOVES]
    performance = perform(decoder, events, 9_000)
    note = performance.history.last()
    replayed = render_note(decoder, note)
    so_far = note.hops * decoder.hop_frames
    assert replayed.shape[1] == so_far + 4_800
    heard = performance.audio[:1, ONSET:]
    np.testing.assert_array_equal(replayed[:, : min(so_far, heard.shape[1])], heard[:, :so_far])


def test_a_model_that_releases_itself_is_told_of_the_release_in_the_replay() -> None:
    decoder = tiny(TinySettings("gated"), release="model", default_latent=STEADY)
    performance = perform(decoder, [note_on(ONSET)], 9_000)
    note = performance.history.last()
    replayed = render_note(decoder, note)
    assert np.abs(replayed[:, -4 * decoder.hop_frames :]).max() == 0
    assert replayed[:, : note.hops * decoder.hop_frames].any(axis=0).all()


def test_a_wild_note_is_replayed_up_to_where_it_ran_wild() -> None:
    decoder = tiny(TinySettings("nan"))
    heard, replayed = heard_and_replayed(decoder, [note_on(ONSET)])
    assert replayed.shape[1] == 4 * decoder.hop_frames
    np.testing.assert_array_equal(replayed, heard[:, : replayed.shape[1]])


def test_a_planned_note_is_the_one_the_engine_would_play() -> None:
    decoder = tiny(pitched=False)
    planned = render_note(decoder, planned_note(decoder.metadata, 64, 0.5))
    heard, _ = heard_and_replayed(decoder, [note_on(ONSET, 64, 0.5)])
    np.testing.assert_array_equal(planned, heard[:, : planned.shape[1]])


def test_a_planned_pitched_note_is_held_as_long_as_asked() -> None:
    decoder = tiny(release_seconds=0.1)
    hops = round(0.5 * 48_000 / 256)
    sound = render_note(decoder, planned_note(decoder.metadata, 64, 0.5, seed=4, held_seconds=0.5))
    heard, _ = heard_and_replayed(decoder, [note_on(ONSET, 64, 0.5, seed=4), note_off(ONSET + hops * 256, 64)])
    np.testing.assert_array_equal(sound, heard[:, : sound.shape[1]])
    assert not heard[:, sound.shape[1] :].any()


def test_the_last_note_of_a_part_is_found_among_others() -> None:
    history = perform(tiny(), [note_on(0, 60, part=2), note_on(10, 61), note_on(20, 62)], 1_000).history
    assert history.last().note == 62
    assert history.last(part=2).note == 60
    assert history.last(part=3) is None
