"""The command that judges a model: what it prints and saves, and what it says when it cannot."""

import contextlib
import io
import json
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of
from tests.trainer.small_run import short_parity, small_request, small_settings
from trainer.baselines import LINEAR, NEAREST, NOISE, PHASELESS
from trainer.evaluation import evaluate, main, results_table
from trainer.evaluation_report import JudgedHalf
from trainer.exported import ExportedModel
from trainer.figures import NAMES, Figures
from trainer.judged_sounds import Selection, gather
from trainer.progress import Report
from trainer.settings import RunSettings
from trainer.train import train

RATE = 48_000
PNG = b"\x89PNG"


def write_drums(folder: Path, per_class: int, seed: int = 0) -> Path:
    """Kicks and hats; every third of them in three velocities, which belong together."""
    generator = np.random.default_rng(seed)
    time = np.arange(RATE // 8) / RATE
    files = {}
    for name in ("kick", "hat"):
        (folder / name).mkdir(parents=True)
        for i in range(per_class):
            decay = np.exp(-time / generator.uniform(0.01, 0.04))
            noise = generator.uniform(-1, 1, len(time))
            wave = decay * (noise if name == "hat" else np.sin(2 * np.pi * generator.uniform(50, 120) * time))
            soundfile.write(folder / name / f"{name}{i}.wav", 0.8 * wave / np.abs(wave).max(), RATE)
            files[f"{name}/{name}{i}.wav"] = {
                "class": name,
                "source": "first" if i % 2 else "second",
                "group": f"{name}{i - i % 3}",
            }
    document = {"files": files, "sources": {source: {"licence": "CC0-1.0"} for source in ("first", "second")}}
    (folder / "SOURCES.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_drums(tmp_path_factory.mktemp("drums"), per_class=60)


@pytest.fixture(scope="module")
def model(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("model") / "small.onnx"
    with short_parity():
        train(small_request(folder, out, minutes=60.0), small_settings(RunSettings(most_steps=4)), Report(0.0))
    return out


def command(*words: object) -> "subprocess.CompletedProcess[str]":
    """`python -m trainer.evaluation`, but in this process, which has torch already."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        warnings.catch_warnings(action="ignore"),  # of programs that are run within another
    ):
        patch.setattr(sys, "argv", ["trainer.evaluation", *map(str, words)])
        try:
            runpy.run_module("trainer.evaluation", run_name="__main__")
        except SystemExit as ended:
            if isinstance(ended.code, str):
                print(ended.code, file=err)
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def evaluated(model: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the command writes, and what it prints."""
    out = tmp_path_factory.mktemp("evaluation") / "new" / "folder"
    done = command(model, folder, "--out", out, "--most-sounds", 12, "--random-sounds", 10)
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_both_halves_are_printed_beside_the_baselines(evaluated: tuple[Path, str]) -> None:
    _, said = evaluated
    for half in ("training", "held out"):
        table = said.split(f"### {half}: ")[1].split("\n\n")[1].splitlines()
        names = [line.split("|")[1].strip() for line in table[2:]]
        assert names == ["model", NEAREST, LINEAR, PHASELESS, NOISE]
        assert len({line.count("|") for line in table}) == 1, "every row has every column"
    assert "held out: log-mel of the model / of the nearest training sound = " in said


def test_random_sounds_are_printed_by_class(evaluated: tuple[Path, str]) -> None:
    _, said = evaluated
    rows = said.split("### Random sounds")[1].splitlines()[4:7]
    assert [row.split("|")[1].strip() for row in rows] == ["hat", "kick", "all"]


def test_everything_is_kept_as_json_beside_the_pictures(evaluated: tuple[Path, str], model: Path) -> None:
    out, said = evaluated
    assert sorted(path.name for path in out.iterdir()) == ["figures.json", "random.png", "reconstructions.png"]
    assert all((out / name).read_bytes().startswith(PNG) for name in ("random.png", "reconstructions.png"))
    document = json.loads((out / "figures.json").read_text())
    held_out = document["halves"]["held out"]
    assert set(held_out["rows"]["model"]["median"]) <= set(NAMES)
    assert len(document["halves"]["training"]["sounds"]) == 12
    assert {row["name"] for row in document["random"]["classes"]} == {"hat", "kick"}
    ratio = (
        held_out["rows"]["model"]["mean"]["log_mel_db"]
        / held_out["rows"]["nearest training sound"]["mean"]["log_mel_db"]
    )
    assert held_out["log_mel_ratio_to_nearest"]["mean"] == pytest.approx(ratio, abs=0.02)
    assert f"{held_out['log_mel_ratio_to_nearest']['mean']:.2f} (means)" in said


def test_no_variant_of_a_held_out_sound_is_among_the_training_sounds(model: Path, folder: Path) -> None:
    judged = gather(str(model), folder, Selection(1000))
    assert judged.held_out
    assert not {clip.group for clip in judged.training} & {clip.group for clip in judged.held_out}
    assert len(judged.training) + len(judged.held_out) == len(judged.own) == 120
    assert judged.known == judged.training


def test_sources_choose_what_is_judged(model: Path, folder: Path) -> None:
    without = gather(str(model), folder, Selection(1000, leave_out="first"))
    assert {clip.source for half in (without.training, without.held_out, without.known) for clip in half} == {"second"}
    only = gather(str(model), folder, Selection(1000, only_source="first"))
    assert {clip.source for half in (only.training, only.held_out) for clip in half} == {"first"}
    assert {clip.source for clip in only.known} == {"first", "second"}, "memory is all of it"


def test_a_folder_the_model_never_heard_is_judged_as_unseen(
    model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unseen = write_drums(tmp_path / "unseen", per_class=5, seed=1)
    main(str(model), unseen, out=tmp_path / "a", all_held_out=True)
    said = capsys.readouterr().out
    assert "### held out: 10 sounds" in said
    assert "### training" not in said
    assert "nearest training sound" not in said
    assert "--training-folder" in said
    main(str(model), unseen, out=tmp_path / "b", all_held_out=True, training_folder=folder, random_sounds=0)
    said = capsys.readouterr().out
    assert "| nearest training sound |" in said
    assert "Random" not in said
    assert json.loads((tmp_path / "b" / "figures.json").read_text())["random"] is None


def test_what_training_prints_at_its_end_are_the_same_figures(model: Path, folder: Path) -> None:
    judged = gather(str(model), folder, Selection(1000))
    exported = ExportedModel(model, encoder_of(model, judged.model.metadata))
    figures = evaluate(exported, judged.training, judged.held_out, most_sounds=8)
    assert figures["training"]["sounds"] == len(judged.training[:8])
    assert figures["held out"]["nearest_log_mel_db"] > 0
    told = set(NAMES) & {name for row in figures.values() for name in row}
    assert "pitch_cents" not in told
    for line in results_table(figures):
        assert line.count("|") == len(told) + 4
    stored = exported.metadata.training_settings["figures"]
    assert set(stored["held out"]) == set(figures["held out"])


def test_figures_end_when_their_time_is_over(model: Path, folder: Path) -> None:
    judged = gather(str(model), folder, Selection(1000))
    turns = iter([True, True])
    some = evaluate(judged.model, judged.training, judged.held_out, 40, may_go_on=lambda: next(turns, False))
    assert some["training"]["sounds"] == 16
    assert "nearest_log_mel_db" not in some["held out"]
    assert evaluate(judged.model, judged.training, judged.held_out, 40, may_go_on=lambda: False) == {}


def test_a_half_says_where_it_is_worse_than_linear_pca() -> None:
    good, bad = Figures(*[1.0] * len(NAMES)), Figures(*[2.0] * len(NAMES))
    better = JudgedHalf("held out", ("a",), {"model": [good], "linear PCA": [bad]})
    assert "no worse than linear PCA in every column (medians)." in better.lines()[-2]
    worse = JudgedHalf("held out", ("a",), {"model": [bad], "linear PCA": [good]})
    assert "but log-mel dB, envelope dB" in worse.lines()[-2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"leave_out": "third"}, "no sound of the folder has this source"),
        ({"only_source": "third"}, "first, second"),
        ({"only_source": "first", "leave_out": "first"}, "No sound is left"),
        ({"most_sounds": 0}, "--most-sounds 0"),
        ({"random_sounds": -1}, "--random-sounds -1"),
        ({"training_folder": Path("x")}, "Add --all-held-out"),
        ({"all_held_out": True, "training_folder": Path("not there")}, "not there is not there"),
    ],
)
def test_what_cannot_be_judged_is_said_in_a_sentence(model: Path, folder: Path, tmp_path: Path, options, said) -> None:
    with pytest.raises(LatentbridgeError, match=said):
        main(str(model), folder, out=tmp_path / "out", **options)


def test_models_folders_and_places_that_are_not_there_are_named(model: Path, folder: Path, tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    lonely = tmp_path / "lonely.onnx"
    lonely.write_bytes(model.read_bytes())
    for wrong_model, sounds, out, said in (
        ("no_such_model", folder, tmp_path / "out", "There is no model 'no_such_model'"),
        (lonely, folder, tmp_path / "out", "encoder small.encoder.onnx of lonely.onnx is missing"),
        (no_folder, folder, tmp_path / "out", "file"),
        (model, tmp_path / "nowhere", tmp_path / "out", "nowhere is not there"),
        (model, no_folder, tmp_path / "out", "is a file"),
        (model, folder, no_folder / "out", "Nothing can be written in"),
    ):
        with pytest.raises(LatentbridgeError, match=said):
            main(str(wrong_model), sounds, out=out)


def test_bad_input_on_the_command_line_shows_no_traceback(folder: Path) -> None:
    done = command("no_such_model", folder)
    assert done.returncode == 1
    assert done.stderr.startswith("There is no model 'no_such_model'.")
    assert "Traceback" not in done.stderr
