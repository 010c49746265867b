"""A key press becomes the file of the note played last, to the bit, and nothing that goes wrong disturbs the player."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.engine.decoder import Decoder
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.oneshots.capture import CLOSE_SECONDS, Captured, CaptureWorker
from runtime.oneshots.tags import read_tags
from runtime.oneshots.writing import temporary_prefix
from tests.command_line import latentbridge
from tests.tiny_decoder import write_tiny_decoder

REPOSITORY = Path(__file__).resolve().parents[2]
VOICES = 16
PATIENCE_SECONDS = 30


class Player:
    """An engine with a capture worker, without a clock: what is played is played at once."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder, self.model = folder, model
        decoder = Decoder.load(model, VOICES)
        self.sample_rate = decoder.metadata.sample_rate
        self.history = NoteHistory(decoder.metadata)
        self.engine = Engine(decoder, EngineSettings(VOICES), history=self.history)
        self.captured: list[Captured] = []
        self.problems: list[LatentbridgeError] = []
        self.worker = CaptureWorker(
            model,
            self.history,
            folder,
            provider="cpu",
            voices=VOICES,
            on_captured=self.captured.append,
            on_problem=self.problems.append,
        )

    def strike(self, note: int, velocity: float = 100 / 127, seconds: float = 2.0, **event: object) -> np.ndarray:
        """Play a note, render so long, and return what the mix sounded, [2, frames]."""
        start = self.engine.frame
        self.engine.post(Event(Kind.NOTE_ON, start, note=note, value=velocity, **event))  # type: ignore[arg-type]
        self.engine.post(Event(Kind.NOTE_OFF, start + self.sample_rate // 2, note=note))
        return self.engine.render(round(seconds * self.sample_rate))

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < end, f"captured {self.captured}, problems {self.problems}"
            time.sleep(0.01)


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    folder = tmp_path / "captures"
    folder.mkdir()
    player = Player(folder, write_tiny_decoder(tmp_path))
    yield player
    player.worker.close()


def test_the_file_holds_the_very_samples_that_were_heard(player: Player) -> None:
    heard = player.strike(60)
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) == 1)
    (captured,) = player.captured
    assert captured.path == player.folder / "tiny_C3_v100_0001.wav"
    assert captured.note == 60
    sound = soundfile.read(captured.path)[0]
    first = read_tags(captured.path).document.cut.first_frame
    assert captured.peak_db == pytest.approx(20 * np.log10(np.abs(sound).max()), abs=0.01)
    frames = len(sound) - 240  # the fade at the end is the file's own
    assert frames > 20_000
    assert np.abs(heard[0, first : first + frames] - sound[:frames]).max() <= 2**-23


def test_only_the_captured_note_is_in_the_file_however_many_sound_beside_it(player: Player) -> None:
    alone = Decoder.load(player.model, VOICES)
    for note in range(40, 47):
        player.strike(note, seconds=0.01)
    player.strike(72, seed=9)
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) == 1)
    other = Engine(alone, EngineSettings(VOICES))
    other.post(Event(Kind.NOTE_ON, note=72, value=100 / 127, seed=9))
    other.post(Event(Kind.NOTE_OFF, 24_000, note=72))
    heard = other.render(96_000)[0]
    sound = soundfile.read(player.captured[0].path)[0]
    first = read_tags(player.captured[0].path).document.cut.first_frame
    assert np.abs(heard[first : first + len(sound) - 240] - sound[:-240]).max() <= 2**-23


def test_a_capture_can_be_made_again_from_its_file(player: Player) -> None:
    player.engine.post(Event(Kind.LATENT, 500, values=(1.0, 1.0, 0.0, 0.0)))
    player.strike(64, 0.3)
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) == 1)
    path = player.captured[0].path
    shutil.copy(player.model, player.folder)
    done = latentbridge("oneshot", "--from", path, "again.wav", cwd=player.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Checked: every sample is the same." in done.stdout
    assert (player.folder / "again.wav").read_bytes() == path.read_bytes()


def test_captures_are_numbered_and_names_from_outside_stay_in_the_folder(player: Player) -> None:
    player.strike(36)
    for name in ("", "", "../../deep kick", "../../deep kick", "日本"):
        player.worker.capture(name=name)
        count = len(player.captured)
        player.wait_for(lambda count=count: len(player.captured) > count)
    names = ["tiny_C1_v100_0001.wav", "tiny_C1_v100_0002.wav", "deep_kick.wav", "deep_kick_0002.wav"]
    assert [c.path.name for c in player.captured] == [*names, "tiny_C1_v100_0003.wav"]
    assert {c.path.parent for c in player.captured} == {player.folder}
    assert sorted(os.listdir(player.folder)) == sorted(c.path.name for c in player.captured)


def test_a_note_of_another_part_is_captured_when_that_part_is_named(player: Player) -> None:
    player.strike(50, part=3)
    player.strike(62, part=1)
    player.worker.capture(part=3)
    player.wait_for(lambda: len(player.captured) == 1)
    assert player.captured[0].note == 50


def test_without_a_note_there_is_a_sentence_and_no_file(player: Player) -> None:
    player.worker.capture()
    assert "There is no note to capture yet" in str(player.problems[0])
    assert os.listdir(player.folder) == []


def test_a_note_that_still_sounds_is_written_when_it_has_ended(player: Player) -> None:
    start = player.engine.frame
    player.engine.post(Event(Kind.NOTE_ON, start, note=60, value=0.8))
    player.engine.render(4_800)
    player.worker.capture()
    for _ in range(20):  # It goes on for a second of real time, bent half way through.
        player.engine.render(2_400)
        time.sleep(0.05)
        assert player.captured == []
    player.engine.post(Event(Kind.BEND, player.engine.frame, value=12.0))
    player.engine.render(4_800)
    player.engine.post(Event(Kind.NOTE_OFF, player.engine.frame, note=60))
    player.engine.render(48_000)
    player.wait_for(lambda: len(player.captured) == 1)
    tags = read_tags(player.captured[0].path)
    assert tags.arrays["pitch"].max() == 72.0, "what happened after the key press is in it"
    assert tags.document.note.release_frame == 52_800 + 4_800


def test_the_folder_that_vanishes_is_told_and_the_next_capture_works(player: Player) -> None:
    player.strike(60)
    player.folder.rmdir()
    player.worker.capture()
    player.wait_for(lambda: len(player.problems) == 1)
    assert str(player.problems[0]).startswith("C3 was not captured: ")
    assert "the folder does not exist" in str(player.problems[0])
    player.folder.mkdir()
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) == 1)


def worker_pid() -> int:
    """Process id of the writer; 0 if there is none."""
    tasks = [task / "children" for task in Path("/proc/self/task").iterdir()]
    children = [int(pid) for task in tasks for pid in task.read_text().split()]
    writers = [pid for pid in children if b"capture_process" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return writers[0] if writers else 0


def test_a_killed_writer_is_told_leaves_no_partial_file_and_is_replaced(player: Player) -> None:
    player.strike(60)
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) == 1)
    os.kill(worker_pid(), signal.SIGKILL)
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) + len(player.problems) == 2)
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) >= 2)
    for file in player.folder.glob("*.wav"):
        assert soundfile.info(file).frames > 20_000


def test_the_writer_ends_when_the_player_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    folder.mkdir()
    write_tiny_decoder(tmp_path)
    script = (
        "import sys, time; from pathlib import Path; from tests.oneshots.test_capture import Player, worker_pid\n"
        "player = Player(Path(sys.argv[1]), Path(sys.argv[2])); player.strike(60); player.worker.capture()\n"
        "player.wait_for(lambda: player.captured); print(worker_pid(), flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", script, folder, tmp_path / "tiny.onnx"]
    program = subprocess.Popen(words, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    program.kill()
    program.wait()
    program.stdout.close()
    end = time.monotonic() + PATIENCE_SECONDS
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < end, "the writer goes on without its player"
        time.sleep(0.02)
    assert [f.suffix for f in folder.iterdir()] == [".wav"]


def test_closing_writes_what_still_sounds_and_leaves_no_process(player: Player) -> None:
    player.strike(60)
    player.worker.capture()
    player.wait_for(lambda: len(player.captured) == 1)
    player.engine.post(Event(Kind.NOTE_ON, player.engine.frame, note=67, value=0.8))
    player.engine.render(12_000)
    player.worker.capture()
    unfinished = player.folder / f"{temporary_prefix(worker_pid())}0.tmp"
    of_somebody = player.folder / f"{temporary_prefix(1)}0.tmp"
    for file in (unfinished, of_somebody):
        file.touch()
    player.worker.close()
    assert [c.note for c in player.captured] == [60, 67]
    assert worker_pid() == 0
    assert (unfinished.exists(), of_somebody.exists()) == (False, True)
    assert all(soundfile.info(c.path).frames > 10_000 for c in player.captured)
    assert CLOSE_SECONDS < 1.0
