"""No command opens a file that nobody knows before it has passed; what has passed, or came along, starts at once."""

import contextlib
import hashlib
from pathlib import Path

import mido
import onnx
import pytest
import soundfile

from runtime import model_admission, model_files, tried_models
from runtime.contract import EncoderReference, read_decoder_metadata, read_hash, write_metadata
from runtime.errors import LatentbridgeError
from runtime.model_admission import admit_decoder, admit_encoder
from runtime.model_files import SHIPPED_FOLDER, find_model
from runtime.oneshots.tags import Tags, read_tags
from runtime.oneshots.writing import write_named
from runtime.onnx_file import with_metadata_props
from tests import hostile_models
from tests.command_line import latentbridge
from tests.hostile_models import write_changed
from tests.oneshots.sounds import SAMPLE_RATE, strike
from tests.tiny_decoder import TinySettings, write_tiny_decoder
from tests.tiny_encoder import write_tiny_model


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(tried_models.platformdirs, "user_cache_dir", lambda name: str(folder / name))
    return folder


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that were tried, as it happens; the trials are real."""
    tried = []
    really = model_admission.try_model

    def note_and_try(path: Path, kind: str) -> tuple[str, ...]:
        tried.append(path.name)
        return really(path, kind)

    monkeypatch.setattr(model_admission, "try_model", note_and_try)
    return tried


# --- every way to onnxruntime --------------------------------------------------------------------------------------

COMMANDS = {
    "play": ["play", "crashes.onnx", "--output", "null", "--midi", "none", "--osc", "off"],
    "render": ["render", "crashes.onnx", "score.mid", "out.wav"],
    "oneshot": ["oneshot", "crashes.onnx", "out.wav"],
    "oneshot --from": ["oneshot", "--from", "from.wav", "out.wav", "--model", "crashes.onnx"],
    "encode --wav": ["encode", "crashes.onnx", "kick.wav", "--wav", "out.wav"],
    "bench": ["bench", "crashes.onnx", "--seconds", "0.5"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS.keys())
def test_no_command_opens_a_decoder_that_did_not_pass(words: list[str], tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path, name="crashes")
    model = onnx.load(path)
    hostile_models.crash_far_away(model)
    path.write_bytes(model.SerializeToString())
    soundfile.write(tmp_path / "kick.wav", strike(12_000)[0], SAMPLE_RATE, "FLOAT")
    mido.MidiFile(tracks=[mido.MidiTrack([mido.Message("note_on", note=60, time=0)])]).save(tmp_path / "score.mid")
    if "--from" in words:
        _write_sound_of(path, tmp_path / "from.wav")
    done = latentbridge(*words, cwd=tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == 1
    assert "crashes.onnx was tried in a process of its own, which was ended by the signal SIGFPE" in done.stderr
    assert "Traceback" not in done.stderr
    assert "ready" not in done.stdout
    assert not (tmp_path / "out.wav").exists()


def _write_sound_of(path: Path, out: Path) -> None:
    """Write a sound that says it was made by a model, which cannot be opened here."""
    write_tiny_decoder(out.parent, name="harmless")
    latentbridge("oneshot", "harmless.onnx", out.name, cwd=out.parent, XDG_CACHE_HOME=str(out.parent / "other"))
    tags = read_tags(out)
    document = tags.document.model_copy(update={"model_hash": read_hash(path)})
    audio, rate = soundfile.read(out, dtype="float32", always_2d=True)
    write_named(out, audio.T, rate, Tags(document, tags.arrays))


def test_the_doctor_says_what_is_wrong_with_it_and_goes_on(tmp_path: Path) -> None:
    write_changed(tmp_path, hostile_models.crash_far_away)
    done = latentbridge("doctor", "hostile.onnx", cwd=tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "ended by the signal SIGFPE" in done.stdout
    assert "What to change" in done.stdout


def test_no_encoder_is_opened_that_did_not_pass(tmp_path: Path) -> None:
    decoder = write_tiny_model(tmp_path)
    encoder = tmp_path / "tiny.encoder.onnx"
    model = onnx.load(encoder)
    model.graph.node.append(onnx.helper.make_node("FastGelu", ["audio"], ["unused"], domain="com.microsoft"))
    encoder.write_bytes(model.SerializeToString())
    reference = EncoderReference(file=encoder.name, hash=read_hash(encoder))
    write_metadata(decoder, read_decoder_metadata(decoder).model_copy(update={"encoder": reference}))
    soundfile.write(tmp_path / "kick.wav", strike(12_000)[0], SAMPLE_RATE, "FLOAT")
    done = latentbridge("encode", "tiny.onnx", "kick.wav", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "tiny.encoder.onnx holds an operator of another domain" in done.stderr


def test_bad_numbers_at_ordinary_places_are_said_each_time(
    tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_changed(tmp_path, hostile_models.nan_nearby)
    for _ in range(2):
        admit_decoder(path)
        assert "latentbridge: hostile.onnx: no finite sound" in capsys.readouterr().err


# --- what is known -------------------------------------------------------------------------------------------------


def test_the_list_of_shipped_models_is_that_of_the_files() -> None:
    found = {hashlib.sha256(file.read_bytes()).hexdigest() for file in SHIPPED_FOLDER.glob("*.onnx")}
    assert model_files.shipped_hashes() == found, "cd models && sha256sum *.onnx > SHA256SUMS"


def test_a_shipped_model_needs_no_trial_wherever_it_lies(tmp_path: Path, cache: Path, trials: list[str]) -> None:
    copy = tmp_path / "copied.onnx"
    copy.write_bytes(find_model("drums").read_bytes())
    assert admit_decoder(find_model("drums")) == find_model("drums")
    assert admit_decoder(copy) == copy
    assert trials == []


def test_a_file_put_among_the_shipped_ones_is_tried(
    tmp_path: Path, cache: Path, trials: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "SHIPPED_FOLDER", tmp_path)
    (tmp_path / "SHA256SUMS").write_bytes((SHIPPED_FOLDER / "SHA256SUMS").read_bytes())
    write_tiny_decoder(tmp_path, name="added")
    admit_decoder(find_model("added"))
    assert trials == ["added.onnx"]


def test_what_has_passed_is_not_tried_again_until_it_changes(tmp_path: Path, cache: Path, trials: list[str]) -> None:
    path = write_tiny_model(tmp_path)
    encoder = path.with_name("tiny.encoder.onnx")
    for _ in range(2):
        admit_decoder(path)
        admit_encoder(encoder)
    assert trials == ["tiny.onnx", "tiny.encoder.onnx"]
    path.write_bytes(with_metadata_props(path.read_bytes(), {}) + path.read_bytes()[-1:])
    with pytest.raises(LatentbridgeError):
        admit_decoder(path)
    write_tiny_decoder(tmp_path, TinySettings(decay_seconds=0.3))
    admit_decoder(path)
    assert trials == ["tiny.onnx", "tiny.encoder.onnx", "tiny.onnx"]


def test_what_has_failed_is_not_remembered_as_passed(tmp_path: Path, cache: Path, trials: list[str]) -> None:
    path = write_changed(tmp_path, hostile_models.fail_far_away)
    for _ in range(2):
        with pytest.raises(LatentbridgeError, match="falls silent"):
            admit_decoder(path)
    assert len(trials) == 2


DAMAGES = {
    "empty": b"",
    "cut": b'{"remarks": [',
    "another document": b"[1]",
    "no sentences": b'{"remarks": [1]}',
    "no text": b"\xff\xfe\x00",
    "deep": b"[" * 9_000,
    "endless": b'{"remarks": ["' + b"x" * 1_000_000,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_memory_of_a_trial_means_another_trial(damage: bytes, cache: Path) -> None:
    tried_models.remember_trial("0" * 64, ["a remark"])
    assert tried_models.remembered_trial("0" * 64) == ("a remark",)
    (entry,) = (cache / "latentbridge" / "tried_models").iterdir()
    entry.write_bytes(damage)
    assert tried_models.remembered_trial("0" * 64) is None
    tried_models.remember_trial("0" * 64, [])
    assert tried_models.remembered_trial("0" * 64) == ()


def test_a_trial_of_another_onnxruntime_does_not_count(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried_models.remember_trial("0" * 64, [])
    monkeypatch.setattr(tried_models.onnxruntime, "__version__", "99.0")
    assert tried_models.remembered_trial("0" * 64) is None


@pytest.mark.parametrize("obstacle", ["a file where the folder should be", "a folder where the entry should be"])
def test_where_nothing_can_be_kept_models_play_all_the_same(obstacle: str, cache: Path) -> None:
    tried_models.remember_trial("0" * 64, [])
    folder = cache / "latentbridge" / "tried_models"
    (entry,) = folder.iterdir()
    entry.unlink()
    if "entry" in obstacle:
        entry.mkdir()
    else:
        folder.rmdir()
        folder.touch()
    tried_models.remember_trial("0" * 64, [])
    assert tried_models.remembered_trial("0" * 64) is None
    with contextlib.suppress(NotADirectoryError):
        assert list(folder.iterdir()) == [entry]
