"""A mapping that is written to a file is the same when it is read, and a person can read it too."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.learned_mapping import learned_table
from runtime.mapping_file import parse_mapping
from runtime.mapping_table import MappingTable, Route, Source, Target, VelocityCurve
from runtime.mapping_text import format_mapping
from runtime.mapping_words import parse_source, parse_target
from tests.mapping_cases import SOURCES, TABLES, TARGET


@given(table=TABLES)
def test_a_table_is_read_back_as_it_was_written_but_for_its_programs(table: MappingTable) -> None:
    assert parse_mapping(format_mapping(table)) == replace(table, programs=None)


@given(source=SOURCES)
def test_a_source_is_read_back_from_its_words(source: Source) -> None:
    assert parse_source(str(source)) == source


@given(target=TARGET)
def test_a_target_is_read_back_from_its_words(target: Target) -> None:
    assert parse_target(str(target)) == target


@given(text=st.text(max_size=30) | st.from_regex(r"(axis|latent|cc14|nrpn|note)( [a-z0-9]{1,6}| or| on channel){0,5}"))
def test_other_words_are_refused_with_what_is_allowed(text: str) -> None:
    for parse in (parse_source, parse_target):
        told = None
        try:
            parsed = parse(text)
        except ValueError as error:
            told = str(error)
        assert "is none of" in told if told else parse(str(parsed)) == parsed


@pytest.mark.parametrize(
    "words", ["cc14 32", "nrpn 16384", "nrpn", "bend 1", "pressure on channel 0", "note 60 on channel 17", "cc 1 2"]
)
def test_a_source_that_midi_does_not_have_is_none(words: str) -> None:
    with pytest.raises(ValueError, match="is none of"):
        parse_source(words)


@pytest.mark.parametrize("words", ["axis", "axis free or decay", "axis Ü", "latent 0", "latent 100", "map", "map z"])
def test_a_target_that_there_is_not_is_none(words: str) -> None:
    with pytest.raises(ValueError, match="is none of"):
        parse_target(words)


def test_a_file_says_what_is_not_as_usual_and_no_more() -> None:
    table = MappingTable(
        routes=(Route(Source("cc14", 1, 3), Target("axis", ("attack",), or_free=True), 1.0, 0.0, "s-curve", 0.25, 2),),
        bend_range_semitones=12.0,
        velocity=VelocityCurve(0.3, 1.0),
        mpe_members=15,
        capture=(Source("note", 36, 10),),
    )
    assert format_mapping(learned_table(table, Source("cc", 20), Target("map x"))) == (
        """# Which knob moves what; docs/mapping.md says what may stand here.

bend_range_semitones = 12
mpe = 15
capture = ["note 36 on channel 10"]

[velocity]
range = [0.3, 1]
curve = "linear"

[[route]]
source = "cc14 1"
channel = 3
target = "axis attack or free"
range = [1, 0]
curve = "s-curve"
smoothing_ms = 250
part = 2

[[route]]
source = "cc 20"
target = "map x"
"""
    )
