"""Where each part and each key stands in latent space, at any frame.

A voice plays the coordinate of its part, or of its key where the key has one of its own, plus the part's axes, which
motions may move. All of them glide. Parts are numbered 0…15 here.
"""

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.events import PARTS
from runtime.latent.axes import AxisDirections
from runtime.latent.glide import Frames, Glides, Numbers, Rows
from runtime.latent.motion import Hands, Motion, Motions

KEYS = 128
GLIDE_SECONDS = 0.04
"""Time that latent and axes take to a new place, until a GLIDE event says otherwise."""
_OF_VOICES = PARTS + PARTS * KEYS
"""First of the rows that single voices have."""


class LatentState:
    """Latent coordinates, key map, axes and glide times of the sixteen parts of one model."""

    def __init__(self, metadata: DecoderMetadata, glide_seconds: float = GLIDE_SECONDS, own_places: int = 0) -> None:
        """Stand where the model begins; ``own_places`` voices may have a coordinate that is nobody else's."""
        self._sample_rate = metadata.sample_rate
        self._size = metadata.latent_size
        self._glide_frames = [round(glide_seconds * self._sample_rate)] * PARTS
        default = np.array(metadata.default_latent, np.float64)
        # Rows 0…15 are the parts', then comes one for each key of each part, then those of voices.
        places = np.tile(default, (_OF_VOICES + own_places, 1))
        self._rows = np.repeat(np.arange(PARTS, dtype=np.intp)[:, None], KEYS, axis=1)
        for note, latent in metadata.key_map.items():
            rows = PARTS + np.arange(PARTS) * KEYS + note
            places[rows], self._rows[:, note] = self.vector(latent), rows
        self._places = Glides(places)
        self._axes = AxisDirections(metadata.axes, self._size)
        self._positions = Glides(np.tile(self._axes.defaults, (PARTS, 1)))
        self._offsets = self._axes.offsets(self._positions.target)
        self._motions = Motions(self._axes.count, self._sample_rate)
        self._stale_offsets: set[int] = set()
        """Parts whose axes have been sent elsewhere since; a busy knob is added up once where it has settled."""

    def succeed(self, before: "LatentState") -> None:
        """Let moves take as long as they did on another model of the same sample rate, and the beats go on.

        Motions end with the model whose axes they moved.
        """
        self._glide_frames = list(before._glide_frames)
        self._motions.beats.succeed(before._motions.beats)

    def set_glide(self, part: int, seconds: float) -> None:
        """Set how long later moves of a part take, in seconds."""
        self._glide_frames[part] = self._frames(part, seconds)

    def set_latent(self, part: int, latent: tuple[float, ...], frame: int) -> None:
        """Send a part to a coordinate. Raises ValueError if its length is not the model's."""
        self._places.move(part, self.vector(latent), frame, self._glide_frames[part])

    def set_dimension(self, part: int, index: int, value: float, frame: int, seconds: float | None = None) -> None:
        """Send one number of a part's coordinate to a new place, in ``seconds`` or the part's time.

        Raises IndexError.
        """
        if not 0 <= index < self._size:
            raise IndexError(f"there is no latent dimension {index}; the model has {self._size}")
        self._places.move_one(part, index, float(np.float32(value)), frame, self._frames(part, seconds))

    def set_axis(self, part: int, index: int, value: float, frame: int, seconds: float | None = None) -> None:
        """Send an axis of a part to the position of a control value 0…1, in ``seconds`` or the part's time.

        Raises IndexError.
        """
        position = self._axes.position(index, value)
        self._positions.move_one(part, index, position, frame, self._frames(part, seconds))
        self._stale_offsets.add(part)

    def set_motion(
        self, part: int, index: int, motion: int, amount: float, numbers: tuple[float, ...], frame: int
    ) -> None:
        """Let an axis of a part be moved by a motion, or with amount 0 no more; see :meth:`Motions.set`.

        Raises IndexError for an axis, ValueError for a motion that there is not.
        """
        self._motions.set(part, index, Motion(motion), amount, numbers, frame, self._glide_frames[part])

    def set_tempo(self, beats_per_minute: float, beat: float | None, frame: int) -> None:
        """Set the tempo that motions follow from ``frame`` on, which is ``beat``, or None: beats run on."""
        self._motions.set_tempo(beats_per_minute, beat, frame)

    def beat(self, frame: int) -> float:
        """Return the beat that a frame is."""
        return self._motions.beats.at(frame)

    def strike(self, part: int, velocity: float, frame: int) -> None:
        """Hear that a note of a part begins, before its first coordinate is asked for."""
        self._motions.strike(part, velocity, frame)

    def is_moving(self, first_frame: int) -> bool:
        """Whether motions move anything from a frame on: then coordinates depend on the hands."""
        return self._motions.is_moving(first_frame)

    def moved_axes(self, part: int, frame: int, hands: Hands) -> Numbers | None:
        """Return where the axes of a part are at a frame, 0…1 of their ways, [axes]; None if no motion moves any.

        ``hands`` are those of one voice that plays.
        """
        if not self._axes.count or not self.is_moving(frame):
            return None
        row, at = np.array([part]), np.array([frame])
        positions = self._positions.values(row, at) + self._motions.values(row, at, hands) * self._axes.widths
        shares: Numbers = self._axes.shares(self._axes.within(positions))[0]
        return shares

    def set_key(self, part: int, note: int, latent: tuple[float, ...], frame: int) -> None:
        """Give a key a coordinate of its own, or with none the part's again.

        A key that has one glides to the new one, sounding notes too; otherwise the key's next note is the first to
        follow. Raises ValueError if the length is not the model's.
        """
        if not latent:
            self._rows[part, note] = part
            return
        row = PARTS + part * KEYS + note
        glides = self._rows[part, note] == row
        self._rows[part, note] = row
        self._places.move(row, self.vector(latent), frame, self._glide_frames[part] if glides else 0)

    def row_of(self, part: int, note: int) -> int:
        """Return which coordinate a note begun now will follow, for :meth:`coordinates`."""
        return int(self._rows[part, note])

    def own_row(self, voice: int, place: Numbers, frame: int) -> int:
        """Give a voice slot a coordinate of its own, which nothing moves, and return which, for :meth:`coordinates`."""
        row = _OF_VOICES + voice
        self._places.place(row, place, frame)
        return row

    def coordinates(self, rows: Rows, parts: Rows, frames: Frames, hands: Hands | None = None) -> Numbers:
        """Return the latents of voices at ``frames``, axes included; all arguments [n], result [n, latent_size].

        ``hands`` are needed where motions are to move the axes; without, these are where their knobs are.
        """
        places = self._places.values(rows, frames)
        if not self._axes.count:
            return places
        if hands is None and int(frames.min()) >= self._positions.settled_at:
            for part in self._stale_offsets:
                self._offsets[part] = self._axes.offsets(self._positions.target[part : part + 1])[0]
            self._stale_offsets.clear()
            return places + self._offsets[parts]
        positions = self._positions.values(parts, frames)
        if hands is not None:
            positions = positions + self._motions.values(parts, frames, hands) * self._axes.widths
        return places + self._axes.offsets(self._axes.within(positions))

    def _frames(self, part: int, seconds: float | None) -> int:
        return self._glide_frames[part] if seconds is None else round(max(seconds, 0.0) * self._sample_rate)

    def vector(self, latent: tuple[float, ...]) -> NDArray[np.float64]:
        """Return a coordinate as an array. Raises ValueError if its length is not the model's."""
        if len(latent) != self._size:
            raise ValueError(f"a latent of this model has {self._size} numbers, not {len(latent)}")
        # Rounded as a record would round it, so that a log or a file gives the same place as a socket.
        return np.array(latent, np.float32).astype(np.float64)
