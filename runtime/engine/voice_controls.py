"""Where each voice is in latent space, and at which pitch, hop by hop: what its part, its key and its own wheels say.

MPE gives every finger a bend, a pressure and a slide of its own. They belong to a key of a part, and speak to the note
that the key began last, as long as it is down. What came before a note begins holds for it too. A key that is up, and
a note whose key has been struck anew, keep what they had: later fingers on that key mean other notes.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Floats, Rows, VoiceArrays
from runtime.engine.envelope import Frames
from runtime.engine.parts import WHEELS, WHEELS_AT_REST, Parts
from runtime.engine.unison import OneOfUnison
from runtime.events import Kind
from runtime.latent.glide import Glides
from runtime.latent.motion import NEUTRAL_SLIDE, Hands
from runtime.latent.state import LatentState

_BEND: Final = WHEELS[Kind.NOTE_BEND]


class VoiceControls:
    """Controls of all voice slots of one engine."""

    def __init__(self, slots: int, latent_size: int, latent: LatentState, parts: Parts) -> None:
        self._latent, self._parts = latent, parts
        self._latent_row = np.zeros(slots, np.intp)
        self._velocity = np.zeros(slots)
        self._detune_semitones = np.zeros(slots, np.float32)
        self._pitches: Final = Glides(np.zeros((slots, 1)))
        self._wheels: Final = np.tile(WHEELS_AT_REST, (slots, 1))
        """What each voice's own wheels say, [slots, wheels]."""
        self._is_bent = False
        self._offsets: Final = np.zeros((slots, latent_size))
        """How far each voice strays from the place of its key."""
        self._is_varied = False

    def begin(self, slot: int, frame: int, part: int, note: int, velocity: float, one: OneOfUnison) -> None:
        """Begin a note in a slot."""
        latent = self._latent
        own = one.place
        self._latent_row[slot] = latent.row_of(part, note) if own is None else latent.own_row(slot, own, frame)
        self._velocity[slot] = velocity
        self._detune_semitones[slot] = one.detune_semitones
        if one.offset is not None or self._is_varied:
            self._offsets[slot] = 0.0 if one.offset is None else one.offset
            self._is_varied = True
        self._pitches.place(slot, one.slide.from_pitch if one.slide else note, frame)
        if one.slide:
            self._pitches.move(slot, np.array([float(note)]), frame, one.slide.frames)
        self._follow_key(slot, part, note)

    def slide(self, slot: int, part: int, note: int, frame: int, portamento_frames: int) -> None:
        """Let a voice go on at the pitch of another key, with that key's wheels."""
        self._pitches.move(slot, np.array([float(note)]), frame, portamento_frames)
        self._follow_key(slot, part, note)

    def express(self, slots: list[int], kind: Kind, value: float) -> None:
        """Move a wheel (NOTE_BEND, NOTE_PRESSURE or NOTE_SLIDE) of some voices."""
        self._wheels[slots, WHEELS[kind]] = value
        self._is_bent = self._is_bent or kind is Kind.NOTE_BEND

    def _follow_key(self, slot: int, part: int, note: int) -> None:
        self._wheels[slot] = self._parts.wheels[part, note]
        self._is_bent = self._is_bent or self._wheels[slot, _BEND] != 0.0

    def sample(self, inputs: VoiceArrays, rows: Rows, parts: Rows, starts: Frames) -> Floats:
        """Set latent and pitch of some slots as they are at ``starts``; returns the pitches without any detuning."""
        keys = self._pitches.values(rows, starts)[:, 0]
        hands = None
        if self._latent.is_moving(int(starts.min())):
            hands = self._hands(rows, parts, keys)
        places = self._latent.coordinates(self._latent_row[rows], parts, starts, hands)
        inputs.latent[rows] = places + self._offsets[rows] if self._is_varied else places
        pitches = keys + self._parts.bend_semitones[parts]
        if self._is_bent:
            pitches += self._wheels[rows, _BEND]
        told = pitches.astype(np.float32)
        inputs.pitch[rows, 0] = told + self._detune_semitones[rows]
        return told

    def _hands(self, rows: Rows, parts: Rows, keys: NDArray[np.float64]) -> Hands:
        pressure = self._parts.pressure[parts] + self._wheels[rows, WHEELS[Kind.NOTE_PRESSURE]]
        slide = self._parts.slide[parts] + self._wheels[rows, WHEELS[Kind.NOTE_SLIDE]] - 2.0 * NEUTRAL_SLIDE
        return Hands(
            velocity=self._velocity[rows],
            pitch=keys,
            pressure=np.minimum(pressure, 1.0),
            slide=np.minimum(np.maximum(2.0 * slide, -1.0), 1.0),
        )
