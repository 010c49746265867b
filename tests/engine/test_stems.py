"""Stems: what each part gives to the mix, to the last tail, and together nothing but the mix."""

from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from runtime.cli import main
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event, Kind
from runtime.offline import render
from tests.engine.test_offline import midi_file, on
from tests.performance import PURE, STEADY, note_off, note_on, perform, tiny
from tests.tiny_decoder import write_tiny_decoder

INAUDIBLE = 10 ** (-80 / 20)
FRAMES = 24_000
BUSY = [
    # More notes than voices, so that tails of stolen ones sound, on three parts; one is cut, and the gain moves.
    *(note_on(700 * k, 48 + 5 * k, 0.7, part=1 + k % 3) for k in range(9)),
    Event(Kind.GAIN, 6_000, value=-6.0),
    Event(Kind.ALL_SOUND_OFF, 9_000, part=2),
    note_on(12_000, 60, part=2),
    note_off(15_000, 60, part=2),
]


def played_with_stems(events: list[Event], voices: int, **metadata: object) -> tuple[np.ndarray, np.ndarray]:
    engine = Engine(tiny(**metadata), EngineSettings(voices, keeps_stems=True))
    for event in events:
        engine.post(event)
    mix, stems = np.empty((2, FRAMES), np.float32), np.empty((16, 2, FRAMES), np.float32)
    for at in range(0, FRAMES, 480):
        engine.render_into(mix[:, at : at + 480], stems[:, :, at : at + 480])
    return mix, stems


def test_stems_add_up_to_the_mix_and_leave_it_as_it_is() -> None:
    mix, stems = played_with_stems(BUSY, voices=4, default_latent=PURE, gain_db=-12.0)
    assert np.array_equal(mix, perform(tiny(default_latent=PURE, gain_db=-12.0), BUSY, FRAMES, voices=4).audio)
    assert np.abs(mix).max() > 0.05
    assert np.abs(stems.sum(axis=0) - mix).max() < INAUDIBLE
    assert [part + 1 for part in range(16) if stems[part].any()] == [1, 2, 3]


def test_the_limiter_turns_all_stems_down_as_it_does_the_mix() -> None:
    loud = [note_on(0, 60 + k, part=k) for k in range(1, 5)]
    mix, stems = played_with_stems(loud, voices=16, default_latent=STEADY, gain_db=12.0)
    assert np.abs(mix).max() == pytest.approx(1.0, abs=1e-3)
    assert np.abs(stems.sum(axis=0) - mix).max() < INAUDIBLE


def test_a_song_is_rendered_part_by_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = write_tiny_decoder(tmp_path, default_latent=STEADY, gain_db=-20.0)
    song = midi_file(
        tmp_path / "song.mid",
        [on(60, 0, channel=2), on(60, 960, channel=2, velocity=0)],
        [on(67, 240, channel=9), on(67, 960, channel=9, velocity=0)],
    )
    render(str(model), song, tmp_path / "out.wav", stems=True)
    assert sorted(path.name for path in tmp_path.glob("out*.wav")) == ["out.wav", "out_part03.wav", "out_part10.wav"]
    mix, third, tenth = (soundfile.read(path)[0] for path in sorted(tmp_path.glob("out*.wav")))
    assert np.abs(third + tenth - mix).max() < INAUDIBLE
    assert not tenth[:11_000].any(), "the second part begins later"
    assert third[:11_000].any()
    assert "out_part10.wav: part 10" in capsys.readouterr().out


def test_a_foreign_file_under_a_stems_name_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = write_tiny_decoder(tmp_path)
    song = midi_file(tmp_path / "song.mid", [on(60, 0, channel=2), mido.Message("note_off", note=60, time=480)])
    (tmp_path / "out_part03.wav").write_text("mine")
    assert main(["render", str(model), str(song), str(tmp_path / "out.wav"), "--stems"]) == 1
    assert "out_part03.wav exists already" in capsys.readouterr().err
    assert not (tmp_path / "out.wav").exists()
    assert (tmp_path / "out_part03.wav").read_text() == "mine"
