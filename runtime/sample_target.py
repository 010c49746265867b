"""A sound of somebody's as what a search aims at: places are played as it was played, and held to it."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Decoder
from runtime.likeness import Closeness, Likeness
from runtime.pitch_detection import CONFIDENT, Pitch, measure_pitch
from runtime.trial_sounds import DEFAULT_NOTE, Strike, play_places

Floats = NDArray[np.float32]

SEARCH_SECONDS: Final = 1.2
"""A search listens to so much of a long sound; what it finds is held to all of it."""
_TAIL_SHARE, _TAIL_SECONDS = 1.1, 0.1
"""How much longer than the sound places are played, to hear what goes on after it."""
_LEVEL_SECONDS: Final = 0.01
_LET_GO_SECONDS, _LET_GO_DB = 0.1, 12.0
"""A note falls so fast only once its key is up."""
_AUDIBLE_DB: Final = 50.0
_FALLEN_DB: Final = 3.0
"""So much of the fall is past before it is taken to have begun."""


class SampleTarget:
    """One sound, and the decoder that is to come close to it.

    Args:
        decoder: of the model, for as many voices as are to be played at a time.
        audio: [channels, frames] at the decoder's rate, onset at frame 0, peak 1.
    """

    def __init__(self, decoder: Decoder, audio: Floats) -> None:
        metadata = decoder.metadata
        rate = metadata.sample_rate
        self._decoder = decoder
        self.pitch: Final[Pitch | None] = measure_pitch(audio, rate) if metadata.pitched else None
        """What was heard of its pitch; None for a model of drums."""
        note = self.note if self.note is not None else float(DEFAULT_NOTE)
        self.strike: Final = Strike(note, 1.0, held_seconds(audio, rate) if metadata.pitched else math.inf)
        self._frames = audio.shape[1]
        self._searched_frames = min(self._frames, round(SEARCH_SECONDS * rate))
        self._whole = Likeness(audio, rate)
        is_short = self._searched_frames == self._frames
        self._beginning = self._whole if is_short else Likeness(audio[:, : self._searched_frames], rate)

    @property
    def note(self) -> float | None:
        """MIDI note with fractions of a sound whose pitch is clear, else None."""
        is_clear = self.pitch is not None and self.pitch.confidence >= CONFIDENT and 0 <= self.pitch.note <= 127
        return self.pitch.note if self.pitch is not None and is_clear else None

    def beginnings(self, latents: Floats) -> list[Closeness]:
        """Return how far each place [places, latent_size] is from what a search listens to."""
        if self._searched_frames == self._frames:
            return self.wholes(latents)
        seconds = self._searched_frames / self._decoder.metadata.sample_rate
        sounds = play_places(self._decoder, latents, self.strike, seconds)
        return [self._beginning.closeness(sound[:, : self._searched_frames]) for sound in sounds]

    def wholes(self, latents: Floats) -> list[Closeness]:
        """Return how far each place [places, latent_size] is from the whole sound."""
        seconds = _TAIL_SHARE * self._frames / self._decoder.metadata.sample_rate + _TAIL_SECONDS
        return [self._whole.closeness(sound) for sound in play_places(self._decoder, latents, self.strike, seconds)]


def held_seconds(audio: Floats, sample_rate: int) -> float:
    """Return when the key of a recorded note went up: before its last fall that is too fast for a string's own.

    ``audio`` is [channels, frames]. A note that dies away by itself was held throughout.
    """
    block = max(round(_LEVEL_SECONDS * sample_rate), 1)
    count = audio.shape[1] // block
    later = round(_LET_GO_SECONDS / _LEVEL_SECONDS)
    whole = float(audio.shape[1] / sample_rate)
    if count <= later:
        return whole
    power = (audio[:, : count * block].astype(np.float64) ** 2).mean(axis=0).reshape(count, block).mean(axis=1)
    level_db = 10 * np.log10(power + 1e-8)
    falls: NDArray[np.bool_] = level_db[:-later] - level_db[later:] > _LET_GO_DB
    audible = int(np.flatnonzero(level_db > level_db.max() - _AUDIBLE_DB)[-1])
    last = kept = min(audible, len(falls))
    while kept > 0 and falls[kept - 1]:
        kept -= 1
    if kept == last:
        return whole
    begins = kept + int(np.argmax(level_db[kept:] < level_db[kept] - _FALLEN_DB))
    return begins * _LEVEL_SECONDS
