"""Tags come back exactly, and nothing that is written where tags should be can hurt the one who reads it."""

import json
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import LatentbridgeError
from runtime.oneshots.tags import (
    CHUNK_LETTERS,
    MOST_UNPACKED_BYTES,
    Note,
    Tags,
    is_ours,
    made_with,
    pack,
    read_tags,
    unpack,
)
from runtime.oneshots.wav_file import write_wav
from tests.oneshots.sounds import ENVELOPE, SAMPLE_RATE, strike, tags_for


def equal(one: Tags, other: Tags) -> bool:
    return one.document == other.document and all(
        np.array_equal(one.arrays[k], other.arrays[k]) for k in one.arrays.keys() | other.arrays.keys()
    )


def wav_with(path: Path, payload: bytes) -> Path:
    with path.open("wb") as file:
        write_wav(file, strike(100), SAMPLE_RATE, {}, [(CHUNK_LETTERS, payload)])
    return path


def packed(unpacked: bytes, size: int | None = None) -> bytes:
    return b"LB1\0" + struct.pack("<I", len(unpacked) if size is None else size) + zlib.compress(unpacked)


def with_document(document: object, arrays: bytes = b"") -> bytes:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return packed(struct.pack("<I", len(text)) + text + arrays)


def good_document() -> dict[str, object]:
    tags = tags_for(strike())
    return tags.document.model_dump(mode="json")


def test_tags_come_back_bit_by_bit(tmp_path: Path) -> None:
    tags = tags_for(strike(), note=Note(note=127, velocity=1 / 3, seed=2**64 - 1, envelope=ENVELOPE))
    path = wav_with(tmp_path / "a.wav", pack(tags))
    assert equal(read_tags(path), tags)


@given(
    note=st.integers(0, 127),
    velocity=st.floats(0, 1),
    seed=st.integers(0, 2**64 - 1),
    values=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=40),
)
def test_any_note_and_control_path_come_back(note: int, velocity: float, seed: int, values: list[float]) -> None:
    tags = tags_for(strike(50), note=Note(note=note, velocity=velocity, seed=seed, envelope=ENVELOPE))
    tags = Tags(tags.document, {"latent": np.array(values, np.float32).reshape(-1, 1)})
    assert equal(unpack(pack(tags)), tags)


def test_made_with_names_what_is_installed() -> None:
    import onnxruntime

    made = made_with("cpu", 16)
    assert (made.onnxruntime, made.numpy) == (onnxruntime.__version__, np.__version__)
    assert made.processor


HOSTILE = {
    "nothing": b"",
    "another layout": b"LB2\0" + pack(tags_for(strike(50)))[4:],
    "other bytes": b"MThd\0\0\0\6",
    "no zlib": b"LB1\0\x10\0\0\0not compressed",
    "a bomb": b"LB1\0" + struct.pack("<I", 100) + zlib.compress(bytes(50_000_000)),
    "a bomb that says so": b"LB1\0" + struct.pack("<I", MOST_UNPACKED_BYTES + 1) + zlib.compress(b""),
    "too short": packed(b"ab"),
    "shorter than it says": packed(b"abcdefgh", 100),
    "a document past the end": packed(struct.pack("<I", 10_000) + b"{}"),
    "no JSON": with_document(b"{'a': 1}"),
    "deep JSON": with_document(b"[" * 500_000),
    "a number of a million digits": with_document(b'{"kind": ' + b"1" * 1_000_000 + b"}"),
    "no object": with_document([1, 2]),
    "no fields": with_document({}),
    "an unknown kind": with_document(good_document() | {"kind": "song"}),
    "a folder for a hash": with_document(good_document() | {"model_hash": "../../etc/passwd"}),
    "an impossible note": with_document(good_document() | {"note": {"note": 200, "velocity": 0.5, "seed": 1}}),
    "a velocity that is no number": with_document(
        json.dumps(good_document()).replace("0.7874015748031497", "NaN").encode()
    ),
    "a negative cut": with_document(good_document() | {"cut": {"first_frame": -1, "last_frame": 5}}),
    "arrays that are not there": with_document(good_document() | {"arrays": [{"name": "latent", "shape": [9, 16]}]}),
    "arrays beyond counting": with_document(
        good_document() | {"arrays": [{"name": "latent", "shape": [16_777_216, 16_777_216, 16_777_216]}]}
    ),
    "arrays without end": with_document(good_document() | {"arrays": [{"name": "a", "shape": [0]}] * 100}),
    "bytes left over": with_document(good_document(), b"1234"),
    "numbers that are not finite": with_document(
        good_document() | {"arrays": [{"name": "latent", "shape": [1, 1]}]}, struct.pack("<f", float("nan"))
    ),
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE.keys())
def test_damaged_or_hostile_tags_are_refused_in_a_sentence(tmp_path: Path, payload: bytes) -> None:
    path = wav_with(tmp_path / "bad.wav", payload)
    with pytest.raises(LatentbridgeError, match=r"bad\.wav") as caught:
        read_tags(path)
    assert caught.value.remedy


def test_a_bomb_is_refused_before_it_takes_memory() -> None:
    bomb = b"LB1\0" + struct.pack("<I", 100) + zlib.compress(bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(ValueError, match="not as long as they say"):
        unpack(bomb)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 1_000_000


@given(flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=3))
def test_flipped_bytes_are_noticed_or_harmless(flips: list[tuple[int, int]]) -> None:
    payload = bytearray(pack(tags_for(strike(50))))
    for place, mask in flips:
        payload[place % len(payload)] ^= mask
    try:
        tags = unpack(bytes(payload))
    except ValueError:
        return
    assert all(np.isfinite(array).all() for array in tags.arrays.values())


def test_tags_too_large_to_be_read_again_are_not_written() -> None:
    tags = Tags(tags_for(strike(50)).document, {"latent": np.zeros((2**18 + 1, 64), np.float32)})
    with pytest.raises(ValueError, match="too large"):
        pack(tags)


def test_a_wav_of_somebody_else_is_not_taken_for_ours(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours.wav", tmp_path / "other.wav"
    wav_with(ours, pack(tags_for(strike())))
    with other.open("wb") as file:
        write_wav(file, strike(), SAMPLE_RATE, {}, [])
    assert (is_ours(ours), is_ours(other), is_ours(tmp_path), is_ours(tmp_path / "absent")) == (
        True,
        False,
        False,
        False,
    )
    with pytest.raises(LatentbridgeError, match="does not say how it was made"):
        read_tags(other)
