"""Claims about playing on when a part fails: the engine is killed or hangs, JACK or the sound card goes and returns.

What is heard is recorded through JACK. Keys of these instruments play the same samples at every strike, so that what
was set before can be heard to be set after.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

import jack
import numpy as np
import pytest
import soundfile

from runtime.event_log import read_event_log, sections
from runtime.events import Kind
from tests.command_line import latentbridge
from tests.system.jack_playing import OPTIONS, OUTPUTS, delay_frames, off, on, onset
from tests.system.jack_rig import Studio, jack_server, jack_server_again
from tests.system.osc_client import OscClient
from tests.system.playing import Playing, alive, eventually, playing
from tests.system.test_ways_in import CARD_OUTPUTS, osc
from tests.tiny_decoder import TinySettings, write_tiny_decoder

FRAMES = 30_000
SETTINGS = [
    # Three axes, the bend wheel with a reach of its own, and the pedal of another channel.
    (100, bytes((0xB0, 74, 100))),
    (110, bytes((0xB0, 73, 20))),
    (120, bytes((0xB0, 1, 90))),
    *((130 + k, bytes((0xB0, *pair))) for k, pair in enumerate(((101, 0), (100, 0), (6, 12)))),
    (140, bytes((0xE0, 0, 80))),
    (150, bytes((0xB1, 64, 127))),
]
STRIKES = [(4000, on(60)), (9000, bytes((0xE0, 0, 90))), (12_000, off(60)), (15_000, on(43)), (20_000, off(43))]
SILENCE = bytes((0xB0, 120, 0))
FIRST = [*SETTINGS, *STRIKES]
LATER = [(50, SILENCE), (200, bytes((0xE0, 0, 80))), *STRIKES]


def drum(folder: Path, **settings: object) -> Path:
    """A model whose keys sound the same at every strike."""
    return write_tiny_decoder(folder, TinySettings(**settings), pitched=False)  # type: ignore[arg-type]


def await_back(instrument: Playing, times: int = 1) -> None:
    assert eventually(lambda: instrument.stderr.count("Sound is back") >= times), instrument.stderr


def heard(server_studio: Studio, score: list[tuple[int, bytes]]) -> np.ndarray:
    """What the strikes of a score sound like."""
    return server_studio.perform(score, FRAMES)[:, 3000:]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
def test_an_engine_that_is_lost_is_replaced_by_one_that_stands_alike(tmp_path: Path, number: signal.Signals) -> None:
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        with Studio(server, OUTPUTS) as studio:
            before = heard(studio, FIRST)
            engine, client = instrument.child("engine_process"), instrument.child("jack_process")
            os.kill(engine, number)
            await_back(instrument)
            assert not alive(engine)
            assert instrument.child("jack_process") == client
            after = heard(studio, LATER)
        assert np.abs(before).max() > 0.05
        assert np.array_equal(before, after)
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0
        assert "Traceback" not in instrument.stderr


def test_a_knob_turned_while_the_engine_hangs_stands_where_it_was_turned_to(tmp_path: Path) -> None:
    knob = bytes((0xB0, 74, 5))
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        engine = instrument.child("engine_process")
        with Studio(server, OUTPUTS) as studio:
            before = heard(studio, FIRST)
            studio.perform([(15_000, knob)], 20_000, lambda: os.kill(engine, signal.SIGSTOP), 2000, freewheel=False)
            await_back(instrument)
            after = heard(studio, LATER)
            wanted = heard(studio, [(100, knob), *LATER])
    assert not np.array_equal(before, wanted)
    assert np.array_equal(after, wanted)


def test_a_log_with_two_engines_is_rendered_to_the_bit(tmp_path: Path) -> None:
    model, log, wav = drum(tmp_path), tmp_path / "played.log", tmp_path / "again.wav"
    options = (*OPTIONS, "--log", str(log))
    with jack_server() as server, playing(model, *options, server=server.name) as instrument:
        instrument.await_ready()
        with Studio(server, OUTPUTS) as studio:
            live = [heard(studio, FIRST)]
            os.kill(instrument.child("engine_process"), signal.SIGKILL)
            await_back(instrument)
            live.append(heard(studio, LATER))
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0
    assert log.read_text().count("engine_replaced") == 1
    report = latentbridge("render", model, log, wav, cwd=tmp_path).stdout
    assert "1 engines lost" in report
    rendered = soundfile.read(wav, dtype="float32", always_2d=True)[0].T
    events = read_event_log(log).events
    first_notes = [event.time for event in events if event.kind is Kind.NOTE_ON and event.note == 60]
    for sound, frame in zip(live, first_notes, strict=True):
        start = frame - onset(sound)
        length = min(sound.shape[1], rendered.shape[1] - start)
        assert length > 15_000
        # The file has 24 bits.
        assert np.abs(rendered[:, start : start + length] - sound[:, :length]).max() < 2.0**-22


def test_sound_that_breaks_off_with_its_engine_makes_no_click(tmp_path: Path) -> None:
    model = drum(tmp_path, behaviour="constant")
    with jack_server() as server, playing(model, *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        engine = instrument.child("engine_process")
        with Studio(server, OUTPUTS) as studio:
            sound = studio.perform(
                [(1000, on(60))], 96_000, lambda: os.kill(engine, signal.SIGKILL), 30_000, freewheel=False
            )
            await_back(instrument)
    assert np.nanmax(np.abs(sound[:, :20_000])) > 0.01
    assert np.nanmax(np.abs(sound[:, -4000:])) == 0
    assert np.nanmax(np.abs(np.diff(sound[:, 10_000:]))) < 0.003


def test_when_jack_is_killed_and_returns_it_sounds_again_as_before(tmp_path: Path) -> None:
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        with Studio(server, OUTPUTS) as studio:
            before = heard(studio, FIRST)
        server.process.kill()
        assert eventually(lambda: "JACK has gone" in instrument.stderr)
        with jack_server_again(server) as server_again:
            await_back(instrument)
            with Studio(server_again, OUTPUTS) as studio:
                after = heard(studio, LATER)
            watcher = jack.Client("watcher", no_start_server=True, servername=server.name)
            for output, speaker in zip(OUTPUTS, ("system:playback_1", "system:playback_2"), strict=True):
                assert [port.name for port in watcher.get_all_connections(output)] == [speaker]
            watcher.close()
        assert onset(before) == 1000 + delay
        assert np.array_equal(before, after)


def test_a_jack_client_that_is_killed_comes_back_under_its_name(tmp_path: Path) -> None:
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        with Studio(server, OUTPUTS) as studio:
            before = heard(studio, FIRST)
        os.kill(instrument.child("jack_process"), signal.SIGKILL)
        await_back(instrument)
        with Studio(server, OUTPUTS) as studio:
            after = heard(studio, LATER)
        assert np.array_equal(before, after)


def test_while_jack_is_away_ctrl_c_ends_it_well(tmp_path: Path) -> None:
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        server.process.kill()
        assert eventually(lambda: "JACK has gone" in instrument.stderr)
        assert eventually(lambda: len(instrument.family()) >= 4)
        family = instrument.family()
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0
        assert eventually(lambda: not any(map(alive, family)))
        assert "Traceback" not in instrument.stderr


def test_an_engine_that_cannot_be_started_again_ends_the_program_with_a_reason(tmp_path: Path) -> None:
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        # Every engine is killed as soon as it is there.
        while instrument.process.poll() is None:
            with contextlib.suppress(AssertionError, ProcessLookupError):
                os.kill(instrument.child("engine_process"), signal.SIGKILL)
            time.sleep(0.02)
        assert instrument.ended() == 1
        assert eventually(lambda: "3 times" in instrument.stderr)
        assert "Traceback" not in instrument.stderr


def test_jack_may_return_with_another_block_and_rate(tmp_path: Path) -> None:
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        server.process.kill()
        assert eventually(lambda: "JACK has gone" in instrument.stderr)
        with jack_server_again(server, sample_rate=44_100, block_frames=256) as server_again:
            await_back(instrument)
            assert "block 256 frames" in instrument.stderr
            delay = delay_frames(instrument.stderr)
            with Studio(server_again, OUTPUTS) as studio:
                sound = studio.perform([(1000, on(60)), (5000, off(60))], FRAMES)
            # The delay counts the half of the conversion's filter that comes before the onset.
            assert abs(onset(np.where(np.abs(sound) < 0.005, 0, sound)) - 1000 - delay) < 60


def test_a_note_in_freewheel_waits_for_the_new_engine(tmp_path: Path) -> None:
    with jack_server() as server, playing(drum(tmp_path), *OPTIONS, server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        engine = instrument.child("engine_process")
        with Studio(server, OUTPUTS) as studio:
            score = [(1000, on(60)), (3000, off(60)), (90_000, on(60))]
            sound = studio.perform(score, 100_000, lambda: os.kill(engine, signal.SIGKILL), 20_000)
        await_back(instrument)
    assert not np.isnan(sound).any()
    again = sound[0, 90_000 + delay : 92_000 + delay]
    assert np.array_equal(again, sound[0, 1000 + delay : 3000 + delay])


def test_clients_are_told_that_sound_has_gone_and_come_back_and_what_they_send_meanwhile_counts(tmp_path: Path) -> None:
    log = tmp_path / "played.log"
    options = ("--output", "jack", "--midi", "none", "--osc", "127.0.0.1:0", "--log", str(log))
    with (
        jack_server() as server,
        playing(drum(tmp_path), *options, server=server.name) as instrument,
        OscClient() as client,
    ):
        instrument.await_ready()
        osc(instrument, "/lb/hello", client.port, "test")
        osc(instrument, "/lb/part/3/z/2", 0.5)
        assert eventually(lambda: "latent_dimension" in log.read_text())
        server.process.kill()
        assert eventually(lambda: client.sound[:1] == [0])
        osc(instrument, "/lb/gain", -7)
        osc(instrument, "/lb/part/3/z/1", 1.5)
        with jack_server_again(server):
            assert eventually(lambda: client.sound == [0, 1])
            assert eventually(lambda: "engine_replaced" in log.read_text())
            assert eventually(lambda: '"kind":"gain"' in log.read_text().split("engine_replaced")[1])
    _, after = sections(read_event_log(log).events)
    said = {(event.kind, event.part, event.index): (event.value, event.values) for event in after.events}
    assert said[Kind.GAIN, 0, 0] == (-7.0, ())
    assert said[Kind.LATENT, 3, 0] == (0.0, (0.0, 0.5, 0.0, 0.0))
    assert said[Kind.LATENT_DIMENSION, 3, 0] == (1.5, ())


def test_a_sound_card_that_dies_is_waited_for(tmp_path: Path) -> None:
    model = drum(tmp_path, behaviour="constant")
    options = ("--output", "system", "--midi", "none", "--osc", "127.0.0.1:0", "--block", "512")
    with jack_server(block_frames=512) as server, playing(model, *options, server=server.name) as instrument:
        instrument.await_ready()
        server.process.kill()
        assert eventually(lambda: "has stopped taking sound" in instrument.stderr)
        engine = instrument.child("engine_process")
        # One that waits is not one that dies and is started again.
        time.sleep(4)
        assert alive(engine)
        with jack_server_again(server, block_frames=512) as server_again:
            await_back(instrument)
            with Studio(server_again, CARD_OUTPUTS, midi_port="") as studio:
                strike = lambda: osc(instrument, "/lb/note", 60, 100)  # noqa: E731
                sound = studio.perform([], 96_000, strike, 10_000, freewheel=False)
    assert np.nanmax(np.abs(sound)) > 0.01
