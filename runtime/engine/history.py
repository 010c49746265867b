"""The last 64 notes as the controls they were played with, in one buffer that another process can read.

A note is kept as what its decoder was told, hop by hop, not as sound: a few kilobytes a second, from which
``runtime.engine.replay.render_note`` decodes the very samples again. The engine writes; a reader takes a copy and
looks at the note's generation before and after (a sequence lock), so that it never sees half of two notes.

Layout, all little-endian: one header of ``_HEADER``, then ``NOTES + 1`` records of ``_NOTE``, then the control paths,
float32 [NOTES + 1, hops, latent_size + 3]. The last note is where the engine writes what nobody is to read.
"""

import math
from dataclasses import astuple, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Floats, Rows, VoiceArrays
from runtime.engine.envelope import NEVER, Envelope
from runtime.engine.unison import Unison
from runtime.events import ALL_PARTS

NOTES: Final = 64
"""Notes that are kept; the next one takes the place of the oldest."""
LONGEST_SECONDS: Final = 30.0
"""Time of a note whose controls are kept. A longer one is replayed as if released there."""
MOST_SLOTS: Final = 256
"""Voice slots that an engine may have."""
_MAGIC: Final = 0x31594C424C544E31
_COLUMNS: Final = 3
"""Pitch, gate and time rate, which stand after the latent in each row of a control path."""
_ATTEMPTS: Final = 1000

_HEADER: Final = np.dtype(
    [("magic", "<u8"), ("hops", "<i8"), ("latent_size", "<i8"), ("hop_frames", "<i8"), ("count", "<i8")]
)
_NOTE: Final = np.dtype(
    [
        ("generation", "<u8"),
        ("number", "<i8"),
        ("onset", "<i8"),
        ("hops", "<i8"),
        ("release", "<i8"),
        ("interrupted", "<i8"),
        ("part", "<i8"),
        ("note", "<i8"),
        ("seed", "<i8"),
        ("velocity", "<f8"),
        ("attack_frames", "<i8"),
        ("decay_frames", "<i8"),
        ("sustain_level", "<f8"),
        ("release_frames", "<i8"),
        ("fade_frames", "<i8"),
        ("unison_voices", "<i8"),
        ("spread_cents", "<f8"),
        ("width", "<f8"),
    ]
)


@dataclass(frozen=True, slots=True)
class CapturedNote:
    """One note, with all that is needed to decode it again. Frames count from its onset."""

    number: int
    """How many notes had begun before it."""
    part: int
    """1…16."""
    note: int
    velocity: float
    seed: int
    onset_frame: int
    """Frame of the engine at which it began."""
    release_frame: int | None
    """When key and pedal let it go, or None."""
    interrupted_frame: int | None
    """When it was stolen, cut by all-sound-off or silenced because its decoder ran wild; None if none of these."""
    envelope: Envelope
    unison: Unison
    latent: Floats
    """[hops, latent_size], axes included."""
    pitch: Floats
    """[hops], in semitones, bend and slides included, the detuning of unison voices not."""
    gate: Floats
    """[hops]."""
    time_rate: Floats
    """[hops]."""

    @property
    def hops(self) -> int:
        """Hops whose controls were recorded."""
        return len(self.pitch)


def _longest_hops(metadata: DecoderMetadata) -> int:
    """Hops that a note of this model can last at most, as far as they are kept."""
    slowest = metadata.time_rate_range[0]
    seconds = metadata.longest_note_seconds / slowest if slowest else math.inf
    return math.ceil(min(seconds, LONGEST_SECONDS) / metadata.hop_seconds) + 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a note has come: hops whose controls were recorded, and where the last of them was."""

    number: int
    part: int
    """1…16."""
    note: int
    hops: int
    latent: Floats
    """[latent_size], axes included."""


class NoteHistory:
    """One buffer as the engine and as readers see it; whoever comes first to a buffer of zeros lays it out."""

    def __init__(self, metadata: DecoderMetadata, buffer: Any | None = None) -> None:
        """Lay the history of a model's notes over ``buffer``, or over memory of its own.

        ``buffer`` is writable and has at least :meth:`size_bytes` bytes, all zero or already a history of this model.
        Raises ValueError if it is neither.
        """
        hops, self._latent_size = _longest_hops(metadata), metadata.latent_size
        memory = bytearray(self.size_bytes(metadata)) if buffer is None else buffer
        raw = np.frombuffer(memory, np.uint8, self.size_bytes(metadata))
        notes_end = _HEADER.itemsize + (NOTES + 1) * _NOTE.itemsize
        self._header: NDArray[Any] = raw[: _HEADER.itemsize].view(_HEADER)
        self._notes: NDArray[Any] = raw[_HEADER.itemsize : notes_end].view(_NOTE)
        self._hop_counts: NDArray[np.int64] = self._notes["hops"]
        width = self._latent_size + _COLUMNS
        self._paths: Floats = raw[notes_end:].view(np.float32).reshape(NOTES + 1, hops, width)
        self._row_of_slot = np.full(MOST_SLOTS, NOTES, np.intp)
        layout = (_MAGIC, hops, self._latent_size, metadata.hop_frames)
        found = self._header[0].item()[: len(layout)]
        if found == (0,) * len(layout):
            self._header[0] = (*layout, 0)
        elif found != layout:
            raise ValueError("the buffer holds something else, or the history of another model")

    @staticmethod
    def size_bytes(metadata: DecoderMetadata) -> int:
        """Return how many bytes the history of a model's notes takes."""
        row = (metadata.latent_size + _COLUMNS) * 4
        return _HEADER.itemsize + (NOTES + 1) * (_NOTE.itemsize + _longest_hops(metadata) * row)

    def mend(self) -> None:
        """Close what a writer that was killed has left open, before another one writes on."""
        self._notes["generation"] += self._notes["generation"] % 2

    # Writing: by the engine -------------------------------------------------------------------------------------

    def begin(
        self,
        slot: int,
        frame: int,
        part: int,
        note: int,
        velocity: float,
        seed: int,
        envelope: Envelope,
        unison: Unison,
    ) -> None:
        """Begin to keep the note that a voice slot starts, alone or as the first of ``unison``; part 0…15."""
        number = int(self._header["count"][0])
        row = number % NOTES
        # A voice that still sounds 64 notes later is kept no longer.
        self._row_of_slot[self._row_of_slot == row] = NOTES
        self._row_of_slot[slot] = row
        self._notes["generation"][row] += 1
        record = (number, frame, 0, NEVER, NEVER, part + 1, note, seed, velocity, *_envelope_fields(envelope))
        self._notes[row] = (self._notes["generation"][row], *record, *astuple(unison))
        self._notes["generation"][row] += 1
        self._header["count"][0] = number + 1

    def forget(self, slot: int) -> None:
        """Keep nothing of what a voice slot is about to sound: the first voice of its key is kept."""
        self._row_of_slot[slot] = NOTES

    def write(self, slots: Rows, hops: NDArray[np.int64], inputs: VoiceArrays, pitches: Floats) -> None:
        """Keep the controls of hop number ``hops`` of the voices in ``slots``, with pitches [slots] of their keys."""
        longest = self._paths.shape[1]
        rows = np.where(hops < longest, self._row_of_slot[slots], NOTES)
        at = np.minimum(hops, longest - 1)
        size = self._latent_size
        self._paths[rows, at, :size] = inputs.latent[slots]
        self._paths[rows, at, size] = pitches
        self._paths[rows, at, size + 1] = inputs.gate[slots, 0]
        self._paths[rows, at, size + 2] = inputs.time_rate[slots, 0]
        # Last: a reader trusts as many rows as this says.
        self._hop_counts[rows] = at + 1

    def release(self, slot: int, frame: int) -> None:
        """Note that key and pedal let a voice's note go."""
        self._mark("release", slot, frame)

    def interrupt(self, slot: int, frame: int) -> None:
        """Note that a voice was taken away from its note; nothing after this belongs to it."""
        self._mark("interrupted", slot, frame)
        self._row_of_slot[slot] = NOTES

    def _mark(self, field: str, slot: int, frame: int) -> None:
        row = self._row_of_slot[slot]
        self._notes["generation"][row] += 1
        self._notes[field][row] = frame
        self._notes["generation"][row] += 1

    # Reading: by anybody ----------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many notes have begun; the last ``NOTES`` of them, numbered up to this, can be read."""
        return int(self._header["count"][0])

    def note(self, number: int) -> CapturedNote | None:
        """Return a consistent copy of a note as far as it has been played, or None if it is no longer kept."""
        row = number % NOTES
        for _ in range(_ATTEMPTS):
            before = int(self._notes["generation"][row])
            record = self._notes[row].copy()
            path = self._paths[row, : int(record["hops"])].copy()
            if before % 2 or before != int(self._notes["generation"][row]):
                continue
            if not before or int(record["number"]) != number:
                return None
            if len(path):  # A note that has begun takes its first controls in the same block.
                return self._captured(record, path)
        return None

    def last(self, part: int = ALL_PARTS) -> CapturedNote | None:
        """Return the note that began last, of one part (1…16) or of all; None if none is kept."""
        count = self.count
        for number in range(count - 1, max(count - NOTES, 0) - 1, -1):
            note = self.note(number)
            if note is not None and part in (ALL_PARTS, note.part):
                return note
        return None

    def progress(self) -> list[Progress]:
        """Return how far each note that is kept has come, oldest first; one that is being written is left out."""
        before = self._notes[:NOTES].copy()
        ends = np.maximum(before["hops"] - 1, 0)
        latents = self._paths[np.arange(NOTES), ends, : self._latent_size]
        is_whole = (before["generation"] == self._notes["generation"][:NOTES]) & (before["generation"] % 2 == 0)
        rows = np.flatnonzero(is_whole & (before["hops"] > 0))
        found = []
        for row in rows:
            number, part, note, hops = (int(before[name][row]) for name in ("number", "part", "note", "hops"))
            found.append(Progress(number, part, note, hops, latents[row]))
        return sorted(found, key=lambda one: one.number)

    def _captured(self, record: Any, path: Floats) -> CapturedNote:
        size, onset = self._latent_size, int(record["onset"])

        def since_onset(frame: int) -> int | None:
            return None if frame == NEVER else frame - onset

        return CapturedNote(
            number=int(record["number"]),
            part=int(record["part"]),
            note=int(record["note"]),
            velocity=float(record["velocity"]),
            seed=int(record["seed"]),
            onset_frame=onset,
            release_frame=since_onset(int(record["release"])),
            interrupted_frame=since_onset(int(record["interrupted"])),
            envelope=Envelope(
                int(record["attack_frames"]),
                int(record["decay_frames"]),
                float(record["sustain_level"]),
                int(record["release_frames"]),
                int(record["fade_frames"]),
            ),
            unison=Unison(int(record["unison_voices"]), float(record["spread_cents"]), float(record["width"])),
            latent=path[:, :size],
            pitch=path[:, size],
            gate=path[:, size + 1],
            time_rate=path[:, size + 2],
        )


def _envelope_fields(envelope: Envelope) -> tuple[int, int, float, int, int]:
    return (
        envelope.attack_frames,
        envelope.decay_frames,
        envelope.sustain_level,
        envelope.release_frames,
        envelope.fade_frames,
    )
