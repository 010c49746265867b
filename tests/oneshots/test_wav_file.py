"""The WAV files we write are read by others sample for sample, and hold our chunk without anybody stumbling over it."""

import hashlib
import io
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.errors import LatentbridgeError
from runtime.oneshots.sample_format import IN_24_BITS
from runtime.oneshots.tags import CHUNK_LETTERS, comment, pack
from runtime.oneshots.wav_file import Audio, chunks_of, hash_of_samples, read_chunk, write_wav
from tests.oneshots.sounds import SAMPLE_RATE, strike, tags_for


def as_24_bit(audio: Audio) -> bytes:
    return b"".join(IN_24_BITS.encode(audio))


def write(path: Path, audio: Audio) -> Path:
    tags = tags_for(audio)
    with path.open("wb") as file:
        write_wav(file, audio, SAMPLE_RATE, comment(tags), [(CHUNK_LETTERS, pack(tags))])
    return path


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, 4_800, 4_801, 70_001])
def test_soundfile_reads_every_sample_as_it_was_written(tmp_path: Path, channels: int, frames: int) -> None:
    audio = strike(frames, channels)
    path = write(tmp_path / "a.wav", audio)
    samples, rate = soundfile.read(path, dtype="int32", always_2d=True)
    assert rate == SAMPLE_RATE
    assert np.array_equal(samples.T >> 8, np.rint(audio.astype(np.float64) * 2**23))
    assert soundfile.info(path).subtype == "PCM_24"


@pytest.mark.parametrize("channels", [1, 2])
def test_sox_reads_every_sample_and_warns_of_nothing(tmp_path: Path, channels: int) -> None:
    audio = strike(4_801, channels)
    path = write(tmp_path / "a.wav", audio)
    raw = ["-t", "raw", "-e", "signed-integer", "-b", "24", "-L", "-"]
    done = subprocess.run(["sox", "-D", path, *raw], capture_output=True, check=True)
    assert done.stdout == as_24_bit(audio)
    assert done.stderr == b""


def test_players_show_what_the_sound_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", strike())
    with soundfile.SoundFile(path) as file:
        shown = file.comment
        software = file.software
    assert "model tiny" in shown
    assert "note C3 (60), velocity 100, seed 7, latent " in shown
    assert software.startswith("latentbridge ")


def test_the_file_is_a_well_formed_riff_to_its_last_byte(tmp_path: Path) -> None:
    for frames in (100, 101):
        path = write(tmp_path / f"{frames}.wav", strike(frames))
        data = path.read_bytes()
        assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
        with path.open("rb") as file:
            chunks = chunks_of(path, file)
        assert [c.letters for c in chunks] == [b"fmt ", b"data", b"LIST", CHUNK_LETTERS]
        assert all(c.start % 2 == 0 for c in chunks)
        assert chunks[1].start == 44, "the simplest readers take it for granted"
        assert chunks[-1].start + chunks[-1].size + chunks[-1].size % 2 == len(data)


def test_louder_than_full_scale_is_clipped_and_never_wraps() -> None:
    audio = np.array([[1.0, 2.0, -1.0, -2.0, 1 - 2**-24]], np.float32)
    values = [int.from_bytes(as_24_bit(audio)[3 * i : 3 * i + 3], "little", signed=True) for i in range(5)]
    assert values == [2**23 - 1, 2**23 - 1, -(2**23), -(2**23), 2**23 - 1]


def test_the_hash_of_the_samples_is_that_of_the_bytes_in_the_file(tmp_path: Path) -> None:
    audio = strike(150_000, 2)
    path = write(tmp_path / "a.wav", audio)
    stored = read_chunk(path, b"data", 2**30)
    assert stored == as_24_bit(audio)
    assert hash_of_samples(audio) == hashlib.sha256(stored).hexdigest()


def test_a_sound_too_long_for_a_wav_file_is_refused_before_a_byte_is_written() -> None:
    endless = np.broadcast_to(np.float32(0), (2, 2**30))
    file = io.BytesIO()
    with pytest.raises(LatentbridgeError, match="at most 247 minutes"):
        write_wav(file, endless, SAMPLE_RATE, {}, [])
    assert file.getvalue() == b""


def test_what_is_no_wav_file_is_refused_in_words(tmp_path: Path) -> None:
    good = write(tmp_path / "good.wav", strike()).read_bytes()
    bad = {
        "empty": b"",
        "text": b"not a sound at all",
        "other": b"RIFF\x10\x00\x00\x00AVI LIST",
        "cut": good[:1000],
        "huge": good[:40] + b"\xff\xff\xff\xff" + good[44:],
    }
    for name, data in bad.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(LatentbridgeError, match=name):
            read_chunk(path, CHUNK_LETTERS, 2**20)
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(LatentbridgeError, match=path.name):
            read_chunk(path, CHUNK_LETTERS, 2**20)


def test_a_chunk_larger_than_allowed_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", strike())
    with pytest.raises(LatentbridgeError, match="bytes of ltbr data"):
        read_chunk(path, CHUNK_LETTERS, 10)


def test_a_file_of_endless_empty_chunks_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "many.wav"
    body = b"WAVE" + b"junk\0\0\0\0" * 200_000
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    with path.open("rb") as file:
        assert len(chunks_of(path, file)) <= 1_000
