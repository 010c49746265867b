"""What each kind of event does to the sixteen parts, the voices and the mix of one model."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from runtime.engine.decoder import Decoder
from runtime.engine.envelope import Adsr, Envelope
from runtime.engine.held_keys import HeldKeys
from runtime.engine.history import MOST_SLOTS, NoteHistory
from runtime.engine.mixer import Mixer
from runtime.engine.parts import WHEELS, Parts, PlayMode
from runtime.engine.stats import Statistics
from runtime.engine.tails import Tails
from runtime.engine.unison import ALONE, CHANNELS, ONE_VOICE, OneOfUnison, Slide, Unison
from runtime.engine.variation import Variation
from runtime.engine.voices import SLOTS_PER_VOICE, Voices
from runtime.events import ALL_PARTS, PARTS, Clock, Event, Kind
from runtime.latent.glide import Glides, Numbers
from runtime.latent.motion import MIDDLE_KEY, Hands
from runtime.latent.state import GLIDE_SECONDS, KEYS, LatentState
from runtime.mapping_table import LARGEST_SPREAD_CENTS, MOST_UNISON_VOICES

LARGEST_VALUE: Final = 1e6
"""Values beyond are taken for mistakes, as those that are not numbers."""
BEND_LIMIT_SEMITONES: Final = 96.0
GAIN_RANGE_DB: Final = (-60.0, 6.0)
LONGEST_PORTAMENTO_SECONDS: Final = 10.0


FOLLOWED: Final = frozenset(
    {
        Kind.NOTE_OFF,
        Kind.SUSTAIN,
        Kind.BEND,
        Kind.PRESSURE,
        Kind.SLIDE,
        Kind.TEMPO,
        *WHEELS,
        Kind.CHOKE,
        Kind.GAIN,
        Kind.ALL_NOTES_OFF,
        Kind.ALL_SOUND_OFF,
        Kind.STOP,
    }
)
"""What still reaches notes of a model that is played no more."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What an engine is built with; together with model and events it fixes every sample."""

    voices: int = 16
    delay_frames: int = 0
    """Added to the time of events that carry their frame of arrival."""
    glide_seconds: float = GLIDE_SECONDS
    queue_events: int = 4096
    """Events that may wait for their frame; more are dropped and counted, but never those that end notes."""
    keeps_stems: bool = False
    """Whether what each part gives to the mix can be had by itself; it takes memory and time."""
    adsr: Adsr | None = None
    """Envelope of models with ``release: envelope``; None takes the release that the model's metadata give."""


class Instrument:
    """State of everything that events can change. Parts are 0…15 inside, 1…16 in events."""

    def __init__(
        self, decoder: Decoder, settings: EngineSettings, statistics: Statistics, history: NoteHistory | None
    ) -> None:
        """Build parts, voices and mix at rest. Raises ValueError for more voices than the decoder was loaded for."""
        if not 1 <= settings.voices <= min(decoder.voices, MOST_SLOTS // SLOTS_PER_VOICE):
            raise ValueError(f"this decoder was loaded for 1…{decoder.voices} voices, not {settings.voices}")
        meta = decoder.metadata
        self._pitched: Final = meta.pitched
        self._statistics = statistics
        self._latent = LatentState(meta, settings.glide_seconds, settings.voices * SLOTS_PER_VOICE)
        self._straying: Final = Variation(decoder.spread, meta)
        self._parts = Parts()
        self._sample_rate = meta.sample_rate
        self._held_keys = HeldKeys()
        self._part_pitches = Glides(np.zeros((PARTS, 1)))
        """Pitch of the note that each part struck last."""
        self._has_struck = [False] * PARTS
        self.tails: Final = Tails(CHANNELS, meta.hop_frames, settings.keeps_stems)
        adsr = (settings.adsr or Adsr(release_seconds=meta.release_seconds)) if meta.release == "envelope" else Adsr()
        envelope = Envelope.of(adsr, meta.sample_rate, meta.hop_frames)
        self.voices: Final = Voices(
            decoder, settings.voices, envelope, self._latent, self._parts, self.tails, statistics, history
        )
        self.mixer: Final = Mixer(self.voices, self.tails, statistics, meta.sample_rate, settings.keeps_stems)
        self.stopped_at: int | None = None
        """Once a STOP has happened: the frame from which all is silent."""

    def apply(self, event: Event, frame: int) -> Event:
        """Let an event happen at a frame of the chunk at hand; hops that begin before it have been sampled.

        Returns the event with the frame and every choice that was made for it. Raises ValueError, IndexError or
        KeyError, before anything has changed, for what makes no sense to this model.
        """
        if not all(abs(value) <= LARGEST_VALUE for value in (event.value, *event.values)):
            raise ValueError("a value is not finite")
        if event.kind is Kind.NOTE_ON:
            return self._note_on(event, frame) if event.value > 0 else self.apply(_as_note_off(event), frame)
        if event.kind is Kind.GAIN:
            self.mixer.set_gain(min(max(event.value, GAIN_RANGE_DB[0]), GAIN_RANGE_DB[1]), frame)
        elif event.kind is Kind.TEMPO:
            return self._tempo(event, frame)
        elif event.kind is Kind.STOP:
            self.stopped_at = self.mixer.fade_out(frame)
        else:
            handler = _HANDLERS[event.kind]
            for part in range(PARTS) if event.part == ALL_PARTS else (_part(event),):
                handler(self, event, part, frame)
        return event.at(frame)

    def moved_axes(self, part: int, frame: int) -> Numbers | None:
        """Return where motion has taken the axes of a part, as a note in the middle of everything would hear it."""
        pressure, slide = self._parts.pressure[[part]], 2.0 * self._parts.slide[[part]] - 1.0
        hands = Hands(np.array([0.5]), np.array([MIDDLE_KEY]), pressure, slide)
        return self._latent.moved_axes(part, frame, hands)

    def succeed(self, before: "Instrument", frame: int) -> None:
        """Begin at ``frame``, with controls as they stand on an instrument of another model."""
        self._parts.succeed(before._parts)
        self._latent.succeed(before._latent)
        self.mixer.succeed(before.mixer, frame)
        self.tails.begin_at(frame)

    def leave(self) -> None:
        """Begin no more notes: a key that goes up only lets its own go, whatever the mode."""
        self._parts.mode[:] = [PlayMode.POLY] * PARTS

    def follow(self, event: Event, frame: int) -> None:
        """Let what happened to the instrument of the model that is played now happen to notes that ring out here.

        A key that is struck anew no longer holds the note that it played here.
        """
        if event.kind is Kind.NOTE_ON:
            self.voices.release_key(_part(event), event.note, frame)
            self._choke(_part(event), event.note, frame)
        elif event.kind in FOLLOWED:
            self.apply(event, frame)

    # Notes ------------------------------------------------------------------------------------------------------

    def _note_on(self, event: Event, frame: int) -> Event:
        part, note = _part(event), _key(event)
        seed = event.seed or self._parts.seed(part, note, self._pitched, self._statistics.notes)
        velocity = min(event.value, 1.0)
        place = self._latent.vector(event.values) if event.values else None
        # A note with a place of its own is nobody's melody: it sounds beside whatever is held.
        mode = self._mode_of(part) if place is None else PlayMode.POLY
        if mode is PlayMode.LEGATO and self._held_keys.last(part) and self.voices.holds(part, frame):
            self._slide_to(part, note, frame)
        else:
            if mode is not PlayMode.POLY:
                self.voices.cut(part, frame)
            self._strike(part, note, velocity, seed, frame, mode is not PlayMode.LEGATO, place)
        if place is None:
            self._held_keys.press(part, note, velocity)
        return replace(event, time=frame, clock=Clock.FRAME, value=velocity, seed=seed)

    def _strike(
        self, part: int, note: int, velocity: float, seed: int, frame: int, slides: bool, place: Numbers | None = None
    ) -> None:
        """Begin the voices of a note, at the place of its key or at ``place``.

        With ``slides`` their pitch may come from that of the note before.
        """
        # A key that sounds twice could be let go only once.
        self.voices.release_key(part, note, frame)
        self._choke(part, note, frame)
        slide = offset = None
        if place is not None:
            # Places are heard one after the other: a hand that sweeps over many takes no voices from what is played.
            self.voices.cut(part, frame, (note,))
        else:
            self._latent.strike(part, velocity, frame)
            slide = self._slide_of(part, note, frame, slides) if self._pitched else None
            offset = self._offset(part, note, seed, frame)
        unison = self.unison(part)
        if unison.voices == 1:
            is_plain = slide is None and offset is None and place is None
            one = ALONE if is_plain else OneOfUnison(ONE_VOICE, slide=slide, offset=offset, place=place)
            self.voices.begin(self._take_slot(frame), frame, part, note, velocity, seed, one)
            return
        offsets = zip(unison.seeds(seed), unison.detune_semitones.tolist(), unison.sides.tolist(), strict=True)
        for number, (own_seed, detune, (left, right)) in enumerate(offsets):
            one = OneOfUnison(None if number else unison, detune, (left, right), slide, offset, place)
            self.voices.begin(self._take_slot(frame), frame, part, note, velocity, own_seed, one)

    def _offset(self, part: int, note: int, seed: int, frame: int) -> Numbers | None:
        """Return how far a strike strays from the place of its key, if its part has any variation."""
        amount = self._parts.variation[part]
        if amount <= 0:
            return None
        row, own, now = (np.array([number]) for number in (self._latent.row_of(part, note), part, frame))
        return self._straying.offset(self._latent.coordinates(row, own, now)[0], amount, seed)

    def _choke(self, part: int, note: int, frame: int) -> None:
        keys = self._parts.choked_by(part, note, self._pitched)
        if keys:
            self.voices.cut(part, frame, keys)

    def _slide_of(self, part: int, note: int, frame: int, slides: bool) -> Slide | None:
        """Return how the pitch of a note comes from that of the one before it, if it does, and remember its own."""
        slide = None
        if slides and self._has_struck[part] and self._parts.portamento_seconds[part]:
            slide = Slide(float(self._part_pitches.at(part, frame)[0]), self._portamento_frames(part))
            self._part_pitches.move(part, np.array([float(note)]), frame, slide.frames)
        else:
            self._part_pitches.place(part, note, frame)
        self._has_struck[part] = True
        return slide

    def _slide_to(self, part: int, note: int, frame: int) -> None:
        frames = self._portamento_frames(part)
        self.voices.slide(part, note, frame, frames)
        self._part_pitches.move(part, np.array([float(note)]), frame, frames)

    def unison(self, part: int) -> Unison:
        """Return how a key of a part (0…15) sounds: never in more voices than there are."""
        unison = self._parts.unison[part] if self._pitched else ONE_VOICE
        return unison if unison.voices <= self.voices.count else replace(unison, voices=self.voices.count)

    def _mode_of(self, part: int) -> PlayMode:
        return self._parts.mode[part] if self._pitched else PlayMode.POLY

    def _portamento_frames(self, part: int) -> int:
        return round(self._parts.portamento_seconds[part] * self._sample_rate)

    def _take_slot(self, frame: int) -> int:
        """Return a slot for a note that begins at ``frame``; if all voices sound, one has to go."""
        if self.voices.counting(frame) >= self.voices.count:
            self.voices.steal(frame)
        slot = self.voices.free_slot(self.mixer.mixed_to)
        if slot is None:
            # So many notes in a moment that the spare slots are in use: what sounds before this frame is mixed now.
            self.mixer.mix(frame)
            self.voices.decode()
            slot = self.voices.free_slot(frame)
        assert slot is not None, "there are more slots than voices"
        return slot

    def _note_off(self, event: Event, part: int, frame: int) -> None:
        note, pedal, mode = _key(event), self._parts.sustain[part], self._mode_of(part)
        was_pressed = self._held_keys.release(part, note)
        before = self._held_keys.last(part)
        is_alone = mode is PlayMode.POLY or before is None or not was_pressed
        if is_alone or before is None or pedal or not self.voices.holds(part, frame, note):
            self.voices.key_up(part, note, frame, pedal)
        elif mode is PlayMode.LEGATO:
            self._slide_to(part, before[0], frame)
        else:
            self.voices.cut(part, frame)
            seed = self._parts.seed(part, before[0], self._pitched, self._statistics.notes)
            self._strike(part, *before, seed, frame, slides=True)

    def _sustain(self, event: Event, part: int, frame: int) -> None:
        self._parts.sustain[part] = event.value >= 0.5
        if not self._parts.sustain[part]:
            self.voices.pedal_up(part, frame)

    def _all_notes_off(self, event: Event, part: int, frame: int) -> None:
        self._parts.sustain[part] = False
        self._held_keys.forget(part)
        self.voices.all_keys_up(part, frame)

    def _all_sound_off(self, event: Event, part: int, frame: int) -> None:
        self._held_keys.forget(part)
        self.voices.cut(part, frame)

    # Controls ---------------------------------------------------------------------------------------------------

    def _bend(self, event: Event, part: int, frame: int) -> None:
        self._parts.bend_semitones[part] = min(max(event.value, -BEND_LIMIT_SEMITONES), BEND_LIMIT_SEMITONES)

    def _pressure(self, event: Event, part: int, frame: int) -> None:
        self._parts.pressure[part] = event.value

    def _slide(self, event: Event, part: int, frame: int) -> None:
        self._parts.slide[part] = event.value

    def _wheel(self, event: Event, part: int, frame: int) -> None:
        note, value = _key(event), event.value
        if event.kind is Kind.NOTE_BEND:
            value = min(max(value, -BEND_LIMIT_SEMITONES), BEND_LIMIT_SEMITONES)
        self._parts.wheels[part, note, WHEELS[event.kind]] = value
        self.voices.express(part, note, event.kind, value, frame)

    def _choke_group(self, event: Event, part: int, frame: int) -> None:
        self._parts.choke_groups[part, _key(event)] = event.index

    def _variation(self, event: Event, part: int, frame: int) -> None:
        self._parts.variation[part] = event.value

    def _mode(self, event: Event, part: int, frame: int) -> None:
        self._parts.mode[part] = PlayMode(round(event.value))
        self._held_keys.forget(part)

    def _portamento(self, event: Event, part: int, frame: int) -> None:
        self._parts.portamento_seconds[part] = min(max(event.value, 0.0), LONGEST_PORTAMENTO_SECONDS)

    def _unison(self, event: Event, part: int, frame: int) -> None:
        before, value = self._parts.unison[part], event.value
        if event.kind is Kind.UNISON:
            after = replace(before, voices=min(max(round(value), 1), MOST_UNISON_VOICES))
        elif event.kind is Kind.UNISON_SPREAD:
            after = replace(before, spread_cents=min(max(value, 0.0), LARGEST_SPREAD_CENTS))
        else:
            after = replace(before, width=min(max(value, 0.0), 1.0))
        self._parts.unison[part] = after

    def _set_latent(self, event: Event, part: int, frame: int) -> None:
        self._latent.set_latent(part, event.values, frame)

    def _set_dimension(self, event: Event, part: int, frame: int) -> None:
        self._latent.set_dimension(part, event.index, event.value, frame, _own_seconds(event))

    def _set_axis(self, event: Event, part: int, frame: int) -> None:
        self._latent.set_axis(part, event.index, event.value, frame, _own_seconds(event))

    def _motion(self, event: Event, part: int, frame: int) -> None:
        self._latent.set_motion(part, event.index, event.note, event.value, event.values, frame)

    def _tempo(self, event: Event, frame: int) -> Event:
        """Follow the beat; what is kept of the event is what a record holds of it."""
        if event.value <= 0:
            raise ValueError(f"there is no tempo of {event.value} beats per minute")
        values = tuple(float(np.float32(value)) for value in event.values)
        self._latent.set_tempo(event.value, sum(values) if values else None, frame)
        return replace(event, time=frame, clock=Clock.FRAME, values=values)

    def _set_key(self, event: Event, part: int, frame: int) -> None:
        self._latent.set_key(part, _key(event), event.values, frame)

    def _glide(self, event: Event, part: int, frame: int) -> None:
        self._latent.set_glide(part, event.value)


# Plain functions: an instrument that held its own methods could be freed by the garbage collector alone, which is off.
_HANDLERS: Final[dict[Kind, Callable[[Instrument, Event, int, int], None]]] = {
    Kind.NOTE_OFF: Instrument._note_off,
    Kind.SUSTAIN: Instrument._sustain,
    Kind.BEND: Instrument._bend,
    Kind.PRESSURE: Instrument._pressure,
    Kind.SLIDE: Instrument._slide,
    Kind.NOTE_BEND: Instrument._wheel,
    Kind.NOTE_PRESSURE: Instrument._wheel,
    Kind.NOTE_SLIDE: Instrument._wheel,
    Kind.CHOKE: Instrument._choke_group,
    Kind.MOTION: Instrument._motion,
    Kind.LATENT: Instrument._set_latent,
    Kind.LATENT_DIMENSION: Instrument._set_dimension,
    Kind.AXIS: Instrument._set_axis,
    Kind.KEY_LATENT: Instrument._set_key,
    Kind.GLIDE: Instrument._glide,
    Kind.VARIATION: Instrument._variation,
    Kind.PLAY_MODE: Instrument._mode,
    Kind.PORTAMENTO: Instrument._portamento,
    Kind.UNISON: Instrument._unison,
    Kind.UNISON_SPREAD: Instrument._unison,
    Kind.UNISON_WIDTH: Instrument._unison,
    Kind.ALL_NOTES_OFF: Instrument._all_notes_off,
    Kind.ALL_SOUND_OFF: Instrument._all_sound_off,
}


def is_playable(note: Event) -> bool:
    """Whether a NOTE_ON begins a note: a part, a key and a velocity that there are."""
    return 1 <= note.part <= PARTS and 0 <= note.note < KEYS and 0 < note.value <= LARGEST_VALUE


def _part(event: Event) -> int:
    if not 1 <= event.part <= PARTS:
        raise ValueError(f"there is no part {event.part}")
    return event.part - 1


def _key(event: Event) -> int:
    if not 0 <= event.note < KEYS:
        raise ValueError(f"there is no key {event.note}")
    return event.note


def _own_seconds(event: Event) -> float | None:
    """Return how long this move of one number is to take, where the event says so (rounded as a record does)."""
    return float(np.float32(event.values[0])) if event.values else None


def _as_note_off(event: Event) -> Event:
    return replace(event, kind=Kind.NOTE_OFF, value=0.0, seed=0)
