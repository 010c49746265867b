"""Sounds near one that was played: other drums of its kind, other notes of its instrument, each a little different.

Places are drawn about the note's own, in the directions in which the model's sounds of that kind differ. One is taken
if it lies inside the data, belongs to the class of the note and can be told by ear from the note and from the
neighbours before it; if it cannot, the next draw goes farther, and where the data or the class end, less far. All
controls move with it, so that what moved while the note sounded moves in its neighbours too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.latent.outside import DataRange
from runtime.oneshots.fingerprint import Levels, distances_db, fingerprint
from runtime.oneshots.making import decode_note

Audio = NDArray[np.float32]

MOST_NEIGHBOURS: Final = 32
"""As many as /lb/capture/variations may ask for."""
UNPITCHED_APART_DB, PITCHED_APART_DB = 1.5, 1.0
"""Two sounds whose fingerprints are nearer than this may pass for one: a third of how far two recordings are apart
(`python -m benchmarks.near_copies`)."""
_UNPITCHED_REACH, _PITCHED_REACH = 0.5, 1.0
"""Deviations, of the sounds of that kind, that the first draw goes: the drums of a kind are many drums, the notes of a
kind are those of one instrument."""
_FARTHEST, _WIDER, _NARROWER = 1.5, 1.35, 0.8
"""How far a draw goes at most, and by how much the next one goes farther or less far."""
_DRAWS: Final = 8
_FARTHEST_DEVIATIONS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A note near another one, and its sound [channels, frames]."""

    note: CapturedNote
    sound: Audio


def neighbours(decoder: Decoder, note: CapturedNote, sound: Audio) -> Iterator[Neighbour]:
    """Yield the neighbours of a note whose sound is [channels, frames], one after the other, without end.

    The same note has the same neighbours; the next strike of its key has others. Where no draw can be told apart, as in
    a model whose sounds are all alike, the one that comes nearest to it is taken.
    """
    generator = np.random.default_rng([note.seed, note.number])
    data, place = DataRange(decoder.metadata), note.latent[0].astype(np.float64)
    is_pitched = decoder.metadata.pitched
    least_db = PITCHED_APART_DB if is_pitched else UNPITCHED_APART_DB
    taken = [_levels(decoder, note, sound)]
    limit, label = max(1.0, data.outside(place.tolist())), data.label(place.tolist())
    while True:
        reach = _PITCHED_REACH if is_pitched else _UNPITCHED_REACH
        farthest: tuple[float, Neighbour, Levels] | None = None
        for _ in range(_DRAWS):
            deviations = generator.standard_normal(len(place)).clip(-_FARTHEST_DEVIATIONS, _FARTHEST_DEVIATIONS)
            offset = decoder.spread.offset(place, deviations) * reach
            there = (place + offset).tolist()
            if data.outside(there) > limit or data.label(there) != label:
                reach *= _NARROWER
                continue
            moved = replace(note, latent=(note.latent + offset).astype(np.float32))
            candidate = Neighbour(moved, decode_note(decoder, moved))
            levels = _levels(decoder, moved, candidate.sound)
            apart_db = float(distances_db(levels, np.stack(taken), is_pitched).min())
            if farthest is None or apart_db > farthest[0]:
                farthest = apart_db, candidate, levels
            if apart_db >= least_db:
                break
            reach = min(reach * _WIDER, _FARTHEST)
        if farthest is None:
            # A place at the very edge: nothing about it is inside.
            farthest = 0.0, Neighbour(note, sound), taken[0]
        taken.append(farthest[2])
        yield farthest[1]


def _levels(decoder: Decoder, note: CapturedNote, sound: Audio) -> Levels:
    pitch = float(note.pitch[0]) if decoder.metadata.pitched else None
    return fingerprint(sound, decoder.metadata.sample_rate, pitch)
