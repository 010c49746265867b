"""Many notes decoded together sound, to the bit, as each does alone."""

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.engine.replay import planned_note, render_note, render_notes
from runtime.latent.prior import draw
from runtime.model_files import find_model
from tests.performance import tiny
from tests.tiny_decoder import TinySettings

VOICES = 16


def notes_of(decoder: Decoder, count: int) -> list[CapturedNote]:
    meta = decoder.metadata
    return [
        planned_note(meta, 40 + n, 0.3 + 0.02 * n, draw(meta, n), seed=n + 1, held_seconds=0.05 + 0.02 * (n % 5))
        for n in range(count)
    ]


@pytest.mark.parametrize("model", ["drums", "notes"])
def test_more_notes_than_voices_are_each_what_they_are_alone(model: str) -> None:
    decoder = Decoder.load(find_model(model), VOICES)
    notes = notes_of(decoder, VOICES + 5)
    together = dict(render_notes(decoder, iter(notes)))
    assert sorted(together) == list(range(len(notes)))
    assert len({sound.shape[1] for sound in together.values()}) > 5, "sounds of many lengths, so voices change places"
    for number in (0, 3, 11, VOICES, VOICES + 4):
        np.testing.assert_array_equal(together[number], render_note(decoder, notes[number]))


def test_a_sound_may_be_used_with_the_same_decoder_before_the_next_one_is_asked_for() -> None:
    decoder = tiny(pitched=False)
    notes = notes_of(decoder, 20)
    for number, sound in render_notes(decoder, notes):
        np.testing.assert_array_equal(sound, render_note(decoder, notes[number]))


def test_leads_and_wild_voices_are_nobody_elses_business() -> None:
    for settings, changes in ((TinySettings(), {"lead_hops": 2}), (TinySettings("nan"), {})):
        decoder = tiny(settings, **changes)
        notes = notes_of(decoder, 6)
        for number, sound in render_notes(decoder, notes):
            np.testing.assert_array_equal(sound, render_note(decoder, notes[number]))


def test_a_preview_is_the_beginning_of_the_sound() -> None:
    decoder = tiny(pitched=False)
    (note,) = notes_of(decoder, 1)
    ((_, preview),) = render_notes(decoder, [note], longest_frames=1_000)
    np.testing.assert_array_equal(preview, render_note(decoder, note)[:, :1_000])
