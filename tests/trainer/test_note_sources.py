"""The notes of the shipped pitched model: names say all that training needs, and no held-out cell leaks."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from runtime.errors import LatentbridgeError
from tests.trainer.synthetic_notes import RATE, clip, tone
from trainer import note_sources
from trainer.note_facts import folder_notes
from trainer.note_sources import HOLDS_SECONDS, PROGRAMS, VELOCITIES, Stroke, strokes
from trainer.sources import MUSESCORE


def test_there_are_thirty_instruments_over_four_octaves_at_three_velocities() -> None:
    every = strokes(list(PROGRAMS))
    assert len(PROGRAMS) == 30
    assert len(every) == 30 * 14 * 3
    assert (min(s.note for s in every), max(s.note for s in every)) == (36, 84)
    assert len(set(every)) == len(every)


def test_more_pitches_than_keys_are_every_key_once() -> None:
    few = strokes(["cello"], pitches=40, lowest=60, highest=64)
    assert [stroke.note for stroke in few] == [note for note in range(60, 65) for _ in VELOCITIES]


def test_every_velocity_of_an_instrument_is_held_for_every_time() -> None:
    held = Counter((s.velocity, s.held_seconds) for s in strokes(["violin"]))
    assert set(held) == {(v, h) for v in VELOCITIES for h in HOLDS_SECONDS}
    assert min(held.values()) >= 4


def test_a_score_lets_each_key_go_when_its_name_says() -> None:
    part = [Stroke("violin", 60, 85, 0.25), Stroke("flute", 72, 45, 2.0)]
    seconds, ups = 0.0, []
    for message in note_sources._score(part):
        seconds += message.time
        if message.type == "note_off":
            ups.append((message.note, round(seconds, 3)))
    assert ups == [(60, 0.25), (72, round(part[0].seconds + 2.0, 3))]


def test_what_is_written_is_read_back_from_the_names() -> None:
    sounds = []
    for note in (40, 47, 59, 64):
        quiet = np.zeros((1, 480), np.float32)
        played = np.concatenate([quiet, tone(note + 0.08, 0.7)], axis=1)
        sounds.append(note_sources._sound(Stroke("cello", note, 85, 0.5), played))
    assert sounds[0].name.startswith("cello_p40_v85_hold4")
    facts = folder_notes([clip(f"{sound.name}.wav", sound.audio) for sound in sounds], (), RATE)
    notes = [note for note in facts.notes if note]
    assert [note.note for note in notes] == [40, 47, 59, 64]
    assert [note.tuning_cents for note in notes] == pytest.approx([8.0] * 4, abs=0.5)
    assert [note.velocity for note in notes] == pytest.approx([85 / 127] * 4)
    assert [note.held_seconds for note in notes] == pytest.approx([0.49] * 4, abs=0.004)
    assert {sound.group.rsplit("_", 1)[1] for sound in sounds} == {"40", "47", "59", "64"}


def test_what_is_missing_or_unknown_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LatentbridgeError, match="kazoo"):
        note_sources.main(tmp_path / "out", instruments=["kazoo"])
    monkeypatch.setitem(note_sources.FONTS, "musescore", (MUSESCORE, tmp_path / "none.sf3"))
    with pytest.raises(LatentbridgeError) as caught:
        note_sources.main(tmp_path / "out")
    assert "apt-get install musescore-general-soundfont" in caught.value.remedy
