"""The command line: quick to start, understandable, and never a traceback for what a person typed."""

import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.cli import COMMANDS, main
from tests.command_line import COMMAND, latentbridge, latentbridge_here
from tests.tiny_decoder import write_tiny_decoder
from tests.tiny_encoder import write_tiny_model

PLAYING = sorted(set(COMMANDS) - {"train", "calibrate"})


@dataclass(frozen=True)
class Asked:
    """What a command line has said, and the top-level packages that it has imported."""

    status: int
    out: str
    err: str
    imported: set[str]


def asked(*words: str) -> Asked:
    """Run a command line in a process of its own, and ask it at its end what it has imported."""
    with tempfile.TemporaryDirectory() as folder:
        script = (
            "import json, pathlib, sys; from runtime.cli import main; status = main(sys.argv[1:])\n"
            "names = sorted({name.partition('.')[0] for name in sys.modules})\n"
            "pathlib.Path('imported').write_text(json.dumps(names)); sys.exit(status)"
        )
        variables = os.environ | {"COLUMNS": "100"}
        command = [sys.executable, "-c", script, *words]
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
        imported = set(json.loads((Path(folder) / "imported").read_text()))
    return Asked(done.returncode, done.stdout, done.stderr, imported)


@functools.cache
def helped(command: str) -> Asked:
    """What a command does when it is asked for help; it is asked once, though two claims are about it."""
    return asked(command, "--help")


@pytest.mark.parametrize("command", PLAYING)
def test_no_command_but_those_of_the_trainer_imports_torch_or_the_trainer(command: str) -> None:
    imported = helped(command).imported
    assert "runtime" in imported
    assert not imported & {"torch", "trainer", "lightning_fabric", "onnx", "scipy", "sklearn", "matplotlib"}


@pytest.mark.parametrize("words", [[], ["--help"], ["--version"], ["nonsense"]])
def test_the_list_of_commands_imports_none_of_them(words: list[str]) -> None:
    imported = asked(*words).imported
    assert "runtime" in imported
    assert not imported & {"torch", "trainer", "numpy", "onnxruntime", "soundfile"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_that_says_what_it_is_for(command: str) -> None:
    told = helped(command)
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith(f"Usage: latentbridge {command}")
    paragraphs = told.out.split("\n\n")
    assert len(paragraphs[1].strip()) > 20
    for word in ("Annotated", "NoneType", "None]", "Optional", ":param", "----"):
        assert word not in told.out


def test_the_help_lists_every_command_with_a_line(tmp_path: Path) -> None:
    shown = latentbridge("--help", cwd=tmp_path).stdout
    assert shown == latentbridge(cwd=tmp_path).stdout
    for name, (_, summary) in COMMANDS.items():
        assert f"{name} " in shown
        assert summary in shown


def test_the_version_is_that_of_the_distribution(tmp_path: Path) -> None:
    from importlib.metadata import version

    assert latentbridge("--version", cwd=tmp_path).stdout.strip() == version("latentbridge")


def test_a_mistyped_command_is_understood(tmp_path: Path) -> None:
    done = latentbridge("paly", "drums", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("latentbridge: There is no command 'paly'.")
    assert "Did you mean `latentbridge play`?" in done.stderr


BAD_WORDS = {
    "an option nobody has": ["info", "tiny.onnx", "--louder"],
    "no model": ["info"],
    "a word too many": ["info", "tiny.onnx", "b"],
    "a model that is not there": ["info", "absent"],
    "a model that is text": ["info", "text.onnx"],
    "a model that is empty": ["info", "empty.onnx"],
    "a model that is a folder": ["info", "."],
    "an encoder": ["info", "tiny.encoder.onnx"],
    "a model cut short": ["info", "cut.onnx"],
    "a model of somebody else": ["oneshot", "foreign.onnx", "a.wav"],
    "a number that is a word": ["oneshot", "tiny.onnx", "a.wav", "--note", "loud"],
    "a number that is too large for one": ["oneshot", "tiny.onnx", "a.wav", "--note", "9" * 5_000],
    "an option without its value": ["oneshot", "tiny.onnx", "a.wav", "--note"],
    "an option twice": ["oneshot", "tiny.onnx", "a.wav", "--note", "1", "--note", "2"],
    "a score that is a model": ["render", "tiny.onnx", "tiny.onnx", "a.wav"],
    "a score that is not there": ["render", "tiny.onnx", "absent.mid", "a.wav"],
    "a sound that is not there": ["encode", "tiny.onnx", "absent.wav"],
    "an output with a name beyond reason": ["oneshot", "tiny.onnx", "x" * 300 + ".wav"],
    "a sound with a name beyond reason": ["oneshot", "--from", "x" * 5_000, "a.wav"],
    "a model to play that is not there": ["play", "absent", "--output", "null"],
    "a block of nothing": ["play", "tiny.onnx", "--output", "null", "--block", "0"],
    "an output that is not there": ["play", "tiny.onnx", "--output", "a card I do not have"],
}


@pytest.mark.parametrize("words", BAD_WORDS.values(), ids=BAD_WORDS.keys())
def test_what_a_person_types_wrong_ends_in_sentences(words: list[str], tmp_path: Path) -> None:
    data = write_tiny_model(tmp_path).read_bytes()
    (tmp_path / "text.onnx").write_text("not a model")
    (tmp_path / "empty.onnx").touch()
    (tmp_path / "cut.onnx").write_bytes(data[:1_000])
    (tmp_path / "foreign.onnx").write_bytes(data.replace(b"latentbridge", b"somebodyelse"))
    # `play` starts processes and takes signals over: not in the one that tests.
    run = latentbridge if words[0] == "play" else latentbridge_here
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("latentbridge: ")
    assert len(done.stderr) < 1_000 + max(map(len, words))
    for fault_of_ours in ("Traceback", 'File "', "<exception", "NoneType"):
        assert fault_of_ours not in done.stderr
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_names_that_are_no_text_are_taken_and_told_on_any_terminal(tmp_path: Path, encoding: str) -> None:
    write_tiny_model(tmp_path)
    strange = os.fsdecode(b"\xff \xe2\x99\xaa.wav")
    for words in (["oneshot", "tiny.onnx", strange], ["encode", "tiny.onnx", strange, "--wav", "again.wav"]):
        done = latentbridge(*words, cwd=tmp_path, PYTHONIOENCODING=encoding)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert (tmp_path / strange).exists()
    assert latentbridge("info", strange + "x", cwd=tmp_path, PYTHONIOENCODING=encoding).returncode == 1


@pytest.mark.parametrize("missing", ["torch", "lightning_fabric"])
def test_training_without_its_packages_says_the_one_line_to_install_them(
    missing: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # None in sys.modules makes an import fail as if the package were not there.
    script = f"import sys; sys.modules['{missing}'] = None; from runtime.cli import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", script, "train", ".", "--out", "a.onnx"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"Training needs the package {missing}, which is not installed." in done.stderr
    assert f"{sys.executable} -m pip install " in done.stderr
    assert "[train]" in done.stderr


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "info", ("runtime.no_such_module:info", ""))
    with pytest.raises(ImportError, match="no_such_module"):
        main(["info", "x"])


def test_an_interrupt_ends_without_a_word(tmp_path: Path) -> None:
    pipe = tmp_path / "score.mid"
    os.mkfifo(pipe)
    write_tiny_decoder(tmp_path)
    words = [COMMAND, "render", "tiny.onnx", pipe.name, "a.wav"]
    program = subprocess.Popen(
        words,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background may have had it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    # It opens the score, and waits there until somebody writes.
    with pipe.open("w"):
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=30)
    assert (program.returncode, out, err) == (130, "", "")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    write_tiny_decoder(tmp_path)
    program = subprocess.Popen(
        [COMMAND, "info", "tiny.onnx"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    assert "Traceback" not in program.stderr.read()
    assert program.wait(30) in (0, 141)
    program.stderr.close()
