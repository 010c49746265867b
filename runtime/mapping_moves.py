"""The routes of a mapping table made ready for one model: what each source of each channel moves, as events."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.events import ALL_PARTS, PARTS, Event, Kind, Steering
from runtime.fine_value import FineValue
from runtime.mapping_table import (
    ANY_CHANNEL,
    DEFAULT_ROUTES,
    FINE_CONTROLLERS,
    PRESSED,
    MappingTable,
    Route,
    Source,
    Target,
)
from runtime.midi_parameters import DATA_COARSE, DATA_DOWN, DATA_UP

_KINDS: Final = {
    "axis": Kind.AXIS,
    "latent": Kind.LATENT_DIMENSION,
    "gain": Kind.GAIN,
    "glide": Kind.GLIDE,
    "variation": Kind.VARIATION,
    "bend": Kind.BEND,
    "pressure": Kind.PRESSURE,
    "slide": Kind.SLIDE,
    "mode": Kind.PLAY_MODE,
    "portamento": Kind.PORTAMENTO,
    "unison": Kind.UNISON,
    "spread": Kind.UNISON_SPREAD,
    "width": Kind.UNISON_WIDTH,
    "sustain": Kind.SUSTAIN,
    "tempo": Kind.TEMPO,
    "map x": Kind.STEER,
    "map y": Kind.STEER,
    "morph x": Kind.STEER,
    "morph y": Kind.STEER,
    "random": Kind.RANDOM,
    "undo": Kind.STEER,
    "redo": Kind.STEER,
    "capture": Kind.CAPTURE,
    "all notes off": Kind.ALL_NOTES_OFF,
    "all sound off": Kind.ALL_SOUND_OFF,
}
_STEERINGS: Final = {
    "map x": Steering.MAP_X,
    "map y": Steering.MAP_Y,
    "morph x": Steering.MORPH_X,
    "morph y": Steering.MORPH_Y,
    "undo": Steering.UNDO,
    "redo": Steering.REDO,
}
_OF_ALL_PARTS: Final = frozenset({"gain", "tempo", "capture"})
"""There is one mix and one tempo, and the capture key writes the note played last wherever it was played."""
_IN_MILLISECONDS: Final = frozenset({Kind.GLIDE, Kind.PORTAMENTO})
"""Routes count these in ms, events in seconds."""
_WITHOUT_VALUE: Final = frozenset({"undo", "redo", "capture", "all notes off", "all sound off"})


class Move:
    """A route on one channel of one model, ready to make events. It remembers where its source stood."""

    __slots__ = ("_has_value", "_index", "_is_press", "_kind", "_part", "_route", "_smoothing", "_x")

    def __init__(self, route: Route, index: int, usual_part: int) -> None:
        kind = route.target.kind
        self._route = route
        self._kind = _KINDS.get(kind)
        self._index = index
        self._part = (ALL_PARTS if kind in _OF_ALL_PARTS else usual_part) if route.part is None else route.part
        self._is_press = kind in PRESSED
        self._has_value = kind not in _WITHOUT_VALUE
        self._smoothing = () if route.smoothing_seconds is None else (route.smoothing_seconds,)
        self._x = 0.0

    def stand(self, old: "Move") -> None:
        """Let the source stand where it stood in the table before, so that a button held down presses but once."""
        self._x = old._x

    def moved(self, x: float) -> Event | None:
        """Return what happens when the source has come to ``x`` (0…1)."""
        before, self._x = self._x, x
        # A knob on its way up presses once. A button that sends only its press sends the same value again.
        if self._is_press and not (x >= 0.5 and (before < 0.5 or before == x)):
            return None
        return self.struck(x)

    def struck(self, x: float) -> Event | None:
        """Return what happens when the source is pressed, however softly."""
        kind = self._kind
        if kind is None or self._index < 0:
            return None
        if not self._has_value:
            return Event(kind, part=self._part, index=self._index)
        value = self._route.value(x)
        if kind in _IN_MILLISECONDS:
            value /= 1000
        return Event(kind, part=self._part, index=self._index, value=value, values=self._smoothing)


Moves = dict[tuple[str, int], list[Move]]
"""What sources move, by kind and number."""


@dataclass(slots=True)
class ChannelMoves:
    """What the sources of one channel move, and where those that come in two halves stand."""

    moves: Moves
    fine: dict[tuple[str, int], FineValue]
    """One for each "cc14" and "nrpn" source, so that what has to be remembered is bounded."""

    @classmethod
    def of(cls, moves: Moves) -> "ChannelMoves":
        """Return moves whose halves have not been heard of."""
        return cls(moves, {source: FineValue() for source in moves if source[0] in ("cc14", "nrpn")})

    def moved(self, kind: str, number: int, x: float) -> list[Event] | None:
        """Return what happens when a source has come to ``x`` (0…1); None if it moves nothing here."""
        moves = self.moves.get((kind, number))
        return None if moves is None else [event for move in moves if (event := move.moved(x))]

    def struck(self, note: int, x: float) -> list[Event] | None:
        """Return what happens when a key that moves something is struck; None for other keys."""
        moves = self.moves.get(("note", note))
        return None if moves is None else [event for move in moves if (event := move.struck(x))]

    def controlled(self, number: int, value: int) -> list[Event] | None:
        """Return what a controller at ``value`` (0…127), alone or as half of a finer one, moves; None if nothing."""
        coarse = number if number < FINE_CONTROLLERS else number - FINE_CONTROLLERS
        fine = self.fine.get(("cc14", coarse))
        plain = self.moved("cc", number, value / 127)
        if fine is None:
            return plain
        x = fine.coarse(value) if coarse == number else fine.fine(value)
        finely = None if x is None else self.moved("cc14", coarse, x)
        return [*(plain or ()), *(finely or ())]

    def entered(self, parameter: int, number: int, value: int) -> list[Event]:
        """Return what a controller of data entry moves while a non-registered parameter 0…16383 is selected."""
        where = self.fine.get(("nrpn", parameter))
        if where is None:
            return []
        if number in (DATA_UP, DATA_DOWN):
            x = where.step(1 if number == DATA_UP else -1)
        else:
            x = where.coarse(value) if number == DATA_COARSE else where.fine(value)
        return [] if x is None else self.moved("nrpn", parameter, x) or []

    def succeed(self, previous: "ChannelMoves") -> None:
        """Take over where sources stood under another table."""
        for source, moves in self.moves.items():
            for move, old in zip(moves, previous.moves.get(source, ()), strict=False):
                move.stand(old)
        for source, fine in self.fine.items():
            if source in previous.fine:
                fine.succeed(previous.fine[source])


def channel_moves(table: MappingTable, metadata: DecoderMetadata) -> list[ChannelMoves]:
    """Return the moves of each channel 1…16 (entry 0 stays empty), each for the part of its own number."""
    claimed = _claimed(table.routes)
    # A knob that some channel uses otherwise takes no axis from those that follow.
    defaults = [route for route in DEFAULT_ROUTES if table.defaults and route.source not in claimed]
    routes = [*table.routes, *defaults, *_captures(table)]
    indices = _resolve(routes, metadata)
    channels: list[Moves] = [{} for _ in range(PARTS + 1)]
    for channel in range(1, PARTS + 1):
        for route, index in zip(routes, indices, strict=True):
            source = route.source
            is_free = not (route in DEFAULT_ROUTES and replace(source, channel=channel) in claimed)
            if source.channel == channel or (not source.channel and is_free):
                channels[channel].setdefault((source.kind, source.number), []).append(Move(route, index, channel))
    return [ChannelMoves.of(moves) for moves in channels]


def member_moves(table: MappingTable, metadata: DecoderMetadata, part: int) -> list[ChannelMoves]:
    """Return what each channel 1…16 moves while it is one of the member channels of MPE's zone, which plays ``part``.

    That is what somebody has asked for, none of the defaults: all that concerns the whole zone comes on its master
    channel, and a member's bend, pressure and controller 74 are those of its notes.
    """
    routes = [*table.routes, *_captures(table)]
    channels: list[Moves] = [{} for _ in range(PARTS + 1)]
    for channel in range(1, PARTS + 1):
        for route, index in zip(routes, _resolve(routes, metadata), strict=True):
            source = route.source
            if source.channel in (ANY_CHANNEL, channel):
                channels[channel].setdefault((source.kind, source.number), []).append(Move(route, index, part))
    return [ChannelMoves.of(moves) for moves in channels]


def unknown_targets(table: MappingTable, metadata: DecoderMetadata) -> list[Target]:
    """Return targets of the table's routes that this model does not have; their routes do nothing."""
    indices = _resolve(table.routes, metadata)
    return [route.target for route, index in zip(table.routes, indices, strict=True) if index < 0]


def _captures(table: MappingTable) -> list[Route]:
    return [Route(source, Target("capture")) for source in table.capture]


def _claimed(routes: Sequence[Route]) -> set[Source]:
    """Return the sources that routes name, among them both halves of a fine controller."""
    return {source for route in routes for source in (route.source, *route.source.halves)}


def _resolve(routes: Sequence[Route], metadata: DecoderMetadata) -> list[int]:
    """Return the index of what each route moves (an axis, a dimension, a steering), −1 for what is not there."""
    names = [axis.name for axis in metadata.axes]
    indices = []
    for target in (route.target for route in routes):
        found = int(_STEERINGS.get(target.kind, 0))
        if target.kind == "latent":
            found = target.number - 1 if 1 <= target.number <= metadata.latent_size else -1
        elif target.kind == "axis":
            found = next((names.index(name) for name in target.names if name in names), -1)
        indices.append(found)
    taken = {index for route, index in zip(routes, indices, strict=True) if route.target.kind == "axis"}
    free = iter([index for index in range(len(names)) if index not in taken])
    for position, route in enumerate(routes):
        if route.target.or_free and indices[position] < 0:
            indices[position] = next(free, -1)
    return indices
