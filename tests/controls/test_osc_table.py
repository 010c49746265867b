"""The table of addresses: complete, the same as its document, and never outside its ranges."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.controls.osc_document import document
from runtime.controls.osc_schema import Action, Argument, ErrorCode, MessageError
from runtime.controls.osc_table import TABLE, destinations, read_arguments
from runtime.events import PARTS
from runtime.latent.motion import Motion
from tests.tiny_decoder import LATENT_SIZE, TinySettings, tiny_metadata

DESTINATIONS = destinations(tiny_metadata(TinySettings()))
DOCUMENT = Path(__file__).parents[2] / "docs" / "osc.md"


def test_the_document_is_what_the_table_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "run: python -m runtime.controls.osc_document > docs/osc.md"
    )


def test_every_row_of_the_table_stands_in_the_document() -> None:
    text = document()
    for row in TABLE:
        assert f"`{row.address}`" in text
        assert row.meaning in text
        assert all(f"`{feedback.address}`" in text for feedback in row.feedback)


def test_every_action_has_one_row() -> None:
    # One row for each motion of an axis.
    rows = [(row.action.name, row.motion) for row in TABLE if row.action]
    assert len(set(rows)) == len(rows)
    assert {name for name, _ in rows} == {action.name for action in Action}
    assert {motion for _, motion in rows} == {"", *(motion.name.lower() for motion in Motion)}


def test_the_addresses_that_musicians_were_promised_are_there() -> None:
    promised = (
        "hello ping z z/1 z/4 axis/tone axis/decay note bend pressure slide alloff glide gain random capture stat"
    )
    assert {f"/lb/{address}" for address in promised.split()} <= set(DESTINATIONS)


@pytest.mark.parametrize("address", ["/lb", "/lb/z/0", "/lb/z/5", "/lb/axis/nope", "/lb/error", "/lb/part/0/z"])
def test_there_is_no_other_address(address: str) -> None:
    assert address not in DESTINATIONS


def test_what_belongs_to_a_part_exists_for_every_part() -> None:
    for address, destination in list(DESTINATIONS.items()):
        if address.startswith("/lb/part/"):
            continue
        for part in range(1, PARTS + 1):
            twin = DESTINATIONS.get(address.replace("/lb/", f"/lb/part/{part}/", 1))
            assert (twin is not None) == destination.row.is_of_part
            if twin is not None:
                assert (twin.part, twin.row, twin.index) == (part, destination.row, destination.index)
                assert "channel" not in [argument.name for argument in twin.arguments]
    assert f"/lb/part/{PARTS + 1}/z" not in DESTINATIONS


@given(
    argument=st.sampled_from([a for row in TABLE for a in row.arguments if a.kind != "s" and not a.must_fit]),
    value=st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), st.booleans()),
)
def test_a_number_ends_within_its_range_whatever_comes(argument: Argument, value: float) -> None:
    (number,) = read_arguments("/lb/x", [argument], [value], 1)
    assert isinstance(number, float)
    assert argument.low <= number <= argument.high
    if argument.low <= value <= argument.high:
        assert abs(number - value) <= (0.5 if argument.kind == "i" else 0)
    if argument.kind == "i":
        assert number == math.floor(number)


@pytest.mark.parametrize(
    ("arguments", "given_arguments", "code"),
    [
        ([Argument("a", "f", 0, 1)], [], ErrorCode.ARGUMENT_COUNT),
        ([Argument("a", "f", 0, 1)], [1, 2], ErrorCode.ARGUMENT_COUNT),
        ([], [1], ErrorCode.ARGUMENT_COUNT),
        ([Argument("a", "f", 0, 1, per_dimension=True)], [1.0] * (LATENT_SIZE - 1), ErrorCode.ARGUMENT_COUNT),
        ([Argument("a", "f", 0, 1)], ["one"], ErrorCode.ARGUMENT_TYPE),
        ([Argument("a", "f", 0, 1)], None, ErrorCode.ARGUMENT_TYPE),
        ([Argument("a", "i", 5, 9, must_fit=True)], [10], ErrorCode.NOT_POSSIBLE),
        ([Argument("a", "i", 5, 9, must_fit=True)], [5.5], ErrorCode.NOT_POSSIBLE),
    ],
)
def test_a_message_that_does_not_fit_says_what_was_expected(
    arguments: list[Argument], given_arguments: list[object] | None, code: ErrorCode
) -> None:
    with pytest.raises(MessageError, match="/lb/x") as caught:
        read_arguments("/lb/x", arguments, given_arguments, LATENT_SIZE)  # type: ignore[arg-type]
    assert caught.value.code is code


def test_a_name_may_be_a_number_and_is_cut() -> None:
    name = Argument("name", "s", is_optional=True)
    assert read_arguments("/lb/capture", [name], [808], 1) == ["808"]
    assert read_arguments("/lb/capture", [name], [], 1) == []
    assert read_arguments("/lb/capture", [name], ["x" * 1000], 1) == ["x" * 64]
