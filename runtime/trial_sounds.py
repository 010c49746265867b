"""Many places of a latent space played at once, to be looked at by a machine: same key, same noise, no file.

What is heard is a strike of one key as the engine plays it, up to gains, without the fade at a note's end.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Decoder
from runtime.engine.envelope import NEVER, Adsr, Envelope
from runtime.engine.noise import key_seed, noise_start, read_noise
from runtime.engine.rules import LOUDEST_SANE, NoteRules

Floats = NDArray[np.float32]

DEFAULT_NOTE: Final = 60


@dataclass(frozen=True, slots=True)
class Strike:
    """How each place is played: MIDI note with fractions, velocity 0…1, and when the key goes up."""

    note: float = DEFAULT_NOTE
    velocity: float = 1.0
    held_seconds: float = float("inf")

    @property
    def key(self) -> int:
        """The key nearest to the note, whose noise is heard."""
        return min(max(round(self.note), 0), 127)


def play_places(decoder: Decoder, latents: Floats, strike: Strike, seconds: float) -> Floats:
    """Return the sound of each latent [places, latent_size] as [places, channels, frames], whole hops.

    A place at which the decoder runs wild is silent from there on. The decoder is called with as many places at a time
    as it has voices.
    """
    parts = [
        _play_together(decoder, latents[begin : begin + decoder.voices], strike, seconds)
        for begin in range(0, len(latents), decoder.voices)
    ]
    return np.concatenate(parts)


def _play_together(decoder: Decoder, latents: Floats, strike: Strike, seconds: float) -> Floats:
    metadata, rules, count = decoder.metadata, NoteRules.of(decoder.metadata), len(latents)
    hops = max(int(np.ceil(min(seconds, metadata.longest_note_seconds) / metadata.hop_seconds)), 1)
    held_hops = strike.held_seconds / metadata.hop_seconds if rules.releases else np.inf
    voices, rows = decoder.new_voices(count), np.arange(count, dtype=np.intp)
    voices.latent[:], voices.pitch[:], voices.velocity[:] = latents, strike.note, strike.velocity
    start, hop_frames = noise_start(key_seed(strike.key)), metadata.hop_frames
    sound = np.zeros((count, metadata.channels, hops * hop_frames), np.float32)
    time = np.zeros(1)
    for hop in range(-rules.lead_hops, hops):
        is_held = hop < held_hops
        voices.gate[:] = float(is_held)
        rate = rules.time_rates(time, np.array([is_held and rules.releases]))
        voices.time_rate[:] = rate
        read_noise(start, (hop + rules.lead_hops) * hop_frames, voices.noise[0])
        voices.noise[1:] = voices.noise[0]
        audio = decoder.decode(voices, rows)
        if hop >= 0:
            time += rate
            sound[:, :, hop * hop_frames : (hop + 1) * hop_frames] = audio
    _silence_the_wild(sound, hop_frames)
    if rules.envelope_releases and np.isfinite(strike.held_seconds):
        sound *= _released(decoder, sound.shape[2], round(held_hops) * hop_frames)
    return sound


def _silence_the_wild(sound: Floats, hop_frames: int) -> None:
    """Set to zero what follows the first hop that is not finite or far too loud, as the engine ends such a voice."""
    peaks = np.abs(sound).reshape(*sound.shape[:2], -1, hop_frames).max(axis=(1, 3))
    is_wild = np.logical_or.accumulate(~(peaks <= LOUDEST_SANE), axis=1)
    sound[np.repeat(is_wild, hop_frames, axis=1)[:, None, :].repeat(sound.shape[1], axis=1)] = 0.0


def _released(decoder: Decoder, frames: int, release_frame: int) -> Floats:
    metadata = decoder.metadata
    adsr = Adsr(release_seconds=metadata.release_seconds)
    envelope = Envelope.of(adsr, metadata.sample_rate, metadata.hop_frames)
    zero, release, never = (np.int64(frame) for frame in (0, release_frame, NEVER))
    return envelope.level(np.arange(frames, dtype=np.int64), zero, release, never)
