"""The same events give the same samples, however the time is cut into blocks and wherever voices happen to lie."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.events import ALL_PARTS, Event, Kind
from tests.performance import note_off, note_on, perform, tiny
from tests.tiny_decoder import LATENT_SIZE, TinySettings

FRAMES = 6_000
frames = st.integers(0, FRAMES - 1)
parts = st.integers(ALL_PARTS, 3)
own_parts = st.integers(1, 3)
keys = st.integers(58, 63)
unit = st.floats(0, 1, width=32)
latents = st.tuples(*[st.floats(-2, 2, width=32)] * LATENT_SIZE)


def event(kind: Kind, **fields: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(Event, st.just(kind), frames, **fields)


EVENTS = st.one_of(
    event(Kind.NOTE_ON, part=own_parts, note=keys, value=st.floats(0.1, 1)),
    event(Kind.NOTE_ON, part=own_parts, note=keys, value=st.floats(0.1, 1)),
    event(Kind.NOTE_OFF, part=own_parts, note=keys),
    event(Kind.SUSTAIN, part=parts, value=unit),
    event(Kind.BEND, part=parts, value=st.floats(-2, 2)),
    event(Kind.LATENT, part=parts, values=latents),
    event(Kind.LATENT_DIMENSION, part=parts, index=st.integers(0, LATENT_SIZE - 1), value=st.floats(-2, 2)),
    event(Kind.AXIS, part=parts, index=st.integers(0, 3), value=unit),
    event(Kind.KEY_LATENT, part=parts, note=keys, values=st.one_of(latents, st.just(()))),
    event(Kind.GLIDE, part=parts, value=st.floats(0, 0.1)),
    event(Kind.GAIN, value=st.floats(-60, 6)),
    event(Kind.VARIATION, part=parts, value=unit),
    event(Kind.PLAY_MODE, part=parts, value=st.sampled_from([0.0, 1.0, 2.0])),
    event(Kind.PORTAMENTO, part=parts, value=st.floats(0, 0.1)),
    event(Kind.UNISON, part=parts, value=st.sampled_from([1.0, 2.0, 3.0])),
    event(Kind.UNISON_SPREAD, part=parts, value=st.floats(0, 50)),
    event(Kind.UNISON_WIDTH, part=parts, value=unit),
    event(
        Kind.MOTION,
        part=parts,
        index=st.integers(0, 3),
        note=st.integers(0, 6),
        value=st.floats(-1, 1),
        values=st.one_of(
            st.just(()),
            st.tuples(st.floats(0, 20, width=32), st.integers(0, 5), st.integers(0, 1), unit),
        ),
    ),
    event(Kind.MOTION, part=parts, index=st.integers(0, 3), note=st.integers(0, 6)),
    event(Kind.TEMPO, value=st.floats(60, 200), values=st.one_of(st.just(()), st.tuples(st.floats(0, 64, width=32)))),
    event(Kind.NOTE_BEND, part=own_parts, note=keys, value=st.floats(-2, 2)),
    event(Kind.NOTE_PRESSURE, part=own_parts, note=keys, value=unit),
    event(Kind.NOTE_SLIDE, part=own_parts, note=keys, value=unit),
    event(Kind.CHOKE, part=parts, note=keys, index=st.integers(0, 2)),
    event(Kind.ALL_NOTES_OFF, part=parts),
    event(Kind.ALL_SOUND_OFF, part=parts),
)


@pytest.mark.parametrize(
    ("tiny_settings", "metadata"),
    [
        (TinySettings(), {"pitched": True}),
        (
            TinySettings(channels=2, decay_seconds=0.02),
            {"pitched": False, "longest_note_seconds": 0.06, "gain_db": 18.0},
        ),
        (TinySettings("runaway"), {"release": "model", "lead_hops": 1}),
        (TinySettings(hop_frames=96), {"time_rate_range": (0.0, 1.0), "sustain_seconds": 0.03}),
    ],
    ids=["envelope", "drums", "runaway", "sustained"],
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=st.lists(EVENTS, min_size=1, max_size=40), sizes=st.lists(st.integers(1, 3_000), max_size=30))
def test_any_events_give_the_same_samples_in_any_blocks(
    tiny_settings: TinySettings, metadata: dict[str, object], events: list[Event], sizes: list[int]
) -> None:
    decoder = tiny(tiny_settings, voices=4, **metadata)
    regular = perform(decoder, events, FRAMES)
    odd = perform(decoder, events, FRAMES, sizes)
    np.testing.assert_array_equal(regular.audio, odd.audio)
    assert list(regular.engine.played) == list(odd.engine.played)
    assert regular.engine.statistics == odd.engine.statistics


@pytest.mark.parametrize("block", [1, 32, 64, 256, 441, 480, 512, 1024, 2048])
def test_block_sizes_give_the_same_samples(block: int) -> None:
    events = [
        e
        for n in range(24)
        for e in (
            note_on(n * 190, 48 + n % 9, 0.3 + n / 40, part=1 + n % 3),
            note_off(n * 190 + 1_500, 48 + n % 9, part=1 + n % 3),
            Event(Kind.AXIS, n * 170, part=1 + n % 3, index=n % 4, value=n / 24),
            Event(Kind.GAIN, n * 501, value=-n / 4),
        )
    ]
    decoder = tiny(voices=8)
    usual = perform(decoder, events, 12_000).audio
    np.testing.assert_array_equal(usual, perform(decoder, events, 12_000, [block] * 12_000).audio)


def test_it_does_not_matter_in_which_slots_voices_lie() -> None:
    decoder = tiny(pitched=False, longest_note_seconds=0.5)
    chord = [note_on(60_000 + 11 * n, 40 + n, 0.5, seed=n + 1) for n in range(12)]
    # Short notes before, of which some are stolen, leave the slots in another order.
    before = [note_on(n * 997, 70 + n % 20, 0.5) for n in range(35)]
    fresh = perform(decoder, chord, 90_000).audio[:, 60_000:]
    used = perform(decoder, [*before, *chord], 90_000).audio[:, 60_000:]
    assert fresh.any()
    np.testing.assert_array_equal(fresh, used)


def test_a_voice_sounds_the_same_alone_and_among_fifteen_others() -> None:
    decoder = tiny(pitched=False, gain_db=-30.0)
    one = [note_on(100, 60, seed=1)]
    others = [note_on(40 * n, 30 + n, seed=n + 2) for n in range(15)]
    alone = perform(decoder, one, 20_000)
    together = perform(decoder, [*one, *others], 20_000)
    rest = perform(decoder, others, 20_000)
    np.testing.assert_allclose(together.audio - rest.audio, alone.audio, atol=1e-7)


def test_events_at_the_same_frame_happen_in_the_order_they_were_posted() -> None:
    decoder = tiny()
    played = perform(decoder, [note_on(500), note_off(500)], 9_000)
    swapped = perform(decoder, [note_off(500), note_on(500)], 9_000)
    assert played.engine.sounding == 0
    assert swapped.engine.sounding == 1


def test_an_event_that_comes_too_late_happens_at_once_and_is_counted() -> None:
    performance = perform(tiny(), [], 1_000)
    engine = performance.engine
    engine.post(note_on(10))
    audio = engine.render(256)
    assert audio[:, 0].all()
    assert engine.statistics.late_events == 1
    assert [echo.time for echo in engine.played] == [1_000]
