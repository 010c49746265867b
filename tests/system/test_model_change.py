"""Claims about changing the model of an instrument that plays: what is heard, who is told, and what cannot be done."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.event_log import read_event_log
from runtime.events import Kind
from runtime.oneshots.tags import read_tags
from tests.command_line import latentbridge
from tests.hostile_models import endless_loop, write_changed
from tests.system.jack_playing import OUTPUTS, off, on, onset
from tests.system.jack_rig import Studio, jack_server
from tests.system.osc_client import OscClient
from tests.system.playing import Playing, eventually, playing
from tests.system.test_ways_in import captured, osc
from tests.tiny_decoder import TinySettings, write_tiny_decoder

OPTIONS = ("--output", "jack", "--midi", "jack", "--osc", "127.0.0.1:0")
FRAMES = 30_000


def model(folder: Path, name: str, **settings: object) -> Path:
    """A model whose notes go on for as long as their keys are held."""
    tiny = TinySettings(behaviour="gated", decay_seconds=100.0, **settings)  # type: ignore[arg-type]
    return write_tiny_decoder(folder, tiny, name=name, pitched=True, release="envelope", release_seconds=0.02)


def change(instrument: Playing, client: OscClient, wanted: Path | str) -> None:
    """Ask for a model and wait until clients have been told that it plays."""
    name = Path(wanted).stem
    osc(instrument, "/lb/model", str(wanted))
    assert eventually(lambda: client.heard.get("/lb/info", ("",))[0] == name), instrument.stderr


def beginning_of(live: np.ndarray, rendered: np.ndarray, note_frame: int) -> int:
    """Where a recording begins in the whole performance: the place near a note at which both agree best."""
    near = range(note_frame - 12_000 - 1500, note_frame - 12_000 + 500)
    return min(near, key=lambda start: float(np.abs(rendered[0, start : start + 3000] - live[0, :3000]).max()))


def test_what_is_played_through_a_change_is_rendered_from_its_log_to_the_bit(tmp_path: Path) -> None:
    first, second = model(tmp_path, "first"), model(tmp_path, "second", hop_frames=192, channels=2)
    log, wav = tmp_path / "played.log", tmp_path / "again.wav"
    options = (*OPTIONS, "--log", str(log))
    with jack_server() as server, playing(first, *options, server=server.name) as instrument, OscClient() as client:
        instrument.await_ready()
        osc(instrument, "/lb/hello", client.port)
        with Studio(server, OUTPUTS) as studio:
            live = [studio.perform([(1000, on(43)), (5000, on(60))], FRAMES)]
            change(instrument, client, second)
            # One of the two is let go after the change; the new model joins in.
            live.append(studio.perform([(8000, off(60)), (12_000, on(67)), (20_000, off(43))], FRAMES))
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0
    ringing, alone = live[1][:, 2000:8000], live[1][:, 25_000:]
    assert np.abs(ringing).max() > 0.1
    assert 0.01 < np.abs(alone).max() < np.abs(ringing).max()
    latentbridge("render", first, log, wav, cwd=tmp_path)
    rendered = soundfile.read(wav, dtype="float32", always_2d=True)[0].T
    notes = [event.time for event in read_event_log(log).events if event.kind is Kind.NOTE_ON]
    start = notes[0] - onset(live[0])
    assert np.abs(rendered[:, start : start + FRAMES] - live[0]).max() < 2.0**-22
    # The second recording begins somewhere in the time that the old notes ring: at its new note both are aligned.
    quiet = beginning_of(live[1], rendered, notes[2])
    assert np.abs(rendered[:, quiet : quiet + FRAMES] - live[1]).max() < 2.0**-22


def test_everybody_is_told_and_what_was_played_last_is_captured_with_its_own_model(tmp_path: Path) -> None:
    first, second = model(tmp_path, "first"), model(tmp_path, "second", hop_frames=192)
    options = (*OPTIONS, "--captures", str(tmp_path / "captures"))
    with jack_server() as server, playing(first, *options, server=server.name) as instrument, OscClient() as client:
        instrument.await_ready()
        osc(instrument, "/lb/hello", client.port)
        osc(instrument, "/lb/gain", -12.0)
        with Studio(server, OUTPUTS) as studio:
            studio.perform([(1000, on(43)), (9000, off(43))], FRAMES)
            for count, (wanted, key) in enumerate([(second, None), (second, 50), (first, 52), (second, 53)]):
                change(instrument, client, wanted)
                if key is not None:
                    studio.perform([(1000, on(key)), (9000, off(key))], FRAMES)
                osc(instrument, "/lb/capture", f"take{count}")
                assert eventually(lambda count=count: len(captured(tmp_path / "captures")) == count + 1)  # type: ignore[misc]
    assert client.heard["/lb/gain"] == (-12.0,)
    documents = [read_tags(file).document for file in captured(tmp_path / "captures")]
    assert [(document.model, document.note.note if document.note else 0) for document in documents] == [
        ("first", 43),
        ("second", 50),
        ("first", 52),
        ("second", 53),
    ]


def test_after_a_change_a_dead_engine_is_replaced_by_one_of_the_new_model(tmp_path: Path) -> None:
    # Keys of these sound the same at every strike.
    first, second = (
        write_tiny_decoder(tmp_path, TinySettings(decay_seconds=decay), name=name, pitched=False)
        for name, decay in (("first", 0.05), ("second", 0.02))
    )
    score = [(1000, on(43))]
    with jack_server() as server, playing(first, *OPTIONS, server=server.name) as instrument, OscClient() as client:
        instrument.await_ready()
        osc(instrument, "/lb/hello", client.port)
        with Studio(server, OUTPUTS) as studio:
            sounds = [studio.perform(score, FRAMES)]
            # A place that means nothing to any other model.
            osc(instrument, "/lb/z", 1.0, 1.0, -1.0, 1.0)
            change(instrument, client, second)
            sounds.append(studio.perform(score, FRAMES))
            os.kill(instrument.child("engine_process"), signal.SIGKILL)
            assert eventually(lambda: "A new one takes its place" in instrument.stderr)
            # While nothing sounds there is nothing that could load it: said, rather than waited for.
            osc(instrument, "/lb/model", str(first))
            assert eventually(
                lambda: "nothing sounds" in str(client.heard.get("/lb/error")) or "Playing first" in instrument.stderr
            )
            assert eventually(lambda: "Sound is back" in instrument.stderr)
            change(instrument, client, second)
            sounds.append(studio.perform(score, FRAMES))
            for wanted in (first, second, first):
                change(instrument, client, wanted)
                sounds.append(studio.perform(score, FRAMES))
    assert np.abs(sounds[0] - sounds[1]).max() > 0.01, "the two can be told apart"
    for sound, alike in zip(sounds[2:], (1, 0, 1, 0), strict=True):
        assert np.array_equal(sound, sounds[alike])


def test_a_file_that_was_replaced_while_it_played_is_no_matter_to_an_engine_that_takes_the_place_of_a_dead_one(
    tmp_path: Path,
) -> None:
    first = write_tiny_decoder(tmp_path, TinySettings(decay_seconds=0.05), name="first", pitched=False)
    score = [(1000, on(43))]
    with jack_server() as server, playing(first, *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        with Studio(server, OUTPUTS) as studio:
            before = studio.perform(score, FRAMES)
            first.write_bytes(b"trained anew")
            os.kill(instrument.child("engine_process"), signal.SIGKILL)
            assert eventually(lambda: "Sound is back" in instrument.stderr)
            after = studio.perform(score, FRAMES)
    assert np.abs(before).max() > 0.05
    assert np.array_equal(before, after)


def test_the_model_that_plays_may_be_asked_for_again_and_what_sounds_sounds_on(tmp_path: Path) -> None:
    first, second = model(tmp_path, "first"), model(tmp_path, "second")
    with jack_server() as server, playing(first, *OPTIONS, server=server.name) as instrument, OscClient() as client:
        instrument.await_ready()
        osc(instrument, "/lb/hello", client.port)
        with Studio(server, OUTPUTS) as studio:
            studio.perform([(1000, on(43))], FRAMES)
            change(instrument, client, second)
            for _ in range(3):
                client.heard.pop("/lb/info")
                change(instrument, client, second)
            sound = studio.perform([(8000, off(43))], FRAMES)
        assert instrument.stderr.count("Playing second now") == 1
    assert np.abs(sound[:, 1000:8000]).max() > 0.05, "the note of the first model rings on"


def test_a_capture_asked_for_just_before_two_changes_is_written(tmp_path: Path) -> None:
    first, second, third = (model(tmp_path, name) for name in ("first", "second", "third"))
    options = (*OPTIONS, "--captures", str(tmp_path / "captures"))
    with jack_server() as server, playing(first, *options, server=server.name) as instrument, OscClient() as client:
        instrument.await_ready()
        osc(instrument, "/lb/hello", client.port)
        with Studio(server, OUTPUTS) as studio:
            studio.perform([(1000, on(43))], FRAMES)
            osc(instrument, "/lb/capture", "held")
            change(instrument, client, second)
            change(instrument, client, third)
            assert eventually(lambda: len(captured(tmp_path / "captures")) == 1)
    assert read_tags(captured(tmp_path / "captures")[0]).document.model == "first"


@pytest.mark.parametrize("wanted", ["nothing", "rate", "hostile"])
def test_what_cannot_be_played_is_refused_and_what_played_plays_on(tmp_path: Path, wanted: str) -> None:
    first = model(tmp_path, "first")
    path, said = {
        "nothing": ("no such model", "no such model"),
        "rate": (model(tmp_path, "other", sample_rate=44_100), "44100 Hz"),
        "hostile": (write_changed(tmp_path, endless_loop), "hostile.onnx"),
    }[wanted]
    with jack_server() as server, playing(first, *OPTIONS, server=server.name) as instrument, OscClient() as client:
        instrument.await_ready()
        osc(instrument, "/lb/hello", client.port)
        with Studio(server, OUTPUTS) as studio:
            studio.perform([(1000, on(43))], FRAMES)
            osc(instrument, "/lb/model", str(path))
            assert eventually(lambda: said in str(client.heard.get("/lb/error", ("", ""))[1]))
            sound = studio.perform([(1000, off(43))], FRAMES)
        assert client.heard["/lb/error"][0] == 4
        assert client.heard["/lb/info"][0] == "first"
        assert "Traceback" not in instrument.stderr
    assert np.abs(sound[:, :1000]).max() > 0.05
    assert np.abs(sound[:, 10_000:]).max() == 0
