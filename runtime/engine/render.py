"""The whole instrument without a clock: events in, samples out.

``render(frames)`` may be called with any number of frames: the samples depend on the events and their frames only. The
live process and the offline renderer differ in nothing but who calls it. Nothing that an event holds makes it raise:
what goes wrong is counted (:mod:`runtime.engine.stats`).
"""

import heapq
from collections import deque
from typing import Final

import numpy as np

from runtime.engine.decoder import Decoder, Floats
from runtime.engine.history import NoteHistory
from runtime.engine.instrument import EngineSettings, Instrument
from runtime.engine.noise import noise_table
from runtime.engine.stats import Statistics
from runtime.events import Clock, Event, Kind, midi_bytes, must_arrive, played
from runtime.mapping import Mapper, MappingTable

__all__ = ["Engine", "EngineSettings"]

ECHO_EVENTS: Final = 16_384
"""Echoes that may wait to be taken; the oldest give way."""
_REQUESTS: Final = frozenset({Kind.CAPTURE, Kind.RANDOM})


class Engine:
    """One model, its voices and its mix. Use it from one thread."""

    def __init__(
        self,
        decoder: Decoder,
        settings: EngineSettings,
        mapping: MappingTable | None = None,
        history: NoteHistory | None = None,
    ) -> None:
        """Build the instrument; without a mapping MIDI messages mean nothing. Raises ValueError for too many voices."""
        noise_table()
        self.decoder: Final = decoder
        self.settings: Final = settings
        self.statistics: Final = Statistics()
        self.frame = 0
        """The first frame that has not been rendered."""
        self.played: deque[Event] = deque(maxlen=ECHO_EVENTS)
        """PLAYED echoes of events that have happened, with the frame and every choice made for them."""
        self.requests: deque[Event] = deque(maxlen=ECHO_EVENTS)
        """CAPTURE and RANDOM events that the mapping asked for, with their frame."""
        self._mapper: Mapper | None = None
        self.mapping = mapping
        self._instrument = Instrument(decoder, settings, self.statistics, history)
        self._queue: list[tuple[int, int, Event]] = []
        self._posted = 0

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
        """How many voices sound now."""
        return len(self._instrument.voices.order)

    @property
    def idle(self) -> bool:
        """Whether nothing sounds and nothing waits to happen."""
        return not (self.sounding or self._queue or self._instrument.tails.sounding)

    @property
    def stopped_at(self) -> int | None:
        """Once a STOP has happened, the frame from which all is silent."""
        return self._instrument.stopped_at

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

    def render_into(self, out: Floats) -> None:
        """Write the next frames into ``out`` [2, frames]."""
        frames, at = out.shape[1], 0
        hop_frames = self.decoder.hop_frames
        while at < frames:
            # Never more than a hop at a time, so that no voice begins more than one hop in it.
            size = min(hop_frames, frames - at)
            end = self.frame + size
            while self._queue and self._queue[0][0] < end:
                frame, _, event = heapq.heappop(self._queue)
                if frame < self.frame:
                    self.statistics.late_events += 1
                self._happen(event, max(frame, self.frame))
            self._instrument.mixer.finish(out[:, at : at + size])
            self.frame = end
            at += size

    def _happen(self, event: Event, frame: int) -> None:
        """Apply an event, or what the mapping makes of it, at a frame of the chunk at hand."""
        self._instrument.voices.sample(frame)
        if event.kind is not Kind.MIDI:
            events = [event]
        else:
            events = self._mapper.translate(midi_bytes(event)) if self._mapper else []
        for one in events:
            if one.kind in _REQUESTS:
                self.requests.append(one.at(frame))
                continue
            try:
                self.played.append(played(self._instrument.apply(one, frame)))
            except (ValueError, IndexError, KeyError):
                self.statistics.bad_events += 1
