"""The whole instrument without a clock: events in, samples out.

``render(frames)`` may be called with any number of frames: the samples depend on the events and their frames only. The
live process and the offline renderer differ in nothing but who calls it. Nothing that an event holds makes it raise:
what goes wrong is counted (:mod:`runtime.engine.stats`).

One engine plays one model. When the model changes, an engine for the new one takes over from the engine before it
(:meth:`Engine.succeed`), which plays no new notes, but lets those that sound ring out in the new one's mix.
"""

import heapq
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Decoder, Floats
from runtime.engine.history import NoteHistory
from runtime.engine.instrument import EngineSettings, Instrument, is_playable
from runtime.engine.noise import noise_table
from runtime.engine.stats import Statistics
from runtime.events import ALL_PARTS, OF_ONE_SPACE, Clock, Event, Kind, midi_bytes, must_arrive, played
from runtime.latent.tempo import CLOCK_MESSAGES, MidiClock
from runtime.mapping import Mapper, MappingTable

__all__ = ["Engine", "EngineSettings"]

ECHO_EVENTS: Final = 16_384
"""Echoes that may wait to be taken; the oldest give way."""
_REQUESTS: Final = frozenset({Kind.CAPTURE, Kind.RANDOM, Kind.STEER, Kind.HEARD})


class Engine:
    """One model, its voices and its mix. Use it from one thread."""

    def __init__(
        self,
        decoder: Decoder,
        settings: EngineSettings,
        mapping: MappingTable | None = None,
        history: NoteHistory | None = None,
        statistics: Statistics | None = None,
    ) -> None:
        """Build the instrument; without a mapping MIDI messages mean nothing. Raises ValueError for too many voices.

        An engine that is to take over from another goes on counting in that one's ``statistics``.
        """
        noise_table()
        self.decoder: Final = decoder
        self.settings: Final = settings
        self.statistics: Final = statistics or Statistics()
        self.frame = 0
        """The first frame that has not been rendered."""
        self.played: deque[Event] = deque(maxlen=ECHO_EVENTS)
        """PLAYED echoes of events that have happened, with the frame and every choice made for them."""
        self.requests: deque[Event] = deque(maxlen=ECHO_EVENTS)
        """CAPTURE and RANDOM events that the mapping asked for, with their frame."""
        self._clock = MidiClock(decoder.metadata.sample_rate)
        self._mapper: Mapper | None = None
        self.mapping = mapping
        self._instrument = Instrument(decoder, settings, self.statistics, history)
        self._queue: list[tuple[int, int, Event]] = []
        self._posted = 0
        self._before: Engine | None = None
        """The engine that this one has taken over from, as long as anything of it sounds."""
        self._before_sound = np.zeros((2, decoder.hop_frames), np.float32)

    @property
    def mapping(self) -> MappingTable | None:
        """The table that MIDI is translated by; another takes effect with the next message."""
        return self._mapper.table if self._mapper else None

    @mapping.setter
    def mapping(self, table: MappingTable | None) -> None:
        # The new one hears from the old one what the channels have told: bend ranges, volume.
        self._mapper = None if table is None else Mapper(table, self.decoder.metadata, self._mapper)

    @property
    def sounding(self) -> int:
        """How many voices sound now, those that ring out included."""
        return len(self._instrument.voices.order) + (self._before.sounding if self._before else 0)

    @property
    def reduction_db(self) -> float:
        """How much the limiter turns the mix down at this moment, 0 or more dB."""
        return max(0.0, -self._instrument.mixer.limiter.reduction_db)

    def moved_axes(self) -> NDArray[np.float64] | None:
        """Return where motion has taken the axes of part 1 by now, 0…1 of their ways; None if nothing moves any."""
        return self._instrument.moved_axes(0, self.frame)

    @property
    def idle(self) -> bool:
        """Whether nothing sounds and nothing waits to happen."""
        own = self.sounding or self._queue or self._instrument.tails.sounding
        return not own and (self._before is None or self._before.idle)

    @property
    def stopped_at(self) -> int | None:
        """Once a STOP has happened, the frame from which all is silent."""
        return self._instrument.stopped_at

    def succeed(self, before: "Engine") -> None:
        """Take over, from the next frame on, from an engine whose notes are to ring out. This one is fresh.

        Keys, pedals, bends, glides, gain and what waits to happen are taken along; places in latent space are not.
        Whatever lets notes go, bends or silences them reaches those that ring out too, and they count as voices. An
        engine that rang out in the one before is faded out. Raises ValueError for models of different sample rates.
        """
        if before.decoder.metadata.sample_rate != self.decoder.metadata.sample_rate:
            raise ValueError("an engine can only take over from one of the same sample rate")
        self.frame = before.frame
        self._instrument.succeed(before._instrument, self.frame)
        before._instrument.leave()
        self._clock = before._clock
        if self._mapper and before._mapper:
            self._mapper.succeed(before._mapper)
        for frame, _, event in sorted(before._queue):
            if event.kind not in OF_ONE_SPACE:
                heapq.heappush(self._queue, (frame, self._posted, event))
                self._posted += 1
        before._queue.clear()
        self.played.extend(before.played)
        self.requests.extend(before.requests)
        if before._before is not None:
            before._before._follow(Event(Kind.STOP, part=ALL_PARTS), self.frame)
        self._before = before

    def keep_no_older_notes(self) -> None:
        """Let the notes that ring out be remembered no further: their history is to be that of another model."""
        if self._before is not None:
            self._before._instrument.voices.keep_no_history()

    def post(self, event: Event) -> None:
        """Let an event happen at its frame, or at once if that has passed.

        Clock FRAME is that frame itself, ARRIVAL_FRAME is ``delay_frames`` before it. Raises ValueError for
        ARRIVAL_NS, which only the owner of a clock can place.
        """
        if event.clock is Clock.ARRIVAL_NS:
            raise ValueError("an event with a time in nanoseconds has to be placed at a frame first")
        if len(self._queue) >= self.settings.queue_events and not must_arrive(event):
            self.statistics.dropped_events += 1
            return
        frame = event.time + (self.settings.delay_frames if event.clock is Clock.ARRIVAL_FRAME else 0)
        heapq.heappush(self._queue, (frame, self._posted, event))
        self._posted += 1

    def render(self, frames: int) -> Floats:
        """Return the next ``frames`` frames, [2, frames] float32 within ±1."""
        out = np.empty((2, frames), np.float32)
        self.render_into(out)
        return out

    def render_into(self, out: Floats, stems: Floats | None = None) -> None:
        """Write the next frames into ``out`` [2, frames], and what each part gives to them into ``stems``.

        ``stems`` [parts, 2, frames] is for engines that keep stems. What rings out of a model before is in none.
        """
        frames, at = out.shape[1], 0
        longest = self._longest_chunk_frames
        while at < frames:
            # Never more than a hop at a time, so that no voice begins more than one hop in it.
            size = min(longest, frames - at)
            end = self.frame + size
            while self._queue and self._queue[0][0] < end:
                frame, _, event = heapq.heappop(self._queue)
                if frame < self.frame:
                    self.statistics.late_events += 1
                self._happen(event, frame)
            here = slice(at, at + size)
            beside = self._render_before(size)
            self._instrument.mixer.finish(out[:, here], beside, None if stems is None else stems[:, :, here])
            self.frame = end
            at += size

    @property
    def _longest_chunk_frames(self) -> int:
        own = self.decoder.hop_frames
        return own if self._before is None else min(own, self._before._longest_chunk_frames)

    def _render_before(self, frames: int) -> Floats | None:
        """Return what rings out in the next frames, [2, frames], or None if nothing does any more."""
        if self._before is None:
            return None
        stopped_at = self._before.stopped_at
        if self._before.idle or (stopped_at is not None and self.frame >= stopped_at):
            self._before = None
            return None
        sound = self._before_sound[:, :frames]
        self._before.render_into(sound)
        return sound

    def _meaning(self, event: Event, due_frame: int) -> list[Event]:
        """Return what an event means: of a MIDI message, what clock and mapping make of it."""
        if event.kind is not Kind.MIDI:
            return [event]
        data = midi_bytes(event)
        if data and data[0] in CLOCK_MESSAGES:
            # By when it was due: that it was handed over late says nothing about the tempo.
            tempo = self._clock.hear(data, due_frame)
            return [] if tempo is None else [tempo]
        return self._mapper.translate(data) if self._mapper else []

    def _happen(self, event: Event, due_frame: int) -> None:
        """Apply an event, or what it means, when it is due or at the first frame of the chunk at hand."""
        frame = max(due_frame, self.frame)
        if event.kind is Kind.LEARN:
            if self._mapper:
                self._mapper.learn(event.value > 0)
            return
        self._instrument.voices.sample(frame)
        for one in self._meaning(event, due_frame):
            if one.kind in _REQUESTS:
                self.requests.append(one.at(frame))
                continue
            if one.kind is Kind.NOTE_ON and self._before is not None and is_playable(one):
                # First, so that the voice of a key that is struck again is the one to go.
                self._before._follow(one, frame)
                self._make_room(one, frame)
            try:
                happened = self._instrument.apply(one, frame)
            except (ValueError, IndexError, KeyError):
                self.statistics.bad_events += 1
                continue
            self.played.append(played(happened))
            if self._before is not None and happened.kind is not Kind.NOTE_ON:
                self._before._follow(happened, frame)

    def _follow(self, event: Event, frame: int) -> None:
        """Let what has happened to the engine that took over happen to what still rings out here."""
        self._instrument.voices.sample(frame)
        self._instrument.follow(event, frame)
        if self._before is not None:
            self._before._follow(event, frame)

    def _make_room(self, note: Event, frame: int) -> None:
        """Take away voices that ring out as long as those of a note could be too many."""
        wanted = self._instrument.unison(note.part - 1).voices
        while self._counting(frame) + wanted > self.settings.voices and self._before is not None:
            if not self._before._give_up_voice(frame):
                break

    def _counting(self, frame: int) -> int:
        """How many voices sound from ``frame`` on."""
        older = 0 if self._before is None else self._before._counting(frame)
        return self._instrument.voices.counting(frame) + older

    def _give_up_voice(self, frame: int) -> bool:
        """Take away a voice of the oldest engine that has one."""
        if self._before is not None and self._before._give_up_voice(frame):
            return True
        voices = self._instrument.voices
        if not voices.counting(frame):
            return False
        voices.sample(frame)
        voices.steal(frame)
        return True
