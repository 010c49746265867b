"""Claims about `latentbridge play` as a program: how it starts, what it says, how it ends, what it leaves behind."""

import os
import signal
from pathlib import Path

import pytest

from tests.system.playing import alive, eventually, playing
from tests.tiny_decoder import TinySettings, write_tiny_decoder

SILENT = ("--output", "null", "--midi", "none", "--osc", "off")
DEAF = ("sh", "-c", 'trap "" INT TERM; exec "$@"', "sh")
"""Starts a command with SIGINT and SIGTERM ignored, as a shell does with what it runs in the background."""


def shared_memory() -> set[str]:
    return {name for name in os.listdir("/dev/shm") if "latentbridge" in name and "test" not in name}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("wrapper", [(), DEAF], ids=["alone", "ignored by the parent"])
def test_a_signal_ends_it_well_and_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals, wrapper: tuple[str, ...]
) -> None:
    before = shared_memory()
    with playing(write_tiny_decoder(tmp_path), *SILENT, wrapper=wrapper) as instrument:
        instrument.await_ready()
        family = instrument.family()
        assert len(family) >= 2
        instrument.process.send_signal(number)
        assert instrument.ended() == 0
        assert not any(map(alive, family))
        assert instrument.stderr == ""
    assert shared_memory() == before


def test_a_signal_while_it_still_starts_ends_it_well_too(tmp_path: Path) -> None:
    with playing(write_tiny_decoder(tmp_path), *SILENT) as instrument:
        assert eventually(lambda: len(instrument.family()) > 1)
        family = instrument.family()
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0
        assert eventually(lambda: not any(map(alive, family)))
        assert instrument.stderr == ""


def test_killed_outright_it_leaves_no_process_behind(tmp_path: Path) -> None:
    with playing(write_tiny_decoder(tmp_path), *SILENT) as instrument:
        instrument.await_ready()
        family = instrument.family()
        instrument.process.kill()
        assert eventually(lambda: not any(map(alive, family)))


def test_the_ready_line_is_one_plain_line_that_names_everything(tmp_path: Path) -> None:
    with playing(write_tiny_decoder(tmp_path), *SILENT, "--block", "256", environment={"COLUMNS": "20"}) as instrument:
        ready = instrument.await_ready()
    assert ready.startswith("ready: tiny, 48000 Hz, block 256 frames, delay ")
    for part in ("output null", "OSC off", "MIDI none"):
        assert part in ready
    assert ready.isprintable() or ready.rstrip("\n").isprintable()


def test_with_stdin_closed_it_plays_on(tmp_path: Path) -> None:
    closed = ("sh", "-c", 'exec "$@" <&-', "sh")
    with playing(write_tiny_decoder(tmp_path), *SILENT, wrapper=closed) as instrument:
        instrument.await_ready()
        assert instrument.process.poll() is None
        instrument.process.send_signal(signal.SIGTERM)
        assert instrument.ended() == 0


def test_without_any_output_it_says_so_in_a_line_and_plays_on_in_silence(tmp_path: Path) -> None:
    options = ("--output", "auto", "--midi", "none", "--osc", "off")
    with playing(write_tiny_decoder(tmp_path), *options) as instrument:
        assert "output null" in instrument.await_ready()
        assert eventually(lambda: instrument.stderr != "")
        assert instrument.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--output", "no such card"), "No sound card"),
        (("--output", "null", "--midi", "jack"), "--midi jack"),
        (("--voices", "0"), "--voices"),
        (("--block", "1"), "--block"),
        (("--mapping", "missing.toml"), "missing.toml"),
        (("--log", "/nonexistent/played.log"), "/nonexistent/played.log"),
    ],
)
def test_a_bad_option_is_told_in_one_line(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    kept = () if options[0] == "--output" else SILENT
    with playing(write_tiny_decoder(tmp_path), *kept, *options) as instrument:
        assert instrument.ended() == 1
        assert eventually(lambda: said in instrument.stderr)
        assert "Traceback" not in instrument.stderr
        assert instrument.stderr.count("\n") == 1


def test_a_model_that_is_not_there_or_is_no_model_is_told_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"\x08\x08" * 1000)
    for model in (tmp_path / "missing.onnx", broken):
        with playing(model, *SILENT) as instrument:
            assert instrument.ended() == 1
            assert str(model) in instrument.stderr
            assert instrument.stderr.count("\n") == 1


def test_starting_does_not_load_torch(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path)
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was loaded')")
    with playing(model, *SILENT, environment={"PYTHONPATH": str(tmp_path)}) as instrument:
        assert instrument.await_ready()


def test_two_instruments_play_side_by_side(tmp_path: Path) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings(behaviour="constant"))
    with playing(model, *SILENT) as one, playing(model, *SILENT) as other:
        assert one.await_ready()
        assert other.await_ready()


def test_an_engine_that_hangs_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with playing(write_tiny_decoder(tmp_path), *SILENT) as instrument:
        instrument.await_ready()
        family = instrument.family()
        os.kill(instrument.child("engine_process"), signal.SIGSTOP)
        instrument.process.send_signal(signal.SIGINT)
        assert instrument.ended() == 0
        assert not any(map(alive, family))
