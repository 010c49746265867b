"""What a run says can be read without a terminal: whole lines, every so often, one per file that is skipped."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from trainer.progress import Report, printable


@dataclass(frozen=True)
class SkippedSound:
    path: Path
    reason: str


def test_long_lines_are_not_wrapped_and_brackets_are_not_markup(capsys: pytest.CaptureFixture[str]) -> None:
    line = "skipped [red]" + 40 * "a long name with spaces " + "[/red] :bell: 12.5"
    Report(0.0).say(line)
    assert capsys.readouterr().out == line + "\n"


def test_without_a_terminal_progress_is_a_plain_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    report = Report(plain_line_seconds=10.0, clock=lambda: now)
    for step in range(100):
        now = float(step)
        report.stage("training", step / 100, f"step {step}")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[1] == "training: 10 %, step 10"
    assert "\x1b" not in "".join(lines)


def test_every_skipped_file_is_named_relative_to_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("/sounds")
    report = Report(0.0)
    report.say_skipped([SkippedSound(folder / "kit" / "été ♪.wav", "it is silent")], folder)
    assert capsys.readouterr().out == "skipped 1 file:\n  kit/été ♪.wav: it is silent\n"
    report.say_skipped([SkippedSound(folder / f"{i}.wav", "damaged") for i in range(1000)], folder)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 42
    assert lines[-1] == "  … and 960 more: damaged"


def test_names_that_cannot_be_printed_do_not_end_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    name = b"sn\xe4re\x1b[31m\n.wav".decode("utf-8", "surrogateescape")
    assert printable(name) == "sn?re?[31m?.wav"
    Report(0.0).say_skipped([SkippedSound(Path("/x") / name, "damaged")], Path("/x"))
    assert capsys.readouterr().out == "skipped 1 file:\n  sn?re?[31m?.wav: damaged\n"
