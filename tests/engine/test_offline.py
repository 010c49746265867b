"""`latentbridge render`: scores and logs become the WAV that the engine would have played."""

from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from runtime.cli import main
from runtime.engine.decoder import Decoder
from runtime.errors import LatentbridgeError
from runtime.event_log import EventLog, LogHeader
from runtime.events import Event, Kind, midi_bytes
from runtime.mapping import MappingTable
from runtime.midi_score import read_midi_score
from runtime.offline import render
from tests.performance import STEADY, note_off, note_on, perform
from tests.tiny_decoder import TinySettings, write_tiny_decoder


def midi_file(path: Path, *tracks: list[mido.Message | mido.MetaMessage], kind: int = 1, ticks: int = 480) -> Path:
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    file.tracks.extend(mido.MidiTrack(track) for track in tracks)
    file.save(path)
    return path


def tempo(microseconds: int, time: int) -> mido.MetaMessage:
    return mido.MetaMessage("set_tempo", tempo=microseconds, time=time)


def on(note: int, time: int, **fields: int) -> mido.Message:
    return mido.Message("note_on", note=note, time=time, **fields)


def test_the_tempo_map_places_messages_to_the_frame_without_drift(tmp_path: Path) -> None:
    # 1,001 quarter notes at a tempo that is no whole number of frames, then twice as fast.
    score = midi_file(
        tmp_path / "a.mid", [tempo(333_333, 0), tempo(250_000, 1_000 * 480)], [on(60, 480) for _ in range(1_001)]
    )
    everything, end = read_midi_score(score, 48_000)
    events = [event for event in everything if event.kind is Kind.MIDI]
    tempi = [event for event in everything if event.kind is Kind.TEMPO]
    assert [(e.time, sum(e.values)) for e in tempi] == [(0, 0.0), (round(1_000 * 0.333_333 * 48_000), 1_000.0)]
    assert [e.value for e in tempi] == pytest.approx([180.00018, 240.0])
    assert [e.time for e in events[:3]] == [16_000, 32_000, 48_000]
    assert events[999].time == round(1_000 * 0.333_333 * 48_000)
    assert events[1_000].time == round((1_000 * 0.333_333 + 0.25) * 48_000) == end


def test_channels_and_bytes_arrive_as_they_stand_in_the_file(tmp_path: Path) -> None:
    control = mido.Message("control_change", channel=15, control=74, value=3, time=0)
    score = midi_file(tmp_path / "a.mid", [on(60, 0, channel=9, velocity=0), control])
    assert [midi_bytes(e) for e in read_midi_score(score, 48_000)[0]] == [b"\x99\x3c\x00", b"\xbf\x4a\x03"]


@pytest.mark.parametrize("content", [b"", b"MThd", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\x20\0\x90", b"RIFF1234"])
def test_a_damaged_midi_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(content)
    with pytest.raises(LatentbridgeError, match="cannot be played"):
        read_midi_score(path, 48_000)


def test_a_key_signature_that_means_nothing_is_refused_in_words(tmp_path: Path) -> None:
    track = b"\0\xff\x59\x02\x63\x63\0\xff\x2f\0"
    path = tmp_path / "a.mid"
    path.write_bytes(b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk" + len(track).to_bytes(4, "big") + track)
    with pytest.raises(LatentbridgeError, match="cannot be played"):
        read_midi_score(path, 48_000)


def test_independent_patterns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LatentbridgeError, match="type 2"):
        read_midi_score(midi_file(tmp_path / "a.mid", [on(60, 0)], kind=2), 48_000)


def test_a_score_is_rendered_as_the_engine_plays_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = write_tiny_decoder(tmp_path, default_latent=STEADY)
    # 480 ticks are half a second: a note on channel 3, let go by velocity 0, while a knob of that channel moves.
    knob = mido.Message("control_change", channel=2, control=1, value=127, time=240)
    score = midi_file(
        tmp_path / "a.mid", [on(60, 480, channel=2, velocity=127), knob, on(60, 240, channel=2, velocity=0)]
    )
    render(str(model), score, tmp_path / "a.wav")
    assert "1 notes" in capsys.readouterr().out
    audio, rate = soundfile.read(tmp_path / "a.wav", dtype="float32", always_2d=True)
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_24"
    assert rate == 48_000
    events, _ = read_midi_score(score, 48_000)
    live = perform(Decoder.load(model, 16), events, 60_000, mapping=MappingTable()).audio
    assert live[:, 24_000:].any()
    assert audio.shape[0] == np.flatnonzero(live.any(axis=0))[-1] + 1
    np.testing.assert_allclose(audio.T, live[:, : len(audio)], atol=2**-23)


def test_a_note_that_the_score_leaves_hanging_is_let_go_at_its_end(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, default_latent=STEADY, release_seconds=0.1)
    score = midi_file(tmp_path / "a.mid", [on(60, 0), mido.MetaMessage("end_of_track", time=960)])
    render(str(model), score, tmp_path / "a.wav")
    assert 48_000 < soundfile.info(tmp_path / "a.wav").frames <= 48_000 + 4_800


def log_of(path: Path, decoder: Decoder, events: list[Event], voices: int = 2) -> Path:
    with EventLog(path, LogHeader.of(decoder.metadata, decoder.hash, decoder.provider, voices)) as log:
        for event in events:
            log.write(event)
    return path


EVENTS = [note_on(100, 60, 0.5), note_on(300, 64, 0.5), note_on(500, 67, 0.5), note_off(5_000, 64), note_off(9_000, 67)]


def test_a_log_is_rendered_with_the_voices_it_was_played_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_tiny_decoder(tmp_path)
    decoder = Decoder.load(model, 2)
    render(str(model), log_of(tmp_path / "take.log", decoder, EVENTS), tmp_path / "a.wav", voices=16)
    told = capsys.readouterr().out
    assert "Promise: the samples that were played" in told
    assert "1 notes cut short" in told
    audio, _ = soundfile.read(tmp_path / "a.wav", dtype="float32", always_2d=True)
    live = perform(decoder, EVENTS, 30_000).audio
    np.testing.assert_allclose(audio.T, live[:, : len(audio)], atol=2**-23)
    assert not live[:, len(audio) :].any()


def test_a_log_of_another_model_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = write_tiny_decoder(tmp_path)
    other = Decoder.load(write_tiny_decoder(tmp_path, TinySettings("constant"), name="other"), 2)
    render(str(model), log_of(tmp_path / "take.log", other, EVENTS), tmp_path / "a.wav")
    told = capsys.readouterr().out
    assert "played on other" in told
    assert "Promise" not in told


def test_stop_ends_the_rendering(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, default_latent=STEADY)
    events = [note_on(100), Event(Kind.STOP, 10_000)]
    render(str(model), log_of(tmp_path / "take.log", Decoder.load(model, 2), events), tmp_path / "a.wav")
    assert 10_000 < soundfile.info(tmp_path / "a.wav").frames <= 10_000 + 1_440


def test_a_log_without_events_is_a_wav_without_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = write_tiny_decoder(tmp_path)
    render(str(model), log_of(tmp_path / "take.log", Decoder.load(model, 2), []), tmp_path / "a.wav")
    assert soundfile.info(tmp_path / "a.wav").frames == 0
    assert "silent" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.mid", "a.wav"], "nowhere.mid cannot be read"),
        (["tiny.onnx", "a.wav"], "neither a MIDI file nor an event log"),
        (["a.mid", "nowhere/a.wav"], "cannot be written"),
        (["a.mid", "a.mid"], "exists already"),
        (["a.mid", "a.wav", "--voices", "0"], "--voices 0 is out of range"),
        (["long.mid", "a.wav"], "hours"),
    ],
)
def test_what_cannot_be_rendered_is_told_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tiny_decoder(tmp_path)
    midi_file(tmp_path / "a.mid", [on(60, 0), on(60, 480, velocity=0)])
    midi_file(tmp_path / "long.mid", [tempo(16_777_215, 0), on(60, 2**20), on(61, 2**20)], ticks=100)
    before = sorted(p.name for p in tmp_path.iterdir())
    assert main(["render", "tiny.onnx", *arguments]) == 1
    assert complaint in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == before
