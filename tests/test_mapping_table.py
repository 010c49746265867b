"""A mapping table that can be built makes sense, and travels between processes as it is."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.mapping import MappingTable
from runtime.mapping_table import ANY_CHANNEL, CURVES, DEFAULT_ROUTES, Route, Source, Target, VelocityCurve
from tests.mapping_cases import TABLES


@pytest.mark.parametrize("curve", CURVES)
def test_every_curve_goes_from_end_to_end_and_never_back(curve: str) -> None:
    route = Route(Source("cc", 20), Target("gain"), -60.0, 6.0, curve)  # type: ignore[arg-type]
    values = [route.value(step / 127) for step in range(128)]
    assert values == sorted(values)
    assert values[0] == -60.0
    assert values[-1] == pytest.approx(6.0)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Source("cc", 120),
        lambda: Source("note", 128),
        lambda: Source("note", -1),
        lambda: Source("cc", 1, 17),
        lambda: Source("bend", 1),
        lambda: Route(Source("bend"), Target("axis"), 0.0, 1.1),
        lambda: Route(Source("bend"), Target("gain"), math.nan, 0.0),
        lambda: Route(Source("bend"), Target("axis"), smoothing_seconds=-1.0),
        lambda: Route(Source("bend"), Target("axis"), part=17),
        lambda: VelocityCurve(0.0, 1.5),
        lambda: MappingTable(bend_range_semitones=math.inf),
    ],
)
def test_a_table_that_makes_no_sense_cannot_be_built(build: object) -> None:
    with pytest.raises(ValueError, match=r"[0-9]…[0-9]|seconds"):
        build()  # type: ignore[operator]


@given(table=TABLES)
def test_a_table_comes_back_from_its_bytes_as_it_was(table: MappingTable) -> None:
    assert MappingTable.from_bytes(table.to_bytes()) == table


@given(document=st.binary(max_size=60))
def test_bytes_that_are_no_table_are_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        MappingTable.from_bytes(b"!" + document)


def test_the_defaults_are_sound_and_name_every_channel() -> None:
    assert all(route.source.channel == ANY_CHANNEL for route in DEFAULT_ROUTES)
    assert len({route.source for route in DEFAULT_ROUTES}) == len(DEFAULT_ROUTES)
