"""White noise that depends on nothing but a seed and a frame of the note.

A decoder shapes noise that it is handed. It is read from one table, the same on every machine, at an offset that the
seed gives: so a note sounds the same live, offline and in a capture, and costs a copy instead of a generator.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

TABLE_FRAMES: Final = 1 << 22
"""Length of the table: 87 s at 48 kHz, after which a note would hear the same noise again."""
LARGEST_HOP_FRAMES: Final = 8192
"""The longest read; the table's beginning stands once more after its end, so that no read wraps."""
LARGEST_SEED: Final = (1 << 31) - 1
"""Seeds are 1…this, so that a person can type one and an OSC integer can hold it."""
_TABLE_KEY: Final = 0x6C62
_CHANNEL_FRAMES: Final = 1_618_033
"""Distance of a second channel's noise in the table; any distance longer than a note would do."""


@lru_cache(maxsize=1)
def noise_table() -> Floats:
    """Return the table, uniform in −1…1, [TABLE_FRAMES + LARGEST_HOP_FRAMES], made on first use (tens of ms).

    It takes the raw 64-bit words of numpy's Philox generator, whose stream is fixed, and 24 bits for each value, which
    float32 holds exactly; numpy's own floating-point methods may change between versions.
    Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3, 2011.
    """
    words = np.random.Philox(key=_TABLE_KEY).random_raw(TABLE_FRAMES // 2).astype("<u8").view("<u4")
    table = (words >> 8).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)
    table = np.concatenate([table, table[:LARGEST_HOP_FRAMES]])
    table.setflags(write=False)
    return table


def _mixed(number: int) -> int:
    """Scramble 64 bits (the finaliser of splitmix64, Steele et al. 2014): near numbers give far ones."""
    number = (number + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return number ^ (number >> 31)


def key_seed(note: int) -> int:
    """Return the seed that every strike of a key uses while variation is 0."""
    return _mixed(note) % LARGEST_SEED + 1


def strike_seed(strike: int) -> int:
    """Return the seed of the ``strike``-th note since the start, where each is to differ."""
    return _mixed(1_000 + strike) % LARGEST_SEED + 1


def other_seed(seed: int, voice: int) -> int:
    """Return the seed of a further voice (1, 2, …) of the note that has ``seed``."""
    return _mixed(seed + (voice << 32)) % LARGEST_SEED + 1


def noise_start(seed: int) -> int:
    """Return the place in the table where the noise of a note with this seed begins."""
    return _mixed(~seed & 0xFFFFFFFFFFFFFFFF) % TABLE_FRAMES


def read_noise(start: int, note_frame: int, out: Floats) -> None:
    """Fill ``out`` [channels, frames] with a note's noise from ``note_frame`` on; ``start`` is from noise_start."""
    table, frames = noise_table(), out.shape[1]
    for channel in range(out.shape[0]):
        at = (start + note_frame + channel * _CHANNEL_FRAMES) % TABLE_FRAMES
        out[channel] = table[at : at + frames]
