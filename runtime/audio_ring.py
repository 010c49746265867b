"""The ring of mixed audio between the engine and an output in another process.

Both sides speak of absolute frames since the output was opened, so that a block that comes too late is simply not there
and the next one is in its right place. Every counter has one writer. A counter is one aligned 64-bit word, written
after the audio it speaks of; between the two lie many thousand instructions of the interpreter and, in the ordinary
case, a system call.
"""

import struct
from collections.abc import Sequence
from typing import Any, Final

RING_FRAMES: Final = 1 << 15
"""Must hold the constant delay and the largest block; a power of two."""
CHANNELS: Final = 2
_COUNTERS: Final = 8
_WRITTEN, _TAKEN = range(2)
FADE_FRAMES: Final = 240
"""Sound that breaks off dies away within so many frames."""
RING_BYTES: Final = 8 * _COUNTERS + 4 * CHANNELS * RING_FRAMES


class AudioRing:
    """A view of ``RING_BYTES`` of shared memory. The engine calls ``write``, the output ``read_into``."""

    def __init__(self, memory: memoryview) -> None:
        self._counters = memory[: 8 * _COUNTERS].cast("q")
        audio = memory[8 * _COUNTERS : RING_BYTES].cast("f")
        self._channels = [audio[c * RING_FRAMES : (c + 1) * RING_FRAMES] for c in range(CHANNELS)]
        self._bytes = [memoryview(channel).cast("B") for channel in self._channels]

    def write(self, block: Any) -> None:
        """Append float32 frames [2, frames] (any buffer whose rows are contiguous)."""
        written = self.written_frame
        frames = len(block[0])
        start = written % RING_FRAMES
        first = min(frames, RING_FRAMES - start)
        for channel, row in zip(self._channels, block, strict=True):
            channel[start : start + first] = row[:first]
            if first < frames:
                channel[: frames - first] = row[first:]
        self._counters[_WRITTEN] = written + frames

    def read_into(self, frame: int, frames: int, destinations: Sequence[Any]) -> bool:
        """Copy ``frames`` frames from absolute ``frame`` into byte buffers, one per channel.

        Returns False, with the buffers untouched, when they are not written yet or not there any more.
        """
        written = self._counters[_WRITTEN]
        if written < frame + frames or written - frame > RING_FRAMES:
            return False
        start = 4 * (frame % RING_FRAMES)
        size = 4 * frames
        first = min(size, 4 * RING_FRAMES - start)
        for destination, channel in zip(destinations, self._bytes, strict=True):
            destination[:first] = channel[start : start + first]
            if first < size:
                destination[first:size] = channel[: size - first]
        return True

    def fade_into(self, end: int, frame: int, frames: int, destinations: Sequence[Any]) -> None:
        """Fill byte buffers with the block at ``frame`` of a sound that broke off at ``end``.

        What was heard last goes on backwards, ever softer, and then there is silence: no step, whatever the sound.
        """
        for destination, channel in zip(destinations, self._channels, strict=True):
            tail = _tail(channel, end, frame, frames)
            destination[: 4 * len(tail)] = struct.pack(f"{len(tail)}f", *tail)
            destination[4 * len(tail) : 4 * frames] = bytes(4 * (frames - len(tail)))

    def fade_back(self, end: int, start: int, frame: int, frames: int, destinations: Sequence[Any]) -> None:
        """Change a block that has been read, of a sound that broke off at ``end`` and is there again from ``start`` on.

        It comes up as what broke off dies away. ``frame`` is at ``start`` or within ``FADE_FRAMES`` of it.
        """
        count = min(frames, start + FADE_FRAMES - frame)
        for destination, channel in zip(destinations, self._channels, strict=True):
            faded = [channel[(frame + k) % RING_FRAMES] * ((frame + k - start) / FADE_FRAMES) for k in range(count)]
            for k, value in enumerate(_tail(channel, end, frame, count)):
                faded[k] += value
            destination[: 4 * count] = struct.pack(f"{count}f", *faded)

    def begin_at(self, frame: int) -> None:
        """Let a new writer begin at ``frame``, at or after the last frame written; silence lies between."""
        written = self.written_frame
        silence = memoryview(bytes(4 * RING_FRAMES)).cast("f")
        for start in range(written, frame, RING_FRAMES):
            self.write([silence[: min(RING_FRAMES, frame - start)]] * CHANNELS)

    @property
    def written_frame(self) -> int:
        """Frames that engines have written."""
        return self._counters[_WRITTEN]

    @property
    def taken_frame(self) -> int:
        """Frames that the output has taken, heard or not."""
        return self._counters[_TAKEN]

    @taken_frame.setter
    def taken_frame(self, frame: int) -> None:
        self._counters[_TAKEN] = frame


def _tail(channel: Any, end: int, frame: int, frames: int) -> list[float]:
    """What is left at ``frame``, for at most ``frames``, of a sound that broke off at ``end``."""
    passed = range(frame - end, min(frame - end + frames, FADE_FRAMES))
    return [channel[(end - 1 - k) % RING_FRAMES] * (1 - (k + 1) / FADE_FRAMES) for k in passed]
