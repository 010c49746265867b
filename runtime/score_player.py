"""Plays events into a recording, with the engine that plays live but without a clock."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.event_log import Section
from runtime.events import ALL_PARTS, PARTS, Event, Kind
from runtime.mapping import MappingTable
from runtime.outputs.file import Audio, Recording

BLOCK_FRAMES: Final = 2048


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays a score: the model that it begins with, and those that its MODEL_CHANGED events count from 0."""

    first: Decoder
    later: Sequence[Decoder] = ()


class ScorePlayer:
    """One engine's part of a performance: events with clock FRAME, in the order of their frames."""

    def __init__(
        self,
        cast: Cast,
        model: int | None,
        settings: EngineSettings,
        events: Sequence[Event],
        stems: Sequence[int] = (),
    ) -> None:
        """Begin with the later model ``model``, or None for the first.

        ``stems`` are parts, 1…16, that are wanted by themselves too; ``settings`` then say that stems are kept.
        """
        self._cast, self._settings = cast, settings
        decoder = cast.first if model is None else cast.later[model]
        self.engine = Engine(decoder, settings, MappingTable())
        """The engine that plays now; what it counts goes on when another one takes over."""
        self._waiting = deque(events)
        self._stems = [part - 1 for part in stems]

    @property
    def has_ended(self) -> bool:
        """Whether every event has happened and nothing sounds, or the score itself has ended all."""
        stopped_at = self.engine.stopped_at
        return not self._waiting and (self.engine.idle or (stopped_at is not None and self.engine.frame >= stopped_at))

    def render(self, frames: int) -> Audio:
        """Return the next block, [2, frames], or a shorter one before a change of model.

        Two more channels for each of the stems come after those of the mix.
        """
        engine, waiting = self.engine, self._waiting
        while waiting and waiting[0].time <= engine.frame and waiting[0].kind is Kind.MODEL_CHANGED:
            self.engine = Engine(
                self._cast.later[waiting.popleft().index], self._settings, MappingTable(), statistics=engine.statistics
            )
            self.engine.succeed(engine)
            engine = self.engine
        end = engine.frame + frames
        while waiting and waiting[0].time < end:
            if waiting[0].kind is Kind.MODEL_CHANGED:
                end = waiting[0].time
            else:
                engine.post(waiting.popleft())
        block = self._next_block(end - engine.frame)
        engine.played.clear()
        engine.requests.clear()
        return block

    def _next_block(self, frames: int) -> Audio:
        if not self._stems:
            return self.engine.render(frames)
        mix, parts = np.empty((2, frames), np.float32), np.empty((PARTS, 2, frames), np.float32)
        self.engine.render_into(mix, parts)
        return np.concatenate([mix, *parts[self._stems]])


def play_score(player: ScorePlayer, end: int, recording: Recording) -> int:
    """Play into a recording until all has died away; ``end`` is where the score ends.

    Returns the number of frames of the recording up to the last that sounds, or to ``end``.
    """
    begin = recording.frames
    last_sound = 0
    while True:
        block = player.render(BLOCK_FRAMES)
        sounding = np.flatnonzero(block.any(axis=0))
        if len(sounding):
            last_sound = recording.frames + int(sounding[-1]) + 1
        recording.write(block)
        if player.has_ended:
            return max(last_sound, begin + end)


def play_section(
    cast: Cast,
    section: Section,
    settings: EngineSettings,
    end: int,
    recording: Recording,
    stems: Sequence[int] = (),
) -> tuple[ScorePlayer, int]:
    """Play what one engine played; one that was lost is cut off where it was.

    ``end`` is where the whole score ends: there, what is still held is let go, unless the score itself said that all
    ends. ``stems`` are as of :class:`ScorePlayer`. Returns who has played, and how many frames of the recording count.
    """
    while recording.frames < section.first_frame:
        silence = min(BLOCK_FRAMES, section.first_frame - recording.frames)
        recording.write(np.zeros((recording.channels, silence), np.float32))
    events = list(section.events)
    if section.lost_after_frames is not None:
        player = ScorePlayer(cast, section.model, settings, events, stems)
        while player.engine.frame < section.lost_after_frames:
            recording.write(player.render(min(BLOCK_FRAMES, section.lost_after_frames - player.engine.frame)))
        return player, recording.frames
    end -= section.first_frame
    if not (events and events[-1].kind is Kind.STOP):
        events.append(Event(Kind.ALL_NOTES_OFF, end, part=ALL_PARTS))
    player = ScorePlayer(cast, section.model, settings, events, stems)
    return player, play_score(player, end, recording)
