"""`devices`, `doctor` and `info` say what is there, what works and what to change, on machines that have little."""

import re
from pathlib import Path

import pytest

from runtime.contract import Axis, MapPoint, TrainingSource
from tests.command_line import latentbridge
from tests.system.jack_rig import jack_server
from tests.tiny_decoder import TinySettings, write_tiny_decoder
from tests.tiny_encoder import write_tiny_model

NO_SERVER = {"JACK_DEFAULT_SERVER": "latentbridge-no-such-server"}


def test_without_a_jack_server_that_is_said_and_null_is_there(tmp_path: Path) -> None:
    done = latentbridge("devices", cwd=tmp_path, **NO_SERVER)
    assert (done.returncode, done.stderr) == (0, "")
    assert "No JACK server is running." in done.stdout
    assert re.search(r"^  null   no sound", done.stdout, re.MULTILINE)
    assert "MIDI inputs" in done.stdout


def test_a_jack_server_is_listed_and_taken_by_itself(tmp_path: Path) -> None:
    with jack_server(44_100, 256) as server:
        done = latentbridge("devices", cwd=tmp_path, JACK_DEFAULT_SERVER=server.name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "jack   JACK server, 44100 Hz, block 256 frames" in done.stdout
    assert "auto takes: jack" in done.stdout
    assert "connect them to latentbridge:midi_in" in done.stdout


def findings(report: str, title: str) -> str:
    """The lines of the report under a title."""
    found = re.search(rf"^{title}.*\n((?:  .*\n)+)", report, re.MULTILINE)
    assert found, report
    return found[1]


def test_the_doctor_counts_only_providers_that_have_run(tmp_path: Path) -> None:
    write_tiny_decoder(tmp_path)
    done = latentbridge("doctor", "tiny.onnx", cwd=tmp_path, CUDA_VISIBLE_DEVICES="", **NO_SERVER)
    assert (done.returncode, done.stderr) == (0, "")
    inference = findings(done.stdout, "Inference")
    assert "  cpu works: a hop of 16 voices takes " in inference
    assert "cuda works" not in inference


def test_the_doctor_says_what_a_block_of_the_instrument_costs(tmp_path: Path) -> None:
    write_tiny_decoder(tmp_path)
    done = latentbridge("doctor", "tiny.onnx", cwd=tmp_path, **NO_SERVER)
    costs = findings(done.stdout, "What tiny costs here")
    for frames in (64, 128, 256, 512):
        line = re.search(rf"block +{frames}: the worst takes ([\d.]+) of ([\d.]+) ms; delay (\d+) block", costs)
        assert line, costs
        assert float(line[1]) > 0
        assert float(line[2]) == pytest.approx(1000 * frames / 48_000, abs=0.01)
    assert "processor core" in costs


def test_the_doctor_says_that_the_sound_is_converted_for_a_server_at_another_rate(tmp_path: Path) -> None:
    write_tiny_decoder(tmp_path)
    with jack_server(44_100) as server:
        done = latentbridge("doctor", "tiny.onnx", cwd=tmp_path, JACK_DEFAULT_SERVER=server.name)
    assert "JACK works: it runs at 44100 Hz, tiny at 48000 Hz" in findings(done.stdout, "Outputs")
    assert "converted, which takes 0.8 ms" in findings(done.stdout, "Outputs")
    assert "JACK" not in findings(done.stdout, "What to change")


def test_the_doctor_finds_nothing_wrong_with_a_server_at_the_models_rate(tmp_path: Path) -> None:
    write_tiny_decoder(tmp_path)
    with jack_server() as server:
        done = latentbridge("doctor", "tiny.onnx", cwd=tmp_path, JACK_DEFAULT_SERVER=server.name)
    assert "JACK works" in findings(done.stdout, "Outputs")
    assert "JACK" not in findings(done.stdout, "What to change")


def test_the_doctor_still_reports_without_an_instrument(tmp_path: Path) -> None:
    done = latentbridge("doctor", "absent", cwd=tmp_path, **NO_SERVER)
    assert (done.returncode, done.stderr) == (0, "")
    assert "There is no model 'absent'" in done.stdout
    assert "onnxruntime" in findings(done.stdout, "Installed")
    assert "no sound" in findings(done.stdout, "Outputs")


def test_info_tells_everything_a_player_wants_to_know(tmp_path: Path) -> None:
    write_tiny_model(
        tmp_path,
        TinySettings(channels=2),
        pitched=False,
        classes=("kick", "snare"),
        key_map={36: (1.0, 0.0, 0.0, 0.0), 38: (0.0, 1.0, 0.0, 0.0)},
        default_latent=(0.25, -0.5, 0.0, 1.0),
        presets={"deep": (0.0, 0.0, 0.0, 1.0)},
        map_points=(MapPoint(x=0.1, y=0.2, latent=(0.0,) * 4, label=1),),
        axes=(
            Axis(
                name="brightness",
                direction=(1.0, 0, 0, 0),
                minimum=-2,
                maximum=2,
                descriptor="centroid",
                correlation=0.9,
            ),
            Axis(name="axis_2", direction=(0, 1.0, 0, 0), minimum=-1, maximum=1),
        ),
        training_data=(TrainingSource(name="A kit", licence="CC0-1.0", attribution="by Somebody", sounds=12),),
    )
    done = latentbridge("info", "tiny.onnx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    said = [
        "drums",
        "stereo",
        "48000 Hz",
        "kick, snare",
        "C1 to D1",
        "deep",
        "0.250,-0.500,0.000,1.000",
        "A kit (CC0-1.0",
    ]
    said += [
        "12 sounds",
        "by Somebody",
        "brightness",
        "centroid (rank correlation 0.90)",
        "axis_2",
        "principal direction",
    ]
    said += ["tiny.encoder.onnx", "1 training sounds"]
    assert [text for text in said if text not in done.stdout] == []


def test_info_of_a_model_without_its_encoder_says_so(tmp_path: Path) -> None:
    write_tiny_model(tmp_path)
    (tmp_path / "tiny.encoder.onnx").unlink()
    done = latentbridge("info", "tiny.onnx", cwd=tmp_path)
    assert done.returncode == 0
    assert "tiny.encoder.onnx of tiny.onnx is missing" in done.stdout
