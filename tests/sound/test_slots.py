"""Which slot a voice lies in is nobody's business: any order of slots gives the same samples, bit for bit."""

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.engine.decoder import Decoder
from runtime.engine.voices import SLOTS_PER_VOICE, Voices
from runtime.events import Event, Kind
from runtime.model_files import find_model
from tests.performance import Performance, note_on, perform, tiny
from tests.sound.test_blocks import EVENTS
from tests.tiny_decoder import TinySettings

VOICES = 4
FRAMES = 6_000
SLOTS = st.permutations(range(SLOTS_PER_VOICE * VOICES))


def perform_in(slots: Sequence[int], decoder: Decoder, events: Sequence[Event], frames: int = FRAMES) -> Performance:
    """Perform with notes taking the first of ``slots`` that is free, instead of the one that is free for longest."""
    is_free = Voices.free_slot

    def first_free(voices: Voices, frame: int) -> int | None:
        if is_free(voices, frame) is None:
            return None
        ends = voices._counts_to()
        return next(slot for slot in slots if ends[slot] <= frame and slot not in voices._leaving)

    with patch.object(Voices, "free_slot", first_free):
        return perform(decoder, events, frames, voices=VOICES)


@pytest.mark.parametrize(
    ("tiny_settings", "metadata"),
    [
        (TinySettings(), {"pitched": True}),
        (TinySettings(channels=2, decay_seconds=0.02), {"pitched": False, "longest_note_seconds": 0.06}),
        (TinySettings("runaway"), {"release": "model", "lead_hops": 1}),
    ],
    ids=["envelope", "drums", "runaway"],
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=st.lists(EVENTS, min_size=4, max_size=30), slots=SLOTS)
def test_any_events_give_the_same_samples_in_any_order_of_slots(
    tiny_settings: TinySettings, metadata: dict[str, object], events: list[Event], slots: list[int]
) -> None:
    decoder = tiny(tiny_settings, voices=VOICES, **metadata)
    usual = perform(decoder, events, FRAMES)
    other = perform_in(slots, decoder, events)
    np.testing.assert_array_equal(usual.audio, other.audio)
    assert list(usual.engine.played) == list(other.engine.played)
    assert usual.engine.statistics == other.engine.statistics


def test_the_order_of_slots_is_another_one_here() -> None:
    chord = [note_on(10 * n, 60 + n) for n in range(VOICES)]
    slots = [7, 2, 5, 0, 1, 3, 4, 6]
    assert perform_in(slots, tiny(voices=VOICES), chord, 1_000).engine._instrument.voices.order == slots[:VOICES]


@pytest.fixture(scope="module")
def drums() -> Decoder:
    return Decoder.load(find_model("drums"), VOICES)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(strikes=st.lists(st.tuples(st.integers(0, 8_000), st.integers(35, 81)), min_size=6, max_size=12), slots=SLOTS)
def test_the_shipped_drums_do_not_hear_in_which_slots_they_lie(
    drums: Decoder, strikes: list[tuple[int, int]], slots: list[int]
) -> None:
    # More strikes than voices, so that slots are taken away and come free again; parts can be silenced one by one.
    events = [note_on(frame, key, 0.8, part=1 + key % 3) for frame, key in strikes]
    events += [Event(Kind.ALL_SOUND_OFF, 3_000 + 700 * part, part=part) for part in (2, 1, 3)]
    usual = perform(drums, events, 9_000)
    assert usual.audio.any()
    np.testing.assert_array_equal(usual.audio, perform_in(slots, drums, events, 9_000).audio)
