"""The sounds of a performance: what somebody captured while playing, or else what they played most, for a kit.

A log (``play --log``) says what happened, not where each note was in latent space: axes, glides, motion and variation
decide that. So the engine plays the log again, with a decoder that hums instead of decoding, since only places are
asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder, Floats, Rows, VoiceArrays
from runtime.engine.history import NOTES, CapturedNote, NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.event_log import CapturedStrike, Section, Take, sections
from runtime.events import OF_ONE_SPACE, Event, Kind
from runtime.latent.outside import DataRange

_BLOCK_FRAMES: Final = 2048
_HUM: Final = np.float32(0.01)
"""Loud enough that no note ends before its time, as one that is silent would."""
_ALIKE: Final = 0.25
"""Two places nearer than this, in deviations of the model's sounds, are strikes of one sound, varied or not."""
SHORTEST_HELD_SECONDS, LONGEST_HELD_SECONDS = 0.05, 20.0


@dataclass(frozen=True, slots=True)
class SessionSound:
    """One sound of a performance: what it takes to play it, and how often it was played.

    A sound that moved while it sounded is taken as it was struck.
    """

    latent: tuple[float, ...]
    note: int
    velocity: int
    """1…127."""
    seed: int
    held_seconds: float
    class_name: str
    times: int
    is_captured: bool


class _Humming(Decoder):
    """A decoder of the right shape that plays nothing worth hearing, in no time."""

    def __init__(self, decoder: Decoder) -> None:
        self.__dict__.update(decoder.__dict__)
        meta = decoder.metadata
        self._hum = np.full((decoder.voices * 2, meta.channels, meta.hop_frames), _HUM, np.float32)

    def decode(self, voices: VoiceArrays, rows: Rows) -> Floats:
        return self._hum[: len(rows)]


def sounds_of_session(take: Take, decoder: Decoder, count: int) -> tuple[SessionSound, ...]:
    """Return at most ``count`` sounds of a performance: those captured, in that order, then those played most.

    Only what was captured is taken if anything was, and only what the model itself played. Raises LatentbridgeError if
    that is nothing.
    """
    strikes = list(_strikes(take, decoder))
    captured = [_nearest(strikes, one) for one in take.captured]
    chosen = [strike for strike in captured if strike is not None]
    if not strikes:
        raise LatentbridgeError(
            f"{decoder.metadata.name} played no note in this log, which begins with {take.header.model}.",
            "A log of notes that this very model played was expected.",
            "Name the model that was played.",
        )
    data = DataRange(decoder.metadata)
    sounds = _distinct(chosen or strikes, decoder.metadata)
    if not chosen:
        sounds.sort(key=lambda group: -len(group))
    return tuple(_sound(group, strikes, decoder.metadata, data, bool(chosen)) for group in sounds[:count])


@dataclass(frozen=True, slots=True)
class _Strike:
    onset_frame: int
    """Of the whole performance."""
    note: CapturedNote

    @property
    def place(self) -> NDArray[np.float32]:
        place: NDArray[np.float32] = self.note.latent[0]
        return place


def _strikes(take: Take, decoder: Decoder) -> Iterator[_Strike]:
    """Yield the notes that a model played, in the order in which they began."""
    humming = _Humming(decoder)
    settings = EngineSettings(min(take.header.voices, decoder.voices), glide_seconds=take.header.glide_seconds)
    for section in sections(take.events):
        for first_frame, events in _played_by(section, take, decoder.hash):
            history = NoteHistory(decoder.metadata)
            engine = Engine(humming, settings, history=history)
            for note in _notes(engine, history, events, section.lost_after_frames):
                if note.onset_frame >= first_frame:
                    yield _Strike(section.first_frame + note.onset_frame, note)


def _played_by(section: Section, take: Take, model_hash: str) -> Iterator[tuple[int, list[Event]]]:
    """Yield the stretches of a section that a model played: first frame, and all events up to their end.

    Pedals, bends and axes stand where they were before a change of model; notes and places do not come over.
    """
    model = take.header.model_hash if section.model is None else take.models[section.model].hash
    first_frame, events = 0, list[Event]()
    for event in section.events:
        if event.kind is Kind.MODEL_CHANGED:
            if model == model_hash:
                yield first_frame, events
            model, first_frame = take.models[event.index].hash, event.time
            events = [one for one in events if one.kind not in OF_ONE_SPACE | {Kind.NOTE_ON}]
        else:
            events.append(event)
    if model == model_hash:
        yield first_frame, events


def _notes(
    engine: Engine, history: NoteHistory, events: Sequence[Event], lost_after_frames: int | None
) -> Iterator[CapturedNote]:
    """Play events and yield every note once it can change no more, or no longer be kept."""
    told, number = 0, 0
    end = events[-1].time + 1 if events else 0
    end = end if lost_after_frames is None else min(end, lost_after_frames)
    while engine.frame < end:
        until = engine.frame + _BLOCK_FRAMES
        while told < len(events) and events[told].time < until:
            engine.post(events[told])
            told += 1
            # Not so many at once that notes are forgotten before they are looked at.
            if told % (NOTES // 2) == 0:
                until = min(until, events[told - 1].time + 1)
                break
        engine.render(max(until - engine.frame, 1))
        engine.played.clear()
        while history.count - number > NOTES // 2:
            yield from _kept(history, number)
            number += 1
    for rest in range(number, history.count):
        yield from _kept(history, rest)


def _kept(history: NoteHistory, number: int) -> Iterator[CapturedNote]:
    note = history.note(number)
    if note is not None and note.hops:
        yield note


def _nearest(strikes: Sequence[_Strike], captured: CapturedStrike) -> _Strike | None:
    """Return the strike that was captured; None if the model did not play it."""
    what = (captured.part, captured.note, captured.onset_frame)
    return next((one for one in strikes if (one.note.part, one.note.note, one.onset_frame) == what), None)


def _distinct(strikes: Sequence[_Strike], metadata: DecoderMetadata) -> list[list[_Strike]]:
    """Gather strikes of one sound: the same place and, of a pitched model, the same key. In the order of the first."""
    widths = _widths(metadata)
    groups: list[list[_Strike]] = []
    places = np.zeros((0, metadata.latent_size))
    keys = np.zeros(0, int)
    for strike in strikes:
        key = strike.note.note if metadata.pitched else 0
        away = np.sqrt(np.square((places - strike.place) / widths).mean(axis=1))
        away[keys != key] = np.inf
        if len(away) and away.min() <= _ALIKE:
            groups[int(away.argmin())].append(strike)
        else:
            groups.append([strike])
            places, keys = np.vstack([places, strike.place]), np.append(keys, key)
    return groups


def _widths(metadata: DecoderMetadata) -> NDArray[np.float64]:
    """Return how far the sounds of a model reach in each dimension, [latent_size], as deviations."""
    places = np.array([point.latent for point in metadata.map_points] or [metadata.default_latent])
    return np.asarray(np.where(places.std(axis=0) > 1e-3, places.std(axis=0), 1.0))


def _sound(
    group: Sequence[_Strike], strikes: Sequence[_Strike], metadata: DecoderMetadata, data: DataRange, is_captured: bool
) -> SessionSound:
    """Describe a sound by the strike of middle strength; of captured ones by the first."""
    by_strength = sorted(group, key=lambda one: (one.note.velocity, one.onset_frame))
    note = (group[0] if is_captured else by_strength[len(group) // 2]).note
    place = tuple(note.latent[0].tolist())
    end = note.hops * metadata.hop_frames if note.release_frame is None else note.release_frame
    return SessionSound(
        latent=place,
        note=note.note,
        velocity=min(max(round(note.velocity * 127), 1), 127),
        seed=note.seed,
        held_seconds=min(max(end / metadata.sample_rate, SHORTEST_HELD_SECONDS), LONGEST_HELD_SECONDS),
        class_name=metadata.class_of(data.label(place)),
        times=len(group),
        is_captured=is_captured,
    )
