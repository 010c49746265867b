"""A folder becomes a playable instrument; nothing short of the power supply keeps it from doing so."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from runtime.contract import Tensor, check_signature, read_decoder_metadata, read_encoder_metadata, read_hash
from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of
from tests.trainer.small_run import ONESHOTS, short_parity, small_request, small_settings
from trainer.beginning import TrainingRequest, check_request, open_fabric
from trainer.checkpoint import load_checkpoint
from trainer.exported import ExportedModel, cpu_session
from trainer.progress import Report
from trainer.settings import RunSettings, Settings
from trainer.time_budget import TimeBudget
from trainer.train import train

PROGRAM = [sys.executable, "-m", "tests.trainer.small_run"]


class Transcript(Report):
    """A report that keeps its lines; ``at_step`` is called with the number of each step."""

    def __init__(self, at_step=None) -> None:
        super().__init__(plain_line_seconds=0.0)
        self.lines: list[str] = []
        self._at_step = at_step

    def say(self, line: str) -> None:
        self.lines.append(line)

    def stage(self, what: str, fraction: float, details: str = "") -> None:
        super().stage(what, fraction, details)
        if what == "training" and self._at_step is not None:
            self._at_step(int(re.search(r"step (\d+)", details)[1]))


def run_steps(folder: Path, out: Path, steps: int, at_step=None, whole_parity: bool = False, **changes) -> Transcript:
    transcript = Transcript(at_step)
    settings = small_settings(RunSettings(most_steps=steps))
    with contextlib.nullcontext() if whole_parity else short_parity():
        train(small_request(folder, out, minutes=60.0, **changes), settings, transcript)
    return transcript


@pytest.fixture(scope="module")
def messy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What people really have: formats, rates, widths and channel counts, unicode names, damaged and empty files."""
    folder = tmp_path_factory.mktemp("my söunds ♪")
    shutil.copytree(ONESHOTS, folder / "kit")
    kick = next((folder / "kit" / "kick").glob("*.flac"))
    audio, rate = soundfile.read(kick, always_2d=True)
    for name, data, at, subtype in (
        ("ドラム.wav", np.repeat(audio, 2, axis=1), 96_000, "PCM_24"),
        ("eight bit.wav", 0.8 * audio[::-1], 22_050, "PCM_U8"),
        ("float.aiff", 0.5 * audio[:4000], rate, "FLOAT"),
        ("été.ogg", audio[::2], 44_100, "VORBIS"),
    ):
        soundfile.write(folder / name, data, at, subtype=subtype)
    (folder / "broken.wav").write_bytes(b"RIFF\x10\x00\x00\x00WAVEjunk")
    (folder / "empty.flac").write_bytes(b"")
    (folder / "notes.txt").write_text("no sound")
    soundfile.write(folder / "silent.wav", np.zeros(4800), 48_000)
    return folder


@pytest.fixture(scope="module")
def finished(messy_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Transcript]:
    """A small model trained for a few steps on the messy folder, and what the run said."""
    out = tmp_path_factory.mktemp("models") / "my kit.onnx"
    return out, run_steps(messy_folder, out, steps=12, whole_parity=True)


def test_a_messy_folder_becomes_a_model_that_follows_the_contract(finished) -> None:
    out, _ = finished
    metadata = read_decoder_metadata(out)
    session = cpu_session(out)
    inputs, outputs = (
        [Tensor(t.name, tuple(t.shape), t.type) for t in tensors]
        for tensors in (session.get_inputs(), session.get_outputs())
    )
    check_signature(out, metadata, inputs, outputs)
    assert metadata.name == "my_kit"
    assert metadata.parity < 1e-3
    assert metadata.parity_hops >= 1000
    assert set(metadata.key_map) == set(range(35, 82))
    assert metadata.training_data[0].licence == "unknown"
    assert metadata.training_settings["steps"] == 12


def test_encoder_and_decoder_name_each_other(finished) -> None:
    out, _ = finished
    encoder = encoder_of(out, read_decoder_metadata(out))
    assert encoder == out.with_name("my kit.encoder.onnx")
    assert read_encoder_metadata(encoder).decoder_hash == read_hash(out)


def test_every_sound_of_the_finished_model_is_finite_and_not_silent(finished) -> None:
    out, _ = finished
    model = ExportedModel(out, out.with_suffix(".encoder.onnx"))
    latents = np.array(list(model.metadata.key_map.values()), np.float32)
    decoded = model.decode(latents, 0.2)
    assert np.isfinite(decoded).all()
    assert (np.abs(decoded).max((1, 2)) > 1e-4).all()


def test_what_is_skipped_is_named_with_its_reason(finished) -> None:
    _, transcript = finished
    said = "\n".join(transcript.lines)
    for name in ("broken.wav", "empty.flac", "silent.wav"):
        assert re.search(rf"^  {re.escape(name)}: \w.+", said, re.MULTILINE), name
    assert "notes.txt" not in said
    assert not re.search(r"^  (ドラム|été)", said, re.MULTILINE)


def test_sounds_that_are_cut_are_counted(finished) -> None:
    _, transcript = finished
    assert any(re.fullmatch(r"\d+ are longer than 0.5 s and fade out there", line) for line in transcript.lines)


def test_a_picture_of_originals_beside_reconstructions_lies_beside_the_model(finished) -> None:
    out, _ = finished
    assert out.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_curves_and_checkpoint_lie_in_the_runs_folder_and_nothing_else_is_left(finished) -> None:
    out, transcript = finished
    run_folder = out.parent / "runs" / "my kit"
    assert any(str(run_folder) in line for line in transcript.lines)
    names = sorted(re.sub(r"tfevents.*", "tfevents", path.name) for path in run_folder.iterdir())
    assert names == ["checkpoint.ckpt", "events.out.tfevents"]
    assert sorted(path.name for path in out.parent.iterdir()) == [
        "my kit.encoder.onnx",
        "my kit.onnx",
        "my kit.png",
        "runs",
    ]


def test_the_same_seed_and_steps_give_the_same_model(messy_folder: Path, tmp_path: Path, finished) -> None:
    run_steps(messy_folder, tmp_path / "again.onnx", steps=12)
    run_steps(messy_folder, tmp_path / "other.onnx", steps=12, seed=1)
    assert read_hash(tmp_path / "again.onnx") == read_hash(finished[0])
    assert read_hash(tmp_path / "other.onnx") != read_hash(finished[0])


def test_a_run_ended_by_ctrl_c_writes_its_model_and_resumes_to_the_same_end(
    messy_folder: Path, tmp_path: Path, finished
) -> None:
    out = tmp_path / "stopped.onnx"

    def ctrl_c_at_five(step: int) -> None:
        if step == 5:
            signal.raise_signal(signal.SIGINT)

    stopped = run_steps(messy_folder, out, steps=12, at_step=ctrl_c_at_five)
    assert any("stopped on request after 5 steps" in line for line in stopped.lines)
    assert read_decoder_metadata(out).training_settings["steps"] == 5
    resumed = run_steps(messy_folder, out, steps=12, resume=True)
    assert any("going on after step 5" in line for line in resumed.lines)
    assert read_hash(out) == read_hash(finished[0]), "stopping and going on changed the weights"


def test_a_run_killed_with_9_goes_on_where_it_was(tmp_path: Path) -> None:
    out = tmp_path / "kit.onnx"
    checkpoint = tmp_path / "runs" / "kit" / "checkpoint.ckpt"
    first = subprocess.Popen([*PROGRAM, str(ONESHOTS), str(out), "--minutes", "30"], stdout=subprocess.PIPE, text=True)
    steps = (re.match(r"training: .*step (\d+)", line) for line in first.stdout)
    reached = next(int(step[1]) for step in steps if step and int(step[1]) >= 6)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    saved = load_checkpoint(checkpoint)
    # A checkpoint after every step: the kill costs at most the step it fell into.
    assert saved.step >= reached - 1
    assert not out.exists()
    second = subprocess.Popen(
        [*PROGRAM, str(ONESHOTS), str(out), "--minutes", "30", "--resume"], stdout=subprocess.PIPE, text=True
    )
    said = []
    for line in second.stdout:
        said.append(line)
        if line.startswith("training:"):
            second.send_signal(signal.SIGTERM)
            break
    said += second.stdout.readlines()
    assert second.wait() == 0, "".join(said)
    assert f"going on after step {saved.step}\n" in said
    assert read_decoder_metadata(out).training_settings["steps"] > saved.step
    assert load_checkpoint(checkpoint).elapsed_seconds > saved.elapsed_seconds


def test_resuming_with_other_sounds_or_another_seed_is_refused(messy_folder: Path, finished, tmp_path: Path) -> None:
    out, _ = finished
    with pytest.raises(LatentbridgeError, match=r"--seed \(it was 0\)"):
        run_steps(messy_folder, out, steps=13, resume=True, seed=5)
    with pytest.raises(LatentbridgeError, match="sounds in the folder"):
        run_steps(ONESHOTS / "kick", out, steps=13, resume=True)


def test_a_finished_model_is_started_from_and_another_architecture_is_refused(
    messy_folder: Path, finished, tmp_path: Path
) -> None:
    out, _ = finished
    warm = run_steps(messy_folder, tmp_path / "warm.onnx", steps=1, start_from=str(out))
    assert any("starting from the weights of my_kit" in line for line in warm.lines)
    started_from = read_decoder_metadata(tmp_path / "warm.onnx").training_settings["started_from"]
    assert started_from == f"my_kit {read_hash(out)}"
    trained, begun = (
        load_checkpoint(path).average["decoder.trunk.entry.weight"]
        for path in (out.parent / "runs" / "my kit" / "checkpoint.ckpt", tmp_path / "runs" / "warm" / "checkpoint.ckpt")
    )
    assert torch.allclose(trained, begun, atol=2e-3)
    larger = replace(small_settings(), model=replace(small_settings().model, trunk_channels=24))
    with pytest.raises(LatentbridgeError, match="another architecture"):
        train(small_request(messy_folder, tmp_path / "larger.onnx", start_from=str(out)), larger, Transcript())


def test_the_command_turns_a_handful_of_sounds_into_a_playable_instrument(tmp_path: Path) -> None:
    out = tmp_path / "handful.onnx"
    words = [sys.executable, "-m", "runtime.cli", "train", str(ONESHOTS), "--out", str(out), "--minutes", "0.5"]
    done = subprocess.run([*words, "--from", "none"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"play it: latentbridge play {out}\n")
    assert "\x1b" not in done.stdout
    model = ExportedModel(out, out.with_suffix(".encoder.onnx"))
    kick, snare, hat = model.decode(np.array([model.metadata.key_map[key] for key in (36, 38, 42)], np.float32), 1.0)
    for sound in (kick, snare, hat):
        assert np.isfinite(sound).all()
        assert 0.01 < np.abs(sound[:, :12_000]).max() < 4
        assert np.abs(sound[:, -4800:]).max() < np.abs(sound).max() / 3, "a drum dies away"


def test_minutes_count_loading_and_the_end_of_the_run() -> None:
    now = 100.0
    budget = TimeBudget(minutes=2, started=80.0, clock=lambda: now)
    budget.begin_training(reserve_seconds=30.0)
    steps = 0
    while not budget.is_spent():
        now += 0.7
        steps += 1
        budget.end_of_step()
    assert 170.0 - 2 * 0.7 < now <= 170.0  # 80 + 120 s less the 30 that the end takes
    assert budget.fraction() == pytest.approx(1.0, abs=0.02)


def test_a_resumed_run_has_only_the_minutes_that_are_left() -> None:
    now = 1000.0
    budget = TimeBudget(minutes=2, started=1000.0, elapsed_seconds=60.0, trained_seconds=40.0, clock=lambda: now)
    now = 1010.0
    budget.begin_training(reserve_seconds=10.0)
    assert budget.seconds_left() == 50.0
    assert budget.fraction() == pytest.approx(0.5)


def refusal(**changes: object) -> str:
    request = TrainingRequest(Path("sounds"), Path("kit.onnx"), 20.0, "auto", "auto", None, False, 0)
    with pytest.raises(LatentbridgeError) as caught:
        check_request(replace(request, **changes))
    return str(caught.value)


def test_what_cannot_end_well_is_refused_before_it_begins(tmp_path: Path) -> None:
    assert "There is no model 'gong'" in refusal(start_from="gong")
    assert "At least 0.5 minutes" in refusal(minutes=0.1)
    assert "not a time" in refusal(minutes=float("nan"))
    assert "Add .onnx" in refusal(out=Path("kit"))
    assert "not a name for a model" in refusal(out=Path("kit.encoder.onnx"))
    (tmp_path / "folder.onnx").mkdir()
    assert "is a folder" in refusal(out=tmp_path / "folder.onnx")
    (tmp_path / "file").touch()
    assert "Nothing can be written" in refusal(out=tmp_path / "file" / "kit.onnx")


def test_a_device_that_does_not_work_is_refused_in_words() -> None:
    with pytest.raises(LatentbridgeError, match="is not known"):
        open_fabric("toaster")
    with pytest.raises(LatentbridgeError, match="does not work on this machine"):
        open_fabric("cuda:77")


def test_settings_survive_their_way_through_a_document() -> None:
    from trainer.settings import as_document, from_document, settings_hash

    settings = small_settings(RunSettings(most_steps=3))
    assert from_document(Settings, as_document(settings)) == settings
    assert settings_hash(settings) != settings_hash(small_settings())
