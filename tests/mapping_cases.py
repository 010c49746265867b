"""Tables, models and messages with which mapping is tested."""

from hypothesis import strategies as st

from runtime.contract import Axis, DecoderMetadata
from runtime.events import Event
from runtime.mapping import Mapper, MappingTable
from runtime.mapping_table import (
    CURVES,
    HIGHEST_CC,
    SMOOTHED,
    TARGETS,
    ProgramPlace,
    Route,
    Source,
    Target,
    VelocityCurve,
)
from tests.tiny_decoder import LATENT_SIZE, TinySettings, tiny_metadata


def model(*axes: str) -> DecoderMetadata:
    """A model with these axes."""
    direction = (1.0,) + (0.0,) * (LATENT_SIZE - 1)
    built = tuple(Axis(name=name, direction=direction, minimum=-2.0, maximum=2.0) for name in axes)
    return tiny_metadata(TinySettings(), axes=built)


PLAIN = model("axis_1", "axis_2", "axis_3", "axis_4", "axis_5", "axis_6")


def mapper(*routes: Route, metadata: DecoderMetadata = PLAIN, **table: object) -> Mapper:
    return Mapper(MappingTable(routes, **table), metadata)  # type: ignore[arg-type]


def send(mapper: Mapper, *data: int) -> list[Event]:
    return mapper.translate(bytes(data))


def knob(mapper: Mapper, number: int, value: int, channel: int = 1) -> list[Event]:
    return send(mapper, 0xB0 | channel - 1, number, value)


def parameter(mapper: Mapper, registered: bool, number: int, *data: tuple[int, int], channel: int = 1) -> list[Event]:
    """Select a parameter and send it data; return what that meant."""
    coarse, fine = (101, 100) if registered else (99, 98)
    messages = [(coarse, number >> 7), (fine, number & 127), *data]
    return [event for pair in messages for event in knob(mapper, *pair, channel)]


SOURCES = st.one_of(
    st.builds(Source, st.just("cc"), st.integers(0, HIGHEST_CC), st.integers(0, 16)),
    st.builds(Source, st.just("note"), st.integers(0, 127), st.integers(0, 16)),
    st.builds(Source, st.just("cc14"), st.integers(0, 31), st.integers(0, 16)),
    st.builds(Source, st.just("nrpn"), st.integers(0, 16383), st.integers(0, 16)),
    st.builds(Source, st.sampled_from(["pressure", "bend"]), channel=st.integers(0, 16)),
)
NAMES = st.lists(st.sampled_from(["axis_2", "axis_3", "decay", "or", "on_channel_1"]), min_size=1, max_size=3).map(
    tuple
)
TARGET = st.one_of(
    st.just(Target("axis", or_free=True)),
    st.builds(Target, st.just("axis"), NAMES, or_free=st.booleans()),
    st.builds(Target, st.just("latent"), number=st.integers(1, 9)),
    st.builds(Target, st.sampled_from([kind for kind in TARGETS if kind not in ("axis", "latent")])),
)
MICROSECONDS = st.integers(0, 10_000_000).map(lambda microseconds: microseconds / 1_000_000)


@st.composite
def routes(draw: st.DrawFn) -> Route:
    target = draw(TARGET)
    ends = st.floats(TARGETS[target.kind].lowest, TARGETS[target.kind].highest)
    return Route(
        draw(SOURCES),
        target,
        draw(ends),
        draw(ends),
        draw(st.sampled_from(CURVES)),  # type: ignore[arg-type]
        draw(st.none() | MICROSECONDS) if target.kind in SMOOTHED else None,
        draw(st.none() | st.integers(0, 16)),
    )


PLACES = st.builds(
    ProgramPlace,
    st.lists(st.floats(-5, 5), min_size=LATENT_SIZE - 1, max_size=LATENT_SIZE).map(tuple),
    st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), max_size=3).map(tuple),
)
TABLES = st.builds(
    MappingTable,
    routes=st.lists(routes(), max_size=6).map(tuple),
    defaults=st.booleans(),
    capture=st.lists(SOURCES, max_size=2).map(tuple),
    bend_range_semitones=st.floats(0, 48),
    velocity=st.builds(VelocityCurve, st.floats(0, 1), st.floats(0, 1), st.sampled_from(CURVES)),
    mpe_members=st.integers(0, 15),
    program_changes=st.booleans(),
    programs=st.none() | st.lists(PLACES, max_size=3).map(tuple),
)

CONTROLLERS = st.sampled_from([0, 1, 5, 6, 7, 20, 32, 33, 38, 52, 64, 68, 74, *range(96, 102), *range(119, 128)])
MESSAGES = st.one_of(
    st.binary(max_size=5),
    st.tuples(st.integers(0x80, 0xAF), st.integers(24, 40), st.integers(0, 127)).map(bytes),
    st.tuples(st.integers(0xB0, 0xBF), CONTROLLERS, st.sampled_from([0, 3, 6, 15, 64, 127])).map(bytes),
    st.tuples(st.integers(0xC0, 0xDF), st.integers(0, 127)).map(bytes),
    st.tuples(st.integers(0xE0, 0xEF), st.integers(0, 127), st.integers(0, 127)).map(bytes),
)
"""Anything, but above all what means something."""
