"""Claims about folders of notes: names are read as the folder means them, sounds settle what names leave open."""

import numpy as np
import pytest

from tests.trainer.synthetic_notes import RATE, clip, kick, noise, tone
from trainer.note_facts import FolderNotes, folder_notes
from trainer.note_names import note_readings, velocities, written
from trainer.samples import Clip

NOTES = (40, 45, 52, 57, 64)
DECAYING = {"inharmonicity": 1e-4, "decay": 1.5}


def _folder(clips: list[Clip], classes: tuple[str, ...] = ()) -> FolderNotes:
    return folder_notes(clips, classes, RATE)


def _played(names: list[str], tuning: float = 0.0) -> FolderNotes:
    return _folder([clip(f"{n}.wav", tone(note + tuning, 0.6)) for n, note in zip(names, NOTES, strict=True)])


def _found(facts: FolderNotes) -> list[int | None]:
    return [note.note if note else None for note in facts.notes]


@pytest.mark.parametrize(
    ("stem", "note"),
    [("C3", 60), ("Piano C#3 soft", 61), ("Db3", 61), ("vln_As2_v100", 58), ("Eb-1", 15), ("A♯4", 82), ("c_3", 60)],
)
def test_note_names_are_read_with_middle_c_as_c3(stem: str, note: int) -> None:
    assert note_readings(stem)["name", 0] == note
    assert note_readings(written(note))["name", 0] == note


@pytest.mark.parametrize("stem", ["Bd808", "take12", "Fm7 chord", "kick_dark", "E-Piano", "cello"])
def test_words_that_hold_letters_of_notes_are_no_notes(stem: str) -> None:
    assert not [note for (kind, _), note in note_readings(stem).items() if kind == "name"]


def test_numbers_are_read_where_they_stand_alone_or_are_marked() -> None:
    assert note_readings("cello_p60_v100")["marked", 0] == 60
    assert note_readings("cello_60_v100") == {("number", 0): 60}
    assert note_readings("07_cello_60_100")["number", 1] == 60


@pytest.mark.parametrize(("written_octave", "middle_c"), [(-1, "C2"), (0, "C3"), (1, "C4"), (2, "C5")])
def test_the_sound_tells_from_which_c_a_folder_counts(written_octave: int, middle_c: str) -> None:
    facts = _played([f"Horn {written(note + 12 * written_octave)}" for note in NOTES])
    assert _found(facts) == list(NOTES)
    assert middle_c in facts.naming
    assert facts.kind == "notes"


def test_the_sound_tells_which_of_several_numbers_is_the_note() -> None:
    facts = _played([f"{index:02d}_horn_{note}_{30 * index}" for index, note in enumerate(NOTES)])
    assert _found(facts) == list(NOTES)
    assert all(note and note.is_named for note in facts.notes)


def test_numbers_that_do_not_agree_with_the_sounds_are_no_notes() -> None:
    facts = _played(["01", "02", "03", "04", "05"])
    assert _found(facts) == list(NOTES)
    assert facts.naming == ""
    assert not any(note and note.is_named for note in facts.notes)


def test_tuning_is_measured_from_the_note_and_kept() -> None:
    facts = _played([written(note) for note in NOTES], tuning=-0.31)
    assert _found(facts) == list(NOTES)
    assert [note.tuning_cents for note in facts.notes if note] == pytest.approx([-31.0] * 5, abs=0.5)
    assert facts.notes[0] is not None
    assert facts.notes[0].pitch == pytest.approx(39.69, abs=0.01)


def test_one_sound_heard_an_octave_off_keeps_the_note_of_its_name() -> None:
    clips = [clip(f"{written(note)}.wav", tone(note, 0.6)) for note in NOTES]
    # Hardly any odd partials: by sound alone it is an octave up.
    clips.append(clip("C2.wav", tone(48, 0.6, np.array([0.01, 1, 0.0, 0.4, 0.0, 0.2]))))
    assert _found(_folder(clips))[-1] == 48


def test_velocity_comes_from_the_name_else_from_the_level() -> None:
    assert velocities(["a_v127", "a_vel64"]) == [1.0, pytest.approx(0.504, abs=0.001)]
    assert velocities(["a v1", "a v4"]) == [0.25, 1.0]
    soft, loud = velocities(["C3_pp", "C3 ff"])
    assert soft is not None
    assert loud is not None
    assert soft < 0.5 < loud
    quiet = _folder([clip("C3.wav", tone(60), peak=1.0), clip("E3.wav", tone(64), peak=0.25)])
    assert [note.velocity for note in quiet.notes if note] == [1.0, 0.5]


def test_a_folder_of_drums_is_drums_and_says_why() -> None:
    clips = [clip(f"{index}.wav", sound, 0) for index, sound in enumerate([kick(), noise(), noise(0.3), tone(50, 0.4)])]
    unnamed = _folder(clips, ("",))
    assert (unnamed.kind, unnamed.reason) == ("drums", "only 1 of 4 sounds have a clear and steady pitch")
    toms = [clip(f"{index}.wav", tone(40 + index, 0.5, np.ones(1), decay=4), 0) for index in range(6)]
    assert _folder(toms, ("toms",)).kind == "drums"
    assert "called drums" in _folder(toms, ("toms",)).reason


def test_bass_sounds_without_a_word_in_their_names_are_notes() -> None:
    clips = [clip(f"boom{'abcdef'[i]}.wav", tone(28 + 2 * i, 0.8, np.array([1, 0.2]), **DECAYING)) for i in range(6)]
    facts = _folder(clips)
    assert facts.kind == "notes"
    assert _found(facts) == [28, 30, 32, 34, 36, 38]
    assert "6 of 6" in facts.reason


def test_noise_among_notes_has_none() -> None:
    clips = [clip(f"{written(note)}.wav", tone(note, 0.6)) for note in NOTES] + [clip("release.wav", noise())]
    assert _found(_folder(clips)) == [*NOTES, None]
