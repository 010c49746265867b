"""What sfizz, a sampler that is not ours, plays from the SFZ file of a kit is what latentbridge made."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.oneshots.instruments import write_instruments
from runtime.oneshots.kit_sound import Kit, KitSound
from runtime.oneshots.loops import repeat_loop
from runtime.oneshots.wav_file import Audio
from runtime.pitch_detection import measure_pitch
from tests.oneshots.kits import SAMPLE_RATE, MadeKit, Sfizz, gain_and_difference_db, hz

SFIZZ_GAIN_DB = -11.5124
"""What sfizz takes off every mono file."""
SECOND = SAMPLE_RATE
SNARES = {80: ("Snare_38_v80_1.wav", "Snare_38_v80_2.wav"), 127: ("Snare_38_v127_3.wav", "Snare_38_v127_4.wav")}
"""Files of the snare that take turns, by the top of their layer."""


def heard_as(heard: Audio, expected: Audio) -> tuple[float, float]:
    """Level against a file's own, sfizz's gain aside, and the rest that differs, in dB."""
    frames = min(len(heard), len(expected))
    gain_db, rest_db = gain_and_difference_db(heard[:frames], expected[:frames])
    return gain_db - SFIZZ_GAIN_DB, rest_db


def level_db(sound: Audio) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


def tone(folder: Path, key: float, seconds: float = 0.5, name: str = "tone.wav") -> KitSound:
    """A sine wave as a file, one-shot, on all keys."""
    wave = 0.5 * np.sin(2 * np.pi * hz(key) * np.arange(round(seconds * SECOND)) / SECOND)
    soundfile.write(folder / name, wave, SECOND, subtype="PCM_24")
    return KitSound(name, "Tone", 60, 0, 127, SECOND, 1, len(wave))


def sfizz_with(folder: Path, *sounds: KitSound) -> Sfizz:
    write_instruments(folder, Kit("made", "none", sounds))
    return Sfizz(folder / "made.sfz")


def cents_off(heard: Audio, key: float) -> float:
    return 100 * (measure_pitch(heard[None], SECOND, near_note=key).note - key)


def test_every_drum_sounds_as_its_file_at_the_velocity_it_was_made_with(drum_kit: MadeKit) -> None:
    sfizz = Sfizz(drum_kit.sfz)
    assert sfizz.keys == [36, 38, 42, 46]
    for sound in drum_kit.kit.sounds:
        expected = drum_kit.audio[sound.file][0]
        level, rest = heard_as(sfizz.play((0, sound.root_note, sound.velocity), frames=len(expected)), expected)
        assert abs(level) < 0.01, sound.file
        assert rest < -100, sound.file


def test_softer_strikes_follow_the_square_of_the_velocity_inside_each_layer(drum_kit: MadeKit) -> None:
    sfizz = Sfizz(drum_kit.sfz)
    for key, velocity, layer, file in ((36, 64, 127, "Kick_36_v127_1.wav"), (38, 40, 80, SNARES[80][0])):
        expected = drum_kit.audio[file][0]
        level, rest = heard_as(sfizz.play((0, key, velocity), frames=len(expected)), expected)
        assert level == pytest.approx(40 * np.log10(velocity / layer), abs=0.3)
        assert rest < -60


def test_a_velocity_plays_its_own_layer_and_no_other(drum_kit: MadeKit) -> None:
    sfizz = Sfizz(drum_kit.sfz)
    for velocity, layer, other in ((80, 80, 127), (81, 127, 80), (1, 80, 127)):
        heard = sfizz.play((0, 38, velocity), frames=SECOND)
        # Whichever variation has its turn.
        rests = {
            high: min(heard_as(heard, drum_kit.audio[file][0])[1] for file in SNARES[high]) for high in (layer, other)
        }
        assert rests[layer] < -60, velocity
        assert rests[other] > -40, velocity


def test_strikes_of_a_key_take_turns_between_its_variations(drum_kit: MadeKit) -> None:
    sfizz = Sfizz(drum_kit.sfz)
    variations = [drum_kit.audio[file][0] for file in SNARES[127]]
    for strike in range(4):
        heard = sfizz.play((0, 38, 127), frames=len(variations[0]))
        differences = [heard_as(heard, variation)[1] for variation in variations]
        assert differences[strike % 2] < -100
        assert differences[1 - strike % 2] > -60


def test_a_closed_hat_ends_an_open_one_and_a_kick_does_not(drum_kit: MadeKit) -> None:
    sfizz = Sfizz(drum_kit.sfz)
    alone, closed, kick = (drum_kit.audio[f"{name}_v127_1.wav"][0] for name in ("Hat_46", "Hat_42", "Kick_36"))
    frames, struck = SECOND, 9_600
    assert level_db(alone[struck + 960 : struck + 4_800]) > -60
    for key, other, is_choked in ((42, closed, True), (36, kick, False)):
        both = sfizz.play((0, 46, 127), (struck, key, 127), frames=frames)
        other_alone = np.zeros(frames, np.float32)
        other_alone[struck : struck + len(other)] = other[: frames - struck] * 10 ** (SFIZZ_GAIN_DB / 20)
        left = both - other_alone
        late = slice(struck + 960, struck + 4_800)
        fallen_db = level_db(left[late]) - level_db(alone[late]) - SFIZZ_GAIN_DB
        assert (fallen_db < -30) == is_choked, f"key {key}: {fallen_db:.0f} dB"


def test_a_drum_plays_to_its_end_when_the_key_is_let_go_at_once(drum_kit: MadeKit) -> None:
    expected = drum_kit.audio["Kick_36_v127_1.wav"][0]
    heard = Sfizz(drum_kit.sfz).play((0, 36, 127), (1_000, 36, 0), frames=len(expected))
    assert heard_as(heard, expected)[1] < -100


def test_a_held_note_goes_on_in_its_loop_without_a_click(note_kit: MadeKit) -> None:
    sfizz = Sfizz(note_kit.sfz)
    frames = 6 * SECOND
    for sound in note_kit.kit.sounds:
        assert sound.loop is not None
        heard = sfizz.play((0, sound.root_note, 127), frames=frames)
        expected = repeat_loop(note_kit.audio[sound.file], sound.loop, frames)[0]
        # sfizz fades along a curve where repeat_loop draws a line, and for a millisecond where it is not asked to.
        level, rest = heard_as(heard, expected)
        assert abs(level) < 0.01
        assert rest < -45
        steps = np.abs(np.diff(heard, 2))
        settled, repeated = steps[SECOND // 2 : sound.loop.end_frame - 1_440], steps[sound.loop.end_frame - 1_440 :]
        assert repeated.max() < 1.05 * settled.max()
        assert level_db(heard[-SECOND:]) == pytest.approx(level_db(heard[SECOND : 2 * SECOND]), abs=0.5)


def test_a_note_dies_away_when_its_key_is_let_go(note_kit: MadeKit) -> None:
    heard = Sfizz(note_kit.sfz).play((0, 60, 127), (3 * SECOND, 60, 0), frames=4 * SECOND)
    assert level_db(heard[3 * SECOND + 12_000 :]) < level_db(heard[2 * SECOND : 3 * SECOND]) - 60


def test_keys_between_the_sounds_are_in_tune(note_kit: MadeKit) -> None:
    sfizz = Sfizz(note_kit.sfz)
    assert sfizz.keys == list(range(56, 65))
    own = {key: cents_off(sfizz.play((0, key, 127), frames=SECOND), key) for key in (57, 60, 63)}
    for key, root in ((56, 57), (58, 57), (59, 60), (61, 60), (64, 63)):
        assert cents_off(sfizz.play((0, key, 127), frames=SECOND), key) == pytest.approx(own[root], abs=2)


def test_a_sound_that_is_flat_is_tuned(tmp_path: Path) -> None:
    flat = tone(tmp_path, 59.7)
    assert cents_off(sfizz_with(tmp_path, flat).play((0, 60, 127), frames=24_000), 60) == pytest.approx(-30, abs=1)
    tuned = sfizz_with(tmp_path, replace(flat, tune_cents=30.0))
    assert cents_off(tuned.play((0, 60, 127), frames=24_000), 60) == pytest.approx(0, abs=1)


def test_a_file_made_at_another_velocity_sounds_as_it_is_there(tmp_path: Path) -> None:
    sound = tone(tmp_path, 60)
    expected = soundfile.read(tmp_path / sound.file, dtype="float32")[0]
    sfizz = sfizz_with(tmp_path, replace(sound, played_at=100))
    for velocity in (50, 100, 127):
        heard = sfizz.play((0, 60, velocity), frames=20_000)
        assert heard_as(heard, expected)[0] == pytest.approx(40 * np.log10(velocity / 100), abs=0.02)


def lint(sfz: Path) -> str:
    """What sfzlint says; its exit status is 0 whatever it finds."""
    command = [sys.executable, "-W", "ignore", "-c", "from sfzlint.cli import sfzlint; sfzlint()", str(sfz)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_sfzlint_finds_nothing_to_say(drum_kit: MadeKit, note_kit: MadeKit, tmp_path: Path) -> None:
    assert lint(drum_kit.sfz) == ""
    assert lint(note_kit.sfz) == ""
    lonely = tmp_path / drum_kit.sfz.name
    lonely.write_text(drum_kit.sfz.read_text())
    assert lint(lonely).count("file not found") == len(drum_kit.kit.sounds)
