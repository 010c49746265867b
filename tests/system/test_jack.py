"""Claims about the instrument as a JACK client, made from outside: MIDI in at known frames, sound out, recorded."""

import signal
from pathlib import Path

import jack
import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.event_log import read_event_log
from tests.system.jack_playing import OPTIONS, OUTPUTS, crowded_score, delay_frames, off, on, onset, probed
from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import alive, eventually, playing
from tests.tiny_decoder import TinySettings, write_tiny_decoder


@pytest.mark.parametrize("block_frames", [64, 128, 1024])
def test_every_note_sounds_the_constant_delay_after_its_key(tmp_path: Path, block_frames: int) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    with jack_server(block_frames=block_frames) as server, playing(model, *OPTIONS, server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        result = probed(server, 12)
    assert result["latency_frames"]["max"] - result["latency_frames"]["min"] <= 1
    assert result["latency_frames"]["min"] in (delay, delay + 1)
    assert delay % block_frames == 0


def test_what_was_played_live_is_rendered_from_its_log_to_the_bit(tmp_path: Path) -> None:
    model, log = write_tiny_decoder(tmp_path), tmp_path / "played.log"
    score = crowded_score() + [(2000 + 531 * k, bytes((0xB0, 74, 4 * k))) for k in range(30)]
    with jack_server() as server, playing(model, *OPTIONS, "--log", str(log), server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        with Studio(server, OUTPUTS) as studio:
            live = studio.perform(score, 96_000)
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0

    take = read_event_log(log)
    header, events = take.header, take.events
    engine = Engine(Decoder.load(model, header.voices), EngineSettings(voices=header.voices))
    for event in events:
        engine.post(event)
    first = events[0].time - delay - score[0][0]
    engine.render(first)
    assert np.abs(live).max() > 0.1
    assert np.array_equal(engine.render(live.shape[1]), live)


def test_a_block_size_changed_while_a_note_sounds_leaves_no_gap(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    with (
        jack_server(block_frames=128) as server,
        playing(model, *OPTIONS, "--delay", "4", server=server.name) as playing_,
    ):
        playing_.await_ready()
        with Studio(server, OUTPUTS) as studio:
            for block_frames in (1024, 64, 4096):

                def change(frames: int = block_frames) -> None:
                    studio.set_block_frames(frames)

                score = [(100, on(60)), (90_000, off(60))]
                sound = studio.perform(score, 96_000, change, 20_000, freewheel=False)
                heard = sound[0, 10_000:85_000]
                assert (np.abs(heard) > 0.01).sum() > 30_000
                # A block that the machine itself came too late with may be silent; one of the new size may not.
                assert (heard == 0).sum() < block_frames or block_frames == 64
    assert "blocks of 4096 frames" in playing_.stderr


def test_the_interface_may_stand_still_and_the_sound_goes_on(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    with jack_server() as server, playing(model, *OPTIONS, server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        instrument.process.send_signal(signal.SIGSTOP)
        try:
            with Studio(server, OUTPUTS) as studio:
                sound = studio.perform([(1000, on(60)), (9000, off(60))], 30_000)
        finally:
            instrument.process.send_signal(signal.SIGCONT)
    assert onset(sound) == 1000 + delay
    assert np.abs(sound[:, -5000:]).max() == 0


def test_when_the_interface_is_killed_the_sound_fades_without_a_click_and_nothing_stays(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    with jack_server() as server, playing(model, *OPTIONS, server=server.name) as instrument:
        instrument.await_ready()
        family = instrument.family()
        assert len(family) >= 3
        with Studio(server, OUTPUTS) as studio:
            sound = studio.perform([(1000, on(60))], 96_000, instrument.process.kill, 48_000, freewheel=False)
        assert eventually(lambda: not any(map(alive, family)))
    assert np.nanmax(np.abs(sound[:, :20_000])) > 0.01
    assert np.nanmax(np.abs(sound[:, -4000:])) == 0
    assert np.nanmax(np.abs(np.diff(sound[:, 10_000:]))) < 0.001


def test_without_a_server_none_is_started_and_the_user_is_told(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path)
    with playing(model, *OPTIONS) as instrument:
        assert instrument.ended() == 1
        assert "No JACK server is running" in instrument.stderr
        assert "Traceback" not in instrument.stderr


def test_with_a_server_running_jack_is_the_output_and_what_is_plugged_in_is_connected(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path)
    options = ("--osc", "off")
    with jack_server() as server:
        keyboard = jack.Client("keyboard", no_start_server=True, servername=server.name)
        keyboard.activate()
        first = keyboard.midi_outports.register("first", is_physical=True)
        with playing(model, *options, server=server.name) as instrument:
            ready = instrument.await_ready()
            assert "output jack:latentbridge" in ready
            assert "keyboard:first" in ready

            def sources() -> set[str]:
                return {port.name for port in keyboard.get_all_connections("latentbridge:midi_in")}

            assert eventually(lambda: sources() == {first.name})
            later = keyboard.midi_outports.register("later", is_physical=True)
            assert eventually(lambda: sources() == {first.name, later.name})
            for output, speaker in zip(OUTPUTS, ("system:playback_1", "system:playback_2"), strict=True):
                assert [port.name for port in keyboard.get_all_connections(output)] == [speaker]
        keyboard.close()
