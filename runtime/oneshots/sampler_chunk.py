"""What a WAV file says to samplers, in its ``smpl`` chunk: the root key, its fine tuning, and a loop.

Source: Microsoft, "New Multimedia Data Types and Data Techniques" (1994), "Sample Chunk"; all fields are 32 bits,
little-endian. The fraction counts upwards from the root key in parts of 2³² of a semitone, so a sound that is flat has
the next lower key as its root.
"""

import math
import struct
from typing import Final

from runtime.oneshots.kit_sound import Loop

CHUNK_LETTERS: Final = b"smpl"
_FORWARD: Final = 0
_FOR_EVER: Final = 0


def payload(sample_rate: int, root_note: int, sharp_cents: float = 0.0, loop: Loop | None = None) -> bytes:
    """Return the bytes of the chunk.

    ``sharp_cents`` is how much the sound is higher than its root key. The chunk's loop ends with a frame that is still
    played, ours before one that is not.
    """
    semitones = math.floor(sharp_cents / 100)
    key = min(max(root_note + semitones, 0), 127)
    fraction = min(round((sharp_cents / 100 - semitones) * 2**32), 2**32 - 1)
    loops = [] if loop is None else [(0, _FORWARD, loop.first_frame, loop.end_frame - 1, 0, _FOR_EVER)]
    head = (0, 0, round(1e9 / sample_rate), key, fraction, 0, 0, len(loops), 0)
    return struct.pack("<9I", *head) + b"".join(struct.pack("<6I", *one) for one in loops)
