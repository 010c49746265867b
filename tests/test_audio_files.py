"""Sounds of every kind are read alike, begin at their onset, and what is no sound is refused in plain words."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.audio_files import mix_channels, read_audio, read_oneshot, trim
from runtime.errors import LatentbridgeError
from tests.messy_sounds import ONESHOTS, make_messy_folder

RATE = 48_000


def decaying_tone(rate: int, seconds: float = 0.5, hz: float = 440.0, t60: float = 0.4) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return 0.5 * np.cos(2 * np.pi * hz * time) * np.exp(-6.9 * time / t60)


def decibels(ratio: float) -> float:
    return 20 * np.log10(max(ratio, 1e-12))


@pytest.mark.parametrize(
    ("suffix", "subtype", "worst_db"),
    [
        ("wav", "PCM_U8", -30),
        ("wav", "PCM_16", -70),
        ("wav", "PCM_24", -80),
        ("wav", "PCM_32", -80),
        ("wav", "FLOAT", -80),
        ("wav", "DOUBLE", -80),
        ("aiff", "PCM_16", -70),
        ("flac", "PCM_24", -80),
        ("ogg", "VORBIS", -20),
    ],
)
def test_every_format_and_width_holds_the_same_sound(
    tmp_path: Path, suffix: str, subtype: str, worst_db: float
) -> None:
    tone = decaying_tone(RATE)
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone, RATE, subtype=subtype)
    audio = read_audio(path, RATE, 1)
    assert audio.dtype == np.float32
    assert audio.shape == (1, len(tone))
    assert decibels(np.abs(audio[0] - tone).max() / 0.5) < worst_db


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 44_100, 88_200, 96_000, 192_000])
def test_a_tone_keeps_its_pitch_level_and_length_at_every_rate(tmp_path: Path, rate: int) -> None:
    hz = 0.4 * min(rate, RATE)
    tone = decaying_tone(rate, seconds=0.52, hz=hz)
    soundfile.write(tmp_path / "tone.wav", tone, rate, subtype="FLOAT")
    audio = read_audio(tmp_path / "tone.wav", RATE, 1)[0]
    expected = decaying_tone(RATE, seconds=0.52, hz=hz)
    assert abs(len(audio) - len(expected)) <= 1
    # The first and the last milliseconds are left out: no interpolation knows what lay beyond them.
    inner = slice(1000, 20_000)
    assert decibels(np.abs(audio[inner] - expected[inner]).max() / 0.5) < -60


def test_a_sound_begins_at_the_first_frame_of_its_attack() -> None:
    tone = decaying_tone(RATE)
    for lead in (0, 1, 777, 30_000):
        trimmed = trim(np.concatenate([np.zeros(lead), tone])[None].astype(np.float32), RATE)
        assert trimmed.first_frame == lead
        assert trimmed.audio[0, 0] == np.float32(tone[0])


def test_steady_hiss_before_the_attack_is_cut() -> None:
    noise = np.random.default_rng(0).normal(0, 0.5 * 10 ** (-50 / 20), 40_000)
    sound = noise + np.concatenate([np.zeros(20_000), decaying_tone(RATE, 20_000 / RATE)])
    trimmed = trim(sound[None].astype(np.float32), RATE)
    assert 20_000 - 24 <= trimmed.first_frame <= 20_000


def test_pre_echo_of_a_coder_is_cut() -> None:
    noise = np.random.default_rng(0).normal(0, 0.5 * 10 ** (-48 / 20), 576)
    sound = np.concatenate([np.zeros(1105), noise, decaying_tone(RATE)])
    trimmed = trim(sound[None].astype(np.float32), RATE)
    assert 1105 + 576 - 24 <= trimmed.first_frame <= 1105 + 576


def test_a_swell_keeps_its_beginning() -> None:
    swell = np.sin(np.arange(48_000) / 10) * 10 ** (np.linspace(-55, 0, 48_000) / 20)
    trimmed = trim(np.concatenate([np.zeros(5000), swell])[None].astype(np.float32), RATE)
    assert 5000 <= trimmed.first_frame < 5100


def test_a_silent_tail_is_cut_and_the_end_is_silent() -> None:
    tone = decaying_tone(RATE, seconds=2.0, t60=0.3)
    trimmed = trim(tone[None].astype(np.float32), RATE)
    # The tone has fallen by 72 dB after 0.36 s.
    assert 0.34 * RATE < trimmed.last_frame < 0.40 * RATE
    assert trimmed.audio[0, -1] == 0
    untouched = trimmed.audio.shape[1] - 480
    np.testing.assert_array_equal(trimmed.audio[0, :untouched], tone[:untouched].astype(np.float32))


def test_a_sound_cut_off_while_loud_ends_without_a_click() -> None:
    trimmed = trim(np.sin(np.arange(4800) / 10)[None].astype(np.float32), RATE)
    assert trimmed.last_frame == 4800
    assert np.abs(np.diff(trimmed.audio[0, -200:])).max() < 0.11
    assert abs(trimmed.audio[0, -1]) < 1e-3


def test_a_sound_of_a_few_frames_is_kept() -> None:
    click = np.array([[0.0, 0.8, -0.3]], np.float32)
    assert trim(click, RATE).audio.shape == (1, 2)


def test_mp3_delay_is_no_part_of_the_sound(tmp_path: Path) -> None:
    path = next(ONESHOTS.glob("*/elec_snare.flac"))
    original, rate = soundfile.read(path)
    soundfile.write(tmp_path / "snare.mp3", original, rate)
    coded = read_oneshot(tmp_path / "snare.mp3", RATE, 1, 2.0).audio[0]
    plain = read_oneshot(path, RATE, 1, 2.0).audio[0]
    frames = 9600
    lags = np.correlate(coded[:frames], plain[:frames], "full")
    assert abs(int(np.argmax(lags)) - (frames - 1)) <= 24


def test_a_constant_offset_is_no_sound(tmp_path: Path) -> None:
    tone = np.concatenate([np.zeros(3000), decaying_tone(RATE), np.zeros(9000)])
    soundfile.write(tmp_path / "offset.wav", tone + 0.1, RATE, subtype="FLOAT")
    oneshot = read_oneshot(tmp_path / "offset.wav", RATE, 1, 2.0)
    assert oneshot.peak == pytest.approx(0.5, abs=0.01)
    assert oneshot.audio.shape[1] < len(decaying_tone(RATE)) + 480
    soundfile.write(tmp_path / "offset.wav", np.full(9000, 0.1), RATE, subtype="FLOAT")
    with pytest.raises(LatentbridgeError, match="silent"):
        read_oneshot(tmp_path / "offset.wav", RATE, 1, 2.0)


def test_a_long_sound_is_faded_at_the_longest_length(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", 0.25 * np.sin(np.arange(5 * RATE) / 9), RATE)
    oneshot = read_oneshot(tmp_path / "long.wav", RATE, 1, 4.0)
    assert oneshot.was_cut
    assert oneshot.audio.shape == (1, 4 * RATE)
    assert oneshot.peak == pytest.approx(0.25, abs=0.001)
    assert np.abs(oneshot.audio).max() == pytest.approx(1, abs=1e-6)
    assert abs(oneshot.audio[0, -1]) < 1e-3


def test_surround_is_mixed_without_its_low_frequency_channel() -> None:
    channels = np.eye(6, dtype=np.float32)
    mixed = mix_channels(channels, 2)
    half = np.sqrt(0.5)
    expected = np.array([[1, 0, half, 0, half, 0], [0, 1, half, 0, 0, half]]) / (1 + 2 * half)
    np.testing.assert_allclose(mixed, expected, rtol=1e-6)


def test_sides_in_opposite_phase_do_not_cancel() -> None:
    tone = decaying_tone(RATE)[None].astype(np.float32)
    np.testing.assert_array_equal(mix_channels(np.concatenate([tone, -tone]), 1), tone)


def test_stereo_means_that_sides_differ_by_more_than_level(tmp_path: Path) -> None:
    left, right = decaying_tone(RATE, hz=440), decaying_tone(RATE, hz=470)
    for name, sides, expected in (
        ("wide", (left, right), True),
        ("panned", (left, 0.1 * left), False),
        ("hard", (left, 0 * left), False),
    ):
        soundfile.write(tmp_path / f"{name}.wav", np.stack(sides, axis=1), RATE, subtype="FLOAT")
        assert read_oneshot(tmp_path / f"{name}.wav", RATE, 1, 2.0).is_stereo is expected


def test_what_is_no_sound_is_refused_in_plain_words(tmp_path: Path) -> None:
    messy = make_messy_folder(tmp_path)
    for path, reason in messy.bad.items():
        if path.suffix == ".m4a":
            continue
        with pytest.raises(LatentbridgeError) as caught:
            read_audio(path, RATE, 1)
        expected = reason if path.name != "nowhere.wav" else "does not exist"
        assert path.name in caught.value.wrong
        assert expected in caught.value.wrong
        assert caught.value.remedy
        assert "Error" not in caught.value.wrong


def test_a_folder_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(LatentbridgeError, match="is a folder"):
        read_audio(tmp_path, RATE)


def test_size_is_checked_before_samples_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header may promise hours: what it promises is refused, not reserved."""
    path = tmp_path / "vast.wav"
    soundfile.write(path, np.zeros((10, 16), np.int16), 48_000)
    header = bytearray(path.read_bytes())
    at = header.index(b"data") + 4
    size = 2 * 16 * 48_000 * 600
    header[4:8] = (size + at).to_bytes(4, "little")
    header[at : at + 4] = size.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(header)
        file.truncate(size + at + 4)  # sparse: no disk is used

    def read(*_: object, **__: object) -> None:
        raise AssertionError("samples were read")

    monkeypatch.setattr(soundfile.SoundFile, "read", read)
    with pytest.raises(LatentbridgeError, match="too long: 600 s with 16 channels"):
        read_audio(path, RATE)


def test_a_flac_of_unknown_length_is_read(tmp_path: Path) -> None:
    """What streaming encoders write: 0 frames in the header, which libsndfile reports as 2^63 − 1."""
    path = tmp_path / "streamed.flac"
    tone = decaying_tone(RATE)
    soundfile.write(path, tone, RATE)
    data = bytearray(path.read_bytes())
    # STREAMINFO: the low 36 bits of bytes 10…17 of the block are the number of frames (RFC 9639, section 8.2).
    data[8 + 13] &= 0xF0
    data[8 + 14 : 8 + 18] = bytes(4)
    path.write_bytes(data)
    assert soundfile.info(path).frames > 2**62
    audio = read_audio(path, RATE, 1)
    assert audio.shape == (1, len(tone))


def test_a_wav_that_promises_more_than_it_holds_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    tone = decaying_tone(RATE)
    soundfile.write(path, tone, RATE, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:-9600])
    assert read_audio(path, RATE, 1).shape == (1, len(tone) - 4800)


def test_a_name_that_is_no_text_is_read_and_can_be_printed(tmp_path: Path) -> None:
    name = b"snare \xff.wav".decode("utf-8", "surrogateescape")
    try:
        (tmp_path / name).write_bytes(b"")
    except OSError:
        return  # This system's names are text.
    with pytest.raises(LatentbridgeError) as caught:
        read_audio(tmp_path / name, RATE)
    assert "snare" in caught.value.wrong.encode().decode()
    soundfile.write(str(tmp_path / "plain.wav"), decaying_tone(RATE), RATE)
    (tmp_path / "plain.wav").rename(tmp_path / name)
    assert read_audio(tmp_path / name, RATE).shape == (1, RATE // 2)
