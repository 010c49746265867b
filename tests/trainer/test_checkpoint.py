"""A checkpoint survives kill -9 at any moment, and cannot run code."""

import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from runtime.errors import LatentbridgeError
from trainer.checkpoint import Checkpoint, load_checkpoint, save_checkpoint

SAVE_FOR_EVER = """
import sys, torch
from pathlib import Path
from tests.trainer.test_checkpoint import checkpoint_of_step
from trainer.checkpoint import save_checkpoint
step = 0
while True:
    step += 1
    save_checkpoint(Path(sys.argv[1]), checkpoint_of_step(step, numbers=500_000))
    print(step, flush=True)
"""


def checkpoint_of_step(step: int, numbers: int = 4) -> Checkpoint:
    weights = {"weight": torch.full((numbers,), float(step))}
    return Checkpoint(
        model=weights,
        average=weights,
        optimisers=[{"state": {0: {"step": torch.tensor(float(step)), "exp_avg": weights["weight"]}}}],
        step=step,
        trained_seconds=1.5 * step,
        elapsed_seconds=2.5 * step,
        settings={"model": {"latent_size": 4}},
        seed=7,
        channels=1,
        classes=("kick", "snäre"),
        sounds="0123",
        started_from="",
    )


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.ckpt"
    saved = checkpoint_of_step(3)
    save_checkpoint(path, saved)
    loaded = load_checkpoint(path)
    assert torch.equal(loaded.model["weight"], saved.model["weight"])
    assert torch.equal(loaded.optimisers[0]["state"][0]["exp_avg"], saved.model["weight"])
    plain = {"model": {}, "average": {}, "optimisers": []}
    assert replace(loaded, **plain) == replace(saved, **plain)


def test_kill_9_while_saving_never_costs_the_last_complete_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.ckpt"
    half_written = path.with_name(path.name + ".tmp")
    killed_while_writing = 0
    for saves_before_the_kill in (1, 2, 3, 5, 8) * 4:
        process = subprocess.Popen([sys.executable, "-c", SAVE_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        reported = [int(process.stdout.readline()) for _ in range(saves_before_the_kill)][-1]
        # The kill is to fall into a save: wait for one to begin, as far as one process can see that of another.
        end = time.monotonic() + 5.0
        while not half_written.exists() and time.monotonic() < end:
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        killed_while_writing += half_written.exists()
        loaded = load_checkpoint(path)
        assert loaded.step >= reported
        assert torch.equal(loaded.model["weight"], torch.full((500_000,), float(loaded.step)))
        if killed_while_writing >= 3:
            break
    assert killed_while_writing > 0, "no kill fell into a save: the test proves nothing"


def test_a_full_disk_leaves_the_checkpoint_before_it(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.ckpt"
    save_checkpoint(path, checkpoint_of_step(1))
    (tmp_path / "checkpoint.ckpt.tmp").mkdir()  # nothing can be written under this name any more
    with pytest.raises(OSError, match="checkpoint"):
        save_checkpoint(path, checkpoint_of_step(2))
    assert load_checkpoint(path).step == 1


class _Malicious:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, ("pwned",))


def test_a_checkpoint_cannot_run_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, write in {
        "pickle": lambda path: path.write_bytes(pickle.dumps(_Malicious())),
        "torch": lambda path: torch.save({"format": 1, "model": _Malicious()}, path),
    }.items():
        path = tmp_path / name
        write(path)
        with pytest.raises(LatentbridgeError, match="not a checkpoint"):
            load_checkpoint(path)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"not a checkpoint", None])
def test_a_damaged_checkpoint_is_refused_in_words(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "checkpoint.ckpt"
    save_checkpoint(path, checkpoint_of_step(1))
    path.write_bytes(path.read_bytes()[:700] if damage is None else damage)
    with pytest.raises(LatentbridgeError, match="Start without --resume"):
        load_checkpoint(path)


def test_resuming_without_a_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LatentbridgeError, match="Start without --resume"):
        load_checkpoint(tmp_path / "checkpoint.ckpt")
