"""The mirror of the controls ends where the engine is, whoever moved what, and never goes back on the way."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.events import Event, Kind
from runtime.steering.control_state import Control, ControlState
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
    st.builds(Event, st.just(Kind.AXIS), index=st.integers(0, 1), value=st.integers(0, 3).map(lambda n: n / 3)),
    st.builds(Event, st.just(Kind.GAIN), part=st.just(0), value=st.integers(-3, 3).map(float)),
)


def standings(state: ControlState) -> list[tuple[float, ...]]:
    kinds = [Control(Kind.LATENT, part) for part in (1, 2)] + [Control(Kind.AXIS, 1, index) for index in (0, 1)]
    return [state.numbers(control) for control in [*kinds, Control(Kind.GAIN)]]


class World:
    """An engine at the end of a line that keeps order, MIDI beside it, and the service's mirror before it."""

    def __init__(self) -> None:
        self.mirror, self.engine = ControlState(METADATA), ControlState(METADATA)
        self.own = OwnEvents()
        self.to_engine: deque[Event] = deque()
        self.echoes: deque[Event] = deque()

    def client_moves(self, event: Event) -> None:
        self.mirror.apply(event)
        self.own.sent(event, 0.0)
        self.to_engine.append(event)

    def midi_moves(self, event: Event) -> None:
        self.engine.apply(event)
        self.echoes.append(event)

    def engine_works(self) -> None:
        if self.to_engine:
            self.midi_moves(self.to_engine.popleft())

    def echo_comes(self) -> list[Control]:
        if not self.echoes:
            return []
        echo = self.echoes.popleft()
        return self.mirror.apply(echo) if self.own.is_news(echo) else []


STEP = st.one_of(
    st.tuples(st.just("client"), MOVE),
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
