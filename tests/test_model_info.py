"""What is said of an instrument's axes can be read: what each does, how surely, and what else it moves."""

from runtime.contract import Axis
from runtime.model_info import axis_lines
from tests.tiny_decoder import TinySettings, tiny_metadata


def an_axis(name: str, **fields: object) -> Axis:
    return Axis.model_validate(
        {"name": name, "direction": (1.0, 0.0, 0.0, 0.0), "minimum": -3, "maximum": 3, "descriptor": "a thing"} | fields
    )


def test_the_table_of_cross_talk_says_who_moves_whom() -> None:
    axes = (
        an_axis("brightness", correlation=0.97, cross_talk={"low_end": -0.25}),
        an_axis("low_end", correlation=0.93, cross_talk={"brightness": 0.5}),
    )
    lines = list(axis_lines(tiny_metadata(TinySettings(), axes=axes)))
    assert any("brightness" in line and "a thing (rank correlation 0.97)" in line for line in lines)
    rows = {words[0]: words[1:] for line in lines if (words := line.split())}
    assert rows["moves"] == ["brightness", "low_end"]
    assert rows["low_end"] == ["+0.50", "1"]
    assert [line.split() for line in lines if line.split()[:1] == ["brightness"]][-1] == ["brightness", "1", "-0.25"]


def test_an_axis_without_a_name_of_its_own_has_no_row_of_cross_talk() -> None:
    axes = (an_axis("axis_1", descriptor=""), an_axis("axis_2", descriptor=""))
    lines = list(axis_lines(tiny_metadata(TinySettings(), axes=axes)))
    assert sum("principal direction" in line for line in lines) == 2
    assert not any("moves" in line for line in lines)
