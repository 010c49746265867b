"""A folder of long stereo sounds becomes an instrument that every command plays in stereo, to the end."""

import time
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from runtime.contract import read_decoder_metadata
from tests.command_line import latentbridge_here
from tests.oneshots.test_live_capture import Controller
from tests.system.playing import playing
from tests.trainer.small_run import short_parity, small_request, small_settings
from trainer.exported import ExportedModel
from trainer.progress import Report
from trainer.settings import RunSettings, SampleSettings
from trainer.train import train

RATE = 48_000
LONGEST_SECONDS = 4.0


def _write_wide_sounds(folder: Path) -> None:
    """Five noises and tones of different lengths whose sides differ; the longest fills its four seconds."""
    random = np.random.default_rng(0)
    for number, seconds in enumerate((0.2, 0.5, 1.0, 2.0, LONGEST_SECONDS)):
        frames = np.arange(round(seconds * RATE))
        tone = np.sin(0.02 * (number + 1) * frames)
        sides = 0.4 * tone + 0.2 * random.uniform(-1, 1, (2, len(frames)))
        soundfile.write(folder / f"{number}.wav", sides.T, RATE, "PCM_24")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instrument trained for a few steps; its sounds do not die away by themselves."""
    folder = tmp_path_factory.mktemp("wide")
    (folder / "sounds").mkdir()
    _write_wide_sounds(folder / "sounds")
    settings = small_settings(RunSettings(most_steps=8))
    settings = replace(
        settings,
        samples=SampleSettings(longest_seconds=LONGEST_SECONDS),
        model=replace(settings.model, longest_seconds=LONGEST_SECONDS),
    )
    out = folder / "wide.onnx"
    with Report(60.0) as report, short_parity():
        train(small_request(folder / "sounds", out, minutes=60.0, kind="drums"), settings, report)
    return out


def _sounding_seconds(audio: np.ndarray) -> float:
    """Time of the last sample above −80 dBFS of [frames, channels]."""
    return float(np.nonzero(np.abs(audio).max(axis=1) > 1e-4)[0][-1] + 1) / RATE


def _is_wide(audio: np.ndarray) -> bool:
    """Whether left and right of [frames, channels] sound, and each has something of its own."""
    left, right = audio.T
    difference = np.sqrt(np.mean((left - right) ** 2))
    return bool(min(left.std(), right.std()) > 1e-3 and difference > 0.05 * left.std())


def test_the_model_is_stereo_and_as_long_as_its_longest_sound(model: Path) -> None:
    metadata = read_decoder_metadata(model)
    assert metadata.channels == 2
    assert metadata.longest_note_seconds == pytest.approx(LONGEST_SECONDS, abs=0.05)


def test_a_oneshot_is_a_stereo_file_that_sounds_to_the_end_and_can_be_made_again(model: Path, tmp_path: Path) -> None:
    made = latentbridge_here("oneshot", str(model), "a.wav", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    audio, rate = soundfile.read(tmp_path / "a.wav")
    assert (rate, audio.shape[1], _is_wide(audio)) == (RATE, 2, True)
    assert LONGEST_SECONDS - 0.1 < _sounding_seconds(audio) < LONGEST_SECONDS + 0.1
    again = latentbridge_here("oneshot", "--from", "a.wav", "b.wav", "--model", str(model), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_rendered_note_is_wide_lasts_four_seconds_and_then_there_is_silence(model: Path, tmp_path: Path) -> None:
    score = mido.MidiFile(tracks=[mido.MidiTrack()])
    score.tracks[0] += [
        mido.Message("note_on", note=36, velocity=110, time=0),
        mido.Message("note_off", note=36, time=480),
        mido.Message("note_on", note=36, velocity=1, time=480 * 9),
        mido.Message("note_off", note=36, time=480),
    ]
    score.save(tmp_path / "score.mid")
    done = latentbridge_here("render", str(model), "score.mid", "out.wav", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    audio, _ = soundfile.read(tmp_path / "out.wav")
    first = audio[: 5 * RATE]
    assert _is_wide(first)
    assert LONGEST_SECONDS - 0.1 < _sounding_seconds(first) < LONGEST_SECONDS + 0.1
    assert audio.shape[1] == 2


@pytest.mark.parametrize("sides", [1, 2])
def test_a_sound_of_one_side_or_two_finds_its_place_and_is_played_back_wide(
    model: Path, tmp_path: Path, sides: int
) -> None:
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, (9000, sides))
    soundfile.write(tmp_path / "sound.wav", sound, 44_100)
    done = latentbridge_here("encode", str(model), "sound.wav", "--wav", "heard.wav", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split(",")) == read_decoder_metadata(model).latent_size
    audio, _ = soundfile.read(tmp_path / "heard.wav")
    assert _is_wide(audio)


def test_one_side_or_the_other_is_another_place(model: Path) -> None:
    exported = ExportedModel(model, model.with_suffix(".encoder.onnx"))
    noise = np.random.default_rng(2).uniform(-1, 1, (2, 9000)).astype(np.float32)
    left, right = noise * [[1.0], [0.1]], noise * [[0.1], [1.0]]
    means, _ = exported.encode([left.astype(np.float32), right.astype(np.float32)])
    assert np.abs(means[0] - means[1]).max() > 1e-3


def test_what_is_captured_while_playing_is_stereo(model: Path, tmp_path: Path) -> None:
    options = ("--output", "null", "--midi", "none", "--osc", "127.0.0.1:0", "--captures", str(tmp_path))
    with playing(model, *options) as instrument:
        controller = Controller(int(instrument.await_ready().partition("OSC 127.0.0.1:")[2].partition(",")[0]))
        controller.send("/lb/note", 36, 100)
        time.sleep(0.3)
        controller.send("/lb/note", 36, 0)
        controller.send("/lb/capture")
        path, *_ = controller.told("/lb/captured")
        controller.close()
    audio, _ = soundfile.read(str(path))
    assert _is_wide(audio)
    assert LONGEST_SECONDS - 0.1 < _sounding_seconds(audio) < LONGEST_SECONDS + 0.1
