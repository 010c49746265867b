"""A captured note decoded again: the samples its voice gave to the mix, before the gain of the mix and the limiter.

A note that has ended by itself comes out bit for bit as it was heard, envelope and final fade included. A note that was
cut short (stolen, all-sound-off) or that still sounds comes out as it was heard up to there, and from then on as it
would have gone on: the controls stay where they were, and a pitched note is let go. So a capture is always a whole
sound, and what was left out of the mix is not left out of the file.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder, Floats, VoiceArrays
from runtime.engine.envelope import NEVER, Adsr, Envelope
from runtime.engine.history import CapturedNote
from runtime.engine.noise import key_seed, noise_start, read_noise
from runtime.engine.rules import LOUDEST_SANE, NoteRules
from runtime.engine.unison import CHANNELS, ONE_VOICE

_SLOT: Final = np.zeros(1, np.intp)


def planned_note(
    metadata: DecoderMetadata,
    note: int,
    velocity: float,
    latent: tuple[float, ...] | None = None,
    seed: int = 0,
    held_seconds: float = 1.0,
) -> CapturedNote:
    """Return a note that nobody has played, for :func:`render_note`; velocity is 0…1.

    ``latent`` None plays what the key plays (the key map's, else the model's default), ``seed`` 0 the key's own.
    ``held_seconds`` is when a pitched note is let go; an unpitched sound plays to its end.
    """
    rules = NoteRules.of(metadata)
    place = metadata.key_map.get(note, metadata.default_latent) if latent is None else latent
    if len(place) != metadata.latent_size:
        raise ValueError(f"a latent of this model has {metadata.latent_size} numbers, not {len(place)}")
    hops = max(round(held_seconds / metadata.hop_seconds), 1) if rules.releases else 1
    time, rates = np.zeros(1), np.zeros(hops, np.float32)
    for hop in range(hops):
        rates[hop] = rules.time_rates(time, np.array([True]))[0]
        time += rates[hop]
    return CapturedNote(
        number=0,
        part=1,
        note=note,
        velocity=velocity,
        seed=seed or key_seed(note),
        onset_frame=0,
        release_frame=None,
        interrupted_frame=None,
        unison=ONE_VOICE,
        envelope=Envelope.of(Adsr(release_seconds=metadata.release_seconds), metadata.sample_rate, metadata.hop_frames),
        latent=np.tile(np.array(place, np.float32), (hops, 1)),
        pitch=np.full(hops, note, np.float32),
        gate=np.ones(hops, np.float32),
        time_rate=rates,
    )


def render_note(decoder: Decoder, note: CapturedNote, rules: NoteRules | None = None) -> Floats:
    """Return the note's samples, [channels, frames], from its onset to its end.

    Unison voices that stand apart give two channels.
    ``rules`` are those under which it was played, if the model's metadata have changed since.
    The decoder must be loaded with as many voices as the engine's was for the same bits to be promised. A note whose
    decoder runs wild ends before that hop.
    """
    rules = rules or NoteRules.of(decoder.metadata)
    unison = note.unison
    if unison.voices == 1:
        return _render_voice(decoder, note, rules, note.seed, np.float32(0))
    voices = [
        _render_voice(decoder, note, rules, seed, detune) * sides[:, None]
        for seed, detune, sides in zip(unison.seeds(note.seed), unison.detune_semitones, unison.sides, strict=True)
    ]
    together = np.zeros((CHANNELS, max(voice.shape[1] for voice in voices)), np.float32)
    # In the order in which the mix adds them.
    for voice in voices:
        together[:, : voice.shape[1]] += voice
    is_mono = decoder.metadata.channels == 1 and not unison.width
    return together[:1] if is_mono else together


def _render_voice(
    decoder: Decoder, note: CapturedNote, rules: NoteRules, seed: int, detune_semitones: np.float32
) -> Floats:
    """Return what one voice of a note sounds, [channels, frames]."""
    meta, hop_frames = decoder.metadata, decoder.hop_frames
    voices = decoder.new_voices(1)
    voices.velocity[0] = note.velocity
    start = noise_start(seed)
    note = _released_at_the_end(note, rules, hop_frames)
    release = NEVER if note.release_frame is None else note.release_frame
    stop = release + note.envelope.release_frames if rules.envelope_releases and release < NEVER else NEVER
    fade, silent_hops, time = NEVER, 0, 0.0
    sound: list[Floats] = []
    while (hop := len(sound)) * hop_frames < stop:
        time += _set_controls(voices, note, hop, time, rules)
        voices.pitch[0] += detune_semitones
        for lead in range(rules.lead_hops if hop == 0 else 0):
            read_noise(start, lead * hop_frames, voices.noise[0])
            decoder.decode(voices, _SLOT)
        read_noise(start, (hop + rules.lead_hops) * hop_frames, voices.noise[0])
        audio = decoder.decode(voices, _SLOT)[0].copy()
        peak = np.abs(audio).max()
        if not peak <= LOUDEST_SANE:
            stop = hop * hop_frames
            break
        sound.append(audio)
        silent_hops = silent_hops + 1 if peak < rules.silent_peak else 0
        if time >= rules.longest_hops or silent_hops >= rules.silent_hops:
            end = (hop + 1) * hop_frames
            stop, fade = min(stop, end), end - note.envelope.fade_frames
            break
    frames = np.arange(min(len(sound) * hop_frames, stop), dtype=np.int64)
    joined = np.concatenate(sound, axis=1)[:, : len(frames)] if sound else np.zeros((meta.channels, 0), np.float32)
    zero, *ends = (np.int64(n) for n in (0, release if rules.envelope_releases else NEVER, fade))
    joined *= np.float32(rules.gain(note.velocity))
    joined *= note.envelope.level(frames, zero, *ends)
    return joined


def _released_at_the_end(note: CapturedNote, rules: NoteRules, hop_frames: int) -> CapturedNote:
    """Return the note with a release where its recorded controls end, unless it has one before."""
    if not rules.releases:
        return note
    end = note.hops * hop_frames
    return replace(note, release_frame=end if note.release_frame is None else min(note.release_frame, end))


def _set_controls(voices: VoiceArrays, note: CapturedNote, hop: int, time: float, rules: NoteRules) -> float:
    """Set the controls of a hop, recorded or, after the last recorded one, held; returns its time rate."""
    row = min(hop, note.hops - 1)
    voices.latent[0], voices.pitch[0] = note.latent[row], note.pitch[row]
    voices.gate[0], voices.time_rate[0] = note.gate[row], note.time_rate[row]
    if hop >= note.hops:
        voices.gate[0] = 0.0 if rules.releases else note.gate[row]
        voices.time_rate[0] = rules.time_rates(np.array([time]), np.array([False]))[0]
    return float(voices.time_rate[0, 0])
