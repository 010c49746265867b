"""A sound made again from its tags is the sound, to the bit, and tags that do not fit are refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from runtime.contract import read_decoder_metadata, write_metadata
from runtime.engine.decoder import Decoder
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.engine.replay import planned_note
from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.oneshots.making import Sound, make_sound, remake_sound
from runtime.oneshots.promise import compare, promise
from runtime.oneshots.tags import Tags, pack, unpack
from runtime.oneshots.writing import write_named
from tests.tiny_decoder import TinySettings, write_tiny_decoder

BRIGHT_AND_NOISY = (0.5, 0.2, 0.0, 0.0)


@pytest.fixture
def decoder(tmp_path: Path) -> Decoder:
    return Decoder.load(write_tiny_decoder(tmp_path, gain_db=-2.5), 16)


def played(decoder: Decoder) -> Sound:
    """A note that was moved, bent and let go while it sounded, on an engine."""
    history = NoteHistory(decoder.metadata)
    engine = Engine(decoder, EngineSettings(), history=history)
    engine.post(Event(Kind.NOTE_ON, 100, note=57, value=0.9, seed=11))
    engine.post(Event(Kind.NOTE_ON, 700, note=64, value=0.5))
    engine.post(Event(Kind.LATENT, 3_000, values=BRIGHT_AND_NOISY))
    engine.post(Event(Kind.BEND, 9_000, value=1.5))
    engine.post(Event(Kind.NOTE_OFF, 15_000, note=57))
    engine.render(48_000)
    note = history.note(0)
    assert note is not None
    return make_sound(decoder, note)


def through_a_file(tags: Tags) -> Tags:
    return unpack(pack(tags))


def test_a_played_note_comes_back_from_its_tags_to_the_bit(decoder: Decoder) -> None:
    first = played(decoder)
    again = remake_sound(decoder, through_a_file(first.tags))
    assert np.array_equal(first.audio, again.audio)
    assert again.tags.document == first.tags.document
    assert first.audio.shape[1] > 10_000


def test_a_model_calibrated_anew_still_makes_the_old_sound(decoder: Decoder) -> None:
    first = played(decoder)
    changes = {"gain_db": 6.0, "release_seconds": 1.0, "velocity": "model", "longest_note_seconds": 0.1}
    write_metadata(decoder.path, read_decoder_metadata(decoder.path).model_copy(update=changes))
    calibrated = Decoder.load(decoder.path, 16)
    assert calibrated.hash == decoder.hash
    assert np.array_equal(remake_sound(calibrated, through_a_file(first.tags)).audio, first.audio)


def test_a_note_that_was_planned_is_the_one_the_key_plays(decoder: Decoder) -> None:
    history = NoteHistory(decoder.metadata)
    engine = Engine(decoder, EngineSettings(), history=history)
    engine.post(Event(Kind.NOTE_ON, note=60, value=100 / 127, seed=5))
    engine.post(Event(Kind.NOTE_OFF, decoder.metadata.sample_rate, note=60))
    engine.render(2 * decoder.metadata.sample_rate)
    note = history.last()
    assert note is not None
    heard = make_sound(decoder, note).audio
    planned = make_sound(decoder, planned_note(decoder.metadata, 60, 100 / 127, seed=5)).audio
    frames = min(heard.shape[1], planned.shape[1]) - 3_000
    assert frames > 30_000
    assert np.array_equal(heard[:, :frames], planned[:, :frames])


def test_another_model_or_a_bent_path_is_refused(decoder: Decoder, tmp_path: Path) -> None:
    tags = played(decoder).tags
    arrays = dict(tags.arrays)
    wrong = [
        {name: array for name, array in arrays.items() if name != "gate"},
        arrays | {"latent": np.zeros((len(arrays["pitch"]), 5), np.float32)},
        arrays | {"gate": arrays["gate"][:-1]},
        {name: array[:0] for name, array in arrays.items()},
        {name: np.repeat(array, 1_000, axis=0) for name, array in arrays.items()},
    ]
    for path in wrong:
        with pytest.raises(LatentbridgeError, match="control path in the file does not fit tiny"):
            remake_sound(decoder, Tags(tags.document, path))


def test_a_rendering_of_many_notes_is_no_oneshot(decoder: Decoder) -> None:
    tags = played(decoder).tags
    rendering = tags.document.model_copy(update={"kind": "render", "note": None})
    with pytest.raises(LatentbridgeError, match="rendering of many notes"):
        remake_sound(decoder, Tags(rendering, {}))


def test_a_note_without_a_hop_is_told_to_be_too_short(decoder: Decoder) -> None:
    note = planned_note(decoder.metadata, 60, 0.5)
    empty = {name: getattr(note, name)[:0] for name in ("latent", "pitch", "gate", "time_rate")}
    with pytest.raises(LatentbridgeError, match="only just begun"):
        make_sound(decoder, replace(note, **empty))


@pytest.mark.parametrize("behaviour", ["nan", "infinite", "runaway"])
def test_a_decoder_that_runs_wild_leaves_a_finite_sound(tmp_path: Path, behaviour: str) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings(behaviour=behaviour)), 4)
    sound = make_sound(decoder, planned_note(decoder.metadata, 60, 0.9))
    assert np.isfinite(sound.audio).all()
    assert sound.peak <= 1.0


# --- the promise ---------------------------------------------------------------------------------------------------


def written(sound: Sound, path: Path) -> Path:
    write_named(path, sound.audio, sound.sample_rate, sound.tags)
    return path


def test_equal_surroundings_promise_equal_samples_and_others_minus_80_dbfs(decoder: Decoder) -> None:
    here = played(decoder).tags.document.made_with
    assert promise(here, here).startswith("Promise: the same samples")
    for name in type(here).model_fields:
        value = 4 if name == "voices" else "other"
        said = promise(here.model_copy(update={name: value}), here)
        assert said.startswith("Promise: within -80 dBFS")
        assert name in said


def test_a_kept_promise_is_said_to_be_kept(decoder: Decoder, tmp_path: Path) -> None:
    sound = played(decoder)
    path = written(sound, tmp_path / "a.wav")
    verdict = compare(path, sound.tags, sound.tags.document.made_with, sound.audio)
    assert verdict.kept
    assert verdict.found == "Checked: every sample is the same."


@pytest.mark.parametrize(
    ("factor", "is_elsewhere", "kept"), [(1e-5, True, True), (1e-3, True, False), (1e-5, False, False)]
)
def test_a_difference_is_measured_against_what_was_promised(
    decoder: Decoder, tmp_path: Path, factor: float, is_elsewhere: bool, kept: bool
) -> None:
    sound = played(decoder)
    path = written(sound, tmp_path / "a.wav")
    now = sound.tags.document.made_with
    now = now.model_copy(update={"onnxruntime": "0.0"}) if is_elsewhere else now
    other = sound.audio + np.float32(factor)
    verdict = compare(path, sound.tags, now, other)
    assert verdict.kept is kept
    assert f"{20 * np.log10(factor):.0f} dBFS" in verdict.found


def test_an_edited_file_is_not_held_against_the_promise(decoder: Decoder, tmp_path: Path) -> None:
    sound = played(decoder)
    path = written(sound, tmp_path / "a.wav")
    data = bytearray(path.read_bytes())
    data[1_000] ^= 0xFF
    path.write_bytes(data)
    now = sound.tags.document.made_with
    same = compare(path, sound.tags, now, sound.audio)
    assert same.kept
    assert "edited" in same.found
    other = compare(path, sound.tags, now, sound.audio * np.float32(0.9))
    assert not other.kept
    assert "edited" in other.found
