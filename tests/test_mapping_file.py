"""A mapping file is read as its author meant it, or refused with file, line, entry, what stood there and what may."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import LatentbridgeError
from runtime.mapping_file import ALLOWED, check_mapping, load_mapping, parse_capture_key, parse_mapping
from runtime.mapping_table import (
    CURVES,
    DEFAULT_CAPTURE,
    TARGETS,
    MappingTable,
    Route,
    Source,
    Target,
    VelocityCurve,
)
from tests.tiny_decoder import TinySettings, tiny_metadata

DOCUMENT = (Path(__file__).parents[1] / "docs" / "mapping.md").read_text(encoding="utf-8")
METADATA = tiny_metadata(TinySettings())


def test_an_empty_file_is_the_usual_mapping() -> None:
    assert parse_mapping("") == MappingTable()


def test_every_entry_means_what_it_says() -> None:
    table = parse_mapping("""
        bend_range_semitones = 12
        [velocity]
        range = [0.2, 1]
        curve = "exponential"
        [[route]]
        source = "CC  20"
        target = "axis tone"
        range = [1, 0]
        curve = "s-curve"
        smoothing_ms = 250
        channel = 3
        part = 4
        [[route]]
        source = "note 36"
        target = "latent 4"
        [[route]]
        source = "bend"
        target = "axis free"
    """)
    assert table == MappingTable(
        routes=(
            Route(Source("cc", 20, 3), Target("axis", ("tone",)), 1.0, 0.0, "s-curve", 0.25, 4),
            Route(Source("note", 36), Target("latent", number=4), -3.0, 3.0),
            Route(Source("bend"), Target("axis", or_free=True)),
        ),
        bend_range_semitones=12.0,
        velocity=VelocityCurve(0.2, 1.0, "exponential"),
    )


@pytest.mark.parametrize("kind", [kind for kind in TARGETS if kind not in ("axis", "latent")])
def test_every_target_can_be_named_and_has_a_range_of_its_own(kind: str) -> None:
    (route,) = parse_mapping(f'[[route]]\nsource = "pressure"\ntarget = "{kind}"').routes
    span = TARGETS[route.target.kind]
    assert (route.target.kind, route.low, route.high) == (kind, span.default_low, span.default_high)


def test_a_capture_key_of_ones_own_replaces_the_usual_ones() -> None:
    assert parse_mapping('[[route]]\nsource = "cc 20"\ntarget = "capture"').capture == ()


def test_another_use_of_a_usual_capture_key_leaves_the_other_one() -> None:
    assert parse_mapping('[[route]]\nsource = "note 24"\ntarget = "random"').capture == (Source("cc", 119),)


def test_without_defaults_nothing_captures_by_itself() -> None:
    assert parse_mapping("defaults = false").capture == ()


@pytest.mark.parametrize(("entry", "members"), [("true", 15), ("false", 0), ("5", 5), ("0", 0)])
def test_mpe_is_on_off_or_a_number_of_channels(entry: str, members: int) -> None:
    assert parse_mapping(f"mpe = {entry}").mpe_members == members


def test_capture_keys_can_be_named_in_the_file() -> None:
    table = parse_mapping(
        'capture = ["note 30", "cc 119 on channel 2"]\n[[route]]\nsource = "cc 9"\ntarget = "capture"'
    )
    assert table.capture == (Source("note", 30), Source("cc", 119, 2))
    assert parse_mapping("capture = []").capture == ()


def test_a_route_can_move_all_parts_or_the_first_of_several_axes() -> None:
    (route,) = parse_mapping(
        '[[route]]\nsource = "nrpn 1000"\ntarget = "axis decay or release or free"\npart = 0'
    ).routes
    assert route == Route(Source("nrpn", 1000), Target("axis", ("decay", "release"), or_free=True), part=0)


ROUTE = '# knobs\n[[route]]\nsource = "cc 1"\ntarget = "axis a"\n\n[[route]]\nsource = "cc 2"\n'
WRONG = [
    (ROUTE + 'target = "axis b"\ncurve = "expo"', 9, "route 2, curve is 'expo'", "curve"),
    (ROUTE + 'target = "axis b"\nrange = [0, 2]', 9, "route 2, range is [0.0, 2.0]", None),
    (ROUTE + 'target = "axis b"\nrange = [0]', 9, "route 2, range is [0]", "range"),
    (ROUTE + 'target = "axis b"\nrange = ["a", 1]', 9, "route 2, range is 'a'", "range"),
    (ROUTE + 'target = "axis b"\nrange = [nan, 1]', 9, "route 2, range is nan", "range"),
    (ROUTE + 'target = "volume"', 8, "route 2, target is 'volume'", "target"),
    (ROUTE + 'target = "latent 0"', 8, "route 2, target is 'latent 0'", "target"),
    (ROUTE + "target = 3", 8, "route 2, target is 3", "target"),
    (ROUTE, 6, "route 2 has no target", "target"),
    (ROUTE + 'target = "axis b"\nsmoothing_ms = -3', 9, "route 2, smoothing_ms is -3", "smoothing_ms"),
    (ROUTE + 'target = "gain"\nsmoothing_ms = 3', 9, "route 2, smoothing_ms is 3.0", None),
    (ROUTE + 'target = "axis b"\nsmooth = 3', 9, "route 2, smooth is not known", None),
    (ROUTE + 'target = "axis b"\nchannel = 0', 9, "route 2, channel is 0", "channel"),
    (ROUTE + 'target = "axis b"\npart = 17', 9, "route 2, part is 17", "part"),
    (ROUTE + 'target = "axis free or b"', 8, "route 2, target is 'axis free or b'", "target"),
    ('[[route]]\nsource = "cc14 32"\ntarget = "gain"', 2, "route 1, source is 'cc14 32'", "source"),
    ('[[route]]\nsource = "cc 1 on channel 2"\nchannel = 3\ntarget = "gain"', 3, "route 1, channel is 3", None),
    ("mpe = 16", 1, "mpe is 16", "mpe"),
    ('mpe = "on"', 1, "mpe is 'on'", "mpe"),
    ("program_changes = 0", 1, "program_changes is 0", "program_changes"),
    ('capture = ["cc 120"]', 1, "capture is 'cc 120'", "capture"),
    ('capture = "cc 119"', 1, "capture is 'cc 119'", "capture"),
    ('[[route]]\nsource = "cc 120"\ntarget = "gain"', 2, "route 1, source is 'cc 120'", "source"),
    ('[[route]]\nsource = "knob 1"\ntarget = "gain"', 2, "route 1, source is 'knob 1'", "source"),
    ("\nroutes = 3", 2, "routes is not known", None),
    ("route = 3", 1, "route is 3", "route"),
    ("[route]\nx = 3", 1, "route is {'x': 3}", "route"),
    ("bend_range_semitones = 1000", 1, "bend_range_semitones is 1000", "bend_range_semitones"),
    ('bend_range_semitones = "2"', 1, "bend_range_semitones is '2'", "bend_range_semitones"),
    ("defaults = 1", 1, "defaults is 1", "defaults"),
    ("velocity = 1", 1, "velocity is 1", "velocity"),
    ("[velocity]\nrange = [0, 3]", 2, "velocity, range is [0.0, 3.0]", None),
    ("[velocity]\ncurve = 2", 2, "velocity, curve is 2", "curve"),
]


@pytest.mark.parametrize(("text", "line", "found", "entry"), WRONG, ids=[found for _, _, found, _ in WRONG])
def test_what_is_wrong_is_told_by_line_and_entry(text: str, line: int, found: str, entry: str | None) -> None:
    with pytest.raises(LatentbridgeError) as caught:
        parse_mapping(text, "knobs.toml")
    assert caught.value.wrong.startswith(f"knobs.toml, line {line}: {found}")
    assert caught.value.expected
    if entry:
        assert caught.value.expected == f"Allowed: {ALLOWED[entry]}."
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["a = [", "[[route]\n", "=", "a = " + "[" * 100_000, "\x00"])
def test_what_is_no_toml_is_told_so(text: str) -> None:
    with pytest.raises(LatentbridgeError, match=r"knobs\.toml is not TOML: .+ See docs"):
        parse_mapping(text, "knobs.toml")


@given(text=st.text(max_size=200) | st.from_regex(r'(\[\[route\]\]\n|[a-z_]{1,8} = ("[a-z 0-9]*"|[0-9]|\[\])\n){0,8}'))
def test_no_text_gives_anything_but_a_table_or_a_sentence(text: str) -> None:
    try:
        table = parse_mapping(text)
    except LatentbridgeError as error:
        told: LatentbridgeError | MappingTable = error
    else:
        told = MappingTable.from_bytes(table.to_bytes())
        assert told == table
    assert isinstance(told, MappingTable) or told.wrong.startswith("the mapping")


def test_a_file_with_a_mark_of_its_encoding_and_foreign_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "knöpfe.toml"
    path.write_bytes(b'\xef\xbb\xbf[[route]]\r\nsource = "cc 5"\r\ntarget = "gain"\r\n')
    assert load_mapping(path).routes[0].source == Source("cc", 5)


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    binary, large = tmp_path / "binary.toml", tmp_path / "large.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    large.write_bytes(b"#" * (2 << 20))
    for path, words in (
        (tmp_path / "none.toml", "cannot be read"),
        (tmp_path, "cannot be read"),
        (binary, "UTF-8"),
        (large, "too large"),
    ):
        with pytest.raises(LatentbridgeError, match=words):
            load_mapping(path)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("24", (Source("note", 24),)),
        ("note 30", (Source("note", 30),)),
        ("cc 119", (Source("cc", 119),)),
        ("24, CC 119", DEFAULT_CAPTURE),
        ("none", ()),
    ],
)
def test_a_capture_key_is_a_note_a_controller_several_or_none(text: str, sources: tuple[Source, ...]) -> None:
    assert parse_capture_key(text) == sources


@pytest.mark.parametrize("text", ["", "x", "128", "-1", "cc 120", "cc", "bend", "note", "24,,25", "²", "C3"])
def test_what_is_no_capture_key_is_told_so(text: str) -> None:
    with pytest.raises(LatentbridgeError, match=r"no capture key.*cc 119.*none"):
        parse_capture_key(text)


def test_a_route_to_what_the_model_does_not_have_is_told_with_what_it_has() -> None:
    with pytest.raises(LatentbridgeError, match=r"axis brightness.*tiny does not.*tone, noise, level, decay.*1…4"):
        check_mapping(parse_mapping('[[route]]\nsource = "cc 5"\ntarget = "axis brightness"'), METADATA)
    check_mapping(parse_mapping('[[route]]\nsource = "cc 5"\ntarget = "axis tone"'), METADATA)


# docs/mapping.md -----------------------------------------------------------------------------------------------------


def test_the_examples_of_the_document_can_be_used() -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert examples
    assert any(parse_mapping(example).routes for example in examples)


def test_the_document_names_every_entry_target_and_curve() -> None:
    for word in [*ALLOWED, *TARGETS, *CURVES]:
        assert f"`{word}" in DOCUMENT or f'"{word}' in DOCUMENT, word
