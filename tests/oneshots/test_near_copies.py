"""A copy of a training sound is told from a new sound, whatever its level, its onset or, of a note, its key."""

from pathlib import Path

import numpy as np
import pytest
import soxr

from runtime.audio_files import read_oneshot
from runtime.contract import DecoderMetadata, read_decoder_metadata, what_sounds
from runtime.engine.decoder import Decoder
from runtime.engine.replay import planned_note, render_note
from runtime.known_sounds import Fingerprints
from runtime.model_files import find_model
from runtime.oneshots.fingerprint import METHOD, ROW, distances_db, fingerprint, pack, unpack
from runtime.oneshots.near_copies import NEAR_COPY, NearCopies

SOUNDS = Path(__file__).parents[1] / "data" / "oneshots"
RATE = 48_000
Audio = np.ndarray


@pytest.fixture(scope="module")
def drums() -> DecoderMetadata:
    return read_decoder_metadata(find_model("drums"))


def recording(name: str) -> Audio:
    """A sound that the shipped drums were trained on."""
    return read_oneshot(SOUNDS / name, RATE, 1, 4.0).audio


def note(pitch: float, brightness: float, seconds: float = 1.0) -> Audio:
    """A decaying note of twelve partials that fall by ``1 / k ** brightness``, [1, frames]."""
    time = np.arange(round(seconds * RATE)) / RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    partials = [np.sin(2 * np.pi * hertz * k * time + k) / k**brightness for k in range(1, 13)]
    return np.asarray(np.sum(partials, axis=0) * np.exp(-time), np.float32)[None]


@pytest.mark.parametrize("name", ["kick/bd_haus.flac", "snare/elec_snare.flac", "hat/hat_tap.flac"])
def test_a_training_sound_is_known_again_at_another_level_and_after_silence(drums: DecoderMetadata, name: str) -> None:
    audio = np.pad(recording(name) * np.float32(0.03), ((0, 0), (2_345, 0)))
    nearest = NearCopies(drums).nearest(audio, RATE)
    assert nearest is not None
    assert nearest.is_near_copy
    assert nearest.relative_distance < 0.15
    assert nearest.class_name == name.partition("/")[0]


def test_what_is_unlike_all_training_sounds_is_new(drums: DecoderMetadata) -> None:
    time = np.arange(RATE) / RATE
    swell = np.asarray(np.sin(2 * np.pi * 700 * time) * time**2, np.float32)[None]
    nearest = NearCopies(drums).nearest(swell, RATE)
    assert nearest is not None
    assert nearest.relative_distance > 1.5


def test_the_shipped_drums_play_their_default_as_a_near_copy_and_most_of_their_random_sounds_are_new() -> None:
    decoder = Decoder.load(find_model("drums"), 16)
    known = NearCopies(decoder.metadata)
    generator = np.random.default_rng(5)
    played = [decoder.metadata.default_latent] + [
        tuple(np.asarray(part.mean) + np.asarray(part.scale) @ generator.standard_normal(len(part.mean)))
        for part in decoder.metadata.prior[::4]
    ]
    found = []
    for latent in played:
        nearest = known.nearest(render_note(decoder, planned_note(decoder.metadata, 36, 0.8, latent)), RATE)
        assert nearest is not None
        found.append(nearest.relative_distance)
    assert found[0] < NEAR_COPY
    assert np.mean(np.array(found[1:]) < NEAR_COPY) < 0.35
    assert np.median(found[1:]) > 1.3 * NEAR_COPY


def test_a_note_keeps_its_fingerprint_on_another_key_and_held_shorter() -> None:
    own = fingerprint(note(60, 1.0), RATE, 60)
    moved = soxr.resample(note(60, 1.0)[0], RATE * 2 ** (3 / 12), RATE)[None]
    others = np.stack(
        [
            fingerprint(np.asarray(moved, np.float32), RATE, 63),
            fingerprint(note(60, 1.0)[:, : RATE // 4], RATE, 60),
            fingerprint(note(60, 2.0), RATE, 60),
        ]
    )
    higher, shorter, darker = distances_db(own, others, is_pitched=True)
    assert higher < 1.0
    assert shorter < 1.5
    assert darker > 5.0


def test_only_notes_near_in_pitch_are_held_against_a_note() -> None:
    rows = np.zeros(2, ROW)
    rows["half_semitones"] = [2 * 40, 2 * 60]
    rows["levels"] = fingerprint(note(60, 1.0), RATE, 60), fingerprint(note(60, 3.0), RATE, 60)
    metadata = notes_model(Fingerprints(method=METHOD, rows=pack(rows), row_bytes=ROW.itemsize, unit_db=3.0, out_of=2))
    known = NearCopies(metadata)
    near, alone = known.nearest(note(60, 1.0), RATE, 60), known.nearest(note(60, 1.0), RATE, 20)
    assert near is not None
    assert alone is not None
    assert near.number == 1
    assert alone.number == 0, "where no training note is near in pitch, the nearest in pitch is"


def notes_model(fingerprints: Fingerprints | None) -> DecoderMetadata:
    metadata = read_decoder_metadata(find_model("notes"))
    return metadata.model_copy(update={"fingerprints": fingerprints})


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (None, "carries no fingerprints"),
        (Fingerprints(method="other-9", rows="AAAA", row_bytes=3, unit_db=1, out_of=1), "of a kind that this"),
        (Fingerprints(method=METHOD, rows="AAAA", row_bytes=3, unit_db=1, out_of=1), "of a kind that this"),
    ],
)
def test_a_model_that_cannot_tell_says_so(kept: Fingerprints | None, said: str) -> None:
    known = NearCopies(notes_model(kept))
    assert not known.can_tell
    assert said in known.remark
    assert known.nearest(note(60, 1.0), RATE) is None


def test_a_model_with_some_of_its_sounds_says_of_how_many(drums: DecoderMetadata) -> None:
    assert drums.fingerprints is not None
    some = drums.fingerprints.model_copy(update={"out_of": 9_000})
    assert NearCopies(drums).remark == ""
    assert "634 of its 9000" in NearCopies(drums.model_copy(update={"fingerprints": some})).remark


def test_fingerprints_that_are_torn_are_refused() -> None:
    with pytest.raises(ValueError, match="not whole"):
        Fingerprints(method=METHOD, rows="AAAAAAAA", row_bytes=4, unit_db=1.0, out_of=1)
    with pytest.raises(ValueError, match="rows"):
        Fingerprints(method=METHOD, rows="not base64", row_bytes=3, unit_db=1.0, out_of=1)


def test_silence_and_a_click_have_fingerprints() -> None:
    assert not fingerprint(np.zeros((1, 4_800), np.float32), RATE, None).any()
    assert not fingerprint(np.zeros((2, 0), np.float32), RATE, 60).any()
    assert fingerprint(np.eye(1, 10, dtype=np.float32), RATE, 20).any()


def test_fingerprints_are_small_and_not_read_by_the_engine(drums: DecoderMetadata) -> None:
    assert drums.fingerprints is not None
    assert len(unpack(drums.fingerprints.rows)) == 634
    assert len(drums.fingerprints.rows) < 150_000 * 634 / 1_260
    assert what_sounds(drums).fingerprints is None
