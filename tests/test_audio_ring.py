import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.audio_ring import FADE_FRAMES, RING_BYTES, RING_FRAMES, AudioRing


def read(ring: AudioRing, frame: int, frames: int) -> np.ndarray | None:
    rows = [bytearray(4 * frames) for _ in range(2)]
    if not ring.read_into(frame, frames, [memoryview(row) for row in rows]):
        return None
    return np.stack([np.frombuffer(row, np.float32) for row in rows])


def ramp(first: int, frames: int) -> np.ndarray:
    """Left counts frames, right counts them down."""
    numbers = np.arange(first, first + frames, dtype=np.float32)
    return np.stack([numbers, -numbers])


@given(st.lists(st.integers(1, 8192), min_size=1, max_size=20))
def test_every_frame_comes_out_as_it_went_in_at_its_own_place(blocks: list[int]) -> None:
    ring = AudioRing(memoryview(bytearray(RING_BYTES)))
    frame = 0
    for frames in blocks:
        ring.write(ramp(frame, frames))
        sound = read(ring, frame, frames)
        assert sound is not None
        assert np.array_equal(sound, ramp(frame, frames))
        frame += frames


def test_frames_that_are_not_written_yet_or_overwritten_are_refused() -> None:
    ring = AudioRing(memoryview(bytearray(RING_BYTES)))
    ring.write(ramp(0, 128))
    assert read(ring, 0, 128) is not None
    assert read(ring, 1, 128) is None
    for _ in range(RING_FRAMES // 128):
        ring.write(ramp(0, 128))
    assert read(ring, 0, 128) is None
    assert read(ring, 128, 128) is not None


def test_a_late_reader_finds_the_following_block_in_its_right_place() -> None:
    ring = AudioRing(memoryview(bytearray(RING_BYTES)))
    assert read(ring, 0, 64) is None
    ring.write(ramp(0, 64))
    ring.write(ramp(64, 64))
    sound = read(ring, 64, 64)
    assert sound is not None
    assert np.array_equal(sound, ramp(64, 64))


def faded(ring: AudioRing, end: int, blocks: int, frames: int) -> np.ndarray:
    rows = [bytearray(4 * frames * blocks) for _ in range(2)]
    for block in range(blocks):
        views = [memoryview(row)[4 * frames * block : 4 * frames * (block + 1)] for row in rows]
        ring.fade_into(end, end + frames * block, frames, views)
    return np.stack([np.frombuffer(row, np.float32) for row in rows])


@pytest.mark.parametrize("frames", [32, 100, 1024])
def test_what_breaks_off_dies_away_without_a_step(frames: int) -> None:
    ring = AudioRing(memoryview(bytearray(RING_BYTES)))
    wave = np.sin(np.arange(40_000) / 7).astype(np.float32)
    for start in range(0, 40_000, 500):
        ring.write(np.stack([wave, -wave])[:, start : start + 500])
    tail = faded(ring, 40_000, 1100 // frames + 1, frames)
    heard = np.concatenate([np.stack([wave, -wave]), tail], axis=1)
    assert np.abs(np.diff(heard)).max() < 1.1 * np.abs(np.diff(wave)).max()
    assert np.abs(tail[:, :100]).max() > 0.5
    assert not tail[:, 300:].any()


@pytest.mark.parametrize(("frames", "missing"), [(32, 1), (128, 1), (100, 30), (1024, 1)])
def test_what_comes_back_comes_up_without_a_step(frames: int, missing: int) -> None:
    ring = AudioRing(memoryview(bytearray(RING_BYTES)))
    wave = np.sin(np.arange(20_000) / 7).astype(np.float32)
    for start in range(0, 20_000, 500):
        ring.write(np.stack([wave, -wave])[:, start : start + 500])
    end = 10_000
    back = end + frames * missing
    heard = [np.stack([wave, -wave])[:, :end], faded(ring, end, missing, frames)]
    for start in range(back, back + 1100, frames):
        rows = [bytearray(4 * frames) for _ in range(2)]
        views = [memoryview(row) for row in rows]
        assert ring.read_into(start, frames, views)
        if start < back + FADE_FRAMES:
            ring.fade_back(end, back, start, frames, views)
        heard.append(np.stack([np.frombuffer(row, np.float32) for row in rows]))
    sound = np.concatenate(heard, axis=1)
    assert np.abs(np.diff(sound)).max() < 1.2 * np.abs(np.diff(wave)).max()
    assert np.array_equal(sound[0, back + FADE_FRAMES :], wave[back + FADE_FRAMES : sound.shape[1]])


@given(st.integers(0, 3 * RING_FRAMES), st.integers(0, 3 * RING_FRAMES))
def test_a_new_writer_begins_after_silence(written: int, gap: int) -> None:
    ring = AudioRing(memoryview(bytearray(RING_BYTES)))
    for start in range(0, written, 8192):
        ring.write(ramp(1, min(8192, written - start)))
    ring.begin_at(written + gap)
    assert ring.written_frame == written + gap
    seen = min(gap, RING_FRAMES)
    sound = read(ring, written + gap - seen, seen)
    assert sound is not None
    assert not sound.any()
