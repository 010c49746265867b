"""The mirror of the controls ends where the engine is, whoever moved what, and never goes back on the way."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.events import Event, Kind, decode, encode, played
from runtime.steering.control_state import Control, ControlState
from runtime.steering.desk import Argument, Desk, Sender, Told
from runtime.steering.echoes import OwnEvents, as_float32
from tests.tiny_decoder import TinySettings, tiny_metadata

METADATA = tiny_metadata(TinySettings())
PLACE = st.lists(st.integers(-3, 3).map(float), min_size=4, max_size=4).map(tuple)
MOVE = st.one_of(
    st.builds(Event, st.just(Kind.LATENT), part=st.integers(1, 2), values=PLACE),
    st.builds(
        Event,
        st.just(Kind.LATENT_DIMENSION),
        part=st.integers(1, 2),
        index=st.integers(0, 3),
        value=st.integers(-3, 3).map(float),
    ),
    st.builds(
        Event,
        st.just(Kind.AXIS),
        part=st.integers(0, 2),
        index=st.integers(0, 1),
        value=st.integers(0, 3).map(lambda n: n / 3),
    ),
    st.builds(
        Event,
        st.just(Kind.KEY_LATENT),
        part=st.integers(1, 2),
        note=st.integers(60, 61),
        values=st.one_of(st.just(()), PLACE),
    ),
    st.builds(Event, st.just(Kind.CHOKE), part=st.integers(0, 2), note=st.integers(60, 61), index=st.integers(0, 2)),
    st.builds(Event, st.just(Kind.GAIN), part=st.just(0), value=st.integers(-3, 3).map(float)),
)


def standings(state: ControlState) -> list[tuple[float, ...]]:
    controls = [Control(Kind.GAIN)]
    for part in (1, 2, 3):
        controls.append(Control(Kind.LATENT, part))
        controls += [Control(Kind.AXIS, part, index) for index in (0, 1)]
        controls += [Control(Kind.MOTION, part, 0, motion) for motion in (0, 1)]
        controls += [Control(kind, part, 0, note) for kind in (Kind.KEY_LATENT, Kind.CHOKE) for note in (60, 61)]
    return [state.numbers(control) for control in controls]


class World:
    """An engine at the end of a line that keeps order, MIDI beside it, and the desk before it."""

    def __init__(self) -> None:
        self.engine = ControlState(METADATA)
        self.to_engine: deque[Event] = deque()
        self.echoes: deque[Event] = deque()
        self.desk = Desk(METADATA, self.to_engine.append, clock=lambda: 0.0)
        self.desk.listen(self)
        self.news: list[Told] = []

    @property
    def mirror(self) -> ControlState:
        return self.desk.state

    def changed(self, what: list[Told], sender: Sender) -> None:
        self.news += what

    def announced(self, address: str, arguments: tuple[Argument, ...]) -> None:
        pass

    def client_moves(self, event: Event) -> None:
        self.desk.do(event)

    def midi_moves(self, event: Event) -> None:
        event = decode(encode(event))
        self.engine.apply(event)
        self.echoes.append(played(event.at(0)))

    def engine_works(self) -> None:
        if self.to_engine:
            self.midi_moves(self.to_engine.popleft())

    def echo_comes(self) -> list[Told]:
        self.news.clear()
        if self.echoes:
            self.desk.heard(decode(encode(self.echoes.popleft())))
        return list(self.news)


MOTION = st.builds(
    Event,
    st.just(Kind.MOTION),
    part=st.integers(0, 2),
    note=st.integers(0, 1),
    value=st.sampled_from([0.0, 0.3, 1.0]),
    values=st.sampled_from([(), (2.3,)]),
)
"""Which no MIDI control sets."""
STEP = st.one_of(
    st.tuples(st.just("client"), st.one_of(MOVE, MOTION)),
    st.tuples(st.just("midi"), MOVE),
    st.tuples(st.sampled_from(["engine", "echo"]), st.none()),
)


@given(steps=st.lists(STEP, max_size=40))
def test_the_mirror_ends_where_the_engine_is(steps: list[tuple[str, Event | None]]) -> None:
    world = World()
    for what, event in steps:
        if what == "client" and event:
            world.client_moves(event)
        elif what == "midi" and event:
            world.midi_moves(event)
        elif what == "engine":
            world.engine_works()
        else:
            world.echo_comes()
    while world.to_engine:
        world.engine_works()
    while world.echoes:
        world.echo_comes()
    assert standings(world.mirror) == standings(world.engine)


@given(moves=st.lists(MOVE, max_size=30), echoed=st.integers(0, 30))
def test_echoes_of_what_clients_said_are_no_news(moves: list[Event], echoed: int) -> None:
    world = World()
    for move in moves[:echoed]:
        world.client_moves(move)
        world.engine_works()
    for move in moves[echoed:]:
        world.client_moves(move)
    changed = [world.echo_comes() for _ in range(len(world.echoes))]
    assert not any(changed)


def test_an_echo_that_never_comes_is_forgotten() -> None:
    own = OwnEvents()
    own.sent(Event(Kind.GAIN, part=0, value=1.0), 0.0)
    news = Event(Kind.GAIN, part=0, value=2.0)
    assert not own.is_news(news)
    own.forget(5.0)
    assert own.is_news(news)


def test_an_engine_that_echoes_nothing_costs_no_memory() -> None:
    own = OwnEvents()
    for step in range(20_000):
        own.sent(Event(Kind.GAIN, part=0, value=float(step)), 0.0)
    assert len(own._waiting) <= 4096
    assert sum(own._counts.values()) == len(own._waiting)


@pytest.mark.parametrize(
    "event",
    [
        Event(Kind.LATENT, values=(1.0,)),
        Event(Kind.LATENT, values=(float("nan"),) * 4),
        Event(Kind.LATENT, part=17, values=(1.0,) * 4),
        Event(Kind.LATENT_DIMENSION, index=4, value=1.0),
        Event(Kind.AXIS, index=9, value=1.0),
        Event(Kind.AXIS, index=0, value=float("inf")),
        Event(Kind.NOTE_ON, note=60, value=1.0),
    ],
)
def test_an_event_that_means_nothing_to_this_model_moves_nothing(event: Event) -> None:
    state = ControlState(METADATA)
    assert state.apply(event) == []
    assert standings(state) == standings(ControlState(METADATA))


@given(value=st.floats(-1e6, 1e6))
def test_rounding_to_float32_is_done_once(value: float) -> None:
    assert as_float32(as_float32(value)) == as_float32(value)
    assert abs(as_float32(value) - value) <= abs(value) * 1e-7 + 1e-40
