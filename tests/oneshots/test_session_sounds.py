"""What was played becomes a kit: the places and keys that really sounded, the captured ones first."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.contract import MapPoint
from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.errors import LatentbridgeError
from runtime.event_log import EventLog, LogHeader, read_event_log
from runtime.events import Event, Kind
from runtime.oneshots.session_sounds import sounds_of_session
from runtime.oneshots.tags import read_tags
from tests.command_line import latentbridge
from tests.performance import note_off, note_on, perform, tiny
from tests.tiny_decoder import TinySettings, write_tiny_decoder

MAP = [MapPoint(x=0.5, y=0.5, latent=(a, a, 0, 0)).model_dump() for a in (-1.0, 1.0)]
NEAR, FAR = (0.2, 0.0, 0.0, 0.0), (1.5, 1.0, 0.0, 0.0)


def strikes(key: int, place: tuple[float, ...], times: int, begin: int, value: float = 0.7) -> list[Event]:
    """Strikes of a key at a place, each held for a tenth of a second."""
    events = [Event(Kind.LATENT, begin, values=place)]
    for k in range(times):
        at = begin + 8_000 + 6_000 * k
        events += [note_on(at, key, value), note_off(at + 4_800, key)]
    return events


PLAYED = [
    *strikes(60, NEAR, 2, 0),
    *strikes(64, NEAR, 5, 30_000),
    *strikes(60, FAR, 3, 80_000, value=0.4),
    Event(Kind.VARIATION, 110_000, value=0.2),
    *strikes(60, NEAR, 2, 111_000),
]


def write_log(
    path: Path, decoder: Decoder, events: list[Event], captured: tuple[int, ...] = ()
) -> tuple[Path, list[CapturedNote]]:
    """Play events, log what happened, and say that the notes of some numbers were captured; returns all notes."""
    played = perform(decoder, events, max(event.time for event in events) + 20_000)
    notes = [note for number in range(played.history.count) if (note := played.history.note(number)) is not None]
    with EventLog(path, LogHeader.of(decoder.metadata, decoder.hash, decoder.provider, 16)) as log:
        for echo in played.engine.played:
            log.write(echo)
        for number in captured:
            log.write_capture(notes[number].part, notes[number].note, notes[number].onset_frame)
    return path, notes


def test_sounds_are_those_played_most_with_the_places_and_seeds_that_sounded(tmp_path: Path) -> None:
    decoder = tiny(map_points=MAP)
    log, notes = write_log(tmp_path / "take.log", decoder, PLAYED)
    sounds = sounds_of_session(read_event_log(log), decoder, 16)
    assert [(sound.note, sound.times) for sound in sounds] == [(64, 5), (60, 4), (60, 3)]
    assert sounds[0].latent == pytest.approx(NEAR, abs=1e-3)
    assert sounds[2].latent == pytest.approx(FAR, abs=1e-3)
    assert sounds[2].velocity == round(0.4 * 127)
    assert not any(sound.is_captured for sound in sounds)
    heard = {(note.seed, *note.latent[0].tolist()) for note in notes}
    assert all((sound.seed, *sound.latent) in heard for sound in sounds), "exactly as it was struck, variation included"
    assert len(sounds_of_session(read_event_log(log), decoder, 2)) == 2


def test_captured_sounds_are_taken_alone_and_in_their_order(tmp_path: Path) -> None:
    decoder = tiny(map_points=MAP)
    log, notes = write_log(tmp_path / "take.log", decoder, PLAYED, captured=(8, 1, 8))
    sounds = sounds_of_session(read_event_log(log), decoder, 16)
    assert [(sound.note, sound.is_captured) for sound in sounds] == [(60, True), (60, True)]
    assert [sound.latent for sound in sounds] == [tuple(notes[k].latent[0].tolist()) for k in (8, 1)]
    assert [sound.seed for sound in sounds] == [notes[8].seed, notes[1].seed]


def test_a_note_is_held_as_long_as_it_was_played(tmp_path: Path) -> None:
    decoder = tiny(map_points=MAP, pitched=True, release="envelope")
    log, _ = write_log(tmp_path / "take.log", decoder, PLAYED[:3])
    (sound,) = sounds_of_session(read_event_log(log), decoder, 16)
    assert sound.held_seconds == pytest.approx(0.1)


def test_more_notes_than_an_engine_keeps_are_all_counted(tmp_path: Path) -> None:
    decoder = tiny(map_points=MAP)
    roll = [note_on(100 + 300 * k, 60 if k % 3 else 61) for k in range(300)]
    log, _ = write_log(tmp_path / "take.log", decoder, roll)
    sounds = sounds_of_session(read_event_log(log), decoder, 16)
    assert sum(sound.times for sound in sounds) == 300


def test_a_log_of_another_model_is_refused(tmp_path: Path) -> None:
    log, _ = write_log(tmp_path / "take.log", tiny(map_points=MAP), PLAYED[:3])
    with pytest.raises(LatentbridgeError, match="played no note in this log, which begins with tiny"):
        sounds_of_session(read_event_log(log), tiny(TinySettings(decay_seconds=0.5)), 16)


def test_a_captured_note_is_in_the_log_and_changes_no_sound(tmp_path: Path) -> None:
    decoder = tiny(map_points=MAP)
    with_captures, notes = write_log(tmp_path / "a.log", decoder, PLAYED, captured=(3,))
    without, _ = write_log(tmp_path / "b.log", decoder, PLAYED)
    take = read_event_log(with_captures)
    assert take.events == read_event_log(without).events
    assert [(one.part, one.note, one.onset_frame) for one in take.captured] == [(1, 64, notes[3].onset_frame)]


def test_a_kit_is_made_from_a_session(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, map_points=MAP)
    log, notes = write_log(tmp_path / "take.log", Decoder.load(model, 16), PLAYED, captured=(8, 2))
    done = latentbridge("kit", str(model), "kit", "--from-session", str(log), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "captured while playing" in done.stdout
    assert "whether a sound is new cannot be told" in done.stdout
    files = sorted((tmp_path / "kit").glob("*.wav"))
    tags = [read_tags(file) for file in files]
    assert {tuple(one.arrays["latent"][0].tolist()) for one in tags} == {
        tuple(notes[k].latent[0].tolist()) for k in (8, 2)
    }
    assert all(np.abs(soundfile.read(file)[0]).max() > 0.05 for file in files)
