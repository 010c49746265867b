"""`latentbridge encode` finds the same place for the same sound, prints it to be pasted, and needs no torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.contract import read_encoder_metadata, write_metadata
from runtime.encoder import encode_file
from runtime.latent_text import as_text
from runtime.oneshots.tags import read_tags
from tests.command_line import latentbridge, latentbridge_here
from tests.oneshots.sounds import SAMPLE_RATE, strike
from tests.tiny_decoder import LATENT_SIZE, write_tiny_decoder
from tests.tiny_encoder import write_tiny_model
from tests.trainer.synthetic_notes import tone

ONESHOTS = Path(__file__).parent / "data" / "oneshots"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny_model(tmp_path)
    soundfile.write(tmp_path / "kick.wav", strike(12_000)[0], SAMPLE_RATE, "FLOAT")
    return tmp_path


def place(folder: Path, sound: str) -> np.ndarray:
    return encode_file(folder / "tiny.encoder.onnx", folder / sound)


def test_silence_before_a_sound_and_its_level_do_not_move_its_place(folder: Path) -> None:
    sound = strike(12_000)[0]
    soundfile.write(folder / "late.wav", np.concatenate([np.zeros(30_000), sound]), SAMPLE_RATE, "FLOAT")
    soundfile.write(folder / "soft.wav", 0.1 * sound, SAMPLE_RATE, "FLOAT")
    first = place(folder, "kick.wav")
    assert first.shape == (LATENT_SIZE,)
    assert np.allclose(place(folder, "late.wav"), first, atol=0.02)
    assert np.allclose(place(folder, "soft.wav"), first, atol=1e-3)


def test_rate_width_and_channels_of_a_file_hardly_move_its_place(folder: Path) -> None:
    import soxr

    sound = strike(12_000)[0]
    soundfile.write(folder / "cd.flac", soxr.resample(sound, 48_000, 44_100), 44_100, "PCM_16")
    soundfile.write(folder / "stereo.wav", np.stack([sound, sound], axis=1), SAMPLE_RATE, "PCM_24")
    for other in ("cd.flac", "stereo.wav"):
        assert np.allclose(place(folder, other), place(folder, "kick.wav"), rtol=0.1, atol=0.02)


def test_different_sounds_have_different_places(folder: Path) -> None:
    soundfile.write(folder / "tone.wav", np.sin(np.arange(20_000) / 10), SAMPLE_RATE)
    assert np.abs(place(folder, "tone.wav") - place(folder, "kick.wav")).max() > 1.0


def test_the_printed_latent_can_be_pasted_and_is_exact(folder: Path) -> None:
    done = latentbridge("encode", "tiny.onnx", "kick.wav", "--wav", "sounds_like.wav", cwd=folder)
    assert done.returncode == 0
    latent = done.stdout.strip()
    assert len(done.stdout.splitlines()) == 1
    # The key nearest to the sample's pitch is said, to be pasted as well.
    note = done.stderr.partition("--note ")[2].split()[0]
    pasted = latentbridge("oneshot", "tiny.onnx", "pasted.wav", "--latent", latent, "--note", note, cwd=folder)
    assert (pasted.returncode, pasted.stderr) == (0, "")
    first, second = (read_tags(folder / name) for name in ("sounds_like.wav", "pasted.wav"))
    assert np.array_equal(first.arrays["latent"], second.arrays["latent"])
    assert first.document.sound_hash == second.document.sound_hash


def test_a_reconstruction_is_tagged_as_one_and_can_be_made_again(folder: Path) -> None:
    latentbridge("encode", "tiny.onnx", "kick.wav", "--wav", "sounds_like.wav", cwd=folder)
    document = read_tags(folder / "sounds_like.wav").document
    assert (document.kind, document.source) == ("reconstruction", "kick.wav")
    done = latentbridge("oneshot", "--from", "sounds_like.wav", "again.wav", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "again.wav").read_bytes() == (folder / "sounds_like.wav").read_bytes()


def test_numbers_are_printed_so_that_the_same_float32_come_back() -> None:
    latent = np.random.default_rng(0).standard_normal(64).astype(np.float32) * np.float32(1e-4)
    assert np.array_equal(np.array([float(n) for n in as_text(latent).split(",")], np.float32), latent)


def test_a_sound_longer_than_the_encoder_hears_is_said_to_be_cut(folder: Path) -> None:
    soundfile.write(folder / "long.wav", np.sin(np.arange(96_000) / 10), SAMPLE_RATE)
    done = latentbridge("encode", "tiny.onnx", "long.wav", cwd=folder)
    assert done.returncode == 0
    assert "longer than 0.5 s" in done.stderr


def test_a_search_is_told_of_and_prints_one_line_that_is_always_the_same(folder: Path) -> None:
    words = ("encode", "tiny.onnx", "kick.wav", "--refine", "--steps", "3", "--seed", "5")
    once, again = (latentbridge_here(*words, cwd=folder) for _ in range(2))
    assert (once.returncode, once.stdout) == (0, again.stdout)
    assert len(once.stdout.splitlines()) == 1
    assert once.stdout != latentbridge_here("encode", "tiny.onnx", "kick.wav", cwd=folder).stdout
    assert "searching: 48 of 48 places" in once.stderr
    assert "before the search" in once.stderr


def test_what_a_model_does_not_know_is_said(folder: Path) -> None:
    soundfile.write(folder / "hiss.wav", np.random.default_rng(0).uniform(-1, 1, 20_000), SAMPLE_RATE)
    done = latentbridge_here("encode", "tiny.onnx", "hiss.wav", cwd=folder)
    assert done.returncode == 0
    assert "tiny does not know such sounds" in done.stderr


REFUSED = {
    "too many steps": (["tiny.onnx", "kick.wav", "--refine", "--steps", "501"], "--steps 501 is out of range"),
    "a negative seed": (["tiny.onnx", "kick.wav", "--refine", "--seed", "-1"], "--seed -1 is out of range"),
    "no sound": (["tiny.onnx", "nothing.wav"], "nothing.wav does not exist"),
    "text": (["tiny.onnx", "text.wav"], "text.wav cannot be read as sound"),
    "silence": (["tiny.onnx", "silence.wav"], "silence.wav is silent"),
    "an empty file": (["tiny.onnx", "empty.wav"], "empty.wav is empty"),
    "a folder": (["tiny.onnx", "."], "is a folder"),
    "no model": (["nothing", "kick.wav"], "There is no model 'nothing'"),
    "a model without an encoder": (["alone.onnx", "kick.wav"], "alone.onnx has no encoder"),
    "an encoder for a model": (["tiny.encoder.onnx", "kick.wav"], "tiny.encoder.onnx is an encoder"),
    "the sample as output": (["tiny.onnx", "kick.wav", "--wav", "kick.wav"], "was not written by latentbridge"),
}


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_encoded_is_said_and_changes_nothing(folder: Path, words: list[str], said: str) -> None:
    (folder / "text.wav").write_text("not a sound")
    (folder / "empty.wav").touch()
    soundfile.write(folder / "silence.wav", np.zeros(4_800), SAMPLE_RATE)
    write_tiny_decoder(folder, name="alone")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = latentbridge_here("encode", *words, cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_encoder_that_does_not_run_or_lies_about_its_size_is_refused(folder: Path) -> None:
    encoder = folder / "tiny.encoder.onnx"
    metadata = read_encoder_metadata(encoder)
    for changes in ({"frames": 12_345}, {"latent_size": 7}):
        write_metadata(encoder, metadata.model_copy(update=changes))
        done = latentbridge("encode", "tiny.onnx", "kick.wav", cwd=folder)
        assert done.returncode == 1
        assert "tiny.encoder.onnx" in done.stderr
        assert "Traceback" not in done.stderr


def test_encoding_imports_no_torch(folder: Path) -> None:
    script = (
        "import sys; from runtime.cli import main; status = main(['encode', 'tiny.onnx', 'kick.wav'])\n"
        "sys.exit(status or any(name in sys.modules for name in ('torch', 'trainer', 'onnx')))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_shipped_drums_sound_more_like_a_drum_than_like_another_one(tmp_path: Path) -> None:
    originals = [sorted((ONESHOTS / kind).glob("*.flac"))[0] for kind in ("kick", "hat", "snare")]
    assert _nearest_original("drums", originals, tmp_path) == [0, 1, 2]


def test_the_shipped_notes_sound_more_like_a_tone_than_like_another_one(tmp_path: Path) -> None:
    partials = np.arange(1, 60)
    tones = {"pure": np.ones(1), "saw": 1 / partials}
    originals = []
    for name, levels in tones.items():
        originals.append(tmp_path / f"{name}.wav")
        soundfile.write(originals[-1], 0.9 * tone(60, 1.5, levels)[0], 48_000)
    assert _nearest_original("notes", originals, tmp_path) == [0, 1]


def _nearest_original(model: str, originals: list[Path], folder: Path) -> list[int]:
    """Which original each reconstruction's spectrum, in thirds of an octave, is nearest to."""
    made = []
    for number, original in enumerate(originals):
        out = folder / f"{number}.wav"
        assert latentbridge("encode", model, original, "--wav", out, cwd=folder).returncode == 0
        made.append(out)
    distances = np.array([[np.abs(_spectrum(a) - _spectrum(b)).mean() for b in originals] for a in made])
    return distances.argmin(axis=1).tolist()


def _spectrum(path: Path) -> np.ndarray:
    sound, rate = soundfile.read(path, always_2d=True)
    power = np.abs(np.fft.rfft(sound[:, 0], 2 * rate)) ** 2
    edges = (50 * 2 ** (np.arange(28) / 3) * 2).astype(int)
    bands = np.log10(np.add.reduceat(power[: edges[-1]], edges[:-1]) + 1e-9)
    return bands - bands.max()
