"""Claims about the instrument on JACK servers of other rates and changing blocks, made from outside."""

import signal
from pathlib import Path

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.rate_conversion import RateConversion
from runtime.engine.render import Engine, EngineSettings
from runtime.event_log import read_event_log
from tests.performance import STEADY, frequency
from tests.system.jack_playing import OPTIONS, OUTPUTS, crowded_score, delay_frames, off, on, probed
from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import playing
from tests.system.test_ways_in import CARD_OUTPUTS, osc
from tests.tiny_decoder import LEVEL, TinySettings, write_tiny_decoder

MODEL_RATE = 48_000
BLOCK = 128
A4 = 69


@pytest.mark.parametrize(("model_rate", "rate"), [(48_000, 44_100), (48_000, 96_000), (44_100, 48_000)])
def test_a_note_is_in_tune_within_five_cents_at_any_rate(tmp_path: Path, model_rate: int, rate: int) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(sample_rate=model_rate), default_latent=STEADY)
    with jack_server(rate) as server, playing(model, *OPTIONS, server=server.name) as instrument:
        assert f"at {rate} Hz" in instrument.await_ready()
        with Studio(server, OUTPUTS) as studio:
            sound = studio.perform([(100, on(A4, 127))], rate // 2)
    held = sound[0, rate // 8 : rate // 2]
    assert np.abs(held).max() > 0.1
    assert abs(1200 * np.log2(frequency(held, rate) / 440.0)) < 5


def test_a_sound_card_of_another_rate_plays_in_tune(tmp_path: Path) -> None:
    rate, piece = 44_100, 8192
    model = write_tiny_decoder(tmp_path, default_latent=STEADY)
    options = ("--output", "system", "--midi", "none", "--osc", "127.0.0.1:0", "--block", "512")
    with jack_server(rate, 512) as server, playing(model, *options, server=server.name) as instrument:
        assert f"output system at {rate} Hz" in instrument.await_ready()
        with Studio(server, CARD_OUTPUTS, midi_port="") as studio:
            sound = studio.perform([], 2 * rate, lambda: osc(instrument, "/lb/note", A4, 1.0), 10_000, freewheel=False)
    whole = [sound[0, at : at + piece] for at in range(0, 2 * rate - piece, piece)]
    # A gap may be the machine's own.
    heard = [frequency(one, rate) for one in whole if np.abs(one[::64]).min() > 0 and not np.isnan(one).any()]
    assert abs(1200 * np.log2(np.median(heard) / 440.0)) < 5


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_the_delay_is_constant_while_the_block_goes_from_32_to_2048_and_back(tmp_path: Path, rate: int) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    with (
        jack_server(rate, BLOCK) as server,
        playing(model, *OPTIONS, "--delay", "16", server=server.name) as instrument,
    ):
        delay = delay_frames(instrument.await_ready())
        found = {}
        with Studio(server, OUTPUTS) as studio:
            for block in (32, 2048, 64, 1024, 256):
                studio.set_block_frames(block)
                sound = studio.perform([(1_234, on(A4, 127)), (9_999, off(A4))], 20_000)
                found[block] = int(np.argmax(np.abs(sound[0]) > LEVEL / 2)) - 1_234 - delay
                assert not sound[:, -2_000:].any()
    assert max(map(abs, found.values())) <= (0 if rate == MODEL_RATE else 1), found


@pytest.mark.parametrize(("rate", "longest_frames"), [(44_100, 36), (88_200, 39), (96_000, 42)])
def test_every_note_sounds_the_delay_that_is_told_after_its_key(tmp_path: Path, rate: int, longest_frames: int) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    with jack_server(rate, BLOCK) as server, playing(model, *OPTIONS, server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        # A filter of linear phase rises on both sides of the edge that goes in; the edge is where it is half way.
        result = probed(server, 20, "--velocity", "127", "--threshold", str(LEVEL / 2), "--raw")
    # Notes begin at frames of the model: half of one, and the grid of the recording, are between key and sound.
    latencies = np.array(result["all_frames"]) - delay
    assert np.abs(latencies).max() <= 1 + rate / MODEL_RATE / 2
    assert delay % BLOCK == longest_frames


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_what_was_played_is_the_log_rendered_and_converted_to_the_bit(tmp_path: Path, rate: int) -> None:
    model, log = write_tiny_decoder(tmp_path), tmp_path / "played.log"
    score = crowded_score()
    with jack_server(rate) as server, playing(model, *OPTIONS, "--log", str(log), server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        with Studio(server, OUTPUTS) as studio:
            live = studio.perform(score, 96_000)
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0

    take = read_event_log(log)
    header, events = take.header, take.events
    assert header.sample_rate == MODEL_RATE
    engine = Engine(Decoder.load(model, header.voices), EngineSettings(voices=header.voices))
    for event in events:
        engine.post(event)
    conversion = RateConversion(MODEL_RATE, rate)
    # Where the performance begins is not logged, only where its first note fell: one of the frames that round to it.
    about = round((events[0].time + conversion.filter.centre_frames) * rate / MODEL_RATE)
    starts = [
        frame - delay - score[0][0]
        for frame in range(about - 3, about + 4)
        if conversion.engine_frame(frame) == events[0].time
    ]
    offline = conversion.convert(engine.render(conversion.engine_frames_for(starts[-1] + live.shape[1])))
    assert np.abs(live).max() > 0.1
    assert any(np.array_equal(offline[:, start : start + live.shape[1]], live) for start in starts)
    # Every other note fell on the frame that its key's frame gives, too: nothing has drifted apart.
    notes = [event.time for event in events if event.kind.name == "NOTE_ON" and event.value > 0]
    assert any(notes == [conversion.engine_frame(start + frame + delay) for frame, _ in score[:20]] for start in starts)
