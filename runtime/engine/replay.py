"""A captured note decoded again: the samples its voice gave to the mix, before the gain of the mix and the limiter.

A note that has ended by itself comes out bit for bit as it was heard, envelope and final fade included. A note that was
cut short (stolen, all-sound-off) or that still sounds comes out as it was heard up to there, and from then on as it
would have gone on: the controls stay where they were, and a pitched note is let go. So a capture is always a whole
sound, and what was left out of the mix is not left out of the file.
"""

from collections.abc import Iterable, Iterator
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

_IN_TUNE: Final = np.float32(0)


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
        ((_, alone),) = _render_voices(decoder, [_Voice(decoder, note, rules)], 1)
        return alone
    tones = zip(unison.seeds(note.seed), unison.detune_semitones, strict=True)
    parts = [_Voice(decoder, note, rules, seed, detune) for seed, detune in tones]
    rendered = dict(_render_voices(decoder, parts, min(len(parts), decoder.voices)))
    voices = [rendered[number] * sides[:, None] for number, sides in enumerate(unison.sides)]
    together = np.zeros((CHANNELS, max(voice.shape[1] for voice in voices)), np.float32)
    # In the order in which the mix adds them.
    for voice in voices:
        together[:, : voice.shape[1]] += voice
    is_mono = decoder.metadata.channels == 1 and not unison.width
    return together[:1] if is_mono else together


def render_notes(
    decoder: Decoder, notes: Iterable[CapturedNote], longest_frames: int = NEVER
) -> Iterator[tuple[int, Floats]]:
    """Yield the number (from 0) and the samples of each note as it is done, to the bit what :func:`render_note` gives.

    As many notes are decoded together as the decoder has voices, and a voice that has ended makes room for the next
    note; so a note is taken from ``notes`` when there is room for it, and short ones overtake long ones. A note longer
    than ``longest_frames`` is cut off there. Notes of several voices in unison are refused with ValueError.
    """
    rules = NoteRules.of(decoder.metadata)

    def voices() -> Iterator[_Voice]:
        for note in notes:
            if note.unison.voices != 1:
                raise ValueError("a note of several voices is rendered by itself")
            yield _Voice(decoder, note, rules, longest_frames=longest_frames)

    return _render_voices(decoder, voices(), decoder.voices)


def _render_voices(decoder: Decoder, waiting: "Iterable[_Voice]", slots: int) -> Iterator[tuple[int, Floats]]:
    """Yield number and samples of voices as they are done, ``slots`` of them at a time."""
    arrays, queue = decoder.new_voices(slots), enumerate(waiting)
    free = list(range(slots))
    sounding: dict[int, tuple[int, _Voice]] = {}
    while True:
        while free and (following := next(queue, None)) is not None:
            sounding[free.pop()] = following
        if not sounding:
            return
        for slot, (_, voice) in sounding.items():
            voice.prepare(arrays, slot)
        rows = np.fromiter(sounding, np.intp, len(sounding))
        audio = decoder.decode(arrays, rows)
        peaks = np.abs(audio).max(axis=(1, 2))
        for row, slot in enumerate(rows.tolist()):
            sounding[slot][1].take(audio[row], peaks[row])
        # Only now: whoever takes a sound may use the decoder, which overwrites its audio.
        for slot in rows.tolist():
            if sounding[slot][1].is_over:
                number, voice = sounding.pop(slot)
                free.append(slot)
                yield number, voice.sound()


class _Voice:
    """One voice of a note that is decoded again: what it is told next, what it has sounded, and whether it is over."""

    def __init__(
        self,
        decoder: Decoder,
        note: CapturedNote,
        rules: NoteRules,
        seed: int | None = None,
        detune_semitones: np.float32 = _IN_TUNE,
        longest_frames: int = NEVER,
    ) -> None:
        # What is asked for in every hop is kept at hand: a kit has a hundred thousand of them.
        self._decoder, self._rules, self._hop_frames = decoder, rules, decoder.hop_frames
        self._note = note = _released_at_the_end(note, rules, decoder.hop_frames)
        self._recorded_hops = note.hops
        self._pitch = note.pitch + detune_semitones
        self._noise_start = noise_start(note.seed if seed is None else seed)
        release = NEVER if note.release_frame is None else note.release_frame
        self._release = release if rules.envelope_releases else NEVER
        self._stop = min(self._release + note.envelope.release_frames, longest_frames) if note.hops else 0
        self._fade, self._silent_hops, self._time = NEVER, 0, 0.0
        self._sound: list[Floats] = []

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to decode."""
        return len(self._sound) * self._hop_frames >= self._stop

    def prepare(self, arrays: VoiceArrays, slot: int) -> None:
        """Set the inputs of a slot for the next hop."""
        hop, hop_frames, lead_hops = len(self._sound), self._hop_frames, self._rules.lead_hops
        self._set_controls(arrays, slot, hop)
        if hop == 0:
            arrays.begin(slot)
            for lead in range(lead_hops):
                read_noise(self._noise_start, lead * hop_frames, arrays.noise[slot])
                self._decoder.decode(arrays, np.array([slot], np.intp))
        read_noise(self._noise_start, (hop + lead_hops) * hop_frames, arrays.noise[slot])

    def _set_controls(self, arrays: VoiceArrays, slot: int, hop: int) -> None:
        """Set the controls of a hop, recorded or, after the last recorded one, held."""
        note = self._note
        if hop < self._recorded_hops:
            arrays.velocity[slot] = note.velocity
            arrays.latent[slot], arrays.pitch[slot] = note.latent[hop], self._pitch[hop]
            arrays.gate[slot], arrays.time_rate[slot] = note.gate[hop], note.time_rate[hop]
        elif hop == self._recorded_hops:
            if self._rules.releases:
                arrays.gate[slot] = 0.0
            arrays.time_rate[slot] = self._rules.time_rates(np.array([self._time]), np.array([False]))[0]
        self._time += float(arrays.time_rate[slot, 0])

    def take(self, audio: Floats, peak: np.float32) -> None:
        """Take what the hop sounded, [channels, hop], with its largest absolute sample."""
        rules, start = self._rules, len(self._sound) * self._hop_frames
        if not peak <= LOUDEST_SANE:
            self._stop = start
            return
        self._sound.append(audio.copy())
        self._silent_hops = self._silent_hops + 1 if peak < rules.silent_peak else 0
        if self._time >= rules.longest_hops or self._silent_hops >= rules.silent_hops:
            end = start + self._hop_frames
            self._stop, self._fade = min(self._stop, end), end - self._note.envelope.fade_frames

    def sound(self) -> Floats:
        """Return all that it sounded, [channels, frames], with envelope and gain."""
        note = self._note
        frames = np.arange(min(len(self._sound) * self._hop_frames, self._stop), dtype=np.int64)
        if not self._sound:
            return np.zeros((self._decoder.metadata.channels, 0), np.float32)
        joined: Floats = np.concatenate(self._sound, axis=1)[:, : len(frames)]
        joined *= np.float32(self._rules.gain(note.velocity))
        joined *= note.envelope.level(frames, np.int64(0), np.int64(self._release), np.int64(self._fade))
        return joined


def _released_at_the_end(note: CapturedNote, rules: NoteRules, hop_frames: int) -> CapturedNote:
    """Return the note with a release where its recorded controls end, unless it has one before."""
    if not rules.releases:
        return note
    end = note.hops * hop_frames
    return replace(note, release_frame=end if note.release_frame is None else min(note.release_frame, end))
